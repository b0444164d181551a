//! The objects of a kind as the API server shows them: a list, then a watch, for ever.
//!
//! In the place of kube's own watcher, because nothing here may wait without an end: every page of a list and every start of a watch has a
//! deadline, a watch on which nothing is received is restarted, and everything is listed again from time to time. See decision 27.

mod pause;

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use futures::{FutureExt, Stream, StreamExt, stream};
use kube::api::{ListParams, Resource, WatchEvent, WatchParams};
use kube::core::ObjectList;
use kube::runtime::watcher::{self, Event};
use kube::{Api, ResourceExt};
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep_until, timeout};
use tracing::warn;

pub use self::pause::Pause;
use crate::supervise::Task;

/// A watch that ends sooner than this, with nothing heard, counts as a failure: without a pause it would be restarted without end.
const SHORTEST_WATCH: Duration = Duration::from_secs(1);

/// How long things may take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Objects a page.
    pub page_size: u32,
    /// For one page of a list.
    pub page: Duration,
    /// For the answer that a watch has begun, and for the question which version is the newest.
    pub start: Duration,
    /// The API server ends a watch after this, and says which version it has got to a little before.
    pub watch: Duration,
    /// With nothing heard for this long, a watch is given up. Longer than `watch`.
    pub quiet: Duration,
    /// Everything is listed again after this, more or less a tenth.
    pub relist: Duration,
}

/// Where lists and watches come from.
pub trait Source: Send + Sync + 'static {
    type Object: Resource + Clone + Send + 'static;

    fn list<'a>(&'a self, parameters: &'a ListParams) -> BoxFuture<'a, kube::Result<ObjectList<Self::Object>>>;

    fn watch<'a>(
        &'a self,
        parameters: &'a WatchParams,
        version: &'a str,
    ) -> BoxFuture<'a, kube::Result<Events<Self::Object>>>;
}

/// A watch that has begun.
pub type Events<K> = BoxStream<'static, kube::Result<WatchEvent<K>>>;

impl<K> Source for Api<K>
where
    K: Resource + Clone + DeserializeOwned + fmt::Debug + Send + Sync + 'static,
{
    type Object = K;

    fn list<'a>(&'a self, parameters: &'a ListParams) -> BoxFuture<'a, kube::Result<ObjectList<K>>> {
        Self::list(self, parameters).boxed()
    }

    fn watch<'a>(&'a self, parameters: &'a WatchParams, version: &'a str) -> BoxFuture<'a, kube::Result<Events<K>>> {
        async move { Ok(Self::watch(self, parameters, version).await?.boxed()) }.boxed()
    }
}

/// Lists and watches. Never ends; after an error it goes on where that is safe, at the next poll, which is the caller's to put off.
///
/// `current` is called whenever what was passed on is everything that there is, as far as the API server knows.
pub fn list_watch<S: Source>(
    source: S,
    pace: Pace,
    current: impl Fn() + Send + Sync + 'static,
) -> impl Stream<Item = watcher::Result<Event<S::Object>>> + Send {
    let reader = ListWatch { source, pace, current: Box::new(current), newest: None, relist_at: Instant::now() };
    stream::unfold((reader, State::Begin), async |(mut reader, mut state)| {
        loop {
            // A panic leaves nothing behind but what the next list puts right.
            let stepped = AssertUnwindSafe(reader.step(state)).catch_unwind().await;
            let (event, next) = stepped.unwrap_or_else(|_| {
                Task::Watch.restarted("panicked");
                (Some(Err(watcher::Error::WatchFailed(broken("it panicked")))), State::Begin)
            });
            state = next;
            if let Some(event) = event {
                return Some((event, (reader, state)));
            }
        }
    })
}

/// What comes next.
enum State<K> {
    /// Everything is to be listed.
    Begin,
    /// A list is on its way: the page after `token`, once these objects are passed on.
    Listing {
        token: Option<String>,
        objects: VecDeque<K>,
        version: Option<String>,
    },
    /// A watch is to begin at a version, unless the API server has gone back behind it.
    Doubtful {
        version: String,
    },
    /// A watch is to begin.
    Listed {
        version: String,
    },
    Watching(Watch<K>),
}

struct Watch<K> {
    version: String,
    events: Events<K>,
    began: Instant,
    /// When something was heard last: that it has begun counts.
    heard_at: Instant,
    /// Something but its beginning was heard.
    heard: bool,
}

type Step<K> = (Option<watcher::Result<Event<K>>>, State<K>);

struct ListWatch<S> {
    source: S,
    pace: Pace,
    current: Box<dyn Fn() + Send + Sync>,
    /// The newest version that any answer had.
    newest: Option<u64>,
    relist_at: Instant,
}

impl<S: Source> ListWatch<S> {
    async fn step(&mut self, state: State<S::Object>) -> Step<S::Object> {
        match state {
            State::Begin => self.page(None).await,
            State::Listing { token, mut objects, version } => match (objects.pop_front(), token, version) {
                (Some(next), token, version) => {
                    (Some(Ok(Event::InitApply(next))), State::Listing { token, objects, version })
                }
                (None, None, Some(version)) => (Some(Ok(Event::InitDone)), self.listed(version)),
                (None, token, _) => self.page(token).await,
            },
            State::Doubtful { version } => self.compare(version).await,
            State::Listed { version } => self.begin(version).await,
            State::Watching(watch) => self.follow(watch).await,
        }
    }

    /// `Init` comes with the first page: before it, it would count as a success between two lists that fail, and the pauses between those
    /// would never grow.
    async fn page(&self, token: Option<String>) -> Step<S::Object> {
        let first = token.is_none().then_some(Ok(Event::Init));
        let parameters =
            ListParams { limit: Some(self.pace.page_size), continue_token: token, ..ListParams::default() };
        match within(self.pace.page, self.source.list(&parameters)).await {
            Ok(list) => {
                let given = |text: &String| !text.is_empty();
                let version = list.metadata.resource_version.filter(given);
                let token = list.metadata.continue_.filter(given);
                if version.is_none() && token.is_none() {
                    return (Some(Err(watcher::Error::NoResourceVersion)), State::Begin);
                }
                (first, State::Listing { token, objects: list.items.into(), version })
            }
            Err(error) => (Some(Err(watcher::Error::InitialListFailed(error))), State::Begin),
        }
    }

    fn listed(&mut self, version: String) -> State<S::Object> {
        if self.is_behind(&version) {
            warn!(
                version,
                newest = self.newest,
                "the API server's versions have gone back, as after a restore of etcd: listing everything again"
            );
        }
        self.newest = order(&version);
        self.relist_at = Instant::now() + self.pace.relist.mul_f64(rand::random_range(0.9..=1.1));
        (self.current)();
        State::Listed { version }
    }

    /// Asks which version is the newest. A watch that begins at a later one is told of nothing.
    async fn compare(&self, version: String) -> Step<S::Object> {
        let parameters = ListParams::default().limit(1);
        match within(self.pace.start, self.source.list(&parameters)).await {
            Ok(list) if list.metadata.resource_version.as_deref().is_some_and(|now| self.is_behind(now)) => {
                (None, State::Begin)
            }
            Ok(_) => (None, State::Listed { version }),
            Err(error) => {
                let next = if is_passing(&error) { State::Doubtful { version } } else { State::Begin };
                (Some(Err(watcher::Error::InitialListFailed(error))), next)
            }
        }
    }

    async fn begin(&self, version: String) -> Step<S::Object> {
        let seconds = self.pace.watch.as_millis().div_ceil(1_000);
        let parameters = WatchParams::default().timeout(u32::try_from(seconds).unwrap_or(u32::MAX));
        match within(self.pace.start, self.source.watch(&parameters, &version)).await {
            Ok(events) => {
                (self.current)();
                let now = Instant::now();
                (None, State::Watching(Watch { version, events, began: now, heard_at: now, heard: false }))
            }
            Err(error) => {
                // Where no watch begins, lists must do.
                let next = if is_passing(&error) { State::Doubtful { version } } else { State::Begin };
                (Some(Err(watcher::Error::WatchStartFailed(error))), next)
            }
        }
    }

    async fn follow(&mut self, mut watch: Watch<S::Object>) -> Step<S::Object> {
        let silent = watch.heard_at + self.pace.quiet;
        tokio::select! {
            biased;
            event = watch.events.next() => self.heard(watch, event),
            () = sleep_until(silent.min(self.relist_at)) => {
                if Instant::now() >= self.relist_at {
                    return (None, State::Begin);
                }
                let silence = broken(format!("nothing was heard for {:?}", self.pace.quiet));
                (Some(Err(watcher::Error::WatchFailed(silence))), State::Doubtful { version: watch.version })
            }
        }
    }

    fn heard(
        &mut self,
        watch: Watch<S::Object>,
        event: Option<kube::Result<WatchEvent<S::Object>>>,
    ) -> Step<S::Object> {
        match event {
            Some(Ok(WatchEvent::Added(object) | WatchEvent::Modified(object))) => {
                self.changed(watch, object, Event::Apply)
            }
            Some(Ok(WatchEvent::Deleted(object))) => self.changed(watch, object, Event::Delete),
            Some(Ok(WatchEvent::Bookmark(bookmark))) => (None, self.goes_on(watch, bookmark.metadata.resource_version)),
            Some(Ok(WatchEvent::Error(status))) => {
                let next = if is_passing_status(status.code) {
                    State::Doubtful { version: watch.version }
                } else {
                    State::Begin
                };
                (Some(Err(watcher::Error::WatchError(status))), next)
            }
            Some(Err(error)) => {
                let next = if is_passing(&error) { State::Doubtful { version: watch.version } } else { State::Begin };
                (Some(Err(watcher::Error::WatchFailed(error))), next)
            }
            None => self.ended(watch),
        }
    }

    fn changed(
        &mut self,
        watch: Watch<S::Object>,
        object: S::Object,
        event: fn(S::Object) -> Event<S::Object>,
    ) -> Step<S::Object> {
        match object.resource_version().filter(|version| !version.is_empty()) {
            Some(version) => (Some(Ok(event(object))), self.goes_on(watch, version)),
            None => (Some(Err(watcher::Error::NoResourceVersion)), State::Begin),
        }
    }

    fn goes_on(&mut self, watch: Watch<S::Object>, version: String) -> State<S::Object> {
        self.newest = self.newest.max(order(&version));
        (self.current)();
        State::Watching(Watch { version, heard_at: Instant::now(), heard: true, ..watch })
    }

    /// One that lived its time and was heard of goes on where it was. Of any other nobody knows why it ended.
    fn ended(&self, watch: Watch<S::Object>) -> Step<S::Object> {
        let (version, lived) = (watch.version, watch.began.elapsed());
        if lived < SHORTEST_WATCH {
            let error = watcher::Error::WatchFailed(broken("it ended as soon as it had begun"));
            return (Some(Err(error)), State::Doubtful { version });
        }
        let lived_its_time = lived + SHORTEST_WATCH >= self.pace.watch;
        let next = if watch.heard && lived_its_time { State::Listed { version } } else { State::Doubtful { version } };
        (None, next)
    }

    /// The version is older than one that was seen before.
    fn is_behind(&self, version: &str) -> bool {
        order(version).is_some_and(|version| Some(version) < self.newest)
    }
}

/// Versions of one kind may be compared as integers; any other cannot be compared.
fn order(version: &str) -> Option<u64> {
    version.parse().ok()
}

/// It says nothing about what was asked for: the same may be asked for again.
fn is_passing(error: &kube::Error) -> bool {
    match error {
        kube::Error::Api(status) => is_passing_status(status.code),
        kube::Error::SerdeError(_) => false,
        kube::Error::Service(cause) => !cause.is::<Broken>(),
        _ => true,
    }
}

fn is_passing_status(code: u16) -> bool {
    code == 429 || code >= 500
}

/// Ends within the deadline.
async fn within<T>(deadline: Duration, call: impl Future<Output = kube::Result<T>>) -> kube::Result<T> {
    timeout(deadline, call).await.unwrap_or_else(|_| Err(broken(format!("no answer within {deadline:?}"))))
}

/// What kube has no error for.
#[derive(Debug)]
struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Broken {}

fn broken(what: impl Into<String>) -> kube::Error {
    kube::Error::Service(Box::new(Broken(what.into())))
}

#[cfg(test)]
mod tests;
