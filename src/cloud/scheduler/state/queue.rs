//! Who waits for which operation: namespaces are served fairly, and in each those who came first go first.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use cloud_core::ApiOperation;

use crate::cloud::breaker::Ticket;
use crate::cloud::scheduler::elapsed::Elapsed;
use crate::cloud::scheduler::permit::{Grant, Lock, Want};
use crate::identity::ObjectId;

use super::fair::{Contention, Fair, Number};

/// Place in the queue: the smaller, the longer ago.
pub(super) type Place = u64;

/// After so many permits missed in a row a reservation no longer doubles: 32 s with the default of 2 s.
const MOST_DOUBLINGS: u32 = 4;

/// Everybody who waits, once each.
#[derive(Debug)]
pub(super) struct Queue {
    reservation: Duration,
    next_place: Place,
    waiters: HashMap<ObjectId, Waiter>,
    /// Those queued, by operation and namespace: not those for whom a permit is reserved, nor those who missed their permit.
    by_operation: BTreeMap<ApiOperation, BTreeMap<String, NamespaceQueue>>,
    fair: Fair,
    /// Until when a permit is reserved, for whom.
    reserved: BTreeMap<(Elapsed, Place), ObjectId>,
}

/// Those of one namespace who wait for one operation.
type NamespaceQueue = BTreeMap<Place, (ObjectId, Option<Lock>)>;

/// Who is next in a queue, and when compared with others. An object asks again for each call, so in its namespace it comes behind all who waited.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Next {
    number: Number,
    place: Place,
    pub(super) operation: ApiOperation,
    namespace: String,
}

#[derive(Debug)]
struct Waiter {
    place: Place,
    want: Want,
    stage: Stage,
    /// Permits missed in a row. The reservation doubles with each, or a controller that is slower than that would never get anything done.
    missed: u32,
}

#[derive(Debug)]
enum Stage {
    Queued,
    /// Requeued; the permit is reserved for it.
    Reserved {
        until: Elapsed,
        ticket: Ticket,
    },
    /// Requeued, and did not come in time. Keeps its place and is not woken again before it asks again.
    Missed,
}

impl Queue {
    pub(super) fn new(reservation: Duration) -> Self {
        Self {
            reservation,
            next_place: 0,
            waiters: HashMap::new(),
            by_operation: BTreeMap::new(),
            fair: Fair::default(),
            reserved: BTreeMap::new(),
        }
    }

    /// Queues an object, at its old place if it wants what it wanted. Hands back a permit that was reserved for something else.
    pub(super) fn join(&mut self, id: &ObjectId, want: Want) -> Option<Grant> {
        match self.waiters.get_mut(id) {
            Some(waiter) if waiter.want.keeps_place_of(&want) => {
                waiter.want = want;
                if matches!(waiter.stage, Stage::Missed) {
                    self.enqueue(id);
                }
                None
            }
            _ => {
                let given_up = self.leave(id);
                let waiter = Waiter { place: self.next_place, want, stage: Stage::Queued, missed: 0 };
                self.next_place += 1;
                self.waiters.insert(id.clone(), waiter);
                self.enqueue(id);
                given_up
            }
        }
    }

    /// The permit that is reserved for an object, which thereby leaves the queue.
    pub(super) fn take(&mut self, id: &ObjectId) -> Option<Grant> {
        match self.waiters.get(id)?.stage {
            Stage::Reserved { .. } => self.leave(id),
            Stage::Queued | Stage::Missed => None,
        }
    }

    /// Takes an object out. Hands back the permit that was reserved for it.
    pub(super) fn leave(&mut self, id: &ObjectId) -> Option<Grant> {
        let Waiter { place, want, stage, missed: _ } = self.waiters.remove(id)?;
        match stage {
            Stage::Queued => {
                self.dequeue(want.operation, &id.namespace, place);
                None
            }
            Stage::Missed => None,
            Stage::Reserved { until, ticket } => {
                self.reserved.remove(&(until, place));
                Some(Grant { id: id.clone(), want, ticket })
            }
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// The operations that somebody is queued for.
    pub(super) fn operations(&self) -> impl Iterator<Item = ApiOperation> {
        self.by_operation.keys().copied()
    }

    /// Who is next for an operation, of those whose lock is free.
    pub(super) fn next(&self, operation: ApiOperation, is_free: impl Fn(Option<&Lock>) -> bool) -> Option<Next> {
        let first = |(namespace, queue): (&String, &NamespaceQueue)| {
            let (place, (_, lock)) = queue.iter().find(|(_, (_, lock))| is_free(lock.as_ref()))?;
            let number = self.fair.number(Contention::of(operation, lock.as_ref()), namespace);
            Some(Next { number, place: *place, operation, namespace: namespace.clone() })
        };
        self.by_operation.get(&operation)?.iter().filter_map(first).min()
    }

    /// Reserves a permit for the one that is next.
    pub(super) fn reserve(&mut self, now: Elapsed, next: &Next, ticket: Ticket) -> (ObjectId, Want) {
        let Next { number: _, place, operation, namespace } = next;
        let (id, lock) = self.dequeue(*operation, namespace, *place).expect("the place was found in this queue");
        self.fair.serve(Contention::of(*operation, lock.as_ref()), namespace);
        let waiter = self.waiters.get_mut(&id).expect("whoever is queued waits");
        let until = now + self.reservation * 2_u32.pow(waiter.missed.min(MOST_DOUBLINGS));
        waiter.stage = Stage::Reserved { until, ticket };
        self.reserved.insert((until, *place), id.clone());
        (id, waiter.want.clone())
    }

    /// The permits that were reserved long enough.
    pub(super) fn expire(&mut self, now: Elapsed) -> Vec<Grant> {
        let mut grants = Vec::new();
        while let Some(entry) = self.reserved.first_entry().filter(|entry| entry.key().0 <= now) {
            let id = entry.remove();
            let Some(waiter) = self.waiters.get_mut(&id) else { continue };
            if let Stage::Reserved { ticket, .. } = std::mem::replace(&mut waiter.stage, Stage::Missed) {
                waiter.missed += 1;
                grants.push(Grant { id, want: waiter.want.clone(), ticket });
            }
        }
        grants
    }

    /// Queues everybody again for whom a permit of an operation was reserved, at the old places. Hands back their permits.
    pub(super) fn revoke(&mut self, operation: ApiOperation) -> Vec<Grant> {
        let waiters = &self.waiters;
        let is_for = |id: &ObjectId| waiters.get(id).is_some_and(|waiter| waiter.want.operation == operation);
        let ids: Vec<_> = self.reserved.values().filter(|id| is_for(id)).cloned().collect();
        ids.iter().filter_map(|id| self.revoke_one(id)).collect()
    }

    pub(super) fn next_expiry(&self) -> Option<Elapsed> {
        self.reserved.first_key_value().map(|((until, _), _)| *until)
    }

    fn revoke_one(&mut self, id: &ObjectId) -> Option<Grant> {
        let waiter = self.waiters.get(id)?;
        let Stage::Reserved { until, ticket } = waiter.stage else { return None };
        let grant = Grant { id: id.clone(), want: waiter.want.clone(), ticket };
        self.reserved.remove(&(until, waiter.place));
        self.enqueue(id);
        Some(grant)
    }

    fn enqueue(&mut self, id: &ObjectId) {
        let Some(waiter) = self.waiters.get_mut(id) else { return };
        waiter.stage = Stage::Queued;
        let entry = (id.clone(), waiter.want.lock.clone());
        let namespaces = self.by_operation.entry(waiter.want.operation).or_default();
        namespaces.entry(id.namespace.clone()).or_default().insert(waiter.place, entry);
    }

    fn dequeue(&mut self, operation: ApiOperation, namespace: &str, place: Place) -> Option<(ObjectId, Option<Lock>)> {
        let namespaces = self.by_operation.get_mut(&operation)?;
        let queue = namespaces.get_mut(namespace)?;
        let entry = queue.remove(&place);
        if queue.is_empty() {
            namespaces.remove(namespace);
        }
        if namespaces.is_empty() {
            self.by_operation.remove(&operation);
        }
        entry
    }
}
