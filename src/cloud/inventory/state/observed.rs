//! What is handed out: everything known of one object.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::State;
use crate::cloud::inventory::known::Known;
use crate::cloud::inventory::{Query, RecordMark};
use crate::cloud::services::observed::{Deep, Observed, OwnHistory, Refusal, ServiceView, Setback};
use crate::cloud::services::{Connections, Field, Service};
use crate::identity::ObjectId;

impl State {
    /// What is known of an object. Registers it: from now on it is woken when its service changes.
    pub(in crate::cloud::inventory) fn observed(&mut self, query: &Query<'_>, now: Timestamp) -> Observed {
        self.register(query, now);
        let service = self.service_view(self.known(query), now);
        self.note(query, &service);
        let shown = shown(&service);
        self.answer_request(query, shown, now);
        let since = self.known(query).details_since();
        Observed {
            as_of: self.swept.as_ref().map(|swept| swept.as_of),
            deep: shown.map_or(Deep::Unknown, |service| self.deep_of(service, since)),
            refresh: self.known(query).refresh(),
            connections: shown.and_then(|service| self.connections_of(&service.id)),
            own: self.history(self.known(query), query.record.as_ref(), now),
            sweep_error: self.sweep_error.clone(),
            connections_error: self.connections_error.clone(),
            details_error: shown.and_then(|service| self.details_errors.get(&service.id)).cloned(),
            service,
        }
    }

    fn register(&mut self, query: &Query<'_>, now: Timestamp) {
        let known = self.objects.entry(query.id.uid.clone()).or_insert_with(|| Known::new(query, now));
        let is_edited = known.asked(query, now);
        let is_requested = known.requested(query.details.requested_at, now);
        let expected = known.expected_id().map(str::to_owned);
        if is_requested && self.services_wishes.put(query.id, now) {
            self.services_rhythm.hurry();
        }
        // A person wants to see what has been in vain tried again.
        if let Some(own) = expected.filter(|_| is_edited || is_requested).and_then(|id| self.own.get_mut(&id)) {
            own.setbacks.clear();
        }
        self.details.put(&query.id.uid, now);
    }

    /// A person's request for a look at everything is answered once a list, and a read of what no list shows, began after it.
    fn answer_request(&mut self, query: &Query<'_>, shown: Option<&Service>, now: Timestamp) {
        let Some(since) = self.known(query).open_request() else { return };
        let is_listed = self.swept.as_ref().is_some_and(|swept| swept.as_of >= since);
        let read = shown.map(|service| self.deep.get(&service.id).filter(|read| read.as_of >= since));
        let is_read = match read {
            Some(read) => !query.details.managed.any() || read.is_some(),
            None => true,
        };
        if is_listed
            && is_read
            && let Some(known) = self.objects.get_mut(&query.id.uid)
        {
            known.had_refresh(now);
        }
    }

    fn known(&self, query: &Query<'_>) -> &Known {
        self.objects.get(&query.id.uid).expect("the object was registered first")
    }

    /// Keeps what this look proves, and that it could not see.
    fn note(&mut self, query: &Query<'_>, view: &ServiceView) {
        let is_blind = self.swept.is_none() || self.sweep_error.is_some();
        let Some(known) = self.objects.get_mut(&query.id.uid) else { return };
        known.waits_for_good |= is_blind;
        if let ServiceView::Ours(service) = view {
            known.proven_id = Some(service.id.clone());
        }
    }

    /// What was read since then. No sweep shows this part, so an older read knows nothing of what others did to it before a person
    /// edited the object, and would have the edit called done on the strength of it.
    fn deep_of(&self, service: &Service, since: Timestamp) -> Deep {
        let read = self.deep.get(&service.id).filter(|read| read.as_of >= since);
        match (read, self.own.get(&service.id)) {
            (None, _) => Deep::Unknown,
            (Some(read), None) => Deep::Known(read.clone()),
            (Some(read), Some(own)) => Deep::Known(own.lay_over_deep(read)),
        }
    }

    pub(super) fn connections_of(&self, service_id: &str) -> Option<Connections> {
        let swept = self.connections.as_ref()?;
        let list = swept.by_service.get(service_id).cloned().unwrap_or_default();
        Some(Connections { as_of: swept.as_of, list })
    }

    fn history(&self, known: &Known, record: Option<&RecordMark>, now: Timestamp) -> OwnHistory {
        OwnHistory {
            process: self.about.process.clone(),
            process_start: self.about.process_start,
            first_seen: known.first_seen,
            recorded_at: known.recorded_at(record),
            attempts: known.attempts().to_vec(),
            refusals: self.refusals(known, now),
            setbacks: self.setbacks(known),
            proven_id: known.proven_id.clone(),
        }
    }

    fn setbacks(&self, known: &Known) -> BTreeMap<Field, Setback> {
        known.expected_id().and_then(|id| self.own.get(id)).map(|own| own.setbacks.get()).unwrap_or_default()
    }

    fn refusals(&self, known: &Known, now: Timestamp) -> Vec<Refusal> {
        let since = self.refusals_since(now);
        let own = known.expected_id().and_then(|id| self.own.get(id));
        own.into_iter().flat_map(|own| own.refusals.values()).filter(|refusal| refusal.at >= since).cloned().collect()
    }

    /// A refusal counts for two looks at what is blocked: the pass after it sees it, and one that was delayed does too.
    pub(super) fn refusals_since(&self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.about.timing.blocked_poll_interval * 2).unwrap_or(Timestamp::MIN)
    }

    /// Registers a wish for a sweep of the services begun at `not_before` or later. Answers whether it is served
    /// already.
    pub(in crate::cloud::inventory) fn wish_services(&mut self, id: &ObjectId, not_before: Timestamp) -> bool {
        if self.swept.as_ref().is_some_and(|swept| swept.as_of >= not_before) {
            return true;
        }
        if self.services_wishes.put(id, not_before) {
            self.services_rhythm.hurry();
        }
        false
    }

    /// The same for the connections.
    pub(in crate::cloud::inventory) fn wish_connections(&mut self, id: &ObjectId, not_before: Timestamp) -> bool {
        if self.connections.as_ref().is_some_and(|swept| swept.as_of >= not_before) {
            return true;
        }
        self.connections_wishes.put(id, not_before);
        if let Some(known) = self.objects.get_mut(&id.uid) {
            known.watches_connections = true;
        }
        false
    }
}

/// The service that a view is about.
fn shown(view: &ServiceView) -> Option<&Service> {
    match view {
        ServiceView::NotYetSwept | ServiceView::Absent { .. } => None,
        ServiceView::Ours(service) | ServiceView::Foreign(service) | ServiceView::Former(service) => Some(service),
        ServiceView::Many(services) => services.first(),
    }
}
