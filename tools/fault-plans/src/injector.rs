//! The fault injector in one operator's traffic: it records the timeline, counts, and injects the fault once, where the plan says.

pub(crate) mod call;
pub(crate) mod cloud_fault;
mod describe;
mod injection;
mod lead;
mod random;
mod tally;
mod view;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::watch;

pub(crate) use self::injection::{Injection, Order, Pace};
pub(crate) use self::random::{Outage, RandomFaults};
use self::tally::Counting;
pub(crate) use self::tally::Tally;
use crate::error::HarnessError;
use crate::fault::{Fault, Site};
use crate::harness::Harness;
use crate::proxy::view::View;
use crate::proxy::{Answer, Arrival, Interceptor, OnAnswer, OnArrival, OnEvent, Side, WatchEvent};
use crate::timeline::Actor;

/// The look at the whole cloud.
const LIST_SERVICES: &str = "ListVpcEndpointServices";

/// How long a request may be under way before it arrives after all, if the next process never looks at the cloud.
const LATEST: Duration = Duration::from_secs(2);

/// What decides about the traffic of one operator.
#[derive(Debug)]
pub(crate) struct FaultInjector {
    harness: Harness,
    injection: Injection,
    counting: Mutex<Counting>,
    /// [`Arrival::number`] of the call that the order is about; 0: it has not come.
    injected: AtomicUsize,
    done: AtomicBool,
    /// What the operator sends to the API server is lost.
    is_deaf: AtomicBool,
    listed: watch::Sender<usize>,
    view: View,
    error: Mutex<Option<HarnessError>>,
}

impl FaultInjector {
    pub(crate) fn new(harness: Harness, injection: Injection) -> Arc<Self> {
        Arc::new(Self {
            harness,
            injection,
            counting: Mutex::default(),
            injected: AtomicUsize::new(0),
            done: AtomicBool::new(false),
            is_deaf: AtomicBool::new(false),
            listed: watch::Sender::new(0),
            view: View::of("vpcendpointservices"),
            error: Mutex::default(),
        })
    }

    /// From now on calls and events count.
    pub(crate) fn arm(&self) {
        self.harness.timeline.tell(Actor::Seen, "the workload begins");
        self.counting.lock().unwrap_or_else(PoisonError::into_inner).begin();
    }

    /// What was counted so far.
    pub(crate) fn tally(&self) -> Tally {
        self.counting.lock().unwrap_or_else(PoisonError::into_inner).tally()
    }

    /// Whether the fault was injected.
    pub(crate) fn is_injected(&self) -> bool {
        self.done.load(Ordering::SeqCst)
    }

    /// What the fault itself could not do.
    pub(crate) fn error(&self) -> Option<HarnessError> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The fault, if this is the call that it is injected at.
    fn at(&self, arrival: &Arrival) -> Option<Fault> {
        let number = key(arrival);
        self.injection.order().filter(|_| self.injected.load(Ordering::SeqCst) == number).map(|order| order.fault)
    }

    /// Counts a call; the fault, if this is its place.
    fn count(&self, arrival: &Arrival) -> Option<Fault> {
        let counted = self.counting.lock().unwrap_or_else(PoisonError::into_inner).call(arrival)?;
        let order = self.injection.order()?;
        let Site::Call { side, kind, nth } = &order.site else { return None };
        if (*side, kind, *nth) != (arrival.side, &arrival.kind, counted) {
            return None;
        }
        self.injected.store(key(arrival), Ordering::SeqCst);
        Some(order.fault)
    }

    /// The fault has done what it does.
    fn inject(&self, what: impl Into<String>) {
        self.done.store(true, Ordering::SeqCst);
        self.harness.timeline.tell(Actor::Fault, what);
    }

    fn keep_error(&self, result: Result<(), HarnessError>) {
        if let Err(error) = result {
            self.harness.timeline.tell(Actor::Fault, error.to_string());
            *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
        }
    }

    /// SIGKILL and a new process, as a fault.
    async fn crash(&self) {
        let crashed = self.harness.process.crash().await;
        self.keep_error(crashed);
    }

    /// Until one more look at the whole cloud has been answered, at the latest after [`LATEST`].
    async fn until_listed(&self) {
        let mut listed = self.listed.subscribe();
        let now = *listed.borrow();
        // The injector outlives its own channel; too late is fine as well.
        let _ = tokio::time::timeout(LATEST, listed.wait_for(|count| *count > now)).await;
    }
}

/// Numbers begin at 1 at each of the two proxies; this tells the calls of both apart.
fn key(arrival: &Arrival) -> usize {
    match arrival.side {
        Side::Kubernetes => arrival.number * 2,
        Side::Cloud => arrival.number * 2 + 1,
    }
}

impl Interceptor for FaultInjector {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        async move {
            if describe::writes_status(arrival) {
                // The status is held against what the cloud was when it was sent.
                self.harness.cloud_log.look();
            }
            if let Some(unheard) = self.unheard(arrival) {
                return unheard;
            }
            if let Some(detour) = self.view.arrival(arrival) {
                return detour;
            }
            if let Some(random) = self.injection.random() {
                return random.arrival(arrival, &self.harness.timeline);
            }
            match self.count(arrival) {
                Some(fault) => self.inject_at_arrival(fault, arrival).await,
                None => self.injection.pause(arrival.side).map_or(OnArrival::Pass, OnArrival::Hold),
            }
        }
        .boxed()
    }

    fn answer<'a>(&'a self, arrival: &'a Arrival, answer: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        async move {
            describe::tell(&self.harness.timeline, arrival, Some(answer));
            self.view.answer(arrival, answer);
            if let Some(random) = self.injection.random() {
                return random.answer(arrival, &self.harness.timeline);
            }
            match self.at(arrival) {
                Some(fault) => self.inject_at_answer(fault).await,
                None => OnAnswer::Pass,
            }
        }
        .boxed()
    }

    fn delivered<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, ()> {
        async move {
            if arrival.kind == LIST_SERVICES {
                self.listed.send_modify(|count| *count += 1);
            }
            if let Some(fault) = self.at(arrival) {
                self.inject_when_delivered(fault, arrival).await;
            }
        }
        .boxed()
    }

    fn event<'a>(&'a self, arrival: &'a Arrival, event: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        async move {
            describe::event(&self.harness.timeline, event);
            if !describe::watches_objects(arrival) {
                return OnEvent::Pass;
            }
            if let Some(random) = self.injection.random() {
                return self.on_event(arrival, event, random.event());
            }
            let counted = self.counting.lock().unwrap_or_else(PoisonError::into_inner).event(event);
            let injected = match (counted, self.injection.order()) {
                (Some(counted), Some(Order { site: Site::Event(site), fault: Fault::View(fault) }))
                    if *site == counted && !self.is_injected() =>
                {
                    Some(*fault)
                }
                _ => None,
            };
            self.on_event(arrival, event, injected)
        }
        .boxed()
    }
}
