//! The kind itself is deleted, which marks every object at once.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::DeleteParams;
use kube::runtime::wait::{await_condition, conditions};
use kube::{Api, CustomResourceExt};
use privatelink_operator::crd::VpcEndpointService;
use tokio::time::{Duration, timeout};

use crate::rig::{Rig, World, nlb_spec};

#[tokio::test]
async fn with_the_kind_the_objects_go_and_the_services_stay_tagged() {
    let rig = Rig::alone(World::default()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let (service, effects) = (rig.service().await, rig.effects().await);
    let definitions: Api<CustomResourceDefinition> = Api::all(rig.admin.clone());
    let name = VpcEndpointService::crd_name();
    let uid = definitions.get(name).await.unwrap().metadata.uid.unwrap();
    definitions.delete(name, &DeleteParams::default()).await.unwrap();
    let gone = await_condition(definitions, name, conditions::is_deleted(&uid));
    timeout(Duration::from_secs(30), gone).await.unwrap().unwrap();
    assert_eq!(rig.service().await, service);
    assert_eq!(rig.effects().await, effects);
    assert_eq!(rig.simulator.admin.witness().await.unwrap(), []);
}
