//! Endpoints, the consumer's side: create, read, list, delete.

use std::sync::Arc;

use privatelink::Operation;
use serde_json::Value;

use super::{Spec, consumer, create_endpoint, tagging, update_endpoint, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::connection::ConnectionEvent;
use crate::machine::endpoint::{EndpointEvent, EndpointStatus};
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, need};
use crate::world::Endpoint;

const TYPES: &[&str] = &["Interface", "Reverse", "GatewayLoadBalancer"];

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::CreateVpcEndpoint, create_endpoint::create).takes(&[
        need("VpcId", Kind::Text),
        may("ServiceId", Kind::Text),
        may("ServiceName", Kind::Text),
        may("ServiceRegionId", Kind::Text),
        may("EndpointType", Kind::Word(TYPES)),
        may("EndpointName", Kind::Text),
        may("EndpointDescription", Kind::Text),
        may("Zone", Kind::Items),
        may("SecurityGroupId", Kind::Texts(10)),
        may("ZonePrivateIpAddressCount", Kind::Whole(1, 1)),
        may("ProtectedEnabled", Kind::Flag),
        may("AddressIpVersion", Kind::Word(&["IPv4", "DualStack"])),
        may("ZoneAffinityEnabled", Kind::Flag),
        may("CrossRegionBandwidth", Kind::Whole(100, 1_000_000)),
        may("PolicyDocument", Kind::Text),
        may("ResourceGroupId", Kind::Text),
        may("Tag", Kind::Items),
    ]),
    Spec::of(Operation::GetVpcEndpointAttribute, get).takes(&[need("EndpointId", Kind::Text)]),
    Spec::of(Operation::ListVpcEndpoints, list).takes(&[
        may("MaxResults", Kind::Whole(0, 1000)),
        may("NextToken", Kind::Text),
        may("EndpointId", Kind::Text),
        may("EndpointName", Kind::Text),
        may("EndpointType", Kind::Text),
        may("EndpointStatus", Kind::Text),
        may("ConnectionStatus", Kind::Text),
        may("ServiceName", Kind::Text),
        may("ServiceRegionId", Kind::Text),
        may("VpcId", Kind::Text),
        may("ResourceGroupId", Kind::Text),
        may("AddressIpVersion", Kind::Text),
        may("Tag", Kind::Items),
    ]),
    Spec::of(Operation::UpdateVpcEndpointAttribute, update_endpoint::update).takes(&[
        need("EndpointId", Kind::Text),
        may("EndpointName", Kind::Text),
        may("EndpointDescription", Kind::Text),
        may("PolicyDocument", Kind::Text),
        may("ResetPolicy", Kind::Flag),
        may("AddressIpVersion", Kind::Word(&["IPv4", "DualStack"])),
        may("CrossRegionBandwidth", Kind::Whole(100, 1_000_000)),
        may("ZoneAffinityEnabled", Kind::Flag),
    ]),
    Spec::of(Operation::DeleteVpcEndpoint, delete).takes(&[need("EndpointId", Kind::Text)]),
];

fn get(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    Ok(view::endpoint(&*consumer::own(visit)?, visit.business()))
}

/// The caller's endpoints, oldest first.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let tags = tagging::read_filter(&visit.params.items("Tag"))?;
    let all = visit.world.endpoints_at(visit.as_of()).into_iter();
    let wanted = all.filter(|endpoint| is_wanted(visit, endpoint) && tagging::pass(&endpoint.tags, &tags));
    let page = visit.page(wanted.map(|endpoint| (endpoint.number, Arc::clone(endpoint))).collect())?;
    let business = visit.business();
    let shown: Vec<Value> = page.items.iter().map(|endpoint| view::listed_endpoint(endpoint, business)).collect();
    let mut fields = page.fields;
    fields.insert("Endpoints".to_owned(), shown.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), page.total.into());
    Ok(fields)
}

fn is_wanted(visit: &Visit<'_>, endpoint: &Endpoint) -> bool {
    let is = |name: &str, value: &str| visit.params.filled(name).is_none_or(|wanted| wanted == value);
    endpoint.account == visit.caller.account
        && endpoint.region == visit.region
        && is("EndpointId", &endpoint.id)
        && is("EndpointName", &endpoint.name)
        && is("EndpointType", &endpoint.kind)
        && is("EndpointStatus", endpoint.status.as_str())
        && is("ConnectionStatus", endpoint.connection.status.as_str())
        && is("ServiceName", &endpoint.service_name)
        && is("ServiceRegionId", &endpoint.service_region)
        && is("VpcId", &endpoint.vpc_id)
        && is("ResourceGroupId", &endpoint.resource_group)
        && is("AddressIpVersion", &endpoint.address_ip_version)
}

/// Answers at once; the endpoint is `Deleting`, then gone. Its zones must have been removed before.
fn delete(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let endpoint = consumer::own(visit)?;
    if endpoint.protected {
        return Err(Refusal::of("EndpointProtected"));
    }
    if endpoint.status != EndpointStatus::Active {
        return Err(Refusal::of("EndpointOperationDenied"));
    }
    if visit.config.guesses.endpoint_zones_go_first.is_on() && !endpoint.zones.is_empty() {
        return Err(Refusal::of("EndpointDependenceViolation"));
    }
    visit.commit()?;
    let takes = visit.takes(visit.config.timers.endpoint_deleting);
    let now = visit.now;
    visit.world.change_endpoint(now, &endpoint.id, |endpoint| {
        endpoint.event(now, EndpointEvent::Delete, takes);
        endpoint.connect_event(now, ConnectionEvent::EndpointGoes, takes);
    });
    Ok(view::nothing())
}
