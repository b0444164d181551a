//! An interceptor that answers as a test tells it to.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, OnArrival, OnEvent, WatchEvent};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use http::StatusCode;
use serde_json::json;
use tokio::sync::{Semaphore, mpsc};

/// What an interceptor was asked, and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Arrival,
    Answer,
    Delivered,
}

/// Says the same of every call, of each event what is next in the list, and lets what is left pass.
pub(crate) struct Script {
    pub(crate) on_arrival: OnArrival,
    pub(crate) on_answer: OnAnswer,
    pub(crate) on_event: Mutex<Vec<OnEvent>>,
    /// What the interceptor needs a permit from before it says something of an arrival.
    pub(crate) arrivals: Semaphore,
    /// And of an answer.
    pub(crate) answers: Semaphore,
    pub(crate) asked: mpsc::UnboundedSender<Asked>,
}

/// What happens at an interceptor, in order.
pub(crate) type Happened = mpsc::UnboundedReceiver<Asked>;

/// More permits than any test takes.
const OPEN: usize = 1000;

impl Script {
    pub(crate) fn passing() -> (Self, Happened) {
        let (asked, happened) = mpsc::unbounded_channel();
        let script = Self {
            on_arrival: OnArrival::Pass,
            on_answer: OnAnswer::Pass,
            on_event: Mutex::default(),
            arrivals: Semaphore::new(OPEN),
            answers: Semaphore::new(OPEN),
            asked,
        };
        (script, happened)
    }

    /// Lets everything pass, once it is permitted.
    pub(crate) fn gated() -> (Arc<Self>, Happened) {
        let (script, happened) = Self::passing();
        (Arc::new(Self { arrivals: Semaphore::new(0), answers: Semaphore::new(0), ..script }), happened)
    }

    pub(crate) fn arriving(on_arrival: OnArrival) -> Self {
        Self { on_arrival, ..Self::passing().0 }
    }

    pub(crate) fn answering(on_answer: OnAnswer) -> Self {
        Self { on_answer, ..Self::passing().0 }
    }

    pub(crate) fn events(on_event: &[OnEvent]) -> Self {
        Self { on_event: on_event.iter().rev().cloned().collect::<Vec<_>>().into(), ..Self::passing().0 }
    }

    async fn tell(&self, asked: Asked) {
        // Most tests do not listen.
        let _ = self.asked.send(asked);
        let gate = match asked {
            Asked::Arrival => &self.arrivals,
            Asked::Answer => &self.answers,
            Asked::Delivered => return,
        };
        gate.acquire().await.unwrap().forget();
    }
}

impl Interceptor for Script {
    fn arrival<'a>(&'a self, _: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        self.tell(Asked::Arrival).map(|()| self.on_arrival.clone()).boxed()
    }

    fn answer<'a>(&'a self, _: &'a Arrival, _: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        self.tell(Asked::Answer).map(|()| self.on_answer.clone()).boxed()
    }

    fn delivered<'a>(&'a self, _: &'a Arrival) -> BoxFuture<'a, ()> {
        self.tell(Asked::Delivered).boxed()
    }

    fn event<'a>(&'a self, _: &'a Arrival, _: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        ready(self.on_event.lock().unwrap().pop().unwrap_or(OnEvent::Pass)).boxed()
    }
}

/// An answer that no upstream gives.
pub(crate) fn made_up() -> Answer {
    Answer::json(StatusCode::CONFLICT, &json!({"made": "up"})).with_header(http::header::DATE, date())
}

/// What the caller sees of it.
pub(crate) const MADE_UP: &str = "HTTP/1.1 409 Conflict\r\ncontent-type: application/json\r\ndate: Thu, 01 Jan 1970 00:00:00 \
     GMT\r\nconnection: close\r\ncontent-length: 13\r\n\r\n{\"made\":\"up\"}";

fn date() -> http::HeaderValue {
    http::HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT")
}

/// Long enough to be told from no time at all.
pub(crate) const A_WHILE: Duration = Duration::from_millis(150);
