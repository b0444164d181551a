//! The consumer's side.

use privatelink::{
    AddZoneToVpcEndpointRequest, AttachSecurityGroupToVpcEndpointRequest, CreateVpcEndpointRequest,
    DeleteVpcEndpointRequest, DetachSecurityGroupFromVpcEndpointRequest, EndpointZone, GetVpcEndpointAttributeRequest,
    ListVpcEndpointSecurityGroupsRequest, ListVpcEndpointServicesByEndUserRequest, ListVpcEndpointZonesRequest,
    ListVpcEndpointsRequest, RemoveZoneFromVpcEndpointRequest, UpdateVpcEndpointAttributeRequest,
};

use super::{DRY_RUN, ENDPOINT, SERVICE, SERVICE_NAME, ZONE, tags, text, texts, token};

const POLICY: &str = r#"{"Version": "1", "Statement": []}"#;

pub(super) fn create() -> CreateVpcEndpointRequest {
    CreateVpcEndpointRequest {
        vpc_id: "vpc-consumer".to_owned(),
        service_id: text(SERVICE),
        service_name: text(SERVICE_NAME),
        service_region_id: text("cn-hangzhou"),
        endpoint_type: text("Interface"),
        endpoint_name: text("to-the-shop"),
        endpoint_description: text("a consumer"),
        zones: vec![EndpointZone {
            zone_id: text(ZONE),
            v_switch_id: text("vsw-consumer"),
            ip: text("172.16.0.10"),
            ipv6_address: text("2001:db8::10"),
        }],
        security_group_ids: texts(&["sg-one", "sg-two"]),
        zone_private_ip_address_count: Some(1),
        protected_enabled: Some(false),
        address_ip_version: text("DualStack"),
        zone_affinity_enabled: Some(true),
        cross_region_bandwidth: Some(100),
        policy_document: text(POLICY),
        resource_group_id: text("rg-acfmconsumer"),
        tags: tags(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn get() -> GetVpcEndpointAttributeRequest {
    GetVpcEndpointAttributeRequest { endpoint_id: ENDPOINT.to_owned() }
}

pub(super) fn list() -> ListVpcEndpointsRequest {
    ListVpcEndpointsRequest {
        endpoint_id: text(ENDPOINT),
        endpoint_name: text("to-the-shop"),
        endpoint_type: text("Interface"),
        endpoint_status: text("Active"),
        connection_status: text("Connected"),
        service_name: text(SERVICE_NAME),
        service_region_id: text("cn-hangzhou"),
        vpc_id: text("vpc-consumer"),
        resource_group_id: text("rg-acfmconsumer"),
        address_ip_version: text("IPv4"),
        tags: tags(),
    }
}

pub(super) fn delete() -> DeleteVpcEndpointRequest {
    DeleteVpcEndpointRequest { endpoint_id: ENDPOINT.to_owned(), client_token: token(), dry_run: DRY_RUN }
}

pub(super) fn update() -> UpdateVpcEndpointAttributeRequest {
    UpdateVpcEndpointAttributeRequest {
        endpoint_id: ENDPOINT.to_owned(),
        endpoint_name: text("renamed"),
        endpoint_description: text("a consumer"),
        address_ip_version: text("IPv4"),
        cross_region_bandwidth: Some(200),
        zone_affinity_enabled: Some(true),
        policy_document: text(POLICY),
        reset_policy: Some(false),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn add_zone() -> AddZoneToVpcEndpointRequest {
    AddZoneToVpcEndpointRequest {
        endpoint_id: ENDPOINT.to_owned(),
        zone_id: ZONE.to_owned(),
        v_switch_id: "vsw-consumer".to_owned(),
        ip: text("172.16.0.10"),
        ipv6_address: text("2001:db8::10"),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn remove_zone() -> RemoveZoneFromVpcEndpointRequest {
    RemoveZoneFromVpcEndpointRequest {
        endpoint_id: ENDPOINT.to_owned(),
        zone_id: ZONE.to_owned(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn zones() -> ListVpcEndpointZonesRequest {
    ListVpcEndpointZonesRequest { endpoint_id: ENDPOINT.to_owned() }
}

pub(super) fn attach_group() -> AttachSecurityGroupToVpcEndpointRequest {
    AttachSecurityGroupToVpcEndpointRequest {
        endpoint_id: ENDPOINT.to_owned(),
        security_group_id: "sg-one".to_owned(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn detach_group() -> DetachSecurityGroupFromVpcEndpointRequest {
    DetachSecurityGroupFromVpcEndpointRequest {
        endpoint_id: ENDPOINT.to_owned(),
        security_group_id: "sg-one".to_owned(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn security_groups() -> ListVpcEndpointSecurityGroupsRequest {
    ListVpcEndpointSecurityGroupsRequest { endpoint_id: ENDPOINT.to_owned() }
}

pub(super) fn offers() -> ListVpcEndpointServicesByEndUserRequest {
    ListVpcEndpointServicesByEndUserRequest {
        service_id: text(SERVICE),
        service_name: text(SERVICE_NAME),
        service_type: text("Interface"),
        service_region_id: text("cn-hangzhou"),
        resource_group_id: text("rg-acfmteam"),
        tags: tags(),
    }
}
