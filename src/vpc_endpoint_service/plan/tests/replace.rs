//! How connections leave a load balancer that is taken out.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud_core::test_support::refused;
use privatelink::{ConnectionStatus, Operation, ZoneStatus};
use serde_json::json;

use super::super::fixtures::{SERVICE, Scenario, at, attachment, in_use, limits, nlb, now, record, unexplained};
use super::super::{AttachmentUse, Leaving, Limits, Mode, Plan, Step, Wait};
use crate::cloud::errors::{Verdict, verdict};
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::cloud::services::{AttachmentKey, Connection, ConnectionZone, Connections, Field, Write};
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::observe::Look;

const I: &str = "cn-hangzhou-i";
const J: &str = "cn-hangzhou-j";
const MOVE: Operation = Operation::UpdateVpcEndpointZoneConnectionResourceAttribute;

/// alb-b has taken the place of alb-a in both zones; alb-a is out of the allocation, one endpoint uses it in each zone, and nobody has listed the
/// connections yet.
#[expect(clippy::needless_pass_by_value, reason = "its callers write the value in place")]
fn replaced_by(entries: serde_json::Value) -> Scenario {
    let fields = json!({ "serviceResourceType": "alb", "resources": entries });
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.service().resource_type = Some("alb".to_owned());
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario.with_details(|details| {
        details.attachments.clear();
        for zone in [I, J] {
            let mut old = attachment(zone);
            (old.auto_allocated_enabled, old.related_endpoint_count) = (false, 1);
            details.attachments.insert(nlb("alb-a", zone), old);
            details.attachments.insert(nlb("alb-b", zone), attachment(zone));
        }
    })
}

fn migrating() -> Scenario {
    replaced_by(json!([{ "resourceId": "alb-b", "zoneIds": [I, J], "whenReplaced": "Migrate" }]))
}

fn zone(zone_id: &str, status: ZoneStatus, resource: &str, replaced: Option<&str>, since: i64) -> ConnectionZone {
    ConnectionZone {
        zone_id: zone_id.to_owned(),
        status,
        resource_id: Some(resource.to_owned()),
        replaced_resource_id: replaced.map(str::to_owned),
        since: Some(at(since)),
    }
}

fn old(zone_id: &str) -> ConnectionZone {
    zone(zone_id, ZoneStatus::Connected, "alb-a", None, 100)
}

fn connection(endpoint_id: &str, zones: Vec<ConnectionZone>) -> Connection {
    Connection {
        endpoint_id: endpoint_id.to_owned(),
        account_id: Some("3000000000000003".to_owned()),
        vpc_id: None,
        status: ConnectionStatus::Connected,
        bandwidth_mbps: None,
        traffic_control_mode: None,
        zones,
    }
}

impl Scenario {
    fn listed_connections(mut self, as_of: i64, list: Vec<Connection>) -> Self {
        self.observed.connections = Some(Connections { as_of: at(as_of), list });
        self
    }

    fn failed(mut self, endpoint_id: &str, zone_id: &str, kind: FieldFailureKind, retry_at: i64) -> Self {
        let field = Field::ConnectionZone { endpoint_id: endpoint_id.to_owned(), zone_id: zone_id.to_owned() };
        let (sent, found) = ("alb-b beside alb-a".to_owned(), String::new());
        let failure = FieldFailure { sent, found, count: 2, retry_at: at(retry_at), kind };
        self.observed.own.field_failures.insert(field, failure);
        self
    }
}

/// Both zones of one endpoint, one zone of another, all over alb-a.
fn two() -> Vec<Connection> {
    vec![connection("ep-1", vec![old(I), old(J)]), connection("ep-2", vec![old(I)])]
}

fn migrate(endpoint_id: &str, zone_id: &str, to: &str) -> Step {
    Step::write(
        SERVICE,
        Write::Migrate {
            endpoint_id: endpoint_id.to_owned(),
            zone_id: zone_id.to_owned(),
            resource_type: "alb".to_owned(),
            from: "alb-a".to_owned(),
            to: to.to_owned(),
        },
    )
}

fn close(endpoint_id: &str, zone_id: &str) -> Step {
    let write = Write::CloseReplaced {
        endpoint_id: endpoint_id.to_owned(),
        zone_id: zone_id.to_owned(),
        from: "alb-a".to_owned(),
        to: "alb-b".to_owned(),
    };
    Step::write(SERVICE, write)
}

fn consumers(ids: &[&str]) -> Vec<Consumer> {
    let one = |id: &&str| Consumer { endpoint_id: (*id).to_owned(), account_id: Some("3000000000000003".to_owned()) };
    ids.iter().map(one).collect()
}

fn to_b() -> Leaving {
    Leaving::Migrate { to: BTreeSet::from(["alb-b".to_owned()]) }
}

fn told(plan: &Plan) -> AttachmentUse {
    match &plan.wait {
        Some(Wait::AttachmentUnused(usage)) => (**usage).clone(),
        other => panic!("an attachment in use is waited for: {other:?}"),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what a plan has")]
fn look_at(seconds: i64) -> Option<Look> {
    Some(Look::Connections { not_before: at(seconds) })
}

#[expect(clippy::needless_pass_by_value, reason = "its callers make the scenario in place")]
fn steps(scenario: Scenario) -> Vec<Step> {
    scenario.plan().steps
}

#[test]
fn nobody_is_moved_before_the_connections_are_listed() {
    let plan = migrating().plan();
    assert_eq!((plan.steps.clone(), plan.look.clone()), (vec![], look_at(880)));
    assert_eq!(told(&plan), AttachmentUse { leaving: to_b(), ..in_use(nlb("alb-a", I), 1) });
    assert_eq!(plan.because, Some("attachment-in-use"));
}

#[test]
fn connections_are_moved_one_at_a_time() {
    let plan = migrating().listed_connections(995, two()).plan();
    assert_eq!(plan.steps, [migrate("ep-1", I, "alb-b")]);
    let users = consumers(&["ep-1", "ep-2"]);
    assert_eq!(told(&plan), AttachmentUse { users, leaving: to_b(), ..in_use(nlb("alb-a", I), 1) });
    assert_eq!(plan.look, look_at(1_010));
}

#[test]
fn no_other_one_is_moved_while_one_is_on_its_way_and_that_is_looked_at_often() {
    let moving = |since| {
        let list =
            vec![connection("ep-1", vec![zone(I, ZoneStatus::Migrating, "alb-b", Some("alb-a"), since), old(J)])];
        migrating().listed_connections(995, list)
    };
    let plan = moving(990).plan();
    assert_eq!((plan.steps, plan.look), (vec![], look_at(1_000)));
    // A pending write stands in for the list.
    let mut pending = moving(990);
    pending.observed.connections.as_mut().unwrap().list[0].zones[0].since = None;
    assert_eq!(steps(pending), []);
    // The others do not wait for what may never end.
    let stuck = moving(400).plan();
    assert_eq!(stuck.steps, [migrate("ep-1", J, "alb-b")]);
    let leaving = Leaving::Blocked { refused: None, stuck: consumers(&["ep-1"]) };
    assert_eq!(told(&stuck), AttachmentUse { users: consumers(&["ep-1"]), leaving, ..in_use(nlb("alb-a", I), 1) });
    assert_eq!(steps(moving(401)), []);
}

#[test]
fn what_is_open_over_the_old_one_is_closed_after_the_drain_time_and_not_by_an_old_list() {
    let moved = |since, as_of| {
        let zones = vec![
            zone(I, ZoneStatus::Migrated, "alb-b", Some("alb-a"), since),
            zone(J, ZoneStatus::Migrated, "alb-b", Some("alb-a"), since),
        ];
        migrating().listed_connections(as_of, vec![connection("ep-1", zones)])
    };
    assert_eq!(steps(moved(400, 995)), [close("ep-1", I), close("ep-1", J)]);
    assert_eq!(steps(moved(401, 995)), []);
    assert_eq!(steps(moved(400, 970)), [close("ep-1", I), close("ep-1", J)]);
    assert_eq!(steps(moved(400, 969)), []);
    let unseen = {
        let mut scenario = moved(400, 995);
        scenario.observed.connections.as_mut().unwrap().list[0].zones.iter_mut().for_each(|zone| zone.since = None);
        scenario
    };
    assert_eq!(steps(unseen), []);
}

#[test]
fn nothing_is_closed_but_of_a_zone_that_is_connected_and_migrated_from_what_goes_to_what_takes_its_place() {
    let is_closed = |connection: Connection| !steps(migrating().listed_connections(995, vec![connection])).is_empty();
    let zone_of = |status, resource, replaced| vec![zone(I, status, resource, replaced, 100)];
    let migrated = || zone_of(ZoneStatus::Migrated, "alb-b", Some("alb-a"));
    assert!(is_closed(connection("ep-1", migrated())));
    for zones in [
        zone_of(ZoneStatus::Connected, "alb-b", Some("alb-a")),
        zone_of(ZoneStatus::Disconnecting, "alb-b", Some("alb-a")),
        zone_of(ZoneStatus::from_wire(Some("Odd")), "alb-b", Some("alb-a")),
        zone_of(ZoneStatus::Migrated, "alb-c", Some("alb-a")),
        zone_of(ZoneStatus::Migrated, "alb-b", Some("alb-z")),
        zone_of(ZoneStatus::Migrated, "alb-b", None),
    ] {
        assert!(!is_closed(connection("ep-1", zones.clone())), "{zones:?}");
    }
    for status in ["Pending", "Disconnecting", "Odd"] {
        let status = ConnectionStatus::from_wire(Some(status));
        assert!(!is_closed(Connection { status, ..connection("ep-1", migrated()) }));
    }
}

#[test]
fn an_entry_that_drains_has_nothing_moved_and_nothing_closed_to_it() {
    let entries = |when: Option<&str>| json!([{ "resourceId": "alb-b", "zoneIds": [I, J], "whenReplaced": when }]);
    let migrated = connection("ep-3", vec![zone(I, ZoneStatus::Migrated, "alb-b", Some("alb-a"), 100)]);
    let list: Vec<_> = two().into_iter().chain([migrated]).collect();
    for when in [None, Some("Drain")] {
        let plan = replaced_by(entries(when)).listed_connections(995, list.clone()).plan();
        assert_eq!(plan.steps, []);
        let users = consumers(&["ep-1", "ep-2", "ep-3"]);
        assert_eq!(told(&plan), AttachmentUse { users, ..in_use(nlb("alb-a", I), 1) });
        assert_eq!(plan.look, look_at(1_055), "once a period is enough to name them");
    }
}

#[test]
fn only_zones_that_the_entry_covers_are_moved() {
    let entries = json!([
        { "resourceId": "alb-b", "zoneIds": [J], "whenReplaced": "Migrate" },
        { "resourceId": "alb-c", "zoneIds": [I] },
    ]);
    let scenario = replaced_by(entries).with_details(|details| {
        details.attachments.remove(&nlb("alb-b", I));
        details.attachments.insert(nlb("alb-c", I), attachment(I));
    });
    let plan = scenario.listed_connections(995, two()).plan();
    assert_eq!(plan.steps, [migrate("ep-1", J, "alb-b")]);
    assert_eq!(told(&plan).leaving, Leaving::Drain, "what a person must see to is told first");
}

#[test]
fn of_two_load_balancers_the_one_that_serves_fewer_takes_a_connection() {
    let entries = json!([
        { "resourceId": "alb-b", "zoneIds": [I], "whenReplaced": "Migrate" },
        { "resourceId": "alb-c", "zoneIds": [I], "whenReplaced": "Migrate" },
    ]);
    let scenario = |list| {
        let scenario = replaced_by(entries.clone()).with_details(|details| {
            details.attachments.retain(|key, _| key.zone_id.as_deref() == Some(I));
            details.attachments.insert(nlb("alb-c", I), attachment(I));
        });
        scenario.listed_connections(995, list)
    };
    assert_eq!(steps(scenario(two())), [migrate("ep-1", I, "alb-b")]);
    let served = connection("ep-0", vec![zone(I, ZoneStatus::Connected, "alb-b", None, 100)]);
    let list: Vec<_> = [served].into_iter().chain(two()).collect();
    assert_eq!(steps(scenario(list.clone())), [migrate("ep-1", I, "alb-c")]);
    let shown = scenario(list).spec(json!({ "managementPolicy": "Observe" }));
    assert_eq!(steps(shown), [migrate("ep-1", I, "alb-c"), migrate("ep-2", I, "alb-b")]);
}

#[test]
fn what_is_only_shown_or_tried_out_is_shown_whole() {
    for (policy, mode) in [("Observe", Mode::Show), ("Plan", Mode::DryRun)] {
        let scenario = migrating().spec(json!({ "managementPolicy": policy })).listed_connections(995, two());
        let plan = scenario.plan();
        assert_eq!(plan.mode, mode);
        assert_eq!(plan.steps, [migrate("ep-1", I, "alb-b"), migrate("ep-2", I, "alb-b"), migrate("ep-1", J, "alb-b")]);
        assert_eq!(plan.look, look_at(1_055));
    }
    let lines: Vec<_> = [migrate("ep-1", I, "alb-b"), close("ep-1", I)].iter().filter_map(Step::line).collect();
    assert_eq!(
        lines,
        [
            "UpdateVpcEndpointZoneConnectionResourceAttribute: connections[ep-1].zones[cn-hangzhou-i] = \"alb-b beside alb-a\"",
            "DisableVpcEndpointZoneConnection: connections[ep-1].zones[cn-hangzhou-i] = \"alb-b\"",
        ]
    );
}

#[test]
fn nobody_is_moved_from_what_new_connections_are_still_given() {
    let allocated = |key: &AttachmentKey| {
        let scenario = migrating().listed_connections(995, two());
        scenario.with_details(|details| details.attachments.get_mut(key).unwrap().auto_allocated_enabled = true)
    };
    let step = Step::write(SERVICE, Write::AutoAllocation { key: nlb("alb-a", I), enabled: false });
    assert_eq!(steps(allocated(&nlb("alb-a", I))), [step]);
    // Where its zone has no other one in the allocation it cannot leave it, so nobody can be moved.
    let entries = json!([
        { "resourceId": "alb-b", "zoneIds": [I], "whenReplaced": "Migrate", "autoAllocatedEnabled": false },
        { "resourceId": "alb-b", "zoneIds": [J] },
    ]);
    let scenario = replaced_by(entries).listed_connections(995, two()).with_details(|details| {
        details.attachments.get_mut(&nlb("alb-a", I)).unwrap().auto_allocated_enabled = true;
        details.attachments.get_mut(&nlb("alb-b", I)).unwrap().auto_allocated_enabled = false;
    });
    let plan = scenario.plan();
    assert_eq!(plan.steps, []);
    let usage = told(&plan);
    assert_eq!((usage.leaving, usage.is_last_allocated), (Leaving::Drain, true));
}

#[test]
fn a_connection_or_a_zone_in_any_other_state_is_left_alone_and_an_unknown_one_is_told() {
    let with = |status: &str, zone_status: &str| {
        let zone = zone(I, ZoneStatus::from_wire(Some(zone_status)), "alb-a", None, 100);
        let status = ConnectionStatus::from_wire(Some(status));
        let list = vec![Connection { status, ..connection("ep-1", vec![zone]) }];
        let plan = migrating().listed_connections(995, list).plan();
        (plan.steps.len(), told(&plan).leaving)
    };
    let stuck = || Leaving::Blocked { refused: None, stuck: consumers(&["ep-1"]) };
    assert_eq!(with("Connected", "Connected"), (1, to_b()));
    for (status, zone_status, leaving) in [
        ("Pending", "Connected", to_b()),
        ("Disconnecting", "Disconnecting", to_b()),
        ("Connected", "Connecting", to_b()),
        ("Connected", "Disconnecting", to_b()),
        ("Connected", "Odd", stuck()),
        ("Odd", "Connected", stuck()),
        ("Connected", "", stuck()),
    ] {
        assert_eq!(with(status, zone_status), (0, leaving), "{status} {zone_status}");
    }
}

fn denied() -> Verdict {
    verdict(&refused(MOVE, "ZoneOperationDenied"))
}

fn denied_kind() -> FieldFailureKind {
    FieldFailureKind::Refused(denied())
}

#[test]
fn a_refused_connection_is_told_and_tried_again_later_and_the_next_one_is_tried_meanwhile() {
    let once = migrating().listed_connections(995, two()).failed("ep-1", I, denied_kind(), 1_001);
    let plan = once.plan();
    assert_eq!(plan.steps, [migrate("ep-2", I, "alb-b")]);
    let leaving = Leaving::Blocked { refused: Some(denied()), stuck: vec![] };
    assert_eq!(told(&plan).leaving, leaving);
    let due = migrating().listed_connections(995, two()).failed("ep-1", I, denied_kind(), 1_000);
    assert_eq!(steps(due), [migrate("ep-2", I, "alb-b")], "those who were not tried come first");
}

#[test]
fn after_two_refusals_nobody_else_is_tried_until_one_of_them_succeeds() {
    let twice = |retry_at| {
        let scenario = migrating().listed_connections(995, two());
        scenario.failed("ep-1", I, denied_kind(), 1_001).failed("ep-2", I, denied_kind(), retry_at)
    };
    let plan = twice(1_001).plan();
    assert_eq!(plan.steps, [], "ep-1 in the other zone neither");
    assert_eq!(told(&plan).leaving, Leaving::Blocked { refused: Some(denied()), stuck: vec![] });
    assert_eq!(plan.unapplied, [], "the object is not stalled for it");
    assert_eq!(steps(twice(1_000)), [migrate("ep-2", I, "alb-b")]);
}

#[test]
fn a_move_that_was_accepted_twice_and_is_not_shown_is_told() {
    let scenario = migrating().listed_connections(995, two()).failed("ep-1", I, FieldFailureKind::Unconfirmed, 1_100);
    let plan = scenario.plan();
    assert_eq!(plan.steps, [migrate("ep-2", I, "alb-b")]);
    assert_eq!(told(&plan).leaving, Leaving::Blocked { refused: None, stuck: consumers(&["ep-1"]) });
    assert_eq!(plan.unapplied, []);
}

#[test]
fn a_list_that_may_not_show_what_an_earlier_process_did_moves_nobody() {
    let mut scenario = migrating().listed_connections(995, two());
    scenario.observed.own.process_start = at(936);
    assert_eq!(steps(scenario.clone()), []);
    scenario.observed.own.process_start = at(935);
    assert_eq!(steps(scenario), [migrate("ep-1", I, "alb-b")]);
}

#[test]
fn connections_that_were_listed_long_ago_move_nobody() {
    let plan = migrating().listed_connections(879, two()).plan();
    assert_eq!((plan.steps, plan.look), (vec![], look_at(894)));
    assert_eq!(steps(migrating().listed_connections(880, two())), [migrate("ep-1", I, "alb-b")]);
}

#[test]
fn what_was_moved_away_is_detached_only_when_nothing_is_open_there() {
    let counted = |related, deprecated, details_as_of| {
        migrating().listed_connections(999, vec![]).with_details(|details| {
            (details.as_of, details.read_at) = (at(details_as_of), at(details_as_of));
            for key in [nlb("alb-a", I), nlb("alb-a", J)] {
                let old = details.attachments.get_mut(&key).unwrap();
                (old.related_endpoint_count, old.deprecated_endpoint_count) = (related, deprecated);
            }
        })
    };
    let detach =
        |zone| Step::write(SERVICE, Write::Detach { resource_type: "alb".to_owned(), key: nlb("alb-a", zone) });
    assert_eq!(steps(counted(0, 0, 995)), [detach(I), detach(J)]);
    let details = Some(Look::Details { service_id: SERVICE.to_owned() });
    let plan = counted(0, 1, 995).plan();
    assert_eq!((plan.steps, plan.look), (vec![], details.clone()), "a newer list shows nobody: count again");
    let plan = counted(0, 1, 999).plan();
    assert_eq!((plan.steps.clone(), plan.look.clone()), (vec![], look_at(1_059)));
    let usage = AttachmentUse { deprecated: 1, ..in_use(nlb("alb-a", I), 0) };
    assert_eq!(told(&plan), usage, "by themselves: the list names nobody who could be moved");
    assert_eq!(counted(0, 1, 985).plan().look, details, "counts are read again now and then");
}

#[test]
fn a_load_balancer_that_is_put_back_has_nobody_moved_and_nothing_closed() {
    let entries = json!([
        { "resourceId": "alb-b", "zoneIds": [I, J], "whenReplaced": "Migrate" },
        { "resourceId": "alb-a", "zoneIds": [I, J] },
    ]);
    let migrated = connection("ep-3", vec![zone(I, ZoneStatus::Migrated, "alb-b", Some("alb-a"), 100)]);
    let list: Vec<_> = two().into_iter().chain([migrated]).collect();
    let plan = replaced_by(entries).listed_connections(995, list).plan();
    let allocate = |zone| Step::write(SERVICE, Write::AutoAllocation { key: nlb("alb-a", zone), enabled: true });
    assert_eq!(plan.steps, [allocate(I), allocate(J)]);
}

#[test]
fn a_zone_that_was_moved_before_is_moved_on() {
    let entries = json!([{ "resourceId": "alb-b", "zoneIds": [I], "whenReplaced": "Migrate" }]);
    let moved = connection("ep-1", vec![zone(I, ZoneStatus::Migrated, "alb-a", Some("alb-b"), 900)]);
    let scenario = replaced_by(entries).listed_connections(995, vec![moved]);
    let in_one_zone = scenario.with_details(|details| {
        details.attachments.retain(|key, _| key.zone_id.as_deref() == Some(I));
    });
    assert_eq!(steps(in_one_zone), [migrate("ep-1", I, "alb-b")]);
}

#[test]
fn what_drifted_and_is_only_told_has_nobody_moved() {
    let fields = json!({ "driftPolicy": "Report" });
    let mut scenario = migrating().listed_connections(995, two()).spec(fields);
    scenario.resolved.hint.ready_generation = Some(scenario.resolved.key.generation);
    let plan = scenario.plan();
    assert_eq!((plan.steps, plan.wait), (vec![], None));
    assert_eq!(plan.reported.len(), 2);
}

#[test]
fn no_connection_of_another_type_is_moved() {
    let entries = json!([{ "resourceId": "nlb-b", "zoneIds": [I], "whenReplaced": "Migrate" }]);
    let scenario = Scenario::converged().spec(json!({ "resources": entries }));
    assert_eq!(
        crate::vpc_endpoint_service::desired::desired(&scenario.resolved, &scenario.observed.load_balancers).migrate_to,
        BTreeSet::new()
    );
}

#[test]
fn a_call_about_a_connection_holds_the_lock_of_its_endpoint_and_the_service_is_awaited_after_a_move() {
    let (moved, closed) = (migrate("ep-1", I, "alb-b"), close("ep-1", I));
    assert_eq!((moved.locked_id(), closed.locked_id()), (Some("ep-1"), Some("ep-1")));
    assert_eq!((moved.service_id(), closed.service_id()), (Some(SERVICE), Some(SERVICE)));
    assert_eq!((moved.is_awaited(), closed.is_awaited()), (true, false));
}

#[test]
fn nothing_of_it_costs_a_look_where_nothing_is_to_go() {
    let entries = json!([{ "resourceId": "alb-b", "zoneIds": [I, J], "whenReplaced": "Migrate" }]);
    let scenario = replaced_by(entries).with_details(|details| {
        details.attachments.retain(|key, _| key.resource_id == "alb-b");
    });
    assert_eq!(unexplained(scenario.plan()), Plan::default());
}

/// One zone of one connection that was moved, and is shown so since then.
fn moved_since(since: i64) -> Scenario {
    let zones = vec![zone(I, ZoneStatus::Migrated, "alb-b", Some("alb-a"), since)];
    migrating().listed_connections(995, vec![connection("ep-1", zones)])
}

fn plan_within(limits: &Limits, scenario: &Scenario) -> Plan {
    let desired = desired(&scenario.resolved, &scenario.observed.load_balancers);
    super::super::plan(&scenario.resolved, &desired, &scenario.observed, limits, now())
}

#[test]
fn the_drain_time_is_never_shorter_than_the_consistency_window() {
    let limits = Limits { migration_drain_time: Duration::ZERO, ..limits() };
    assert_eq!(plan_within(&limits, &moved_since(940)).steps, [close("ep-1", I)]);
    assert_eq!(plan_within(&limits, &moved_since(941)).steps, []);
}

#[test]
fn connections_are_listed_again_before_a_list_counts_no_more() {
    for (seconds, next) in [(60, 1_010), (15, 1_010), (4, 999)] {
        let limits = Limits { resync_period: Duration::from_secs(seconds), ..limits() };
        assert_eq!(plan_within(&limits, &moved_since(990)).look, look_at(next), "a period of {seconds} s");
    }
}

#[test]
fn a_classic_load_balancer_whose_zone_comes_with_it_is_no_exception() {
    let fields = json!({
        "serviceResourceType": "slb",
        "resources": [{ "resourceId": "lb-b", "whenReplaced": "Migrate" }],
    });
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    let key = |id: &str| AttachmentKey { resource_id: id.to_owned(), zone_id: None };
    let scenario = scenario.with_details(|details| {
        let mut old = attachment(I);
        (old.auto_allocated_enabled, old.related_endpoint_count) = (false, 1);
        details.attachments = [(key("lb-a"), old), (key("lb-b"), attachment(I))].into();
    });
    let list = vec![connection("ep-1", vec![zone(I, ZoneStatus::Connected, "lb-a", None, 100)])];
    let write = Write::Migrate {
        endpoint_id: "ep-1".to_owned(),
        zone_id: I.to_owned(),
        resource_type: "slb".to_owned(),
        from: "lb-a".to_owned(),
        to: "lb-b".to_owned(),
    };
    assert_eq!(steps(scenario.listed_connections(995, list)), [Step::write(SERVICE, write)]);
}
