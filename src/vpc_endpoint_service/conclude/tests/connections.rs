//! What is said of consumers' connections.

use privatelink::ConnectionStatus;
use serde_json::{Value, json};

use super::*;
use crate::cloud::services::{ConnectionAttributes, Write};
use crate::crd::{ConditionType, ConnectionDecision};
use crate::vpc_endpoint_service::execute::SetAside;
use crate::vpc_endpoint_service::observe::{Connection, Connections};

const ENABLE: Operation = Operation::EnableVpcEndpointConnection;
const HELD: &str = "Add a rule for them to spec.connections.rules, or answer them in the provider's console.";

/// The converged scenario with these rules, and these connections of account 2.
fn scenario(rules: &Value, connections: &[(&str, &str)]) -> Scenario {
    let list = connections.iter().map(|(endpoint_id, status)| Connection {
        endpoint_id: (*endpoint_id).to_owned(),
        account_id: Some("2".to_owned()),
        vpc_id: Some("vpc-a".to_owned()),
        status: ConnectionStatus::from_wire(Some(status)),
        bandwidth_mbps: Some(3072),
        traffic_control_mode: None,
        zones: Vec::new(),
    });
    let mut scenario = Scenario::converged().spec(json!({ "connections": rules }));
    scenario.observed.connections = Some(Connections { as_of: at(995), list: list.collect() });
    scenario
}

/// The status after one reconcile after another of the same object, and the events of the last.
fn after(reconciles: &[Scenario]) -> (VpcEndpointServiceStatus, Vec<(EventReason, String)>) {
    reconciles.iter().fold((ready(), Vec::new()), |(status, _), scenario| {
        let report = report(&reached(scenario), &status);
        let events = report.events.into_iter().map(|note| (note.reason, note.text)).collect();
        (report.status.expect("it lives"), events)
    })
}

fn counts(status: &VpcEndpointServiceStatus) -> Value {
    serde_json::to_value(status.connection_counts).expect("JSON")
}

fn pending(status: &VpcEndpointServiceStatus) -> Option<(&str, &str)> {
    let pending = status.condition(ConditionType::ConnectionsPending)?;
    assert_eq!(pending.status, "True");
    Some((&pending.reason, &pending.message))
}

fn told(what: &str, endpoints: &str) -> String {
    format!("To the service epsrv-ours {what}: {endpoints}.")
}

#[test]
fn every_connection_is_listed_with_the_decision_and_counted() {
    let rules = json!({"default": "Reject", "rules": [
        {"endpointId": "ep-a", "action": "Accept"}, {"endpointId": "ep-b", "action": "Hold"}, {"endpointId": "ep-d", "action": "Accept"},
    ]});
    let connections = [
        ("ep-a", "Connected"),
        ("ep-b", "Disconnected"),
        ("ep-c", "Disconnected"),
        ("ep-d", "Disconnected"),
        ("ep-e", "Deleting"),
        ("ep-f", "Migrating"),
        ("ep-g", "ServiceDeleted"),
    ];
    let (status, _) = after(&[scenario(&rules, &connections)]);
    let decisions: Vec<_> = status.connections.iter().map(|one| one.decision.map(ConnectionDecision::as_str)).collect();
    let expected = ["Accept", "Hold", "Reject", "Accept", "Reject", "Reject", "Reject"].map(Some);
    assert_eq!(decisions, expected);
    let first = json!({
        "endpointId": "ep-a", "accountId": "2", "vpcId": "vpc-a", "status": "Connected", "decision": "Accept", "bandwidthMbps": 3072,
    });
    assert_eq!(serde_json::to_value(&status.connections[0]).expect("JSON"), first);
    assert_eq!(counts(&status), json!({"connected": 1, "held": 1, "rejected": 1, "inTransition": 3}));
    let message = format!("1 connection request waits for a decision: ep-b of account 2. {HELD}");
    assert_eq!(pending(&status), Some(("ConnectionsHeld", message.as_str())));
    assert_eq!(status.conditions[0].status, "True", "requests leave Ready alone");
}

#[test]
fn more_connections_than_fit_are_counted_and_those_that_wait_are_shown_first() {
    let ids: Vec<_> = (100..220).map(|number| format!("ep-{number}")).collect();
    let state = |number: usize| if number.is_multiple_of(3) { "Disconnected" } else { "Connected" };
    let connections: Vec<_> = ids.iter().enumerate().map(|(number, id)| (id.as_str(), state(number))).collect();
    let (status, _) = after(&[scenario(&json!({}), &connections)]);
    assert_eq!(status.connections.len(), 50);
    assert!(status.connections.is_sorted_by(|one, next| one.endpoint_id < next.endpoint_id));
    let held = status.connections.iter().filter(|one| one.status.as_deref() == Some("Disconnected")).count();
    assert_eq!(held, 40);
    assert_eq!(counts(&status), json!({"connected": 80, "held": 40, "rejected": 0, "inTransition": 0}));
    let (_, message) = pending(&status).expect("requests wait");
    assert!(
        message.starts_with("40 connection requests wait for a decision: ep-100 of account 2, ep-103"),
        "{message}"
    );
    assert!(message.contains(" and others. "), "{message}");
}

#[test]
fn a_request_is_told_of_once_at_first_sight_and_not_by_the_next_process() {
    let waiting = scenario(&json!({}), &[("ep-b", "Disconnected"), ("ep-a", "Disconnected")]);
    let (status, events) = after(std::slice::from_ref(&waiting));
    let both = told("asked to be connected", "ep-a of account 2, ep-b of account 2");
    assert_eq!(events, [(EventReason::ConnectionRequested, both)]);
    // A new process knows no more than this status.
    let again = report(&reached(&waiting), &status);
    assert_eq!((again.status.as_ref(), again.events), (Some(&status), Vec::new()));
    let third = scenario(&json!({}), &[("ep-a", "Disconnected"), ("ep-b", "Disconnected"), ("ep-c", "Disconnected")]);
    let (_, events) = after(&[waiting, third]);
    assert_eq!(events, [(EventReason::ConnectionRequested, told("asked to be connected", "ep-c of account 2"))]);
}

#[test]
fn acceptance_refusal_and_the_end_are_told_of_when_they_happen() {
    let accept = json!({"default": "Accept"});
    let requested = scenario(&accept, &[("ep-a", "Disconnected")]);
    let accepted = scenario(&accept, &[("ep-a", "Connecting")]);
    let (_, events) = after(&[requested.clone(), accepted.clone()]);
    assert_eq!(events, [(EventReason::ConnectionAccepted, told("accepted", "ep-a of account 2"))]);
    let connected = scenario(&accept, &[("ep-a", "Connected")]);
    assert_eq!(after(&[requested, accepted, connected.clone()]).1, []);

    let refused = scenario(&json!({"default": "Reject"}), &[("ep-a", "Disconnected")]);
    let reasons: Vec<_> = after(&[refused]).1.into_iter().map(|(reason, _)| reason).collect();
    assert_eq!(reasons, [EventReason::ConnectionRequested, EventReason::ConnectionRejected]);

    let ended = json!({"whenNoLongerAllowed": "Disconnect"});
    let live = scenario(&ended, &[("ep-a", "Connected")]);
    let cut = scenario(&ended, &[("ep-a", "Disconnecting")]);
    let (_, events) = after(&[connected.clone(), live.clone(), cut.clone()]);
    let end = (EventReason::ConnectionDisconnected, told("disconnected, as the spec says", "ep-a of account 2"));
    assert_eq!(events.last(), Some(&end));
    // Nobody waits who was cut off.
    let gone = scenario(&ended, &[("ep-a", "Disconnected")]);
    let (status, events) = after(&[connected, live, cut, gone]);
    assert_eq!(counts(&status), json!({"connected": 0, "held": 0, "rejected": 1, "inTransition": 0}));
    assert_eq!((pending(&status), events), (None, Vec::new()));
}

#[test]
fn a_deletion_that_cuts_consumers_off_tells_of_it() {
    let deleting = |state| {
        let mut scenario =
            scenario(&json!({}), &[("ep-a", state)]).spec(json!({"whenConnected": "Disconnect"})).deleting();
        scenario.resolved.key.generation += 1;
        scenario
    };
    let (status, events) = after(&[deleting("Connected"), deleting("Disconnecting")]);
    assert_eq!(
        events,
        [(EventReason::ConnectionDisconnected, told("disconnected, as the spec says", "ep-a of account 2"))]
    );
    assert_eq!((status.connections[0].decision, pending(&status)), (None, None));
}

#[test]
fn what_was_refused_once_is_no_new_request_when_no_rule_speaks_of_it_any_more() {
    let refused = scenario(&json!({"default": "Reject"}), &[("ep-a", "Disconnected")]);
    let silent = scenario(&json!({}), &[("ep-a", "Disconnected")]);
    let (status, events) = after(&[refused.clone(), silent.clone()]);
    assert_eq!(counts(&status), json!({"connected": 0, "held": 0, "rejected": 1, "inTransition": 0}));
    assert_eq!(events, []);
    // Connected in between, it is another request.
    let live = scenario(&json!({}), &[("ep-a", "Connected")]);
    let (status, _) = after(&[refused, live, silent]);
    assert_eq!(counts(&status), json!({"connected": 0, "held": 1, "rejected": 0, "inTransition": 0}));
}

#[test]
fn without_rules_nothing_is_said_of_connections() {
    let managed = scenario(&json!({}), &[("ep-a", "Disconnected")]);
    let unmanaged = managed.clone().spec(json!({"connections": null}));
    let (status, events) = after(&[managed, unmanaged]);
    assert_eq!((status, events), (ready(), Vec::new()));
}

#[test]
fn connections_that_are_not_known_now_keep_what_was_said_of_them() {
    let known = scenario(&json!({}), &[("ep-a", "Disconnected")]);
    let mut unknown = known.clone();
    unknown.observed.connections = None;
    let (before, _) = after(std::slice::from_ref(&known));
    let (status, events) = after(&[known, unknown]);
    assert_eq!((status, events), (before, Vec::new()));
}

/// A reconcile in which the acceptance of `ep-a` was refused.
fn refused_acceptance(code: &str) -> ReconcileState {
    let scenario = scenario(&json!({"default": "Accept"}), &[("ep-a", "Disconnected")]);
    let write = Write::Accept { endpoint_id: "ep-a".to_owned(), attributes: ConnectionAttributes::default() };
    let step = Step::write("epsrv-ours", write);
    let mut reached = reached(&scenario);
    let set_aside = SetAside { step, error: refused(ENABLE, code), until: None };
    reached.outcome = Some(Outcome { set_aside: vec![set_aside], ..Outcome::default() });
    reached
}

#[test]
fn a_request_that_cannot_be_accepted_is_named_and_leaves_ready_alone() {
    for (code, reason) in [
        ("OperationDenied.NoAvailableServiceResource", "WaitingForLoadBalancer"),
        ("EndpointConnectionOperationDenied", "ProviderBusy"),
        ("SomethingNew", "UnknownAnswer"),
    ] {
        let report = report(&refused_acceptance(code), &ready());
        let status = report.status.expect("it lives");
        let (found, message) = pending(&status).expect(code);
        assert_eq!(found, reason, "{code}");
        assert!(message.starts_with("Not accepted yet: ep-a. ") && message.contains(code), "{message}");
        assert_eq!((status.conditions[0].status.as_str(), status.last_error), ("True", None), "{code}");
    }
}

#[test]
fn a_right_that_is_missing_costs_ready() {
    let status = report(&refused_acceptance("Forbidden.RAM"), &ready()).status.expect("it lives");
    assert_eq!((status.conditions[0].status.as_str(), status.conditions[0].reason.as_str()), ("False", "AccessDenied"));
    assert_eq!(pending(&status), None);
}

#[test]
fn connections_that_cannot_be_listed_for_minutes_cost_ready() {
    let failing = |listed: i64| {
        let mut scenario = scenario(&json!({}), &[]);
        let connections = scenario.observed.connections.as_mut().expect("they are known");
        connections.as_of = at(listed);
        scenario.observed.connections_error = Some(lost_answer(Operation::ListVpcEndpointConnections));
        scenario
    };
    let fresh = after(&[failing(995)]).0;
    assert_eq!(fresh.conditions[0].status, "True");
    let stale = after(&[failing(995), failing(500)]).0;
    assert_eq!(
        (stale.conditions[0].status.as_str(), stale.conditions[0].reason.as_str()),
        ("Unknown", "CloudUnreachable")
    );
    assert!(stale.conditions[0].message.starts_with("The service's connections cannot be listed."), "{stale:#?}");
}
