//! Load balancers that an object names by their Services: found by what the cloud controller manager leaves there, and followed.

use k8s_openapi::api::core::v1::Service;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use local_control_plane::{AuditEvent, read_audit_log};
use local_stack::OPERATOR_USER;
use privatelink_operator::crd::{ConditionType, ResourceStatus};
use privatelink_sim::{LoadBalancer, LoadBalancerZone, ServiceView};
use serde_json::{Value, json};

use crate::adopt::told;
use crate::support::rig::{Rig, Setup, ZONES, is_ready, message, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";
const ATTACH: &str = "AttachResourceToVpcEndpointService";
const DETACH: &str = "DetachResourceFromVpcEndpointService";
const CONSUMER: &str = "2000000000000002";
const ID_LABEL: &str = "service.k8s.alibaba/loadbalancer-id";

/// A Service as the controller leaves it when its Network Load Balancer is complete.
pub(crate) fn nlb(name: &str, id: &str) -> Value {
    json!({
        "metadata": {
            "name": name,
            "labels": {ID_LABEL: id},
            "annotations": {"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-zone-maps": "cn-hangzhou-h:vsw-1,cn-hangzhou-i:vsw-2"},
        },
        "spec": {"type": "LoadBalancer", "loadBalancerClass": "alibabacloud.com/nlb", "ports": [{"port": 443}]},
        "status": {"loadBalancer": {"ingress": [{"hostname": format!("{id}.cn-hangzhou.nlb.aliyuncs.com")}]}},
    })
}

/// The same of a Classic Load Balancer.
fn clb(name: &str, id: &str, address_type: &str) -> Value {
    json!({
        "metadata": {
            "name": name,
            "labels": {ID_LABEL: id},
            "annotations": {"service.beta.kubernetes.io/alicloud-loadbalancer-address-type": address_type},
        },
        "spec": {"type": "LoadBalancer", "ports": [{"port": 443}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.168.0.9"}]}},
    })
}

pub(crate) fn services(rig: &Rig) -> Api<Service> {
    Api::namespaced(rig.admin.clone(), &rig.namespace)
}

/// Creates a Service, and gives it its status.
pub(crate) async fn create(rig: &Rig, service: &Value) {
    let created: Service = serde_json::from_value(service.clone()).unwrap();
    services(rig).create(&PostParams::default(), &created).await.unwrap();
    if !service["status"].is_null() {
        address(rig, service["metadata"]["name"].as_str().unwrap(), &service["status"]).await;
    }
}

async fn address(rig: &Rig, name: &str, status: &Value) {
    let patch = Patch::Merge(json!({ "status": status }));
    services(rig).patch_status(name, &PatchParams::default(), &patch).await.unwrap();
}

pub(crate) async fn patch(rig: &Rig, name: &str, patch: Value) {
    services(rig).patch(name, &PatchParams::default(), &Patch::Merge(patch)).await.unwrap();
}

/// The controller has made the load balancer, or another one: first comes the label, then the address.
pub(crate) async fn complete(rig: &Rig, name: &str, id: &str) {
    let wanted = nlb(name, id);
    patch(rig, name, json!({"metadata": {"labels": wanted["metadata"]["labels"]}})).await;
    address(rig, name, &wanted["status"]).await;
}

fn referring(name: &str) -> Value {
    json!({"serviceResourceType": "nlb", "resources": [{"serviceRef": {"name": name}, "zoneIds": ZONES}]})
}

/// Waits until `Ready` is False for this reason, and its message has these words.
pub(crate) async fn says(rig: &Rig, name: &str, reason: &str, words: &str) {
    rig.until(name, &format!("{reason}: {words}"), |object| {
        let ready = status(object).conditions.into_iter().find(|found| found.type_ == ConditionType::Ready.as_str());
        ready.is_some_and(|ready| ready.reason == reason && ready.message.contains(words))
    })
    .await;
}

pub(crate) fn attached(service: &ServiceView) -> Vec<(&str, &str)> {
    let mut all: Vec<_> =
        service.attachments.iter().map(|one| (one.resource_id.as_str(), one.zone_id.as_str())).collect();
    all.sort_unstable();
    all
}

fn may_connect(services: &[ServiceView]) -> bool {
    services[0].users.iter().any(|account| account.contains(CONSUMER))
}

fn entries(id: &str, from: &str) -> Vec<ResourceStatus> {
    let state = serde_json::from_value(json!("Attached")).unwrap();
    let entry = |zone: &&str| ResourceStatus {
        resource_id: Some(id.to_owned()),
        zone_id: Some((*zone).to_owned()),
        state: Some(state),
        related_endpoint_count: Some(0),
        related_deprecated_endpoint_count: None,
        from: Some(from.to_owned()),
    };
    ZONES.iter().map(entry).collect()
}

/// What the operator asked the API server of the Services of this namespace.
fn requests(rig: &Rig) -> Vec<AuditEvent> {
    let log = rig.control_plane.audit_log_path().expect("the shared control plane keeps an audit log");
    let ours = |event: &AuditEvent| {
        event.user == OPERATOR_USER && event.namespace == rig.namespace && event.resource == "services"
    };
    read_audit_log(log).unwrap().into_iter().filter(ours).collect()
}

#[tokio::test]
async fn the_load_balancer_of_a_service_is_waited_for_published_and_followed_and_kept_when_the_service_goes() {
    let rig = Rig::start().await;
    rig.apply("orders", referring("web")).await;
    says(&rig, "orders", "WaitingForLoadBalancer", "does not exist, or is not of type LoadBalancer").await;

    let mut pending = nlb("web", "nlb-1");
    pending["metadata"]["labels"] = json!({});
    pending["metadata"]["annotations"]["service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id"] = json!("nlb-1");
    pending["status"] = Value::Null;
    create(&rig, &pending).await;
    says(&rig, "orders", "WaitingForLoadBalancer", "asks for the load balancer nlb-1 by an annotation").await;
    assert_eq!(rig.effects().await, [] as [String; 0]);
    assert!(rig.object("orders").await.unwrap().metadata.finalizers.is_none(), "nothing is in the cloud");

    complete(&rig, "web", "nlb-1").await;
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).resources, entries("nlb-1", "web"));
    assert_eq!(attached(&rig.service().await), ZONES.map(|zone| ("nlb-1", zone)));
    assert_eq!(rig.effects().await, [CREATE]);

    complete(&rig, "web", "nlb-2").await;
    rig.cloud("with the other load balancer", |services| attached(&services[0]) == ZONES.map(|zone| ("nlb-2", zone)))
        .await;
    let object = rig.until("orders", "Ready again", |object| {
        is_ready(object) && status(object).resources == entries("nlb-2", "web")
    });
    object.await;
    assert_eq!(rig.effects().await, [CREATE, ATTACH, ATTACH, DETACH, DETACH]);

    services(&rig).delete("web", &DeleteParams::default()).await.unwrap();
    says(&rig, "orders", "WaitingForLoadBalancer", "No load balancer is detached meanwhile.").await;
    rig.edit("orders", json!({"description": "goes on", "allowedPrincipals": [CONSUMER]})).await;
    rig.cloud("as edited", |services| services[0].description == "goes on" && may_connect(services)).await;
    says(&rig, "orders", "WaitingForLoadBalancer", "does not exist").await;
    assert_eq!(attached(&rig.service().await), ZONES.map(|zone| ("nlb-2", zone)), "what is unknown is not detached");

    rig.edit("orders", json!({"allowedPrincipals": []})).await;
    rig.cloud("without the account", |services| !may_connect(services)).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, [], "a Service that is missing does not block a deletion");
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_changed_while_the_operator_was_away_is_followed_at_once_and_that_is_no_drift() {
    let mut rig = Rig::start().await;
    create(&rig, &nlb("web", "nlb-1")).await;
    rig.apply("orders", referring("web")).await;
    rig.ready("orders").await;
    rig.kill_operator();
    complete(&rig, "web", "nlb-2").await;
    rig.start_operator().await;
    let is_followed = |object: &_| is_ready(object) && status(object).resources == entries("nlb-2", "web");
    rig.until("orders", "the new load balancer alone", is_followed).await;
    assert_eq!(attached(&rig.service().await), ZONES.map(|zone| ("nlb-2", zone)));
    let drift = told(&rig, "orders").await.into_iter().filter(|reason| reason.contains("Drift"));
    assert_eq!(drift.collect::<Vec<_>>(), [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn a_service_that_cannot_be_used_is_named_with_what_to_do_and_nothing_is_created_before_it_is_corrected() {
    let rig = Rig::start().await;
    let mut foreign = nlb("foreign", "nlb-1");
    foreign["spec"]["loadBalancerClass"] = json!("service.k8s.aws/nlb");
    let mut unlabelled = nlb("unlabelled", "nlb-1");
    unlabelled["metadata"]["labels"] = json!({});
    let mut mismatching = nlb("mismatching", "nlb-1");
    mismatching["status"] = nlb("", "nlb-9")["status"].clone();
    let mut plain = nlb("plain", "nlb-1");
    plain["spec"] = json!({"type": "ClusterIP", "ports": [{"port": 443}]});
    plain["status"] = Value::Null;
    let mut going = nlb("going", "nlb-1");
    going["metadata"]["finalizers"] = json!(["service.k8s.alibaba/nlb"]);
    let slb = |name: &str| json!({"serviceResourceType": "slb", "resources": [{"serviceRef": {"name": name}}]});
    let table = [
        (foreign, referring("foreign"), "UnsuitableLoadBalancer", "loadBalancerClass service.k8s.aws/nlb"),
        (unlabelled, referring("unlabelled"), "UnsuitableLoadBalancer", "another controller made its load balancer"),
        (mismatching, referring("mismatching"), "LoadBalancerMismatch", "nlb-9.cn-hangzhou.nlb.aliyuncs.com"),
        (plain, referring("plain"), "WaitingForLoadBalancer", "is not of type LoadBalancer"),
        (going, referring("going"), "WaitingForLoadBalancer", "is being deleted"),
        (clb("classic", "lb-1", "intranet"), referring("classic"), "UnsuitableLoadBalancer", "a Classic Load Balancer"),
        (clb("public", "lb-1", "internet"), slb("public"), "UnsuitableLoadBalancer", "address-type: intranet"),
    ];
    // With the address that the Services name.
    let zone = LoadBalancerZone { ip: Some("192.168.0.9".to_owned()), ..LoadBalancerZone::new(ZONES[0]) };
    let classic = LoadBalancer { zones: vec![zone], ..LoadBalancer::new("lb-1", "slb", "cn-hangzhou", &ZONES) };
    rig.simulator.admin.seed_load_balancer(&classic).await.unwrap();
    for (service, spec, reason, words) in table {
        let name = service["metadata"]["name"].as_str().unwrap();
        create(&rig, &service).await;
        if name == "going" {
            services(&rig).delete(name, &DeleteParams::default()).await.unwrap();
        }
        rig.apply(name, spec).await;
        says(&rig, name, reason, words).await;
    }
    assert_eq!(rig.effects().await, [] as [String; 0]);

    let internal = json!({"service.beta.kubernetes.io/alicloud-loadbalancer-address-type": "intranet"});
    patch(&rig, "public", json!({"metadata": {"annotations": internal}})).await;
    let object = rig.ready("public").await;
    assert_eq!(message(&object, ConditionType::Stalled), "");
    assert_eq!(rig.effects().await, [CREATE]);
    patch(&rig, "going", json!({"metadata": {"finalizers": null}})).await;
    rig.end().await;
}

#[tokio::test]
async fn services_are_not_asked_for_before_an_object_refers_to_one_and_then_they_are_listed_once_for_all() {
    let rig = Rig::with(Setup::default()).await;
    rig.apply("plain", nlb_spec()).await;
    rig.ready("plain").await;
    assert_eq!(requests(&rig), []);
    for (name, id) in [("first", "nlb-1"), ("second", "nlb-2")] {
        create(&rig, &nlb(name, id)).await;
        rig.apply(name, referring(name)).await;
        rig.ready(name).await;
    }
    let verbs: Vec<_> = requests(&rig).into_iter().map(|event| event.verb).collect();
    assert_eq!(verbs.iter().filter(|verb| *verb == "list").count(), 1, "{verbs:?}");
    assert!(verbs.iter().all(|verb| verb == "list" || verb == "watch"), "{verbs:?}");
    rig.end().await;
}

#[tokio::test]
async fn a_service_of_the_same_name_in_another_namespace_is_not_used() {
    let rig = Rig::alone(Setup { everywhere: true, ..Setup::watchful() }).await;
    let elsewhere = rig.control_plane.create_namespace("elsewhere").await.unwrap();
    let theirs: Service = serde_json::from_value(nlb("web", "nlb-2")).unwrap();
    let services: Api<Service> = Api::namespaced(rig.admin.clone(), &elsewhere);
    services.create(&PostParams::default(), &theirs).await.unwrap();
    services
        .patch_status("web", &PatchParams::default(), &Patch::Merge(json!({"status": nlb("web", "nlb-2")["status"]})))
        .await
        .unwrap();
    rig.apply("orders", referring("web")).await;
    says(&rig, "orders", "WaitingForLoadBalancer", "web").await;
    rig.until_listed(3).await;
    assert_eq!(rig.effects().await, [""; 0]);
    create(&rig, &nlb("web", "nlb-1")).await;
    rig.ready("orders").await;
    assert_eq!(attached(&rig.service().await), [("nlb-1", ZONES[0]), ("nlb-1", ZONES[1])]);
    rig.end().await;
}
