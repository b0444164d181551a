//! What a client knows of the API server's objects, distorted as an API server may distort it.
//!
//! A real API server loses no event for good and leaves nobody with an old object for ever: what it lost or misordered, it makes
//! good by telling the client to list again. So does everything here, after a while in which the client acts on what it knows.

mod history;
mod state;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, ready};

use super::answer::Answer;
use super::arrival::Arrival;
use super::interceptor::{Interceptor, OnAnswer, OnArrival, OnEvent, WatchEvent};
use state::State;

/// What happens to a client's view at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Distortion {
    /// The client never sees the event. After so long its watch ends, the next one is told that its resource version is too old,
    /// and the list that follows shows everything.
    Lose(Duration),
    /// The client sees the event after so long, and nothing else meanwhile.
    Delay(Duration),
    /// The client sees the event twice in a row.
    Repeat,
    /// The client sees the event after the next one, or not at all if there is none in so long. Then its watch ends, and it lists
    /// anew, as with [`Lose`](Self::Lose).
    Reorder(Duration),
    /// The client sees the event, then its watch ends, the next one is told that its resource version is too old, and the list that
    /// follows is served by an API server that lags behind: it shows what was so before the event. The watch that begins there shows
    /// the rest.
    ///
    /// Today's API servers are like that to a client that takes any list they have. One that asks for the newest, as kube's watcher does
    /// by default, asks etcd, and does not meet this unless etcd itself was set back.
    TimeTravel {
        /// How many changes the list leaves out, counted back from the event, the event included; at least 1. Where so many are not
        /// known, the list is the oldest that is.
        changes: usize,
        /// How long that API server lags behind: the watch that follows the list begins after so long.
        lag: Duration,
    },
}

/// What a proxy's interceptor knows of the view of one client on one resource, all namespaces that it watches together.
///
/// An interceptor tells it of arrivals, answers and events, and asks it what to say of them.
#[derive(Debug)]
pub struct View {
    state: Mutex<State>,
}

impl View {
    /// Of a resource as [`CallKind`](super::CallKind) names it: `vpcendpointservices`.
    pub fn of(resource: &str) -> Self {
        Self { state: Mutex::new(State::of(resource)) }
    }

    /// What becomes of a call that a distortion leads elsewhere; `None`: it is none of those.
    pub fn arrival(&self, arrival: &Arrival) -> Option<OnArrival> {
        self.state().arrival(arrival)
    }

    /// Remembers what a list shows. To be told of every answer.
    pub fn answer(&self, arrival: &Arrival, answer: &Answer) {
        self.state().answer(arrival, answer);
    }

    /// Remembers what an event changes, and says what becomes of it. To be told of every event, once.
    pub fn event(&self, arrival: &Arrival, event: &WatchEvent, distortion: Option<Distortion>) -> OnEvent {
        self.state().event(arrival, event, distortion)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An interceptor that distorts the view of a client once, at one event, and lets everything else pass.
#[derive(Debug)]
pub struct Distort {
    view: View,
    /// [`WatchEvent::number`].
    number: usize,
    distortion: Distortion,
}

impl Distort {
    /// At the event with this number among all events of the proxy.
    pub fn at(number: usize, resource: &str, distortion: Distortion) -> Self {
        Self { view: View::of(resource), number, distortion }
    }
}

impl Interceptor for Distort {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        ready(self.view.arrival(arrival).unwrap_or(OnArrival::Pass)).boxed()
    }

    fn answer<'a>(&'a self, arrival: &'a Arrival, answer: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        self.view.answer(arrival, answer);
        ready(OnAnswer::Pass).boxed()
    }

    fn event<'a>(&'a self, arrival: &'a Arrival, event: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        let distortion = Some(self.distortion).filter(|_| event.number == self.number);
        ready(self.view.event(arrival, event, distortion)).boxed()
    }
}
