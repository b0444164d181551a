//! Connections as the owner of a service sees them: accept, cut, change, list.

use std::sync::Arc;
use std::time::Duration;

use privatelink::Operation;
use serde_json::{Value, json};

use super::{Spec, view};
use crate::clock::wire_time;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::connection::{ConnectionEvent, ConnectionStatus};
use crate::machine::zone::ZoneStatus;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, Param, TRAFFIC_MODES, may, need};
use crate::world::{Endpoint, EndpointZone, Service};

const CONNECTION: &[Param] = &[need("ServiceId", Kind::Text), need("EndpointId", Kind::Text)];
/// Bandwidth limits depend on the resource type and are checked with it.
const CONNECTION_SHAPED: &[Param] = &[
    need("ServiceId", Kind::Text),
    need("EndpointId", Kind::Text),
    may("Bandwidth", Kind::Whole(0, 1_000_000)),
    may("TrafficControlMode", Kind::Word(TRAFFIC_MODES)),
];

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::EnableVpcEndpointConnection, enable).takes(CONNECTION_SHAPED),
    Spec::of(Operation::DisableVpcEndpointConnection, disable).takes(CONNECTION),
    Spec::of(Operation::UpdateVpcEndpointConnectionAttribute, update).takes(CONNECTION_SHAPED),
    Spec::of(Operation::ListVpcEndpointConnections, list).takes(&[
        may("ServiceId", Kind::Text),
        may("EndpointId", Kind::Text),
        may("EniId", Kind::Text),
        may("ResourceId", Kind::Text),
        may("ReplacedResourceId", Kind::Text),
        may("ResourceGroupId", Kind::Text),
        may("ConnectionStatus", Kind::Text),
        may("EndpointOwnerId", Kind::Whole(0, i64::MAX)),
        may("MaxResults", Kind::Whole(1, 1000)),
        may("NextToken", Kind::Text),
    ]),
];

/// Accepts: `Connecting`, then `Connected`. Each zone of the endpoint is given a resource now.
fn enable(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.unlocked_service()?;
    let endpoint = connection(visit, &service)?;
    let shape = Shape::check(visit, &service)?;
    if endpoint.connection.status.on(ConnectionEvent::Accept).is_none() {
        return Err(Refusal::of("EndpointConnectionOperationDenied"));
    }
    let resources = allocate(&service, &endpoint)?;
    visit.commit()?;
    let takes = visit.takes(visit.config.timers.connection);
    let now = visit.now;
    visit.world.change_endpoint(now, &endpoint.id, |endpoint| {
        accept(endpoint, resources, now, takes);
        shape.apply(endpoint);
    });
    Ok(view::nothing())
}

/// What acceptance does, also when the service accepts by itself.
pub(crate) fn accept(endpoint: &mut Endpoint, resources: Allocation, now: jiff::Timestamp, takes: Duration) {
    endpoint.connect_event(now, ConnectionEvent::Accept, takes);
    for (zone_id, resource) in resources {
        if let Some(zone) = endpoint.zone_mut(&zone_id) {
            zone.resource_id = Some(resource);
        }
    }
}

/// Zones with the resource that serves each.
pub(crate) type Allocation = Vec<(String, String)>;

/// A resource of the service for each zone that the endpoint keeps.
pub(crate) fn allocate(service: &Service, endpoint: &Endpoint) -> Result<Allocation, Refusal> {
    let zones = endpoint.zones.iter().filter(|zone| zone.status != ZoneStatus::Deleting);
    let served = zones.map(|zone| Some((zone.zone_id.clone(), resource_for(service, zone)?)));
    let served: Option<Allocation> = served.collect();
    served.ok_or_else(|| Refusal::of("OperationDenied.NoAvailableServiceResource"))
}

/// The resource that a zone gets: the one assigned to it by hand, as long as it is there, else one that is given out
/// automatically.
pub(super) fn resource_for(service: &Service, zone: &EndpointZone) -> Option<String> {
    let in_zone: Vec<_> = service.held().filter(|held| held.key.zone_id == zone.zone_id).collect();
    let assigned = in_zone.iter().find(|held| Some(&held.key.resource_id) == zone.assigned.as_ref());
    let found = assigned.or_else(|| in_zone.iter().find(|held| held.auto_allocated));
    found.map(|held| held.key.resource_id.clone())
}

/// Cuts a connection: `Disconnecting`, then `Disconnected`. A request that waits stays `Disconnected`.
fn disable(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.own_service()?;
    let endpoint = connection(visit, &service)?;
    change(visit, &endpoint, ConnectionEvent::Cut, Shape::default())
}

/// Changes bandwidth or mode of a connection: `Pending`, then `Connected`.
fn update(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.unlocked_service()?;
    let endpoint = connection(visit, &service)?;
    if service.resource_type == "vpcNat" {
        return Err(Refusal::of("OperationDenied.VpcNatServiceResourceTypeNotSupportBandwidth"));
    }
    let shape = Shape::check(visit, &service)?;
    change(visit, &endpoint, ConnectionEvent::Modify, shape)
}

fn change(visit: &mut Visit<'_>, endpoint: &Endpoint, event: ConnectionEvent, shape: Shape) -> Result<Fields, Refusal> {
    if endpoint.connection.status.on(event).is_none() {
        return Err(Refusal::of("EndpointConnectionOperationDenied"));
    }
    visit.commit()?;
    let takes = visit.takes(visit.config.timers.connection);
    let now = visit.now;
    visit.world.change_endpoint(now, &endpoint.id, |endpoint| {
        endpoint.connect_event(now, event, takes);
        shape.apply(endpoint);
    });
    Ok(view::nothing())
}

pub(super) fn connection(visit: &Visit<'_>, service: &Service) -> Result<Arc<Endpoint>, Refusal> {
    let found = visit.world.endpoint(visit.params.required("EndpointId"));
    let found = found.filter(|endpoint| endpoint.service_id == service.id);
    found.cloned().ok_or_else(|| Refusal::of("EndpointConnectionNotFound"))
}

/// Bandwidth and traffic mode of a connection, where given.
#[derive(Debug, Default)]
struct Shape {
    bandwidth: Option<u32>,
    mode: Option<String>,
}

impl Shape {
    fn check(visit: &Visit<'_>, service: &Service) -> Result<Self, Refusal> {
        let bandwidth = visit.params.whole("Bandwidth");
        let mode = visit.params.filled("TrafficControlMode");
        let (least, most) = bandwidth_limits(&service.resource_type);
        if bandwidth.is_some_and(|asked| !(least..=most).contains(&asked)) {
            return Err(Refusal::illegal("Bandwidth"));
        }
        if mode.is_some_and(|mode| !modes(&service.resource_type).contains(&mode)) {
            return Err(Refusal::of("UpdateBandWidthUnSupported"));
        }
        Ok(Self { bandwidth, mode: mode.map(str::to_owned) })
    }

    fn apply(self, endpoint: &mut Endpoint) {
        if let Some(bandwidth) = self.bandwidth {
            endpoint.connection.bandwidth = bandwidth;
        }
        if let Some(mode) = self.mode {
            endpoint.connection.traffic_mode = mode;
        }
    }
}

/// Mbps per resource type, as documented.
fn bandwidth_limits(resource_type: &str) -> (u32, u32) {
    match resource_type {
        "nlb" => (100, 50_000),
        "alb" | "gwlb" => (100, 25_000),
        _ => (100, 10_240),
    }
}

/// Modes that a resource type can have; the first is what a new connection gets. For `alb` none is stated: a guess.
pub(super) fn modes(resource_type: &str) -> &'static [&'static str] {
    match resource_type {
        "nlb" => TRAFFIC_MODES,
        "gwlb" => &["Scalability"],
        "alb" => &["BandwidthLimit", "Scalability"],
        _ => &["BandwidthLimit"],
    }
}

/// Connections to the caller's services, oldest first.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    if visit.params.filled("ServiceId").is_some() {
        visit.own_service()?;
    }
    let all = visit.world.endpoints_at(visit.as_of()).into_iter().filter(|endpoint| is_wanted(visit, endpoint));
    let page = visit.page(all.map(|endpoint| (endpoint.number, Arc::clone(endpoint))).collect())?;
    let shown: Vec<Value> = page.items.iter().map(|endpoint| show(endpoint)).collect();
    let mut fields = page.fields;
    fields.insert("Connections".to_owned(), shown.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), page.total.to_string().into());
    Ok(fields)
}

fn is_wanted(visit: &Visit<'_>, endpoint: &Endpoint) -> bool {
    let is = |name: &str, value: &str| visit.params.filled(name).is_none_or(|wanted| wanted == value);
    let any_zone = |name: &str, has: &dyn Fn(&EndpointZone, &str) -> bool| {
        visit.params.filled(name).is_none_or(|wanted| endpoint.zones.iter().any(|zone| has(zone, wanted)))
    };
    endpoint.service_account == visit.caller.account
        && endpoint.service_region == visit.region
        && endpoint.connection.status != ConnectionStatus::ServiceDeleted
        && is("ServiceId", &endpoint.service_id)
        && is("EndpointId", &endpoint.id)
        && is("ResourceGroupId", &endpoint.resource_group)
        && is("ConnectionStatus", endpoint.connection.status.as_str())
        && is("EndpointOwnerId", &endpoint.account)
        && any_zone("EniId", &|zone, wanted| zone.eni_id == wanted)
        && any_zone("ResourceId", &|zone, wanted| zone.resource_id.as_deref() == Some(wanted))
        && any_zone("ReplacedResourceId", &|zone, wanted| {
            zone.replaced.as_ref().is_some_and(|replaced| replaced.resource_id == wanted)
        })
}

fn show(endpoint: &Endpoint) -> Value {
    let zones: Vec<Value> = endpoint.zones.iter().map(|zone| show_zone(endpoint, zone)).collect();
    json!({
        "ServiceId": endpoint.service_id,
        "EndpointId": endpoint.id,
        "EndpointVpcId": endpoint.vpc_id,
        "EndpointOwnerId": account_number(&endpoint.account),
        "ConnectionStatus": endpoint.connection.status.as_str(),
        "Bandwidth": endpoint.connection.bandwidth,
        "TrafficControlMode": endpoint.connection.traffic_mode,
        "ModifiedTime": wire_time(endpoint.connection.modified),
        "ResourceOwner": endpoint.account == endpoint.service_account,
        "ResourceGroupId": endpoint.resource_group,
        "EndpointRegionId": endpoint.region,
        "ServiceRegionId": endpoint.service_region,
        "Zones": zones,
    })
}

fn show_zone(endpoint: &Endpoint, zone: &EndpointZone) -> Value {
    let mut shown = json!({
        "ZoneId": zone.zone_id,
        "VSwitchId": zone.vswitch_id,
        "EniId": zone.eni_id,
        "ZoneDomain": endpoint.zone_domain(zone),
        "ZoneStatus": zone.status.as_str(),
    });
    if let Some(resource) = &zone.resource_id {
        shown["ResourceId"] = resource.as_str().into();
    }
    if let Some(replaced) = &zone.replaced {
        shown["ReplacedResourceId"] = replaced.resource_id.as_str().into();
        shown["ReplacedEniId"] = replaced.eni_id.as_str().into();
    }
    shown
}

/// Account ids are numbers on the wire.
pub(super) fn account_number(account: &str) -> Value {
    account.parse::<i64>().map_or_else(|_| account.into(), Value::from)
}
