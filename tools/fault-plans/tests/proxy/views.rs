//! Distorted views, as kube's watcher has them on a real API server.

use std::time::{Duration, Instant};

use fault_plans::proxy::Seen;
use fault_plans::proxy::view::{Distort, Distortion};

use crate::kubernetes::{Setup, next};

/// Longer than the few calls take that follow the event, also on a loaded machine.
const UNNOTICED: Duration = Duration::from_secs(2);
/// Long enough to be told from no time at all.
const LAG: Duration = Duration::from_millis(200);
const RESOURCE: &str = "configmaps";

/// What a watcher sees of a namespace in which `a` is created, changed and removed, and `b` created in between; the second event is the
/// one that is distorted. Answers also the calls that it made.
async fn seen(distortion: Distortion, count: usize) -> (Vec<String>, Vec<String>) {
    let setup = Setup::intercepted(Distort::at(2, RESOURCE, distortion)).await;
    let mut events = setup.watch().await;
    setup.create("a").await;
    setup.create("b").await;
    setup.change("a").await;
    setup.remove("a").await;
    let seen = next(&mut events, count).await;
    let calls = setup.proxy.calls().iter().map(|Seen { kind, .. }| kind.0.replace(" configmaps", "")).collect();
    (seen, calls)
}

#[tokio::test]
async fn a_lost_event_shows_in_the_next_list() {
    let (seen, calls) = seen(Distortion::Lose(UNNOTICED), 7).await;
    assert_eq!(seen, ["a", "a changed", "no a", "too old", "init", "init b", "init done"]);
    assert_eq!(calls[..4], ["LIST", "WATCH", "WATCH", "LIST"]);
}

#[tokio::test]
async fn a_delayed_event_keeps_its_place() {
    let begin = Instant::now();
    let (seen, _) = seen(Distortion::Delay(LAG), 4).await;
    assert_eq!(seen, ["a", "b", "a changed", "no a"]);
    assert!(begin.elapsed() >= LAG, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_repeated_event_comes_twice() {
    let (seen, _) = seen(Distortion::Repeat, 5).await;
    assert_eq!(seen, ["a", "b", "b", "a changed", "no a"]);
}

#[tokio::test]
async fn events_out_of_order_are_put_right_by_the_next_list() {
    let (seen, _) = seen(Distortion::Reorder(UNNOTICED), 8).await;
    assert_eq!(seen, ["a", "a changed", "b", "no a", "too old", "init", "init b", "init done"]);
}

#[tokio::test]
async fn an_event_that_waits_for_a_next_one_in_vain_shows_in_the_next_list() {
    let setup = Setup::intercepted(Distort::at(1, RESOURCE, Distortion::Reorder(LAG))).await;
    let mut events = setup.watch().await;
    setup.create("a").await;
    assert_eq!(next(&mut events, 4).await, ["too old", "init", "init a", "init done"]);
}

#[tokio::test]
async fn an_old_list_takes_the_watcher_back_and_the_next_watch_brings_it_forth_again() {
    for (changes, old) in [(1, vec!["init a"]), (2, vec![]), (9, vec![])] {
        let begin = Instant::now();
        let setup = Setup::intercepted(Distort::at(2, RESOURCE, Distortion::TimeTravel { changes, lag: LAG })).await;
        let mut events = setup.watch().await;
        setup.create("a").await;
        setup.create("b").await;
        let there_and_back = [vec!["a", "b", "too old", "init"], old.clone(), vec!["init done"]].concat();
        assert_eq!(next(&mut events, there_and_back.len()).await, there_and_back);
        let again = if old.is_empty() { vec!["a", "b"] } else { vec!["b"] };
        assert_eq!(next(&mut events, again.len()).await, again);
        assert!(begin.elapsed() >= LAG, "{:?}", begin.elapsed());
        setup.remove("a").await;
        assert_eq!(next(&mut events, 1).await, ["no a"]);
    }
}

#[tokio::test]
async fn what_was_removed_is_back_in_an_old_list_for_a_while() {
    let travel = Distortion::TimeTravel { changes: 1, lag: LAG };
    let setup = Setup::intercepted(Distort::at(2, RESOURCE, travel)).await;
    let mut events = setup.watch().await;
    setup.create("a").await;
    setup.remove("a").await;
    let expected = ["a", "no a", "too old", "init", "init a", "init done", "no a"];
    assert_eq!(next(&mut events, expected.len()).await, expected);
}
