use serde_json::json;

use super::super::fixtures::{PROCESS, SERVICE, Scenario, UID, at, now, record, unexplained};
use super::super::{Plan, Step, Wait};
use crate::cloud::load_balancers::Seen;
use crate::cloud::services::observed::{AttemptEnd, DetailsView, NamedId, ServiceView};
use crate::identity::CreateRecord;
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::observe::Look;

fn scenario(named: NamedId) -> Scenario {
    let mut scenario = Scenario::converged().see(ServiceView::Absent { named });
    scenario.observed.details = DetailsView::Unknown;
    scenario
}

fn waits(wait: Wait, look: Option<Look>) -> Plan {
    Plan { wait: Some(wait), look, ..Plan::default() }
}

fn unjudged() -> NamedId {
    NamedId::Unjudged(SERVICE.to_owned())
}

fn gone() -> NamedId {
    NamedId::Gone(SERVICE.to_owned())
}

fn judge() -> Plan {
    waits(Wait::List, Some(Look::Judge { service_id: SERVICE.to_owned() }))
}

fn reported() -> Plan {
    waits(Wait::Recreation { service_id: SERVICE.to_owned() }, None)
}

fn list_from(seconds: i64) -> Plan {
    waits(Wait::List, Some(Look::List { not_before: at(seconds) }))
}

#[test]
fn a_service_that_is_not_shown_is_judged_by_its_id() {
    assert_eq!(unexplained(scenario(unjudged()).plan()), judge());
}

#[test]
fn a_service_that_is_gone_is_reported_and_not_created_again() {
    assert_eq!(unexplained(scenario(gone()).plan()), reported());
}

#[test]
fn a_service_that_only_get_knows_is_waited_for() {
    assert_eq!(unexplained(scenario(NamedId::Hidden(SERVICE.to_owned())).plan()), list_from(1_010));
}

#[test]
fn a_young_service_is_not_missed_yet() {
    let mut young = scenario(gone());
    young.resolved.hint.create_time = Some(at(936));
    assert_eq!(unexplained(young.plan()), list_from(996));
    assert_eq!(unexplained(young.listed(996).plan()), reported());
}

#[test]
fn a_service_is_not_missed_by_a_process_that_has_just_seen_the_object() {
    let mut fresh = scenario(gone());
    fresh.observed.own.first_seen = at(936);
    assert_eq!(unexplained(fresh.plan()), list_from(996));
    assert_eq!(unexplained(fresh.listed(996).plan()), reported());
}

#[test]
fn a_service_that_status_lost_but_we_proved_is_not_created_again() {
    let mut scenario = scenario(gone());
    scenario.resolved.hint.service_id = None;
    scenario.observed.own.proven_id = Some(SERVICE.to_owned());
    assert_eq!(unexplained(scenario.plan()), reported());
}

#[test]
fn a_service_that_our_own_create_created_is_not_created_again() {
    let mut scenario = scenario(unjudged()).attempted(300, 301, AttemptEnd::Created(SERVICE.to_owned()));
    scenario.resolved.hint.service_id = None;
    assert_eq!(unexplained(scenario.plan()), judge());
}

#[test]
fn a_service_of_the_next_incarnation_that_went_is_not_created_again_either() {
    let mut scenario = scenario(NamedId::Gone("epsrv-new".to_owned()));
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    let scenario = scenario.attempted(300, 301, AttemptEnd::Created("epsrv-new".to_owned()));
    assert_eq!(unexplained(scenario.plan()), waits(Wait::Recreation { service_id: "epsrv-new".to_owned() }, None));
}

#[test]
fn the_judgement_of_another_id_says_nothing() {
    assert_eq!(unexplained(scenario(NamedId::Gone("epsrv-other".to_owned())).plan()), judge());
}

#[test]
fn a_named_service_forbids_a_create_when_the_record_is_lost() {
    let mut scenario = scenario(gone());
    scenario.resolved.record = None;
    let record = super::super::fixtures::record(&scenario.resolved, 0, super::super::fixtures::now());
    assert_eq!(unexplained(scenario.plan()), Plan { steps: vec![Step::Record(record)], ..reported() });
}

/// The same, with a spec that wants another service in the place of one that went.
fn replacing(named: NamedId) -> Scenario {
    let mut scenario = scenario(named).spec(json!({ "whenGone": "Recreate" }));
    scenario.resolved.record = Some(record(&scenario.resolved, 0, at(100)));
    scenario
}

/// The record of the next incarnation is written already.
fn recorded(incarnation: u32, time: i64) -> Scenario {
    let mut scenario = replacing(gone());
    scenario.resolved.record = Some(record(&scenario.resolved, incarnation, at(time)));
    scenario
}

fn create(scenario: &Scenario, record: &CreateRecord) -> Step {
    let request = desired(&scenario.resolved, &Seen::default()).create_request(Some(record.client_token()));
    Step::Create { record: record.clone(), request: Box::new(request) }
}

fn under_a_new_record(scenario: &Scenario, incarnation: u32) -> Plan {
    let record = record(&scenario.resolved, incarnation, now());
    let create = create(scenario, &record);
    Plan { steps: vec![Step::Record(record), create], ..Plan::default() }
}

/// The Create under the record that is there.
fn again(scenario: &Scenario) -> Plan {
    let create = create(scenario, scenario.resolved.record.as_ref().unwrap());
    Plan { steps: vec![create], ..Plan::default() }
}

#[test]
fn a_service_that_went_is_recreated_under_the_next_incarnation_where_that_is_wanted() {
    let scenario = replacing(gone());
    assert_eq!(unexplained(scenario.plan()), under_a_new_record(&scenario, 1));
    let Some(Step::Create { request, .. }) = scenario.plan().steps.pop() else { panic!("no Create") };
    assert_eq!(request.client_token, Some(format!("{UID}-1")));
}

#[test]
fn a_service_is_only_recreated_by_the_rules_by_which_it_is_reported() {
    let mut young = replacing(gone());
    young.resolved.hint.create_time = Some(at(936));
    assert_eq!(unexplained(young.plan()), list_from(996));
    let mut fresh = replacing(gone());
    fresh.observed.own.first_seen = at(936);
    assert_eq!(unexplained(fresh.plan()), list_from(996));
    assert_eq!(unexplained(replacing(unjudged()).plan()), judge());
    assert_eq!(unexplained(replacing(NamedId::Hidden(SERVICE.to_owned())).plan()), list_from(1_010));
}

#[test]
fn a_service_is_recreated_after_a_list_of_about_now() {
    let scenario = replacing(gone()).listed(989);
    let record = Step::Record(record(&scenario.resolved, 1, now()));
    assert_eq!(unexplained(scenario.plan()), Plan { steps: vec![record], ..list_from(990) });
}

#[test]
fn the_record_of_the_next_incarnation_is_created_under_once_it_is_written() {
    let ours = recorded(1, 990).author(true);
    assert_eq!(unexplained(ours.plan()), again(&ours));
    // A process that began after the record was written knows nothing of what went, and need not.
    let mut of_an_earlier_process = recorded(1, 980).author(false).see(ServiceView::Absent { named: unjudged() });
    of_an_earlier_process.observed.own.process_start = at(993);
    let record = of_an_earlier_process.resolved.record.clone().unwrap();
    let taken = CreateRecord { owner: PROCESS.to_owned(), taken_over: Some(now()), ..record };
    let create = create(&of_an_earlier_process, &taken);
    let plan = Plan { steps: vec![Step::Record(taken), create], ..Plan::default() };
    assert_eq!(unexplained(of_an_earlier_process.plan()), plan);
}

#[test]
fn a_second_create_that_got_lost_is_repeated_under_its_own_token() {
    let scenario = recorded(1, 990).author(true).attempted(991, 994, AttemptEnd::Ambiguous { code: None });
    assert_eq!(unexplained(scenario.plan()), again(&scenario));
}

#[test]
fn a_burnt_token_of_the_next_incarnation_leads_to_the_one_after() {
    let spent = AttemptEnd::TokenSpent { code: "IdempotentFailed".to_owned() };
    let scenario = recorded(1, 900).author(true).attempted(930, 935, spent);
    assert_eq!(unexplained(scenario.plan()), under_a_new_record(&scenario, 2));
}

#[test]
fn an_edit_after_the_second_record_goes_out_at_once_if_nothing_was_sent_under_it() {
    let first = |scenario: Scenario| {
        // What the first incarnation created is known to be gone.
        let mut scenario = scenario.author(true);
        scenario.observed.own.attempts.push(crate::cloud::services::observed::CreateAttempt {
            client_token: UID.to_owned(),
            began: at(300),
            ended: at(301),
            end: AttemptEnd::Created(SERVICE.to_owned()),
            is_repeated: false,
        });
        scenario
    };
    let edited = first(recorded(1, 990)).spec(json!({ "description": "another text" }));
    assert_eq!(unexplained(edited.plan()), under_a_new_record(&edited, 1));
    let lost = edited.attempted(991, 994, AttemptEnd::Ambiguous { code: None });
    assert_eq!(unexplained(lost.plan()), list_from(1_079));
}

#[test]
fn a_service_that_went_twice_is_created_a_third_time() {
    let mut scenario = replacing(NamedId::Gone("epsrv-second".to_owned()));
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    scenario.resolved.hint.incarnation = 1;
    scenario.resolved.hint.service_id = Some("epsrv-second".to_owned());
    assert_eq!(unexplained(scenario.plan()), under_a_new_record(&scenario, 2));
}

#[test]
fn the_second_service_that_went_before_status_knew_of_it_is_judged_as_the_first_was() {
    // A list proved it to be ours, and status still names the first.
    let mut proven = recorded(1, 900).author(true).see(ServiceView::Absent { named: unjudged() });
    proven.observed.own.proven_id = Some("epsrv-second".to_owned());
    let look = Look::Judge { service_id: "epsrv-second".to_owned() };
    assert_eq!(unexplained(proven.plan()), waits(Wait::List, Some(look)));
    let went = proven.see(ServiceView::Absent { named: NamedId::Gone("epsrv-second".to_owned()) });
    // Under another process's record, that one may be about to create it without having seen it.
    let theirs = went.clone().author(false);
    let record = theirs.resolved.record.clone().unwrap();
    let taken = CreateRecord { owner: PROCESS.to_owned(), taken_over: Some(now()), ..record };
    assert_eq!(unexplained(theirs.plan()), Plan { steps: vec![Step::Record(taken)], ..list_from(1_115) });
    assert_eq!(unexplained(went.plan()), under_a_new_record(&went, 2));
    assert_eq!(
        unexplained(went.spec(json!({ "whenGone": "Report" })).plan()),
        waits(Wait::Recreation { service_id: "epsrv-second".to_owned() }, None)
    );
}

#[test]
fn a_record_that_was_taken_over_is_replaced_once_a_list_shows_what_its_former_owner_may_have_created() {
    let mut owned = recorded(1, 600).see(ServiceView::Absent { named: NamedId::Gone("epsrv-second".to_owned()) });
    owned.observed.own.proven_id = Some("epsrv-second".to_owned());
    owned.observed.own.recorded_at = Some(at(820));
    owned.resolved.record.as_mut().unwrap().taken_over = Some(at(800));
    assert_eq!(unexplained(owned.clone().listed(934).plan()), list_from(935));
    assert_eq!(unexplained(owned.plan()), under_a_new_record(&owned, 2));
}

#[test]
fn what_an_earlier_token_created_is_not_the_service_of_this_record() {
    let scenario = recorded(1, 900).author(true);
    let mut earlier = recorded(0, 100).author(true).attempted(300, 301, AttemptEnd::Created(SERVICE.to_owned()));
    earlier.resolved.record = scenario.resolved.record.clone();
    assert_eq!(earlier.plan(), scenario.plan());
}

#[test]
fn a_second_service_is_not_missed_before_lists_must_show_it() {
    let scenario = recorded(1, 900).author(true).attempted(936, 937, AttemptEnd::Created("epsrv-second".to_owned()));
    let scenario = scenario.see(ServiceView::Absent { named: NamedId::Gone("epsrv-second".to_owned()) });
    assert_eq!(unexplained(scenario.plan()), list_from(997));
    let later = scenario.listed(997);
    assert_eq!(unexplained(later.plan()), under_a_new_record(&later, 2));
}

#[test]
fn an_incarnation_that_cannot_grow_is_reported() {
    let mut scenario = replacing(gone());
    scenario.resolved.hint.incarnation = u32::MAX;
    assert_eq!(unexplained(scenario.plan()), reported());
}

#[test]
fn what_was_ready_is_not_known_of_the_service_that_came_after_it() {
    // The process that created it died before it wrote the new id into the status.
    let mut scenario = recorded(1, 990).see(Scenario::converged().observed.service);
    scenario.service().id = "epsrv-second".to_owned();
    let look = Look::Details { service_id: "epsrv-second".to_owned() };
    let plan = unexplained(scenario.plan());
    assert_eq!((plan.look, plan.steps), (Some(look), vec![]));
}
