//! Who may call, who waits, who is next. Pure: time and chance are handed in, and whom to requeue is handed out.

mod fair;
mod queue;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use cloud_core::{ApiOperation, Error, Rate};

use super::call_outcome::CallOutcome;
use super::circuit::{Delays, learn};
use super::elapsed::Elapsed;
use super::permit::{Grant, Lock, Want};
use super::rate_window::RateWindow;
use super::rates::Rates;
use super::refusals::Refusals;
use crate::cloud::breaker::Breaker;
use crate::identity::ObjectId;
use crate::timing::Timing;
use queue::{Next, Queue};

/// Why there is no permit now.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Others are before it; `rate`: it is the rate that is used up.
    Queued {
        rate: Option<Rate>,
    },
    Tripped {
        until: Elapsed,
        error: Error,
    },
    /// This very call was refused, and it is too early to send it again.
    Withheld {
        until: Elapsed,
        error: Error,
    },
}

/// The answer to a change, and for whom a permit was reserved by it.
#[derive(Debug)]
pub(super) struct Change<T> {
    pub(super) answer: T,
    pub(super) woken: Vec<ObjectId>,
}

/// The state of one account and region.
#[derive(Debug)]
pub(super) struct State {
    rates: Rates,
    delays: Delays,
    conflict_backoff: Duration,
    limits: BTreeMap<ApiOperation, Limits>,
    /// Locks of permits that are reserved or in use.
    locked: HashSet<Lock>,
    /// Locks in back-off after a conflict, and until when.
    backing_off: HashMap<Lock, Elapsed>,
    queue: Queue,
    refusals: Refusals,
}

/// What stands before one operation.
#[derive(Debug)]
struct Limits {
    window: RateWindow,
    breaker: Breaker<Elapsed>,
}

impl<T> From<(T, Vec<ObjectId>)> for Change<T> {
    fn from((answer, woken): (T, Vec<ObjectId>)) -> Self {
        Self { answer, woken }
    }
}

impl State {
    pub(super) fn new(rates: Rates, timing: &Timing) -> Self {
        Self {
            rates,
            delays: Delays::of(timing),
            conflict_backoff: timing.conflict_backoff,
            limits: BTreeMap::new(),
            locked: HashSet::new(),
            backing_off: HashMap::new(),
            queue: Queue::new(timing.permit_reservation),
            refusals: Refusals::new(timing),
        }
    }

    /// Queues the object, reserves what is free for those who are next, and takes the own permit if it is among that.
    pub(super) fn ask(&mut self, now: Elapsed, id: &ObjectId, want: Want) -> Change<Result<Grant, Refusal>> {
        let operation = want.operation;
        if let Some((until, error)) = self.refusals.forbids(now, id, &want) {
            let error = error.clone();
            return Change { answer: Err(Refusal::Withheld { until, error }), woken: self.leave(now, id) };
        }
        if let Some(given_up) = self.queue.join(id, want) {
            self.free(given_up);
        }
        let mut woken = self.tick(now);
        let answer = self.queue.take(id).ok_or_else(|| self.refusal(now, operation));
        woken.retain(|other| other != id);
        Change { answer, woken }
    }

    /// How many objects are queued, those among them for whom a permit is reserved.
    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// A call has ended.
    pub(super) fn end(&mut self, now: Elapsed, grant: Grant, outcome: CallOutcome, chance: f64) -> Vec<ObjectId> {
        let Grant { id, want, ticket } = grant;
        let operation = want.operation;
        let freed = self.refusals.learn(now, &id, &want, &outcome, self.rates.of(operation), chance);
        if let Some(lock) = want.lock {
            self.locked.remove(&lock);
            if matches!(outcome, CallOutcome::Collided | CallOutcome::CutOff) {
                self.backing_off.insert(lock, now + self.conflict_backoff.mul_f64(1.0 + 2.0 * chance));
            }
        }
        let delays = self.delays;
        let limits = self.limits(operation);
        limits.window.spend(now);
        if learn(&mut limits.breaker, now, ticket, outcome, &delays) {
            self.revoke(operation);
        }
        let mut woken = self.tick(now);
        woken.extend(freed);
        woken
    }

    /// A permit comes back without a call.
    pub(super) fn give_back(&mut self, now: Elapsed, grant: Grant) -> Vec<ObjectId> {
        self.free(grant);
        self.tick(now)
    }

    /// An object wants nothing any more.
    pub(super) fn leave(&mut self, now: Elapsed, id: &ObjectId) -> Vec<ObjectId> {
        if let Some(grant) = self.queue.leave(id) {
            self.free(grant);
        }
        self.tick(now)
    }

    /// The object is gone: nothing is remembered of it.
    pub(super) fn forget(&mut self, now: Elapsed, id: &ObjectId) -> Vec<ObjectId> {
        self.refusals.forget(id);
        self.leave(now, id)
    }

    /// Lets time do its part: permits not taken up pass on, and everybody is woken for whom one is reserved, or who may ask again.
    pub(super) fn tick(&mut self, now: Elapsed) -> Vec<ObjectId> {
        self.backing_off.retain(|_, until| *until > now);
        for grant in self.queue.expire(now) {
            self.free(grant);
        }
        let mut woken = self.refusals.probes(now);
        while let Some(next) = self.next_queued(now) {
            woken.push(self.reserve(now, &next));
        }
        woken
    }

    /// When time alone may change something; `None`: only a change from outside does.
    pub(super) fn next_change(&self, now: Elapsed) -> Option<Elapsed> {
        let limits = self.queue.operations().filter_map(|operation| self.limits.get(&operation)?.next_change(now));
        let back_offs = self.backing_off.values().copied();
        let others = [self.queue.next_expiry(), self.refusals.next_change()].into_iter().flatten();
        limits.chain(back_offs).chain(others).filter(|at| *at > now).min()
    }

    /// The first of all that may go now.
    fn next_queued(&mut self, now: Elapsed) -> Option<Next> {
        let operations: Vec<_> = self.queue.operations().collect();
        let mut open = Vec::new();
        for operation in operations {
            if self.limits(operation).admits(now) {
                open.push(operation);
            }
        }
        open.into_iter().filter_map(|operation| self.queue.next(operation, |lock| self.is_free(lock))).min()
    }

    /// Reserves a permit for the one that is next.
    fn reserve(&mut self, now: Elapsed, next: &Next) -> ObjectId {
        let limits = self.limits(next.operation);
        limits.window.take();
        let ticket = limits.breaker.enter();
        let (id, want) = self.queue.reserve(now, next, ticket);
        self.locked.extend(want.lock);
        id
    }

    /// The breaker has tripped: who was woken and has not come yet is queued again.
    fn revoke(&mut self, operation: ApiOperation) {
        for grant in self.queue.revoke(operation) {
            self.free(grant);
        }
    }

    fn free(&mut self, grant: Grant) {
        let Grant { id: _, want: Want { operation, lock, content: _ }, ticket } = grant;
        let limits = self.limits(operation);
        limits.window.give_back();
        limits.breaker.give_back(ticket);
        if let Some(lock) = lock {
            self.locked.remove(&lock);
        }
    }

    fn refusal(&self, now: Elapsed, operation: ApiOperation) -> Refusal {
        let limits = self.limits.get(&operation);
        if let Some((until, error)) = limits.and_then(|limits| limits.breaker.notice()) {
            return Refusal::Tripped { until, error: error.clone() };
        }
        let is_full = limits.is_some_and(|limits| !limits.window.has_room(now));
        Refusal::Queued { rate: is_full.then(|| self.rates.of(operation)) }
    }

    fn is_free(&self, lock: Option<&Lock>) -> bool {
        lock.is_none_or(|lock| !self.locked.contains(lock) && !self.backing_off.contains_key(lock))
    }

    #[cfg(test)]
    pub(super) fn remembers_nothing(&self) -> bool {
        self.refusals.is_empty()
    }

    fn limits(&mut self, operation: ApiOperation) -> &mut Limits {
        let rate = self.rates.of(operation);
        self.limits
            .entry(operation)
            .or_insert_with(|| Limits { window: RateWindow::new(rate), breaker: Breaker::default() })
    }
}

impl Limits {
    fn admits(&self, now: Elapsed) -> bool {
        self.breaker.admits(now) && self.window.has_room(now)
    }

    fn next_change(&self, now: Elapsed) -> Option<Elapsed> {
        [self.breaker.probe_due(), self.window.next_room(now)].into_iter().flatten().filter(|at| *at > now).min()
    }
}
