use cloud_core::test_support::{lost_answer, refused, throttled};
use jiff::SignedDuration;
use loadbalancers::{Status, Zone};

use super::*;
use crate::cloud::load_balancers::test_support::{good, lb};
use crate::cloud::load_balancers::tests::{checks_of, object, zones_of};
use crate::timing::Timing;

fn at(seconds: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds)
}

fn state() -> State {
    State::new(Pauses::of(&Timing::default()), at(0))
}

/// Every read that is due until then, each answered at once; by when it began.
fn read(
    state: &mut State,
    until: i64,
    answer: impl Fn(&str, Timestamp) -> Result<Option<LoadBalancer>, Error>,
) -> Vec<(i64, String)> {
    let mut reads = Vec::new();
    while let Some(due) = state.due().filter(|due| *due < at(until)) {
        let id = state.begin(due).expect("it is due");
        state.end(&id, due, answer(id.as_str(), due), due);
        reads.push((due.as_second(), id.to_string()));
    }
    reads
}

#[expect(clippy::unnecessary_wraps, reason = "it stands beside functions that fail")]
fn fine(id: &str, _: Timestamp) -> Result<Option<LoadBalancer>, Error> {
    Ok(Some(good(id, &["h", "i"])))
}

fn denied(id: &str) -> Error {
    refused(lb(id).product().operation(), "Forbidden.RAM")
}

fn times(reads: &[(i64, String)]) -> Vec<i64> {
    reads.iter().map(|(second, _)| *second).collect()
}

fn zones(seen: &Seen, id: &str) -> Option<Vec<String>> {
    seen.of(id)?.zones.clone().map(|zones| zones.into_iter().collect())
}

#[test]
fn nothing_is_kept_of_what_nobody_asks_about() {
    let mut state = state();
    for number in 0..1_000 {
        state.want(&object("web"), &zones_of(&[&format!("nlb-{number}")]), at(number));
    }
    assert_eq!((state.objects.len(), state.entries.len()), (1, 1));
    state.want(&object("api"), &zones_of(&["nlb-999"]), at(1_000));
    state.want(&object("web"), &Wanted::default(), at(1_001));
    assert_eq!((state.objects.len(), state.entries.len()), (1, 1), "another one asks about it");
    state.forget(&object("api"));
    assert!(state.objects.is_empty() && state.entries.is_empty() && state.due().is_none());
}

#[test]
fn an_answer_about_what_nobody_asks_any_more_is_passed_over() {
    let mut state = state();
    state.want(&object("web"), &zones_of(&["nlb-1"]), at(0));
    let id = state.begin(at(0)).unwrap();
    state.forget(&object("web"));
    assert_eq!(state.end(&id, at(0), fine("nlb-1", at(0)), at(1)), Told::default());
    assert!(state.entries.is_empty() && state.due().is_none());
}

#[test]
fn what_is_only_looked_at_is_read_once_and_not_again() {
    let mut state = state();
    let seen = state.want(&object("web"), &checks_of(&["nlb-1"]), at(0));
    assert!(seen.of("nlb-1").unwrap().is_awaited);
    assert_eq!(times(&read(&mut state, 36_000, fine)), [0]);
    let seen = state.want(&object("web"), &checks_of(&["nlb-1"]), at(60));
    assert!(!seen.of("nlb-1").unwrap().is_awaited && seen.of("nlb-1").unwrap().answer.is_some());
    assert_eq!(times(&read(&mut state, 36_000, fine)), [] as [i64; 0]);
    state.want(&object("web"), &checks_of(&["nlb-1"]), at(2_000));
    assert_eq!(times(&read(&mut state, 36_000, fine)), [2_000], "it still asks after half an hour");
}

#[test]
fn nobody_waits_long_for_what_is_only_looked_at() {
    let mut state = state();
    state.want(&object("web"), &checks_of(&["nlb-1"]), at(0));
    let id = state.begin(at(0)).unwrap();
    let awaited = |state: &mut State, now| {
        state.want(&object("web"), &checks_of(&["nlb-1"]), now).of("nlb-1").unwrap().is_awaited
    };
    assert!(awaited(&mut state, at(4)));
    assert!(!awaited(&mut state, at(5)));
    state.end(&id, at(0), Err(lost_answer(id.product().operation())), at(25));
    assert!(!awaited(&mut state, at(26)));
    // Nobody answered: the next object does not even try, for a while.
    let seen = state.want(&object("api"), &checks_of(&["nlb-2"]), at(27));
    assert!(!seen.of("nlb-2").unwrap().is_awaited);
    assert_eq!(times(&read(&mut state, 300, fine)), [] as [i64; 0]);
    let seen = state.want(&object("later"), &checks_of(&["nlb-3"]), at(27 + 300));
    assert!(seen.of("nlb-3").unwrap().is_awaited);
}

#[test]
fn without_the_right_what_is_only_looked_at_is_tried_once_an_hour_for_all() {
    let mut state = state();
    for number in 0..600_i64 {
        state.want(&object(&number.to_string()), &checks_of(&[&format!("nlb-{number}")]), at(number * 10));
        let reads = read(&mut state, (number + 1) * 10, |id, _| Err(denied(id)));
        assert_eq!(reads.len(), usize::from(number % 360 == 0), "{number}: {reads:?}");
    }
}

#[test]
fn without_the_right_one_of_those_whose_zones_are_wanted_is_tried_for_all_and_one_success_opens_for_all() {
    let mut state = state();
    let ids: Vec<String> = (0..50).map(|number| format!("nlb-{number}")).collect();
    for id in &ids {
        state.want(&object(id), &zones_of(&[id]), at(0));
    }
    let reads = read(&mut state, 3_600, |id, _| Err(denied(id)));
    let (first, later): (Vec<_>, Vec<_>) = reads.iter().partition(|(second, _)| *second < 10);
    assert_eq!(first.len(), 50, "each once at first");
    assert!((58..=66).contains(&later.len()), "{} tries an hour", later.len());
    let tried: BTreeSet<_> = later.iter().map(|(_, id)| id).collect();
    assert_eq!(tried.len(), 50, "it goes round");
    let reads = read(&mut state, 3_700, fine);
    assert_eq!(reads.iter().map(|(_, id)| id).collect::<BTreeSet<_>>().len(), 50);
}

/// Gateway load balancers may be read, network load balancers may not.
#[test]
fn a_right_that_is_missing_for_one_product_holds_up_no_other() {
    let mut state = state();
    state.want(&object("web"), &zones_of(&["nlb-1", "gwlb-1"]), at(0));
    let answer = |id: &str, now| if id == "nlb-1" { Err(denied(id)) } else { fine(id, now) };
    read(&mut state, 10, answer);
    let seen = state.want(&object("web"), &zones_of(&["nlb-1", "gwlb-1"]), at(10));
    assert_eq!(zones(&seen, "gwlb-1"), Some(vec!["h".to_owned(), "i".to_owned()]));
    assert!(seen.of("nlb-1").unwrap().error.as_ref().unwrap().is_access_denied());
}

#[test]
fn zones_stay_whatever_comes_but_a_good_answer_without_them() {
    let mut state = state();
    let wanted = zones_of(&["nlb-1"]);
    state.want(&object("web"), &wanted, at(0));
    read(&mut state, 1, fine);
    let odd = |status: Status| {
        let mut found = good("nlb-1", &["h"]);
        found.status = status;
        Ok(Some(found))
    };
    let none = Ok(Some(good("nlb-1", &[])));
    let answers = [
        odd(Status::Configuring),
        odd(Status::Unknown(String::new())),
        Ok(None),
        none,
        Err(lost_answer(lb("nlb-1").product().operation())),
        Err(denied("nlb-1")),
    ];
    for (number, answer) in (1..).zip(answers) {
        let anew = Wanted { mark: Mark { generation: number, requested_at: None }, ..wanted.clone() };
        let now = at(number * 10_000);
        state.want(&object("web"), &anew, now);
        assert_eq!(state.begin(now), Some(lb("nlb-1")), "{answer:?}");
        state.end(&lb("nlb-1"), now, answer.clone(), now);
        let seen = state.want(&object("web"), &anew, now);
        assert_eq!(zones(&seen, "nlb-1"), Some(vec!["h".to_owned(), "i".to_owned()]), "{answer:?}");
    }
    let now = at(100_000);
    let anew = Wanted { mark: Mark { generation: 99, requested_at: None }, ..wanted };
    state.want(&object("web"), &anew, now);
    state.begin(now).unwrap();
    state.end(&lb("nlb-1"), now, Ok(Some(good("nlb-1", &["i"]))), now);
    assert_eq!(zones(&state.want(&object("web"), &anew, now), "nlb-1"), Some(vec!["i".to_owned()]));
}

#[test]
fn what_is_wrong_is_looked_at_more_often_and_less_and_less_so() {
    let mut state = state();
    state.want(&object("web"), &checks_of(&["nlb-1"]), at(0));
    let reads = times(&read(&mut state, 1_200, |_, _| Ok(None)));
    assert_eq!(reads, [0, 15, 45, 105, 225, 465, 765, 1_065]);
    let after = times(&read(&mut state, 36_000, fine));
    assert_eq!(after, [1_365], "once it is right nobody looks again");
}

/// The annotation of the Service is written before the load balancer has the zone.
#[test]
fn a_zone_that_a_service_asks_for_is_looked_for_until_it_is_there() {
    let mut state = state();
    let mut wanted = zones_of(&["nlb-1"]);
    state.want(&object("web"), &wanted, at(0));
    read(&mut state, 10, fine);
    wanted.each.get_mut(&lb("nlb-1")).unwrap().expected_zones = ["h", "i", "j"].map(str::to_owned).into();
    state.want(&object("web"), &wanted, at(10));
    let three = |id: &str, now: Timestamp| {
        let mut found = good(id, &["h", "i"]);
        let zone = Zone { zone_id: "j".to_owned(), v_switch_id: None, status: None };
        found.zones.extend((now >= at(30)).then_some(zone));
        Ok(Some(found))
    };
    assert_eq!(times(&read(&mut state, 70, three)), [10, 25, 55]);
    assert_eq!(zones(&state.want(&object("web"), &wanted, at(70)), "nlb-1").unwrap().len(), 3);
}

#[test]
fn what_was_well_waits_for_its_time_after_a_start_and_what_is_edited_does_not() {
    let mut state = state();
    let ids: Vec<String> = (0..100).map(|number| format!("nlb-{number}")).collect();
    let can_wait = |id: &str, generation: i64| {
        let mut wanted = zones_of(&[id]);
        wanted.mark.generation = generation;
        wanted.each.values_mut().for_each(|want| want.can_wait = true);
        wanted
    };
    for id in &ids {
        let seen = state.want(&object(id), &can_wait(id, 1), at(0));
        assert!(!seen.of(id).unwrap().is_awaited);
    }
    let reads = read(&mut state, 1_801, fine);
    assert_eq!(reads.len(), 100, "within the period");
    let in_the_first_minute = reads.iter().filter(|(second, _)| *second < 60).count();
    assert!(in_the_first_minute < 15, "{in_the_first_minute}");
    state.want(&object("nlb-7"), &can_wait("nlb-7", 2), at(1_801));
    assert_eq!(state.begin(at(1_801)), Some(lb("nlb-7")));
}

#[test]
fn whoever_asks_anew_while_a_read_is_under_way_gets_another_one() {
    let mut state = state();
    let mut wanted = zones_of(&["nlb-1"]);
    state.want(&object("web"), &wanted, at(0));
    let id = state.begin(at(0)).unwrap();
    wanted.mark.requested_at = Some("now".to_owned());
    assert!(state.want(&object("web"), &wanted, at(1)).is_outstanding);
    state.end(&id, at(0), fine("nlb-1", at(0)), at(2));
    assert!(state.want(&object("web"), &wanted, at(2)).is_outstanding, "that one began earlier");
    assert_eq!(state.begin(at(2)), Some(id.clone()));
    let told = state.end(&id, at(2), fine("nlb-1", at(2)), at(3));
    assert_eq!(told.objects, [object("web")].into(), "nothing changed, but it was asked for");
    assert!(!state.want(&object("web"), &wanted, at(3)).is_outstanding);
}

#[test]
fn a_throttled_read_is_a_pause_for_all_and_is_repeated_after_it() {
    let mut state = state();
    state.want(&object("web"), &zones_of(&["nlb-1"]), at(0));
    let id = state.begin(at(0)).unwrap();
    let error = throttled(id.product().operation(), Duration::from_secs(20));
    state.end(&id, at(0), Err(error), at(0));
    state.want(&object("api"), &zones_of(&["nlb-2"]), at(1));
    assert_eq!(state.due(), Some(at(20)));
    assert_eq!(read(&mut state, 60, fine).len(), 2);
}

#[test]
fn the_same_failure_again_is_no_news_and_another_is() {
    let mut state = state();
    state.want(&object("web"), &zones_of(&["nlb-1"]), at(0));
    let id = state.begin(at(0)).unwrap();
    let operation = id.product().operation();
    let told = state.end(&id, at(0), Err(lost_answer(operation)), at(0));
    assert!(told.is_new_failure && told.is_needed && told.objects == [object("web")].into());
    let again = state.due().unwrap();
    state.begin(again).unwrap();
    assert_eq!(state.end(&id, again, Err(lost_answer(operation)), again).objects, BTreeSet::new());
    let later = state.due().unwrap();
    state.begin(later).unwrap();
    assert_eq!(state.end(&id, later, Err(denied("nlb-1")), later).objects, [object("web")].into());
}

#[test]
fn a_read_whose_reader_is_no_more_is_begun_anew() {
    let mut state = state();
    state.want(&object("web"), &zones_of(&["nlb-1"]), at(0));
    let id = state.begin(at(0)).unwrap();
    assert_eq!(state.due(), None);
    state.begin_anew(at(5));
    assert_eq!(state.begin(at(5)), Some(id));
}
