//! A side that can fall silent.

use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, OnArrival, OnEvent, WatchEvent};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;

/// What becomes of a call that meets silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nobody ever gets it, or its answer: a network that drops everything.
    Lost,
    /// It is dealt with when the silence ends, even though its caller may have given it up: a process that was stopped.
    Late,
}

/// A side, as an interceptor sees it. The events of a watch that is open come when the silence ends, whatever becomes of calls.
#[derive(Debug)]
pub(super) struct Peer {
    is_silent: watch::Sender<bool>,
    fate: Fate,
}

impl Peer {
    pub(super) fn new(fate: Fate) -> Self {
        Self { is_silent: watch::Sender::new(false), fate }
    }

    pub(super) fn fall_silent(&self) {
        self.is_silent.send_replace(true);
    }

    pub(super) fn speak(&self) {
        self.is_silent.send_replace(false);
    }

    /// Whether what comes now is lost. What is not waits for the end of the silence.
    async fn loses(&self) -> bool {
        let is_lost = *self.is_silent.borrow() && self.fate == Fate::Lost;
        if !is_lost {
            self.spoken().await;
        }
        is_lost
    }

    async fn spoken(&self) {
        self.is_silent.subscribe().wait_for(|silent| !silent).await.expect("it has its sender");
    }
}

impl Interceptor for Peer {
    fn arrival<'a>(&'a self, _: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        async { if self.loses().await { OnArrival::Silence } else { OnArrival::Pass } }.boxed()
    }

    fn answer<'a>(&'a self, _: &'a Arrival, _: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        async { if self.loses().await { OnAnswer::Silence } else { OnAnswer::Pass } }.boxed()
    }

    fn event<'a>(&'a self, _: &'a Arrival, _: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        self.spoken().map(|()| OnEvent::Pass).boxed()
    }
}
