//! What becomes of an answer of the upstream.

use std::time::Instant;

use fault_plans::proxy::{OnAnswer, OnArrival};
use http::StatusCode;

use crate::caller::{CALL, CALL_SEEN, Caller};
use crate::script::{A_WHILE, Asked, MADE_UP, Script, made_up};
use crate::support::{cloud, until};
use crate::upstream::{ANSWER_SEEN, Then, Upstream};

/// What a caller sees to the end, when this is said of its answer. The call arrives once in any case.
async fn seen(on_answer: OnAnswer) -> String {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::answering(on_answer.clone())).await;
    let seen = Caller::send(&proxy.url(), CALL).await.read_to_end().await;
    assert_eq!(upstream.received(), [CALL_SEEN]);
    let call = proxy.calls().remove(0);
    assert_eq!((call.on_arrival, call.on_answer), (Some(OnArrival::Pass), Some(on_answer)));
    assert_eq!(call.answered.unwrap().0, StatusCode::CREATED);
    seen
}

#[tokio::test]
async fn an_answer_that_is_cut_is_lost_whole() {
    assert_eq!(seen(OnAnswer::Cut).await, "");
}

#[tokio::test]
async fn an_answer_that_is_truncated_promises_all_and_ends_in_the_middle() {
    let head = "HTTP/1.1 201 Created\r\nx-of-upstream: yes\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
                content-length: 10\r\nconnection: close\r\n\r\n";
    assert_eq!(seen(OnAnswer::Truncate).await, format!("{head}01234"));
}

#[tokio::test]
async fn an_answer_that_is_replaced_is_not_seen() {
    assert_eq!(seen(OnAnswer::Replace(made_up())).await, MADE_UP);
}

#[tokio::test]
async fn an_answer_that_is_held_comes_after_so_long() {
    let begin = Instant::now();
    assert_eq!(seen(OnAnswer::Hold(A_WHILE)).await, ANSWER_SEEN);
    assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn an_answer_without_a_body_is_cut_instead_of_truncated() {
    let (upstream, _) = Upstream::start(Then::Answer(b"HTTP/1.1 204 No Content\r\n\r\n".into())).await;
    let proxy = cloud(&upstream.url, Script::answering(OnAnswer::Truncate)).await;
    assert_eq!(Caller::send(&proxy.url(), CALL).await.read_to_end().await, "");
}

#[tokio::test]
async fn silence_after_the_effect_lasts_until_the_caller_gives_up() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::answering(OnAnswer::Silence)).await;
    let mut caller = Caller::send(&proxy.url(), CALL).await;
    caller.assert_nothing_for(A_WHILE).await;
    assert_eq!((upstream.received(), proxy.calls()[0].caller_gone), (vec![CALL_SEEN.to_owned()], None));
    drop(caller);
    until("the caller is gone", || proxy.calls()[0].caller_gone.is_some()).await;
}

#[tokio::test]
async fn a_lost_answer_is_lost_also_when_the_caller_goes_while_the_interceptor_decides() {
    let upstream = Upstream::answering().await;
    let (script, mut happened) = Script::gated();
    let proxy = cloud(&upstream.url, script.clone()).await;
    let caller = Caller::send(&proxy.url(), CALL).await;
    script.arrivals.add_permits(1);
    assert_eq!([happened.recv().await, happened.recv().await], [Asked::Arrival, Asked::Answer].map(Some));
    drop(caller);
    until("the caller is gone", || proxy.calls()[0].caller_gone.is_some()).await;
    assert_eq!(proxy.calls()[0].on_answer, None);
    script.answers.add_permits(1);
    until("the interceptor has spoken", || proxy.calls()[0].on_answer == Some(OnAnswer::Pass)).await;
    assert_eq!(proxy.calls()[0].delivered, None);
}

#[tokio::test]
async fn an_answer_is_delivered_when_its_last_byte_has_left_and_not_before() {
    // More than all buffers between here and there hold.
    let body = "x".repeat(32 << 20);
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let (upstream, _) = Upstream::start(Then::Answer(answer.into())).await;
    let (script, mut happened) = Script::passing();
    let proxy = cloud(&upstream.url, script).await;
    let mut caller = Caller::send(&proxy.url(), CALL).await;
    caller.until("\r\n\r\n").await;
    assert_eq!([happened.recv().await, happened.recv().await], [Asked::Arrival, Asked::Answer].map(Some));
    let early = tokio::time::timeout(A_WHILE, happened.recv()).await;
    assert!(early.is_err(), "{early:?}");
    assert_eq!(proxy.calls()[0].delivered, None);
    assert_eq!(caller.read_to_end().await.len(), body.len());
    assert_eq!(happened.recv().await, Some(Asked::Delivered));
}

#[tokio::test]
async fn two_calls_of_one_connection_each_get_their_answer() {
    let upstream = Upstream::answering().await;
    let (script, mut happened) = Script::passing();
    let proxy = cloud(&upstream.url, script).await;
    let again = CALL.replace("Connection: close\r\n", "");
    let seen = ANSWER_SEEN.replace("connection: close\r\n", "");
    let mut caller = Caller::send(&proxy.url(), &again).await;
    assert_eq!(caller.until("0123456789").await, seen);
    for expected in [Asked::Arrival, Asked::Answer, Asked::Delivered] {
        assert_eq!(happened.recv().await, Some(expected));
    }
    caller.say(&again).await;
    assert_eq!(caller.until("0123456789").await, seen);
    for expected in [Asked::Arrival, Asked::Answer, Asked::Delivered] {
        assert_eq!(happened.recv().await, Some(expected));
    }
}
