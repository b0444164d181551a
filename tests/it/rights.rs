//! What `config/rbac/` and the chart let the operator do in the cluster: its work, and nothing else.

mod bounds;
mod installations;
mod people;
mod removed;
mod work;

use k8s_openapi::api::{
    authorization::v1::{ResourceAttributes, SubjectAccessReview, SubjectAccessReviewSpec},
    core::v1::{Namespace, ObjectReference},
    events::v1::Event,
    rbac::v1::{ClusterRole, ClusterRoleBinding},
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::MicroTime, jiff::Timestamp};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{ObjectMeta, Patch, PatchParams, PostParams},
};
use privatelink_operator::{
    crd::{ConditionType, ServiceResourceType, VpcEndpointService},
    names,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::support::cluster::{self, TEST_MANAGER};
use crate::support::rig::{Rig, Setup, message, nlb_spec};

const OPERATOR: &str = "privatelink-operator";

/// One question to the API server: verb, `<group>/<resource>[/<subresource>]`, name of the object or empty for any.
type Question = (&'static str, &'static str, &'static str);

const OURS: &str = "privatelink.alibabacloud.com/vpcendpointservices";
const OUR_STATUS: &str = "privatelink.alibabacloud.com/vpcendpointservices/status";
const EVENTS: &str = "events.k8s.io/events";
const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";
const OUR_DEFINITION: &str = "vpcendpointservices.privatelink.alibabacloud.com";

const ALLOWED: [Question; 11] = [
    ("get", OURS, ""),
    ("list", OURS, ""),
    ("watch", OURS, ""),
    ("patch", OURS, ""),
    ("patch", OUR_STATUS, ""),
    ("create", EVENTS, ""),
    ("patch", EVENTS, ""),
    ("list", "/services", ""),
    ("watch", "/services", ""),
    ("get", "/namespaces", "kube-system"),
    ("get", DEFINITIONS, OUR_DEFINITION),
];

const REFUSED: [Question; 23] = [
    ("create", OURS, ""),
    ("update", OURS, ""),
    ("delete", OURS, ""),
    ("deletecollection", OURS, ""),
    ("update", OUR_STATUS, ""),
    ("list", EVENTS, ""),
    ("delete", EVENTS, ""),
    ("get", "/namespaces", "default"),
    ("list", "/namespaces", ""),
    ("get", DEFINITIONS, "other.example.com"),
    ("list", DEFINITIONS, ""),
    ("patch", DEFINITIONS, OUR_DEFINITION),
    ("delete", DEFINITIONS, OUR_DEFINITION),
    ("get", "/secrets", ""),
    ("list", "/secrets", ""),
    ("get", "/services", ""),
    ("create", "/configmaps", ""),
    ("create", "/pods", ""),
    ("create", "/serviceaccounts/token", ""),
    ("patch", "rbac.authorization.k8s.io/clusterroles", OPERATOR),
    ("bind", "rbac.authorization.k8s.io/clusterroles", "cluster-admin"),
    ("impersonate", "/users", "admin"),
    ("*", "*/*", ""),
];

/// Applies the files that give the operator's user its rights.
async fn grant(admin: &Client) {
    let role: ClusterRole = serde_saphyr::from_str(include_str!("../../config/rbac/cluster-role.yaml")).unwrap();
    let binding: ClusterRoleBinding =
        serde_saphyr::from_str(include_str!("../../config/rbac/user-binding.yaml")).unwrap();
    apply(admin, &role).await;
    apply(admin, &binding).await;
}

async fn apply<K>(admin: &Client, object: &K)
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let parameters = PatchParams::apply(TEST_MANAGER).force();
    Api::<K>::all(admin.clone()).patch(&object.name_any(), &parameters, &Patch::Apply(object)).await.unwrap();
}

async fn is_allowed(admin: &Client, (verb, path, name): Question) -> bool {
    let mut parts = path.split('/').map(str::to_owned);
    let attributes = ResourceAttributes {
        verb: Some(verb.to_owned()),
        group: parts.next(),
        resource: parts.next(),
        subresource: parts.next(),
        name: Some(name.to_owned()),
        ..Default::default()
    };
    let spec = SubjectAccessReviewSpec {
        user: Some(OPERATOR.to_owned()),
        resource_attributes: Some(attributes),
        ..Default::default()
    };
    let review = SubjectAccessReview { spec, ..Default::default() };
    let answer = Api::all(admin.clone()).create(&PostParams::default(), &review).await.unwrap();
    answer.status.unwrap().allowed
}

async fn answered(admin: &Client, questions: &[Question], answer: bool) -> Vec<Question> {
    let mut answered = Vec::new();
    for question in questions {
        if is_allowed(admin, *question).await == answer {
            answered.push(*question);
        }
    }
    answered
}

#[tokio::test]
async fn the_operator_has_the_rights_it_needs_and_no_others() {
    let (_, admin) = cluster::prepared().await;
    grant(&admin).await;
    assert_eq!(answered(&admin, &ALLOWED, false).await, [], "needed, but refused");
    assert_eq!(answered(&admin, &REFUSED, true).await, [], "not needed, but allowed");
}

/// The operator's user at work in a namespace with one object.
struct Work {
    operator: Client,
    objects: Api<VpcEndpointService>,
    object: VpcEndpointService,
}

impl Work {
    async fn new() -> Self {
        let (control_plane, admin) = cluster::prepared().await;
        grant(&admin).await;
        let namespace = control_plane.create_namespace("rights").await.unwrap();
        let spec = serde_json::from_value(json!({"serviceResourceType": ServiceResourceType::Slb})).unwrap();
        let object = VpcEndpointService::new("payments", spec);
        let as_admin = Api::namespaced(admin, &namespace);
        let object = as_admin.create(&PostParams::default(), &object).await.unwrap();
        let operator = cluster::client(&control_plane.kubeconfig_for_user(OPERATOR, &[]).unwrap()).await;
        Self { objects: Api::namespaced(operator.clone(), &namespace), operator, object }
    }
}

#[tokio::test]
async fn the_operator_writes_its_finalizer_and_record_and_a_stale_write_is_a_conflict() {
    let Work { objects, object, .. } = Work::new().await;
    let patch = Patch::Merge(json!({"metadata": {
        "uid": object.uid(),
        "resourceVersion": object.resource_version(),
        "finalizers": [names::FINALIZER],
        "annotations": {names::CREATE_RECORD_ANNOTATION: "{}"},
    }}));
    let patched = objects.patch("payments", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!((patched.finalizers(), patched.metadata.generation), (&[names::FINALIZER.to_owned()][..], Some(1)));

    let stale = objects.patch("payments", &PatchParams::default(), &patch).await.unwrap_err();
    assert!(matches!(&stale, kube::Error::Api(status) if status.code == 409), "{stale}");
}

#[tokio::test]
async fn the_operator_applies_a_status() {
    let Work { objects, object, .. } = Work::new().await;
    let parameters = PatchParams::apply(names::STATUS_FIELD_MANAGER).force();
    let status = json!({"observedGeneration": 1, "serviceId": "epsrv-a"});
    let patch = Patch::Apply(json!({
        "apiVersion": VpcEndpointService::api_version(&()),
        "kind": VpcEndpointService::kind(&()),
        "metadata": {"uid": object.uid()},
        "status": status,
    }));
    let patched = objects.patch_status("payments", &parameters, &patch).await.unwrap();
    assert_eq!(patched.status.unwrap().service_id.as_deref(), Some("epsrv-a"));
}

#[tokio::test]
async fn the_operator_tells_events_and_reads_the_cluster_id() {
    let Work { operator, object, .. } = Work::new().await;
    let namespace = object.namespace().unwrap();
    let event = Event {
        metadata: ObjectMeta { name: Some("payments.1".to_owned()), ..Default::default() },
        event_time: Some(MicroTime(Timestamp::UNIX_EPOCH)),
        reporting_controller: Some(names::EVENT_REPORTER.to_owned()),
        reporting_instance: Some("test".to_owned()),
        action: Some("Create".to_owned()),
        reason: Some("EndpointServiceCreated".to_owned()),
        type_: Some("Normal".to_owned()),
        regarding: Some(ObjectReference { namespace: Some(namespace.clone()), ..object.object_ref(&()) }),
        ..Default::default()
    };
    let events: Api<Event> = Api::namespaced(operator.clone(), &namespace);
    let told = events.create(&PostParams::default(), &event).await.unwrap();
    assert_eq!(told.reason.as_deref(), Some("EndpointServiceCreated"));

    let kube_system = Api::<Namespace>::all(operator).get("kube-system").await.unwrap();
    assert!(kube_system.uid().is_some());
}

/// A user with the operator's rights in the cluster but for the definition, and a Ready object that was deleted.
async fn blind_to_the_definition(arguments: &[&str]) -> (Rig, String, Vec<String>) {
    let (control_plane, admin) = cluster::prepared().await;
    let mut role: ClusterRole = serde_saphyr::from_str(include_str!("../../config/rbac/cluster-role.yaml")).unwrap();
    role.rules.as_mut().unwrap().retain(|rule| rule.api_groups != Some(vec!["apiextensions.k8s.io".to_owned()]));
    let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
    let setup =
        Setup { arguments: arguments.iter().map(|&argument| argument.to_owned()).collect(), ..Setup::default() };
    let mut rig = Rig::on(control_plane, admin.clone(), kubeconfig, setup).await;
    let user = rig.namespace.clone();
    role.metadata.name = Some(user.clone());
    apply(&admin, &role).await;
    let binding = json!({
        "metadata": {"name": user},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    });
    apply(&admin, &serde_json::from_value::<ClusterRoleBinding>(binding).unwrap()).await;
    let kubeconfig = control_plane.kubeconfig_for_user(&user, &[]).unwrap();
    rig.start_operator_behind(kubeconfig, &rig.simulator.access()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let effects = rig.effects().await;
    rig.delete("orders").await;
    (rig, user, effects)
}

#[tokio::test]
async fn without_the_right_to_read_the_definition_nothing_is_deleted_and_the_right_is_named() {
    let (rig, user, effects) = blind_to_the_definition(&[]).await;
    let object = rig.not_ready("orders", "DeletionBlocked").await;
    let said = message(&object, ConditionType::Ready);
    assert!(said.contains(&format!("get on customresourcedefinitions/{OUR_DEFINITION}")), "{said}");
    assert_eq!(rig.effects().await, effects);

    let mut role: ClusterRole = serde_saphyr::from_str(include_str!("../../config/rbac/cluster-role.yaml")).unwrap();
    role.metadata.name = Some(user);
    apply(&rig.admin, &role).await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn an_administrator_may_say_that_the_definition_is_not_to_be_looked_at() {
    let (rig, ..) = blind_to_the_definition(&["--ignore-crd-deletion"]).await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}
