//! `UpdateVpcEndpointServiceAttribute`.

use super::view;
use crate::clock::after;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::service::ServiceEvent;
use crate::wire::envelope::Fields;
use crate::world::{RegionStatus, Service, SupportedRegion};

/// Changes what is given, leaves what is not; the service is `Pending` for a while.
pub(super) fn update(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.ready_service()?;
    check(visit, &service)?;
    visit.commit()?;
    let pending = visit.takes(visit.config.timers.pending);
    let region_takes = visit.takes(visit.config.timers.region);
    let (now, params, stay) = (visit.now, visit.params, visit.config.guesses.closed_regions_stay.is_on());
    visit.world.change_service(now, &service.id, |service| {
        service.event(now, ServiceEvent::Change, pending);
        let text = |field: &mut String, name: &str| {
            if let Some(value) = params.text(name) {
                value.clone_into(field);
            }
        };
        text(&mut service.description, "ServiceDescription");
        if let Some(version) = params.filled("AddressIpVersion") {
            version.clone_into(&mut service.address_ip_version);
        }
        set(&mut service.auto_accept, params.flag("AutoAcceptEnabled"));
        set(&mut service.zone_affinity, params.flag("ZoneAffinityEnabled"));
        set(&mut service.support_ipv6, params.flag("ServiceSupportIPv6"));
        set(&mut service.connect_bandwidth, params.whole("ConnectBandwidth"));
        change_regions(service, params, after(now, region_takes), stay);
    });
    Ok(view::nothing())
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn change_regions(
    service: &mut Service,
    params: &crate::wire::params::Params,
    settles: jiff::Timestamp,
    closed_stay: bool,
) {
    if !closed_stay {
        service.supported_regions.retain(|region| region.status != RegionStatus::Closed);
    }
    let leaving = params.texts("DeleteSupportedRegionSet");
    for region in service.supported_regions.iter_mut().filter(|region| leaving.contains(&region.id.as_str())) {
        if region.is_open() {
            (region.status, region.settles) = (RegionStatus::Deleting, Some(settles));
        }
    }
    for id in params.texts("AddSupportedRegionSet") {
        if service.supported_regions.iter().any(|region| region.id == id && region.is_open()) {
            continue;
        }
        service.supported_regions.retain(|region| region.id != id);
        let (status, settles) = (RegionStatus::Pending, Some(settles));
        service.supported_regions.push(SupportedRegion { id: id.to_owned(), status, settles });
    }
}

fn check(visit: &Visit<'_>, service: &Service) -> Result<(), Refusal> {
    let params = visit.params;
    let resource_type = service.resource_type.as_str();
    if let Some(version) = params.filled("AddressIpVersion") {
        check_ip_version(version, resource_type)?;
        check_ip_change(service, version)?;
    }
    let all_support_ipv6 = service.held().all(|attachment| attachment.supports_ipv6);
    if params.flag("ServiceSupportIPv6") == Some(true) && !all_support_ipv6 {
        return Err(Refusal::of("ServiceResourceNotSupportIpv6"));
    }
    let guesses = &visit.config.guesses;
    if params.flag("ZoneAffinityEnabled") == Some(true) && guesses.no_zone_affinity.contains(resource_type) {
        return Err(Refusal::of("OperationDenied.ZoneAffinityNotSupport"));
    }
    let settable = guesses.connect_bandwidth_for_all.is_on() || matches!(resource_type, "slb" | "alb");
    if params.filled("ConnectBandwidth").is_some() && !settable {
        return Err(Refusal::of("UpdateBandWidthUnSupported"));
    }
    Ok(())
}

/// A known version, and one that load balancers of this type can have.
pub(super) fn check_ip_version(version: &str, resource_type: &str) -> Result<(), Refusal> {
    match (version, resource_type) {
        ("IPv4", _) | ("DualStack", "nlb" | "gwlb") => Ok(()),
        ("DualStack", _) => Err(Refusal::of("OperationDenied.ResourceTypeNotSupportDualStack")),
        _ => Err(Refusal::of("IllegalParam.AddressIpVersion")),
    }
}

fn check_ip_change(service: &Service, version: &str) -> Result<(), Refusal> {
    match (service.address_ip_version.as_str(), version) {
        ("DualStack", "IPv4") => Err(Refusal::of("EndpointServiceDowngradeNotAllowed")),
        (_, "DualStack") if service.held().any(|attachment| !attachment.supports_ipv6) => {
            Err(Refusal::of("OperationDenied.ServiceResourceIpVersionMismatch"))
        }
        _ => Ok(()),
    }
}
