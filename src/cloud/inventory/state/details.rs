//! The refresh of details: whose are read again, and whom it concerns when they are not as they were known.

use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;
use privatelink::Operation;

use super::State;
use crate::cloud::errors::denies_existence;
use crate::cloud::inventory::schedule::later;
use crate::cloud::services::DeepView;
use crate::cloud::services::observed::ServiceView;
use crate::identity::ObjectId;

/// After a time in which the provider throttled these reads, a reconcile's own go first.
const AFTER_THROTTLING: Duration = Duration::from_secs(10);

/// What the details are read by.
const READS: [Operation; 2] = [Operation::ListVpcEndpointServiceResources, Operation::ListVpcEndpointServiceUsers];

/// One read to be made now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cloud::inventory) struct Refreshing {
    pub(in crate::cloud::inventory) id: ObjectId,
    pub(in crate::cloud::inventory) service_id: String,
    /// The principals are managed.
    pub(in crate::cloud::inventory) principals: bool,
}

impl State {
    /// When the next refresh is to begin. `None` while the account cannot be listed: the next good list says so.
    pub(in crate::cloud::inventory) fn details_due(&self, _now: Timestamp) -> Option<Timestamp> {
        if self.swept.is_none() || self.sweep_error.is_some() {
            return None;
        }
        let due = self.details.due()?;
        let closed = READS.iter().filter_map(|read| self.breakers.tripped_until(*read)).max();
        Some(closed.map_or(due, |until| due.max(later(until, AFTER_THROTTLING))))
    }

    /// The next object whose details are to be read. One that has no service, or nothing managed that a list does not show, costs nothing.
    pub(in crate::cloud::inventory) fn begin_details(&mut self, now: Timestamp) -> Option<Refreshing> {
        while let Some(uid) = self.details.take(now) {
            if let Some(refreshing) = self.refreshing(&uid, now) {
                self.details.begin(now);
                self.figures.details_reads += 1;
                return Some(refreshing);
            }
        }
        None
    }

    fn refreshing(&self, uid: &str, now: Timestamp) -> Option<Refreshing> {
        let known = self.objects.get(uid).filter(|known| known.managed.any())?;
        let service_id = match self.service_view(known, now) {
            ServiceView::Ours(service) => service.id,
            ServiceView::Many(services) => services.into_iter().next()?.id,
            ServiceView::NotYetSwept
            | ServiceView::Absent { .. }
            | ServiceView::Foreign(_)
            | ServiceView::Former(_) => return None,
        };
        Some(Refreshing { id: known.id.clone(), service_id, principals: known.managed.principals })
    }

    /// Takes in what a refresh found. Answers whether it concerns the object: something is not as it was known, was not known, or could not
    /// be read before.
    pub(in crate::cloud::inventory) fn refreshed(&mut self, refreshing: &Refreshing, view: DeepView) -> bool {
        let Refreshing { id, service_id, principals: _ } = refreshing;
        self.details.succeed(&id.uid);
        let had_failed = self.details_errors.contains_key(service_id);
        let before = self.details_of(service_id);
        self.read_deep(service_id, view);
        let parts = |view: DeepView| (view.attachments, view.principals);
        had_failed || before.map(parts) != self.details_of(service_id).map(parts)
    }

    /// Takes in that a refresh failed. That the service does not exist is no failure: the lists will say so. Answers whether the object should
    /// look at that: what it says of its details is so old that it may no longer be vouched for.
    pub(in crate::cloud::inventory) fn not_refreshed(
        &mut self,
        refreshing: &Refreshing,
        error: &Error,
        now: Timestamp,
    ) -> bool {
        let Refreshing { id, service_id, principals: _ } = refreshing;
        if denies_existence(error) {
            self.details.succeed(&id.uid);
            self.services_rhythm.hurry();
            return false;
        }
        self.figures.details_failures += 1;
        self.details.fail(&id.uid, now);
        self.details_errors.insert(service_id.clone(), error.clone());
        let read = self.deep.get(service_id).map(|view| view.as_of);
        let seen = read.or_else(|| self.objects.get(&id.uid).map(|known| known.first_seen));
        seen.is_some_and(|seen| later(seen, self.about.timing.details_refresh_period.saturating_mul(2)) <= now)
    }

    /// What is known of the details of a service, however old.
    fn details_of(&self, service_id: &str) -> Option<DeepView> {
        let read = self.deep.get(service_id)?;
        Some(self.own.get(service_id).map_or_else(|| read.clone(), |own| own.lay_over_deep(read)))
    }
}
