//! The inventory: one list serves every object, with pending writes overlaid on it (read-your-writes).
//!
//! Per account and region, one task lists the resources that carry our cluster tag, and a snapshot of them answers
//! every reconcile at once. What it returns says when its list began, and for as long as the provider's lists may lag
//! behind our own writes, those stand in for what the lists show. Nobody waits here: whoever needs a fresher look
//! registers a refresh request and is requeued when it is served, and when the resource of an object changes, just that object is
//! requeued.

mod breakers;
mod details;
mod field_failures;
mod object_state;
pub mod observed;
mod orphans;
mod pending_writes;
mod reads;
mod refresh_requests;
pub mod resource;
mod schedule;
mod state;
mod task;
mod unknown_states;
mod view;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::Clock;
use jiff::Timestamp;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

use super::requeuer::Requeuer;
use crate::identity::{ObjectId, Owner, Target};
use crate::supervise::{self, Task};
use crate::timing::Timing;
use observed::CreateAttempt;
pub use orphans::Owned;
pub use reads::Reads;
use resource::Resource;
use state::lists::Requeued;
use state::{About, State};

/// What one account and region is known to hold. Cheap to clone; its task ends with the last clone.
#[derive(Clone, Debug)]
pub struct Inventory<R: Resource> {
    shared: Arc<Shared<R>>,
    _task: Arc<AbortOnDropHandle<()>>,
}

/// What an inventory works with.
#[derive(Clone, Debug)]
pub struct Setup<R: Resource> {
    pub target: Target,
    /// Of the target's region, with the target's credentials.
    pub reader: R::Reader,
    /// The cluster id, the value of the cluster tag.
    pub cluster: String,
    pub timing: Timing,
    pub requeuer: Requeuer,
    pub clock: Arc<dyn Clock>,
    /// The id of this process.
    pub process: String,
    pub process_start: Timestamp,
}

/// Which object is asked about.
#[derive(Clone, Debug)]
pub struct Query<'a, M> {
    pub id: &'a ObjectId,
    pub owner: &'a Owner,
    /// The generation of the object that asks.
    pub generation: i64,
    /// The id in status.
    pub named: Option<&'a str>,
    /// The id of the resource that the spec wants adopted.
    pub adopt: Option<&'a str>,
    /// The create record that the object carries.
    pub record: Option<RecordMark>,
    pub details: DetailsQuery<'a, M>,
}

/// What an object has to do with details, which no list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct DetailsQuery<'a, M> {
    /// Which of them the spec manages.
    pub managed: M,
    /// The value of the annotation by which a person asks for a look at everything.
    pub requested_at: Option<&'a str>,
    /// When such a look was had last, by status.
    pub refreshed_at: Option<Timestamp>,
}

/// What tells one create record of an object from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordMark {
    /// 0 for the object's first resource, then 1, …
    pub incarnation: u32,
    pub time: Timestamp,
    pub hash: String,
    /// The process that holds it, and since when, if it was another's before.
    pub owner: String,
    pub taken_over: Option<Timestamp>,
}

/// The numbers for the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Lists that were begun.
    pub lists: u64,
    /// Lists of the dependents of the resources that were begun.
    pub dependent_lists: u64,
    /// Lists of either kind that failed, each try counted.
    pub list_failures: u64,
    /// Resources whose details were read again by the inventory itself.
    pub details_reads: u64,
    /// Those of them that failed.
    pub details_failures: u64,
    /// States of the provider that are in no documentation, each counted once.
    pub unknown_states: u64,
    /// When the newest good list began.
    pub snapshot_as_of: Option<Timestamp>,
    /// Objects that are watched.
    pub objects: usize,
    /// Resources of our cluster that are known.
    pub resources: usize,
}

impl Figures {
    /// The counts of both together. What is a state, not a count, is this one's.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            lists: self.lists + other.lists,
            dependent_lists: self.dependent_lists + other.dependent_lists,
            list_failures: self.list_failures + other.list_failures,
            details_reads: self.details_reads + other.details_reads,
            details_failures: self.details_failures + other.details_failures,
            unknown_states: self.unknown_states + other.unknown_states,
            ..self
        }
    }
}

/// What the handles and the task share.
#[derive(Debug)]
struct Shared<R: Resource> {
    setup: Setup<R>,
    /// Held for short computations only, never across an await.
    state: Mutex<State<R>>,
    /// The time of the next list may have changed.
    list: Notify,
    /// The time of the next list of the dependents of the resources may have changed.
    dependents: Notify,
    /// The time of the next refresh of details may have come nearer.
    details: Notify,
}

impl<R: Resource> Inventory<R> {
    /// Starts the task of a target. It sends nothing before somebody asks about an object. Must be called on a tokio
    /// runtime.
    pub fn start(setup: Setup<R>) -> Self {
        let about = About {
            cluster: setup.cluster.clone(),
            account: setup.target.account.clone(),
            timing: setup.timing,
            process: setup.process.clone(),
            process_start: setup.process_start,
        };
        let shared = Arc::new(Shared {
            setup,
            state: Mutex::new(State::new(about)),
            list: Notify::new(),
            dependents: Notify::new(),
            details: Notify::new(),
        });
        let lists = Arc::clone(&shared);
        let lists = supervise::forever(Task::Lists, move || task::run(Arc::clone(&lists)));
        let task = AbortOnDropHandle::new(tokio::spawn(lists));
        Self { shared, _task: Arc::new(task) }
    }

    /// Everything that is known of an object, at once. Registers the object: from now on it is requeued when something
    /// changes for it.
    pub fn observed(&self, query: &Query<'_, R::Managed>) -> R::Observed {
        let now = self.shared.now();
        let observed = self.shared.state().observed(query, now);
        self.shared.list.notify_one();
        self.shared.details.notify_one();
        if R::manages_dependents(query.details.managed) {
            self.shared.dependents.notify_one();
        }
        observed
    }

    /// Asks for a list that begins at `not_before` or later, and for requeuing the object when it has
    /// ended. One refresh request an object: a newer one replaces the older.
    pub fn request_refresh(&self, id: &ObjectId, not_before: Timestamp) {
        if self.shared.state().request_refresh(id, not_before) {
            self.shared.setup.requeuer.enqueue(id);
        }
        self.shared.list.notify_one();
    }

    /// Asks for a list of the dependents of the resources that begins at `not_before` or later, and for requeuing the object when it has
    /// ended.
    pub fn request_dependents(&self, id: &ObjectId, not_before: Timestamp) {
        let now = self.shared.now();
        if self.shared.state().request_dependents(id, not_before, now) {
            self.shared.setup.requeuer.enqueue(id);
        }
        self.shared.dependents.notify_one();
    }

    /// Takes in a write that the provider has just accepted.
    pub fn remember(&self, resource_id: &str, write: &R::Write) {
        let now = self.shared.now();
        self.shared.state().remember(resource_id, write, now);
        self.shared.list.notify_one();
        self.shared.dependents.notify_one();
    }

    /// Takes in what a Create has just made.
    pub fn remember_created(&self, id: &ObjectId, created: R::Created) {
        let now = self.shared.now();
        self.shared.state().remember_created(id, created, now);
        self.shared.list.notify_one();
    }

    /// Takes in how a Create ended.
    pub fn remember_attempt(&self, id: &ObjectId, attempt: CreateAttempt) {
        self.shared.state().remember_attempt(id, attempt);
    }

    /// Takes in that this process wrote a create record on the object.
    pub fn remember_record(&self, id: &ObjectId, record: impl Into<RecordMark>) {
        let now = self.shared.now();
        self.shared.state().remember_record(id, record.into(), now);
    }

    /// Takes in that the provider refused a write to a resource. It counts for twice `blocked_poll_interval`, or until the
    /// operation succeeds.
    pub fn remember_refusal(&self, resource_id: &str, error: &cloud_core::Error) {
        let now = self.shared.now();
        self.shared.state().remember_refusal(resource_id, error, now);
    }

    /// Takes in that the provider refused a write for its values.
    pub fn remember_field_failure(
        &self,
        id: &ObjectId,
        resource_id: &str,
        write: &R::Write,
        error: &cloud_core::Error,
    ) {
        let now = self.shared.now();
        self.shared.state().remember_field_failure(id, resource_id, write, error, now);
    }

    /// Drops what is remembered of an object that no longer exists.
    pub fn forget(&self, id: &ObjectId) {
        self.shared.state().forget(id);
    }

    /// The numbers for the metrics.
    pub fn figures(&self) -> Figures {
        self.shared.state().figures()
    }
}

impl<R: Resource> Shared<R> {
    fn now(&self) -> Timestamp {
        self.setup.clock.now()
    }

    /// The state. A panic elsewhere cannot have left it half changed in a way that the next list does not repair.
    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn requeue(&self, requeued: &Requeued) {
        for id in &requeued.objects {
            self.setup.requeuer.enqueue(id);
        }
        if requeued.recovered {
            self.setup.requeuer.recovered(&self.setup.target);
        }
    }
}

#[cfg(test)]
pub(crate) mod test_support;
#[cfg(test)]
mod tests;
