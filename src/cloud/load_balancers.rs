//! What the load balancers of objects are: each is read once for all objects of the account and region that ask about it, again after a while, and
//! when somebody asks anew.
//!
//! Nobody waits here: who asks is told what is known, and is requeued when that changes. What is known of a load balancer goes with the last object
//! that asks about it. Reads change nothing and are counted by nobody but the provider, so there are no permits for them; they keep a distance from
//! each other.

mod entry;
mod flaw;
mod queue;
mod seen;
mod state;
mod task;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::Clock;
use jiff::Timestamp;
use loadbalancers::Reader;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

pub use self::flaw::{Flaw, Unfit, flaw};
use self::queue::Pauses;
pub use self::seen::{Answer, Mark, Purpose, Seen, Sight, Want, Wanted};
use self::state::State;
use super::requeuer::Requeuer;
use crate::identity::{ObjectId, Target};
use crate::supervise::{self, Task};
use crate::timing::Timing;

/// What is known of the load balancers of one account and region. Its task ends with it.
#[derive(Debug)]
pub struct LoadBalancerCache {
    shared: Arc<Shared>,
    _task: AbortOnDropHandle<()>,
}

/// What it works with.
#[derive(Clone, Debug)]
pub struct Setup {
    pub target: Target,
    /// Of the target's region, with the target's credentials.
    pub reader: Reader,
    pub timing: Timing,
    pub requeuer: Requeuer,
    pub clock: Arc<dyn Clock>,
}

/// What the handle and the task share.
#[derive(Debug)]
struct Shared {
    setup: Setup,
    /// Held for short computations only, never across an await.
    state: Mutex<State>,
    /// The time of the next read may have come nearer.
    changed: Notify,
}

impl LoadBalancerCache {
    /// Starts the task of a target. It sends nothing before somebody asks. Must be called on a tokio runtime.
    pub fn start(setup: Setup) -> Self {
        let start = setup.clock.now();
        let state = Mutex::new(State::new(Pauses::of(&setup.timing), start));
        let shared = Arc::new(Shared { setup, state, changed: Notify::new() });
        let reading = Arc::clone(&shared);
        let reading = supervise::forever(Task::LoadBalancers, move || task::run(Arc::clone(&reading)));
        Self { shared, _task: AbortOnDropHandle::new(tokio::spawn(reading)) }
    }

    /// What is known of the load balancers that an object asks about now, at once. They are the ones that it asks about from now on, and it is
    /// requeued when something of them changes.
    pub fn seen(&self, id: &ObjectId, wanted: &Wanted) -> Seen {
        let now = self.shared.now();
        let seen = self.shared.state().want(id, wanted, now);
        self.shared.changed.notify_one();
        seen
    }

    /// Drops what is remembered of an object that asks about nothing any more.
    pub fn forget(&self, id: &ObjectId) {
        self.shared.state().forget(id);
    }
}

impl Shared {
    fn now(&self) -> Timestamp {
        self.setup.clock.now()
    }

    /// The state. A panic elsewhere cannot have left it half changed in a way that the next read does not repair.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;
