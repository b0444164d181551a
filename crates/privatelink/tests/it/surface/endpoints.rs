//! Endpoints, their zones and security groups: the consumer's side.

use privatelink::*;

use super::{Method, table, tags, text, texts};

pub(super) fn methods() -> Vec<Method> {
    let mut methods = endpoints();
    methods.extend(zones());
    methods.extend(security_groups());
    methods
}

fn endpoints() -> Vec<Method> {
    table![
        writer.create_vpc_endpoint(creation()),
        reader.get_vpc_endpoint_attribute(GetVpcEndpointAttributeRequest { endpoint_id: "x".to_owned() }),
        reader.list_vpc_endpoints(ListVpcEndpointsRequest {
            endpoint_id: text(),
            endpoint_name: text(),
            endpoint_type: text(),
            endpoint_status: text(),
            connection_status: text(),
            service_name: text(),
            service_region_id: text(),
            vpc_id: text(),
            resource_group_id: text(),
            address_ip_version: text(),
            tags: tags(),
        }),
        writer.update_vpc_endpoint_attribute(UpdateVpcEndpointAttributeRequest {
            endpoint_id: "x".to_owned(),
            endpoint_name: text(),
            endpoint_description: text(),
            address_ip_version: text(),
            cross_region_bandwidth: Some(100),
            zone_affinity_enabled: Some(true),
            policy_document: text(),
            reset_policy: Some(true),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.delete_vpc_endpoint(DeleteVpcEndpointRequest {
            endpoint_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
    ]
}

fn creation() -> CreateVpcEndpointRequest {
    CreateVpcEndpointRequest {
        vpc_id: "x".to_owned(),
        service_id: text(),
        service_name: text(),
        service_region_id: text(),
        endpoint_type: text(),
        endpoint_name: text(),
        endpoint_description: text(),
        zones: vec![EndpointZone { zone_id: text(), v_switch_id: text(), ip: text(), ipv6_address: text() }],
        security_group_ids: texts(),
        zone_private_ip_address_count: Some(1),
        protected_enabled: Some(false),
        address_ip_version: text(),
        zone_affinity_enabled: Some(true),
        cross_region_bandwidth: Some(100),
        policy_document: text(),
        resource_group_id: text(),
        tags: tags(),
        client_token: text(),
        dry_run: Some(true),
    }
}

fn zones() -> Vec<Method> {
    table![
        writer.add_zone_to_vpc_endpoint(AddZoneToVpcEndpointRequest {
            endpoint_id: "x".to_owned(),
            zone_id: "x".to_owned(),
            v_switch_id: "x".to_owned(),
            ip: text(),
            ipv6_address: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.remove_zone_from_vpc_endpoint(RemoveZoneFromVpcEndpointRequest {
            endpoint_id: "x".to_owned(),
            zone_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
        reader.list_vpc_endpoint_zones(ListVpcEndpointZonesRequest { endpoint_id: "x".to_owned() }),
    ]
}

fn security_groups() -> Vec<Method> {
    table![
        writer.attach_security_group_to_vpc_endpoint(AttachSecurityGroupToVpcEndpointRequest {
            endpoint_id: "x".to_owned(),
            security_group_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.detach_security_group_from_vpc_endpoint(DetachSecurityGroupFromVpcEndpointRequest {
            endpoint_id: "x".to_owned(),
            security_group_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
        reader.list_vpc_endpoint_security_groups(ListVpcEndpointSecurityGroupsRequest { endpoint_id: "x".to_owned() }),
    ]
}
