//! Nothing foreign is touched: whatever status says, whoever took the tags off, whatever the object is called.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloud_core::{Client, Credentials, StaticCredentials};
use kube::api::{Patch, PatchParams, PostParams};
use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink::{CreateVpcEndpointServiceRequest, Operation, Resource, Tag, Writer};
use privatelink_operator::crd::{ConditionType, VpcEndpointService, VpcEndpointServiceStatus};
use privatelink_operator::names::{
    ADOPT_TAG, CLUSTER_TAG, CREATE_RECORD_ANNOTATION, FINALIZER, OBJECT_TAG, RECONCILE_REQUESTED_AT_ANNOTATION, UID_TAG,
};
use privatelink_sim::{Fault, FaultKind, ServiceChange, ServiceView};
use serde_json::{Value, json};

use crate::support::rig::{
    LIST_SERVICES, REGION, Rig, Setup, ZONES, is_ready, message, nlb_spec, ready_condition, status,
};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

/// A service of the same account that somebody else made, in use and Active.
pub(crate) async fn foreign_service(rig: &Rig, tags: &[(&str, &str)]) -> ServiceView {
    let request = CreateVpcEndpointServiceRequest {
        service_description: Some("not of this cluster".to_owned()),
        service_resource_type: Some("nlb".to_owned()),
        resources: vec![Resource {
            resource_type: Some("nlb".to_owned()),
            resource_id: Some("nlb-12".to_owned()),
            zone_id: Some(ZONES[0].to_owned()),
        }],
        auto_accept_enabled: Some(true),
        tags: tags.iter().map(|(key, value)| Tag { key: (*key).to_owned(), value: (*value).to_owned() }).collect(),
        ..CreateVpcEndpointServiceRequest::default()
    };
    somebodys_service(rig, &request).await
}

/// What somebody makes by this request, once it is Active.
pub(crate) async fn somebodys_service(rig: &Rig, request: &CreateVpcEndpointServiceRequest) -> ServiceView {
    let credentials = Credentials {
        access_key_id: SIMULATED_KEY_ID.to_owned(),
        access_key_secret: SIMULATED_KEY_SECRET.to_owned().into(),
        security_token: None,
    };
    let client = Client::builder()
        .region(REGION)
        .credentials(Arc::new(StaticCredentials::new(credentials).unwrap()))
        .endpoint(&privatelink::API, rig.simulator.endpoint())
        .build()
        .unwrap();
    let created = Writer::new(&client).create_vpc_endpoint_service(request).await.unwrap();
    let id = created.service.service_id.unwrap();
    let services =
        rig.cloud("Active", |services| services.iter().any(|service| service.id == id && service.status == "Active"));
    services.await.into_iter().find(|service| service.id == id).unwrap()
}

/// Writes an id into the status, as nobody but the operator should.
async fn forge(rig: &Rig, name: &str, service_id: &str) {
    let patch = Patch::Merge(json!({"status": {"serviceId": service_id}}));
    rig.objects().patch_status(name, &PatchParams::default(), &patch).await.unwrap();
}

/// The service is as it was, and nobody but its maker ever tried to change it.
pub(crate) async fn assert_untouched(rig: &Rig, foreign: &ServiceView) {
    assert_eq!(&rig.simulator.admin.service(&foreign.id).await.unwrap(), foreign);
    let about = rig.journal_about(&foreign.id).await;
    let tried: Vec<_> = about.into_iter().filter(|call| mutates(&call.operation)).map(|call| call.operation).collect();
    assert_eq!(tried, [CREATE], "its own");
}

fn mutates(operation: &str) -> bool {
    Operation::from_name(operation).is_some_and(Operation::mutates)
}

/// The services but for this one.
async fn others(rig: &Rig, foreign: &ServiceView) -> Vec<ServiceView> {
    rig.services().await.into_iter().filter(|service| service.id != foreign.id).collect()
}

#[tokio::test]
async fn a_forged_id_stops_an_object_without_a_service_and_reaches_nothing() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    forge(&rig, "orders", &foreign.id).await;
    rig.start_operator().await;
    let object = rig.not_ready("orders", "OwnershipLost").await;
    assert!(message(&object, ConditionType::Stalled).contains(&foreign.id), "{object:#?}");
    rig.edit("orders", json!({"description": "mine now"})).await;
    rig.until("orders", "looked at again", is_seen).await;
    rig.until_listed(2).await;
    assert_eq!(ready_condition(&rig.object("orders").await.unwrap()), Some(("False", "OwnershipLost")));
    assert_eq!(others(&rig, &foreign).await, []);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_forged_id_does_not_keep_a_ready_object_from_its_own_service() {
    let rig = Rig::with(Setup::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    let own = status(&rig.ready("orders").await).service_id.unwrap();
    forge(&rig, "orders", &foreign.id).await;
    rig.edit("orders", json!({"description": "intake"})).await;
    let object = rig
        .until("orders", "itself again", |object| is_seen(object) && status(object).service_id.as_ref() == Some(&own));
    object.await;
    rig.ready("orders").await;
    let others = others(&rig, &foreign).await;
    assert_eq!(others.iter().map(|service| service.description.as_str()).collect::<Vec<_>>(), ["intake"]);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_forged_id_reaches_nothing_after_a_restart_either() {
    let mut rig = Rig::with(Setup::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    let own = status(&rig.ready("orders").await).service_id;
    rig.kill_operator();
    forge(&rig, "orders", &foreign.id).await;
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.start_operator().await;
    let object =
        rig.until("orders", "itself again", |object| is_seen(object) && status(object).service_id == own).await;
    assert_ne!(ready_condition(&object), None);
    rig.ready("orders").await;
    let others = others(&rig, &foreign).await;
    assert_eq!(others.iter().map(|service| service.description.as_str()).collect::<Vec<_>>(), ["intake"]);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_forged_id_on_an_object_that_is_deleted_deletes_nothing_foreign() {
    let mut rig = Rig::with(Setup::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    for (name, restarts) in [("orders", false), ("payments", true)] {
        rig.apply(name, nlb_spec()).await;
        rig.ready(name).await;
        if restarts {
            rig.kill_operator();
        }
        forge(&rig, name, &foreign.id).await;
        rig.delete(name).await;
        if restarts {
            rig.start_operator().await;
        }
        // Whether it goes or waits for a person: nothing but its own service may be written to.
        rig.until_listed(4).await;
        assert_untouched(&rig, &foreign).await;
    }
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_never_had_a_service_goes_with_a_forged_id_only_under_retain() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let foreign = foreign_service(&rig, &[]).await;
    rig.apply("orders", nlb_spec()).await;
    forge(&rig, "orders", &foreign.id).await;
    rig.start_operator().await;
    rig.not_ready("orders", "OwnershipLost").await;
    rig.delete("orders").await;
    let object = rig.not_ready("orders", "DeletionBlocked").await;
    assert!(message(&object, ConditionType::Ready).contains(&foreign.id), "{object:#?}");
    rig.until_listed(2).await;
    assert!(rig.object("orders").await.is_some());
    rig.edit("orders", json!({"deletionPolicy": "Retain"})).await;
    rig.gone("orders").await;
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_service_of_another_cluster_is_not_ours_even_with_the_same_name_and_uid() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let uid = rig.apply("orders", nlb_spec()).await.metadata.uid.unwrap();
    let object = format!("{}.orders", rig.namespace);
    let tags = [(CLUSTER_TAG, "another-cluster"), (UID_TAG, &uid), (OBJECT_TAG, &object)];
    let foreign = foreign_service(&rig, &tags).await;
    rig.start_operator().await;
    let own = status(&rig.ready("orders").await).service_id.unwrap();
    assert_ne!(own, foreign.id);
    assert_untouched(&rig, &foreign).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(others(&rig, &foreign).await, []);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_former_service_of_this_name_is_neither_taken_over_nor_doubled() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let object = format!("{}.orders", rig.namespace);
    let cluster = rig.namespace.clone();
    let tags = [(CLUSTER_TAG, cluster.as_str()), (UID_TAG, "an-earlier-object"), (OBJECT_TAG, &object)];
    let former = foreign_service(&rig, &tags).await;
    rig.apply("orders", nlb_spec()).await;
    rig.start_operator().await;
    let stalled = rig.not_ready("orders", "FormerServiceExists").await;
    assert!(message(&stalled, ConditionType::Ready).contains(&former.id), "{stalled:#?}");
    assert_untouched(&rig, &former).await;
    assert_eq!(others(&rig, &former).await, []);
    // Taking the tags off is one of the two remedies.
    let untagged = take_off(&former.tags);
    rig.simulator.admin.change_service(&former.id, &untagged).await.unwrap();
    rig.ready("orders").await;
    assert_untouched(&rig, &ServiceView { tags: BTreeMap::new(), ..former }).await;
    rig.end().await;
}

#[tokio::test]
async fn without_our_tags_a_service_is_not_written_to_and_with_them_it_is_again() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    let calls = rig.effects().await.len();
    rig.simulator.admin.change_service(&service.id, &take_off(&service.tags)).await.unwrap();
    let object = rig.not_ready("orders", "OwnershipLost").await;
    assert!(message(&object, ConditionType::Stalled).contains(&service.id), "{object:#?}");
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.until("orders", "looked at again", is_seen).await;
    rig.until_listed(2).await;
    assert_eq!(ready_condition(&rig.object("orders").await.unwrap()), Some(("False", "OwnershipLost")));
    assert_eq!(rig.service().await, ServiceView { tags: BTreeMap::new(), ..service.clone() });
    assert_eq!(rig.effects().await[calls..], [""; 0]);

    rig.simulator.admin.change_service(&service.id, &put_on(&service.tags)).await.unwrap();
    rig.ready("orders").await;
    assert_eq!(rig.service().await, ServiceView { description: "intake".to_owned(), ..service });
    assert_eq!(rig.effects().await[calls..], [UPDATE]);
    rig.end().await;
}

fn take_off(tags: &BTreeMap<String, String>) -> ServiceChange {
    ServiceChange { tags: tags.keys().map(|key| (key.clone(), None)).collect(), ..ServiceChange::default() }
}

pub(crate) fn put_on(tags: &BTreeMap<String, String>) -> ServiceChange {
    let tags = tags.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    ServiceChange { tags, ..ServiceChange::default() }
}

/// The status is about the newest generation.
fn is_seen(object: &VpcEndpointService) -> bool {
    status(object).observed_generation == object.metadata.generation
}

#[tokio::test]
async fn another_provider_config_stops_an_object_before_any_write() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["providerConfigRef"] = json!({"name": "other"});
    rig.apply("orders", spec).await;
    let object = rig.not_ready("orders", "ProviderConfigUnavailable").await;
    assert!(message(&object, ConditionType::Ready).contains("spec.providerConfigRef.name is other"), "{object:#?}");
    assert_eq!(message(&object, ConditionType::Stalled), message(&object, ConditionType::Ready));
    assert_eq!(object.metadata.finalizers, None);
    assert_eq!(object.metadata.annotations, None);
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn another_provider_config_stops_a_ready_object_until_it_is_taken_out() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    let edit = json!({"description": "intake", "providerConfigRef": {"name": "other"}});
    rig.edit("orders", edit).await;
    rig.not_ready("orders", "ProviderConfigUnavailable").await;
    rig.until_listed(2).await;
    assert_eq!(rig.service().await, service);

    rig.edit("orders", json!({"providerConfigRef": null})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await, ServiceView { description: "intake".to_owned(), ..service });

    rig.end().await;
}

/// A copy of an object as it stands in a backup or in another cluster: its spec, its finalizer, its record and its status.
async fn apply_with_everything(rig: &Rig, name: &str, copy: &VpcEndpointService) -> VpcEndpointService {
    let mut object: VpcEndpointService = serde_json::from_value(json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService",
        "metadata": {"name": name}, "spec": copy.spec,
    }))
    .unwrap();
    object.metadata.annotations.clone_from(&copy.metadata.annotations);
    object.metadata.finalizers.clone_from(&copy.metadata.finalizers);
    rig.objects().create(&PostParams::default(), &object).await.unwrap();
    let status = Patch::Merge(json!({"status": copy.status}));
    rig.objects().patch_status(name, &PatchParams::default(), &status).await.unwrap()
}

/// Takes an object away as a lost cluster does: nobody deals with its service.
pub(crate) async fn lose(rig: &Rig, name: &str) {
    let patch = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    rig.objects().patch(name, &PatchParams::default(), &patch).await.unwrap();
    rig.delete(name).await;
    rig.gone(name).await;
}

/// An object that was Ready, lost, and put back from a backup, while no operator ran; and the service that it left.
async fn restored() -> (Rig, ServiceView) {
    let mut rig = Rig::with(Setup::watchful().soon_sure()).await;
    rig.apply("orders", nlb_spec()).await;
    let backup = rig.ready("orders").await;
    let service = rig.service().await;
    rig.kill_operator();
    lose(&rig, "orders").await;
    // Kubernetes counts in whole seconds: what the backup says is from before the object that is put back.
    let now = async || rig.simulator.admin.now().await.unwrap();
    let saved = now().await;
    rig.poll("a second later", now, |now| now.duration_since(saved).as_secs() >= 1).await;
    apply_with_everything(&rig, "orders", &backup).await;
    (rig, service)
}

/// What the log says of `Ready`, in order.
fn said_of_ready(log: &str) -> Vec<&'static str> {
    let words = ["Ready is True", "Ready is False", "Ready is Unknown"];
    log.lines().filter_map(|line| words.into_iter().find(|word| line.contains(word))).collect()
}

fn hand_over(rig: &Rig, name: &str) -> ServiceChange {
    let tag = (ADOPT_TAG.to_owned(), Some(format!("{}.{name}", rig.namespace)));
    ServiceChange { tags: [tag].into(), ..ServiceChange::default() }
}

#[tokio::test]
async fn an_object_from_a_backup_takes_over_its_former_service_by_the_tag_that_the_message_names() {
    let (mut rig, service) = restored().await;
    let before = rig.log().len();
    rig.start_operator().await;
    let object = rig.not_ready("orders", "FormerServiceExists").await;
    let told = message(&object, ConditionType::Ready);
    let tag = format!("tag it {ADOPT_TAG}={}.orders", rig.namespace);
    assert!(told.contains(&service.id) && told.contains(&tag), "{told}");
    assert!(!said_of_ready(&rig.log()[before..]).contains(&"Ready is True"), "{}", rig.log());
    assert_eq!(rig.service().await, service);

    rig.simulator.admin.change_service(&service.id, &hand_over(&rig, "orders")).await.unwrap();
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).service_id.as_ref(), Some(&service.id));
    let tags = rig.cloud("tagged", |services| services.iter().all(|one| !one.tags.contains_key(ADOPT_TAG))).await;
    let mut expected = service.clone();
    expected.tags.insert(UID_TAG.to_owned(), object.metadata.uid.clone().unwrap());
    assert_eq!(tags, [expected]);
    assert_eq!(rig.calls(CREATE).await.len(), 1);
    // From now on it is this object's like any other.
    rig.edit("orders", json!({"description": "intake"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "intake");
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn an_object_from_a_backup_gets_a_new_service_when_the_former_one_is_deleted_or_loses_our_tags() {
    for remedy in ["delete", "untag"] {
        let (mut rig, service) = restored().await;
        rig.start_operator().await;
        rig.not_ready("orders", "FormerServiceExists").await;
        match remedy {
            "delete" => rig.simulator.admin.delete_service(&service.id).await.map(drop).unwrap(),
            _ => rig.simulator.admin.change_service(&service.id, &take_off(&service.tags)).await.map(drop).unwrap(),
        }
        let object = rig.ready("orders").await;
        assert_ne!(status(&object).service_id.as_ref(), Some(&service.id), "{remedy}");
        assert_eq!(others(&rig, &service).await.len(), 1, "{remedy}");
        rig.end().await;
    }
}

#[tokio::test]
async fn a_former_service_of_another_type_is_not_taken_over() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let object = format!("{}.orders", rig.namespace);
    let cluster = rig.namespace.clone();
    let tags =
        [(CLUSTER_TAG, cluster.as_str()), (UID_TAG, "an-earlier-object"), (OBJECT_TAG, &object), (ADOPT_TAG, &object)];
    let former = foreign_service(&rig, &tags).await;
    rig.apply("orders", json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-1"}]})).await;
    rig.start_operator().await;
    let stalled = rig.not_ready("orders", "FormerServiceExists").await;
    let told = message(&stalled, ConditionType::Ready);
    assert!(told.contains("its serviceResourceType is nlb, the spec wants slb") && !told.contains("tag it"), "{told}");
    assert_untouched(&rig, &former).await;
    rig.end().await;
}

/// A service that is live in another cluster, and the object there, as `kubectl get -o yaml` shows it.
async fn live_elsewhere(rig: &Rig, spec: Value) -> (ServiceView, VpcEndpointService) {
    let (uid, object) = ("0b4a7c3e-0000-4000-8000-000000000000", format!("{}.orders", rig.namespace));
    let foreign =
        foreign_service(rig, &[(CLUSTER_TAG, "another-cluster"), (UID_TAG, uid), (OBJECT_TAG, &object)]).await;
    let record = json!({
        "uid": uid, "incarnation": 0, "region": "cn-shanghai", "account": "1000000000000009", "hash": "h", "owner": "p",
        "time": "2026-11-01T00:00:00Z",
    });
    let copy = serde_json::from_value(json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService",
        "metadata": {
            "name": "orders", "uid": uid, "finalizers": [FINALIZER],
            "annotations": {CREATE_RECORD_ANNOTATION: record.to_string()},
        },
        "spec": spec,
        "status": {
            "observedGeneration": 1, "serviceId": foreign.id, "serviceDomain": foreign.domain, "serviceStatus": "Active",
            "region": "cn-shanghai", "accountId": "1000000000000009", "incarnation": 0,
            "conditions": [{
                "type": "Ready", "status": "True", "reason": "Available", "message": "The service is Active.",
                "observedGeneration": 1, "lastTransitionTime": "2026-11-01T00:01:00Z",
            }],
        },
    }));
    (foreign, copy.unwrap())
}

#[tokio::test]
async fn an_object_copied_from_another_cluster_gets_a_service_of_its_own_and_says_nothing_of_the_other() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let (foreign, copy) = live_elsewhere(&rig, nlb_spec()).await;
    apply_with_everything(&rig, "orders", &copy).await;
    // Lists cannot be had for a while: there is nothing to go by but what came along.
    let silent = FaultKind::error("ServiceUnavailable");
    rig.fault(Fault { times: None, ..Fault::next(LIST_SERVICES, silent) }).await;
    rig.start_operator().await;
    let forgotten = |object: &VpcEndpointService| {
        let VpcEndpointServiceStatus { service_id, service_domain, region, account_id, .. } = status(object);
        !is_ready(object) && [service_id, service_domain, region, account_id].iter().all(Option::is_none)
    };
    rig.until("orders", "looked at", forgotten).await;
    rig.simulator.admin.clear_faults().await.unwrap();
    let object = rig.ready("orders").await;
    let own = others(&rig, &foreign).await;
    assert_eq!(own.iter().map(|service| Some(&service.id)).collect::<Vec<_>>(), [status(&object).service_id.as_ref()]);
    assert!(!rig.log().contains(&foreign.id), "{}", rig.log());
    assert_untouched(&rig, &foreign).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(others(&rig, &foreign).await, []);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn an_object_copied_from_another_cluster_that_is_deleted_at_once_touches_nothing() {
    let mut rig = Rig::without_operator(Setup::watchful().soon_sure()).await;
    let (foreign, copy) = live_elsewhere(&rig, nlb_spec()).await;
    apply_with_everything(&rig, "orders", &copy).await;
    rig.delete("orders").await;
    rig.start_operator().await;
    rig.gone("orders").await;
    assert_eq!(others(&rig, &foreign).await, []);
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

#[tokio::test]
async fn a_status_that_names_another_clusters_service_is_told_so_and_its_remedy_works() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    let (foreign, _) = live_elsewhere(&rig, nlb_spec()).await;
    rig.apply("orders", nlb_spec()).await;
    forge(&rig, "orders", &foreign.id).await;
    rig.start_operator().await;
    let object = rig.not_ready("orders", "OwnershipLost").await;
    let told = message(&object, ConditionType::Ready);
    assert!(told.contains("belongs to another cluster (another-cluster)") && !told.contains("tags"), "{told}");
    rig.edit("orders", json!({"deletionPolicy": "Retain"})).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    assert_untouched(&rig, &foreign).await;
    rig.end().await;
}

/// Has the object looked at, without an edit of its spec.
async fn look_again(rig: &Rig, name: &str, why: &str) {
    let annotations = json!({RECONCILE_REQUESTED_AT_ANNOTATION: why});
    let patch = Patch::Merge(json!({"metadata": {"annotations": annotations}}));
    rig.objects().patch(name, &PatchParams::default(), &patch).await.unwrap();
}

/// Ways to forge the status of an object that is Ready.
fn forgeries() -> Vec<Value> {
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "Forged", "message": "by hand", "observedGeneration": 1,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        })
    };
    let conditions = |list: Vec<Value>| json!({"conditions": list});
    vec![
        json!({"serviceDomain": "evil.example.com"}),
        json!({"serviceDomain": null}),
        json!({"serviceName": "evil"}),
        json!({"serviceId": "epsrv-evil"}),
        json!({"serviceId": null}),
        json!({"serviceStatus": "Deleting"}),
        json!({"serviceBusinessStatus": "FinancialLocked"}),
        json!({"createTime": "2099-01-01T00:00:00Z"}),
        json!({"addressIpVersion": "DualStack"}),
        json!({"region": "cn-beijing"}),
        json!({"accountId": "6666666666666666"}),
        json!({"incarnation": 7}),
        json!({"zoneIds": ["cn-hangzhou-x"], "resources": []}),
        json!({"connectionCounts": {"connected": 99}}),
        json!({"drift": [{"field": "spec.description", "wanted": "a", "found": "b"}]}),
        json!({"lastError": {"code": "Forged", "message": "by hand"}}),
        json!({"observedGeneration": 99}),
        conditions(vec![condition("Ready", "False")]),
        conditions(vec![condition("Ready", "True"), condition("Stalled", "True"), condition("Drifted", "True")]),
        json!({
            "serviceId": "epsrv-evil", "serviceDomain": "evil.example.com", "incarnation": 9, "region": "cn-beijing",
            "accountId": "6666666666666666", "conditions": [condition("Ready", "True")],
        }),
    ]
}

#[tokio::test]
async fn a_status_that_somebody_else_wrote_is_set_right_whatever_is_in_it() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.until("orders", "attached", |object| {
        status(object)
            .resources
            .iter()
            .all(|one| one.state == Some(privatelink_operator::crd::AttachmentState::Attached))
    })
    .await;
    rig.until_listed(2).await;
    // Every look that is asked for renews the time of the last one.
    let said = |object: &VpcEndpointService| VpcEndpointServiceStatus { last_refresh_time: None, ..status(object) };
    let right = said(&rig.object("orders").await.unwrap());
    let (service, calls) = (rig.service().await, rig.effects().await.len());
    for (number, forged) in forgeries().into_iter().enumerate() {
        let patch = Patch::Merge(json!({"status": forged}));
        rig.objects().patch_status("orders", &PatchParams::default(), &patch).await.unwrap();
        look_again(&rig, "orders", &number.to_string()).await;
        let is_right = |object: &VpcEndpointService| said(object) == right;
        rig.until("orders", &format!("itself again after {forged}"), is_right).await;
    }
    rig.until_listed(2).await;
    assert_eq!(said(&rig.object("orders").await.unwrap()), right);
    assert_eq!((rig.service().await, rig.effects().await.len()), (service, calls));
    rig.end().await;
}

#[tokio::test]
async fn what_is_forged_while_no_operator_runs_is_set_right_from_what_the_cloud_shows() {
    let mut rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.until_listed(2).await;
    let right = status(&rig.object("orders").await.unwrap());
    for forged in [
        json!({"serviceDomain": "evil.example.com", "serviceName": "evil"}),
        json!({"serviceId": "epsrv-evil", "createTime": "2099-01-01T00:00:00Z"}),
        json!({"accountId": "6666666666666666", "serviceStatus": "Deleting"}),
        json!({"serviceId": null, "conditions": []}),
    ] {
        rig.kill_operator();
        let patch = Patch::Merge(json!({"status": forged}));
        rig.objects().patch_status("orders", &PatchParams::default(), &patch).await.unwrap();
        rig.start_operator().await;
        let is_right = |object: &VpcEndpointService| {
            let bare = |status: VpcEndpointServiceStatus| VpcEndpointServiceStatus { conditions: vec![], ..status };
            is_ready(object) && bare(status(object)) == bare(right.clone())
        };
        rig.until("orders", &format!("itself again after {forged}"), is_right).await;
    }
    rig.end().await;
}

#[tokio::test]
async fn an_object_without_a_service_is_never_ready_because_its_status_was_forged() {
    let mut rig = Rig::with(Setup::watchful()).await;
    // What no read of the load balancer tells before.
    let refusal = Fault::next(CREATE, FaultKind::error("VSwitchNotFound"));
    rig.fault(Fault { times: None, ..refusal }).await;
    rig.apply("orders", nlb_spec()).await;
    let waiting = |object: &VpcEndpointService| {
        ready_condition(object) == Some(("False", "WaitingForLoadBalancer")) && status(object).service_id.is_none()
    };
    let object = rig.until("orders", "refused", waiting).await;
    let ready = json!({
        "type": "Ready", "status": "True", "reason": "Available", "message": "by hand", "observedGeneration": 1,
        "lastTransitionTime": object.metadata.creation_timestamp,
    });
    for forged in [
        json!({"conditions": [ready]}),
        json!({"conditions": [ready], "serviceId": "epsrv-evil", "serviceDomain": "evil.example.com"}),
        json!({"serviceId": "epsrv-evil", "incarnation": 4}),
    ] {
        let patch = Patch::Merge(json!({"status": forged}));
        rig.objects().patch_status("orders", &PatchParams::default(), &patch).await.unwrap();
        rig.until("orders", "refused again", waiting).await;
    }
    rig.kill_operator();
    let patch = Patch::Merge(json!({"status": {"conditions": [ready]}}));
    rig.objects().patch_status("orders", &PatchParams::default(), &patch).await.unwrap();
    rig.start_operator().await;
    rig.until("orders", "refused again", waiting).await;
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.ready("orders").await;
    rig.service().await;
    rig.end().await;
}
