//! Clients of many regions over one way to the network.

use std::sync::Arc;

use cloud_core::{BuildError, Client, Clock, CredentialSource, Network, SystemClock, Transport, sts};

use crate::names::USER_AGENT;
use crate::settings::CloudSettings;
use crate::timing::Timing;

/// What the clients of all regions have in common.
#[derive(Clone, Debug)]
pub struct Clients {
    pub credentials: Arc<dyn CredentialSource>,
    /// One pool of connections for all.
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub timing: cloud_core::Timing,
    pub network: Network,
    /// Stands in for the `PrivateLink` host of every region.
    pub endpoint: Option<String>,
    /// Stands in for the hosts of all load balancers of every region.
    pub load_balancer_endpoint: Option<String>,
    /// Stands in for the STS host of every region.
    pub sts_endpoint: Option<String>,
    pub user_agent: String,
}

impl Clients {
    /// Those of a process that was set up like this. Sends nothing.
    pub fn of(
        cloud: &CloudSettings,
        timing: &Timing,
        credentials: Arc<dyn CredentialSource>,
        transport: Arc<dyn Transport>,
    ) -> Self {
        let defaults = cloud_core::Timing::default();
        Self {
            credentials,
            transport,
            clock: Arc::new(SystemClock),
            timing: cloud_core::Timing {
                call: timing.cloud_call_deadline,
                attempt: defaults.attempt.min(timing.cloud_call_deadline),
                ..defaults
            },
            network: cloud.network,
            endpoint: cloud.endpoint.clone(),
            load_balancer_endpoint: cloud.load_balancer_endpoint.clone(),
            sts_endpoint: cloud.sts_endpoint.clone(),
            user_agent: USER_AGENT.to_owned(),
        }
    }

    /// The client of a region. Opens no connection.
    pub fn for_region(&self, region: &str) -> Result<Client, BuildError> {
        let Self {
            credentials,
            transport,
            clock,
            timing,
            network,
            endpoint,
            load_balancer_endpoint,
            sts_endpoint,
            user_agent,
        } = self;
        let mut builder = Client::builder()
            .region(region)
            .credentials(Arc::clone(credentials))
            .transport(Arc::clone(transport))
            .clock(Arc::clone(clock))
            .timing(*timing)
            .network(*network)
            .user_agent(user_agent.clone());
        if let Some(endpoint) = endpoint {
            builder = builder.endpoint(&privatelink::API, endpoint.clone());
        }
        if let Some(endpoint) = load_balancer_endpoint {
            builder =
                loadbalancers::APIS.into_iter().fold(builder, |builder, api| builder.endpoint(api, endpoint.clone()));
        }
        if let Some(endpoint) = sts_endpoint {
            builder = builder.endpoint(&sts::API, endpoint.clone());
        }
        builder.build()
    }
}
