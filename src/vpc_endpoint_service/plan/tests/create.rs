use jiff::Timestamp;
use serde_json::json;

use super::super::fixtures::{EARLIER_PROCESS, PROCESS, Scenario, UID, at, now, unexplained};
use super::super::{Plan, Step, Wait};
use crate::cloud::load_balancers::Seen;
use crate::cloud::services::observed::{AttemptEnd, ServiceView};
use crate::identity::CreateRecord;
use crate::vpc_endpoint_service::desired::desired;
use crate::vpc_endpoint_service::observe::Look;

/// The record that a plan writes now.
fn new_record(scenario: &Scenario, incarnation: u32) -> CreateRecord {
    super::super::fixtures::record(&scenario.resolved, incarnation, now())
}

fn create(scenario: &Scenario, record: &CreateRecord) -> Step {
    let request = desired(&scenario.resolved, &Seen::default()).create_request(Some(record.client_token()));
    Step::Create { record: record.clone(), request: Box::new(request) }
}

fn steps(steps: Vec<Step>) -> Plan {
    Plan { steps, ..Plan::default() }
}

fn until(not_before: Timestamp, steps: Vec<Step>) -> Plan {
    Plan { steps, wait: Some(Wait::List), look: Some(Look::List { not_before }), ..Plan::default() }
}

/// The Create under the record that is there.
fn again(scenario: &Scenario) -> Plan {
    steps(vec![create(scenario, scenario.resolved.record.as_ref().unwrap())])
}

/// A new record, and the Create under it.
fn under_a_new_record(scenario: &Scenario, incarnation: u32) -> Plan {
    let record = new_record(scenario, incarnation);
    steps(vec![Step::Record(record.clone()), create(scenario, &record)])
}

/// The record that is there, taken over now.
fn taken(scenario: &Scenario) -> CreateRecord {
    let record = scenario.resolved.record.clone().unwrap();
    CreateRecord { owner: PROCESS.to_owned(), taken_over: Some(now()), ..record }
}

/// The record is taken over, and created under at once.
fn taken_and_created(scenario: &Scenario) -> Plan {
    let record = taken(scenario);
    steps(vec![Step::Record(record.clone()), create(scenario, &record)])
}

/// The record is taken over; then a window, a call and the lists' lag must pass.
fn take_over(scenario: &Scenario) -> Plan {
    until(at(1_115), vec![Step::Record(taken(scenario))])
}

fn ambiguous() -> AttemptEnd {
    AttemptEnd::Ambiguous { code: None }
}

fn refused() -> AttemptEnd {
    AttemptEnd::Refused { code: Some("LoadBalancerNotFound".to_owned()) }
}

fn spent() -> AttemptEnd {
    AttemptEnd::TokenSpent { code: "IdempotentFailed".to_owned() }
}

/// The spec was edited after the record was written.
fn edited(scenario: Scenario) -> Scenario {
    scenario.spec(json!({ "description": "another text" }))
}

fn check(cases: impl IntoIterator<Item = (&'static str, Scenario, Plan)>) {
    for (sentence, scenario, plan) in cases {
        assert_eq!(unexplained(scenario.plan()), plan, "{sentence}");
    }
}

#[test]
fn nothing_is_created_before_the_first_list_from() {
    let mut scenario = Scenario::recorded().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    assert_eq!(unexplained(scenario.plan()), until(at(0), vec![]));
}

#[test]
fn the_finalizer_and_the_record_do_not_wait_for_the_first_list_from() {
    let mut scenario = Scenario::brand_new().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    assert_eq!(unexplained(scenario.plan()), until(at(0), vec![Step::Record(new_record(&scenario, 0))]));
}

#[test]
fn a_brand_new_object_is_recorded_and_created_in_one_reconcile() {
    let scenario = Scenario::brand_new();
    assert_eq!(unexplained(scenario.plan()), under_a_new_record(&scenario, 0));
}

#[test]
fn the_client_token_is_the_uid_for_the_first_service() {
    let scenario = Scenario::brand_new();
    let Some(Step::Create { request, .. }) = scenario.plan().steps.pop() else { panic!("no Create") };
    assert_eq!(request.client_token.as_deref(), Some(UID));
}

#[test]
fn without_a_record_the_list_must_be_at_most_ten_seconds_old() {
    let scenario = Scenario::brand_new;
    let record = || Step::Record(new_record(&scenario(), 0));
    check([
        ("ten seconds", scenario().listed(990), under_a_new_record(&scenario(), 0)),
        ("eleven seconds", scenario().listed(989), until(at(990), vec![record()])),
        ("begun before an attempt ended", scenario().attempted(994, 996, refused()), until(at(996), vec![record()])),
        ("begun when an attempt ended", scenario().attempted(994, 995, refused()), under_a_new_record(&scenario(), 0)),
    ]);
}

#[test]
fn a_record_of_ours_is_created_under_without_being_written_again() {
    let scenario = Scenario::recorded;
    check([
        ("a list since the record", scenario(), again(&scenario())),
        ("a list ten seconds before it", scenario().listed(980), again(&scenario())),
        ("a list eleven seconds before it", scenario().listed(979), until(at(980), vec![])),
    ]);
}

#[test]
fn a_record_without_the_finalizer_is_put_back_as_it_is_before_the_create() {
    let mut scenario = Scenario::recorded();
    scenario.resolved.finalizers.clear();
    let record = scenario.resolved.record.clone().unwrap();
    let create = create(&scenario, &record);
    assert_eq!(unexplained(scenario.plan()), steps(vec![Step::Record(record), create]));
}

#[test]
fn a_create_that_got_lost_is_repeated_under_the_same_token_within_seconds() {
    let scenario = || Scenario::recorded().attempted(991, 994, ambiguous());
    check([
        ("a list since it ended", scenario(), again(&scenario())),
        ("no list since it ended", scenario().listed(993), until(at(994), vec![])),
        ("it was refused", Scenario::recorded().attempted(991, 994, refused()), again(&scenario())),
    ]);
}

#[test]
fn a_create_that_got_lost_longer_ago_than_a_token_lives_waits_for_a_list_that_would_show_it() {
    // Sent at 960 and 968; a Create that leaves within the window from now may arrive at 1,030, after the token's 60 seconds.
    let scenario = || {
        let mut scenario = Scenario::recorded().attempted(960, 968, ambiguous());
        scenario.resolved.record.as_mut().unwrap().time = at(950);
        scenario
    };
    check([
        ("the list may still lag", scenario(), until(at(1_053), vec![])),
        ("the list shows everything", scenario().listed(1_053), again(&scenario())),
    ]);
}

#[test]
fn a_record_of_an_earlier_process_is_created_under_while_its_token_lives() {
    let scenario = |start, time| {
        let mut scenario = Scenario::recorded().author(false);
        scenario.observed.own.process_start = at(start);
        scenario.resolved.record.as_mut().unwrap().time = at(time);
        scenario
    };
    check([
        ("we stopped a moment ago", scenario(993, 970), taken_and_created(&scenario(993, 970))),
        ("its look is too old", scenario(993, 970).listed(959), until(at(960), vec![])),
        ("we stopped longer ago", scenario(993, 969), take_over(&scenario(993, 969))),
        ("we have looked since", scenario(900, 890), take_over(&scenario(900, 890))),
    ]);
}

#[test]
fn a_record_that_this_process_only_put_back_counts_as_an_earlier_ones() {
    let mut scenario = Scenario::recorded().author(true);
    let record = scenario.resolved.record.as_mut().unwrap();
    (record.time, record.owner) = (at(960), EARLIER_PROCESS.to_owned());
    assert_eq!(unexplained(scenario.plan()), take_over(&scenario));
}

#[test]
fn a_record_whose_writing_this_process_did_not_hear_of_is_taken_over() {
    let mut scenario = Scenario::recorded();
    scenario.observed.own.recorded_at = None;
    assert_eq!(unexplained(scenario.plan()), taken_and_created(&scenario));
}

/// This process took the record, of 600, over at 800, and heard at 820 that this was stored.
fn held_since_820() -> Scenario {
    let mut scenario = with_record_time(Scenario::recorded(), 600);
    scenario.resolved.record.as_mut().unwrap().taken_over = Some(at(800));
    scenario.observed.own.recorded_at = Some(at(820));
    scenario
}

#[test]
fn who_took_a_record_over_waits_for_what_the_former_owner_may_have_sent() {
    let refused = || held_since_820().attempted(925, 930, refused());
    check([
        ("not yet shown", held_since_820().listed(934), until(at(935), vec![])),
        ("shown", held_since_820().listed(935), again(&held_since_820())),
        ("that ours was refused says nothing of others", edited(refused()).listed(934), until(at(935), vec![])),
        ("nothing was created", edited(refused()).listed(995), under_a_new_record(&edited(refused()), 0)),
    ]);
}

#[test]
fn a_record_that_was_taken_over_is_left_to_its_owner_for_a_while() {
    let theirs = || {
        let mut scenario = held_since_820();
        scenario.resolved.record.as_mut().unwrap().owner = EARLIER_PROCESS.to_owned();
        scenario
    };
    check([
        ("the owner may still be at it", theirs().listed(974), until(at(975), vec![])),
        ("it had its time", theirs().listed(975), take_over(&theirs())),
        ("the same after an edit", edited(theirs()).listed(974), until(at(975), vec![])),
    ]);
}

#[test]
fn a_corrected_typo_goes_out_at_once() {
    let scenario = || edited(Scenario::recorded());
    check([
        ("nothing was sent", scenario(), under_a_new_record(&scenario(), 0)),
        ("every attempt was refused", scenario().attempted(991, 994, refused()), under_a_new_record(&scenario(), 0)),
    ]);
}

#[test]
fn a_corrected_typo_is_recorded_at_once_and_created_after_a_fresh_list_from() {
    let scenario = edited(Scenario::recorded()).listed(989);
    assert_eq!(unexplained(scenario.plan()), until(at(990), vec![Step::Record(new_record(&scenario, 0))]));
}

#[test]
fn an_edit_after_a_lost_create_waits_until_a_list_would_show_it() {
    let scenario = || edited(Scenario::recorded()).attempted(931, 934, ambiguous());
    check([
        ("the list may still lag", scenario(), until(at(1_050), vec![])),
        ("nothing was created", with_record_time(scenario(), 900).listed(1_019), under_a_new_record(&scenario(), 0)),
        ("one second too early", with_record_time(scenario(), 900).listed(1_018), until(at(1_019), vec![])),
    ]);
}

#[test]
fn an_edit_found_by_a_later_process_waits_for_its_own_long_look() {
    let scenario = || with_record_time(edited(Scenario::recorded()).author(false), 700);
    let started = |seconds| {
        let mut scenario = scenario();
        scenario.observed.own.process_start = at(seconds);
        scenario
    };
    check([
        ("the record is young", edited(Scenario::recorded()).author(false), take_over(&Scenario::recorded())),
        ("the process is young", started(940), take_over(&scenario())),
        ("neither is", started(935), take_over(&scenario())),
    ]);
}

#[test]
fn a_spent_token_leads_to_the_next_incarnation_in_every_branch() {
    let other_record = |mut scenario: Scenario| {
        scenario.resolved.record = None;
        scenario
    };
    let scenario = || with_record_time(Scenario::recorded(), 900).attempted(930, 935, spent());
    check([
        ("the same request", scenario(), under_a_new_record(&scenario(), 1)),
        ("another request", edited(scenario()), under_a_new_record(&edited(scenario()), 1)),
        ("an earlier process's record", scenario().author(false), take_over(&scenario())),
        ("no record left", other_record(scenario()), under_a_new_record(&scenario(), 1)),
        ("the list may still lag", scenario().listed(994), until(at(995), vec![])),
    ]);
}

#[test]
fn a_spent_token_after_a_lost_create_is_counted_from_the_last_of_them() {
    let scenario = || Scenario::recorded().attempted(900, 905, spent()).attempted(930, 940, ambiguous());
    check([
        ("not yet", scenario(), until(at(1_025), vec![])),
        ("now", scenario().listed(1_025), under_a_new_record(&scenario(), 1)),
    ]);
}

#[test]
fn the_token_of_an_earlier_incarnation_does_not_spend_the_next_one() {
    let mut scenario = Scenario::recorded().attempted(930, 935, spent());
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    let Some(Step::Create { request, .. }) = scenario.plan().steps.pop() else { panic!("no Create") };
    assert_eq!(request.client_token, Some(format!("{UID}-1")));
    assert_eq!(unexplained(scenario.plan()), again(&scenario));
}

#[test]
fn the_incarnation_is_the_larger_of_record_and_status() {
    let status_is_ahead = |mut scenario: Scenario| {
        scenario.resolved.hint.incarnation = 2;
        scenario
    };
    check([
        ("no record", status_is_ahead(Scenario::brand_new()), under_a_new_record(&Scenario::brand_new(), 2)),
        ("an older record", status_is_ahead(Scenario::recorded()), under_a_new_record(&Scenario::recorded(), 2)),
    ]);
}

#[test]
fn a_record_above_the_status_permits_a_create_although_status_names_a_service() {
    let mut scenario = Scenario::recorded();
    scenario.resolved.hint.service_id = Some("epsrv-old".to_owned());
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    assert_eq!(unexplained(scenario.plan()), again(&scenario));
}

fn with_record_time(mut scenario: Scenario, seconds: i64) -> Scenario {
    scenario.resolved.record.as_mut().unwrap().time = at(seconds);
    scenario
}

#[test]
fn under_a_record_of_ours_that_was_never_used_no_token_can_be_forgotten() {
    let mut scenario = Scenario::recorded();
    // Had a Create left then, its token would be forgotten at 1,010, and one that leaves now can arrive at 1,030.
    scenario.resolved.record.as_mut().unwrap().time = at(950);
    assert_eq!(unexplained(scenario.plan()), again(&scenario));
}

#[test]
fn a_create_is_repeated_at_once_while_it_arrives_at_the_last_moment_of_its_token() {
    let sent_at = |began: i64| {
        let mut scenario = Scenario::recorded().attempted(began, 972, ambiguous());
        scenario.resolved.record.as_mut().unwrap().time = at(965);
        scenario
    };
    check([
        ("it arrives when the token ends", sent_at(970), again(&sent_at(970))),
        ("it arrives later", sent_at(969), until(at(1_057), vec![])),
    ]);
}

#[test]
fn a_spent_token_is_known_by_the_incarnation_that_status_tells_of() {
    let mut scenario = Scenario::recorded().attempted(895, 900, spent());
    // The record was put back from an older copy of the object.
    scenario.resolved.hint.incarnation = 1;
    scenario.observed.own.attempts[0].client_token = format!("{UID}-1");
    assert_eq!(unexplained(scenario.plan()), under_a_new_record(&scenario, 2));
}

#[test]
fn a_token_that_is_refused_for_long_leads_to_the_next_incarnation_once_nothing_is_shown() {
    // Refused from 900 to 960; the lists lag for 60 seconds at most.
    let scenario = || with_record_time(Scenario::recorded(), 890).attempted(900, 960, refused()).repeatedly();
    check([
        ("the list may still lag", scenario().listed(1_019), until(at(1_020), vec![])),
        ("nothing was created", scenario().listed(1_020), under_a_new_record(&scenario(), 1)),
        ("another process's record", scenario().author(false).listed(1_020), take_over(&scenario())),
    ]);
}

#[test]
fn a_token_is_tried_again_until_it_was_refused_more_than_once_and_for_as_long_as_lists_lag() {
    let recorded = || with_record_time(Scenario::recorded(), 890);
    let repeated = |began, ended| recorded().attempted(began, ended, refused()).repeatedly().listed(1_020);
    let lost = || recorded().attempted(900, 901, ambiguous()).attempted(960, 961, ambiguous());
    check([
        ("one long call", recorded().attempted(900, 960, refused()).listed(1_020), again(&recorded())),
        ("a second too short", repeated(900, 959), again(&recorded())),
        ("long enough", repeated(900, 960), under_a_new_record(&recorded(), 1)),
        ("lost is not refused", lost().listed(1_046), again(&recorded())),
    ]);
}

#[test]
fn refusals_of_different_codes_are_more_than_one() {
    let other = AttemptEnd::Refused { code: Some("QuotaMisMatched".to_owned()) };
    let scenario = with_record_time(Scenario::recorded(), 890);
    let scenario = scenario.attempted(900, 901, refused()).attempted(960, 961, other).listed(1_021);
    assert_eq!(unexplained(scenario.plan()), under_a_new_record(&scenario, 1));
}

#[test]
fn a_token_that_is_refused_again_after_a_correction_leads_to_the_next_incarnation_soon() {
    // Refused at 930, corrected at 940, refused at 942.
    let corrected = || with_record_time(Scenario::recorded(), 940);
    let scenario = || corrected().attempted(930, 942, refused()).repeatedly();
    check([
        ("the list may still lag", scenario().listed(995), until(at(1_002), vec![])),
        ("nothing was created", scenario().listed(1_002), under_a_new_record(&scenario(), 1)),
        ("not yet refused since", corrected().attempted(920, 935, refused()).repeatedly(), again(&corrected())),
    ]);
}

#[test]
fn a_lost_create_among_refusals_is_settled_before_the_next_incarnation() {
    let scenario = with_record_time(Scenario::recorded(), 890).attempted(900, 961, refused()).repeatedly();
    let scenario = || scenario.clone().attempted(965, 970, ambiguous());
    check([
        ("it may show yet", scenario().listed(1_054), until(at(1_055), vec![])),
        ("nothing was created", scenario().listed(1_055), under_a_new_record(&scenario(), 1)),
    ]);
}

#[test]
fn refusals_under_an_earlier_token_say_nothing_of_the_next() {
    let mut scenario = with_record_time(Scenario::recorded(), 890).attempted(900, 960, refused()).repeatedly();
    scenario.resolved.record.as_mut().unwrap().incarnation = 1;
    assert_eq!(
        unexplained(scenario.listed(1_020).plan()),
        again(&{
            let mut scenario = Scenario::recorded();
            scenario.resolved.record.as_mut().unwrap().incarnation = 1;
            with_record_time(scenario, 890)
        })
    );
}
