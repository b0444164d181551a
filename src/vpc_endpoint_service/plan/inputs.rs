//! Everything that the checks of a plan ask about, and what more than one of them needs to know.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::compare::{Comparison, compare};
use super::freshness::{before, believed_create_time};
use super::{Difference, Limits, Mode, Next, Part, Plan, Step, drift, unapplied};
use crate::cloud::services::observed::{AttemptEnd, DetailsView, Observed};
use crate::cloud::services::{Connections, Details, Service};
use crate::identity::CreateRecord;
use crate::vpc_endpoint_service::desired::Desired;
use crate::vpc_endpoint_service::load_balancers::{Unusable, has_other_zones, unusable};
use crate::vpc_endpoint_service::resolve::Resolved;

/// One object, seen at one moment.
#[derive(Debug)]
pub(super) struct Inputs<'a> {
    pub(super) resolved: &'a Resolved,
    pub(super) desired: &'a Desired,
    pub(super) observed: &'a Observed,
    pub(super) limits: &'a Limits,
    pub(super) now: Timestamp,
    /// Entries of the spec that cannot be attached.
    pub(super) unusable: Vec<Unusable>,
    /// Cloud against spec, while there is a service of ours.
    pub(super) comparison: Comparison,
    /// What differs and is only told.
    pub(super) reported: Vec<Difference>,
    pub(super) mode: Mode,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(
        resolved: &'a Resolved,
        desired: &'a Desired,
        observed: &'a Observed,
        limits: &'a Limits,
        now: Timestamp,
    ) -> Self {
        let service = ours(observed);
        let connections = fresh_connections(observed, limits, now);
        let mut comparison =
            service.map(|service| compare(desired, service, details(observed), connections)).unwrap_or_default();
        let was_ready = service.is_some_and(|service| was_ready(resolved, observed, service));
        let reported = drift::set_apart(&mut comparison, resolved, was_ready);
        let unusable = unusable(resolved, &observed.load_balancers);
        let mode = Mode::of(&resolved.spec).max(limits.furthest);
        Self { resolved, desired, observed, limits, now, unusable, comparison, reported, mode }
    }

    /// The service to work on, where there is one.
    pub(super) fn service(&self) -> Option<&'a Service> {
        ours(self.observed)
    }

    /// Attachments and principals, where they are known.
    pub(super) fn details(&self) -> Option<&'a Details> {
        details(self.observed)
    }

    /// The connections, where they were listed recently enough to go by.
    pub(super) fn connections(&self) -> Option<&'a Connections> {
        fresh_connections(self.observed, self.limits, self.now)
    }

    /// The spec manages connections, and nobody has listed them, or not for long.
    pub(super) fn are_connections_unknown(&self) -> bool {
        self.desired.connections.is_some() && self.service().is_some() && self.connections().is_none()
    }

    /// Managed parts of the service that nobody has looked at.
    pub(super) fn unknown(&self) -> BTreeSet<Part> {
        if self.service().is_none() {
            return BTreeSet::new();
        }
        let details = self.details();
        let resources = self.desired.attachments.as_ref().filter(|_| details.is_none()).map(|_| Part::Resources);
        let is_read = details.is_some_and(|details| details.principals.is_some());
        let principals = self.desired.principals.as_ref().filter(|_| !is_read).map(|_| Part::Principals);
        resources.into_iter().chain(principals).collect()
    }

    /// Zones that the spec leaves out are read when their time comes: nothing stands in the way, and nobody knows them yet.
    fn are_zones_unknown(&self) -> bool {
        self.unusable.is_empty() && !self.desired.is_every_attachment_known && self.service().is_some()
    }

    /// The spec manages something that only a read of this one service shows.
    pub(super) fn is_any_part_managed(&self) -> bool {
        self.desired.attachments.is_some() || self.desired.principals.is_some()
    }

    /// The incarnation that the object is in: the larger of record and status, because either may have been lost or put back.
    pub(super) fn incarnation(&self) -> u32 {
        self.resolved.recorded_incarnation().unwrap_or_default().max(self.resolved.hint.incarnation)
    }

    /// The service that was created for this incarnation already, as far as anybody knows. It forbids a Create, whether it is seen or not.
    pub(super) fn created(&self) -> Option<&str> {
        let proven = self.observed.own.proven_id.as_deref();
        let named = self.resolved.hint.service_id.as_deref();
        let is_next = named.is_some() && self.resolved.is_next_incarnation();
        // The service that status names is of an earlier incarnation then. Whatever else was proven is not.
        let known = if is_next { proven.filter(|id| named != Some(*id)) } else { proven.or(named) };
        self.created_under_record().or(known)
    }

    /// Since when this service is known: until long enough after that, its absence from a list says nothing.
    pub(super) fn known_since(&self, service_id: &str) -> Timestamp {
        let own = &self.observed.own;
        let times = [believed_create_time(self.resolved, self.limits, self.now), own.created_at(service_id)];
        times.into_iter().flatten().fold(own.first_seen, Timestamp::max)
    }

    /// Status said `Ready=True` for the generation of this reconcile, and of the service that is seen now.
    pub(super) fn was_ready(&self) -> bool {
        self.service()
            .map_or_else(|| self.resolved.was_ready(), |service| was_ready(self.resolved, self.observed, service))
    }

    /// The record that the object is to carry if it must be patched now: its own where it has one.
    pub(super) fn record(&self) -> CreateRecord {
        self.resolved.record.clone().unwrap_or_else(|| self.new_record(self.incarnation()))
    }

    /// A record of what is wanted now.
    pub(super) fn new_record(&self, incarnation: u32) -> CreateRecord {
        let target = &self.resolved.target;
        CreateRecord {
            uid: self.resolved.key.uid.clone(),
            incarnation,
            region: target.region.clone(),
            account: target.account.clone(),
            hash: self.wanted_hash(),
            time: self.now,
            owner: self.observed.own.process.clone(),
            taken_over: None,
            not_ours: self.resolved.not_ours.clone(),
        }
    }

    /// The fingerprint of the Create that the spec asks for.
    pub(super) fn wanted_hash(&self) -> String {
        self.desired.request_hash(&self.resolved.target.region)
    }

    /// What waits for load balancers before there is a service: the Create would ask for others later, and so need another record.
    fn is_too_early_for_record(&self) -> bool {
        !self.unusable.is_empty() && self.service().is_none()
    }

    /// The plan is carried out. What is only shown needs neither record nor finalizer, and nobody waits for its turn.
    pub(super) fn is_acting(&self) -> bool {
        self.mode == Mode::Act
    }

    /// The plan of what comes next. An object without our finalizer or a record of its own gets both before anything else happens, also when
    /// its service exists: there is no write to the cloud without them.
    pub(super) fn into_plan(self, next: Next) -> Plan {
        let Next { mut steps, wait, look } = next;
        if self.is_record_due(&steps) {
            steps.insert(0, Step::Record(self.record()));
        }
        let connections = self.are_connections_unknown().then_some(Part::Connections);
        let zones = self.are_zones_unknown().then_some(Part::Zones);
        let unknown = self.unknown().into_iter().chain(connections).chain(zones).collect();
        let unapplied = unapplied::unapplied(&self);
        Plan {
            unapplied,
            unknown,
            differences: self.comparison.differences,
            reported: self.reported,
            steps,
            wait,
            look,
            mode: self.mode,
            ..Plan::default()
        }
    }

    /// Nothing is written without our finalizer and a record; what only looks or waits for the spec to become complete needs neither.
    fn is_record_due(&self, steps: &[Step]) -> bool {
        let is_too_early = steps.is_empty() && self.is_too_early_for_record();
        let is_planned = matches!(steps.first(), Some(Step::Record(_)));
        self.is_acting() && !self.is_recorded() && !is_planned && !is_too_early && !self.is_yet_to_adopt(steps)
    }

    fn is_recorded(&self) -> bool {
        self.resolved.has_finalizer() && self.resolved.record.is_some()
    }

    /// Nothing of the cloud is the object's before it adopts: without our finalizer it can be deleted whether the operator runs or not.
    fn is_yet_to_adopt(&self, steps: &[Step]) -> bool {
        let is_adopter = self.resolved.spec.adopt.is_some() && self.resolved.record.is_none();
        is_adopter && steps.is_empty() && self.service().is_none()
    }

    fn created_under_record(&self) -> Option<&str> {
        let token = self.resolved.record.as_ref()?.client_token();
        self.observed.own.attempts.iter().find_map(|attempt| match &attempt.end {
            AttemptEnd::Created(id) if attempt.client_token == token => Some(id.as_str()),
            _ => None,
        })
    }
}

fn was_ready(resolved: &Resolved, observed: &Observed, service: &Service) -> bool {
    resolved.was_ready()
        && resolved.hint.service_id.as_ref() == Some(&service.id)
        && !has_other_zones(resolved, &observed.load_balancers)
}

fn ours(observed: &Observed) -> Option<&Service> {
    observed.service.ours().first()
}

/// What a list shows that began two periods ago or more is too old to write by.
fn fresh_connections<'a>(observed: &'a Observed, limits: &Limits, now: Timestamp) -> Option<&'a Connections> {
    let oldest = before(now, limits.resync_period.saturating_mul(2));
    observed.connections.as_ref().filter(|connections| connections.as_of >= oldest)
}

fn details(observed: &Observed) -> Option<&Details> {
    match &observed.details {
        DetailsView::Known(view) => Some(view),
        DetailsView::Unknown => None,
    }
}
