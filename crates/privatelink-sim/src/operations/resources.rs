//! Resources of a service: attach, detach, list, switch automatic allocation.

use privatelink::Operation;
use serde_json::{Value, json};

use super::backing::{self, During, Wanted, needs_zone};
use super::{Spec, view};
use crate::clock::after;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::service::ServiceEvent;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, RESOURCE_TYPES, may, need};
use crate::world::{Attachment, AttachmentKey, Service};

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::AttachResourceToVpcEndpointService, attach).takes(&[
        need("ServiceId", Kind::Text),
        need("ResourceType", Kind::Text),
        need("ResourceId", Kind::Text),
        may("ZoneId", Kind::Text),
    ]),
    Spec::of(Operation::DetachResourceFromVpcEndpointService, detach).takes(&[
        need("ServiceId", Kind::Text),
        need("ResourceId", Kind::Text),
        may("ResourceType", Kind::Word(RESOURCE_TYPES)),
        may("ZoneId", Kind::Text),
    ]),
    Spec::of(Operation::ListVpcEndpointServiceResources, list).takes(&[
        need("ServiceId", Kind::Text),
        may("MaxResults", Kind::Whole(0, 50)),
        may("NextToken", Kind::Text),
    ]),
    Spec::of(Operation::UpdateVpcEndpointServiceResourceAttribute, update).takes(&[
        need("ServiceId", Kind::Text),
        need("ResourceId", Kind::Text),
        need("AutoAllocatedEnabled", Kind::Flag),
        may("ZoneId", Kind::Text),
    ]),
];

/// One load balancer in one zone; the list shows it later.
fn attach(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let resource_type = visit.params.required("ResourceType").to_owned();
    if !RESOURCE_TYPES.contains(&resource_type.as_str()) {
        return Err(Refusal::of("EndpointServiceResourceTypeNotSupport"));
    }
    let service = visit.ready_service()?;
    let wanted = Wanted {
        resource_type,
        resource_id: visit.params.required("ResourceId").to_owned(),
        zone_id: visit.params.filled("ZoneId").map(str::to_owned),
        service_type: service.resource_type.clone(),
        dual_stack: service.address_ip_version == "DualStack",
        ipv6: service.support_ipv6,
        during: During::Attach,
    };
    let attachment = backing::check(visit, &wanted)?;
    if service.attachment(&attachment.key).is_some() {
        return Err(Refusal::of("EndpointServiceResourceExist"));
    }
    check_quota(visit, &service, &attachment)?;
    visit.commit()?;
    let number = visit.world.next_number();
    let settles = Some(after(visit.now, visit.takes(visit.config.timers.attachment)));
    change(visit, &service, |service, _| {
        service.attachments.retain(|old| old.key != attachment.key);
        service.attachments.push(Attachment { number, settles, ..attachment });
    });
    Ok(view::nothing())
}

fn check_quota(visit: &Visit<'_>, service: &Service, attachment: &Attachment) -> Result<(), Refusal> {
    let quotas = &visit.config.quotas;
    let in_zone = service.held().filter(|held| held.key.zone_id == attachment.key.zone_id).count();
    if service.held().count() >= quotas.resources_per_service || in_zone >= quotas.resources_per_zone {
        return Err(Refusal::of("QuotaMisMatched"));
    }
    Ok(())
}

/// One attachment; the list shows it a little longer.
fn detach(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.ready_service()?;
    let attachment = find(visit, &service)?;
    let (now, key) = (visit.now, &attachment.key);
    let world = &visit.world;
    if world.related_endpoints(now, &service.id, key) + world.departed_endpoints(now, &service.id, key) > 0 {
        return Err(Refusal::of("EndpointServiceConnectionDependence"));
    }
    if is_last_for_somebody(visit, &service, &attachment.key) {
        return Err(Refusal::of("EndpointServiceResourceCannotRemove"));
    }
    let key = attachment.key.clone();
    visit.commit()?;
    let takes = visit.takes(visit.config.timers.attachment);
    change(visit, &service, |service, now| service.detach(now, &key, takes));
    Ok(view::nothing())
}

/// Whether a live connection has a zone that no other resource could serve. The documented reason for
/// `EndpointServiceResourceCannotRemove` is unknown; this one is a guess.
fn is_last_for_somebody(visit: &Visit<'_>, service: &Service, key: &AttachmentKey) -> bool {
    let same_zone = |other: &&Attachment| other.key.zone_id == key.zone_id && other.key != *key;
    let is_last = !service.held().filter(same_zone).any(|other| other.auto_allocated);
    let mut live =
        visit.world.endpoints_of(visit.now, &service.id).filter(|endpoint| endpoint.connection.status.is_live());
    is_last && live.any(|endpoint| endpoint.zones.iter().any(|zone| zone.zone_id == key.zone_id))
}

/// Whether new connections may be given this resource by themselves.
fn update(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let service = visit.ready_service()?;
    let attachment = find(visit, &service)?;
    let enabled = visit.params.flag("AutoAllocatedEnabled").unwrap_or(true);
    let others = service.held().filter(|other| {
        other.key.zone_id == attachment.key.zone_id && other.key != attachment.key && other.auto_allocated
    });
    if !enabled && others.count() == 0 {
        return Err(Refusal::of("ResourceAutoAllocateViolation"));
    }
    let key = attachment.key.clone();
    visit.commit()?;
    change(visit, &service, |service, _| {
        for attachment in service.attachments.iter_mut().filter(|attachment| attachment.key == key) {
            attachment.auto_allocated = enabled;
        }
    });
    Ok(view::nothing())
}

/// Puts the service into `Pending` and makes a change.
fn change(visit: &mut Visit<'_>, service: &Service, make: impl FnOnce(&mut Service, jiff::Timestamp)) {
    let pending = visit.takes(visit.config.timers.pending);
    let now = visit.now;
    visit.world.change_service(now, &service.id, |service| {
        service.event(now, ServiceEvent::Change, pending);
        make(service, now);
    });
}

/// The attachment that `ResourceId` and `ZoneId` name; a classic load balancer has but one.
fn find<'a>(visit: &Visit<'_>, service: &'a Service) -> Result<&'a Attachment, Refusal> {
    let (id, zone) = (visit.params.required("ResourceId"), visit.params.filled("ZoneId"));
    if needs_zone(&service.resource_type) && zone.is_none() {
        return Err(Refusal::missing("ZoneId"));
    }
    let is_it = |attachment: &&Attachment| {
        attachment.key.resource_id == id && zone.is_none_or(|zone| attachment.key.zone_id == zone)
    };
    service.held().find(is_it).ok_or_else(|| Refusal::of("EndpointServiceResourceNotFound"))
}

/// Without `TotalCount`, as documented.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let id = visit.own_service()?.id.clone();
    let service = visit.world.service_at(visit.as_of(), &id).cloned();
    let listed = service.iter().flat_map(|service| &service.attachments).filter(|held| held.status.is_listed());
    let mut all: Vec<(u64, &Attachment)> = listed.map(|attachment| (attachment.number, attachment)).collect();
    all.sort_unstable_by_key(|(number, _)| *number);
    let page = visit.page(all)?;
    let shown: Vec<Value> = page.items.iter().map(|attachment| show(visit, &id, attachment)).collect();
    let mut fields = page.fields;
    fields.insert("Resources".to_owned(), shown.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    Ok(fields)
}

fn show(visit: &Visit<'_>, service: &str, attachment: &Attachment) -> Value {
    let related = visit.world.related_endpoints(visit.as_of(), service, &attachment.key);
    let departed = visit.world.departed_endpoints(visit.as_of(), service, &attachment.key);
    let are_both_related = visit.config.guesses.migration.departed_are_related.is_on();
    json!({
        "ResourceId": attachment.key.resource_id,
        "ResourceType": attachment.kind,
        "ZoneId": attachment.key.zone_id,
        "RegionId": visit.region,
        "VpcId": attachment.vpc_id,
        "VSwitchId": attachment.vswitch_id,
        "Ip": attachment.ip,
        "RelatedEndpointCount": if are_both_related { related + departed } else { related },
        "RelatedDeprecatedEndpointCount": departed,
        "AutoAllocatedEnabled": attachment.auto_allocated,
        "ResourceSupportIPv6": attachment.supports_ipv6,
    })
}
