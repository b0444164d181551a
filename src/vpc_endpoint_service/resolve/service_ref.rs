//! Which load balancer a `serviceRef` names: what the provider's cloud controller manager left on the Service.
//!
//! The controller's label counts. Its annotations are what a person asks for: the controller may have refused it, or not got to it yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::crd::{ServiceResourceType, VpcEndpointServiceSpec};
use crate::kubernetes::services::{Ingress, LoadBalancerService, ReferredServices, Unlisted};

/// The class of Services for which the controller makes a Network Load Balancer. Without a class it makes a Classic Load Balancer.
const NLB_CLASS: &str = "alibabacloud.com/nlb";

/// The load balancers that a spec names by their Services: by name of the Service.
pub type References = BTreeMap<String, Result<Referred, Unresolved>>;

/// What a Service says of its load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referred {
    pub load_balancer_id: String,
    pub address: Option<Ingress>,
    /// The zones that somebody asks for. The load balancer may have others, and be given these a moment later.
    pub requested_zones: BTreeSet<String>,
}

/// Why a reference leads to no load balancer that could be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The Services are not listed yet.
    NotListed,
    /// The API server refuses to list Services, with its sentence.
    Refused(String),
    /// There is no Service of type LoadBalancer of that name.
    Missing,
    /// The Service is being deleted; the load balancer is that of its label.
    Deleting { load_balancer_id: Option<String> },
    /// Another controller serves the Service: by its class, or because it has an address and no label.
    Foreign { class: Option<String> },
    /// The controller has not said yet which load balancer it made, or took as asked for.
    Pending { requested_id: Option<String> },
    /// What stands in the label is no id of a load balancer.
    NoId { label: String },
    /// The load balancer is of another product than the service takes.
    OtherProduct { load_balancer_id: String, product: ServiceResourceType },
    /// The address of the Service is that of another load balancer.
    OtherAddress { load_balancer_id: String, hostname: String },
    /// The load balancer has a public address.
    Public { load_balancer_id: String },
}

impl Unresolved {
    /// Only a person can end it.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::NotListed | Self::Missing | Self::Deleting { .. } | Self::Pending { .. } => false,
            Self::Refused(_)
            | Self::Foreign { .. }
            | Self::NoId { .. }
            | Self::OtherProduct { .. }
            | Self::OtherAddress { .. }
            | Self::Public { .. } => true,
        }
    }
}

/// The names of the Services that a spec refers to.
pub fn referred_names(spec: &VpcEndpointServiceSpec) -> BTreeSet<String> {
    referring(spec).map(str::to_owned).collect()
}

/// What each `serviceRef` of the spec leads to.
pub(super) fn references(spec: &VpcEndpointServiceSpec, services: &ReferredServices) -> References {
    let kind = spec.service_resource_type;
    let lead = |name: &str| {
        let found = match services {
            ReferredServices::Unlisted(Unlisted::NotYet) => Err(Unresolved::NotListed),
            ReferredServices::Unlisted(Unlisted::Refused(said)) => Err(Unresolved::Refused(said.clone())),
            ReferredServices::Listed(known) => {
                let service = known.get(name).and_then(Option::as_ref).ok_or(Unresolved::Missing);
                service.and_then(|service| load_balancer(service, kind))
            }
        };
        (name.to_owned(), found)
    };
    referring(spec).map(lead).collect()
}

fn referring(spec: &VpcEndpointServiceSpec) -> impl Iterator<Item = &str> {
    spec.resources.iter().flatten().filter_map(|resource| Some(resource.service_ref.as_ref()?.name.as_str()))
}

/// The Service's load balancer, if it can stand behind a service of this kind as far as the Service tells.
fn load_balancer(service: &LoadBalancerService, kind: ServiceResourceType) -> Result<Referred, Unresolved> {
    let label = service.load_balancer_id.as_ref();
    if service.is_deleting {
        return Err(Unresolved::Deleting { load_balancer_id: label.cloned() });
    }
    if let Some(class) = service.class.as_ref().filter(|class| *class != NLB_CLASS) {
        return Err(Unresolved::Foreign { class: Some(class.clone()) });
    }
    let Some(id) = label else { return Err(unlabelled(service)) };
    match product(id) {
        None => return Err(Unresolved::NoId { label: id.clone() }),
        Some(product) if product != kind => {
            return Err(Unresolved::OtherProduct { load_balancer_id: id.clone(), product });
        }
        Some(_) => {}
    }
    if let Some(hostname) = other_address(service, id, kind) {
        return Err(Unresolved::OtherAddress { load_balancer_id: id.clone(), hostname });
    }
    if is_public(service, kind) {
        return Err(Unresolved::Public { load_balancer_id: id.clone() });
    }
    let requested_zones = service.zone_maps.as_deref().map(zones).unwrap_or_default();
    Ok(Referred { load_balancer_id: id.clone(), address: service.ingress.clone(), requested_zones })
}

/// The controller writes the label before the address.
fn unlabelled(service: &LoadBalancerService) -> Unresolved {
    match service.ingress {
        Some(_) => Unresolved::Foreign { class: None },
        None => Unresolved::Pending { requested_id: service.requested_id.clone() },
    }
}

/// The product of a load balancer, by the beginning of its id. Class and annotation of a Service are no proof of it.
fn product(id: &str) -> Option<ServiceResourceType> {
    let (prefix, rest) = id.split_once('-')?;
    let is_id = !rest.is_empty()
        && id.len() <= 64
        && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    match prefix {
        _ if !is_id => None,
        "lb" => Some(ServiceResourceType::Slb),
        "alb" => Some(ServiceResourceType::Alb),
        "nlb" => Some(ServiceResourceType::Nlb),
        "gwlb" => Some(ServiceResourceType::Gwlb),
        _ => None,
    }
}

/// The host name of another load balancer of the same product. Names that the provider gives begin with the id; a Classic Load Balancer has an
/// address, or a name of somebody's choice.
fn other_address(service: &LoadBalancerService, id: &str, kind: ServiceResourceType) -> Option<String> {
    let Some(Ingress::Hostname(hostname)) = &service.ingress else { return None };
    let first = hostname.split('.').next().unwrap_or_default();
    let is_ids = kind != ServiceResourceType::Slb && product(first) == Some(kind);
    (is_ids && first != id).then(|| hostname.clone())
}

/// A Classic Load Balancer that the controller made is public unless the Service says otherwise. Of one that it took as asked for, and of the other
/// products, the Service does not tell, or it does not matter.
fn is_public(service: &LoadBalancerService, kind: ServiceResourceType) -> bool {
    kind == ServiceResourceType::Slb
        && service.requested_id.is_none()
        && service.address_type.as_deref() != Some("intranet")
}

/// The zones of `zone:vSwitch[:address[:eip]],…`.
fn zones(zone_maps: &str) -> BTreeSet<String> {
    let zone = |entry: &str| entry.split(':').next().unwrap_or_default().trim().to_owned();
    zone_maps.split(',').map(zone).filter(|zone| !zone.is_empty()).collect()
}

#[cfg(test)]
mod tests;
