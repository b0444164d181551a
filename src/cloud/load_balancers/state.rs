//! Who asks about which load balancers, and what is known of them. Pure: it is told the time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;
use loadbalancers::{LoadBalancer, LoadBalancerId, Product};

use super::entry::{Entry, Told};
use super::queue::{Pauses, Queue};
use super::seen::{Mark, Purpose, Seen, Want, Wanted};
use crate::cloud::errors::is_throttled;
use crate::cloud::spread::{later, next_moment};
use crate::identity::ObjectId;

/// Used when a throttled answer names no delay.
const THROTTLE_DELAY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct State {
    pauses: Pauses,
    start: Timestamp,
    /// By UID.
    objects: HashMap<String, Asked>,
    entries: BTreeMap<LoadBalancerId, Entry>,
    queue: Queue,
    /// Products of which nothing is read for a while that is not needed.
    unreadable: BTreeMap<Product, Timestamp>,
}

/// What an object asked about last.
#[derive(Clone, Debug)]
struct Asked {
    mark: Mark,
    ids: BTreeSet<LoadBalancerId>,
}

impl State {
    pub(super) fn new(pauses: Pauses, start: Timestamp) -> Self {
        Self {
            pauses,
            start,
            objects: HashMap::new(),
            entries: BTreeMap::new(),
            queue: Queue::default(),
            unreadable: BTreeMap::new(),
        }
    }

    /// Takes in what an object asks about from now on, and answers what is known of that.
    pub(super) fn want(&mut self, id: &ObjectId, wanted: &Wanted, now: Timestamp) -> Seen {
        let before = self.objects.remove(&id.uid);
        let is_marked = before.as_ref().is_some_and(|before| before.mark != wanted.mark);
        for gone in before.iter().flat_map(|before| &before.ids).filter(|id| !wanted.each.contains_key(id)) {
            self.leave(gone, &id.uid);
        }
        for (load_balancer, want) in &wanted.each {
            self.ask(id, load_balancer, want, is_marked, now);
        }
        if !wanted.each.is_empty() {
            let asked = Asked { mark: wanted.mark.clone(), ids: wanted.each.keys().cloned().collect() };
            self.objects.insert(id.uid.clone(), asked);
        }
        self.seen(&id.uid, wanted, now)
    }

    /// The object asks about nothing any more.
    pub(super) fn forget(&mut self, id: &ObjectId) {
        let Some(asked) = self.objects.remove(&id.uid) else { return };
        for gone in &asked.ids {
            self.leave(gone, &id.uid);
        }
    }

    fn leave(&mut self, gone: &LoadBalancerId, uid: &str) {
        let Some(entry) = self.entries.get_mut(gone) else { return };
        if !entry.leave(uid) {
            self.entries.remove(gone);
            self.queue.remove(gone);
        }
    }

    fn ask(&mut self, object: &ObjectId, id: &LoadBalancerId, want: &Want, is_marked: bool, now: Timestamp) {
        let (moment, is_readable) = (self.moment(id, now), self.is_readable(id.product(), now));
        let entry = self.entries.entry(id.clone()).or_default();
        let is_anew = entry.ask(object, want, is_marked, now);
        // Whoever looks after this read sees to it that another one follows.
        if entry.is_reading {
            return;
        }
        let is_needed = entry.is_needed();
        let oldest = now.checked_sub(self.pauses.period).unwrap_or(Timestamp::MIN);
        if is_anew {
            self.queue.put(id, now);
        } else if entry.is_unread() && (is_needed || is_readable) {
            self.queue.put_sooner(id, if entry.can_wait() { moment } else { now });
        } else if want.purpose == Purpose::Check && entry.failures() == 0 && entry.is_older_than(oldest) {
            self.queue.put_sooner(id, now);
        } else if is_needed && !self.queue.has(id) {
            self.queue.put(id, moment);
        }
    }

    fn seen(&self, uid: &str, wanted: &Wanted, now: Timestamp) -> Seen {
        let known = || wanted.each.keys().filter_map(|id| Some((id, self.entries.get(id)?)));
        let sights = known().filter_map(|(id, entry)| {
            let is_coming = entry.is_reading || self.queue.has(id);
            Some((id.as_str().to_owned(), entry.sight(uid, is_coming, now)?))
        });
        Seen { each: sights.collect(), is_outstanding: known().any(|(_, entry)| entry.is_outstanding(uid)) }
    }

    /// A read of the product that nobody needs is worth a try.
    fn is_readable(&self, product: Product, now: Timestamp) -> bool {
        self.unreadable.get(&product).is_none_or(|until| *until <= now)
    }

    /// The moment of the load balancer in the period.
    fn moment(&self, id: &LoadBalancerId, now: Timestamp) -> Timestamp {
        next_moment(id.as_str(), self.pauses.period, self.start, now)
    }
}

/// Reading.
impl State {
    /// When the next read is due; `None`: none is.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.queue.due()
    }

    /// A load balancer that is to be read now.
    pub(super) fn begin(&mut self, now: Timestamp) -> Option<LoadBalancerId> {
        loop {
            let id = self.queue.take(now, self.pauses.call)?;
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.is_reading = true;
                return Some(id);
            }
        }
    }

    /// Nothing is under way: whoever read before is no more.
    pub(super) fn begin_anew(&mut self, now: Timestamp) {
        for (id, entry) in self.entries.iter_mut().filter(|(_, entry)| entry.is_reading) {
            entry.is_reading = false;
            self.queue.put(id, now);
        }
    }

    /// Takes in what a read found. Answers whom it concerns.
    pub(super) fn end(
        &mut self,
        id: &LoadBalancerId,
        began: Timestamp,
        found: Result<Option<LoadBalancer>, Error>,
        now: Timestamp,
    ) -> Told {
        let (told, next) = match found {
            Ok(found) => self.answered(id, began, found, now),
            Err(error) => self.failed(id, error, now),
        };
        if let Some(next) = next {
            self.queue.put(id, next);
        }
        let Some(entry) = self.entries.get_mut(id) else { return told };
        entry.is_reading = false;
        if entry.is_owed_after(began) {
            self.queue.put(id, now);
        }
        told
    }

    fn answered(
        &mut self,
        id: &LoadBalancerId,
        began: Timestamp,
        found: Option<LoadBalancer>,
        now: Timestamp,
    ) -> (Told, Option<Timestamp>) {
        self.unreadable.remove(&id.product());
        self.queue.permit(id.product(), now);
        let moment = self.moment(id, now);
        let Pauses { wanting, period, .. } = self.pauses;
        let Some(entry) = self.entries.get_mut(id) else { return (Told::default(), None) };
        let told = entry.answered(began, found);
        let next = match entry.wanting() {
            0 => entry.is_needed().then_some(moment),
            times => Some(later(now, wanting.delay(times).min(period))),
        };
        (told, next)
    }

    fn failed(&mut self, id: &LoadBalancerId, error: Error, now: Timestamp) -> (Told, Option<Timestamp>) {
        let is_denied = error.is_access_denied();
        if is_throttled(&error) {
            self.queue.pause(later(now, error.retry().after.unwrap_or(THROTTLE_DELAY)));
        }
        let pauses = self.pauses;
        let without = match error.http_status() {
            _ if is_denied => Some(pauses.without_right),
            None => Some(pauses.without_answer),
            Some(_) => None,
        };
        if let Some(pause) = without {
            self.unreadable.insert(id.product(), later(now, pause));
        }
        let Some(entry) = self.entries.get_mut(id) else { return (Told::default(), None) };
        let told = entry.failed(error);
        // What was found to be wrong stands until it is seen to be right.
        let is_read_again = entry.is_needed() || entry.wanting() > 0;
        if is_denied && is_read_again {
            self.queue.park(id, now, pauses.denied);
            return (told, None);
        }
        let next = later(now, pauses.failing.delay(entry.failures()));
        (told, is_read_again.then_some(next))
    }
}

#[cfg(test)]
mod tests;
