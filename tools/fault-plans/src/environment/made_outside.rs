//! Services that the operator did not make: other people's, which it must leave alone, and those that a workload gives it.

use std::sync::Arc;

use cloud_core::{Client, Credentials, StaticCredentials};
use privatelink::{CreateVpcEndpointServiceRequest, Tag, Writer};
use privatelink_sim::{ServiceView, Simulator};

use super::Environment;
use crate::error::HarnessError;
use crate::settings::{Key, NAME, REGION};
use crate::timeline::Actor;

const CLUSTER_TAG: &str = "privatelink-operator.cluster";
const UID_TAG: &str = "privatelink-operator.uid";
/// On every service that a workload gives the operator.
pub(crate) const OFFERED_TAG: &str = "offered";
const OBJECT_TAG: &str = "privatelink-operator.object";

/// Makes two services in the operator's own account: one of somebody who has no operator, and one of another cluster whose object has
/// the name of the plan's own. Gives them as they stay.
pub(super) async fn create_unrelated(simulator: &Simulator, namespace: &str) -> Result<Vec<ServiceView>, HarnessError> {
    let other_cluster = [
        (CLUSTER_TAG, "another-cluster".to_owned()),
        (UID_TAG, "0f0e0d0c-0000-4000-8000-000000000001".to_owned()),
        (OBJECT_TAG, format!("{namespace}.{NAME}")),
    ];
    create_service(simulator, Vec::new()).await?;
    create_service(simulator, other_cluster.map(|(key, value)| Tag { key: key.to_owned(), value }).into()).await?;
    let unrelated = simulator.all_services();
    simulator.clear_journal();
    Ok(unrelated)
}

/// Makes a service in the operator's own account, and waits until it is Active.
async fn create_service(simulator: &Simulator, tags: Vec<Tag>) -> Result<(), HarnessError> {
    let service_resource_type = Some("nlb".to_owned());
    let request = CreateVpcEndpointServiceRequest { service_resource_type, tags, ..Default::default() };
    let client = client(simulator)?;
    Writer::new(&client).create_vpc_endpoint_service(&request).await.map_err(|error| refused(&error))?;
    while simulator.all_services().iter().any(|service| service.status != "Active") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    Ok(())
}

impl Environment {
    /// Makes a service with the tag of the operator's cluster and these.
    pub(crate) async fn make_service(&self, tags: &[(&str, &str)]) -> Result<(), HarnessError> {
        let of_all = [(CLUSTER_TAG, self.namespace.as_str()), (OFFERED_TAG, "yes")];
        let tags = tags.iter().chain(&of_all);
        let tags = tags.map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect();
        create_service(&self.simulator, tags).await?;
        self.timeline.tell(Actor::User, "makes a service in the cloud's console");
        Ok(())
    }

    /// What a tag calls the object.
    pub(crate) fn object_tag(&self) -> String {
        format!("{}.{NAME}", self.namespace)
    }
}

fn client(simulator: &Simulator) -> Result<Client, HarnessError> {
    let credentials = Credentials {
        access_key_id: Key::First.id().to_owned(),
        access_key_secret: Key::First.secret().to_owned().into(),
        security_token: None,
    };
    let unusable = |reason: String| HarnessError::Cloud { what: "make a client of the cloud", reason };
    let source = StaticCredentials::new(credentials).map_err(|error| unusable(error.to_string()))?;
    Client::builder()
        .region(REGION)
        .credentials(Arc::new(source))
        .transport(simulator.transport())
        .clock(simulator.clock())
        .build()
        .map_err(|error| unusable(error.to_string()))
}

fn refused(error: &cloud_core::Error) -> HarnessError {
    HarnessError::Cloud { what: "make other people's services", reason: error.to_string() }
}
