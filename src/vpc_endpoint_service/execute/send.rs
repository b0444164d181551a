//! From a write to its call, and from the answer of a Create to what it created.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::Error;
use privatelink::{
    AddUserToVpcEndpointServiceRequest, AttachResourceToVpcEndpointServiceRequest, ChangeResourceGroupRequest,
    CreateVpcEndpointServiceRequest, DeleteVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest,
    DisableVpcEndpointConnectionRequest, DisableVpcEndpointZoneConnectionRequest, EnableVpcEndpointConnectionRequest,
    EndpointService, RegionStatus, RemoveUserFromVpcEndpointServiceRequest, Resource, ServiceStatus, Tag,
    TagResourcesRequest, UntagResourcesRequest, UpdateVpcEndpointConnectionAttributeRequest,
    UpdateVpcEndpointServiceAttributeRequest, UpdateVpcEndpointServiceResourceAttributeRequest,
    UpdateVpcEndpointZoneConnectionResourceAttributeRequest, Writer,
};

use crate::cloud::services::{
    Attachment, AttachmentKey, Attributes, ConnectionAttributes, Created, Proof, Regions, Service, Write,
};

/// `ResourceReplaceMode`; the other one is `Force`, which nobody sends.
const GRACEFUL: &str = "Graceful";

/// Makes the call of a write; answers the provider's id of the call.
pub(super) async fn send(writer: &Writer, service_id: &str, write: &Write) -> Result<Option<String>, Error> {
    let answer = match write {
        Write::Attributes(change) => writer.update_vpc_endpoint_service_attribute(&update(service_id, change)).await,
        Write::AddRegions(regions) => {
            writer.update_vpc_endpoint_service_attribute(&update_regions(service_id, regions, &BTreeSet::new())).await
        }
        Write::RemoveRegions(regions) => {
            writer.update_vpc_endpoint_service_attribute(&update_regions(service_id, &BTreeSet::new(), regions)).await
        }
        Write::ResourceGroup(id) => writer.change_resource_group(&regroup(service_id, id)).await,
        Write::Tag(tags) => writer.tag_resources(&tag(service_id, tags)).await,
        Write::Untag(keys) => writer.untag_resources(&untag(service_id, keys)).await,
        Write::Attach { resource_type, key } => {
            writer.attach_resource_to_vpc_endpoint_service(&attach(service_id, resource_type, key)).await
        }
        Write::Detach { resource_type, key } => {
            writer.detach_resource_from_vpc_endpoint_service(&detach(service_id, resource_type, key)).await
        }
        Write::AutoAllocation { key, enabled } => {
            writer.update_vpc_endpoint_service_resource_attribute(&set_auto_allocated(service_id, key, *enabled)).await
        }
        Write::AddPrincipal(account) => {
            writer.add_user_to_vpc_endpoint_service(&add_principal(service_id, account)).await
        }
        Write::RemovePrincipal(account) => {
            writer.remove_user_from_vpc_endpoint_service(&remove_principal(service_id, account)).await
        }
        Write::Accept { endpoint_id, attributes } => {
            writer.enable_vpc_endpoint_connection(&accept(service_id, endpoint_id, attributes)).await
        }
        Write::Connection { endpoint_id, attributes } => {
            writer.update_vpc_endpoint_connection_attribute(&reshape(service_id, endpoint_id, attributes)).await
        }
        Write::Disconnect(endpoint_id) => {
            writer.disable_vpc_endpoint_connection(&disconnect(service_id, endpoint_id)).await
        }
        Write::Migrate { endpoint_id, zone_id, resource_type, to, from: _ } => {
            let request = migrate(service_id, (endpoint_id, zone_id), (resource_type, to));
            writer.update_vpc_endpoint_zone_connection_resource_attribute(&request).await
        }
        Write::CloseReplaced { endpoint_id, zone_id, .. } => {
            writer.disable_vpc_endpoint_zone_connection(&close_replaced(service_id, endpoint_id, zone_id)).await
        }
        Write::Delete => writer.delete_vpc_endpoint_service(&delete(service_id)).await,
    };
    answer.map(|answer| answer.request_id)
}

pub(super) fn update(service_id: &str, change: &Attributes) -> UpdateVpcEndpointServiceAttributeRequest {
    let mut request = UpdateVpcEndpointServiceAttributeRequest {
        service_id: service_id.to_owned(),
        ..UpdateVpcEndpointServiceAttributeRequest::default()
    };
    change.put_into_update(&mut request);
    request
}

pub(super) fn update_regions(
    service_id: &str,
    add: &BTreeSet<String>,
    remove: &BTreeSet<String>,
) -> UpdateVpcEndpointServiceAttributeRequest {
    UpdateVpcEndpointServiceAttributeRequest {
        service_id: service_id.to_owned(),
        add_supported_region_set: add.iter().cloned().collect(),
        delete_supported_region_set: remove.iter().cloned().collect(),
        ..UpdateVpcEndpointServiceAttributeRequest::default()
    }
}

fn regroup(service_id: &str, resource_group_id: &str) -> ChangeResourceGroupRequest {
    ChangeResourceGroupRequest {
        resource_id: service_id.to_owned(),
        resource_group_id: resource_group_id.to_owned(),
        ..ChangeResourceGroupRequest::default()
    }
}

pub(super) fn tag(service_id: &str, tags: &BTreeMap<String, String>) -> TagResourcesRequest {
    TagResourcesRequest {
        resource_ids: vec![service_id.to_owned()],
        tags: tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect(),
        ..TagResourcesRequest::default()
    }
}

pub(super) fn untag(service_id: &str, keys: &BTreeSet<String>) -> UntagResourcesRequest {
    UntagResourcesRequest {
        resource_ids: vec![service_id.to_owned()],
        tag_keys: keys.iter().cloned().collect(),
        ..UntagResourcesRequest::default()
    }
}

pub(super) fn attach(
    service_id: &str,
    resource_type: &str,
    key: &AttachmentKey,
) -> AttachResourceToVpcEndpointServiceRequest {
    AttachResourceToVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        resource_type: resource_type.to_owned(),
        resource_id: key.resource_id.clone(),
        zone_id: key.zone_id.clone(),
        ..AttachResourceToVpcEndpointServiceRequest::default()
    }
}

pub(super) fn detach(
    service_id: &str,
    resource_type: &str,
    key: &AttachmentKey,
) -> DetachResourceFromVpcEndpointServiceRequest {
    DetachResourceFromVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        resource_type: Some(resource_type.to_owned()),
        resource_id: key.resource_id.clone(),
        zone_id: key.zone_id.clone(),
        ..DetachResourceFromVpcEndpointServiceRequest::default()
    }
}

pub(super) fn set_auto_allocated(
    service_id: &str,
    key: &AttachmentKey,
    enabled: bool,
) -> UpdateVpcEndpointServiceResourceAttributeRequest {
    UpdateVpcEndpointServiceResourceAttributeRequest {
        service_id: service_id.to_owned(),
        resource_id: key.resource_id.clone(),
        zone_id: key.zone_id.clone(),
        auto_allocated_enabled: enabled,
        ..UpdateVpcEndpointServiceResourceAttributeRequest::default()
    }
}

pub(super) fn add_principal(service_id: &str, account: &str) -> AddUserToVpcEndpointServiceRequest {
    AddUserToVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        user_id: user_id(account),
        user_arn: Some(arn(account)),
        ..AddUserToVpcEndpointServiceRequest::default()
    }
}

pub(super) fn remove_principal(service_id: &str, account: &str) -> RemoveUserFromVpcEndpointServiceRequest {
    RemoveUserFromVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        user_id: user_id(account),
        user_arn: Some(arn(account)),
        ..RemoveUserFromVpcEndpointServiceRequest::default()
    }
}

pub(super) fn accept(
    service_id: &str,
    endpoint_id: &str,
    attributes: &ConnectionAttributes,
) -> EnableVpcEndpointConnectionRequest {
    EnableVpcEndpointConnectionRequest {
        service_id: service_id.to_owned(),
        endpoint_id: endpoint_id.to_owned(),
        bandwidth: attributes.bandwidth_mbps.map(i64::from),
        traffic_control_mode: attributes.traffic_control_mode.clone(),
        ..EnableVpcEndpointConnectionRequest::default()
    }
}

pub(super) fn reshape(
    service_id: &str,
    endpoint_id: &str,
    attributes: &ConnectionAttributes,
) -> UpdateVpcEndpointConnectionAttributeRequest {
    UpdateVpcEndpointConnectionAttributeRequest {
        service_id: service_id.to_owned(),
        endpoint_id: endpoint_id.to_owned(),
        bandwidth: attributes.bandwidth_mbps.map(i64::from),
        traffic_control_mode: attributes.traffic_control_mode.clone(),
        ..UpdateVpcEndpointConnectionAttributeRequest::default()
    }
}

pub(super) fn disconnect(service_id: &str, endpoint_id: &str) -> DisableVpcEndpointConnectionRequest {
    DisableVpcEndpointConnectionRequest {
        service_id: service_id.to_owned(),
        endpoint_id: endpoint_id.to_owned(),
        ..DisableVpcEndpointConnectionRequest::default()
    }
}

/// Gracefully: what is open is not cut.
pub(super) fn migrate(
    service_id: &str,
    (endpoint_id, zone_id): (&str, &str),
    (resource_type, resource_id): (&str, &str),
) -> UpdateVpcEndpointZoneConnectionResourceAttributeRequest {
    UpdateVpcEndpointZoneConnectionResourceAttributeRequest {
        service_id: service_id.to_owned(),
        endpoint_id: endpoint_id.to_owned(),
        zone_id: zone_id.to_owned(),
        resource_replace_mode: Some(GRACEFUL.to_owned()),
        resource_id: Some(resource_id.to_owned()),
        resource_type: Some(resource_type.to_owned()),
        ..UpdateVpcEndpointZoneConnectionResourceAttributeRequest::default()
    }
}

/// Without `ReplacedResource` the same call would cut the zone.
pub(super) fn close_replaced(
    service_id: &str,
    endpoint_id: &str,
    zone_id: &str,
) -> DisableVpcEndpointZoneConnectionRequest {
    DisableVpcEndpointZoneConnectionRequest {
        service_id: service_id.to_owned(),
        endpoint_id: endpoint_id.to_owned(),
        zone_id: zone_id.to_owned(),
        replaced_resource: Some(true),
        ..DisableVpcEndpointZoneConnectionRequest::default()
    }
}

pub(super) fn delete(service_id: &str) -> DeleteVpcEndpointServiceRequest {
    DeleteVpcEndpointServiceRequest { service_id: service_id.to_owned(), ..DeleteVpcEndpointServiceRequest::default() }
}

/// An account's own number, where it has one. It goes along with the ARN, as the provider's Terraform provider sends it: who holds both spellings, in one
/// list or in two, is added to both and removed from both.
fn user_id(account: &str) -> Option<String> {
    account.parse::<i64>().ok().filter(|id| *id >= 0).map(|_| account.to_owned())
}

/// The ARN of an account. What is no account id (it was found in the cloud) goes back as it came.
fn arn(account: &str) -> String {
    if account.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("acs:ram:*:{account}:*")
    } else {
        account.to_owned()
    }
}

/// What a Create created: what the answer says, and what was sent where it says nothing. `None`: it names no id.
///
/// It counts as Creating, whatever the answer says: an answer that a repeated token brought back tells of an earlier moment, and the service may
/// be gone since. Only what was read may call it Active.
pub(super) fn created(answer: EndpointService, request: &CreateVpcEndpointServiceRequest) -> Option<Created> {
    let mut service = Service::from_answer(answer)?;
    service.proof = Proof::OwnCreate;
    service.status = ServiceStatus::Creating;
    service.tags = request.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    service.resource_type = service.resource_type.or_else(|| request.service_resource_type.clone());
    service.payer = service.payer.or_else(|| request.payer.clone());
    service.regions = service.regions.or_else(|| Some(sent_regions(request)));
    Some(Created { service, attachments: request.resources.iter().filter_map(sent_attachment).collect() })
}

fn sent_regions(request: &CreateVpcEndpointServiceRequest) -> Regions {
    request.supported_region_list.iter().map(|region| (region.clone(), RegionStatus::Pending)).collect()
}

fn sent_attachment(resource: &Resource) -> Option<(AttachmentKey, Attachment)> {
    let key = AttachmentKey { resource_id: resource.resource_id.clone()?, zone_id: resource.zone_id.clone() };
    Some((key, Attachment::new(resource.zone_id.clone())))
}

#[cfg(test)]
mod tests;
