use privatelink::{BusinessStatus, ServiceStatus};
use serde_json::json;

use super::super::fixtures::{SERVICE, Scenario, at, other_service, record, service, unexplained};
use super::super::{Difference, Part, Plan, Step, Wait};
use crate::cloud::services::observed::{DetailsView, ServiceView};
use crate::cloud::services::{Details, Field, Proof};
use crate::names::{CLUSTER_TAG, UID_TAG};
use crate::vpc_endpoint_service::observe::Look;

fn waits(wait: Wait) -> Plan {
    Plan { wait: Some(wait), ..Plan::default() }
}

fn status(status: ServiceStatus) -> Scenario {
    Scenario::converged().with_service(|service| service.status = status)
}

/// A scenario in which the description is to be changed.
fn changed() -> Scenario {
    Scenario::converged().with_service(|service| service.attributes.set(Field::Description, "somebody else's"))
}

fn description() -> Difference {
    let (wanted, found) = ("web shop".to_owned(), "somebody else's".to_owned());
    Difference { field: Field::Description, wanted, found }
}

fn looks(look: Look) -> Plan {
    Plan { differences: vec![description()], wait: Some(Wait::List), look: Some(look), ..Plan::default() }
}

#[test]
fn a_service_that_is_not_active_is_waited_for_whatever_its_state_is_called() {
    for state in [ServiceStatus::Creating, ServiceStatus::Pending, ServiceStatus::Unknown("Migrating".to_owned())] {
        assert_eq!(unexplained(status(state.clone()).plan()), waits(Wait::ServiceActive(state)));
    }
}

#[test]
fn a_service_that_somebody_deletes_is_waited_for() {
    assert_eq!(unexplained(status(ServiceStatus::Deleting).plan()), waits(Wait::ServiceDeleted));
}

#[test]
fn nothing_is_written_to_a_locked_service() {
    for lock in [BusinessStatus::FinancialLocked.as_str(), "SecurityLocked", "financiallocked"] {
        let scenario = changed().with_service(|service| service.business_status = Some(lock.to_owned()));
        let plan = Plan { differences: vec![description()], ..waits(Wait::BusinessStatus(lock.to_owned())) };
        assert_eq!(unexplained(scenario.plan()), plan);
    }
}

#[test]
fn a_business_state_that_is_no_known_lock_stops_nobody() {
    for word in [None, Some(""), Some("normal"), Some("NORMAL"), Some("SomethingNew")] {
        let said =
            |scenario: Scenario| scenario.with_service(|service| service.business_status = word.map(str::to_owned));
        assert_eq!(said(Scenario::converged()).plan(), Plan::default(), "{word:?}");
        assert_eq!(said(changed()).plan(), changed().plan(), "{word:?}");
    }
}

#[test]
fn a_settling_service_is_read_by_get_even_when_the_list_calls_it_active() {
    let scenario = Scenario::converged().with_service(|service| service.settling = true);
    let look = Look::Service { service_id: SERVICE.to_owned() };
    let plan = Plan { look: Some(look), ..waits(Wait::ServiceActive(ServiceStatus::Active)) };
    assert_eq!(unexplained(scenario.plan()), plan);
}

#[test]
fn a_new_service_that_the_newest_list_misses_is_read_by_get() {
    let missed = |scenario: Scenario| scenario.with_service(|service| service.proof = Proof::Missed);
    let look = Look::Service { service_id: SERVICE.to_owned() };
    let plan = Plan { look: Some(look.clone()), ..Plan::default() };
    assert_eq!(unexplained(missed(Scenario::converged()).plan()), plan);
    assert_eq!(unexplained(missed(changed()).plan()).look, Some(look));
    assert_eq!(missed(changed()).plan().steps, [], "nothing is written to what may be gone");
}

#[test]
fn a_service_without_our_tags_is_left_alone() {
    let scenario = Scenario::converged().see(ServiceView::Foreign(Box::new(service())));
    let plan = waits(Wait::OwnershipRestored { service_id: SERVICE.to_owned() });
    assert_eq!(unexplained(scenario.plan()), plan);
}

#[test]
fn what_is_shown_as_ours_is_checked_for_both_tags_once_more() {
    for key in [CLUSTER_TAG, UID_TAG] {
        let scenario = changed().with_service(|service| {
            service.tags.insert(key.to_owned(), "another".to_owned());
        });
        let plan = waits(Wait::OwnershipRestored { service_id: SERVICE.to_owned() });
        assert_eq!(unexplained(scenario.plan()), Plan { differences: vec![description()], ..plan });
    }
}

#[test]
fn nothing_is_written_on_the_word_of_a_list_older_than_two_periods() {
    assert_eq!(unexplained(changed().listed(879).plan()), looks(Look::List { not_before: at(880) }));
    assert_eq!(changed().listed(880).plan().steps.len(), 1);
}

#[test]
fn attachments_and_principals_are_read_again_where_a_turn_came_late() {
    let read = |seconds| move |details: &mut Details| details.read_at = at(seconds);
    let specs = [json!({ "allowedPrincipals": [] }), json!({ "resources": [] })];
    for spec in specs {
        let mut scenario = Scenario::converged().edited().spec(spec);
        scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
        assert_ne!(scenario.clone().with_details(read(940)).plan().steps, []);
        let plan = scenario.with_details(read(939)).plan();
        assert_eq!((plan.steps, plan.look), (vec![], Some(Look::Details { service_id: SERVICE.to_owned() })));
    }
    assert_ne!(changed().with_details(read(0)).plan().steps, [], "a list shows that one");
    assert_eq!(Scenario::converged().with_details(read(0)).plan(), Plan::default());
}

#[test]
fn nothing_is_written_to_a_service_that_only_our_own_create_showed() {
    let scenario = changed().with_service(|service| service.proof = Proof::OwnCreate);
    assert_eq!(unexplained(scenario.plan()), looks(Look::List { not_before: at(1_010) }));
}

#[test]
fn a_converged_service_needs_no_fresh_proof() {
    assert_eq!(Scenario::converged().listed(-500).plan(), Plan::default());
}

#[test]
fn managed_parts_that_nobody_saw_are_looked_at_unless_the_object_was_ready() {
    let unknown = |mut scenario: Scenario| {
        scenario.observed.details = DetailsView::Unknown;
        scenario
    };
    let parts = [Part::Resources, Part::Principals].into();
    let look = Some(Look::Details { service_id: SERVICE.to_owned() });
    let ready = Plan { unknown: parts, ..Plan::default() };
    assert_eq!(unknown(Scenario::converged()).plan(), ready);
    assert_eq!(unexplained(unknown(Scenario::converged().edited()).plan()), Plan { look, ..ready });
}

#[test]
fn one_managed_part_is_reason_enough_for_a_look() {
    for left_out in ["resources", "allowedPrincipals"] {
        let mut scenario = Scenario::converged().edited().spec(serde_json::json!({ left_out: null }));
        scenario.resolved.record = Some(super::super::fixtures::record(&scenario.resolved, 0, at(100)));
        scenario.observed.details = DetailsView::Unknown;
        assert_eq!(scenario.plan().look, Some(Look::Details { service_id: SERVICE.to_owned() }), "without {left_out}");
    }
}

#[test]
fn parts_that_are_not_managed_are_not_looked_at() {
    let fields = serde_json::json!({ "resources": null, "allowedPrincipals": null });
    let mut scenario = Scenario::converged().edited().spec(fields);
    scenario.resolved.record = Some(super::super::fixtures::record(&scenario.resolved, 0, at(100)));
    scenario.observed.details = DetailsView::Unknown;
    assert_eq!(scenario.plan(), Plan::default());
}

#[test]
fn a_pending_write_that_no_list_shows_yet_is_waited_for_and_not_repeated() {
    let unseen = [Field::Description, Field::Tag("team".to_owned())];
    let scenario = Scenario::converged().with_service(|service| service.unseen = unseen.clone().into());
    assert_eq!(unexplained(scenario.plan()), waits(Wait::Visible(unseen.into())));
}

#[test]
fn of_tags_that_are_not_managed_only_our_own_is_waited_for() {
    let unseen = |key: &str| {
        let mut scenario = Scenario::converged().spec(serde_json::json!({ "tags": null }));
        scenario.resolved.record = Some(super::super::fixtures::record(&scenario.resolved, 0, at(100)));
        scenario.with_service(|service| service.unseen = [Field::Tag(key.to_owned())].into()).plan()
    };
    let ours = Field::Tag(crate::names::OBJECT_TAG.to_owned());
    assert_eq!(unexplained(unseen(crate::names::OBJECT_TAG)), waits(Wait::Visible([ours].into())));
    assert_eq!(unseen("team"), Plan::default());
}

#[test]
fn a_pending_write_of_something_that_is_no_longer_managed_is_not_waited_for() {
    let scenario = Scenario::converged().with_service(|service| service.unseen = [Field::ConnectBandwidthMbps].into());
    assert_eq!(scenario.plan(), Plan::default());
}

#[test]
fn an_edit_after_a_pending_write_that_no_list_shows_yet_goes_out_at_once() {
    let scenario = changed().with_service(|service| service.unseen = [Field::Description].into());
    let plan = scenario.plan();
    assert_eq!((plan.differences, plan.wait, plan.steps.len()), (vec![description()], None, 1));
}

#[test]
fn after_a_restart_and_an_edit_everything_is_looked_at_once_the_lists_have_caught_up() {
    let started = |seconds| {
        let mut scenario = Scenario::converged().edited();
        scenario.observed.own.process_start = at(seconds);
        scenario
    };
    let list = Plan { look: Some(Look::List { not_before: at(996) }), ..waits(Wait::List) };
    assert_eq!(unexplained(started(936).plan()), list);
    let early = started(935).with_details(|details| details.as_of = at(994));
    let look = Some(Look::Details { service_id: SERVICE.to_owned() });
    assert_eq!(unexplained(early.plan()), Plan { look, ..Plan::default() });
    assert_eq!(started(935).plan(), Plan::default());
}

#[test]
fn without_an_edit_or_under_its_own_record_a_process_need_not_wait_for_the_lists() {
    let mut ready = Scenario::converged();
    ready.observed.own.process_start = at(990);
    assert_eq!(ready.plan(), Plan::default());
    let mut first = ready.edited();
    first.resolved.key.generation = 1;
    assert_eq!(first.plan(), Plan::default());
    let mut own = Scenario::converged().edited().author(true);
    own.observed.own.process_start = at(50);
    own.observed.as_of = Some(at(60));
    assert_eq!(own.plan(), Plan::default());
}

#[test]
fn of_two_services_the_first_is_worked_on_and_the_others_reported() {
    let both = |scenario: Scenario| {
        let mut scenario = scenario;
        let first = scenario.service().clone();
        scenario.see(ServiceView::Many(vec![first, other_service("epsrv-b"), other_service("epsrv-c")]))
    };
    let others = vec!["epsrv-b".to_owned(), "epsrv-c".to_owned()];
    assert_eq!(unexplained(both(Scenario::converged()).plan()), waits(Wait::DuplicateResolved { others }));
    let steps = both(changed()).plan().steps;
    assert_eq!(steps.iter().filter_map(Step::service_id).collect::<Vec<_>>(), [SERVICE]);
}

#[test]
fn an_object_without_finalizer_or_record_gets_both_although_its_service_exists() {
    let mut bare = Scenario::converged();
    bare.resolved.finalizers = vec!["somebody.else/finalizer".to_owned()];
    let record = bare.resolved.record.clone().unwrap();
    assert_eq!(bare.plan(), Plan { steps: vec![Step::Record(record)], ..Plan::default() });

    let mut forgotten = changed();
    forgotten.resolved.record = None;
    let record = super::super::fixtures::record(&forgotten.resolved, 0, super::super::fixtures::now());
    let steps = forgotten.plan().steps;
    assert_eq!(steps[0], Step::Record(record));
    assert_eq!(steps[1].service_id(), Some(SERVICE));
}
