//! Who decides.

use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::answer::Answer;
use super::arrival::Arrival;

/// What happens to a call that has come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnArrival {
    /// It is forwarded.
    Pass,
    /// Nothing is forwarded; the caller's connection is closed.
    Cut,
    /// It is forwarded after so long.
    Hold(Duration),
    /// The caller's connection is closed at once; the call is forwarded after so long, and nobody gets the answer. The interceptor is
    /// still asked about that answer, and whatever it says about it has no effect.
    Late(Duration),
    /// Nothing is forwarded; the caller is told this.
    Answer(Answer),
    /// Nothing is forwarded and nothing answered, until the caller gives up.
    Silence,
}

/// What happens to an answer of the upstream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnAnswer {
    /// The caller gets it.
    Pass,
    /// The caller's connection is closed without an answer.
    Cut,
    /// The caller gets the head, which promises the whole body, and half of the body; then its connection is closed. Where there
    /// is no body, the same as [`Cut`](Self::Cut); so for a watch.
    Truncate,
    /// The caller is told this instead. The upstream's watch, if it is one, ends.
    Replace(Answer),
    /// The caller gets it after so long.
    Hold(Duration),
    /// The caller is not answered until it gives up.
    Silence,
}

/// What happens to an event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnEvent {
    /// It is passed on.
    Pass,
    /// It is left out.
    Drop,
    /// It is passed on twice in a row.
    Repeat,
    /// It is passed on after so long; those behind it wait.
    Hold(Duration),
    /// It is passed on right after the next event that is passed on. If the watch ends before, it is left out, as it is when a
    /// connection breaks.
    Swap,
    /// This line is passed on in its place, with its line feed.
    Instead(Bytes),
    /// It is left out, and the watch ends in an orderly way.
    End,
    /// As [`Pass`](Self::Pass), and the watch ends in an orderly way after so long. What comes meanwhile is decided as ever.
    PassThenEnd(Duration),
    /// As [`Drop`](Self::Drop), and the watch ends after so long.
    DropThenEnd(Duration),
    /// As [`Swap`](Self::Swap), and the watch ends after so long.
    SwapThenEnd(Duration),
}

/// What an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    /// `ADDED`
    Added,
    /// `MODIFIED`
    Modified,
    /// `DELETED`
    Deleted,
    /// `BOOKMARK`
    Bookmark,
    /// `ERROR`
    Error,
    /// A type that Kubernetes does not have today, or a line that is no event.
    Unknown,
}

/// An event of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchEvent {
    /// The how many-eth of all events at this proxy it is, from 1.
    pub number: usize,
    /// The how many-eth of its stream it is, from 1.
    pub nth: usize,
    /// What it says.
    pub type_: EventType,
    /// `metadata.name` of its object; empty where there is none.
    pub name: String,
    /// `metadata.resourceVersion` of its object; empty where there is none.
    pub resource_version: String,
    /// The line as it came, with the line feed.
    pub line: Bytes,
}

/// Decides what happens to calls, answers and events. Whatever is left out passes.
///
/// A method may take its time, and may wait for something to happen elsewhere: the proxy holds the call or the stream meanwhile,
/// and other calls go on. It is called to its end even when the caller goes away meanwhile, which it does when the interceptor ends the
/// operator's process; only the end of the proxy cancels it.
pub trait Interceptor: Send + Sync {
    /// A call has come in; nothing is forwarded yet.
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        let _ = arrival;
        ready(OnArrival::Pass).boxed()
    }

    /// The upstream has answered, so the call has its effect; the caller has nothing of it yet. For a watch the head has come, and
    /// the body is empty. Not called for what [`OnArrival::Answer`] answers.
    fn answer<'a>(&'a self, arrival: &'a Arrival, answer: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        let _ = (arrival, answer);
        ready(OnAnswer::Pass).boxed()
    }

    /// The last byte of a whole answer has been handed to the caller's socket. The caller's program need not have read it yet: what
    /// it makes of the answer shows in what it does next. Whole is also an answer that the interceptor made up. For a watch: its end.
    fn delivered<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, ()> {
        let _ = arrival;
        ready(()).boxed()
    }

    /// An event of a watch has come in; the caller has nothing of it yet.
    fn event<'a>(&'a self, arrival: &'a Arrival, event: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        let _ = (arrival, event);
        ready(OnEvent::Pass).boxed()
    }
}

/// The interceptor of a reference run.
#[derive(Clone, Copy, Debug, Default)]
pub struct PassEverything;

impl Interceptor for PassEverything {}
