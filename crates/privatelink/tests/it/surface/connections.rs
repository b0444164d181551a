//! Connections and their zones, as the provider of a service handles them.

use privatelink::*;

use super::{Method, account, table, text};

pub(super) fn methods() -> Vec<Method> {
    let mut methods = whole();
    methods.extend(single_zones());
    methods
}

fn whole() -> Vec<Method> {
    table![
        writer.enable_vpc_endpoint_connection(EnableVpcEndpointConnectionRequest {
            service_id: "x".to_owned(),
            endpoint_id: "x".to_owned(),
            bandwidth: Some(100),
            traffic_control_mode: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.disable_vpc_endpoint_connection(DisableVpcEndpointConnectionRequest {
            service_id: "x".to_owned(),
            endpoint_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.update_vpc_endpoint_connection_attribute(UpdateVpcEndpointConnectionAttributeRequest {
            service_id: "x".to_owned(),
            endpoint_id: "x".to_owned(),
            bandwidth: Some(100),
            traffic_control_mode: text(),
            client_token: text(),
            dry_run: Some(true),
        }),
        reader.list_vpc_endpoint_connections(ListVpcEndpointConnectionsRequest {
            service_id: text(),
            endpoint_id: text(),
            endpoint_owner_id: account(),
            eni_id: text(),
            resource_id: text(),
            replaced_resource_id: text(),
            resource_group_id: text(),
            connection_status: text(),
        }),
    ]
}

fn single_zones() -> Vec<Method> {
    table![
        writer.enable_vpc_endpoint_zone_connection(EnableVpcEndpointZoneConnectionRequest {
            service_id: "x".to_owned(),
            endpoint_id: "x".to_owned(),
            zone_id: "x".to_owned(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.disable_vpc_endpoint_zone_connection(DisableVpcEndpointZoneConnectionRequest {
            service_id: "x".to_owned(),
            endpoint_id: "x".to_owned(),
            zone_id: "x".to_owned(),
            replaced_resource: Some(true),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.update_vpc_endpoint_zone_connection_resource_attribute(
            UpdateVpcEndpointZoneConnectionResourceAttributeRequest {
                service_id: "x".to_owned(),
                endpoint_id: "x".to_owned(),
                zone_id: "x".to_owned(),
                resource_allocate_mode: text(),
                resource_replace_mode: text(),
                resource_id: text(),
                resource_type: text(),
                client_token: text(),
                dry_run: Some(true),
            }
        ),
    ]
}
