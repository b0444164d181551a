//! The judge of one operator's traffic: it tells the story, counts, and strikes once, where the plan says.

mod brief;
pub(crate) mod call;
pub(crate) mod cloud_fault;
mod narrate;
mod tally;
mod view;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::watch;

pub(crate) use self::brief::{Brief, Order, Pace};
use self::tally::Counting;
pub(crate) use self::tally::Tally;
use crate::plan::{Fault, Site};
use crate::proxy::view::View;
use crate::proxy::{Answer, Arrival, Judge, OnAnswer, OnArrival, OnEvent, Side, WatchEvent};
use crate::story::{Actor, Story};
use crate::trouble::Trouble;
use crate::world::{Objects, Process, Sky};

/// The look at the whole cloud.
const SWEEP: &str = "ListVpcEndpointServices";

/// How long a request may be under way before it arrives after all, if the next process never looks at the cloud.
const LATEST: Duration = Duration::from_secs(2);

/// What a judge can lay hands on.
#[derive(Debug)]
pub(crate) struct Hands {
    pub(crate) story: Arc<Story>,
    pub(crate) sky: Arc<Sky>,
    pub(crate) objects: Arc<Objects>,
    pub(crate) process: Arc<Process>,
}

/// The judge.
#[derive(Debug)]
pub(crate) struct Court {
    hands: Hands,
    brief: Brief,
    counting: Mutex<Counting>,
    /// [`Arrival::number`] of the call that the order is about; 0: it has not come.
    struck: AtomicUsize,
    done: AtomicBool,
    swept: watch::Sender<usize>,
    view: View,
    trouble: Mutex<Option<Trouble>>,
}

impl Court {
    pub(crate) fn new(hands: Hands, brief: Brief) -> Arc<Self> {
        Arc::new(Self {
            hands,
            brief,
            counting: Mutex::default(),
            struck: AtomicUsize::new(0),
            done: AtomicBool::new(false),
            swept: watch::Sender::new(0),
            view: View::of("vpcendpointservices"),
            trouble: Mutex::default(),
        })
    }

    /// From now on calls and events count.
    pub(crate) fn arm(&self) {
        self.hands.story.tell(Actor::Seen, "the workload begins");
        self.counting.lock().unwrap_or_else(PoisonError::into_inner).begin();
    }

    /// What was counted so far.
    pub(crate) fn tally(&self) -> Tally {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner).tally()
    }

    /// Whether the fault has struck.
    pub(crate) fn has_struck(&self) -> bool {
        self.done.load(Ordering::SeqCst)
    }

    /// What the fault itself could not do.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The fault, if this is the call that it strikes.
    fn at(&self, arrival: &Arrival) -> Option<Fault> {
        let number = key(arrival);
        self.brief.order().filter(|_| self.struck.load(Ordering::SeqCst) == number).map(|order| order.fault)
    }

    /// Counts a call; the fault, if this is its place.
    fn count(&self, arrival: &Arrival) -> Option<Fault> {
        let counted = self.counting.lock().unwrap_or_else(PoisonError::into_inner).call(arrival)?;
        let order = self.brief.order()?;
        let Site::Call { side, kind, nth } = &order.site else { return None };
        if (*side, kind, *nth) != (arrival.side, &arrival.kind, counted) {
            return None;
        }
        self.struck.store(key(arrival), Ordering::SeqCst);
        Some(order.fault)
    }

    /// The fault has done what it does.
    fn strike(&self, what: impl Into<String>) {
        self.done.store(true, Ordering::SeqCst);
        self.hands.story.tell(Actor::Fault, what);
    }

    fn hold_trouble(&self, result: Result<(), Trouble>) {
        if let Err(trouble) = result {
            self.hands.story.tell(Actor::Fault, trouble.to_string());
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        }
    }

    /// SIGKILL and a new process, as a fault.
    async fn crash(&self) {
        let crashed = self.hands.process.crash().await;
        self.hold_trouble(crashed);
    }

    /// Until one more look at the whole cloud has been answered, at the latest after [`LATEST`].
    async fn until_swept(&self) {
        let mut swept = self.swept.subscribe();
        let now = *swept.borrow();
        // A judge outlives its own channel; too late is fine as well.
        let _ = tokio::time::timeout(LATEST, swept.wait_for(|count| *count > now)).await;
    }
}

/// Numbers begin at 1 at each of the two proxies; this tells the calls of both apart.
fn key(arrival: &Arrival) -> usize {
    match arrival.side {
        Side::Kubernetes => arrival.number * 2,
        Side::Cloud => arrival.number * 2 + 1,
    }
}

impl Judge for Court {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        async move {
            if narrate::speaks_of_status(arrival) {
                // The status is held against what the cloud was when it was sent.
                self.hands.sky.look();
            }
            if let Some(detour) = self.view.arrival(arrival) {
                return detour;
            }
            if let Some(storm) = self.brief.storm() {
                return storm.arrival(arrival, &self.hands.story);
            }
            match self.count(arrival) {
                Some(fault) => self.strike_at_arrival(fault, arrival).await,
                None => self.brief.pause(arrival.side).map_or(OnArrival::Pass, OnArrival::Hold),
            }
        }
        .boxed()
    }

    fn answer<'a>(&'a self, arrival: &'a Arrival, answer: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        async move {
            narrate::tell(&self.hands.story, arrival, Some(answer));
            self.view.answer(arrival, answer);
            if let Some(storm) = self.brief.storm() {
                return storm.answer(arrival, &self.hands.story);
            }
            match self.at(arrival) {
                Some(fault) => self.strike_at_answer(fault).await,
                None => OnAnswer::Pass,
            }
        }
        .boxed()
    }

    fn delivered<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, ()> {
        async move {
            if arrival.kind == SWEEP {
                self.swept.send_modify(|count| *count += 1);
            }
            if let Some(fault) = self.at(arrival) {
                self.strike_when_delivered(fault, arrival).await;
            }
        }
        .boxed()
    }

    fn event<'a>(&'a self, arrival: &'a Arrival, event: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        async move {
            narrate::event(&self.hands.story, event);
            if let Some(storm) = self.brief.storm() {
                return self.judge_event(arrival, event, storm.event());
            }
            let counted = self.counting.lock().unwrap_or_else(PoisonError::into_inner).event(event);
            let struck = match (counted, self.brief.order()) {
                (Some(counted), Some(Order { site: Site::Event(site), fault: Fault::View(fault) }))
                    if *site == counted && !self.has_struck() =>
                {
                    Some(*fault)
                }
                _ => None,
            };
            self.judge_event(arrival, event, struck)
        }
        .boxed()
    }
}
