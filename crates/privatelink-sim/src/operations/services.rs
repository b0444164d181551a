//! Services: create, read, change, list, delete.

use std::sync::Arc;

use privatelink::Operation;
use serde_json::Value;

use super::{Spec, create_service, tagging, update_service, view};
use crate::config::DeletionBlockedBy;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::connection::ConnectionStatus;
use crate::machine::service::ServiceEvent;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, RESOURCE_TYPES, may, need};
use crate::world::Service;

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::CreateVpcEndpointService, create_service::create).takes(&[
        may("AddressIpVersion", Kind::Text),
        may("AutoAcceptEnabled", Kind::Flag),
        may("Payer", Kind::Word(&["Endpoint", "EndpointService"])),
        may("Resource", Kind::Items),
        may("ResourceGroupId", Kind::Text),
        may("ServiceDescription", Kind::Text),
        may("ServiceResourceType", Kind::Word(RESOURCE_TYPES)),
        may("ServiceSupportIPv6", Kind::Flag),
        may("SupportedRegionList", Kind::Texts(100)),
        may("Tag", Kind::Items),
        may("ZoneAffinityEnabled", Kind::Flag),
    ]),
    Spec::of(Operation::GetVpcEndpointServiceAttribute, get).takes(&[need("ServiceId", Kind::Text)]),
    Spec::of(Operation::UpdateVpcEndpointServiceAttribute, update_service::update).takes(&[
        need("ServiceId", Kind::Text),
        may("AddSupportedRegionSet", Kind::Texts(100)),
        may("AddressIpVersion", Kind::Text),
        may("AutoAcceptEnabled", Kind::Flag),
        may("ConnectBandwidth", Kind::Whole(100, 10_240)),
        may("DeleteSupportedRegionSet", Kind::Texts(100)),
        may("ServiceDescription", Kind::Text),
        may("ServiceSupportIPv6", Kind::Flag),
        may("ZoneAffinityEnabled", Kind::Flag),
    ]),
    Spec::of(Operation::ListVpcEndpointServices, list).takes(&[
        may("MaxResults", Kind::Whole(0, 1000)),
        may("NextToken", Kind::Text),
        may("ServiceId", Kind::Text),
        may("ServiceName", Kind::Text),
        may("ResourceId", Kind::Text),
        may("ServiceResourceType", Kind::Text),
        may("AutoAcceptEnabled", Kind::Flag),
        may("ZoneAffinityEnabled", Kind::Flag),
        may("ServiceStatus", Kind::Text),
        may("ServiceBusinessStatus", Kind::Text),
        may("AddressIpVersion", Kind::Text),
        may("ResourceGroupId", Kind::Text),
        may("Tag", Kind::Items),
    ]),
    Spec::of(Operation::DeleteVpcEndpointService, delete).takes(&[need("ServiceId", Kind::Text)]),
];

fn get(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.own_service()?;
    Ok(view::service(&service, visit.business_of_service(&service)))
}

/// The caller's services, oldest first; a filter that matches nothing gives an empty list.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let tags = tagging::read_filter(&visit.params.items("Tag"))?;
    let all = visit.world.services_at(visit.as_of(), &visit.caller.account, visit.region);
    let wanted: Vec<_> = all.into_iter().filter(|service| is_wanted(visit, service)).collect();
    let before_tags = wanted.len();
    let tagged = wanted.into_iter().filter(|service| tagging::pass(&visit.tags_shown(service), &tags));
    let page = visit.page(tagged.map(|service| (service.number, Arc::clone(service))).collect())?;
    let show = |service: &Arc<Service>| {
        view::listed_service(service, visit.business_of_service(service), &visit.tags_shown(service))
    };
    let shown: Vec<Value> = page.items.iter().map(show).collect();
    let total = if visit.config.guesses.total_ignores_tags.is_on() { before_tags } else { page.total };
    let mut fields = page.fields;
    fields.insert("Services".to_owned(), shown.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), total.into());
    Ok(fields)
}

fn is_wanted(visit: &Visit<'_>, service: &Service) -> bool {
    let params = visit.params;
    let is = |name: &str, value: &str| params.filled(name).is_none_or(|wanted| wanted == value);
    let flag = |name: &str, value: bool| params.flag(name).is_none_or(|wanted| wanted == value);
    let resource = params.filled("ResourceId");
    is("ServiceId", &service.id)
        && is("ServiceName", &service.name())
        && is("ServiceResourceType", &service.resource_type)
        && is("ServiceStatus", service.status.as_str())
        && is("ServiceBusinessStatus", visit.business_of_service(service).as_str())
        && is("AddressIpVersion", &service.address_ip_version)
        && is("ResourceGroupId", &service.resource_group)
        && flag("AutoAcceptEnabled", service.auto_accept)
        && flag("ZoneAffinityEnabled", service.zone_affinity)
        && resource.is_none_or(|id| service.held().any(|attachment| attachment.key.resource_id == id))
}

/// Answers at once; the service is `Deleting`, then gone.
fn delete(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.own_service()?;
    if !visit.bears_write(service.status) {
        return Err(Refusal::of("EndpointServiceOperationDenied"));
    }
    check_connections(visit, &service)?;
    let drops = visit.config.guesses.delete_drops_attachments.is_on();
    if !drops && service.held().next().is_some() {
        return Err(Refusal::of("EndpointServiceDependenceViolation"));
    }
    visit.commit()?;
    let takes = visit.takes(visit.config.timers.deleting);
    let now = visit.now;
    visit.world.change_service(now, &service.id, |service| {
        service.event(now, ServiceEvent::Delete, takes);
        service.attachments.clear();
    });
    Ok(view::nothing())
}

fn check_connections(visit: &Visit<'_>, service: &Service) -> Result<(), Refusal> {
    let statuses: Vec<_> =
        visit.world.endpoints_of(visit.now, &service.id).map(|endpoint| endpoint.connection.status).collect();
    if statuses.iter().any(|status| *status != ConnectionStatus::Disconnected) {
        return Err(Refusal::of("EndpointServiceConnectionDependence"));
    }
    match visit.config.guesses.deletion_blocked_by {
        DeletionBlockedBy::AnyEndpoint if !statuses.is_empty() => Err(Refusal::of("DeleteFailedDueToEndpointExist")),
        DeletionBlockedBy::AnyEndpoint | DeletionBlockedBy::LiveConnections => Ok(()),
    }
}
