use std::time::Duration;

use cloud_core::test_support::{not_sent, refused, throttled};
use privatelink::{ConnectionStatus, Operation, ZoneStatus};

use super::*;
use crate::cloud::services::{Connection, ConnectionAttributes, ConnectionZone, Connections, Managed};

fn connection(endpoint_id: &str, status: ConnectionStatus) -> Connection {
    Connection {
        endpoint_id: endpoint_id.to_owned(),
        account_id: Some("2002".to_owned()),
        vpc_id: None,
        status,
        bandwidth_mbps: Some(3072),
        traffic_control_mode: None,
        zones: Vec::new(),
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
    assert!(!state.request_dependents(&id("web"), at(10), at(10)));
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
    state.request_dependents(&id("web"), at(10), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    let list = vec![connection("ep-1", ConnectionStatus::Connected)];
    assert_eq!(look(&mut state, "web", at(11)).connections, Some(Connections { as_of: at(10), list }));
    assert_eq!(look(&mut state, "api", at(11)).connections, Some(Connections { as_of: at(10), list: Vec::new() }));
}

#[test]
fn connections_that_were_listed_before_the_service_was_known_are_not_lost() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.request_dependents(&id("web"), at(0), at(0));
    state.dependents_listed(at(0), of_web(ConnectionStatus::Connected));
    state.listed(at(1), [service("epsrv-1", "web")]);
    let list = vec![connection("ep-1", ConnectionStatus::Connected)];
    assert_eq!(look(&mut state, "web", at(2)).connections, Some(Connections { as_of: at(0), list }));
}

#[test]
fn a_changed_connection_requeues_the_object_that_watches_it() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10), at(10));
    state.request_dependents(&id("api"), at(10), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    state.request_dependents(&id("api"), at(20), at(20));
    let requeued = state.dependents_listed(at(20), of_web(ConnectionStatus::Disconnected));
    assert_eq!(requeued.objects, BTreeSet::from([id("web"), id("api")]));
    state.request_dependents(&id("api"), at(30), at(30));
    let requeued = state.dependents_listed(at(30), of_web(ConnectionStatus::Disconnected));
    assert_eq!(requeued.objects, BTreeSet::from([id("api")]));
}

#[test]
fn a_failed_list_of_connections_is_tried_again_while_somebody_waits() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10), at(10));
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
    state.request_dependents(&id("web"), at(10), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    state.forget(&id("web"));
    assert_eq!(look(&mut state, "api", at(11)).connections, None);
}

/// A look at an object that manages its connections.
fn look_managing(state: &mut State, name: &str, requested_at: Option<&str>, now: Timestamp) -> Observed {
    let managed = Managed { connections: true, ..Managed::default() };
    let details = DetailsQuery { managed, requested_at, refreshed_at: None };
    let query =
        Query { id: &id(name), owner: &owner(name), generation: 1, named: None, adopt: None, record: None, details };
    state.observed(&query, now)
}

/// How often connections are listed in so many seconds, each list showing the same.
fn lists_in(state: &mut State, from: i64, seconds: i64, jitter: f64) -> usize {
    let mut now = at(from);
    let mut lists = 0;
    while let Some(due) = state.dependents_due(now).filter(|due| *due < at(from + seconds)) {
        now = due;
        state.begin_dependents(now, jitter);
        state.dependents_listed(now, of_web(ConnectionStatus::Connected));
        lists += 1;
    }
    lists
}

#[test]
fn connections_that_somebody_manages_are_listed_once_a_period_however_many_objects_there_are() {
    let mut state = settled();
    for number in 0..1_000 {
        look_managing(&mut state, &format!("object-{number}"), None, at(1));
    }
    assert_eq!(lists_in(&mut state, 1, 3_600, 1.0), 60);
    // At the least that jitter makes of the period, lists of services among them: within 132 calls.
    assert!(lists_in(&mut state, 4_000, 3_600, 0.91) <= 66);
}

#[test]
fn connections_that_nobody_manages_any_more_are_not_listed_and_take_no_room() {
    let mut state = settled();
    look_managing(&mut state, "web", None, at(1));
    assert_eq!(lists_in(&mut state, 1, 3_600, 1.0), 60);
    look(&mut state, "web", at(4_000));
    assert_eq!(state.dependents_due(at(9_999)), None);
    assert_eq!(look(&mut state, "web", at(4_001)).connections, None);
    look_managing(&mut state, "web", None, at(4_002));
    state.forget(&id("web"));
    assert_eq!(state.dependents_due(at(9_999)), None);
}

#[test]
fn while_a_connection_that_is_managed_changes_lists_come_sooner_and_each_change_requeues_its_object() {
    let mut state = settled();
    look_managing(&mut state, "web", None, at(1));
    for (second, status) in [(1, ConnectionStatus::Connecting), (2, ConnectionStatus::Connected)] {
        state.begin_dependents(at(second), 1.0);
        let requeued = state.dependents_listed(at(second), of_web(status));
        assert_eq!(requeued.objects, BTreeSet::from([id("web")]));
        let due = state.dependents_due(at(second));
        assert_eq!(due.is_some_and(|due| due <= at(second + 1)), second == 1, "{due:?}");
    }
}

fn state_of(state: &mut State, now: Timestamp) -> Vec<(ConnectionStatus, Option<i32>)> {
    let connections = look_managing(state, "web", None, now).connections.expect("they were listed");
    connections.list.into_iter().map(|one| (one.status, one.bandwidth_mbps)).collect()
}

#[test]
fn our_own_writes_stand_in_for_what_a_lagging_list_shows() {
    let mut state = settled();
    look_managing(&mut state, "web", None, at(1));
    state.dependents_listed(at(1), of_web(ConnectionStatus::Disconnected));
    let attributes = ConnectionAttributes { bandwidth_mbps: Some(200), traffic_control_mode: None };
    state.remember("epsrv-1", &Write::Accept { endpoint_id: "ep-1".to_owned(), attributes }, at(2));
    assert_eq!(state_of(&mut state, at(2)), [(ConnectionStatus::Connecting, Some(200))]);
    assert!(state.dependents_due(at(2)).is_some_and(|due| due <= at(3)), "somebody must see it");
    state.dependents_listed(at(3), of_web(ConnectionStatus::Disconnected));
    assert_eq!(state_of(&mut state, at(3)), [(ConnectionStatus::Connecting, Some(200))]);
    // A list that shows it ends it, whatever comes after.
    let with_bandwidth = |status| {
        let mut listed = of_web(status);
        listed.values_mut().flatten().for_each(|one| one.bandwidth_mbps = Some(200));
        listed
    };
    state.dependents_listed(at(4), with_bandwidth(ConnectionStatus::Connected));
    state.dependents_listed(at(5), with_bandwidth(ConnectionStatus::Disconnected));
    assert_eq!(state_of(&mut state, at(5)), [(ConnectionStatus::Disconnected, Some(200))]);

    state.dependents_listed(at(6), of_web(ConnectionStatus::Connected));
    state.remember("epsrv-1", &Write::Disconnect("ep-1".to_owned()), at(7));
    assert_eq!(state_of(&mut state, at(7)), [(ConnectionStatus::Disconnecting, Some(3072))]);
    // What no list shows for the whole consistency window was not kept.
    state.dependents_listed(at(67), of_web(ConnectionStatus::Connected));
    assert_eq!(state_of(&mut state, at(67)), [(ConnectionStatus::Connected, Some(3072))]);
}

#[test]
fn of_an_endpoint_that_is_gone_nothing_is_remembered() {
    let mut state = settled();
    look_managing(&mut state, "web", None, at(1));
    state.dependents_listed(at(1), of_web(ConnectionStatus::Disconnected));
    let write = Write::Accept { endpoint_id: "ep-1".to_owned(), attributes: ConnectionAttributes::default() };
    let error = refused(Operation::EnableVpcEndpointConnection, "EndpointConnectionOperationDenied");
    let failures = |state: &mut State, now| look_managing(state, "web", None, now).own.field_failures;
    for (second, again) in [(2, 3), (3, 5), (5, 9)] {
        state.remember_field_failure(&id("web"), "epsrv-1", &write, &error, at(second));
        let retries: Vec<_> = failures(&mut state, at(second)).into_values().map(|one| one.retry_at).collect();
        assert_eq!(retries, [at(again)], "each refusal doubles the back-off");
    }
    state.dependents_listed(at(6), BTreeMap::new());
    assert_eq!(failures(&mut state, at(6)), BTreeMap::new());
}

#[test]
fn a_person_who_asks_for_a_look_waits_for_one_at_the_connections_too() {
    let mut state = settled();
    look_managing(&mut state, "web", Some("now"), at(10));
    state.listed(at(11), [service("epsrv-1", "web")]);
    assert!(look_managing(&mut state, "web", Some("now"), at(11)).refresh.is_open);
    assert_eq!(state.dependents_due(at(11)), Some(at(11)));
    let requeued = state.dependents_listed(at(12), BTreeMap::new());
    assert_eq!(requeued.objects, BTreeSet::from([id("web")]));
    assert!(!look_managing(&mut state, "web", Some("now"), at(12)).refresh.is_open);
}

/// One zone of ep-1, in that state and over that load balancer.
fn over(status: ZoneStatus, resource: &str, replaced: Option<&str>) -> BTreeMap<String, Vec<Connection>> {
    let zone = ConnectionZone {
        zone_id: "h".to_owned(),
        status,
        resource_id: Some(resource.to_owned()),
        replaced_resource_id: replaced.map(str::to_owned),
        since: None,
    };
    let connection = Connection { zones: vec![zone], ..connection("ep-1", ConnectionStatus::Connected) };
    BTreeMap::from([("epsrv-1".to_owned(), vec![connection])])
}

/// State and load balancers of that zone, and since when it is so.
fn zone_of(state: &mut State, now: Timestamp) -> (ZoneStatus, Option<String>, Option<String>, Option<Timestamp>) {
    let connections = look(state, "web", now).connections.expect("they were listed");
    let ConnectionZone { status, resource_id, replaced_resource_id, since, .. } = connections.list[0].zones[0].clone();
    (status, resource_id, replaced_resource_id, since)
}

#[expect(clippy::unnecessary_wraps, reason = "every field that it fills is optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn a_zone_is_dated_by_the_first_list_that_shows_it_as_it_is() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10), at(10));
    state.dependents_listed(at(10), over(ZoneStatus::Connected, "alb-a", None));
    state.dependents_listed(at(20), over(ZoneStatus::Connected, "alb-a", None));
    assert_eq!(zone_of(&mut state, at(20)), (ZoneStatus::Connected, text("alb-a"), None, Some(at(10))));
    state.dependents_listed(at(30), over(ZoneStatus::Migrated, "alb-b", Some("alb-a")));
    let requeued = state.dependents_listed(at(40), over(ZoneStatus::Migrated, "alb-b", Some("alb-a")));
    assert_eq!(zone_of(&mut state, at(40)), (ZoneStatus::Migrated, text("alb-b"), text("alb-a"), Some(at(30))));
    assert_eq!(requeued.objects, BTreeSet::new(), "the same zone is no news");
    // One that was gone in between begins anew.
    state.dependents_listed(at(50), BTreeMap::new());
    state.dependents_listed(at(60), over(ZoneStatus::Migrated, "alb-b", Some("alb-a")));
    assert_eq!(zone_of(&mut state, at(60)).3, Some(at(60)));
}

fn migrate() -> Write {
    let name = |name: &str| name.to_owned();
    let (endpoint_id, zone_id, resource_type) = (name("ep-1"), name("h"), name("alb"));
    Write::Migrate { endpoint_id, zone_id, resource_type, from: name("alb-a"), to: name("alb-b") }
}

fn close() -> Write {
    let name = |name: &str| name.to_owned();
    Write::CloseReplaced { endpoint_id: name("ep-1"), zone_id: name("h"), from: name("alb-a"), to: name("alb-b") }
}

#[test]
fn a_move_stands_in_until_a_list_shows_the_zone_on_its_way_whatever_load_balancer_it_shows() {
    for listed in [
        over(ZoneStatus::Migrating, "alb-b", Some("alb-a")),
        over(ZoneStatus::Migrating, "alb-a", None),
        over(ZoneStatus::Migrated, "alb-b", Some("alb-a")),
        over(ZoneStatus::Connected, "alb-b", None),
    ] {
        let mut state = settled();
        state.request_dependents(&id("web"), at(10), at(10));
        state.dependents_listed(at(10), over(ZoneStatus::Connected, "alb-a", None));
        state.remember("epsrv-1", &migrate(), at(11));
        let pending = (ZoneStatus::Migrating, text("alb-b"), text("alb-a"), None);
        assert_eq!(zone_of(&mut state, at(11)), pending);
        assert!(state.dependents_due(at(11)).is_some_and(|due| due <= at(12)), "somebody must see it");
        assert!(
            look(&mut state, "web", at(11)).service.ours()[0].settling,
            "only Get knows when the service is Active"
        );
        state.dependents_listed(at(12), over(ZoneStatus::Connected, "alb-a", None));
        assert_eq!(zone_of(&mut state, at(12)), pending);
        state.dependents_listed(at(13), listed.clone());
        let expected = &listed["epsrv-1"][0].zones[0];
        assert_eq!(zone_of(&mut state, at(13)).0, expected.status);
        assert_eq!(zone_of(&mut state, at(13)).3, Some(at(13)));
    }
}

#[test]
fn a_closing_stands_in_until_the_zone_has_no_old_side_and_one_that_was_not_kept_is_tried_again_later() {
    let migrated = || over(ZoneStatus::Migrated, "alb-b", Some("alb-a"));
    let mut state = settled();
    state.request_dependents(&id("web"), at(10), at(10));
    state.dependents_listed(at(10), migrated());
    state.remember("epsrv-1", &close(), at(11));
    assert_eq!(zone_of(&mut state, at(11)), (ZoneStatus::Connected, text("alb-b"), None, None));
    state.dependents_listed(at(12), over(ZoneStatus::Disconnecting, "alb-b", Some("alb-a")));
    assert_eq!(zone_of(&mut state, at(12)).0, ZoneStatus::Disconnecting);
    // What no list shows for the whole consistency window was not kept.
    state.dependents_listed(at(20), migrated());
    state.remember("epsrv-1", &close(), at(21));
    state.dependents_listed(at(81), migrated());
    assert_eq!(zone_of(&mut state, at(81)).0, ZoneStatus::Migrated);
    let failures = look(&mut state, "web", at(81)).own.field_failures;
    assert_eq!(
        failures.into_values().map(|failure| (failure.sent, failure.found)).collect::<Vec<_>>(),
        [("alb-b".to_owned(), "alb-b beside alb-a".to_owned())]
    );
}

#[test]
fn a_zone_that_was_cut_meanwhile_is_not_taken_for_one_that_moves() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10), at(10));
    state.dependents_listed(at(10), over(ZoneStatus::Disconnected, "alb-a", None));
    state.remember("epsrv-1", &migrate(), at(11));
    assert_eq!(zone_of(&mut state, at(11)).0, ZoneStatus::Disconnected);
}

#[test]
fn who_has_not_asked_for_connections_for_long_is_not_told_of_them_any_more() {
    let mut state = settled();
    state.request_dependents(&id("web"), at(10), at(10));
    state.dependents_listed(at(10), of_web(ConnectionStatus::Connected));
    assert!(look(&mut state, "web", at(130)).connections.is_some());
    assert_eq!(look(&mut state, "web", at(131)).connections, None, "they take no room");
}
