//! Zones of an endpoint, the consumer's side: add, remove, list.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use privatelink::Operation;
use serde_json::{Value, json};

use super::{Spec, connections, consumer, view};
use crate::clock::after;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::zone::{ZoneEvent, ZoneStatus};
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, need};
use crate::world::{Endpoint, EndpointZone, Service};

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::AddZoneToVpcEndpoint, add).takes(&[
        need("EndpointId", Kind::Text),
        need("ZoneId", Kind::Text),
        need("VSwitchId", Kind::Text),
        may("ip", Kind::Text),
        may("Ipv6Address", Kind::Text),
    ]),
    Spec::of(Operation::RemoveZoneFromVpcEndpoint, remove)
        .takes(&[need("EndpointId", Kind::Text), need("ZoneId", Kind::Text)]),
    Spec::of(Operation::ListVpcEndpointZones, list).takes(&[
        need("EndpointId", Kind::Text),
        may("MaxResults", Kind::Whole(0, 1000)),
        may("NextToken", Kind::Text),
    ]),
];

/// What is asked of a zone, by `AddZoneToVpcEndpoint` or by an element of `Zone` in `CreateVpcEndpoint`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) zone_id: &'a str,
    pub(super) vswitch_id: &'a str,
    pub(super) ip: Option<&'a str>,
    pub(super) ipv6: Option<&'a str>,
    /// `AddressIpVersion` of the endpoint.
    pub(super) ip_version: &'a str,
}

impl Wanted<'_> {
    /// The zone that would come of it, waiting, not yet numbered and without an interface.
    pub(super) fn check(&self, service: &Service) -> Result<EndpointZone, Refusal> {
        if !service.zones().contains(self.zone_id) {
            return Err(Refusal::of("EndpointServiceNotSupportedZone"));
        }
        if !self.vswitch_id.starts_with("vsw-") {
            return Err(Refusal::of("VSwitchNotFound"));
        }
        let ip = self.ip.unwrap_or("10.0.0.10");
        let ipv6 = self.ipv6.or_else(|| (self.ip_version == "DualStack").then_some("2001:db8::10"));
        if ipv6.is_some() && self.ip_version != "DualStack" {
            return Err(Refusal::illegal("Ipv6Address"));
        }
        let is_ipv6 = |text: &str| text.parse::<Ipv6Addr>().is_ok();
        if ip.parse::<Ipv4Addr>().is_err() || !ipv6.is_none_or(is_ipv6) {
            return Err(Refusal::of("EniIpUnavailable"));
        }
        Ok(EndpointZone {
            zone_id: self.zone_id.to_owned(),
            number: 0,
            status: ZoneStatus::Wait,
            settles: None,
            vswitch_id: self.vswitch_id.to_owned(),
            eni_id: String::new(),
            ip: ip.to_owned(),
            ipv6: ipv6.map(str::to_owned),
            resource_id: None,
            assigned: None,
            replaced: None,
            heading: None,
            closes_after: None,
        })
    }
}

/// The network interface of the n-th zone ever of an endpoint.
pub(super) fn eni(endpoint: &str, n: usize) -> String {
    format!("eni-{endpoint}-{n}")
}

/// `Creating`, then `Wait`, or `Connected` where the endpoint is.
fn add(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let endpoint = consumer::unprotected(visit)?;
    consumer::check_service_is_there(&endpoint)?;
    consumer::check_connection_rests(&endpoint)?;
    let zone = check_new(visit, &endpoint)?;
    visit.commit()?;
    let number = visit.world.next_number();
    let settles = Some(after(visit.now, visit.takes(visit.config.timers.zone)));
    visit.world.change_endpoint(visit.now, &endpoint.id, |endpoint| {
        endpoint.last_eni += 1;
        let eni_id = eni(&endpoint.id, endpoint.last_eni);
        endpoint.zones.push(EndpointZone { number, status: ZoneStatus::Creating, settles, eni_id, ..zone });
    });
    Ok(view::nothing())
}

fn check_new(visit: &Visit<'_>, endpoint: &Endpoint) -> Result<EndpointZone, Refusal> {
    let params = visit.params;
    let zone_id = params.required("ZoneId");
    if endpoint.zone(zone_id).is_some() {
        return Err(Refusal::of("EndpointZoneDuplicated"));
    }
    let service = visit.world.service(&endpoint.service_id).ok_or_else(|| Refusal::of("EndpointServiceDeleted"))?;
    let wanted = Wanted {
        zone_id,
        vswitch_id: params.required("VSwitchId"),
        ip: params.filled("ip"),
        ipv6: params.filled("Ipv6Address"),
        ip_version: &endpoint.address_ip_version,
    };
    let mut zone = wanted.check(service)?;
    if endpoint.connection.status.is_live() {
        let resource = connections::resource_for(service, &zone);
        zone.resource_id = Some(resource.ok_or_else(|| Refusal::of("EndpointServiceResourceNotFound"))?);
    }
    if endpoint.zones.len() >= visit.config.quotas.zones_per_endpoint {
        return Err(Refusal::of("QuotaMisMatched"));
    }
    Ok(zone)
}

/// `Deleting`, then gone.
fn remove(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let endpoint = consumer::unprotected(visit)?;
    let zone_id = visit.params.required("ZoneId");
    let zone = endpoint.zone(zone_id).ok_or_else(|| Refusal::of("EndpointZoneNotFound"))?;
    consumer::check_connection_rests(&endpoint)?;
    if zone.status.on(ZoneEvent::Remove).is_none() {
        return Err(Refusal::of("EndpointOperationDenied"));
    }
    visit.commit()?;
    let takes = visit.takes(visit.config.timers.zone);
    let now = visit.now;
    visit.world.change_endpoint(now, &endpoint.id, |endpoint| {
        endpoint.zone_mut(zone_id).is_some_and(|zone| zone.event(now, ZoneEvent::Remove, takes))
    });
    Ok(view::nothing())
}

fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let id = consumer::own(visit)?.id.clone();
    let endpoint = visit.world.endpoint_at(visit.as_of(), &id).map(Arc::clone);
    let zones = endpoint.iter().flat_map(|endpoint| endpoint.zones.iter().map(move |zone| (endpoint, zone)));
    let mut all: Vec<(u64, Value)> = zones.map(|(endpoint, zone)| (zone.number, show(endpoint, zone))).collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    let page = visit.page(all)?;
    let mut fields = page.fields;
    fields.insert("Zones".to_owned(), page.items.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), page.total.into());
    Ok(fields)
}

fn show(endpoint: &Endpoint, zone: &EndpointZone) -> Value {
    let mut shown = json!({
        "ZoneId": zone.zone_id,
        "ZoneStatus": zone.status.as_str(),
        "VSwitchId": zone.vswitch_id,
        "EniId": zone.eni_id,
        "EniIp": zone.ip,
        "ZoneDomain": endpoint.zone_domain(zone),
        "RegionId": endpoint.region,
    });
    if let Some(ipv6) = &zone.ipv6 {
        shown["ZoneIpv6Address"] = ipv6.as_str().into();
    }
    shown
}
