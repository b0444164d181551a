//! All that exists: services, endpoints, load balancers, of every account and region.
//!
//! The world moves by [`World::run_until`]: whatever fell due in between happens in its order, each thing at its own
//! time. Nothing here knows about calls.

mod endpoint;
mod service;
mod versioned;
mod zone;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub(crate) use self::endpoint::{Connection, Endpoint};
pub(crate) use self::service::{
    Attachment, AttachmentKey, Principal, RegionStatus, Service, Spelling, SupportedRegion, Whitelist,
};
use self::versioned::Versioned;
pub(crate) use self::zone::{EndpointZone, Heading, SecurityGroup};
use crate::clock::before;
use crate::config::LoadBalancer;
use crate::machine::connection::ConnectionEvent;
use crate::witness::Unserved;

/// The state of the simulated cloud.
#[derive(Debug, Default)]
pub(crate) struct World {
    services: BTreeMap<String, Versioned<Service>>,
    endpoints: BTreeMap<String, Versioned<Endpoint>>,
    load_balancers: BTreeMap<String, LoadBalancer>,
    schedule: BTreeMap<(Timestamp, u64), Due>,
    last_number: u64,
    /// How far back lists may look.
    history: Duration,
    /// Endpoints that were served by some zone and are served by none, as it happened.
    pub(crate) unserved: Vec<Unserved>,
}

/// Something with a part whose time has come.
#[derive(Clone, Debug)]
enum Due {
    Service(String),
    Endpoint(String),
    /// What is gone so long that no list can look back to it.
    Forget,
}

impl World {
    /// How far back lists may look from now on.
    pub(crate) fn keep_history(&mut self, history: Duration) {
        self.history = history;
    }

    /// A number that is larger than every one before.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Lets everything happen that is due at `now` or earlier.
    pub(crate) fn run_until(&mut self, now: Timestamp) {
        while let Some(entry) = self.schedule.first_entry() {
            let (time, _) = *entry.key();
            if time > now {
                return;
            }
            match entry.remove() {
                Due::Service(id) => self.settle_service(time, &id),
                Due::Endpoint(id) => self.settle_endpoint(time, &id),
                Due::Forget => self.forget(time),
            }
        }
    }

    fn schedule(&mut self, time: Timestamp, due: Due) {
        let number = self.next_number();
        self.schedule.insert((time, number), due);
    }

    // Load balancers.

    pub(crate) fn seed_load_balancer(&mut self, load_balancer: LoadBalancer) {
        self.load_balancers.insert(load_balancer.id.clone(), load_balancer);
    }

    pub(crate) fn remove_load_balancer(&mut self, id: &str) -> Option<LoadBalancer> {
        self.load_balancers.remove(id)
    }

    pub(crate) fn load_balancers(&self) -> impl Iterator<Item = &LoadBalancer> {
        self.load_balancers.values()
    }

    /// A load balancer that the account can use in the region.
    pub(crate) fn load_balancer(&self, id: &str, account: &str, region: &str) -> Option<&LoadBalancer> {
        self.load_balancer_of(id, account).filter(|found| found.region == region)
    }

    /// A load balancer that the account can use, wherever it is.
    pub(crate) fn load_balancer_of(&self, id: &str, account: &str) -> Option<&LoadBalancer> {
        let is_usable = |found: &&LoadBalancer| found.account.as_deref().is_none_or(|owner| owner == account);
        self.load_balancers.get(id).filter(is_usable)
    }

    // Services.

    pub(crate) fn service(&self, id: &str) -> Option<&Arc<Service>> {
        self.services.get(id)?.current()
    }

    /// Every service that exists now.
    pub(crate) fn all_services(&self) -> impl Iterator<Item = &Arc<Service>> {
        self.services.values().filter_map(Versioned::current)
    }

    /// The services of an account in a region as they were at `time`, oldest first.
    pub(crate) fn services_at(&self, time: Timestamp, account: &str, region: &str) -> Vec<&Arc<Service>> {
        let found = self.services.values().filter_map(|service| service.at(time));
        let mut found: Vec<_> =
            found.filter(|service| service.account == account && service.region == region).collect();
        found.sort_unstable_by_key(|service| service.number);
        found
    }

    /// The services of everybody as they were at `time`, oldest first.
    pub(crate) fn all_services_at(&self, time: Timestamp) -> Vec<&Arc<Service>> {
        let mut found: Vec<_> = self.services.values().filter_map(|service| service.at(time)).collect();
        found.sort_unstable_by_key(|service| service.number);
        found
    }

    pub(crate) fn service_at(&self, time: Timestamp, id: &str) -> Option<&Arc<Service>> {
        self.services.get(id)?.at(time)
    }

    pub(crate) fn add_service(&mut self, now: Timestamp, service: Service) {
        let (id, due) = (service.id.clone(), service.next_due());
        self.services.insert(id.clone(), Versioned::new(now, service));
        self.schedule_service(due, id);
    }

    /// Changes a service that exists.
    pub(crate) fn change_service<R>(
        &mut self,
        now: Timestamp,
        id: &str,
        change: impl FnOnce(&mut Service) -> R,
    ) -> Option<R> {
        let keep_from = before(now, self.history);
        let versions = self.services.get_mut(id)?;
        let mut service = Service::clone(versions.current()?);
        let result = change(&mut service);
        let due = service.next_due();
        versions.set(now, Some(service), keep_from);
        self.schedule_service(due, id.to_owned());
        Some(result)
    }

    fn schedule_service(&mut self, due: Option<Timestamp>, id: String) {
        if let Some(time) = due {
            self.schedule(time, Due::Service(id));
        }
    }

    fn settle_service(&mut self, time: Timestamp, id: &str) {
        if self.change_service(time, id, |service| service.settle(time)) == Some(service::Settled::Gone) {
            self.remove_service(time, id);
        }
    }

    /// The service is gone; its endpoints stay and show it.
    fn remove_service(&mut self, time: Timestamp, id: &str) {
        let keep_from = before(time, self.history);
        if let Some(versions) = self.services.get_mut(id) {
            versions.set(time, None, keep_from);
        }
        let orphans: Vec<String> = self.endpoints_of(Timestamp::MAX, id).map(|endpoint| endpoint.id.clone()).collect();
        for endpoint in orphans {
            self.change_endpoint(time, &endpoint, |endpoint| {
                endpoint.connect_event(time, ConnectionEvent::ServiceGone, Duration::ZERO)
            });
        }
        self.schedule_forgetting(time);
    }

    // Endpoints.

    pub(crate) fn endpoint(&self, id: &str) -> Option<&Arc<Endpoint>> {
        self.endpoints.get(id)?.current()
    }

    pub(crate) fn endpoint_at(&self, time: Timestamp, id: &str) -> Option<&Arc<Endpoint>> {
        self.endpoints.get(id)?.at(time)
    }

    pub(crate) fn all_endpoints(&self) -> impl Iterator<Item = &Arc<Endpoint>> {
        self.endpoints.values().filter_map(Versioned::current)
    }

    /// Every endpoint as it was at `time`, oldest first.
    pub(crate) fn endpoints_at(&self, time: Timestamp) -> Vec<&Arc<Endpoint>> {
        let mut found: Vec<_> = self.endpoints.values().filter_map(|endpoint| endpoint.at(time)).collect();
        found.sort_unstable_by_key(|endpoint| endpoint.number);
        found
    }

    /// The endpoints that point to a service, as they were at `time`.
    pub(crate) fn endpoints_of<'a>(
        &'a self,
        time: Timestamp,
        service: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Endpoint>> {
        let found = self.endpoints.values().filter_map(move |endpoint| endpoint.at(time));
        found.filter(move |endpoint| endpoint.service_id == service)
    }

    /// How many live endpoints use an attachment.
    pub(crate) fn related_endpoints(&self, time: Timestamp, service: &str, key: &AttachmentKey) -> usize {
        self.endpoints_of(time, service).filter(|endpoint| endpoint.uses(key)).count()
    }

    /// How many endpoints have moved away from an attachment that still serves old flows of theirs.
    pub(crate) fn departed_endpoints(&self, time: Timestamp, service: &str, key: &AttachmentKey) -> usize {
        self.endpoints_of(time, service).filter(|endpoint| endpoint.has_left(key)).count()
    }

    pub(crate) fn add_endpoint(&mut self, now: Timestamp, endpoint: Endpoint) {
        let (id, due) = (endpoint.id.clone(), endpoint.next_due());
        self.endpoints.insert(id.clone(), Versioned::new(now, endpoint));
        self.schedule_endpoint(due, id);
    }

    /// Changes an endpoint that exists.
    pub(crate) fn change_endpoint<R>(
        &mut self,
        now: Timestamp,
        id: &str,
        change: impl FnOnce(&mut Endpoint) -> R,
    ) -> Option<R> {
        let keep_from = before(now, self.history);
        let versions = self.endpoints.get_mut(id)?;
        let mut endpoint = Endpoint::clone(versions.current()?);
        let was_served = endpoint.is_served();
        let result = change(&mut endpoint);
        let due = endpoint.next_due();
        if was_served && !endpoint.is_served() {
            self.unserved.push(Unserved::of(&endpoint, now));
        }
        versions.set(now, Some(endpoint), keep_from);
        self.schedule_endpoint(due, id.to_owned());
        Some(result)
    }

    fn schedule_endpoint(&mut self, due: Option<Timestamp>, id: String) {
        if let Some(time) = due {
            self.schedule(time, Due::Endpoint(id));
        }
    }

    fn settle_endpoint(&mut self, time: Timestamp, id: &str) {
        if self.change_endpoint(time, id, |endpoint| endpoint.settle(time)) == Some(endpoint::Settled::Gone) {
            let keep_from = before(time, self.history);
            if let Some(versions) = self.endpoints.get_mut(id) {
                versions.set(time, None, keep_from);
            }
            self.schedule_forgetting(time);
        }
    }

    // Memory.

    fn schedule_forgetting(&mut self, time: Timestamp) {
        let later = crate::clock::after(time, self.history.saturating_add(Duration::from_millis(1)));
        self.schedule(later, Due::Forget);
    }

    fn forget(&mut self, time: Timestamp) {
        let keep_from = before(time, self.history);
        self.services.retain(|_, versions| !versions.is_over(keep_from));
        self.endpoints.retain(|_, versions| !versions.is_over(keep_from));
    }
}
