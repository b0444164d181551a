use super::*;
use crate::crd::VpcEndpointService;

const FIRST: Duration = Duration::from_secs(1);
const MAX: Duration = Duration::from_mins(5);

fn id(uid: &str) -> ObjectId {
    ObjectId { namespace: "team".into(), name: "service".into(), uid: uid.into() }
}

fn revision(generation: i64) -> Revision {
    Revision { generation, requested_at: None }
}

fn target(region: &str) -> Target {
    Target { account: "1".into(), region: region.into() }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn failed(back_off: &BackOff, uid: &str, cause: Cause) {
    back_off.fail(&id(uid), revision(1), cause, Duration::from_mins(1), at(0));
}

#[test]
fn the_step_doubles_from_one_second_to_five_minutes() {
    let steps: Vec<u64> = (1..=11).map(|count| delay(FIRST, MAX, count, 1.0).as_secs()).collect();
    assert_eq!(steps, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
    assert_eq!(delay(FIRST, MAX, u32::MAX, 1.0), MAX);
}

#[test]
fn the_jitter_reaches_down_to_nothing() {
    assert_eq!(delay(FIRST, MAX, 5, 0.0), Duration::ZERO);
    assert_eq!(delay(FIRST, MAX, 5, 0.25), Duration::from_secs(4));
}

#[test]
fn an_object_without_failure_may_begin() {
    let back_off = BackOff::new(FIRST, MAX);
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(0)), Gate::Open);
}

#[test]
fn a_wake_does_not_shorten_the_back_off() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::Other);
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(20)), Gate::Closed(Duration::from_secs(40)));
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(59)), Gate::Closed(Duration::from_secs(1)));
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(60)), Gate::Open);
}

#[test]
fn the_back_off_of_one_object_is_no_other_objects() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::Other);
    assert_eq!(back_off.gate(&id("b"), &revision(1), at(0)), Gate::Open);
}

#[test]
fn an_edit_ends_the_back_off_and_its_count() {
    let back_off = BackOff::new(FIRST, MAX);
    for _ in 0..5 {
        failed(&back_off, "a", Cause::Other);
    }
    assert_eq!(back_off.gate(&id("a"), &revision(2), at(0)), Gate::Open);
    assert!(back_off.fail(&id("a"), revision(2), Cause::Other, Duration::ZERO, at(0)) <= FIRST);
}

#[test]
fn a_requested_look_ends_the_back_off() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::Other);
    let asked = Revision { requested_at: Some("now".into()), ..revision(1) };
    assert_eq!(back_off.gate(&id("a"), &asked, at(0)), Gate::Open);
}

#[test]
fn failures_in_a_row_widen_the_delay_also_after_it_ran_out() {
    let back_off = BackOff::new(FIRST, MAX);
    for second in [0, 100, 200] {
        back_off.fail(&id("a"), revision(1), Cause::Other, Duration::ZERO, at(second));
        assert_eq!(back_off.gate(&id("a"), &revision(1), at(second + 99)), Gate::Open);
    }
    assert_eq!(back_off.lock()["a"].count, 3);
}

#[test]
fn a_success_makes_the_next_failure_the_first() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::Other);
    back_off.succeed(&id("a"));
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(0)), Gate::Open);
    failed(&back_off, "a", Cause::Other);
    assert_eq!(back_off.lock()["a"].count, 1);
}

#[test]
fn the_provider_can_ask_for_a_longer_delay() {
    let back_off = BackOff::new(FIRST, MAX);
    let delay = back_off.fail(&id("a"), revision(1), Cause::Other, Duration::from_secs(700), at(0));
    assert_eq!(delay, Duration::from_secs(700));
}

#[test]
fn a_recovery_frees_those_who_could_not_reach_that_target_only() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "here", Cause::Unreachable(target("cn-hangzhou")));
    failed(&back_off, "there", Cause::Unreachable(target("cn-beijing")));
    failed(&back_off, "refused", Cause::Other);
    let gate = |uid: &str| back_off.gate(&id(uid), &revision(1), at(0));
    let closed = Gate::Closed(Duration::from_mins(1));

    assert_eq!(back_off.recover(&Recovery::Target(target("cn-hangzhou"))), [id("here")]);
    assert_eq!(["here", "there", "refused"].map(gate), [Gate::Open, closed, closed]);
    assert_eq!(back_off.recover(&Recovery::Everything), [id("there")]);
    assert_eq!(gate("refused"), closed);
}

#[test]
fn an_unknown_account_holds_nobody_back_who_is_woken() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::AccountUnknown);
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(0)), Gate::Open);
}

#[test]
fn a_revision_is_the_generation_and_the_requested_look() {
    let mut object: VpcEndpointService = serde_json::from_value(serde_json::json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"generation": 3, "annotations": {"other": "x"}},
        "spec": {"serviceResourceType": "nlb"},
    }))
    .unwrap();
    assert_eq!(Revision::of(&object), revision(3));
    let annotations = object.metadata.annotations.get_or_insert_default();
    annotations.insert("privatelink.alibabacloud.com/reconcile-requested-at".into(), "noon".into());
    assert_eq!(Revision::of(&object), Revision { requested_at: Some("noon".into()), ..revision(3) });
}

#[test]
fn while_the_provider_throttles_the_delay_stays_short_and_ends_when_calls_are_allowed() {
    let back_off = BackOff::new(FIRST, MAX);
    let throttled = || Cause::Throttled(target("cn-hangzhou"));
    let longest = (0..100).map(|_| back_off.fail(&id("a"), revision(1), throttled(), Duration::ZERO, at(0))).max();
    assert!(longest <= Some(8 * FIRST), "{longest:?}");
    failed(&back_off, "a", throttled());
    assert_eq!(back_off.recover(&Recovery::Target(target("cn-beijing"))), []);
    assert_eq!(back_off.recover(&Recovery::Target(target("cn-hangzhou"))), [id("a")]);
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(0)), Gate::Open);
}

#[test]
fn a_refused_call_does_not_hold_up_the_looks_at_its_object_and_its_step_does_not_grow() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::Refused);
    assert_eq!(back_off.gate(&id("a"), &revision(1), at(0)), Gate::Open);
    for _ in 0..20 {
        assert!(back_off.fail(&id("a"), revision(1), Cause::Refused, Duration::ZERO, at(0)) <= FIRST);
    }
    let until = Duration::from_mins(40);
    assert_eq!(back_off.fail(&id("a"), revision(1), Cause::Refused, until, at(0)), until);
}

#[test]
fn one_that_got_no_answer_comes_again_within_about_a_minute_and_a_thousand_ask_three_times_a_second() {
    let back_off = BackOff::new(FIRST, MAX);
    let unreachable = || Cause::Unreachable(target("cn-hangzhou"));
    let fail = |uid: &str| back_off.fail(&id(uid), revision(1), unreachable(), Duration::ZERO, at(0));
    let longest = (0..200).map(|_| fail("a")).max().expect("it failed");
    assert!(longest <= Duration::from_secs(64), "{longest:?}");
    for n in 0..1000 {
        fail(&n.to_string());
    }
    let all: Duration = (0..1000).map(|n| fail(&n.to_string())).sum();
    let a_second = 1000.0 / (all / 1000).as_secs_f64();
    assert!((2.0..5.0).contains(&a_second), "{a_second} a second");
}

#[test]
fn a_reconcile_that_was_cut_off_comes_back_with_any_recovery() {
    let back_off = BackOff::new(FIRST, MAX);
    failed(&back_off, "a", Cause::Unanswered);
    failed(&back_off, "b", Cause::Other);
    assert_eq!(back_off.recover(&Recovery::Target(target("cn-hangzhou"))), [id("a")]);
}
