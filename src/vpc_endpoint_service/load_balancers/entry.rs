//! One entry of `spec.resources`, with what is known of the load balancer that it leads to.

use std::collections::BTreeSet;

use loadbalancers::LoadBalancer;

use crate::cloud::load_balancers::{Purpose, Seen, Sight};
use crate::cloud::services::AttachmentKey;
use crate::crd::{ResourceSpec, ServiceResourceType, WhenReplaced};
use crate::vpc_endpoint_service::resolve::{Referred, Resolved, Unresolved};

/// One entry of the spec.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub(super) resource: &'a ResourceSpec,
    kind: ServiceResourceType,
    /// What the Service says that it refers to; `None`: it refers to none.
    pub(super) reference: Option<Result<&'a Referred, &'a Unresolved>>,
    pub(super) sight: Option<&'a Sight>,
}

/// The entries in the order of the spec. Where the spec manages none, there are none.
pub fn entries<'a>(resolved: &'a Resolved, seen: &'a Seen) -> Vec<Entry<'a>> {
    let resources = resolved.spec.resources.iter().flatten();
    resources.map(|resource| Entry::new(resource, resolved, seen)).collect()
}

impl<'a> Entry<'a> {
    fn new(resource: &'a ResourceSpec, resolved: &'a Resolved, seen: &'a Seen) -> Self {
        let led = |name: &str| match resolved.references.get(name) {
            Some(found) => found.as_ref(),
            None => Err(&Unresolved::NotListed),
        };
        let reference = resource.service_ref.as_ref().map(|reference| led(&reference.name));
        let entry = Self { resource, kind: resolved.spec.service_resource_type, reference, sight: None };
        Self { sight: entry.id().and_then(|id| seen.of(id)), ..entry }
    }

    /// The load balancer; `None`: its Service does not lead to one.
    pub fn id(&self) -> Option<&'a str> {
        let of_service = || Some(self.referred()?.load_balancer_id.as_str());
        self.resource.resource_id.as_deref().or_else(of_service)
    }

    /// What the Service of the entry leads to.
    pub fn referred(&self) -> Option<&'a Referred> {
        self.reference?.ok()
    }

    /// Whether new connections are given it only when they are told to.
    pub fn is_kept_back(&self) -> bool {
        self.resource.auto_allocated_enabled == Some(false)
    }

    /// Connections of a load balancer that it replaces are moved to it.
    pub fn is_migrated_to(&self) -> bool {
        self.resource.when_replaced == Some(WhenReplaced::Migrate)
    }

    /// What is attached, or to be; `None`: nobody can say. One load balancer in one zone is one attachment; `slb` has no say about its zone.
    pub fn keys(&self) -> Option<Vec<AttachmentKey>> {
        let id = self.id()?;
        let key = |zone_id: Option<&String>| AttachmentKey { resource_id: id.to_owned(), zone_id: zone_id.cloned() };
        if self.kind == ServiceResourceType::Slb {
            return Some(vec![key(None)]);
        }
        match &self.resource.zone_ids {
            Some(listed) => Some(listed.iter().map(|zone| key(Some(zone))).collect()),
            None => Some(self.zones()?.iter().map(|zone| key(Some(zone))).collect()),
        }
    }

    /// The zones of the load balancer, as they were last seen while nothing was wrong with it.
    pub fn zones(&self) -> Option<&'a BTreeSet<String>> {
        self.sight?.zones.as_ref()
    }

    /// What the load balancer is read for.
    pub fn purpose(&self) -> Purpose {
        let has_zones = self.kind == ServiceResourceType::Slb || self.resource.zone_ids.is_some();
        if has_zones { Purpose::Check } else { Purpose::Zones }
    }

    /// The load balancer, as it was last read.
    pub fn found(&self) -> Option<&'a LoadBalancer> {
        self.sight?.answer.as_ref()?.load_balancer.as_ref()
    }
}
