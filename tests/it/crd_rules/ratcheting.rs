//! Objects that were stored before a bound or a rule was there: they must not be stuck.
//!
//! The older definition is today's without its bounds and rules, and an object of every refused case that it admits is stored
//! under it. What Kubernetes never forgives to an old object stays in it as well: types, required fields, sets.

use kube::api::{ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use privatelink_operator::crd::{VpcEndpointService, generate};
use privatelink_operator::names::FINALIZER;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use super::table::{Refused, table};
use super::{COUNTED, assert_no_complaints, causes, complaint};
use crate::support::cluster;
use crate::support::kubectl::Kubectl;
use crate::support::rig::{Rig, Setup, nlb_spec};

/// A definition is in force well under a second after it is applied; this is for a machine that is busy with other tests.
const IN_FORCE_WITHIN: Duration = Duration::from_secs(30);

/// The API server's words for what an old object is not forgiven either.
const NEVER_FORGIVEN: [&str; 3] = ["must be of type", "Required value", "Duplicate value"];

const LIFTED: [&str; 11] = [
    "enum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "pattern",
    "x-kubernetes-validations",
];

/// The schema without bounds and rules.
fn lift(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    for bound in LIFTED {
        keywords.remove(bound);
    }
    for inside in ["items", "additionalProperties"] {
        keywords.get_mut(inside).into_iter().for_each(lift);
    }
    let properties = keywords.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(serde_json::Map::values_mut).for_each(lift);
}

/// The same definition, from before there were bounds and rules.
fn older(definition: &Value) -> Value {
    let mut definition = definition.clone();
    lift(&mut definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]);
    definition
}

/// Our definition under another group and plural, for a test that must not disturb the others.
fn copied(to: &ApiResource) -> Value {
    let mut definition = generate::vpc_endpoint_service();
    definition["metadata"]["name"] = json!(format!("{}.{}", to.plural, to.group));
    definition["spec"]["group"] = json!(to.group);
    definition["spec"]["names"] = json!({"kind": to.kind, "listKind": format!("{}List", to.kind), "plural": to.plural});
    definition
}

/// A kind of its own, under the older definition until [`tighten`](Self::tighten).
struct Aged {
    admin: Client,
    objects: Api<DynamicObject>,
    kind: ApiResource,
    kubectl: Kubectl,
}

impl Aged {
    async fn new(plural: &str) -> Self {
        let (control_plane, admin) = cluster::prepared().await;
        let kind = ApiResource {
            group: format!("{plural}.example.com"),
            version: "v1alpha1".to_owned(),
            api_version: format!("{plural}.example.com/v1alpha1"),
            kind: plural.to_uppercase(),
            plural: plural.to_owned(),
        };
        let namespace = control_plane.create_namespace("ratcheting").await.unwrap();
        let objects = Api::namespaced_with(admin.clone(), &namespace, &kind);
        cluster::define(&admin, &older(&copied(&kind))).await;
        Self { admin, objects, kind, kubectl: Kubectl::new(control_plane, &namespace) }
    }

    /// Puts today's bounds and rules in force.
    async fn tighten(&self) {
        cluster::define(&self.admin, &copied(&self.kind)).await;
        in_force(&self.objects, &self.kind).await;
    }

    async fn create(&self, name: &str, spec: &Value) -> kube::Result<DynamicObject> {
        let mut object = DynamicObject::new(name, &self.kind).data(json!({ "spec": spec }));
        object.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        self.objects.create(&PostParams::default(), &object).await
    }

    async fn edit(&self, name: &str, spec: Value) -> kube::Result<DynamicObject> {
        self.objects.patch(name, &PatchParams::default(), &Patch::Merge(json!({ "spec": spec }))).await
    }

    /// A kubectl command about all objects, which succeeds, if with warnings about rules that the spec breaks.
    async fn on_all(&self, arguments: &[&str]) {
        let kind = format!("{}.{}", self.kind.plural, self.kind.group);
        let answer = self.kubectl.run(&[&arguments[..1], &[&kind, "--all"], &arguments[1..]].concat(), "").await;
        let only_warned = answer.stderr.lines().all(|line| line.starts_with("Warning: spec."));
        assert!(answer.code == Some(0) && only_warned, "{answer:?}");
    }

    async fn all(&self) -> Vec<DynamicObject> {
        self.objects.list(&ListParams::default()).await.unwrap().items
    }
}

const DRY_RUN: PostParams = PostParams { dry_run: true, field_manager: None };

/// Waits until today's bounds are in force: a definition is swapped some time after it is applied.
async fn in_force(objects: &Api<DynamicObject>, kind: &ApiResource) {
    let too_long = json!({"spec": {"serviceResourceType": "nlb", "description": "x".repeat(257)}});
    let object = DynamicObject::new("probe", kind).data(too_long);
    let deadline = Instant::now() + IN_FORCE_WITHIN;
    while objects.create(&DRY_RUN, &object).await.is_ok() {
        assert!(Instant::now() < deadline, "the definition does not come into force");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Whether a rule that compares fields of the spec refuses this. Such a rule is run again when anything in the spec changes.
fn is_refused_by_a_rule_on_the_spec(answer: &kube::Result<DynamicObject>) -> bool {
    let definition = generate::vpc_endpoint_service();
    let spec = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let rules = spec["x-kubernetes-validations"].as_array().unwrap();
    let Err(kube::Error::Api(status)) = answer else { return false };
    causes(status).iter().any(|cause| rules.iter().any(|rule| cause.message.contains(words(rule))))
}

/// What a rule says when it is broken; of an expression, the first literal.
fn words(rule: &Value) -> &str {
    let expression = rule.get("messageExpression").and_then(Value::as_str);
    expression.and_then(|text| text.split('\'').nth(1)).or(rule["message"].as_str()).unwrap()
}

/// Stores an object of each refused case under the older definition; answers names and cases.
async fn stored(aged: &Aged) -> Vec<(String, Refused)> {
    let (mut stored, mut complaints) = (Vec::new(), Vec::new());
    for (number, bad) in table().refused.into_iter().enumerate() {
        let name = format!("case-{number}");
        match aged.create(&name, &bad.spec).await {
            Ok(_) => stored.push((name, bad)),
            Err(error) if NEVER_FORGIVEN.iter().any(|why| error.to_string().contains(why)) => {}
            Err(error) => complaints.push(format!("{}: {error}", bad.case)),
        }
    }
    assert_no_complaints(&complaints);
    assert!(stored.len() >= 60, "only {} objects are stored", stored.len());
    stored
}

#[tokio::test]
async fn an_object_that_breaks_a_newer_bound_can_be_labelled_reported_on_and_deleted() {
    let aged = Aged::new("unbounded").await;
    let stored = stored(&aged).await;
    aged.tighten().await;

    aged.on_all(&["label", "team=orders"]).await;
    let mut complaints = Vec::new();
    for (name, bad) in &stored {
        let status = Patch::Merge(json!({"status": {"observedGeneration": 1}}));
        let reported = aged.objects.patch_status(name, &PatchParams::default(), &status).await;
        complaints.extend(reported.err().map(|error| format!("{}: {error}", bad.case)));
    }
    assert_no_complaints(&complaints);

    aged.on_all(&["delete", "--wait=false"]).await;
    let marked = aged.all().await;
    assert_eq!(marked.len(), stored.len());
    for object in marked {
        assert_eq!(object.labels().get("team").map(String::as_str), Some("orders"));
        let release = Patch::Merge(json!({"metadata": {"finalizers": null}}));
        aged.objects.patch(&object.name_any(), &PatchParams::default(), &release).await.unwrap();
    }
    assert_eq!(aged.all().await, []);
}

#[tokio::test]
async fn another_field_can_be_edited_unless_a_rule_on_the_whole_spec_is_broken() {
    let aged = Aged::new("editable").await;
    let stored = stored(&aged).await;
    aged.tighten().await;
    let mut complaints = Vec::new();
    for (name, bad) in &stored {
        let fresh = DynamicObject::new("fresh", &aged.kind).data(json!({ "spec": bad.spec }));
        let wanted = is_refused_by_a_rule_on_the_spec(&aged.objects.create(&DRY_RUN, &fresh).await);
        let edited = aged.edit(name, json!({"suspend": true, "driftPolicy": "Report"})).await;
        let as_wanted = if wanted { is_refused_by_a_rule_on_the_spec(&edited) } else { edited.is_ok() };
        complaints.extend((!as_wanted).then(|| format!("{}: {edited:?}", bad.case)));
    }
    assert_no_complaints(&complaints);
}

#[tokio::test]
async fn an_object_beyond_a_newer_bound_may_come_back_within_it_but_not_go_further() {
    let aged = Aged::new("oversized").await;
    for (number, (_, bound, spec)) in COUNTED.into_iter().enumerate() {
        aged.create(&format!("bound-{number}"), &spec(bound + 1)).await.unwrap();
    }
    aged.tighten().await;
    aged.on_all(&["label", "team=orders"]).await;
    let mut complaints = Vec::new();
    for (number, (field, bound, spec)) in COUNTED.into_iter().enumerate() {
        let name = format!("bound-{number}");
        let suspended = aged.edit(&name, json!({"suspend": true})).await;
        complaints.extend(suspended.err().map(|error| format!("{field}: {error}")));
        let further = aged.edit(&name, spec(bound + 2)).await;
        complaints.extend(complaint(further, field, &bound.to_string()).map(|found| format!("{field}: {found}")));
        let back = aged.edit(&name, spec(bound)).await;
        complaints.extend(back.err().map(|error| format!("{field}: {error}")));
    }
    assert_no_complaints(&complaints);
}

#[tokio::test]
async fn a_value_that_is_immutable_stays_even_if_it_would_be_refused_today() {
    let aged = Aged::new("immutable").await;
    let spec =
        json!({"serviceResourceType": "clb", "payer": "Provider", "region": "HANGZHOU", "adopt": {"serviceId": "x"}});
    aged.create("orders", &spec).await.unwrap();
    aged.tighten().await;
    aged.edit("orders", json!({"suspend": true})).await.unwrap();
    let repairs = [
        ("spec.serviceResourceType", json!({"serviceResourceType": "slb"})),
        ("spec.payer", json!({"payer": "Endpoint"})),
        ("spec.region", json!({"region": "cn-hangzhou"})),
        ("spec.adopt", json!({"adopt": {"serviceId": "epsrv-x"}})),
    ];
    for (field, repair) in repairs {
        assert_eq!(complaint(aged.edit("orders", repair).await, field, "is immutable"), None);
    }
}

#[tokio::test]
async fn the_operator_lets_an_object_go_that_breaks_a_newer_bound() {
    let rig = Rig::alone(Setup::default()).await;
    let definition = generate::vpc_endpoint_service();
    let kind = ApiResource::erase::<VpcEndpointService>(&());
    let objects: Api<DynamicObject> = Api::namespaced_with(rig.admin.clone(), &rig.namespace, &kind);
    cluster::define(&rig.admin, &older(&definition)).await;
    let mut spec = nlb_spec();
    spec["description"] = json!("x".repeat(300));
    let object = DynamicObject::new("orders", &kind).data(json!({ "spec": spec }));
    let deadline = Instant::now() + IN_FORCE_WITHIN;
    while let Err(refused) = objects.create(&PostParams::default(), &object).await {
        assert!(Instant::now() < deadline, "{refused}");
        sleep(Duration::from_millis(20)).await;
    }
    cluster::define(&rig.admin, &definition).await;
    in_force(&objects, &kind).await;
    rig.until("orders", "held", |object| object.finalizers() == [FINALIZER]).await;

    let kubectl = Kubectl::new(rig.control_plane, &rig.namespace);
    assert_eq!(kubectl.run(&["label", "vpces", "orders", "team=orders"], "").await.failure(), None);
    assert_eq!(kubectl.run(&["delete", "vpces", "orders", "--timeout=60s"], "").await.failure(), None);
    assert_eq!(rig.object("orders").await, None);
    assert_eq!(rig.services().await, []);
    rig.end().await;
}
