//! The schema and its rules, as a real API server applies them. No operator runs here.

use kube::{
    Api,
    api::{ApiResource, DynamicObject, ListParams, Patch, PatchParams, PostParams},
    core::{Status, response::StatusCause},
};
use privatelink_operator::crd::{VpcEndpointService, generate};
use serde_json::{Value, json};

use self::table::{Accepted, Refused, Table, table};
use crate::support::cluster::{self, TEST_MANAGER};
use crate::support::kubectl::Kubectl;

mod ownership;
mod ratcheting;
mod table;
mod with_kubectl;

/// What the rule on the name says; it has no row in the table, because all rows share one name.
const NAME_TOO_LONG: &str = "metadata.name must be no more than 63 characters";

/// A namespace of its own on the shared control plane, with our definition served. Objects are untyped, so that nothing of
/// the operator's types stands between a case and the API server.
struct Fixture {
    objects: Api<DynamicObject>,
    kind: ApiResource,
    kubectl: Kubectl,
}

impl Fixture {
    async fn new() -> Self {
        let (control_plane, client) = cluster::prepared().await;
        let namespace = control_plane.create_namespace("crd-rules").await.unwrap();
        let kind = ApiResource::erase::<VpcEndpointService>(&());
        let kubectl = Kubectl::new(control_plane, &namespace);
        Self { objects: Api::namespaced_with(client, &namespace, &kind), kind, kubectl }
    }

    fn object(&self, name: &str, spec: &Value) -> DynamicObject {
        DynamicObject::new(name, &self.kind).data(json!({ "spec": spec }))
    }

    async fn stored(&self) -> Vec<DynamicObject> {
        self.objects.list(&ListParams::default()).await.unwrap().items
    }

    async fn create(&self, name: &str, spec: &Value) -> kube::Result<DynamicObject> {
        self.objects.create(&PostParams::default(), &self.object(name, spec)).await
    }

    /// Creates the object, writes the status if there is one, and then patches the spec.
    async fn change(
        &self,
        name: &str,
        spec: &Value,
        status: Option<&Value>,
        patch: &Value,
    ) -> kube::Result<DynamicObject> {
        self.create(name, spec).await.unwrap();
        let parameters = PatchParams::default();
        if let Some(status) = status {
            let status = Patch::Merge(json!({ "status": status }));
            self.objects.patch_status(name, &parameters, &status).await.unwrap();
        }
        self.objects.patch(name, &parameters, &Patch::Merge(json!({ "spec": patch }))).await
    }
}

/// Nothing if the API server blames this field in these words and no unrelated field, else what it did instead.
fn complaint(answer: kube::Result<DynamicObject>, field: &str, says: &str) -> Option<String> {
    let status = match answer {
        Ok(_) => return Some("it was accepted".to_owned()),
        Err(kube::Error::Api(status)) => status,
        Err(error) => return Some(format!("the call failed: {error}")),
    };
    let causes = causes(&status);
    let one_is_right = causes.iter().any(|cause| cause.field == field && cause.message.contains(says));
    let all_are_related = causes.iter().all(|cause| is_related(cause, field));
    // A sentence says what is possible; few people read a pattern.
    let is_bare = causes.iter().any(|cause| cause.message.contains("should match"));
    (status.code != 422 || !one_is_right || !all_are_related || is_bare).then(|| format!("{} {causes:?}", status.code))
}

/// A bad value may break a rule further up as well, and then some rules are not run, which the API server tells about the root.
fn is_related(cause: &StatusCause, field: &str) -> bool {
    field.starts_with(&cause.field) || cause.field == "<nil>"
}

fn causes(status: &Status) -> &[StatusCause] {
    status.details.as_ref().map_or(&[], |details| &details.causes)
}

fn assert_no_complaints(complaints: &[String]) {
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[tokio::test]
async fn the_api_server_refuses_bad_specs_and_says_which_field_and_why() {
    let fixture = Fixture::new().await;
    let refused = table().refused;
    assert!(refused.len() >= 60, "only {} bad specs are tried", refused.len());
    let mut complaints = Vec::new();
    for Refused { case, spec, field, says, .. } in refused {
        let answer = fixture.create("refused", &spec).await;
        complaints.extend(complaint(answer, &field, &says).map(|found| format!("{case}: {found}")));
    }
    assert_no_complaints(&complaints);
}

#[tokio::test]
async fn the_api_server_accepts_good_specs_and_the_operators_types_read_them_whole() {
    let fixture = Fixture::new().await;
    let accepted = table().accepted;
    assert!(accepted.len() >= 20, "only {} good specs are tried", accepted.len());
    let mut complaints = Vec::new();
    for (number, Accepted { case, spec, .. }) in accepted.into_iter().enumerate() {
        match fixture.create(&format!("accepted-{number}"), &spec).await {
            Ok(stored) => complaints.extend(lost_in_our_types(&stored).map(|lost| format!("{case}: {lost}"))),
            Err(error) => complaints.push(format!("{case}: {error}")),
        }
    }
    assert_no_complaints(&complaints);
}

/// What differs when the operator's own type reads the object and writes it again.
fn lost_in_our_types(stored: &DynamicObject) -> Option<String> {
    let stored = serde_json::to_value(stored).unwrap();
    let read = match serde_json::from_value::<VpcEndpointService>(stored.clone()) {
        Ok(read) => serde_json::to_value(read).unwrap(),
        Err(error) => return Some(error.to_string()),
    };
    (read != stored).then(|| format!("stored {stored}, read {read}"))
}

#[tokio::test]
async fn the_api_server_refuses_illegal_updates_and_says_which_field_and_why() {
    let fixture = Fixture::new().await;
    let refused = table().refused_updates;
    assert!(refused.len() >= 20, "only {} illegal updates are tried", refused.len());
    let mut complaints = Vec::new();
    for (number, update) in refused.into_iter().enumerate() {
        let name = format!("update-{number}");
        let answer = fixture.change(&name, &update.spec, update.status.as_ref(), &update.patch).await;
        let found = complaint(answer, &update.field, &update.says);
        complaints.extend(found.map(|found| format!("{}: {found}", update.case)));
    }
    assert_no_complaints(&complaints);
}

#[tokio::test]
async fn the_api_server_accepts_legal_updates() {
    let fixture = Fixture::new().await;
    let mut complaints = Vec::new();
    for (number, update) in table().accepted_updates.into_iter().enumerate() {
        let name = format!("update-{number}");
        let answer = fixture.change(&name, &update.spec, update.status.as_ref(), &update.patch).await;
        complaints.extend(answer.err().map(|error| format!("{}: {error}", update.case)));
    }
    assert_no_complaints(&complaints);
}

/// Makes a spec whose named part holds so many entries.
type Counted = (&'static str, usize, fn(usize) -> Value);

const COUNTED: [Counted; 8] = [
    ("spec.description", 256, |n| json!({"serviceResourceType": "nlb", "description": "ü".repeat(n)})),
    (
        "spec.resources",
        100,
        |n| json!({"serviceResourceType": "slb", "resources": numbered(n, |i| json!({"resourceId": format!("lb-{i}")}))}),
    ),
    ("spec.resources[0].zoneIds", 16, |n| {
        let zones = numbered(n, |i| json!(format!("cn-hangzhou-{i}")));
        json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-a", "zoneIds": zones}]})
    }),
    (
        "spec.allowedPrincipals",
        200,
        |n| json!({"serviceResourceType": "nlb", "allowedPrincipals": numbered(n, |i| json!((i + 1).to_string()))}),
    ),
    (
        "spec.supportedRegions",
        50,
        |n| json!({"serviceResourceType": "nlb", "supportedRegions": numbered(n, |i| json!(format!("cn-region-{i}")))}),
    ),
    ("spec.connections.rules", 100, |n| {
        let rules = numbered(n, |i| json!({"accountId": i.to_string(), "action": "Accept"}));
        json!({"serviceResourceType": "nlb", "connections": {"rules": rules}})
    }),
    ("spec.tags", 16, |n| {
        let tags: serde_json::Map<_, _> = (0..n).map(|i| (format!("key-{i}"), json!("value"))).collect();
        json!({"serviceResourceType": "nlb", "tags": tags})
    }),
    ("spec.tags.key", 128, |n| json!({"serviceResourceType": "nlb", "tags": {"key": "v".repeat(n)}})),
];

fn numbered(count: usize, entry: fn(usize) -> Value) -> Vec<Value> {
    (0..count).map(entry).collect()
}

#[tokio::test]
async fn every_bound_admits_its_number_and_refuses_one_more() {
    let fixture = Fixture::new().await;
    let mut complaints = Vec::new();
    for (number, (field, bound, spec)) in COUNTED.into_iter().enumerate() {
        let at_the_bound = fixture.create(&format!("bound-{number}"), &spec(bound)).await;
        complaints.extend(at_the_bound.err().map(|error| format!("{bound} in {field}: {error}")));
        let beyond = fixture.create("beyond", &spec(bound + 1)).await;
        complaints.extend(complaint(beyond, field, &bound.to_string()).map(|found| format!("{field}: {found}")));
    }
    assert_no_complaints(&complaints);
}

#[tokio::test]
async fn a_name_of_63_characters_is_admitted_and_one_of_64_is_not() {
    let fixture = Fixture::new().await;
    let spec = json!({"serviceResourceType": "nlb"});
    fixture.create(&"n".repeat(63), &spec).await.unwrap();
    let refused = fixture.create(&"n".repeat(64), &spec).await;
    assert_eq!(complaint(refused, "metadata.name", NAME_TOO_LONG), None);
}

#[tokio::test]
async fn a_misspelt_field_is_refused_by_a_strict_apply() {
    let fixture = Fixture::new().await;
    let object = fixture.object("misspelt", &json!({"serviceResourceType": "nlb", "descripton": "x"}));
    let parameters = PatchParams::apply(TEST_MANAGER).validation_strict();
    let error = fixture.objects.patch("misspelt", &parameters, &Patch::Apply(&object)).await.unwrap_err();
    assert!(error.to_string().contains(".spec.descripton: field not declared in schema"), "{error}");
}

#[tokio::test]
async fn a_fresh_object_has_its_defaults_and_waits_for_the_operator() {
    let fixture = Fixture::new().await;
    let created = fixture.create("fresh", &json!({"serviceResourceType": "nlb"})).await.unwrap();
    let expected = json!({
        "spec": {
            "providerConfigRef": {"name": "default"},
            "serviceResourceType": "nlb",
            "description": "",
            "payer": "Endpoint",
            "autoAcceptEnabled": false,
            "zoneAffinityEnabled": false,
            "addressIpVersion": "IPv4",
            "tagsPolicy": "Authoritative",
            "principalsPolicy": "Authoritative",
            "whenConnected": "Block",
            "managementPolicy": "Manage",
            "driftPolicy": "Correct",
            "whenGone": "Report",
            "whenFormerExists": "Report",
            "suspend": false,
        },
        "status": {
            "observedGeneration": 0,
            "conditions": [{
                "type": "Ready",
                "status": "Unknown",
                "reason": "Pending",
                "message": "waiting for the operator",
                "lastTransitionTime": "1970-01-01T00:00:00Z",
            }],
        },
    });
    assert_eq!(fixture.objects.get("fresh").await.unwrap().data, expected);
    assert_eq!(created.data, expected);
}

/// The messages of all rules of a schema and of the schemas inside it; a message expression stands before the message.
fn messages(schema: &Value) -> Vec<String> {
    match schema {
        Value::Object(keywords) => {
            let rules = keywords.get("x-kubernetes-validations").and_then(Value::as_array).into_iter().flatten();
            let own = rules.map(|rule| rule.get("messageExpression").unwrap_or(&rule["message"]).as_str().unwrap());
            let inner = keywords.values().flat_map(messages);
            own.map(str::to_owned).chain(inner).collect()
        }
        Value::Array(items) => items.iter().flat_map(messages).collect(),
        _ => Vec::new(),
    }
}

/// Whether a case waits for this message; of an expression, the first literal counts.
fn is_awaited(message: &str, says: &str) -> bool {
    message.contains(says) || message.split('\'').nth(1).is_some_and(|literal| says.starts_with(literal))
}

#[test]
fn every_rule_of_the_schema_is_broken_by_a_case() {
    let Table { refused, refused_updates, .. } = table();
    let cases = refused.into_iter().map(|case| case.says).chain(refused_updates.into_iter().map(|case| case.says));
    let says: Vec<_> = cases.chain([NAME_TOO_LONG.to_owned()]).collect();
    let rules = messages(&generate::vpc_endpoint_service());
    let never: Vec<_> = rules.iter().filter(|rule| !says.iter().any(|says| is_awaited(rule, says))).collect();
    assert_eq!(never, Vec::<&String>::new());
    assert_eq!(rules.len(), 44);
}
