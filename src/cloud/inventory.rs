//! The inventory: one list serves everybody.
//!
//! Per account and region, one task sweeps the services that carry our cluster tag, and a snapshot of them answers
//! every pass at once. What it hands out says when its sweep began, and for as long as the provider's lists may lag
//! behind our own writes, those stand in for what the lists show. Nobody waits here: whoever needs a fresher look
//! registers a wish and is woken when it is served, and when the service of an object changes, just that object is
//! woken.

mod breakers;
mod details;
mod field;
mod known;
mod own;
mod reads;
mod schedule;
mod setbacks;
mod state;
mod task;
mod view;
mod wishes;
mod words;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::Clock;
use jiff::Timestamp;
use privatelink::Reader;
use tokio::sync::Notify;
use tokio_util::task::AbortOnDropHandle;

use super::requeuer::Wake;
use super::services::observed::{CreateAttempt, Observed};
use super::services::{Created, Write};
use crate::identity::{ObjectId, Owner, Target};
use crate::supervise::{self, Task};
use crate::timing::Timing;
use state::sweeps::Awakened;
use state::{About, State};

/// What one account and region is known to hold. Cheap to clone; its task ends with the last clone.
#[derive(Clone, Debug)]
pub struct Inventory {
    shared: Arc<Shared>,
    _task: Arc<AbortOnDropHandle<()>>,
}

/// What an inventory works with.
#[derive(Clone, Debug)]
pub struct Setup {
    pub target: Target,
    /// Of the target's region, with the target's credentials.
    pub reader: Reader,
    /// The cluster id, the value of the cluster tag.
    pub cluster: String,
    pub timing: Timing,
    pub wake: Wake,
    pub clock: Arc<dyn Clock>,
    /// The id of this process.
    pub process: String,
    pub process_start: Timestamp,
}

/// Which object is asked about.
#[derive(Clone, Debug)]
pub struct Query<'a> {
    pub id: &'a ObjectId,
    pub owner: &'a Owner,
    /// The generation of the object that asks.
    pub generation: i64,
    /// The service id in status.
    pub named: Option<&'a str>,
    /// The create record that the object carries.
    pub record: Option<RecordMark>,
    pub details: DetailsQuery<'a>,
}

/// What an object has to do with details: attachments and principals, which no list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct DetailsQuery<'a> {
    pub managed: Managed,
    /// The value of the annotation by which a person asks for a look at everything.
    pub requested_at: Option<&'a str>,
    /// When such a look was had last, by status.
    pub refreshed_at: Option<Timestamp>,
}

/// Which of the details a spec manages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Managed {
    pub attachments: bool,
    pub principals: bool,
}

impl Managed {
    /// There is something that only a read of the one service shows.
    pub const fn any(self) -> bool {
        self.attachments || self.principals
    }
}

/// What tells one create record of an object from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RecordMark {
    /// 0 for the object's first service, then 1, …
    pub incarnation: u32,
    pub time: Timestamp,
    pub hash: String,
    /// The process that holds it, and since when, if it was another's before.
    pub holder: String,
    pub taken_over: Option<Timestamp>,
}

/// The numbers for the metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Sweeps of the services that were begun.
    pub sweeps: u64,
    /// Sweeps of the connections that were begun.
    pub connection_sweeps: u64,
    /// Sweeps of either kind that failed, each try counted.
    pub sweep_failures: u64,
    /// Services whose details were read again by the inventory itself.
    pub details_reads: u64,
    /// Those of them that failed.
    pub details_failures: u64,
    /// Words of the provider that stand for a state and are in no documentation, each counted once.
    pub unknown_words: u64,
    /// When the newest good sweep of the services began.
    pub snapshot_as_of: Option<Timestamp>,
    /// Objects that are watched.
    pub objects: usize,
    /// Services of our cluster that are known.
    pub services: usize,
}

impl Figures {
    /// The counts of both together. What is a state, not a count, is this one's.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            sweeps: self.sweeps + other.sweeps,
            connection_sweeps: self.connection_sweeps + other.connection_sweeps,
            sweep_failures: self.sweep_failures + other.sweep_failures,
            details_reads: self.details_reads + other.details_reads,
            details_failures: self.details_failures + other.details_failures,
            unknown_words: self.unknown_words + other.unknown_words,
            ..self
        }
    }
}

/// What the handles and the task share.
#[derive(Debug)]
struct Shared {
    setup: Setup,
    /// Held for short computations only, never across an await.
    state: Mutex<State>,
    /// The time of the next sweep of the services may have changed.
    services: Notify,
    /// The time of the next sweep of the connections may have changed.
    connections: Notify,
    /// The time of the next refresh of details may have come nearer.
    details: Notify,
}

impl Inventory {
    /// Starts the task of a target. It sends nothing before somebody asks about an object. Must be called on a tokio
    /// runtime.
    pub fn start(setup: Setup) -> Self {
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
            services: Notify::new(),
            connections: Notify::new(),
            details: Notify::new(),
        });
        let lists = Arc::clone(&shared);
        let lists = supervise::forever(Task::Lists, move || task::run(Arc::clone(&lists)));
        let task = AbortOnDropHandle::new(tokio::spawn(lists));
        Self { shared, _task: Arc::new(task) }
    }

    /// Everything that is known of an object, at once. Registers the object: from now on it is woken when something
    /// changes for it.
    pub fn observed(&self, query: &Query<'_>) -> Observed {
        let now = self.shared.now();
        let observed = self.shared.state().observed(query, now);
        self.shared.services.notify_one();
        self.shared.details.notify_one();
        observed
    }

    /// Asks for a sweep of the services that begins at `not_before` or later, and for waking the object when it has
    /// ended. One wish an object: a newer one replaces the older.
    pub fn wish_services(&self, id: &ObjectId, not_before: Timestamp) {
        if self.shared.state().wish_services(id, not_before) {
            self.shared.setup.wake.object(id);
        }
        self.shared.services.notify_one();
    }

    /// Asks for a sweep of the connections that begins at `not_before` or later, and for waking the object when it has
    /// ended.
    pub fn wish_connections(&self, id: &ObjectId, not_before: Timestamp) {
        if self.shared.state().wish_connections(id, not_before) {
            self.shared.setup.wake.object(id);
        }
        self.shared.connections.notify_one();
    }

    /// Takes in a write that the provider has just accepted.
    pub fn remember(&self, service_id: &str, write: &Write) {
        let now = self.shared.now();
        self.shared.state().remember(service_id, write, now);
        self.shared.services.notify_one();
    }

    /// Takes in what a Create has just made.
    pub fn remember_created(&self, id: &ObjectId, created: Created) {
        let now = self.shared.now();
        self.shared.state().remember_created(id, created, now);
        self.shared.services.notify_one();
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

    /// Takes in that the provider refused a write to a service. It counts for twice `blocked_poll_interval`, or until the
    /// operation succeeds.
    pub fn remember_refusal(&self, service_id: &str, error: &cloud_core::Error) {
        let now = self.shared.now();
        self.shared.state().remember_refusal(service_id, error, now);
    }

    /// Takes in that the provider refused a write for its values.
    pub fn remember_setback(&self, id: &ObjectId, service_id: &str, write: &Write, error: &cloud_core::Error) {
        let now = self.shared.now();
        self.shared.state().remember_setback(id, service_id, write, error, now);
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

impl Shared {
    fn now(&self) -> Timestamp {
        self.setup.clock.now()
    }

    /// The state. A panic elsewhere cannot have left it half changed in a way that the next sweep does not repair.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn awaken(&self, awakened: &Awakened) {
        for id in &awakened.objects {
            self.setup.wake.object(id);
        }
        if awakened.recovered {
            self.setup.wake.recovered(&self.setup.target);
        }
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
