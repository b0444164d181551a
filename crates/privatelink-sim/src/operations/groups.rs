//! Resource groups.

use privatelink::Operation;

use super::{Spec, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, own};

pub(super) const TABLE: &[Spec] = &[Spec::of(Operation::ChangeResourceGroup, change).takes(&[
    own("ResourceId", Kind::Text),
    own("ResourceGroupId", Kind::Text),
    may("ResourceType", Kind::AnyCase(&["VpcEndpoint", "VpcEndpointService"])),
])];

/// The group that a create names, which must exist, or the account's default one.
pub(super) fn wanted(visit: &Visit<'_>) -> Result<String, Refusal> {
    match visit.params.filled("ResourceGroupId") {
        None => Ok(visit.account.default_resource_group()),
        Some(id) if visit.account.has_resource_group(id) => Ok(id.to_owned()),
        Some(_) => Err(Refusal::of("InvalidResourceGroup")),
    }
}

/// Moves one thing; without a type it is an endpoint.
fn change(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let id = visit.params.filled("ResourceId").ok_or_else(|| Refusal::of("MissingParameter.ResourceId"))?;
    let group =
        visit.params.filled("ResourceGroupId").ok_or_else(|| Refusal::of("MissingParameter.ResourceGroupId"))?;
    let kind = visit.params.filled("ResourceType").unwrap_or("VpcEndpoint");
    let is_service = kind.eq_ignore_ascii_case("VpcEndpointService");
    let place = if is_service {
        visit.world.service(id).map(|service| (&service.account, &service.region))
    } else {
        visit.world.endpoint(id).map(|endpoint| (&endpoint.account, &endpoint.region))
    };
    if place.is_none_or(|(account, region)| *account != visit.caller.account || region != visit.region) {
        return Err(Refusal::of("ResourceNotFound"));
    }
    if !visit.account.has_resource_group(group) {
        return Err(Refusal::of("InvalidResourceGroup"));
    }
    visit.commit()?;
    if is_service {
        visit.world.change_service(visit.now, id, |service| group.clone_into(&mut service.resource_group));
    } else {
        visit.world.change_endpoint(visit.now, id, |endpoint| group.clone_into(&mut endpoint.resource_group));
    }
    Ok(view::nothing())
}
