//! What becomes of a call that has come in.

use std::time::Instant;

use fault_plans::proxy::{CallKind, OnAnswer, OnArrival, Seen, Side};
use http::{Method, StatusCode};

use crate::caller::{CALL, CALL_SEEN, Caller};
use crate::script::{A_WHILE, Asked, MADE_UP, Script, made_up};
use crate::support::{cloud, until};
use crate::upstream::{ANSWER_SEEN, Upstream};

#[tokio::test]
async fn what_passes_arrives_as_it_was_sent_and_so_does_its_answer() {
    let upstream = Upstream::answering().await;
    let (script, mut happened) = Script::passing();
    let proxy = cloud(&upstream.url, script).await;
    let seen = Caller::send(&proxy.url(), CALL).await.read_to_end().await;
    assert_eq!((seen.as_str(), upstream.received()), (ANSWER_SEEN, vec![CALL_SEEN.to_owned()]));
    let asked = [happened.recv().await, happened.recv().await, happened.recv().await];
    assert_eq!(asked, [Asked::Arrival, Asked::Answer, Asked::Delivered].map(Some));
}

#[tokio::test]
async fn the_journal_tells_what_became_of_each_call() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::passing().0).await;
    Caller::send(&proxy.url(), CALL).await.read_to_end().await;
    Caller::send(&proxy.url(), &CALL.replace("Make", "Break")).await.read_to_end().await;
    Caller::send(&proxy.url(), &CALL.replace("g HTTP", "g&ServiceId=s HTTP")).await.read_to_end().await;
    until("the last is delivered", || proxy.calls().last().is_some_and(|seen| seen.delivered.is_some())).await;
    let calls = proxy.calls();
    let told: Vec<_> = calls.iter().map(|seen| (seen.number, seen.kind.to_string(), seen.nth)).collect();
    assert_eq!(told, [(1, "Make".to_owned(), 1), (2, "Break".to_owned(), 1), (3, "Make".to_owned(), 2)]);
    let Seen { side, kind, object, method, path_and_query, at, answered, delivered, .. } = calls[2].clone();
    assert_eq!((side, kind, object), (Side::Cloud, CallKind("Make".to_owned()), Some("s".to_owned())));
    assert_eq!((method, path_and_query.as_str()), (Method::POST, "/a/b%2Fc?d=e%20f&g&ServiceId=s"));
    let ((answered, answered_at), (delivered, delivered_at)) = (answered.unwrap(), delivered.unwrap());
    assert_eq!((answered, delivered), (StatusCode::CREATED, StatusCode::CREATED));
    assert!(at <= answered_at && answered_at <= delivered_at);
    assert_eq!((&calls[2].on_arrival, &calls[2].on_answer), (&Some(OnArrival::Pass), &Some(OnAnswer::Pass)));
    assert_eq!((&calls[2].caller_gone, &calls[2].failure), (&None, &None));
}

#[tokio::test]
async fn what_is_cut_gets_no_further_and_no_answer() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::arriving(OnArrival::Cut)).await;
    assert_eq!(Caller::send(&proxy.url(), CALL).await.read_to_end().await, "");
    assert_eq!(upstream.received(), Vec::<String>::new());
    assert_eq!(proxy.calls()[0].on_arrival, Some(OnArrival::Cut));
    assert_eq!((proxy.calls()[0].answered, proxy.calls()[0].delivered), (None, None));
}

#[tokio::test]
async fn what_is_held_passes_after_so_long() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::arriving(OnArrival::Hold(A_WHILE))).await;
    let begin = Instant::now();
    let mut caller = Caller::send(&proxy.url(), CALL).await;
    caller.assert_nothing_for(A_WHILE / 2).await;
    assert_eq!(upstream.received(), Vec::<String>::new());
    assert_eq!(caller.read_to_end().await, ANSWER_SEEN);
    assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
    assert_eq!(upstream.received(), [CALL_SEEN]);
}

#[tokio::test]
async fn what_is_late_arrives_when_its_caller_has_been_cut_off() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::arriving(OnArrival::Late(A_WHILE))).await;
    let begin = Instant::now();
    assert_eq!(Caller::send(&proxy.url(), CALL).await.read_to_end().await, "");
    assert_eq!(upstream.received(), Vec::<String>::new());
    until("it arrives", || !upstream.received().is_empty()).await;
    assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
    assert_eq!(upstream.received(), [CALL_SEEN]);
    until("it is answered", || proxy.calls()[0].on_answer.is_some()).await;
    assert_eq!((proxy.calls()[0].delivered, proxy.calls()[0].caller_gone), (None, None));
}

#[tokio::test]
async fn what_the_interceptor_answers_gets_no_further() {
    let upstream = Upstream::answering().await;
    let (script, mut happened) = Script::passing();
    let proxy = cloud(&upstream.url, Script { on_arrival: OnArrival::Answer(made_up()), ..script }).await;
    assert_eq!(Caller::send(&proxy.url(), CALL).await.read_to_end().await, MADE_UP);
    assert_eq!(upstream.received(), Vec::<String>::new());
    assert_eq!([happened.recv().await, happened.recv().await], [Asked::Arrival, Asked::Delivered].map(Some));
    let (status, _) = proxy.calls()[0].delivered.unwrap();
    assert_eq!((status, proxy.calls()[0].answered), (StatusCode::CONFLICT, None));
}

#[tokio::test]
async fn silence_lasts_until_the_caller_gives_up() {
    let upstream = Upstream::answering().await;
    let proxy = cloud(&upstream.url, Script::arriving(OnArrival::Silence)).await;
    let mut caller = Caller::send(&proxy.url(), CALL).await;
    caller.assert_nothing_for(A_WHILE).await;
    assert_eq!(proxy.calls()[0].caller_gone, None);
    drop(caller);
    until("the caller is gone", || proxy.calls()[0].caller_gone.is_some()).await;
    assert_eq!(upstream.received(), Vec::<String>::new());
}

#[tokio::test]
async fn a_call_whose_caller_goes_while_the_interceptor_decides_is_forwarded_all_the_same() {
    let upstream = Upstream::answering().await;
    let (script, mut happened) = Script::gated();
    let proxy = cloud(&upstream.url, script.clone()).await;
    let caller = Caller::send(&proxy.url(), CALL).await;
    assert_eq!(happened.recv().await, Some(Asked::Arrival));
    drop(caller);
    until("the caller is gone", || proxy.calls()[0].caller_gone.is_some()).await;
    assert_eq!(upstream.received(), Vec::<String>::new());
    script.arrivals.add_permits(1);
    assert_eq!(happened.recv().await, Some(Asked::Answer));
    assert_eq!(upstream.received(), [CALL_SEEN]);
}

#[tokio::test]
async fn a_call_whose_caller_goes_while_the_upstream_works_is_answered_all_the_same() {
    let upstream = Upstream::answering().await;
    upstream.gate.forget_permits(usize::MAX);
    let (script, mut happened) = Script::passing();
    let proxy = cloud(&upstream.url, script).await;
    let caller = Caller::send(&proxy.url(), CALL).await;
    until("it has arrived", || !upstream.received().is_empty()).await;
    drop(caller);
    until("the caller is gone", || proxy.calls()[0].caller_gone.is_some()).await;
    upstream.gate.add_permits(1);
    assert_eq!([happened.recv().await, happened.recv().await], [Asked::Arrival, Asked::Answer].map(Some));
    until("the interceptor has spoken", || proxy.calls()[0].on_answer.is_some()).await;
    assert_eq!(proxy.calls()[0].delivered, None);
}
