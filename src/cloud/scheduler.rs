//! The write scheduler: writes in the order that the provider allows, at the rate that it documents.
//!
//! It knows no product: what it needs of an operation, [`ApiOperation`] says.
//!
//! One scheduler serves one account and region. Whoever wants to write asks for a permit and gets one at once or not at all: nobody
//! waits inside a reconcile. Without a permit the object is queued; when one is free for it, it is requeued and the permit is reserved for
//! it for a short time, so that it can look and plan again and what it sends is never stale.
//!
//! The decisions are in `state`, which knows no clock, no task and no chance; here are the lock, the timer and the requeuing.

mod call_outcome;
mod circuit;
mod elapsed;
mod permit;
mod rate_window;
mod rates;
mod refusals;
mod state;

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_core::{ApiOperation, Clock, Rate};
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

pub use permit::Content;
pub use rates::Rates;

use super::requeuer::Requeuer;
use crate::identity::ObjectId;
use crate::supervise::{self, Task};
use crate::timing::Timing;
use call_outcome::CallOutcome;
use elapsed::Elapsed;
use permit::{Grant, Lock, Want};
use state::{Refusal, State};

#[cfg(test)]
mod tests;

/// A number from 0 up to, but not including, 1.
type Chance = fn() -> f64;

/// Why there is no permit now. The scheduler requeues the object when there is.
#[derive(Clone, Debug)]
pub enum NoPermit {
    /// Others are before it; `rate`: what is allowed of the operation is used up.
    Queued { operation: ApiOperation, rate: Option<Rate> },
    /// The circuit breaker of the operation is tripped for the whole account: throttled, or refused for a reason that is the account's.
    /// Once `until` has passed, one object after the other probes.
    Tripped { until: Timestamp, error: Box<cloud_core::Error> },
    /// This very call of this object was refused with this answer, and it is too early to send it again. The scheduler does not requeue the object for
    /// it, unless the cause of several is to be tried again.
    Withheld { until: Timestamp, error: Box<cloud_core::Error> },
}

/// A call that an object wants to make.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub operation: ApiOperation,
    /// The resource that it is made on, where there is one.
    pub resource_id: Option<&'a str>,
    pub content: Content,
}

/// The scheduler of one account and region. Cheap to clone; the timer stops with the last clone.
#[derive(Clone, Debug)]
pub struct Scheduler {
    shared: Arc<Shared>,
    _keeper: Arc<AbortOnDropHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The next time at which something happens by itself may have changed.
    changed: Notify,
    opened: Instant,
    requeuer: Requeuer,
    clock: Arc<dyn Clock>,
    chance: Chance,
}

/// The right to make one call of one operation, now.
///
/// Make the call with [`Permit::call`], or make it and then say with [`Permit::end`] how it went. A permit that is dropped is given back as
/// unused, so nothing may have been sent under it.
#[derive(Debug)]
#[must_use = "a permit that is dropped is given back unused"]
pub struct Permit {
    grant: Option<Grant>,
    shared: Arc<Shared>,
}

impl Scheduler {
    /// Starts the scheduler of an account and region. Must be called inside a tokio runtime, which runs its timer.
    pub fn new(rates: Rates, timing: &Timing, requeuer: Requeuer, clock: Arc<dyn Clock>) -> Self {
        Self::with_chance(rates, timing, requeuer, clock, rand::random)
    }

    fn with_chance(rates: Rates, timing: &Timing, requeuer: Requeuer, clock: Arc<dyn Clock>, chance: Chance) -> Self {
        let shared = Arc::new(Shared {
            state: Mutex::new(State::new(rates, timing)),
            changed: Notify::new(),
            opened: Instant::now(),
            requeuer,
            clock,
            chance,
        });
        let kept = Arc::clone(&shared);
        let keeper = supervise::forever(Task::Scheduler, move || keep(Arc::clone(&kept)));
        let keeper = AbortOnDropHandle::new(tokio::spawn(keeper));
        Self { shared, _keeper: Arc::new(keeper) }
    }

    /// Asks for a permit for one call.
    ///
    /// Without a permit the object is queued, and is requeued when one is reserved for it; then it must ask for the same again within
    /// [`Timing::permit_reservation`], else the permit passes on to the next. An object is in one queue, once: asking for the same again keeps
    /// its place, asking for something else gives it up. A call that was refused for a reason of the object's own is not given a permit again
    /// before its time.
    pub fn ask(&self, id: &ObjectId, request: Request<'_>) -> Result<Permit, NoPermit> {
        let Request { operation, resource_id, content } = request;
        let want = Want { operation, lock: Lock::of(operation, resource_id), content };
        match self.shared.change(|state, now| state.ask(now, id, want)) {
            Ok(grant) => Ok(Permit { grant: Some(grant), shared: Arc::clone(&self.shared) }),
            Err(Refusal::Queued { rate }) => Err(NoPermit::Queued { operation, rate }),
            Err(Refusal::Tripped { until, error }) => {
                Err(NoPermit::Tripped { until: self.shared.timestamp(until), error: Box::new(error) })
            }
            Err(Refusal::Withheld { until, error }) => {
                Err(NoPermit::Withheld { until: self.shared.timestamp(until), error: Box::new(error) })
            }
        }
    }

    /// Takes an object out of every queue and gives back the permit that is reserved for it. To be called at the end of a reconcile that
    /// wants no permit any more: every reconcile but one that ended in [`NoPermit`].
    pub fn leave(&self, id: &ObjectId) {
        self.shared.change(|state, now| ((), state.leave(now, id)).into());
    }

    /// Does the same, and drops what is remembered of an object that is gone.
    pub fn forget(&self, id: &ObjectId) {
        self.shared.change(|state, now| ((), state.forget(now, id)).into());
    }

    /// How many objects are queued.
    pub fn queued(&self) -> usize {
        self.shared.lock().queued()
    }
}

impl Permit {
    /// Makes the call that this permit is for, and ends the permit with its result.
    ///
    /// When the future is dropped half-way, the permit counts as used and its lock backs off for a while, because the call may have
    /// reached the provider.
    pub async fn call<T>(
        self,
        call: impl Future<Output = Result<T, cloud_core::Error>>,
    ) -> Result<T, cloud_core::Error> {
        let sending = Sending(Some(self));
        let result = call.await;
        sending.done(result.as_ref().map(|_| ()));
        result
    }

    /// Says how the call went. An error trips the breaker of the operation where it is surely the account's; where it is the object's, the same
    /// call gets no permit for a while.
    pub fn end(self, result: Result<(), &cloud_core::Error>) {
        self.finish(CallOutcome::of(result));
    }

    fn finish(mut self, outcome: CallOutcome) {
        let Some(grant) = self.grant.take() else { return };
        let chance = (self.shared.chance)();
        self.shared.change(|state, now| ((), state.end(now, grant, outcome, chance)).into());
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(grant) = self.grant.take() {
            self.shared.change(|state, now| ((), state.give_back(now, grant)).into());
        }
    }
}

/// A permit whose call is on its way.
struct Sending(Option<Permit>);

impl Sending {
    fn done(mut self, result: Result<(), &cloud_core::Error>) {
        if let Some(permit) = self.0.take() {
            permit.end(result);
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(permit) = self.0.take() {
            permit.finish(CallOutcome::CutOff);
        }
    }
}

impl Shared {
    /// Changes the state, requeues those for whom permits were reserved by it and has the keeper set its timer again.
    fn change<T>(&self, change: impl FnOnce(&mut State, Elapsed) -> state::Change<T>) -> T {
        let state::Change { answer, woken } = change(&mut self.lock(), self.now());
        self.requeue_all(&woken);
        self.changed.notify_one();
        answer
    }

    fn requeue_all(&self, woken: &[ObjectId]) {
        for id in woken {
            self.requeuer.enqueue(id);
        }
    }

    /// A panic elsewhere leaves the state as it was between two changes.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Elapsed {
        self.opened.elapsed()
    }

    fn timestamp(&self, at: Elapsed) -> Timestamp {
        let ahead = at.saturating_sub(self.now());
        self.clock.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }
}

/// Does what time alone does: reservations end, rate windows get room, tripped breakers admit a probe.
async fn keep(shared: Arc<Shared>) {
    loop {
        let (woken, next) = {
            let mut state = shared.lock();
            let now = shared.now();
            (state.tick(now), state.next_change(now))
        };
        shared.requeue_all(&woken);
        let timer = next.map_or(FAR, |next| next.saturating_sub(shared.now()));
        tokio::select! {
            () = tokio::time::sleep(timer) => {}
            () = shared.changed.notified() => {}
        }
    }
}

/// Nothing will happen by itself; any change notifies the keeper.
const FAR: Duration = Duration::from_hours(1);
