mod gone;
mod offline;
mod order;
mod random;
mod retain;

use cloud_core::ErrorKind;
use privatelink::{ConnectionStatus, Operation, ServiceStatus};
use serde_json::json;

use super::*;
use crate::cloud::services::observed::{DetailsView, FieldFailure, FieldFailureKind, ServiceView};
use crate::cloud::services::{Attributes, Connection, Connections, Field, Proof, Write};
use crate::identity::{Definition, DefinitionUnknown};
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::observe::Look;
use crate::vpc_endpoint_service::plan::fixtures::{SERVICE, Scenario, at, nlb, other_service, service, unexplained};
use crate::vpc_endpoint_service::plan::{Step, Wait};
use crate::vpc_endpoint_service::resolve::Marked;

/// An object whose service is Active and whose connections were looked at after the mark.
fn scenario(connections: &[(&str, &str)]) -> Scenario {
    looked(Scenario::converged().deleting(), connections, 996)
}

fn looked(mut scenario: Scenario, connections: &[(&str, &str)], as_of: i64) -> Scenario {
    let list = connections.iter().map(|(endpoint_id, status)| Connection {
        endpoint_id: (*endpoint_id).to_owned(),
        account_id: Some("2".to_owned()),
        vpc_id: None,
        status: ConnectionStatus::from_wire(Some(status)),
        bandwidth_mbps: None,
        traffic_control_mode: None,
        zones: Vec::new(),
    });
    scenario.observed.connections = Some(Connections { as_of: at(as_of), list: list.collect() });
    scenario
}

fn waits(wait: Wait, look: Option<Look>) -> Plan {
    Plan { wait: Some(wait), look, ..Plan::default() }
}

fn list_from(seconds: i64) -> Plan {
    waits(Wait::List, Some(Look::List { not_before: at(seconds) }))
}

/// Waits, and looks at the connections again then.
fn recounts(wait: Wait, seconds: i64) -> Plan {
    waits(wait, Some(Look::Connections { not_before: at(seconds) }))
}

fn steps(steps: Vec<Step>) -> Plan {
    Plan { steps, ..Plan::default() }
}

fn detach(zone: &str) -> Step {
    let key = nlb("nlb-a", zone);
    Step::write(SERVICE, Write::Detach { resource_type: "nlb".to_owned(), key })
}

fn delete() -> Step {
    Step::write(SERVICE, Write::Delete)
}

fn consumers(ids: &[&str]) -> Wait {
    let consumer = |id: &&str| Consumer { endpoint_id: (*id).to_owned(), account_id: Some("2".to_owned()) };
    Wait::ConsumersGone { endpoints: ids.iter().map(consumer).collect() }
}

fn take_down() -> Plan {
    steps(vec![detach("cn-hangzhou-i"), detach("cn-hangzhou-j"), delete()])
}

#[test]
fn when_the_kind_goes_every_object_is_let_go_and_no_service_is_touched() {
    let mut scenario = Scenario::converged().deleting();
    scenario.resolved.definition = Definition::Goes;
    assert_eq!(unexplained(scenario.teardown()), Plan { steps: vec![Step::ReleaseFinalizer], ..Plan::default() });
}

#[test]
fn an_object_without_our_finalizer_is_none_of_our_business() {
    let mut scenario = scenario(&[]);
    scenario.resolved.finalizers = vec!["somebody.else/finalizer".to_owned()];
    assert_eq!(unexplained(scenario.teardown()), Plan::default());
}

#[test]
fn an_object_that_is_to_live_is_not_torn_down() {
    assert_eq!(Scenario::converged().teardown(), Plan::default());
}

#[test]
fn what_was_only_observed_is_let_go_without_a_write_to_the_cloud() {
    for policy in ["Observe", "Plan"] {
        let scenario = scenario(&[]).spec(json!({ "managementPolicy": policy }));
        assert_eq!(unexplained(scenario.teardown()), steps(vec![Step::ReleaseFinalizer]));
    }
}

#[test]
fn nothing_is_done_on_the_word_of_a_list_before_the_mark() {
    assert_eq!(unexplained(scenario(&[]).listed(989).teardown()), list_from(990));
    let mut unlisted = scenario(&[]).see(ServiceView::NotYetListed);
    unlisted.observed.as_of = None;
    assert_eq!(unexplained(unlisted.teardown()), list_from(990));
}

#[test]
fn a_service_that_nobody_uses_is_taken_down() {
    assert_eq!(unexplained(scenario(&[]).teardown()), take_down());
    assert_eq!(unexplained(scenario(&[("ep-a", "Disconnected"), ("ep-b", "ServiceDeleted")]).teardown()), take_down());
}

#[test]
fn a_service_without_attachments_is_deleted_at_once() {
    let scenario = scenario(&[]).with_details(|details| details.attachments.clear());
    assert_eq!(unexplained(scenario.teardown()), steps(vec![delete()]));
}

#[test]
fn automatic_accept_is_switched_off_before_consumers_are_counted() {
    let mut scenario = scenario(&[("ep-a", "Connected")])
        .with_service(|service| service.attributes.set(Field::AutoAcceptEnabled, true));
    scenario.observed.connections = None;
    let change = Attributes::default().with(Field::AutoAcceptEnabled, false);
    let plan = steps(vec![Step::write(SERVICE, Write::Attributes(change))]);
    assert_eq!(unexplained(scenario.teardown()), plan);
}

#[test]
fn automatic_accept_that_was_switched_off_need_not_be_visible() {
    let scenario = scenario(&[]).with_service(|service| service.unseen = [Field::AutoAcceptEnabled].into());
    assert_eq!(unexplained(scenario.teardown()), take_down());
}

#[test]
fn connections_are_looked_at_after_the_mark() {
    let plan = recounts(Wait::List, 990);
    assert_eq!(unexplained(looked(scenario(&[]), &[], 989).teardown()), plan);
    let mut unknown = scenario(&[]);
    unknown.observed.connections = None;
    assert_eq!(unexplained(unknown.teardown()), plan);
}

#[test]
fn connected_consumers_block_and_are_named_and_nobody_is_cut_off() {
    let scenario =
        scenario(&[("ep-c", "Connecting"), ("ep-d", "Disconnected"), ("ep-a", "Connected"), ("ep-b", "Pending")]);
    assert_eq!(unexplained(scenario.teardown()), recounts(consumers(&["ep-a", "ep-b", "ep-c"]), 1_011));
}

/// An object whose deletion cuts consumers off that long after the mark at 990, if it says so.
fn cutting(connections: &[(&str, &str)], after: Option<u32>) -> Scenario {
    scenario(connections).spec(json!({ "whenConnected": "Disconnect", "disconnectAfterSeconds": after }))
}

fn cut(endpoints: &[&str]) -> Plan {
    let step = |endpoint: &&str| Step::write(SERVICE, Write::Disconnect((*endpoint).to_owned()));
    steps(endpoints.iter().map(step).collect())
}

#[test]
fn under_disconnect_what_is_connected_is_cut_off_and_what_is_on_its_way_is_waited_for() {
    let settled = || recounts(Wait::ConnectionsSettled, 1_011);
    let table: [(&[(&str, &str)], Plan); 10] = [
        (&[], take_down()),
        (&[("ep-a", "Disconnected"), ("ep-b", "ServiceDeleted")], take_down()),
        (&[("ep-b", "Connected"), ("ep-a", "Connected"), ("ep-c", "Disconnected")], cut(&["ep-a", "ep-b"])),
        // The provider refuses to cut what is being connected or changed.
        (&[("ep-a", "Connecting")], settled()),
        (&[("ep-a", "Pending")], settled()),
        (&[("ep-a", "Connecting"), ("ep-b", "Connected")], cut(&["ep-b"])),
        (&[("ep-a", "Disconnecting")], settled()),
        (&[("ep-a", "Deleting")], settled()),
        (&[("ep-a", "Migrating")], settled()),
        (&[("ep-a", "Migrating"), ("ep-b", "Connected"), ("ep-c", "Disconnecting")], cut(&["ep-b"])),
    ];
    for (connections, plan) in table {
        assert_eq!(unexplained(cutting(connections, None).teardown()), plan, "{connections:?}");
    }
}

#[test]
fn consumers_have_until_the_time_that_the_spec_gives_them() {
    let connections = [("ep-a", "Connected"), ("ep-b", "Disconnected")];
    let Wait::ConsumersGone { endpoints } = consumers(&["ep-a"]) else { unreachable!() };
    let waiting = recounts(Wait::DisconnectDue { endpoints, at: at(1_001) }, 1_011);
    assert_eq!(unexplained(cutting(&connections, Some(11)).teardown()), waiting);
    assert_eq!(unexplained(cutting(&connections, Some(10)).teardown()), cut(&["ep-a"]));
    assert_eq!(unexplained(cutting(&connections, Some(0)).teardown()), cut(&["ep-a"]));
    // Nobody waits for a time at which nobody would be cut off.
    assert_eq!(unexplained(cutting(&[], Some(604_800)).teardown()), take_down());
}

#[test]
fn one_reconcile_cuts_off_so_many_and_the_rest_comes_after() {
    let ids: Vec<_> = (10..40).map(|number| format!("ep-{number}")).collect();
    let connections: Vec<_> = ids.iter().map(|id| (id.as_str(), "Connected")).collect();
    let first: Vec<_> = ids.iter().take(16).map(String::as_str).collect();
    assert_eq!(unexplained(cutting(&connections, None).teardown()), cut(&first));
}

#[test]
fn nobody_is_cut_off_on_the_word_of_a_look_before_the_mark() {
    let unlooked = looked(cutting(&[], None), &[("ep-a", "Connected")], 989);
    assert_eq!(unexplained(unlooked.teardown()), recounts(Wait::List, 990));
}

#[test]
fn after_a_refusal_to_cut_somebody_off_connections_are_looked_at_again_first() {
    let refused = |seconds| {
        let operation = Operation::DisableVpcEndpointConnection;
        cutting(&[("ep-a", "Connected")], None).refused(operation, ErrorKind::Busy, seconds)
    };
    assert_eq!(unexplained(refused(997).teardown()), recounts(Wait::List, 997));
    assert_eq!(unexplained(refused(996).teardown()), cut(&["ep-a"]));
}

#[test]
fn a_cut_that_no_list_confirms_is_repeated_when_its_time_has_come() {
    let failed = |retry_at| {
        let mut scenario = cutting(&[("ep-a", "Connected"), ("ep-b", "Connected")], None);
        let failure = FieldFailure {
            sent: String::new(),
            found: "connected".to_owned(),
            count: 2,
            retry_at: at(retry_at),
            kind: FieldFailureKind::Unconfirmed,
        };
        scenario.observed.own.field_failures.insert(Field::Connection("ep-a".to_owned()), failure);
        scenario
    };
    assert_eq!(unexplained(failed(1_001).teardown()), cut(&["ep-b"]));
    assert_eq!(unexplained(failed(1_000).teardown()), cut(&["ep-a", "ep-b"]));
}

#[test]
fn automatic_accept_goes_off_before_anybody_is_cut_off() {
    let scenario = cutting(&[("ep-a", "Connected")], None)
        .with_service(|service| service.attributes.set(Field::AutoAcceptEnabled, true));
    let change = Attributes::default().with(Field::AutoAcceptEnabled, false);
    assert_eq!(unexplained(scenario.teardown()), steps(vec![Step::write(SERVICE, Write::Attributes(change))]));
}

#[test]
fn connections_on_their_way_are_waited_for_unknown_states_among_them() {
    for state in ["Disconnecting", "Deleting", "Migrating"] {
        let plan = recounts(Wait::ConnectionsSettled, 1_011);
        assert_eq!(unexplained(scenario(&[("ep-a", state)]).teardown()), plan);
    }
}

#[test]
fn attachments_are_looked_at_after_the_mark() {
    let plan = Plan { look: Some(Look::Details { service_id: SERVICE.to_owned() }), ..Plan::default() };
    assert_eq!(unexplained(scenario(&[]).with_details(|details| details.as_of = at(989)).teardown()), plan);
    let mut unknown = scenario(&[]);
    unknown.observed.details = DetailsView::Unknown;
    assert_eq!(unexplained(unknown.teardown()), plan);
}

#[test]
fn attachments_are_looked_at_again_when_the_last_look_was_long_ago() {
    let look = Some(Look::Details { service_id: SERVICE.to_owned() });
    assert_eq!(unexplained(read(984, 984).teardown()), Plan { look, ..Plan::default() });
    assert_eq!(unexplained(read(985, 985).teardown()), take_down());
}

#[test]
fn a_look_that_took_longer_than_until_the_next_one_counts_all_the_same() {
    assert_eq!(unexplained(read(950, 999).teardown()), take_down());
}

/// Attachments that were read for so long, for an object that was marked before.
fn read(from: i64, until: i64) -> Scenario {
    let mut scenario = scenario(&[]).with_details(|details| (details.as_of, details.read_at) = (at(from), at(until)));
    scenario.resolved.life = Life::Deleting { since: at(900) };
    scenario
}

#[test]
fn a_service_that_is_going_is_waited_for() {
    let scenario = scenario(&[]).with_service(|service| service.status = ServiceStatus::Deleting);
    assert_eq!(unexplained(scenario.teardown()), waits(Wait::ServiceDeleted, None));
}

#[test]
fn a_service_that_is_not_active_is_waited_for() {
    for state in [ServiceStatus::Creating, ServiceStatus::Pending, ServiceStatus::Unknown("New".to_owned())] {
        let scenario = scenario(&[]).with_service(|service| service.status = state.clone());
        assert_eq!(unexplained(scenario.teardown()), waits(Wait::ServiceActive(state), None));
    }
}

#[test]
fn after_a_detach_only_get_may_call_the_service_active() {
    let scenario = scenario(&[]).with_service(|service| service.settling = true);
    let look = Look::Service { service_id: SERVICE.to_owned() };
    assert_eq!(unexplained(scenario.teardown()), waits(Wait::ServiceActive(ServiceStatus::Active), Some(look)));
}

#[test]
fn a_lock_of_the_provider_does_not_stop_a_deletion() {
    let scenario = scenario(&[]).with_service(|service| service.business_status = Some("FinancialLocked".to_owned()));
    assert_eq!(unexplained(scenario.teardown()), take_down());
}

#[test]
fn nothing_is_written_to_a_service_that_only_our_own_create_showed() {
    let scenario = scenario(&[]).with_service(|service| service.proof = Proof::OwnCreate);
    assert_eq!(unexplained(scenario.teardown()), list_from(1_010));
}

#[test]
fn a_deletion_that_was_blocked_for_long_needs_a_fresh_proof() {
    let mut old = looked(scenario(&[]), &[], 500).listed(800);
    old.resolved.life = Life::Deleting { since: at(100) };
    assert_eq!(unexplained(old.teardown()), list_from(880));
    assert_eq!(unexplained(old.listed(880).teardown()), take_down());
}

#[test]
fn a_service_without_our_tags_blocks_and_is_left_alone() {
    let plan = waits(Wait::OwnershipRestored { service_id: SERVICE.to_owned() }, None);
    assert_eq!(unexplained(scenario(&[]).see(ServiceView::Foreign(Box::new(service()))).teardown()), plan);
    assert_eq!(unexplained(scenario(&[]).with_service(|service| service.tags.clear()).teardown()), plan);
}

fn detach_refused(scenario: Scenario, seconds: i64) -> Scenario {
    scenario.refused(Operation::DetachResourceFromVpcEndpointService, ErrorKind::DependencyFirst, seconds)
}

fn delete_refused(scenario: Scenario, seconds: i64) -> Scenario {
    scenario.refused(Operation::DeleteVpcEndpointService, ErrorKind::DependencyFirst, seconds)
}

#[test]
fn after_a_refused_detach_consumers_are_counted_again() {
    assert_eq!(unexplained(detach_refused(scenario(&[]), 997).teardown()), recounts(Wait::List, 997));
}

#[test]
fn a_detach_that_is_refused_while_nobody_is_connected_is_passed_over() {
    let scenario = detach_refused(scenario(&[("ep-a", "Disconnected")]), 995);
    assert_eq!(unexplained(scenario.teardown()), steps(vec![delete()]));
}

#[test]
fn after_a_refusal_a_look_that_began_at_the_very_moment_is_late_enough() {
    // Looked at in the moment of the refused detach; and when the look after the refused delete was due, 15 s later.
    assert_eq!(unexplained(detach_refused(scenario(&[]), 996).teardown()), steps(vec![delete()]));
    assert_eq!(unexplained(delete_refused(scenario(&[]), 981).teardown()), take_down());
}

#[test]
fn a_detach_that_is_refused_for_another_reason_is_repeated() {
    let scenario = scenario(&[]).refused(Operation::DetachResourceFromVpcEndpointService, ErrorKind::Busy, 995);
    assert_eq!(unexplained(scenario.teardown()), take_down());
}

#[test]
fn a_refused_delete_blocks_and_names_every_endpoint() {
    let scenario =
        delete_refused(detach_refused(scenario(&[("ep-b", "Disconnected"), ("ep-a", "Disconnected")]), 990), 992);
    assert_eq!(unexplained(scenario.teardown()), recounts(consumers(&["ep-a", "ep-b"]), 1_007));
}

#[test]
fn after_a_refused_delete_and_a_later_look_the_detach_is_tried_again() {
    let scenario = delete_refused(detach_refused(scenario(&[]), 975), 980);
    assert_eq!(unexplained(scenario.teardown()), take_down());
}

#[test]
fn of_two_services_only_the_one_that_status_names_is_deleted() {
    let both = scenario(&[]).see(ServiceView::Many(vec![service(), other_service("epsrv-b")]));
    assert_eq!(unexplained(both.teardown()), take_down());

    let left = scenario(&[]).see(ServiceView::Ours(Box::new(other_service("epsrv-b"))));
    let others = vec!["epsrv-b".to_owned()];
    assert_eq!(unexplained(left.teardown()), waits(Wait::DuplicateResolved { others }, None));
}

#[test]
fn a_service_of_a_later_incarnation_than_status_names_is_no_duplicate() {
    let mut scenario = scenario(&[]);
    scenario.resolved.hint.service_id = Some("epsrv-old".to_owned());
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    assert_eq!(unexplained(scenario.teardown()), take_down());
}

#[test]
fn a_service_whose_id_never_reached_the_status_is_deleted_all_the_same() {
    let mut scenario = scenario(&[]);
    scenario.resolved.hint.service_id = None;
    assert_eq!(unexplained(scenario.teardown()), take_down());
}
