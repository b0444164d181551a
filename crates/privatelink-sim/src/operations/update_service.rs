//! `UpdateVpcEndpointServiceAttribute`.

use super::view;
use crate::clock::after;
use crate::config::{EmptyDescription, Guesses, OtherConnectBandwidth};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::service::ServiceEvent;
use crate::wire::envelope::Fields;
use crate::wire::params::Params;
use crate::world::{RegionStatus, Service, SupportedRegion};

/// Changes what is given, leaves what is not; the service is `Pending` for a while.
pub(super) fn update(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.ready_service()?;
    check(visit, &service)?;
    visit.commit()?;
    let pending = visit.takes(visit.config.timers.pending);
    let region_takes = visit.takes(visit.config.timers.region);
    let (now, params, guesses) = (visit.now, visit.params, &visit.config.guesses);
    visit.world.change_service(now, &service.id, |service| {
        service.event(now, ServiceEvent::Change, pending);
        set(&mut service.description, description(params, guesses));
        if let Some(version) = params.filled("AddressIpVersion") {
            version.clone_into(&mut service.address_ip_version);
        }
        set(&mut service.auto_accept, params.flag("AutoAcceptEnabled"));
        set(&mut service.zone_affinity, params.flag("ZoneAffinityEnabled"));
        set(&mut service.support_ipv6, params.flag("ServiceSupportIPv6"));
        if guesses.sets_connect_bandwidth(&service.resource_type) {
            set(&mut service.connect_bandwidth, params.whole("ConnectBandwidth"));
        }
        change_regions(service, params, after(now, region_takes), guesses.closed_regions_stay.is_on());
    });
    Ok(view::nothing())
}

/// The description as it is kept; none leaves it as it is.
fn description(params: &Params, guesses: &Guesses) -> Option<String> {
    let is_told = |text: &&str| !text.is_empty() || guesses.empty_description == EmptyDescription::Clears;
    guesses.descriptions.keep(params.text("ServiceDescription").filter(is_told)?)
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn change_regions(service: &mut Service, params: &Params, settles: jiff::Timestamp, closed_stay: bool) {
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
    let is_refused = guesses.other_connect_bandwidth == OtherConnectBandwidth::Refused;
    let is_settable = guesses.sets_connect_bandwidth(resource_type);
    if params.filled("ConnectBandwidth").is_some() && is_refused && !is_settable {
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
