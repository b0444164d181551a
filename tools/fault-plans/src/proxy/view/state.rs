//! Where the next watch and the next list lead.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;

use super::Distortion;
use super::history::History;
use crate::proxy::answer::Answer;
use crate::proxy::arrival::Arrival;
use crate::proxy::interceptor::{OnArrival, OnEvent, WatchEvent};

/// What the next call meets. Each leads to the one below it.
#[derive(Debug, Default)]
enum Next {
    #[default]
    Nothing,
    /// The next watch is too old. The list after it is an old one, or as it should be.
    TooOld(Option<Travel>),
    /// The next list is an old one.
    OldList(Travel),
    /// The next watch begins late.
    LateWatch(Duration),
}

#[derive(Debug)]
struct Travel {
    list: Value,
    lag: Duration,
}

#[derive(Debug)]
pub(super) struct State {
    /// The kinds of calls that matter.
    list: String,
    watch: String,
    history: History,
    next: Next,
}

impl State {
    pub(super) fn of(resource: &str) -> Self {
        let (list, watch) = (format!("LIST {resource}"), format!("WATCH {resource}"));
        Self { list, watch, history: History::default(), next: Next::Nothing }
    }

    pub(super) fn arrival(&mut self, arrival: &Arrival) -> Option<OnArrival> {
        let is_watch = arrival.kind == *self.watch;
        let is_list = arrival.kind == *self.list && !is_further_page(arrival) && !is_question(arrival);
        let (verdict, next) = match std::mem::take(&mut self.next) {
            Next::TooOld(None) if is_watch => (Some(too_old()), Next::Nothing),
            Next::TooOld(Some(travel)) if is_watch => (Some(too_old()), Next::OldList(travel)),
            Next::OldList(Travel { list, lag }) if is_list => {
                (Some(OnArrival::Answer(Answer::json(StatusCode::OK, &list))), Next::LateWatch(lag))
            }
            Next::LateWatch(lag) if is_watch => (Some(OnArrival::Hold(lag)), Next::Nothing),
            still => (None, still),
        };
        self.next = next;
        verdict
    }

    pub(super) fn answer(&mut self, arrival: &Arrival, answer: &Answer) {
        if arrival.kind == *self.list && answer.status == StatusCode::OK && !is_question(arrival) {
            // What is no JSON is no list.
            let list = serde_json::from_slice(&answer.body).unwrap_or_default();
            self.history.listed(&list, is_further_page(arrival));
        }
    }

    pub(super) fn event(&mut self, arrival: &Arrival, event: &WatchEvent, distortion: Option<Distortion>) -> OnEvent {
        if arrival.kind != *self.watch {
            return OnEvent::Pass;
        }
        let mut line: Value = serde_json::from_slice(&event.line).unwrap_or_default();
        self.history.changed(event, line["object"].take());
        distortion.map_or(OnEvent::Pass, |distortion| self.distort(distortion))
    }

    fn distort(&mut self, distortion: Distortion) -> OnEvent {
        match distortion {
            Distortion::Lose(unnoticed) => {
                self.next = Next::TooOld(None);
                OnEvent::DropThenEnd(unnoticed)
            }
            Distortion::Delay(pause) => OnEvent::Hold(pause),
            Distortion::Repeat => OnEvent::Repeat,
            Distortion::Reorder(unnoticed) => {
                self.next = Next::TooOld(None);
                OnEvent::SwapThenEnd(unnoticed)
            }
            Distortion::TimeTravel { changes, lag } => {
                let travel = self.history.list(changes.max(1)).map(|list| Travel { list, lag });
                self.next = Next::TooOld(travel);
                OnEvent::PassThenEnd(Duration::ZERO)
            }
        }
    }
}

fn is_further_page(list: &Arrival) -> bool {
    parameters(list).any(|pair| pair.starts_with("continue=") && pair != "continue=")
}

/// It asks for the newest version, not for what there is.
fn is_question(list: &Arrival) -> bool {
    parameters(list).any(|pair| pair == "limit=1")
}

fn parameters(list: &Arrival) -> impl Iterator<Item = &str> {
    list.path_and_query.split_once('?').map_or("", |(_, query)| query).split('&')
}

/// As the API server says it of a resource version that is no longer in its memory: the watch begins well, and its only event is an
/// error.
fn too_old() -> OnArrival {
    let failure = Answer::kubernetes_failure(StatusCode::GONE, "Expired", "too old resource version");
    let line = [br#"{"type":"ERROR","object":"#, failure.body.as_ref(), b"}\n"].concat();
    OnArrival::Answer(Answer { status: StatusCode::OK, body: Bytes::from(line), ..failure })
}
