//! A scripted API server on virtual time: what it answers, and when, is the test's.

use std::future;
use std::sync::{Arc, Mutex};

use futures::StreamExt;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::core::watch::{Bookmark, BookmarkMeta};
use kube::core::{ListMeta, Status, TypeMeta};
use serde_json::json;

use super::*;

const PACE: Pace = Pace {
    page_size: 2,
    page: Duration::from_secs(30),
    start: Duration::from_secs(10),
    watch: Duration::from_mins(1),
    quiet: Duration::from_secs(65),
    relist: Duration::from_mins(30),
};

/// What becomes of one call.
enum Answer {
    /// Objects by name and version, the version of the list, and where it goes on.
    List(Vec<(&'static str, &'static str)>, &'static str, Option<&'static str>),
    /// Events, each after so long; after the last one the watch stays open, and says nothing.
    Watch(Vec<(Duration, WatchEvent<ConfigMap>)>),
    /// The same, and it ends after so long.
    Ending(Vec<(Duration, WatchEvent<ConfigMap>)>, Duration),
    Refusal(u16),
    Silence,
    Panic,
}

/// Answers from a script, and keeps the calls. Out of answers, it is silent.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<Shared>>);

#[derive(Default)]
struct Shared {
    answers: std::collections::VecDeque<Answer>,
    calls: Vec<String>,
}

impl Script {
    fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Self::default();
        script.0.lock().unwrap().answers.extend(answers);
        script
    }

    fn next(&self, call: String) -> Option<Answer> {
        let mut shared = self.0.lock().unwrap();
        shared.calls.push(call);
        shared.answers.pop_front()
    }

    fn calls(&self) -> Vec<String> {
        self.0.lock().unwrap().calls.clone()
    }
}

fn refusal(code: u16) -> kube::Error {
    kube::Error::Api(Status::failure("no", "No").with_code(code).boxed())
}

fn object(name: &str, version: &str) -> ConfigMap {
    serde_json::from_value(json!({"metadata": {"namespace": "team", "name": name, "resourceVersion": version}}))
        .unwrap()
}

fn changed(name: &str, version: &str) -> WatchEvent<ConfigMap> {
    WatchEvent::Modified(object(name, version))
}

fn bookmark(version: &str) -> WatchEvent<ConfigMap> {
    let metadata = BookmarkMeta { resource_version: version.to_owned(), annotations: [].into() };
    WatchEvent::Bookmark(Bookmark { types: TypeMeta { api_version: "v1".into(), kind: "ConfigMap".into() }, metadata })
}

fn expired() -> WatchEvent<ConfigMap> {
    WatchEvent::Error(Status::failure("too old", "Expired").with_code(410).boxed())
}

impl Source for Script {
    type Object = ConfigMap;

    fn list<'a>(&'a self, parameters: &'a ListParams) -> BoxFuture<'a, kube::Result<ObjectList<ConfigMap>>> {
        let word = match (&parameters.continue_token, parameters.limit) {
            (None, Some(1)) => "compare".to_owned(),
            (None, _) => "list".to_owned(),
            (Some(token), _) => format!("list {token}"),
        };
        match self.next(word) {
            Some(Answer::List(items, version, token)) => {
                let metadata = ListMeta {
                    resource_version: Some(version.to_owned()),
                    continue_: token.map(str::to_owned),
                    ..ListMeta::default()
                };
                let items = items.into_iter().map(|(name, version)| object(name, version)).collect();
                let types = TypeMeta { api_version: "v1".into(), kind: "ConfigMapList".into() };
                future::ready(Ok(ObjectList { types, metadata, items })).boxed()
            }
            Some(Answer::Refusal(code)) => future::ready(Err(refusal(code))).boxed(),
            Some(Answer::Panic) => async { panic!("on purpose") }.boxed(),
            _ => future::pending().boxed(),
        }
    }

    fn watch<'a>(&'a self, _: &'a WatchParams, version: &'a str) -> BoxFuture<'a, kube::Result<Events<ConfigMap>>> {
        let timed = |events: Vec<(Duration, WatchEvent<ConfigMap>)>| {
            stream::iter(events).then(async |(pause, event)| {
                tokio::time::sleep(pause).await;
                Ok(event)
            })
        };
        match self.next(format!("watch {version}")) {
            Some(Answer::Watch(events)) => future::ready(Ok(timed(events).chain(stream::pending()).boxed())).boxed(),
            Some(Answer::Ending(events, rest)) => {
                let end =
                    stream::once(async move { tokio::time::sleep(rest).await }).filter_map(|()| future::ready(None));
                future::ready(Ok(timed(events).chain(end).boxed())).boxed()
            }
            Some(Answer::Refusal(code)) => future::ready(Err(refusal(code))).boxed(),
            _ => future::pending().boxed(),
        }
    }
}

fn word(event: &watcher::Result<Event<ConfigMap>>) -> String {
    let named = |object: &ConfigMap| format!("{}@{}", object.name_any(), object.resource_version().unwrap_or_default());
    match event {
        Ok(Event::Init) => "init".into(),
        Ok(Event::InitApply(object)) => format!("listed {}", named(object)),
        Ok(Event::InitDone) => "all listed".into(),
        Ok(Event::Apply(object)) => format!("changed {}", named(object)),
        Ok(Event::Delete(object)) => format!("gone {}", named(object)),
        Err(error) => format!("error: {error}"),
    }
}

/// What comes out until there are so many, with the time at which each came; how often the view was current.
async fn seen(script: &Script, number: usize) -> (Vec<(u64, String)>, usize) {
    let times = Arc::new(Mutex::new(0));
    let (begin, told) = (Instant::now(), Arc::clone(&times));
    let stream = list_watch(script.clone(), PACE, move || *told.lock().unwrap() += 1);
    let events = stream.take(number).map(|event| (begin.elapsed().as_secs(), word(&event))).collect().await;
    let times = *times.lock().unwrap();
    (events, times)
}

fn lines(events: &[(u64, String)]) -> Vec<(u64, &str)> {
    events.iter().map(|(at, text)| (*at, text.as_str())).collect()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn pages_become_one_list_and_a_watch_goes_on_from_its_version() {
    let script = Script::of([
        Answer::List(vec![("a", "1"), ("b", "2")], "7", Some("more")),
        Answer::List(vec![("c", "3")], "7", None),
        Answer::Watch(vec![(seconds(3), changed("a", "8"))]),
    ]);
    let (events, current) = seen(&script, 6).await;
    let expected =
        [(0, "init"), (0, "listed a@1"), (0, "listed b@2"), (0, "listed c@3"), (0, "all listed"), (3, "changed a@8")];
    assert_eq!(lines(&events), expected);
    assert_eq!(script.calls(), ["list", "list more", "watch 7"]);
    assert_eq!(current, 3, "listed, begun, heard");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_never_answered_is_given_up_and_asked_for_again() {
    let script = Script::of([Answer::Silence, Answer::List(vec![("a", "1")], "7", Some("more")), Answer::Silence]);
    let (events, current) = seen(&script, 4).await;
    let late = "error: failed to perform initial object list: ServiceError: no answer within 30s";
    assert_eq!(lines(&events), [(30, late), (30, "init"), (30, "listed a@1"), (60, late)]);
    assert_eq!(current, 0);
}

#[tokio::test(start_paused = true)]
async fn lists_that_fail_are_nothing_but_errors_so_that_the_pauses_between_them_grow() {
    let script = Script::of([Answer::Refusal(503), Answer::Refusal(503), Answer::List(vec![], "7", None)]);
    let (events, _) = seen(&script, 4).await;
    let words: Vec<&str> = events.iter().map(|(_, text)| text.split(':').next().unwrap()).collect();
    assert_eq!(words, ["error", "error", "init", "all listed"]);
}

#[tokio::test(start_paused = true)]
async fn where_no_watch_begins_a_list_shows_what_there_is() {
    let script =
        Script::of([Answer::List(vec![], "7", None), Answer::Silence, Answer::List(vec![("a", "8")], "8", None)]);
    let (events, _) = seen(&script, 6).await;
    let late = "error: failed to start watching object: ServiceError: no answer within 10s";
    assert_eq!(
        lines(&events),
        [(0, "init"), (0, "all listed"), (10, late), (10, "init"), (10, "listed a@8"), (10, "all listed")]
    );
}

#[tokio::test(start_paused = true)]
async fn a_watch_on_which_nothing_is_heard_is_begun_again_where_it_was() {
    let script = Script::of([
        Answer::List(vec![], "7", None),
        Answer::Watch(vec![(seconds(5), changed("a", "8"))]),
        Answer::List(vec![], "9", None),
        Answer::Watch(vec![(seconds(1), changed("b", "9"))]),
    ]);
    let (events, _) = seen(&script, 5).await;
    let silent = "error: watch stream failed: ServiceError: nothing was heard for 65s";
    assert_eq!(lines(&events), [(0, "init"), (0, "all listed"), (5, "changed a@8"), (70, silent), (71, "changed b@9")]);
    assert_eq!(script.calls(), ["list", "watch 7", "compare", "watch 8"]);
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_lived_its_time_goes_on_without_a_question() {
    let script = Script::of([
        Answer::List(vec![], "7", None),
        Answer::Ending(vec![(seconds(58), bookmark("9"))], seconds(2)),
        Answer::Watch(vec![(seconds(1), changed("b", "10"))]),
    ]);
    let (events, _) = seen(&script, 3).await;
    assert_eq!(lines(&events)[2], (61, "changed b@10"));
    assert_eq!(script.calls(), ["list", "watch 7", "watch 9"]);
}

#[tokio::test(start_paused = true)]
async fn versions_that_went_back_are_found_when_a_watch_breaks_and_everything_is_listed() {
    let script = Script::of([
        Answer::List(vec![("a", "1000")], "1000", None),
        Answer::Ending(vec![(seconds(5), changed("a", "1001"))], seconds(1)),
        Answer::List(vec![], "501", None),
        Answer::List(vec![("a", "500")], "501", None),
        Answer::Watch(vec![(seconds(1), changed("a", "502"))]),
    ]);
    let (events, _) = seen(&script, 8).await;
    assert_eq!(
        lines(&events)[3..],
        [(5, "changed a@1001"), (6, "init"), (6, "listed a@500"), (6, "all listed"), (7, "changed a@502")]
    );
    assert_eq!(script.calls(), ["list", "watch 1000", "compare", "list", "watch 501"]);
}

#[tokio::test(start_paused = true)]
async fn versions_that_went_back_unnoticed_are_found_when_a_watch_stays_silent() {
    let script = Script::of([
        Answer::List(vec![("a", "1000")], "1000", None),
        Answer::Ending(vec![], seconds(60)),
        Answer::List(vec![], "501", None),
        Answer::List(vec![("a", "500")], "501", None),
        Answer::Silence,
    ]);
    let (events, _) = seen(&script, 6).await;
    assert_eq!(lines(&events)[3..], [(60, "init"), (60, "listed a@500"), (60, "all listed")]);
}

#[tokio::test(start_paused = true)]
async fn everything_is_listed_again_after_half_an_hour_however_much_is_heard() {
    let busy = (0..400).map(|_| (seconds(5), bookmark("8"))).collect();
    let script = Script::of([Answer::List(vec![], "7", None), Answer::Watch(busy), Answer::List(vec![], "9", None)]);
    let (events, _) = seen(&script, 4).await;
    let (at, again) = &events[2];
    assert!((27 * 60..=33 * 60).contains(at), "{at}");
    assert_eq!(again, "init");
    assert_eq!(events[3].1, "all listed");
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_is_listed_and_what_passes_is_tried_again() {
    let script = Script::of([
        Answer::List(vec![], "7", None),
        Answer::Watch(vec![(seconds(1), expired())]),
        Answer::List(vec![], "9", None),
        Answer::Refusal(503),
        Answer::List(vec![], "9", None),
        Answer::Refusal(410),
        Answer::List(vec![], "11", None),
    ]);
    let (events, _) = seen(&script, 8).await;
    let words: Vec<&str> = events.iter().map(|(_, text)| text.split(':').next().unwrap()).collect();
    assert_eq!(words, ["init", "all listed", "error", "init", "all listed", "error", "error", "init"]);
    assert_eq!(script.calls(), ["list", "watch 7", "list", "watch 9", "compare", "watch 9", "list"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_nothing_and_is_counted() {
    let before = Task::Watch.restarts();
    let script = Script::of([Answer::Panic, Answer::List(vec![("a", "1")], "7", None)]);
    let (events, _) = seen(&script, 4).await;
    let panicked = "error: watch stream failed: ServiceError: it panicked";
    assert_eq!(lines(&events), [(0, panicked), (0, "init"), (0, "listed a@1"), (0, "all listed")]);
    assert_eq!(Task::Watch.restarts(), before + 1);
}
