//! From a step to its call, and from its success to what the inventory remembers.

use std::collections::BTreeMap;

use cloud_core::Error;
use privatelink::{
    AddUserToVpcEndpointServiceRequest, AttachResourceToVpcEndpointServiceRequest, ChangeResourceGroupRequest,
    CreateVpcEndpointServiceRequest, DeleteVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest,
    EndpointService, RemoveUserFromVpcEndpointServiceRequest, Resource, ServiceStatus, Tag, TagResourcesRequest,
    UntagResourcesRequest, UpdateVpcEndpointServiceAttributeRequest, UpdateVpcEndpointServiceResourceAttributeRequest,
    Writer,
};

use crate::cloud::services::{Attachment, AttachmentKey, AttributeChange, OwnWrite, Proof, Service};
use crate::vpc_endpoint_service::plan::Step;

/// Makes the call of a step that changes a service; answers the provider's id of the call.
///
/// Steps without a call of this kind (the object's own writes, and Create) answer `None` without calling anybody.
pub(super) async fn send(writer: &Writer, step: &Step) -> Result<Option<String>, Error> {
    let answer = match step {
        Step::Record(_) | Step::Create { .. } | Step::ReleaseFinalizer => return Ok(None),
        Step::UpdateAttributes { service_id, change } => {
            writer.update_vpc_endpoint_service_attribute(&update(service_id, change)).await
        }
        Step::ChangeResourceGroup { service_id, resource_group_id } => {
            writer.change_resource_group(&regroup(service_id, resource_group_id)).await
        }
        Step::Tag { service_id, tags } => writer.tag_resources(&tag(service_id, tags)).await,
        Step::Untag { service_id, keys } => {
            let request = UntagResourcesRequest {
                resource_ids: vec![service_id.clone()],
                tag_keys: keys.iter().cloned().collect(),
                ..UntagResourcesRequest::default()
            };
            writer.untag_resources(&request).await
        }
        Step::AttachResource { service_id, resource_type, key } => {
            writer.attach_resource_to_vpc_endpoint_service(&attach(service_id, resource_type, key)).await
        }
        Step::DetachResource { service_id, resource_type, key } => {
            writer.detach_resource_from_vpc_endpoint_service(&detach(service_id, resource_type, key)).await
        }
        Step::SetAutoAllocated { service_id, key, enabled } => {
            writer.update_vpc_endpoint_service_resource_attribute(&set_auto_allocated(service_id, key, *enabled)).await
        }
        Step::AddPrincipal { service_id, account } => {
            let request = AddUserToVpcEndpointServiceRequest {
                service_id: service_id.clone(),
                user_id: user_id(account),
                user_arn: Some(arn(account)),
                ..AddUserToVpcEndpointServiceRequest::default()
            };
            writer.add_user_to_vpc_endpoint_service(&request).await
        }
        Step::RemovePrincipal { service_id, account } => {
            let request = RemoveUserFromVpcEndpointServiceRequest {
                service_id: service_id.clone(),
                user_id: user_id(account),
                user_arn: Some(arn(account)),
                ..RemoveUserFromVpcEndpointServiceRequest::default()
            };
            writer.remove_user_from_vpc_endpoint_service(&request).await
        }
        Step::DeleteService { service_id } => {
            let request = DeleteVpcEndpointServiceRequest {
                service_id: service_id.clone(),
                ..DeleteVpcEndpointServiceRequest::default()
            };
            writer.delete_vpc_endpoint_service(&request).await
        }
    };
    answer.map(|answer| answer.request_id)
}

fn update(service_id: &str, change: &AttributeChange) -> UpdateVpcEndpointServiceAttributeRequest {
    let AttributeChange {
        description,
        auto_accept_enabled,
        zone_affinity_enabled,
        address_ip_version,
        connect_bandwidth_mbps,
    } = change;
    UpdateVpcEndpointServiceAttributeRequest {
        service_id: service_id.to_owned(),
        service_description: description.clone(),
        auto_accept_enabled: *auto_accept_enabled,
        zone_affinity_enabled: *zone_affinity_enabled,
        address_ip_version: address_ip_version.clone(),
        connect_bandwidth: connect_bandwidth_mbps.map(i64::from),
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

fn tag(service_id: &str, tags: &BTreeMap<String, String>) -> TagResourcesRequest {
    TagResourcesRequest {
        resource_ids: vec![service_id.to_owned()],
        tags: tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect(),
        ..TagResourcesRequest::default()
    }
}

fn attach(service_id: &str, resource_type: &str, key: &AttachmentKey) -> AttachResourceToVpcEndpointServiceRequest {
    AttachResourceToVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        resource_type: resource_type.to_owned(),
        resource_id: key.resource_id.clone(),
        zone_id: key.zone_id.clone(),
        ..AttachResourceToVpcEndpointServiceRequest::default()
    }
}

fn detach(service_id: &str, resource_type: &str, key: &AttachmentKey) -> DetachResourceFromVpcEndpointServiceRequest {
    DetachResourceFromVpcEndpointServiceRequest {
        service_id: service_id.to_owned(),
        resource_type: Some(resource_type.to_owned()),
        resource_id: key.resource_id.clone(),
        zone_id: key.zone_id.clone(),
        ..DetachResourceFromVpcEndpointServiceRequest::default()
    }
}

fn set_auto_allocated(
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

/// What the inventory remembers once the call of this step was accepted; `None` for steps that change no service that exists.
pub(super) fn own_write(step: &Step) -> Option<OwnWrite> {
    Some(match step {
        Step::Record(_) | Step::Create { .. } | Step::ReleaseFinalizer => return None,
        Step::UpdateAttributes { change, .. } => OwnWrite::Attributes(change.clone()),
        Step::ChangeResourceGroup { resource_group_id, .. } => OwnWrite::ResourceGroup(resource_group_id.clone()),
        Step::Tag { tags, .. } => OwnWrite::Tagged(tags.clone()),
        Step::Untag { keys, .. } => OwnWrite::Untagged(keys.clone()),
        Step::AttachResource { key, .. } => OwnWrite::Attached(key.clone()),
        Step::DetachResource { key, .. } => OwnWrite::Detached(key.clone()),
        Step::SetAutoAllocated { key, enabled, .. } => OwnWrite::AutoAllocated { key: key.clone(), enabled: *enabled },
        Step::AddPrincipal { account, .. } => OwnWrite::PrincipalAdded(account.clone()),
        Step::RemovePrincipal { account, .. } => OwnWrite::PrincipalRemoved(account.clone()),
        Step::DeleteService { .. } => OwnWrite::Deleted,
    })
}

/// The service that a Create made: what the answer says, and what was sent where it says nothing. `None`: it names no id.
///
/// It counts as Creating, whatever the answer says: an answer that a repeated token brought back tells of an earlier moment, and the service may
/// be gone since. Only what was read may call it Active.
pub(super) fn created_service(answer: EndpointService, request: &CreateVpcEndpointServiceRequest) -> Option<Service> {
    let mut service = Service::from_answer(answer)?;
    service.proof = Proof::OwnCreate;
    service.status = ServiceStatus::Creating;
    service.tags = request.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect();
    service.resource_type = service.resource_type.or_else(|| request.service_resource_type.clone());
    service.payer = service.payer.or_else(|| request.payer.clone());
    Some(service)
}

/// The attachments that a Create carries.
pub(super) fn sent_attachments(request: &CreateVpcEndpointServiceRequest) -> BTreeMap<AttachmentKey, Attachment> {
    request.resources.iter().filter_map(sent_attachment).collect()
}

fn sent_attachment(resource: &Resource) -> Option<(AttachmentKey, Attachment)> {
    let key = AttachmentKey { resource_id: resource.resource_id.clone()?, zone_id: resource.zone_id.clone() };
    // The provider's defaults for a new attachment.
    let attachment =
        Attachment { zone_id: resource.zone_id.clone(), auto_allocated_enabled: true, related_endpoint_count: 0 };
    Some((key, attachment))
}

#[cfg(test)]
mod tests;
