//! What the proxies do to the traffic while things are to go wrong: a share of the calls, answers and events meets a fault.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::call::{answer_of, arrival_of};
use crate::dice::Dice;
use crate::fault::{KubernetesFault, ViewFault};
use crate::proxy::writes;
use crate::proxy::{Arrival, OnAnswer, OnArrival, Side};
use crate::timeline::{Actor, Timeline};

/// One call in so many meets a fault on its way there, and one in so many on its way back.
const SHARE: usize = 25;

/// One event of the watch in so many.
const EVENT_SHARE: usize = 12;

/// Between two distortions of the watch: one has to be over before the next begins.
const CALM_WATCH: Duration = Duration::from_secs(3);

/// A cloud call that is late arrives within the lag that the operator assumes for the provider's lists.
const LATE: Duration = Duration::from_millis(1200);

/// A slow cloud answer.
const SLOW: Duration = Duration::from_millis(500);

/// How a side is when it cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    /// Connections break.
    Broken,
    /// Nothing is answered.
    Silent,
}

/// The faults of one round.
#[derive(Debug)]
pub(crate) struct RandomFaults(Mutex<State>);

#[derive(Debug)]
struct State {
    dice: Dice,
    is_calm: bool,
    outages: BTreeMap<Side, (Outage, Instant)>,
    last_distortion: Option<Instant>,
    injected: BTreeMap<String, usize>,
}

impl RandomFaults {
    pub(crate) fn new(dice: Dice) -> Arc<Self> {
        let state =
            State { dice, is_calm: false, outages: BTreeMap::new(), last_distortion: None, injected: BTreeMap::new() };
        Arc::new(Self(Mutex::new(state)))
    }

    /// From now on everything passes.
    pub(crate) fn calm(&self) {
        self.state().is_calm = true;
    }

    /// For so long a side cannot be reached.
    pub(crate) fn cut_off(&self, side: Side, outage: Outage, span: Duration) {
        self.state().outages.insert(side, (outage, Instant::now() + span));
    }

    /// How often which fault was injected.
    pub(crate) fn injected(&self) -> BTreeMap<String, usize> {
        self.state().injected.clone()
    }

    /// What becomes of a call.
    pub(crate) fn arrival(&self, arrival: &Arrival, timeline: &Timeline) -> OnArrival {
        let mut state = self.state();
        if state.is_calm {
            return OnArrival::Pass;
        }
        if let Some(outage) = state.outage(arrival.side) {
            return match outage {
                Outage::Broken => OnArrival::Cut,
                Outage::Silent => OnArrival::Silence,
            };
        }
        if !state.dice.is_one_in(SHARE) {
            return OnArrival::Pass;
        }
        let (what, verdict) = match arrival.side {
            Side::Kubernetes => state.call_to_kubernetes(arrival),
            Side::Cloud => state.call_to_cloud(),
        };
        if verdict != OnArrival::Pass {
            state.count(arrival, what);
            drop(state);
            timeline.tell(Actor::Fault, format!("{} meets {what}", arrival.kind));
        }
        verdict
    }

    /// What becomes of an answer.
    pub(crate) fn answer(&self, arrival: &Arrival, timeline: &Timeline) -> OnAnswer {
        let mut state = self.state();
        if state.is_calm || !state.dice.is_one_in(SHARE) {
            return OnAnswer::Pass;
        }
        let (what, verdict) = match arrival.side {
            Side::Kubernetes => state.answer_of_kubernetes(),
            Side::Cloud => state.answer_of_cloud(),
        };
        state.count(arrival, what);
        drop(state);
        timeline.tell(Actor::Fault, format!("the answer to {} meets {what}", arrival.kind));
        verdict
    }

    /// What becomes of an event of the watch; `None`: it passes.
    pub(crate) fn event(&self) -> Option<ViewFault> {
        let mut state = self.state();
        let is_too_early = state.last_distortion.is_some_and(|last| last.elapsed() < CALM_WATCH);
        if state.is_calm || is_too_early || !state.dice.is_one_in(EVENT_SHARE) {
            return None;
        }
        state.last_distortion = Some(Instant::now());
        let fault = state.dice.pick(ViewFault::ALL).copied()?;
        *state.injected.entry(format!("watch: {}", fault.name())).or_default() += 1;
        Some(fault)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn outage(&mut self, side: Side) -> Option<Outage> {
        let (outage, end) = *self.outages.get(&side)?;
        if Instant::now() < end {
            return Some(outage);
        }
        self.outages.remove(&side);
        None
    }

    fn count(&mut self, arrival: &Arrival, what: &str) {
        let side = match arrival.side {
            Side::Kubernetes => "API server",
            Side::Cloud => "cloud call",
        };
        *self.injected.entry(format!("{side}: {what}")).or_default() += 1;
    }

    /// A read cannot conflict; everything else can happen to it as well.
    fn call_to_kubernetes(&mut self, arrival: &Arrival) -> (&'static str, OnArrival) {
        use KubernetesFault::{BlackHole, Conflict, Delayed, Invalid, Late, TooManyRequests, Unavailable};
        const WRITE: [KubernetesFault; 7] = [Conflict, Invalid, TooManyRequests, Unavailable, Delayed, Late, BlackHole];
        const READ: [KubernetesFault; 4] = [TooManyRequests, Unavailable, Delayed, BlackHole];
        let of: &[KubernetesFault] = if writes(Side::Kubernetes, &arrival.kind.0) { &WRITE } else { &READ };
        let fault = self.dice.pick(of).copied().unwrap_or(Unavailable);
        (fault.name(), arrival_of(fault, arrival))
    }

    fn answer_of_kubernetes(&mut self) -> (&'static str, OnAnswer) {
        use KubernetesFault::{InternalErrorApplied, ResetApplied, Slow, UnavailableApplied};
        const ANSWERS: [KubernetesFault; 4] = [InternalErrorApplied, UnavailableApplied, ResetApplied, Slow];
        let fault = self.dice.pick(&ANSWERS).copied().unwrap_or(Slow);
        (fault.name(), answer_of(fault))
    }

    fn call_to_cloud(&mut self) -> (&'static str, OnArrival) {
        match self.dice.below(4) {
            0 => ("connection broken before", OnArrival::Cut),
            1 => ("late", OnArrival::Late(LATE)),
            2 => ("no answer", OnArrival::Silence),
            _ => ("slow to arrive", OnArrival::Hold(SLOW)),
        }
    }

    fn answer_of_cloud(&mut self) -> (&'static str, OnAnswer) {
        match self.dice.below(3) {
            0 => ("connection broken after", OnAnswer::Cut),
            1 => ("cut short", OnAnswer::Truncate),
            _ => ("slow", OnAnswer::Hold(SLOW)),
        }
    }
}
