//! Single zones of a connection, the owner of the service's side: accept and cut.

use std::sync::Arc;

use privatelink::Operation;

use super::{Spec, connections, view};
use crate::config::CloseWithoutMigration;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::connection::ConnectionStatus;
use crate::machine::endpoint::EndpointStatus;
use crate::machine::service::ServiceStatus;
use crate::machine::zone::{ZoneEvent, ZoneStatus};
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, need};
use crate::world::{Endpoint, EndpointZone, Service};

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::EnableVpcEndpointZoneConnection, enable).takes(&[
        need("ServiceId", Kind::Text),
        need("EndpointId", Kind::Text),
        need("ZoneId", Kind::Text),
    ]),
    Spec::of(Operation::DisableVpcEndpointZoneConnection, disable).takes(&[
        need("ServiceId", Kind::Text),
        need("EndpointId", Kind::Text),
        need("ZoneId", Kind::Text),
        may("ReplacedResource", Kind::Flag),
    ]),
];

/// What both calls are about.
#[derive(Debug)]
struct Place {
    service: Arc<Service>,
    endpoint: Arc<Endpoint>,
    zone: EndpointZone,
}

impl Place {
    /// Which of the two codes for "not found" comes when is not documented: a thing that exists nowhere is a guess at the
    /// newer code, which has status 404.
    fn find(visit: &Visit<'_>) -> Result<Self, Refusal> {
        let service = visit.own_service()?;
        let (endpoint_id, zone_id) = (visit.params.required("EndpointId"), visit.params.required("ZoneId"));
        let endpoint = visit.world.endpoint(endpoint_id);
        let endpoint = endpoint.ok_or_else(|| Refusal::filled("ResourceNotFound.VpcEndpoint", &[endpoint_id]))?.clone();
        if endpoint.service_id != service.id {
            return Err(Refusal::of("EndpointConnectionNotFound"));
        }
        let zone = endpoint.zone(zone_id).cloned();
        let zone = zone.ok_or_else(|| Refusal::filled("ResourceNotFound.VpcEndpointZone", &[zone_id]))?;
        let place = Self { service, endpoint, zone };
        place.check_business(visit)?;
        place.check_statuses()?;
        Ok(place)
    }

    fn check_business(&self, visit: &Visit<'_>) -> Result<(), Refusal> {
        let (service, endpoint) = (&self.service, &self.endpoint);
        if visit.business_of_service(service).is_locked() {
            let blanks = ["VpcEndpointService", &service.id];
            return Err(Refusal::filled("IncorrectBusinessStatus.VpcEndpointService", &blanks));
        }
        if visit.business_of(&endpoint.account).is_locked() {
            return Err(Refusal::filled("IncorrectBusinessStatus.VpcEndpoint", &["VpcEndpoint", &endpoint.id]));
        }
        Ok(())
    }

    fn check_statuses(&self) -> Result<(), Refusal> {
        let Self { service, endpoint, .. } = self;
        if service.status != ServiceStatus::Active {
            return Err(Refusal::filled("IncorrectStatus.VpcEndpointService", &["VpcEndpointService", &service.id]));
        }
        if endpoint.status != EndpointStatus::Active {
            return Err(Refusal::filled("IncorrectStatus.VpcEndpoint", &["VpcEndpoint", &endpoint.id]));
        }
        if endpoint.connection.status != ConnectionStatus::Connected {
            let blanks = ["VpcEndpointConnection", &endpoint.id];
            return Err(Refusal::filled("IncorrectStatus.VpcEndpointConnection", &blanks));
        }
        Ok(())
    }

    fn wrong_zone_status(&self) -> Refusal {
        Refusal::filled("IncorrectStatus.VpcEndpointZone", &["VpcEndpointZone", &self.zone.zone_id])
    }

    /// Makes a change of the zone that takes its time.
    fn change(&self, visit: &mut Visit<'_>, event: ZoneEvent, make: impl FnOnce(&mut EndpointZone)) {
        let takes = visit.takes(visit.config.timers.zone);
        let now = visit.now;
        visit.world.change_endpoint(now, &self.endpoint.id, |endpoint| {
            let Some(zone) = endpoint.zone_mut(&self.zone.zone_id) else { return };
            zone.event(now, event, takes);
            make(zone);
        });
    }
}

/// `Connecting`, then `Connected`.
fn enable(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let place = Place::find(visit)?;
    if place.zone.status != ZoneStatus::Disconnected {
        return Err(place.wrong_zone_status());
    }
    // Which code a zone without a resource gets is a guess.
    let resource = connections::resource_for(&place.service, &place.zone);
    let resource = resource.ok_or_else(|| Refusal::of("EndpointOperationDenied"))?;
    visit.commit()?;
    place.change(visit, ZoneEvent::Accept, |zone| zone.resource_id = Some(resource));
    Ok(view::nothing())
}

/// `Disconnecting`, then `Disconnected`; or only the end of what the resource before still serves.
fn disable(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let place = Place::find(visit)?;
    let only_replaced = visit.params.flag("ReplacedResource") == Some(true);
    let event = match place.zone.status {
        ZoneStatus::Migrated if only_replaced => ZoneEvent::Finish,
        ZoneStatus::Connected | ZoneStatus::Migrated if !only_replaced => ZoneEvent::Cut,
        ZoneStatus::Connected
            if visit.config.guesses.migration.close_without_migration == CloseWithoutMigration::Cuts =>
        {
            ZoneEvent::Cut
        }
        _ => return Err(place.wrong_zone_status()),
    };
    visit.commit()?;
    place.change(visit, event, |_| ());
    Ok(view::nothing())
}
