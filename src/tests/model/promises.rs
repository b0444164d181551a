//! What a write to a service must not be, whatever happened before.

use std::time::Duration;

use jiff::Timestamp;

use super::endpoint::{Endpoint, Life as ServiceLife, Link};
use super::kubernetes::{Object, uid};
use super::manifest::{DISCONNECT_AFTER, LOAD_BALANCERS, Manifest, PRINCIPALS, SERVICE};
use super::operator::Reconcile;
use super::setup::{ACCOUNT, Setup};
use super::state::State;
use crate::cloud::services::Write;
use crate::crd::{DeletionPolicy, ListPolicy, VpcEndpointServiceSpec, WhenConnected};
use crate::identity::Life;
use crate::names::{ADOPT_TAG, UID_TAG};

/// A write that is about to reach the cloud.
struct Sent<'a> {
    setup: &'a Setup,
    reconcile: &'a Reconcile,
    /// The object as the API server has it; one that went is as the process last saw it.
    object: &'a Object,
    service: &'a Endpoint,
    now: Timestamp,
}

impl State {
    /// The promise that the write breaks.
    pub(super) fn broken_by(
        &self,
        setup: &Setup,
        reconcile: &Reconcile,
        (service_id, write): (&str, &Write),
    ) -> Option<&'static str> {
        let seen = &reconcile.object;
        let object = self.kubernetes.object.as_ref().filter(|object| object.number == seen.number).unwrap_or(seen);
        let Some(service) = self.cloud.services.iter().find(|service| service.id == service_id) else {
            return Some("wrote to a service that never was");
        };
        let sent = Sent { setup, reconcile, object, service, now: self.now() };
        sent.to_others(write).or_else(|| match write {
            Write::Delete => sent.delete(),
            Write::Disconnect(_) => sent.disconnect(),
            Write::RemovePrincipal(account) => sent.remove(account),
            Write::AddPrincipal(_) => sent.add(),
            Write::Detach { key, .. } => sent.detach(&key.resource_id),
            _ => None,
        })
    }
}

impl Sent<'_> {
    fn spec(&self) -> &'static VpcEndpointServiceSpec {
        self.object.spec()
    }

    /// Since when the state of the cloud may be what the reconcile went by.
    fn seen_since(&self, as_of: Option<Timestamp>) -> Timestamp {
        as_of.map_or(Timestamp::MAX, |as_of| as_of - Duration::from_secs(self.setup.list_lag.unsigned_abs()))
    }

    /// A lagging list may show tags of ours that are off already.
    fn to_others(&self, write: &Write) -> Option<&'static str> {
        let (number, since) = (self.object.number, self.seen_since(self.reconcile.observed.as_of));
        let is_taken_over = matches!(write, Write::Tag(tags) if tags.contains_key(UID_TAG));
        let is_others = self.service.is_of(1 - number);
        let tagged = |key: &str| self.service.has_been(since, |condition| condition.tags.contains_key(key));
        let is_own = match self.setup.manifest {
            Manifest::Adopt | Manifest::Retain | Manifest::Undecided => {
                let own = uid(number);
                self.service.has_been(since, |condition| condition.tags.get(UID_TAG) == Some(&own))
            }
            _ => self.service.is_of(number),
        };
        match (is_own, is_taken_over) {
            _ if is_others => Some("wrote to a service of another object"),
            (true, _) => None,
            (false, true) if tagged(ADOPT_TAG) => None,
            (false, true) => Some("took over a service that nobody gave"),
            (false, false) => Some("wrote to a service of another object"),
        }
    }

    fn delete(&self) -> Option<&'static str> {
        if self.spec().effective_deletion_policy() == DeletionPolicy::Retain {
            return Some("deleted a service that is to stay");
        }
        let listed = self.reconcile.observed.connections.as_ref().map(|connections| connections.as_of);
        let was_free = self.service.has_been(self.seen_since(listed), |condition| !condition.link.is_live());
        (!was_free).then_some("deleted a service under its consumer")
    }

    fn disconnect(&self) -> Option<&'static str> {
        let due = self.object.deleting.map(|marked| marked + Duration::from_secs(DISCONNECT_AFTER.into()));
        let is_due = due.is_some_and(|due| self.now >= due);
        let is_wanted = self.spec().when_connected == WhenConnected::Disconnect;
        (!is_due || !is_wanted).then_some("cut a consumer off that was to be left alone")
    }

    /// Which principals are wanted is what the reconcile began with: an edit that it did not see is for the next one.
    fn wanted(&self) -> &[String] {
        self.reconcile.resolved.spec.allowed_principals.as_deref().unwrap_or_default()
    }

    fn is_authoritative(&self) -> bool {
        self.reconcile.resolved.spec.principals_policy == ListPolicy::Authoritative
    }

    fn remove(&self, account: &String) -> Option<&'static str> {
        let is_to_go = self.is_authoritative() && account != ACCOUNT && !self.wanted().contains(account);
        (!is_to_go).then_some("removed a principal that is not the object's to remove")
    }

    /// What is known to have rights that it should not have loses them before anybody is given new ones.
    fn add(&self) -> Option<&'static str> {
        let known = self.reconcile.observed.principals().into_iter().flatten();
        let mut unwanted = known.filter(|account| *account != ACCOUNT && !self.wanted().contains(account));
        let is_late =
            self.is_authoritative() && unwanted.any(|account| self.service.now().principals.contains(account));
        is_late.then_some("added a principal before another was removed")
    }

    fn detach(&self, load_balancer: &str) -> Option<&'static str> {
        if self.reconcile.resolved.life != Life::Live {
            return None;
        }
        let led = self.reconcile.resolved.references.get(SERVICE).and_then(|found| found.as_ref().ok());
        if led.is_none_or(|led| led.load_balancer_id == load_balancer) {
            return Some("detached a load balancer that nothing replaces");
        }
        let is_last = self.service.now().attached.iter().all(|attached| attached == load_balancer);
        is_last.then_some("detached the last load balancer")
    }
}

impl State {
    /// What is managed beside the description is as the spec wants it.
    pub(super) fn is_as_wanted(&self, object: &Object, service: &Endpoint) -> bool {
        let now = service.now();
        let wanted = object.spec().allowed_principals.as_deref().unwrap_or_default();
        let is_allowed = wanted.iter().all(|account| now.principals.contains(account));
        let is_clean = || now.principals.iter().all(|account| account == ACCOUNT || wanted.contains(account));
        let attached = self.kubernetes.load_balancer().map(str::to_owned);
        match object.manifest {
            Manifest::Authoritative => is_allowed && is_clean(),
            Manifest::Additive => is_allowed,
            Manifest::Reference => now.attached == attached.into_iter().collect(),
            _ => true,
        }
    }

    /// Something that others must do is missing.
    pub(super) fn waits_for_others(&self, object: &Object) -> bool {
        let services = || self.cloud.services.iter();
        match (object.manifest, object.deleting) {
            // Nobody gave the service.
            (Manifest::Adopt, None) => {
                !services().any(|service| service.is_of(object.number) || service.now().tags.contains_key(ADOPT_TAG))
            }
            (Manifest::Reference, None) => self.kubernetes.leads_to.is_none(),
            // A consumer stays.
            (Manifest::Block | Manifest::Disconnect, Some(_)) => {
                let is_used =
                    |service: &Endpoint| service.life() == ServiceLife::Active && service.now().link.is_live();
                object.spec().when_connected == WhenConnected::Block && services().any(is_used)
            }
            _ => false,
        }
    }

    /// An object of this model went, and what it had is there without it.
    pub(super) fn has_left_a_service(&self) -> bool {
        let is_left =
            |service: &Endpoint| service.life() == ServiceLife::Active && !service.now().tags.contains_key(UID_TAG);
        self.released[0] && self.cloud.services.iter().any(is_left)
    }

    pub(super) fn has_adopted(&self) -> bool {
        let is_adopting = |object: &Object| object.manifest == Manifest::Adopt && object.says("Ready").is_some();
        self.kubernetes.object.as_ref().is_some_and(|object| is_adopting(object))
    }

    pub(super) fn has_cut_off(&self) -> bool {
        self.cloud.services.iter().any(|service| service.now().link == Link::Out)
    }

    /// Another load balancer than the first is all that is attached.
    pub(super) fn has_replaced(&self) -> bool {
        let is_other = |service: &Endpoint| service.now().attached.iter().eq([LOAD_BALANCERS[1]]);
        self.cloud.services.iter().any(is_other)
    }

    pub(super) fn has_allowed_another(&self) -> bool {
        self.cloud.services.iter().any(|service| service.now().principals.contains(PRINCIPALS[1]))
    }
}
