//! What needs no cloud: no account, no credentials, no region.

use cloud_core::test_support::{lost_answer, refused};

use super::*;
use crate::vpc_endpoint_service::resolve::{NamedBy, ResolveError};

fn marked(definition: Definition, spec: serde_json::Value) -> Marked {
    let scenario = scenario(&[]).spec(spec);
    Marked {
        key: scenario.resolved.key,
        definition,
        finalizers: scenario.resolved.finalizers,
        spec: scenario.resolved.spec,
        leaves_tags: true,
    }
}

fn release() -> Plan {
    steps(vec![Step::ReleaseFinalizer])
}

fn offline(marked: &Marked) -> Option<Plan> {
    without_cloud(marked).map(unexplained)
}

#[test]
fn with_the_kind_an_object_goes_whatever_its_spec_forbids() {
    for spec in [
        json!({}),
        json!({ "suspend": true }),
        json!({ "deletionPolicy": "Retain" }),
        json!({ "providerConfigRef": { "name": "other" } }),
        json!({ "whenConnected": "Disconnect" }),
    ] {
        assert_eq!(offline(&marked(Definition::Goes, spec)), Some(release()));
    }
}

#[test]
fn what_the_api_server_does_not_say_stops_every_deletion_that_would_write_to_the_cloud() {
    let sentence = "customresourcedefinitions is forbidden".to_owned();
    for why in [DefinitionUnknown::Refused(sentence), DefinitionUnknown::Missing, DefinitionUnknown::Unanswered] {
        for spec in [json!({}), json!({ "deletionPolicy": "Retain" })] {
            let plan = waits(Wait::DefinitionKnown(why.clone()), None);
            assert_eq!(offline(&marked(Definition::Unknown(why.clone()), spec)), Some(plan));
        }
        let observed = marked(Definition::Unknown(why), json!({ "managementPolicy": "Observe" }));
        assert_eq!(offline(&observed), Some(release()));
    }
}

#[test]
fn suspend_holds_every_deletion_but_that_of_the_kind() {
    let waiting = Some(waits(Wait::FieldHolds { field: "spec.suspend" }, None));
    for policy in ["Delete", "Retain"] {
        for management in ["Manage", "Observe", "Plan"] {
            let spec = json!({ "suspend": true, "deletionPolicy": policy, "managementPolicy": management });
            assert_eq!(offline(&marked(Definition::Stays, spec)), waiting);
        }
    }
    assert_eq!(offline(&marked(Definition::Stays, json!({ "suspend": false }))), None);
}

#[test]
fn other_credentials_than_the_operators_own_delete_nothing_and_retain_all() {
    let named = |policy| {
        marked(Definition::Stays, json!({ "deletionPolicy": policy, "providerConfigRef": { "name": "other" } }))
    };
    let waiting = waits(Wait::FieldHolds { field: "spec.providerConfigRef.name" }, None);
    assert_eq!(offline(&named("Delete")), Some(waiting));
    assert_eq!(offline(&named("Retain")), None);
}

#[test]
fn under_retain_an_object_whose_place_cannot_be_worked_in_is_let_go() {
    let list = privatelink::Operation::ListVpcEndpointServices;
    let unknown = |error| ResolveError::AccountUnknown(Box::new(error));
    let region = || "cn-hangzhou".to_owned();
    let table = [
        (ResolveError::AccountMismatch { recorded: "1".to_owned(), actual: "2".to_owned() }, true),
        (ResolveError::RegionMissing, true),
        (ResolveError::RegionUnusable { region: region(), named_by: NamedBy::Record, reason: "no".to_owned() }, true),
        (ResolveError::RegionMismatch { wanted: region(), named_by: NamedBy::Spec, status: region() }, true),
        (unknown(refused(list, "InvalidAccessKeyId.NotFound")), true),
        // An outage passes.
        (unknown(lost_answer(list)), false),
    ];
    for (error, is_let_go) in table {
        let plan = |policy| without_place(&marked(Definition::Stays, json!({ "deletionPolicy": policy })), &error);
        assert_eq!(plan("Retain").map(unexplained), is_let_go.then(release), "{error}");
        assert_eq!(plan("Delete"), None, "{error}");
    }
}

#[test]
fn where_orphans_are_deleted_no_object_goes_whose_service_keeps_our_tags_but_with_its_kind() {
    let tagged = |definition, spec| Marked { leaves_tags: false, ..marked(definition, spec) };
    for management in ["Observe", "Plan"] {
        let spec = || json!({ "managementPolicy": management });
        let waiting = waits(Wait::FieldHolds { field: "spec.managementPolicy" }, None);
        assert_eq!(offline(&tagged(Definition::Stays, spec())), Some(waiting));
        assert_eq!(offline(&marked(Definition::Stays, spec())), Some(release()));
        assert_eq!(offline(&tagged(Definition::Goes, spec())), Some(release()));
        let never_managed = Marked { finalizers: Vec::new(), ..tagged(Definition::Stays, spec()) };
        assert_eq!(offline(&never_managed), Some(Plan::default()));
    }
    let retained = tagged(Definition::Stays, json!({ "deletionPolicy": "Retain" }));
    assert_eq!(without_place(&retained, &ResolveError::RegionMissing), None);
}
