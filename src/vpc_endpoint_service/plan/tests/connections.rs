//! What follows from the rules about connections.

use std::collections::BTreeMap;

use privatelink::ConnectionStatus;
use serde_json::{Value, json};

use super::super::fixtures::{SERVICE, Scenario, at, unexplained};
use super::super::{Difference, Hindrance, Part, Plan, Step, Unapplied, Wait};
use crate::cloud::errors::verdict;
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::cloud::services::{Attributes, Connection, ConnectionAttributes, Connections, Field, Write};
use crate::vpc_endpoint_service::observe::Look;

/// The converged scenario with these rules, and these connections in the newest list.
fn scenario(rules: Value, connections: &[(&str, &str)]) -> Scenario {
    let list = connections.iter().map(|(endpoint_id, status)| Connection {
        endpoint_id: (*endpoint_id).to_owned(),
        account_id: Some("2".to_owned()),
        vpc_id: Some("vpc-a".to_owned()),
        status: ConnectionStatus::from_wire(Some(status)),
        bandwidth_mbps: Some(3072),
        traffic_control_mode: None,
        zones: Vec::new(),
    });
    let list = list.collect();
    let mut fields = json!({});
    fields["connections"] = rules;
    let mut scenario = Scenario::converged().spec(fields);
    scenario.observed.connections = Some(Connections { as_of: at(990), list });
    scenario
}

fn plain() -> ConnectionAttributes {
    ConnectionAttributes::default()
}

fn accept(endpoint_id: &str, attributes: ConnectionAttributes) -> Step {
    Step::write(SERVICE, Write::Accept { endpoint_id: endpoint_id.to_owned(), attributes })
}

fn disconnect(endpoint_id: &str) -> Step {
    Step::write(SERVICE, Write::Disconnect(endpoint_id.to_owned()))
}

fn field(endpoint_id: &str) -> Field {
    Field::Connection(endpoint_id.to_owned())
}

#[test]
fn without_rules_connections_are_left_alone() {
    let mut scenario = scenario(json!({}), &[("ep-a", "Disconnected"), ("ep-b", "Connected")]);
    scenario = scenario.spec(json!({ "connections": null }));
    assert_eq!(scenario.plan(), Plan::default());
}

#[test]
fn a_request_that_a_rule_accepts_is_accepted_and_is_no_difference() {
    let requests = [("ep-b", "Disconnected"), ("ep-a", "Disconnected"), ("ep-c", "Connecting")];
    let plan = scenario(json!({ "default": "Accept" }), &requests).plan();
    let steps = vec![accept("ep-a", plain()), accept("ep-b", plain())];
    assert_eq!(unexplained(plan.clone()), Plan { steps, ..Plan::default() });
    assert!(plan.is_in_force() && !plan.is_empty());
}

#[test]
fn requests_that_are_held_or_refused_leave_nothing_to_do() {
    for default in ["Hold", "Reject"] {
        let requests = [("ep-a", "Disconnected"), ("ep-b", "Connected")];
        assert_eq!(scenario(json!({ "default": default }), &requests).plan(), Plan::default());
    }
}

#[test]
fn a_live_connection_that_is_not_as_its_rule_wants_it_differs() {
    let rules = json!({ "rules": [{ "accountId": "2", "action": "Accept", "bandwidthMbps": 200 }] });
    let plan = scenario(rules, &[("ep-a", "Connected")]).plan();
    let attributes = ConnectionAttributes { bandwidth_mbps: Some(200), traffic_control_mode: None };
    let write = Write::Connection { endpoint_id: "ep-a".to_owned(), attributes };
    let (wanted, found) = ("bandwidthMbps 200".to_owned(), "bandwidthMbps 3072".to_owned());
    let differences = vec![Difference { field: field("ep-a"), wanted, found }];
    assert_eq!(
        unexplained(plan.clone()),
        Plan { differences, steps: vec![Step::write(SERVICE, write)], ..Plan::default() }
    );
    assert!(!plan.is_in_force());
}

#[test]
fn who_is_no_longer_allowed_is_cut_off_before_anything_else_and_requests_are_accepted_after_everything_else() {
    let rules = json!({
        "default": "Reject",
        "whenNoLongerAllowed": "Disconnect",
        "rules": [{ "endpointId": "ep-a", "action": "Accept" }],
    });
    let scenario = scenario(rules, &[("ep-a", "Disconnected"), ("ep-b", "Connected")])
        .spec(json!({ "description": "new" }))
        .with_details(|details| drop(details.attachments.pop_first()));
    let operations: Vec<_> =
        scenario.plan().steps.iter().filter_map(Step::operation).map(|one| one.to_string()).collect();
    let expected = [
        "DisableVpcEndpointConnection",
        "UpdateVpcEndpointServiceAttribute",
        "AttachResourceToVpcEndpointService",
        "EnableVpcEndpointConnection",
    ];
    assert_eq!(operations, expected);
    assert!(disconnect("ep-b").revokes() && !accept("ep-a", plain()).revokes());
}

#[test]
fn connections_that_were_not_listed_for_two_periods_are_unknown_and_nothing_is_written_by_them() {
    let look = Look::Connections { not_before: at(880) };
    let unknown =
        Plan { wait: Some(Wait::List), look: Some(look), unknown: [Part::Connections].into(), ..Plan::default() };
    let mut scenario = scenario(json!({ "default": "Accept" }), &[("ep-a", "Disconnected")]);
    scenario.observed.connections.as_mut().unwrap().as_of = at(879);
    assert_eq!(unexplained(scenario.plan()), unknown);
    scenario.observed.connections = None;
    assert_eq!(unexplained(scenario.plan()), unknown);
    // What else is to be done does not wait for them.
    let change = Attributes::default().with(Field::Description, "new");
    let steps = scenario.spec(json!({ "description": "new" })).plan().steps;
    assert_eq!(steps, [Step::write(SERVICE, Write::Attributes(change))]);
}

fn refused(code: &str, sent: &str, retry_at: i64) -> FieldFailure {
    let error = cloud_core::test_support::refused(privatelink::Operation::EnableVpcEndpointConnection, code);
    let kind = FieldFailureKind::Refused(verdict(&error));
    FieldFailure { sent: sent.to_owned(), found: String::new(), count: 3, retry_at: at(retry_at), kind }
}

#[test]
fn a_request_that_was_refused_is_kept_back_and_keeps_nobody_else_back() {
    let code = "OperationDenied.NoAvailableServiceResource";
    let requests = [("ep-a", "Disconnected"), ("ep-b", "Disconnected")];
    let mut scenario = scenario(json!({ "default": "Accept" }), &requests);
    let failure = refused(code, "connected", 1_001);
    let FieldFailureKind::Refused(verdict) = failure.kind.clone() else { unreachable!() };
    scenario.observed.own.field_failures = BTreeMap::from([(field("ep-a"), failure)]);
    let unapplied = Unapplied {
        field: field("ep-a"),
        wanted: "connected".to_owned(),
        found: String::new(),
        hindrance: Hindrance::Refused(verdict),
        retry_at: Some(at(1_001)),
    };
    let plan = scenario.plan();
    let expected = Plan { steps: vec![accept("ep-b", plain())], unapplied: vec![unapplied], ..Plan::default() };
    assert_eq!(unexplained(plan.clone()), expected);
    assert!(plan.is_in_force(), "it is the consumer's trouble");
    scenario.observed.own.field_failures = BTreeMap::from([(field("ep-a"), refused(code, "connected", 1_000))]);
    assert_eq!(scenario.plan().steps, [accept("ep-a", plain()), accept("ep-b", plain())]);
}

#[test]
fn one_reconcile_answers_so_many_and_those_that_failed_take_nobodys_place() {
    let ids: Vec<_> = (10..40).map(|number| format!("ep-{number}")).collect();
    let requests: Vec<_> = ids.iter().map(|id| (id.as_str(), "Disconnected")).collect();
    let mut scenario = scenario(json!({ "default": "Accept" }), &requests);
    scenario.observed.own.field_failures =
        BTreeMap::from([(field("ep-10"), refused("EndpointConnectionNotFound", "connected", 999))]);
    let expected: Vec<_> = ids.iter().take(17).map(|id| accept(id, plain())).collect();
    assert_eq!(scenario.plan().steps, expected);
}
