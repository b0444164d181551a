//! Load balancers behind a service: whether one can be attached.
//!
//! Rules and codes follow the error lists of Create and Attach; their order is a guess.

use std::borrow::Cow;

use crate::config::{LoadBalancer, LoadBalancerZone};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::attachment::AttachmentStatus;
use crate::world::{Attachment, AttachmentKey};

/// What is to be attached, and to what kind of service.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) resource_type: String,
    pub(super) resource_id: String,
    pub(super) zone_id: Option<String>,
    pub(super) service_type: String,
    pub(super) dual_stack: bool,
    pub(super) ipv6: bool,
    pub(super) during: During,
}

/// Create and Attach name the same mistakes differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum During {
    Create,
    Attach,
}

impl During {
    fn wrong_type(self, given: &str, expected: &str) -> Refusal {
        match self {
            Self::Create => Refusal::filled("Mismatch.ResourceType", &["ResourceType", given, expected]),
            Self::Attach => Refusal::of("EndpointServiceResourceTypeNotEqual"),
        }
    }

    fn no_ipv6(self) -> Refusal {
        match self {
            Self::Create => Refusal::of("EndpointServiceNotSupportIpv6"),
            Self::Attach => Refusal::of("ServiceResourceNotSupportIpv6"),
        }
    }
}

/// The attachment that would come of it, not yet numbered; it is not looked whether the service has it already.
pub(super) fn check(visit: &Visit<'_>, wanted: &Wanted) -> Result<Attachment, Refusal> {
    let Wanted { resource_type, resource_id, service_type, during, .. } = wanted;
    if resource_type != service_type {
        return Err(during.wrong_type(resource_type, service_type));
    }
    if needs_zone(resource_type) && wanted.zone_id.is_none() {
        return Err(Refusal::missing("ZoneId"));
    }
    let found = find(visit, wanted).ok_or_else(|| not_found(resource_type, resource_id))?;
    if found.kind != *resource_type {
        return Err(Refusal::filled("Mismatch.ResourceType", &["ResourceType", resource_type, resource_id]));
    }
    check_fitness(&found, wanted)?;
    let zone = find_zone(&found, wanted)?;
    let vswitch_id = zone.vswitch_id.clone().ok_or_else(|| Refusal::of("VSwitchNotFound"))?;
    let key = AttachmentKey { resource_id: resource_id.clone(), zone_id: zone.zone_id.clone() };
    Ok(Attachment {
        kind: resource_type.clone(),
        number: 0,
        status: AttachmentStatus::Attaching,
        settles: None,
        vpc_id: found.network(),
        vswitch_id,
        ip: found.address_in(zone),
        auto_allocated: visit.config.guesses.auto_allocated.is_on(),
        supports_ipv6: found.is_dual_stack(),
        key,
    })
}

/// Everything but a classic load balancer, whose zone the server fills in.
pub(super) fn needs_zone(resource_type: &str) -> bool {
    matches!(resource_type, "alb" | "nlb" | "gwlb")
}

fn check_fitness(found: &LoadBalancer, wanted: &Wanted) -> Result<(), Refusal> {
    if !found.is_usable() {
        return Err(match found.kind.as_str() {
            "alb" => Refusal::filled("SpecifiedAlbNotSupport", &[&found.id]),
            _ => Refusal::of("LoadBalancerNotSupportPrivateLink"),
        });
    }
    if wanted.dual_stack && !found.is_dual_stack() {
        return Err(Refusal::of("OperationDenied.ServiceResourceIpVersionMismatch"));
    }
    if wanted.ipv6 && !found.is_dual_stack() {
        return Err(wanted.during.no_ipv6());
    }
    Ok(())
}

fn find_zone<'a>(found: &'a LoadBalancer, wanted: &Wanted) -> Result<&'a LoadBalancerZone, Refusal> {
    let zone = match &wanted.zone_id {
        Some(id) => found.zone(id),
        None => found.zones.first(),
    };
    zone.ok_or_else(|| Refusal::of("EndpointServiceNotSupportedZone"))
}

/// A seeded load balancer, or one that counts as existing because its id looks right.
fn find<'a>(visit: &'a Visit<'_>, wanted: &Wanted) -> Option<Cow<'a, LoadBalancer>> {
    let known = visit.world.load_balancer(&wanted.resource_id, &visit.caller.account, visit.region);
    known.map(Cow::Borrowed).or_else(|| imagine(visit, wanted).map(Cow::Owned))
}

fn imagine(visit: &Visit<'_>, wanted: &Wanted) -> Option<LoadBalancer> {
    let looks_right = wanted.resource_id.starts_with(prefix(&wanted.resource_type));
    if !visit.config.auto_create_load_balancers.is_on() || !looks_right {
        return None;
    }
    let zone = wanted.zone_id.clone().unwrap_or_else(|| format!("{}-a", visit.region));
    Some(LoadBalancer::new(&wanted.resource_id, &wanted.resource_type, visit.region, &[&zone]).dual_stack())
}

/// How the ids of a type begin.
pub(super) fn prefix(resource_type: &str) -> &'static str {
    match resource_type {
        "alb" => "alb-",
        "nlb" => "nlb-",
        "gwlb" => "gwlb-",
        "vpcNat" => "ngw-",
        _ => "lb-",
    }
}

fn not_found(resource_type: &str, id: &str) -> Refusal {
    match resource_type {
        "alb" => Refusal::of("AlbNotFound"),
        "vpcNat" => Refusal::filled("ResourceNotFound.NatGateway", &[id]),
        _ => Refusal::of("LoadBalancerNotFound"),
    }
}
