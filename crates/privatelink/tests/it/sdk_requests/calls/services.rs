//! The owner's side.

use privatelink::{
    AddUserToVpcEndpointServiceRequest, AttachResourceToVpcEndpointServiceRequest, CreateVpcEndpointServiceRequest,
    DeleteVpcEndpointServiceRequest, DetachResourceFromVpcEndpointServiceRequest,
    GetVpcEndpointServiceAttributeRequest, ListVpcEndpointServiceResourcesRequest, ListVpcEndpointServiceUsersRequest,
    ListVpcEndpointServicesRequest, RemoveUserFromVpcEndpointServiceRequest, Resource,
    UpdateVpcEndpointServiceAttributeRequest, UpdateVpcEndpointServiceResourceAttributeRequest, UserListType,
};

use super::{CONSUMER, DRY_RUN, SERVICE, SERVICE_NAME, ZONE, tags, text, texts, token};

fn nlb_in(zone: &str) -> Resource {
    Resource { resource_type: text("nlb"), resource_id: text("nlb-web"), zone_id: text(zone) }
}

pub(super) fn create() -> CreateVpcEndpointServiceRequest {
    CreateVpcEndpointServiceRequest {
        service_description: text("a shop & more"),
        auto_accept_enabled: Some(true),
        payer: text("Endpoint"),
        zone_affinity_enabled: Some(false),
        service_resource_type: text("nlb"),
        resources: vec![nlb_in("cn-hangzhou-h"), nlb_in(ZONE)],
        service_support_ipv6: Some(false),
        address_ip_version: text("IPv4"),
        supported_region_list: texts(&["cn-hangzhou", "cn-beijing"]),
        resource_group_id: text("rg-acfmteam"),
        tags: tags(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn get() -> GetVpcEndpointServiceAttributeRequest {
    GetVpcEndpointServiceAttributeRequest { service_id: SERVICE.to_owned() }
}

pub(super) fn update() -> UpdateVpcEndpointServiceAttributeRequest {
    UpdateVpcEndpointServiceAttributeRequest {
        service_id: SERVICE.to_owned(),
        service_description: text(""),
        auto_accept_enabled: Some(false),
        connect_bandwidth: Some(200),
        zone_affinity_enabled: Some(true),
        service_support_ipv6: Some(true),
        address_ip_version: text("DualStack"),
        add_supported_region_set: texts(&["cn-beijing"]),
        delete_supported_region_set: texts(&["cn-shanghai", "cn-qingdao"]),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn list() -> ListVpcEndpointServicesRequest {
    ListVpcEndpointServicesRequest {
        service_id: text(SERVICE),
        service_name: text(SERVICE_NAME),
        resource_id: text("nlb-web"),
        service_resource_type: text("nlb"),
        auto_accept_enabled: Some(true),
        zone_affinity_enabled: Some(false),
        service_status: text("Active"),
        service_business_status: text("Normal"),
        address_ip_version: text("IPv4"),
        resource_group_id: text("rg-acfmteam"),
        tags: tags(),
    }
}

pub(super) fn delete() -> DeleteVpcEndpointServiceRequest {
    DeleteVpcEndpointServiceRequest { service_id: SERVICE.to_owned(), client_token: token(), dry_run: DRY_RUN }
}

pub(super) fn attach() -> AttachResourceToVpcEndpointServiceRequest {
    AttachResourceToVpcEndpointServiceRequest {
        service_id: SERVICE.to_owned(),
        resource_type: "nlb".to_owned(),
        resource_id: "nlb-web".to_owned(),
        zone_id: text(ZONE),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn detach() -> DetachResourceFromVpcEndpointServiceRequest {
    DetachResourceFromVpcEndpointServiceRequest {
        service_id: SERVICE.to_owned(),
        resource_type: text("nlb"),
        resource_id: "nlb-web".to_owned(),
        zone_id: text(ZONE),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn resources() -> ListVpcEndpointServiceResourcesRequest {
    ListVpcEndpointServiceResourcesRequest { service_id: SERVICE.to_owned() }
}

pub(super) fn allocate() -> UpdateVpcEndpointServiceResourceAttributeRequest {
    UpdateVpcEndpointServiceResourceAttributeRequest {
        service_id: SERVICE.to_owned(),
        resource_id: "nlb-web".to_owned(),
        zone_id: text(ZONE),
        auto_allocated_enabled: false,
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn add_user() -> AddUserToVpcEndpointServiceRequest {
    AddUserToVpcEndpointServiceRequest {
        service_id: SERVICE.to_owned(),
        user_id: text(CONSUMER),
        user_arn: text("acs:ram:*:5555666677778888:*"),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn remove_user() -> RemoveUserFromVpcEndpointServiceRequest {
    RemoveUserFromVpcEndpointServiceRequest {
        service_id: SERVICE.to_owned(),
        user_id: text(CONSUMER),
        user_arn: text("acs:ram:*:5555666677778888:*"),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn users() -> ListVpcEndpointServiceUsersRequest {
    ListVpcEndpointServiceUsersRequest {
        service_id: SERVICE.to_owned(),
        user_id: text(CONSUMER),
        user_list_type: UserListType::UserArns,
    }
}
