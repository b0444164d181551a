//! Hedged reads, and calls whose answer is late or never comes.

use std::time::Duration;

use cloud_core::Error;
use serde_json::json;

use crate::product::{GetThing, Thing};
use crate::support::{Reply, Script, client, cut, ok, timed};

/// The service that an answer is about tells which attempt it answers.
fn answer(service: &str) -> Reply {
    ok(&json!({"RequestId": "R", "ThingId": service}))
}

fn slow(seconds: u64, service: &str) -> Reply {
    match answer(service) {
        Reply::Answer(response) => Reply::Slow(Duration::from_secs(seconds), response),
        other => other,
    }
}

/// What a read comes to, how often it was sent, and after how many seconds it ended.
async fn read(replies: impl IntoIterator<Item = Reply>) -> (Result<String, Error>, usize, f64) {
    let script = Script::of(replies);
    let request = GetThing { thing_id: "thing-1".to_owned() };
    let client = client(&script);
    let (outcome, elapsed) = timed(client.call(&request)).await;
    let id = |answer: Thing| answer.thing_id.unwrap();
    (outcome.map(id), script.requests().len(), elapsed.as_secs_f64())
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_is_hedged_after_half_of_its_time() {
    let (outcome, sent, seconds) = read([Reply::Hang, answer("second")]).await;
    assert_eq!((outcome.unwrap().as_str(), sent), ("second", 2));
    assert!((5.0..5.1).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_only_slow_keeps_all_of_its_time() {
    let (outcome, sent, seconds) = read([slow(9, "first"), Reply::Hang]).await;
    assert_eq!((outcome.unwrap().as_str(), sent), ("first", 2));
    assert!((9.0..9.1).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_read_that_is_answered_before_half_of_its_time_is_over_is_sent_once() {
    let (outcome, sent, _) = read([slow(4, "first")]).await;
    assert_eq!((outcome.unwrap().as_str(), sent), ("first", 1));
}

/// The first of two reads hangs. The second is sent so many milliseconds after it, and answered at once; how often both were sent together, and
/// how many seconds after it was sent the first ended.
async fn overtaken_after(milliseconds: u64) -> (usize, f64) {
    let script = Script::of([Reply::Hang, answer("second"), answer("first again")]);
    let client = client(&script);
    let request = GetThing { thing_id: "thing-1".to_owned() };
    let first = timed(client.call(&request));
    let second = async {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        client.call(&request).await.unwrap();
    };
    let ((outcome, elapsed), ()) = tokio::join!(first, second);
    assert_eq!(outcome.unwrap().thing_id.as_deref(), Some("first again"));
    (script.requests().len(), elapsed.as_secs_f64())
}

#[tokio::test(start_paused = true)]
async fn a_read_that_hangs_is_hedged_when_the_peer_answers_what_was_sent_later() {
    for (other, again) in [(100, 2.5), (2400, 2.5), (3000, 3.0), (4900, 4.9)] {
        let (sent, seconds) = overtaken_after(other).await;
        assert_eq!(sent, 3);
        assert!((again..again + 0.1).contains(&seconds), "{other}: {seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_copy_that_fails_is_a_failed_attempt() {
    let (outcome, sent, seconds) = read([Reply::Hang, cut(), answer("third")]).await;
    assert_eq!((outcome.unwrap().as_str(), sent), ("third", 3));
    assert!((5.0..5.6).contains(&seconds), "{seconds}");
}

/// Whenever the peer comes back: what it is sent then was sent no longer than five seconds, and a delay, after the last it forgot.
#[tokio::test(start_paused = true)]
async fn a_read_that_nobody_answers_is_sent_again_and_again_until_the_call_ends() {
    let (outcome, sent, seconds) = read((0..5).map(|_| Reply::Hang)).await;
    let late = "failed to get an answer from things.test in time: the deadline has passed";
    assert_eq!(outcome.unwrap_err().to_string(), format!("failed to GetThing: {late}"));
    assert_eq!(sent, 5);
    assert!((25.0..25.1).contains(&seconds), "{seconds}");
}
