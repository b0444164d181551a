//! Services that are not the operator's, which it must leave alone.

use std::sync::Arc;

use cloud_core::{Client, Credentials, StaticCredentials};
use privatelink::{CreateVpcEndpointServiceRequest, Tag, Writer};
use privatelink_sim::{ServiceView, Simulator};

use crate::error::HarnessError;
use crate::settings::{Key, NAME, REGION};

const CLUSTER_TAG: &str = "privatelink-operator.cluster";
const UID_TAG: &str = "privatelink-operator.uid";
const OBJECT_TAG: &str = "privatelink-operator.object";

/// Makes two services in the operator's own account: one of somebody who has no operator, and one of another cluster whose object has
/// the name of the plan's own. Gives them as they stay.
pub(super) async fn create_unrelated(simulator: &Simulator, namespace: &str) -> Result<Vec<ServiceView>, HarnessError> {
    let client = client(simulator)?;
    let other_cluster = [
        (CLUSTER_TAG, "another-cluster".to_owned()),
        (UID_TAG, "0f0e0d0c-0000-4000-8000-000000000001".to_owned()),
        (OBJECT_TAG, format!("{namespace}.{NAME}")),
    ];
    for tags in [Vec::new(), other_cluster.to_vec()] {
        let tags = tags.into_iter().map(|(key, value)| Tag { key: key.to_owned(), value }).collect();
        let service_resource_type = Some("nlb".to_owned());
        let request = CreateVpcEndpointServiceRequest { service_resource_type, tags, ..Default::default() };
        Writer::new(&client).create_vpc_endpoint_service(&request).await.map_err(|error| refused(&error))?;
    }
    while simulator.all_services().iter().any(|service| service.status != "Active") {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let unrelated = simulator.all_services();
    simulator.clear_journal();
    Ok(unrelated)
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
