//! What becomes of the events of a watch.

use std::time::{Duration, Instant};

use fault_plans::proxy::{EventType, OnAnswer, OnArrival, OnEvent, Proxy, SeenEvent};
use tokio::sync::{broadcast, mpsc};

use crate::caller::{Caller, PATIENCE};
use crate::script::{A_WHILE, MADE_UP, Script, made_up};
use crate::support::{kubernetes, until};
use crate::upstream::{Then, Upstream, chunk};

const WATCH: &str = "GET /api/v1/configmaps?watch=true&resourceVersion=5 HTTP/1.1\r\nhost: here\r\naccept-encoding: gzip\r\n\
     connection: close\r\n\r\n";
const WATCH_SEEN: &str =
    "GET /api/v1/configmaps?watch=true&resourceVersion=5 HTTP/1.1\r\naccept-encoding: identity\r\n";
const HEAD: &str = "HTTP/1.1 200 OK\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\nconnection: close\r\ntransfer-encoding: \
     chunked\r\n\r\n";
const END: &str = "0\r\n\r\n";

/// An upstream with a stream, and a caller behind a proxy that has got the head of it.
struct Watch {
    lines: broadcast::Sender<Option<String>>,
    upstream: std::sync::Arc<Upstream>,
    closings: mpsc::UnboundedReceiver<()>,
    proxy: Proxy,
    caller: Caller,
}

impl Watch {
    async fn begin(script: Script) -> Self {
        let mut watch = Self::ask(script).await;
        assert_eq!(watch.caller.until("\r\n\r\n").await, HEAD);
        watch
    }

    async fn ask(script: Script) -> Self {
        let (lines, _) = broadcast::channel(16);
        let (upstream, closings) = Upstream::start(Then::Stream(lines.clone())).await;
        let proxy = kubernetes(&upstream.url, script).await;
        let caller = Caller::send(&proxy.url(), WATCH).await;
        until("the watch has arrived", || !upstream.received().is_empty()).await;
        Self { lines, upstream, closings, proxy, caller }
    }

    fn say(&self, line: impl Into<Option<String>>) {
        self.lines.send(line.into()).unwrap();
    }
}

fn line(number: usize) -> String {
    let object = format!(r#"{{"metadata":{{"name":"n{number}","resourceVersion":"{}"}}}}"#, number + 5);
    format!("{{\"type\":\"MODIFIED\",\"object\":{object}}}\n")
}

/// The numbers of the lines that a caller sees of five, when this is said of the first ones.
async fn seen_of_five(on_event: &[OnEvent]) -> String {
    let mut watch = Watch::begin(Script::events(on_event)).await;
    for number in 1..=5 {
        watch.say(line(number));
    }
    watch.say(None);
    let seen = watch.caller.read_to_end().await;
    assert!(seen.ends_with(END), "{seen}");
    let name = |line: &str| Some(line.split_once(r#""name":"n"#)?.1.split_once('"')?.0.to_owned());
    seen.lines().filter_map(name).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn each_verdict_on_an_event_does_what_it_says() {
    use OnEvent::{Drop, End, Hold, Pass, Repeat, Swap};
    let short = Hold(Duration::from_millis(10));
    assert_eq!(seen_of_five(&[]).await, "1 2 3 4 5");
    assert_eq!(seen_of_five(&[Pass, Drop]).await, "1 3 4 5");
    assert_eq!(seen_of_five(&[Pass, Repeat]).await, "1 2 2 3 4 5");
    assert_eq!(seen_of_five(&[Pass, Swap]).await, "1 3 2 4 5");
    assert_eq!(seen_of_five(&[Swap, Drop]).await, "3 1 4 5");
    assert_eq!(seen_of_five(&[Swap, Swap]).await, "3 1 2 4 5");
    assert_eq!(seen_of_five(&[Pass, short.clone(), short]).await, "1 2 3 4 5");
    assert_eq!(seen_of_five(&[Pass, Pass, End]).await, "1 2");
    assert_eq!(seen_of_five(&[Pass, Pass, Pass, Pass, Swap]).await, "1 2 3 4");
    let long = Duration::from_mins(1);
    assert_eq!(seen_of_five(&[OnEvent::PassThenEnd(long)]).await, "1 2 3 4 5");
    assert_eq!(seen_of_five(&[OnEvent::DropThenEnd(long)]).await, "2 3 4 5");
    assert_eq!(seen_of_five(&[OnEvent::SwapThenEnd(long)]).await, "2 1 3 4 5");
}

#[tokio::test]
async fn a_watch_that_is_to_end_after_a_while_ends_by_itself() {
    use OnEvent::{DropThenEnd, PassThenEnd, SwapThenEnd};
    for verdict in [PassThenEnd(A_WHILE), DropThenEnd(A_WHILE), SwapThenEnd(A_WHILE)] {
        let mut watch = Watch::begin(Script::events(std::slice::from_ref(&verdict))).await;
        let begin = Instant::now();
        watch.say(line(1));
        let seen = watch.caller.read_to_end().await;
        assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
        let expected = if verdict == PassThenEnd(A_WHILE) { chunk(&line(1)) } else { String::new() };
        assert_eq!(seen, expected + END);
        tokio::time::timeout(PATIENCE, watch.closings.recv()).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_event_does_not_wait_for_the_next() {
    let mut watch = Watch::begin(Script::passing().0).await;
    assert!(watch.upstream.received()[0].starts_with(WATCH_SEEN), "{:?}", watch.upstream.received());
    for number in 1..=3 {
        watch.say(line(number));
        let expected = chunk(&line(number));
        assert_eq!(watch.caller.until("\n\r\n").await, expected);
    }
    watch.say(None);
    assert_eq!(watch.caller.read_to_end().await, END);
    until("the end is delivered", || watch.proxy.calls()[0].delivered.is_some()).await;
}

#[tokio::test]
async fn an_event_in_pieces_is_one_event_and_two_in_one_piece_are_two() {
    let mut watch = Watch::begin(Script::events(&[OnEvent::Drop, OnEvent::Pass, OnEvent::Drop])).await;
    let all = line(1) + &line(2) + &line(3) + &line(4);
    watch.say(all[..20].to_owned());
    watch.say(all[20..].to_owned());
    watch.say(None);
    assert_eq!(watch.caller.read_to_end().await, chunk(&line(2)) + &chunk(&line(4)) + END);
}

#[tokio::test]
async fn a_held_event_holds_up_those_behind_it() {
    let mut watch = Watch::begin(Script::events(&[OnEvent::Hold(A_WHILE)])).await;
    let begin = Instant::now();
    watch.say(line(1));
    watch.say(line(2));
    watch.caller.assert_nothing_for(A_WHILE / 2).await;
    assert_eq!(watch.caller.until("\n\r\n").await, chunk(&line(1)));
    assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
    assert_eq!(watch.caller.until("\n\r\n").await, chunk(&line(2)));
}

#[tokio::test]
async fn the_watch_of_the_upstream_ends_with_its_caller() {
    let mut watch = Watch::begin(Script::passing().0).await;
    watch.say(line(1));
    watch.caller.until("\n\r\n").await;
    drop(watch.caller);
    tokio::time::timeout(PATIENCE, watch.closings.recv()).await.unwrap().unwrap();
    until("the caller is gone", || watch.proxy.calls()[0].caller_gone.is_some()).await;
}

#[tokio::test]
async fn the_watch_of_the_upstream_ends_with_the_interceptors_word() {
    let mut watch = Watch::begin(Script::events(&[OnEvent::End])).await;
    watch.say(line(1));
    assert_eq!(watch.caller.read_to_end().await, END);
    tokio::time::timeout(PATIENCE, watch.closings.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn where_the_upstream_breaks_the_caller_sees_a_break() {
    let mut watch = Watch::begin(Script::passing().0).await;
    watch.say(line(1));
    watch.caller.until("\n\r\n").await;
    // More at once than the upstream of the tests can take: it closes the connection in the middle.
    (0..100).for_each(|number| watch.say(line(number)));
    let seen = watch.caller.read_to_end().await;
    assert!(!seen.ends_with(END), "{seen}");
    until("the failure is known", || watch.proxy.calls()[0].failure.is_some()).await;
    assert_eq!(watch.proxy.calls()[0].caller_gone, None);
}

#[tokio::test]
async fn a_watch_is_answered_as_the_interceptor_says() {
    let mut replaced = Watch::ask(Script::answering(OnAnswer::Replace(made_up()))).await;
    assert_eq!(replaced.caller.read_to_end().await, MADE_UP);
    tokio::time::timeout(PATIENCE, replaced.closings.recv()).await.unwrap().unwrap();
    let mut cut = Watch::ask(Script::answering(OnAnswer::Cut)).await;
    assert_eq!(cut.caller.read_to_end().await, "");
    tokio::time::timeout(PATIENCE, cut.closings.recv()).await.unwrap().unwrap();
    let begin = Instant::now();
    let mut held = Watch::begin(Script::answering(OnAnswer::Hold(A_WHILE))).await;
    assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
    held.say(line(1));
    assert_eq!(held.caller.until("\n\r\n").await, chunk(&line(1)));
    let mut late = Watch::ask(Script::arriving(OnArrival::Late(Duration::from_millis(1)))).await;
    assert_eq!(late.caller.read_to_end().await, "");
    tokio::time::timeout(PATIENCE, late.closings.recv()).await.unwrap().unwrap();
}

#[tokio::test]
async fn events_are_counted_over_all_watches_and_within_each() {
    let watch = Watch::begin(Script::events(&[OnEvent::Pass, OnEvent::Drop])).await;
    watch.say(line(1));
    watch.say(line(2));
    until("two have come", || watch.proxy.events().len() == 2).await;
    let mut second = Caller::send(&watch.proxy.url(), WATCH).await;
    second.until("\r\n\r\n").await;
    watch.say(line(3));
    until("both streams have the third", || watch.proxy.events().len() == 4).await;
    let told = |event: SeenEvent| {
        let SeenEvent { call, number, nth, type_, name, resource_version, at: _, on_event } = event;
        assert_eq!(type_, EventType::Modified);
        (number, call, nth, format!("{name}@{resource_version}"), on_event)
    };
    let mut told: Vec<_> = watch.proxy.events().into_iter().map(told).collect();
    // Which stream has the third first is nobody's business.
    told[2..].sort_by_key(|(_, call, ..)| *call);
    let (third, fourth) = (told[2].0, told[3].0);
    assert_eq!((third.min(fourth), third.max(fourth)), (3, 4));
    let of = |number, call, nth, what: &str, said| (number, call, nth, what.to_owned(), Some(said));
    let expected = [
        of(1, 1, 1, "n1@6", OnEvent::Pass),
        of(2, 1, 2, "n2@7", OnEvent::Drop),
        of(third, 1, 3, "n3@8", OnEvent::Pass),
        of(fourth, 2, 1, "n3@8", OnEvent::Pass),
    ];
    assert_eq!(told, expected);
}
