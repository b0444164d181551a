//! Which load balancer is read when. Pure: it is told the time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use jiff::Timestamp;
use loadbalancers::{LoadBalancerId, Product};

use crate::backoff::Backoff;
use crate::cloud::spread::later;
use crate::timing::Timing;

/// Between two reads of whatever product. The provider publishes no rate for them; ten in a second is what the operator takes for granted of each.
const SPACING: Duration = Duration::from_millis(100);

/// The times that reads go by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    /// Between two reads of a load balancer with which all is well.
    pub(super) period: Duration,
    /// Where something is to change that others have in hand.
    pub(super) wanting: Backoff,
    /// Of one load balancer that cannot be read.
    pub(super) failing: Backoff,
    /// Between two tries of one of those for which a right is missing.
    pub(super) denied: Backoff,
    /// How long nothing is read of a product that only would be looked at, where a right is missing, and where nobody answers.
    pub(super) without_right: Duration,
    pub(super) without_answer: Duration,
    /// One read, with its quick retries.
    pub(super) call: Duration,
}

impl Pauses {
    pub(super) fn of(timing: &Timing) -> Self {
        Self {
            period: timing.load_balancer_refresh_period,
            wanting: Backoff::new(timing.blocked_poll_interval, timing.backoff_max),
            failing: Backoff::new(timing.backoff_initial, timing.backoff_max),
            denied: Backoff::new(timing.account_error_backoff_initial, timing.account_error_backoff_max),
            without_right: timing.spec_error_backoff_max,
            without_answer: timing.backoff_max,
            call: timing.cloud_call_deadline,
        }
    }
}

/// The moments of all load balancers. Where a right is missing, one of those of a product that lack it is tried for all.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    moments: BTreeSet<(Timestamp, LoadBalancerId)>,
    due: BTreeMap<LoadBalancerId, Timestamp>,
    denied: BTreeMap<Product, Denied>,
    not_before: Timestamp,
}

#[derive(Clone, Debug)]
struct Denied {
    /// When the next one is tried.
    until: Timestamp,
    /// Which one is being tried.
    trial: Option<LoadBalancerId>,
    /// Tries in a row that were refused.
    times: u32,
    waiting: VecDeque<LoadBalancerId>,
}

impl Default for Queue {
    fn default() -> Self {
        Self { moments: BTreeSet::new(), due: BTreeMap::new(), denied: BTreeMap::new(), not_before: Timestamp::MIN }
    }
}

impl Queue {
    /// The load balancer is read at that moment, whatever was planned for it.
    pub(super) fn put(&mut self, id: &LoadBalancerId, at: Timestamp) {
        self.remove(id);
        self.moments.insert((at, id.clone()));
        self.due.insert(id.clone(), at);
    }

    /// The load balancer is read at that moment, or earlier where that was planned.
    pub(super) fn put_sooner(&mut self, id: &LoadBalancerId, at: Timestamp) {
        if self.due.get(id).is_none_or(|due| *due > at) {
            self.put(id, at);
        }
    }

    pub(super) fn has(&self, id: &LoadBalancerId) -> bool {
        self.due.contains_key(id) || self.denied.values().any(|denied| denied.waiting.contains(id))
    }

    pub(super) fn remove(&mut self, id: &LoadBalancerId) {
        if let Some(due) = self.due.remove(id) {
            self.moments.remove(&(due, id.clone()));
        }
        if let Some(denied) = self.denied.get_mut(&id.product()) {
            denied.waiting.retain(|waiting| waiting != id);
        }
    }

    /// When the next read is due; `None`: none is.
    pub(super) fn due(&self) -> Option<Timestamp> {
        let trials = self.denied.values().filter(|denied| !denied.waiting.is_empty()).map(|denied| denied.until);
        let first = self.moments.first().map(|(at, _)| *at).into_iter().chain(trials).min()?;
        Some(first.max(self.not_before))
    }

    /// Takes out a load balancer that is due. It is read now: the next one comes a little later.
    pub(super) fn take(&mut self, now: Timestamp, call: Duration) -> Option<LoadBalancerId> {
        if self.due()? > now {
            return None;
        }
        let id = self.take_moment(now).or_else(|| self.take_trial(now, call))?;
        self.not_before = later(now, SPACING);
        Some(id)
    }

    fn take_moment(&mut self, now: Timestamp) -> Option<LoadBalancerId> {
        let (_, id) = self.moments.first().filter(|(at, _)| *at <= now)?.clone();
        self.remove(&id);
        Some(id)
    }

    fn take_trial(&mut self, now: Timestamp, call: Duration) -> Option<LoadBalancerId> {
        let denied = self.denied.values_mut().find(|denied| denied.until <= now && !denied.waiting.is_empty())?;
        // If nobody ever hears of it, the next one goes then.
        denied.until = later(now, call);
        denied.trial = denied.waiting.pop_front();
        denied.trial.clone()
    }

    /// Nothing is read before that moment.
    pub(super) fn pause(&mut self, until: Timestamp) {
        self.not_before = self.not_before.max(until);
    }

    /// A right is missing to read it: it waits with the others of its product, one of which is tried now and then.
    pub(super) fn park(&mut self, id: &LoadBalancerId, now: Timestamp, backoff: Backoff) {
        self.remove(id);
        let denied = self.denied.entry(id.product()).or_insert_with(|| Denied {
            until: now,
            trial: None,
            times: 0,
            waiting: VecDeque::new(),
        });
        if denied.times == 0 || denied.trial.as_ref() == Some(id) {
            denied.times = denied.times.saturating_add(1);
            denied.trial = None;
            denied.until = later(now, backoff.delay(denied.times));
        }
        denied.waiting.push_back(id.clone());
    }

    /// One of the product was read: the right is there, at least for that one.
    pub(super) fn permit(&mut self, product: Product, now: Timestamp) {
        let Some(denied) = self.denied.remove(&product) else { return };
        for id in denied.waiting {
            self.put(&id, now);
        }
    }
}
