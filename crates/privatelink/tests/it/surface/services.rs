//! Services, their load balancers and their users.

use privatelink::*;

use super::{Method, account, table, tags, text, texts};

pub(super) fn methods() -> Vec<Method> {
    let mut methods = services();
    methods.extend(load_balancers());
    methods.extend(users());
    methods
}

fn services() -> Vec<Method> {
    table![
        writer.create_vpc_endpoint_service(creation()),
        reader.get_vpc_endpoint_service_attribute(GetVpcEndpointServiceAttributeRequest { service_id: "x".to_owned() }),
        writer.update_vpc_endpoint_service_attribute(update()),
        writer.delete_vpc_endpoint_service(DeleteVpcEndpointServiceRequest {
            service_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
        reader.list_vpc_endpoint_services(ListVpcEndpointServicesRequest {
            service_id: text(),
            service_name: text(),
            resource_id: text(),
            service_resource_type: text(),
            auto_accept_enabled: Some(true),
            zone_affinity_enabled: Some(true),
            service_status: text(),
            service_business_status: text(),
            address_ip_version: text(),
            resource_group_id: text(),
            tags: tags(),
        }),
        reader.list_vpc_endpoint_services_by_end_user(ListVpcEndpointServicesByEndUserRequest {
            service_id: text(),
            service_name: text(),
            service_type: text(),
            service_region_id: text(),
            resource_group_id: text(),
            tags: tags(),
        }),
    ]
}

fn creation() -> CreateVpcEndpointServiceRequest {
    CreateVpcEndpointServiceRequest {
        service_description: text(),
        auto_accept_enabled: Some(true),
        payer: text(),
        zone_affinity_enabled: Some(true),
        service_resource_type: text(),
        resources: vec![Resource { resource_type: text(), resource_id: text(), zone_id: text() }],
        address_ip_version: text(),
        service_support_ipv6: Some(true),
        supported_region_list: texts(),
        resource_group_id: text(),
        tags: tags(),
        client_token: text(),
        dry_run: Some(true),
    }
}

fn update() -> UpdateVpcEndpointServiceAttributeRequest {
    UpdateVpcEndpointServiceAttributeRequest {
        service_id: "x".to_owned(),
        service_description: text(),
        auto_accept_enabled: Some(true),
        connect_bandwidth: Some(100),
        zone_affinity_enabled: Some(true),
        address_ip_version: text(),
        service_support_ipv6: Some(true),
        add_supported_region_set: texts(),
        delete_supported_region_set: texts(),
        client_token: text(),
        dry_run: Some(true),
    }
}

fn load_balancers() -> Vec<Method> {
    table![
        writer.attach_resource_to_vpc_endpoint_service(AttachResourceToVpcEndpointServiceRequest {
            service_id: "x".to_owned(),
            resource_type: "nlb".to_owned(),
            resource_id: "x".to_owned(),
            zone_id: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.detach_resource_from_vpc_endpoint_service(DetachResourceFromVpcEndpointServiceRequest {
            service_id: "x".to_owned(),
            resource_type: text(),
            resource_id: "x".to_owned(),
            zone_id: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.update_vpc_endpoint_service_resource_attribute(UpdateVpcEndpointServiceResourceAttributeRequest {
            service_id: "x".to_owned(),
            resource_id: "x".to_owned(),
            zone_id: text(),
            auto_allocated_enabled: true,
            client_token: text(),
            dry_run: Some(true),
        }),
        reader
            .list_vpc_endpoint_service_resources(ListVpcEndpointServiceResourcesRequest { service_id: "x".to_owned() }),
    ]
}

fn users() -> Vec<Method> {
    table![
        writer.add_user_to_vpc_endpoint_service(AddUserToVpcEndpointServiceRequest {
            service_id: "x".to_owned(),
            user_id: account(),
            user_arn: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.remove_user_from_vpc_endpoint_service(RemoveUserFromVpcEndpointServiceRequest {
            service_id: "x".to_owned(),
            user_id: account(),
            user_arn: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        reader.list_vpc_endpoint_service_users(ListVpcEndpointServiceUsersRequest {
            service_id: "x".to_owned(),
            user_id: account(),
            user_list_type: UserListType::UserArns,
        }),
    ]
}
