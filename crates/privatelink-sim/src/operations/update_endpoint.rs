//! `UpdateVpcEndpointAttribute`.

use super::{consumer, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::world::Endpoint;

/// Changes what is given, at once; the endpoint stays `Active` (a guess: `Pending` is documented for "updates").
pub(super) fn update(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let endpoint = consumer::unprotected(visit)?;
    consumer::check_service_is_there(&endpoint)?;
    consumer::check_connection_rests(&endpoint)?;
    consumer::check_texts(visit)?;
    consumer::check_policy(visit)?;
    check_ip_version(visit, &endpoint)?;
    visit.commit()?;
    let params = visit.params;
    visit.world.change_endpoint(visit.now, &endpoint.id, |endpoint| {
        for (field, name) in [(&mut endpoint.name, "EndpointName"), (&mut endpoint.description, "EndpointDescription")]
        {
            if let Some(value) = params.text(name) {
                value.clone_into(field);
            }
        }
        if let Some(version) = params.filled("AddressIpVersion") {
            version.clone_into(&mut endpoint.address_ip_version);
        }
        endpoint.zone_affinity = params.flag("ZoneAffinityEnabled").unwrap_or(endpoint.zone_affinity);
        // Means nothing to an endpoint in the region of its service.
        if endpoint.cross_region_bandwidth.is_some() {
            let asked = params.whole("CrossRegionBandwidth");
            endpoint.cross_region_bandwidth = asked.or(endpoint.cross_region_bandwidth);
        }
        if let Some(policy) = params.filled("PolicyDocument") {
            endpoint.policy = Some(policy.to_owned());
        }
        if params.flag("ResetPolicy") == Some(true) {
            endpoint.policy = None;
        }
    });
    Ok(view::nothing())
}

/// Both families only where the service has both; which code says otherwise is a guess.
fn check_ip_version(visit: &Visit<'_>, endpoint: &Endpoint) -> Result<(), Refusal> {
    let service = visit.world.service(&endpoint.service_id);
    let is_dual = service.is_some_and(|service| service.address_ip_version == "DualStack");
    if visit.params.filled("AddressIpVersion") == Some("DualStack") && !is_dual {
        return Err(Refusal::of("EndpointOperationDenied"));
    }
    Ok(())
}
