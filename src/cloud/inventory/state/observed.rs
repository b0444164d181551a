//! What is handed out: everything known of one object.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::State;
use crate::cloud::inventory::object_state::ObjectState;
use crate::cloud::inventory::observed::{DetailsView, FieldFailure, Observation, OwnHistory, Ownership, Refusal};
use crate::cloud::inventory::resource::Resource;
use crate::cloud::inventory::{Query, RecordMark};
use crate::identity::ObjectId;

impl<R: Resource> State<R> {
    /// What is known of an object. Registers it: from now on it is requeued when its resource changes.
    pub(in crate::cloud::inventory) fn observed(
        &mut self,
        query: &Query<'_, R::Managed>,
        now: Timestamp,
    ) -> R::Observed {
        self.register(query, now);
        let ownership = self.ownership(self.object(query), now);
        self.note(query, &ownership);
        let shown = shown(&ownership);
        self.answer_request(query, shown, now);
        let since = self.object(query).details_since();
        let shown_id = shown.map(R::id);
        R::observed(Observation {
            as_of: self.snapshot.as_ref().map(|snapshot| snapshot.as_of),
            details: shown_id.map_or(DetailsView::Unknown, |id| self.details_since(id, since)),
            refresh: self.object(query).refresh(),
            dependents: shown_id.and_then(|id| self.dependents_of(id)),
            own: self.history(self.object(query), query.record.as_ref(), now),
            list_error: self.list_error.clone(),
            dependents_error: self.dependents_error.clone(),
            details_error: shown_id.and_then(|id| self.details_errors.get(id)).cloned(),
            ownership,
        })
    }

    fn register(&mut self, query: &Query<'_, R::Managed>, now: Timestamp) {
        let before = self.objects.get(&query.id.uid).is_some_and(|object| R::manages_dependents(object.managed));
        let object = self.objects.entry(query.id.uid.clone()).or_insert_with(|| ObjectState::new(query, now));
        let is_edited = object.asked(query, now);
        let is_requested = object.requested(query.details.requested_at, now);
        let expected = object.expected_id().map(str::to_owned);
        self.manage_dependents(query, before, now);
        if is_requested {
            self.request_all(query, now);
        }
        // A person wants to see what has been in vain tried again.
        if let Some(pending) = expected.filter(|_| is_edited || is_requested).and_then(|id| self.pending.get_mut(&id)) {
            pending.field_failures.clear();
        }
        self.details.put(&query.id.uid, now);
    }

    /// Counts who manages their dependents. Who no longer does watches them no more, nor does who has not asked for a list of them for long.
    fn manage_dependents(&mut self, query: &Query<'_, R::Managed>, before: bool, now: Timestamp) {
        let manages = R::manages_dependents(query.details.managed);
        self.dependents_managers = self.dependents_managers + usize::from(manages) - usize::from(before);
        let since = now.checked_sub(self.about.timing.resync_period * 2).unwrap_or(Timestamp::MIN);
        let Some(object) = self.objects.get_mut(&query.id.uid) else { return };
        let asks = object.dependents_requested_at.is_some_and(|at| at >= since);
        let watches = manages || object.watches_dependents && asks && !before;
        if std::mem::replace(&mut object.watches_dependents, watches) && !watches {
            self.drop_unwatched_dependents();
        }
    }

    /// A person asked for a look at everything.
    fn request_all(&mut self, query: &Query<'_, R::Managed>, now: Timestamp) {
        if self.refresh_requests.put(query.id, now) {
            self.schedule.reset_interval();
        }
        if R::manages_dependents(query.details.managed) {
            self.dependents_requests.put(query.id, now);
        }
    }

    /// A person's request for a look at everything is answered once a list, and a read of what no list shows, began after it.
    fn answer_request(&mut self, query: &Query<'_, R::Managed>, shown: Option<&R::View>, now: Timestamp) {
        let Some(since) = self.object(query).open_request() else { return };
        let is_listed = self.snapshot.as_ref().is_some_and(|snapshot| snapshot.as_of >= since);
        let read = shown.map(|resource| self.read.get(R::id(resource)).filter(|read| R::details_as_of(read) >= since));
        let is_read = match read {
            Some(read) => !R::manages_details(query.details.managed) || read.is_some(),
            None => true,
        };
        let are_dependents_listed = !R::manages_dependents(query.details.managed)
            || self.dependents.as_ref().is_some_and(|snapshot| snapshot.as_of >= since);
        if is_listed
            && is_read
            && are_dependents_listed
            && let Some(object) = self.objects.get_mut(&query.id.uid)
        {
            object.had_refresh(now);
        }
    }

    fn object(&self, query: &Query<'_, R::Managed>) -> &ObjectState<R> {
        self.objects.get(&query.id.uid).expect("the object was registered first")
    }

    /// Keeps what this look proves, and that it could not see.
    fn note(&mut self, query: &Query<'_, R::Managed>, ownership: &Ownership<R::View>) {
        let is_blind = self.snapshot.is_none() || self.list_error.is_some();
        let Some(object) = self.objects.get_mut(&query.id.uid) else { return };
        object.waits_for_good |= is_blind;
        if let Ownership::Ours(resource) = ownership {
            object.proven_id = Some(R::id(resource).to_owned());
        }
    }

    /// What was read since then. No list shows this part, so an older read knows nothing of what others did to it before a person
    /// edited the object, and would have the edit called done on the strength of it.
    fn details_since(&self, id: &str, since: Timestamp) -> DetailsView<R::Details> {
        let read = self.read.get(id).filter(|read| R::details_as_of(read) >= since);
        match (read, self.pending.get(id)) {
            (None, _) => DetailsView::Unknown,
            (Some(read), None) => DetailsView::Known(read.clone()),
            (Some(read), Some(pending)) => DetailsView::Known(pending.overlay_details(read)),
        }
    }

    pub(super) fn dependents_of(&self, id: &str) -> Option<(Timestamp, Vec<R::Dependent>)> {
        let snapshot = self.dependents.as_ref()?;
        let mut list = snapshot.by_resource.get(id).cloned().unwrap_or_default();
        if let Some(pending) = self.pending.get(id) {
            pending.overlay_dependents(&mut list);
        }
        Some((snapshot.as_of, list))
    }

    fn history(&self, object: &ObjectState<R>, record: Option<&RecordMark>, now: Timestamp) -> OwnHistory<R::Field> {
        OwnHistory {
            process: self.about.process.clone(),
            process_start: self.about.process_start,
            first_seen: object.first_seen,
            recorded_at: object.recorded_at(record),
            attempts: object.attempts().to_vec(),
            refusals: self.refusals(object, now),
            field_failures: self.field_failures(object),
            proven_id: object.proven_id.clone(),
        }
    }

    fn field_failures(&self, object: &ObjectState<R>) -> BTreeMap<R::Field, FieldFailure> {
        object
            .expected_id()
            .and_then(|id| self.pending.get(id))
            .map(|pending| pending.field_failures.get())
            .unwrap_or_default()
    }

    fn refusals(&self, object: &ObjectState<R>, now: Timestamp) -> Vec<Refusal> {
        let since = self.refusals_since(now);
        let pending = object.expected_id().and_then(|id| self.pending.get(id));
        pending
            .into_iter()
            .flat_map(|pending| pending.refusals.values())
            .filter(|refusal| refusal.at >= since)
            .cloned()
            .collect()
    }

    /// A refusal counts for two looks at what is blocked: the reconcile after it sees it, and one that was delayed does too.
    pub(super) fn refusals_since(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.about.timing.blocked_poll_interval * 2).unwrap_or(Timestamp::MIN)
    }

    /// Registers a refresh request for a list of the services begun at `not_before` or later. Answers whether it is served
    /// already.
    pub(in crate::cloud::inventory) fn request_refresh(&mut self, id: &ObjectId, not_before: Timestamp) -> bool {
        if self.snapshot.as_ref().is_some_and(|snapshot| snapshot.as_of >= not_before) {
            return true;
        }
        if self.refresh_requests.put(id, not_before) {
            self.schedule.reset_interval();
        }
        false
    }

    /// The same for the connections.
    pub(in crate::cloud::inventory) fn request_dependents(
        &mut self,
        id: &ObjectId,
        not_before: Timestamp,
        now: Timestamp,
    ) -> bool {
        if let Some(object) = self.objects.get_mut(&id.uid) {
            object.dependents_requested_at = Some(now);
        }
        if self.dependents.as_ref().is_some_and(|snapshot| snapshot.as_of >= not_before) {
            return true;
        }
        self.dependents_requests.put(id, not_before);
        if let Some(object) = self.objects.get_mut(&id.uid) {
            object.watches_dependents = true;
        }
        false
    }
}

/// The resource that a view is about.
fn shown<V>(ownership: &Ownership<V>) -> Option<&V> {
    match ownership {
        Ownership::NotYetListed | Ownership::Absent { .. } => None,
        Ownership::Ours(view) | Ownership::Foreign(view) | Ownership::Former(view) | Ownership::ToAdopt(view) => {
            Some(view)
        }
        Ownership::Many(views) => views.first(),
    }
}
