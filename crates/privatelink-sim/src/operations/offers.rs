//! Services as a consumer sees them.

use std::sync::Arc;

use privatelink::Operation;
use serde_json::Value;

use super::{Spec, create_endpoint, tagging, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::service::ServiceStatus;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may};
use crate::world::Service;

pub(super) const TABLE: &[Spec] = &[Spec::of(Operation::ListVpcEndpointServicesByEndUser, list).takes(&[
    may("MaxResults", Kind::Whole(0, 1000)),
    may("NextToken", Kind::Text),
    may("ServiceId", Kind::Text),
    may("ServiceName", Kind::Text),
    may("ServiceType", Kind::Text),
    may("ServiceRegionId", Kind::Text),
    may("ResourceGroupId", Kind::Text),
    may("Tag", Kind::Items),
])];

/// Services that the caller may connect to from this region, oldest first. `TotalCount` is a text.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let tags = tagging::read_filter(&visit.params.items("Tag"))?;
    let all = visit.world.all_services_at(visit.as_of()).into_iter();
    let wanted = all.filter(|service| is_wanted(visit, service) && tagging::pass(&visit.tags_shown(service), &tags));
    let page = visit.page(wanted.map(|service| (service.number, Arc::clone(service))).collect())?;
    let policies = visit.config.guesses.endpoint_policies.is_on();
    let show = |service: &Arc<Service>| view::offered_service(service, policies, &visit.tags_shown(service));
    let shown: Vec<Value> = page.items.iter().map(show).collect();
    let mut fields = page.fields;
    fields.insert("Services".to_owned(), shown.into());
    fields.insert("MaxResults".to_owned(), page.asked.into());
    fields.insert("TotalCount".to_owned(), page.total.to_string().into());
    Ok(fields)
}

fn is_wanted(visit: &Visit<'_>, service: &Service) -> bool {
    let is = |name: &str, value: &str| visit.params.filled(name).is_none_or(|wanted| wanted == value);
    let region = visit.params.filled("ServiceRegionId").unwrap_or(visit.region);
    // What cannot be connected to yet, or any more, is not offered: a guess.
    matches!(service.status, ServiceStatus::Active | ServiceStatus::Pending)
        && service.region == region
        && create_endpoint::may_connect(visit, service)
        && is("ServiceId", &service.id)
        && is("ServiceName", &service.name())
        && is("ServiceType", service.service_type())
        && is("ResourceGroupId", &service.resource_group)
}
