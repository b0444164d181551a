use std::time::Duration;

use cloud_core::test_support::{not_sent, throttled};
use privatelink::{ConnectionStatus, Operation};

use super::*;
use crate::cloud::services::{Connection, Connections};

fn connection(endpoint_id: &str, status: ConnectionStatus) -> Connection {
    Connection {
        endpoint_id: endpoint_id.to_owned(),
        account_id: Some("2002".to_owned()),
        vpc_id: None,
        status,
        bandwidth_mbps: Some(3072),
        traffic_control_mode: None,
    }
}

fn of_web(status: ConnectionStatus) -> BTreeMap<String, Vec<Connection>> {
    BTreeMap::from([("epsrv-1".to_owned(), vec![connection("ep-1", status)])])
}

fn settled() -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    look(&mut state, "api", at(0));
    state.listed(at(0), [service("epsrv-1", "web"), service("epsrv-2", "api")]);
    state
}

#[test]
fn connections_are_listed_only_for_somebody_who_asked() {
    let mut state = settled();
    assert_eq!(state.dependents_due(at(9_999)), None);
    assert!(!state.request_dependents(&id("web"), at(10)));
    assert_eq!(state.dependents_due(at(10)), Some(at(10)));
    state.begin_dependents(at(10), 1.0);
    let requeued = state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    assert_eq!(requeued.objects, BTreeSet::from([id("web")]));
    assert_eq!(state.dependents_due(at(9_999)), None);
}

#[test]
fn they_are_unknown_until_they_were_asked_for_and_then_those_of_the_service() {
    let mut state = settled();
    assert_eq!(look(&mut state, "web", at(1)).connections, None);
    state.request_dependents(&id("web"), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    let list = vec![connection("ep-1", ConnectionStatus::Connected)];
    assert_eq!(look(&mut state, "web", at(11)).connections, Some(Connections { as_of: at(10), list }));
    assert_eq!(look(&mut state, "api", at(11)).connections, Some(Connections { as_of: at(10), list: Vec::new() }));
}

#[test]
fn connections_that_were_listed_before_the_service_was_known_are_not_lost() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.request_dependents(&id("web"), at(0));
    state.dependents_listed(at(0), of_web(ConnectionStatus::Connected));
    state.listed(at(1), [service("epsrv-1", "web")]);
    let list = vec![connection("ep-1", ConnectionStatus::Connected)];
    assert_eq!(look(&mut state, "web", at(2)).connections, Some(Connections { as_of: at(0), list }));
}

#[test]
fn a_changed_connection_requeues_the_object_that_watches_it() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10));
    state.request_dependents(&id("api"), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    state.request_dependents(&id("api"), at(20));
    let requeued = state.dependents_listed(at(20), of_web(ConnectionStatus::Disconnected));
    assert_eq!(requeued.objects, BTreeSet::from([id("web"), id("api")]));
    state.request_dependents(&id("api"), at(30));
    let requeued = state.dependents_listed(at(30), of_web(ConnectionStatus::Disconnected));
    assert_eq!(requeued.objects, BTreeSet::from([id("api")]));
}

#[test]
fn a_failed_list_of_connections_is_tried_again_while_somebody_waits() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10));
    state.begin_dependents(at(10), 1.0);
    state.dependents_failed(&not_sent(Operation::ListVpcEndpointConnections), at(11));
    assert_eq!(state.dependents_due(at(11)), Some(at(11)));
    state.begin_dependents(at(11), 1.0);
    let delay = Duration::from_secs(9);
    state.dependents_failed(&throttled(Operation::ListVpcEndpointConnections, delay), at(12));
    assert_eq!(state.dependents_due(at(12)), Some(at(21)));
    state.forget(&id("web"));
    assert_eq!(state.dependents_due(at(12)), None);
}

#[test]
fn connections_are_dropped_when_nobody_watches_them_any_more() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    state.forget(&id("web"));
    assert_eq!(look(&mut state, "api", at(11)).connections, None);
}
