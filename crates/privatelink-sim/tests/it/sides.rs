//! Both sides of a connection.

use privatelink_sim::{DEFAULT_CONSUMER, Simulator};
use serde_json::Value;

use crate::support::{Client, ZONE_I, provider};

/// A service, its owner, and a consumer.
pub(crate) struct Sides {
    pub(crate) simulator: Simulator,
    pub(crate) provider: Client,
    pub(crate) consumer: Client,
    pub(crate) service: String,
}

impl Sides {
    /// An Active service that the consumer may connect to.
    pub(crate) async fn new() -> Self {
        let (simulator, provider) = provider();
        let service = provider.create_active().await;
        let user = [("ServiceId", service.as_str()), ("UserId", DEFAULT_CONSUMER)];
        assert_eq!(provider.call("AddUserToVpcEndpointService", &user).await.code(), "good");
        let consumer = Client::in_process(&simulator, "consumer");
        Self { simulator, provider, consumer, service }
    }

    pub(crate) fn endpoint_in_zone_i(&self) -> Vec<(&str, &str)> {
        vec![
            ("VpcId", "vpc-1"),
            ("ServiceId", &self.service),
            ("SecurityGroupId.1", "sg-1"),
            ("Zone.1.ZoneId", ZONE_I),
            ("Zone.1.VSwitchId", "vsw-1"),
        ]
    }

    pub(crate) async fn connect(&self) -> String {
        let reply = self.consumer.call("CreateVpcEndpoint", &self.endpoint_in_zone_i()).await;
        assert_eq!(reply.code(), "good", "{reply:?}");
        reply.text("EndpointId").to_owned()
    }

    pub(crate) async fn call(&self, action: &str, endpoint: &str, more: &[(&str, &str)]) -> String {
        let params = [&[("ServiceId", self.service.as_str()), ("EndpointId", endpoint)], more].concat();
        self.provider.call(action, &params).await.code().to_owned()
    }

    pub(crate) async fn connections(&self, more: &[(&str, &str)]) -> Vec<Value> {
        self.provider.call("ListVpcEndpointConnections", more).await.list("Connections").to_vec()
    }

    pub(crate) async fn status(&self, endpoint: &str) -> String {
        self.connections(&[("EndpointId", endpoint)]).await[0]["ConnectionStatus"].as_str().unwrap().to_owned()
    }

    /// The code of a consumer's call about an endpoint.
    pub(crate) async fn consume(&self, action: &str, endpoint: &str, more: &[(&str, &str)]) -> String {
        let params = [&[("EndpointId", endpoint)], more].concat();
        self.consumer.call(action, &params).await.code().to_owned()
    }

    /// Statuses of the endpoint's zones, as the consumer sees them.
    pub(crate) async fn zones(&self, endpoint: &str) -> Vec<(String, String)> {
        let reply = self.consumer.call("ListVpcEndpointZones", &[("EndpointId", endpoint)]).await;
        let text = |zone: &Value, name: &str| zone[name].as_str().unwrap().to_owned();
        reply.list("Zones").iter().map(|zone| (text(zone, "ZoneId"), text(zone, "ZoneStatus"))).collect()
    }
}
