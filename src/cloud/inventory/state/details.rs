//! The refresh of details: whose are read again, and whom it concerns when they are not as they were known.

use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;

use super::State;
use crate::cloud::errors::denies_existence;
use crate::cloud::inventory::observed::Ownership;
use crate::cloud::inventory::resource::Resource;
use crate::cloud::spread::later;
use crate::identity::ObjectId;

/// After a time in which the provider throttled these reads, a reconcile's own go first.
const AFTER_THROTTLING: Duration = Duration::from_secs(10);

/// One read to be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cloud::inventory) struct Refreshing<M> {
    pub(in crate::cloud::inventory) id: ObjectId,
    pub(in crate::cloud::inventory) resource_id: String,
    /// What is managed of its details.
    pub(in crate::cloud::inventory) managed: M,
}

impl<R: Resource> State<R> {
    /// When the next refresh is to begin. `None` while the account cannot be listed: the next good list says so.
    pub(in crate::cloud::inventory) fn details_due(&self, _now: Timestamp) -> Option<Timestamp> {
        if self.snapshot.is_none() || self.list_error.is_some() {
            return None;
        }
        let due = self.details.due()?;
        let closed = R::READ_DETAILS.iter().filter_map(|read| self.breakers.tripped_until(*read)).max();
        Some(closed.map_or(due, |until| due.max(later(until, AFTER_THROTTLING))))
    }

    /// The next object whose details are to be read. One that has no resource, or nothing managed that a list does not show, costs nothing.
    pub(in crate::cloud::inventory) fn begin_details(&mut self, now: Timestamp) -> Option<Refreshing<R::Managed>> {
        while let Some(uid) = self.details.take(now) {
            if let Some(refreshing) = self.refreshing(&uid, now) {
                self.details.begin(now);
                self.figures.details_reads += 1;
                return Some(refreshing);
            }
        }
        None
    }

    fn refreshing(&self, uid: &str, now: Timestamp) -> Option<Refreshing<R::Managed>> {
        let object = self.objects.get(uid).filter(|object| R::manages_details(object.managed))?;
        let resource_id = match self.ownership(object, now) {
            Ownership::Ours(resource) => R::id(&resource).to_owned(),
            Ownership::Many(resources) => R::id(resources.first()?).to_owned(),
            Ownership::NotYetListed
            | Ownership::Absent { .. }
            | Ownership::Foreign(_)
            | Ownership::Former(_)
            | Ownership::ToAdopt(_) => return None,
        };
        Some(Refreshing { id: object.id.clone(), resource_id, managed: object.managed })
    }

    /// Takes in what a refresh found. Answers whether it concerns the object: something is not as it was known, was not known, or could not
    /// be read before.
    pub(in crate::cloud::inventory) fn refreshed(
        &mut self,
        refreshing: &Refreshing<R::Managed>,
        details: R::Details,
    ) -> bool {
        let Refreshing { id, resource_id, managed: _ } = refreshing;
        self.details.succeed(&id.uid);
        let had_failed = self.details_errors.contains_key(resource_id);
        let before = self.details_of(resource_id);
        self.read_details(resource_id, details);
        let is_same = match (&before, &self.details_of(resource_id)) {
            (Some(before), Some(now)) => R::details_equal(before, now),
            (before, now) => before.is_none() && now.is_none(),
        };
        had_failed || !is_same
    }

    /// Takes in that a refresh failed. That the resource does not exist is no failure: the lists will say so. Answers whether the object should
    /// look at that: what it says of its details is stale.
    pub(in crate::cloud::inventory) fn not_refreshed(
        &mut self,
        refreshing: &Refreshing<R::Managed>,
        error: &Error,
        now: Timestamp,
    ) -> bool {
        let Refreshing { id, resource_id, managed: _ } = refreshing;
        if denies_existence(error) {
            self.details.succeed(&id.uid);
            self.schedule.reset_interval();
            return false;
        }
        self.figures.details_failures += 1;
        self.details.fail(&id.uid, now);
        self.details_errors.insert(resource_id.clone(), error.clone());
        let read = self.read.get(resource_id).map(R::details_as_of);
        let seen = read.or_else(|| self.objects.get(&id.uid).map(|object| object.first_seen));
        seen.is_some_and(|seen| later(seen, self.about.timing.details_refresh_period.saturating_mul(2)) <= now)
    }

    /// What is known of the details of a resource, however old.
    fn details_of(&self, resource_id: &str) -> Option<R::Details> {
        let read = self.read.get(resource_id)?;
        Some(self.pending.get(resource_id).map_or_else(|| read.clone(), |pending| pending.overlay_details(read)))
    }
}
