//! Connections, as the owner of a service handles them.

use privatelink::{
    DisableVpcEndpointConnectionRequest, DisableVpcEndpointZoneConnectionRequest, EnableVpcEndpointConnectionRequest,
    EnableVpcEndpointZoneConnectionRequest, ListVpcEndpointConnectionsRequest,
    UpdateVpcEndpointConnectionAttributeRequest, UpdateVpcEndpointZoneConnectionResourceAttributeRequest,
};

use super::{CONSUMER, DRY_RUN, ENDPOINT, SERVICE, ZONE, text, token};

pub(super) fn enable() -> EnableVpcEndpointConnectionRequest {
    EnableVpcEndpointConnectionRequest {
        service_id: SERVICE.to_owned(),
        endpoint_id: ENDPOINT.to_owned(),
        bandwidth: Some(200),
        traffic_control_mode: text("BandwidthLimit"),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn disable() -> DisableVpcEndpointConnectionRequest {
    DisableVpcEndpointConnectionRequest {
        service_id: SERVICE.to_owned(),
        endpoint_id: ENDPOINT.to_owned(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn update() -> UpdateVpcEndpointConnectionAttributeRequest {
    UpdateVpcEndpointConnectionAttributeRequest {
        service_id: SERVICE.to_owned(),
        endpoint_id: ENDPOINT.to_owned(),
        bandwidth: Some(200),
        traffic_control_mode: text("BandwidthLimit"),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn list() -> ListVpcEndpointConnectionsRequest {
    ListVpcEndpointConnectionsRequest {
        service_id: text(SERVICE),
        endpoint_id: text(ENDPOINT),
        endpoint_owner_id: text(CONSUMER),
        eni_id: text("eni-consumer"),
        resource_id: text("nlb-web"),
        replaced_resource_id: text("nlb-old"),
        resource_group_id: text("rg-acfmconsumer"),
        connection_status: text("Disconnected"),
    }
}

pub(super) fn enable_zone() -> EnableVpcEndpointZoneConnectionRequest {
    EnableVpcEndpointZoneConnectionRequest {
        service_id: SERVICE.to_owned(),
        endpoint_id: ENDPOINT.to_owned(),
        zone_id: ZONE.to_owned(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn disable_zone() -> DisableVpcEndpointZoneConnectionRequest {
    DisableVpcEndpointZoneConnectionRequest {
        service_id: SERVICE.to_owned(),
        endpoint_id: ENDPOINT.to_owned(),
        zone_id: ZONE.to_owned(),
        replaced_resource: Some(true),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn move_zone() -> UpdateVpcEndpointZoneConnectionResourceAttributeRequest {
    UpdateVpcEndpointZoneConnectionResourceAttributeRequest {
        service_id: SERVICE.to_owned(),
        endpoint_id: ENDPOINT.to_owned(),
        zone_id: ZONE.to_owned(),
        resource_allocate_mode: text("Manual"),
        resource_replace_mode: text("Graceful"),
        resource_id: text("alb-web"),
        resource_type: text("alb"),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}
