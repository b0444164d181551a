//! `UpdateVpcEndpointZoneConnectionResourceAttribute`: which resource serves a zone of a connection.

use std::sync::Arc;

use privatelink::Operation;

use super::{Spec, connections, view};
use crate::config::{MigratingShows, MigrationEnds};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::connection::ConnectionStatus;
use crate::machine::service::{ServiceEvent, ServiceStatus};
use crate::machine::zone::ZoneEvent;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, need};
use crate::world::{AttachmentKey, Endpoint, EndpointZone, Heading, Service};

pub(super) const TABLE: &[Spec] = &[Spec::of(Operation::UpdateVpcEndpointZoneConnectionResourceAttribute, update)
    .takes(&[
        need("ServiceId", Kind::Text),
        need("EndpointId", Kind::Text),
        need("ZoneId", Kind::Text),
        may("ResourceAllocateMode", Kind::Text),
        may("ResourceReplaceMode", Kind::Text),
        may("ResourceId", Kind::Text),
        may("ResourceType", Kind::Text),
    ])];

/// Resource types whose zones can be assigned by hand.
const TYPES: &[&str] = &["slb", "alb"];

/// What is to be done.
#[derive(Clone, Debug)]
enum Order {
    /// The server chooses when the connection is accepted.
    Automatic,
    /// This resource, when the connection is accepted.
    Assign(String),
    /// This resource from now on; the old one finishes what it serves.
    Migrate(String),
    /// This resource from now on.
    Replace(String),
}

impl Order {
    fn read(visit: &Visit<'_>) -> Result<Self, Refusal> {
        let params = visit.params;
        let resource = || match (params.filled("ResourceId"), params.filled("ResourceType")) {
            (None, _) => Err(Refusal::filled("MissingParam.ResourceId", &["ResourceId"])),
            (_, None) => Err(Refusal::missing("ResourceType")),
            (_, Some(kind)) if !TYPES.contains(&kind) => Err(Refusal::of("EndpointServiceResourceTypeNotSupport")),
            (Some(id), _) => Ok(id.to_owned()),
        };
        match (params.filled("ResourceAllocateMode"), params.filled("ResourceReplaceMode")) {
            (Some("Auto"), _) => Ok(Self::Automatic),
            (Some("Manual"), _) => Ok(Self::Assign(resource()?)),
            (Some(_), _) => Err(Refusal::filled("IllegalParam.ResourceAllocateMode", &["ResourceAllocateMode"])),
            (None, Some("Graceful")) => Ok(Self::Migrate(resource()?)),
            (None, Some("Force")) => Ok(Self::Replace(resource()?)),
            (None, Some(_)) => Err(Refusal::filled("IllegalParam.ResourceReplaceMode", &["ResourceReplaceMode"])),
            (None, None) => Err(Refusal::filled("MissingParam.ResourceAllocateMode", &["ResourceAllocateMode"])),
        }
    }

    /// The status that the connection must have, and the resource that is named.
    fn needs(&self) -> (ConnectionStatus, Option<&str>) {
        match self {
            Self::Automatic => (ConnectionStatus::Disconnected, None),
            Self::Assign(id) => (ConnectionStatus::Disconnected, Some(id)),
            Self::Migrate(id) | Self::Replace(id) => (ConnectionStatus::Connected, Some(id)),
        }
    }
}

/// The service is `Pending` for a while, a zone that moves is `Migrating` or `Connecting`.
fn update(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let order = Order::read(visit)?;
    let service = find_service(visit)?;
    let endpoint = connections::connection(visit, &service)?;
    let zone = check(visit, &order, &service, &endpoint)?.zone_id.clone();
    visit.commit()?;
    let pending = visit.takes(visit.config.timers.pending);
    let takes = visit.takes(if matches!(order, Order::Migrate(_)) {
        visit.config.timers.migration
    } else {
        visit.config.timers.zone
    });
    let migration = visit.config.guesses.migration.clone();
    let now = visit.now;
    visit.world.change_service(now, &service.id, |service| service.event(now, ServiceEvent::Change, pending));
    visit.world.change_endpoint(now, &endpoint.id, |endpoint| {
        endpoint.last_eni += 1;
        let eni_id = super::endpoint_zones::eni(&endpoint.id, endpoint.last_eni);
        let Some(zone) = endpoint.zone_mut(&zone) else { return };
        match order {
            Order::Automatic => zone.assigned = None,
            Order::Assign(id) => zone.assigned = Some(id),
            Order::Migrate(id) => {
                zone.event(now, ZoneEvent::Migrate, takes);
                let heading = Heading { resource_id: id, eni_id };
                match migration.shows {
                    MigratingShows::New => zone.turn_to(heading),
                    MigratingShows::Old => zone.heading = Some(heading),
                }
                zone.closes_after = (migration.ends == MigrationEnds::ByItself).then_some(takes);
            }
            Order::Replace(id) => {
                zone.event(now, ZoneEvent::Replace, takes);
                zone.resource_id = Some(id);
                zone.replaced = None;
            }
        }
    });
    Ok(view::nothing())
}

fn find_service(visit: &Visit<'_>) -> Result<Arc<Service>, Refusal> {
    let service = visit.unlocked_service()?;
    // The one code of the list for a service that does not bear it.
    if service.status != ServiceStatus::Active {
        return Err(Refusal::of("EndpointServiceLocked"));
    }
    // Documented as needing a privilege; the code for not having it is a guess.
    if !visit.account.resources_by_hand.is_on() {
        return Err(Refusal::by_code(&visit.config.guesses.migration.refusal));
    }
    if !TYPES.contains(&service.resource_type.as_str()) {
        return Err(Refusal::of("EndpointServiceResourceTypeNotSupport"));
    }
    Ok(service)
}

fn check<'a>(
    visit: &Visit<'_>,
    order: &Order,
    service: &Service,
    endpoint: &'a Endpoint,
) -> Result<&'a EndpointZone, Refusal> {
    if visit.business_of(&endpoint.account).is_locked() {
        return Err(Refusal::of("EndpointLocked"));
    }
    let zone = endpoint.zone(visit.params.required("ZoneId"));
    let zone = zone.ok_or_else(|| Refusal::of("EndpointZoneNotFound"))?;
    let (status, resource) = order.needs();
    if endpoint.connection.status != status {
        return Err(Refusal::of("EndpointConnectionOperationDenied"));
    }
    if let Some(id) = resource {
        check_resource(service, id, &zone.zone_id)?;
    }
    match order {
        Order::Migrate(id) => check_move(service, zone, id, ZoneEvent::Migrate)?,
        Order::Replace(id) => check_move(service, zone, id, ZoneEvent::Replace)?,
        Order::Automatic | Order::Assign(_) => {}
    }
    Ok(zone)
}

fn check_resource(service: &Service, id: &str, zone_id: &str) -> Result<(), Refusal> {
    let mut held = service.held().filter(|held| held.key.resource_id == id).peekable();
    if held.peek().is_none() {
        return Err(Refusal::of("EndpointServiceResourceNotFound"));
    }
    if held.any(|held| held.key.zone_id == zone_id) {
        return Ok(());
    }
    Err(Refusal::filled("Mismatch.ZoneId", &["ZoneId", id, zone_id]))
}

/// The zone must rest, and the resource that it leaves must not be given out by itself.
fn check_move(service: &Service, zone: &EndpointZone, to: &str, event: ZoneEvent) -> Result<(), Refusal> {
    if zone.status.on(event).is_none() || zone.resource_id.as_deref() == Some(to) {
        return Err(Refusal::of("ZoneOperationDenied"));
    }
    let key = |id: &String| AttachmentKey { resource_id: id.clone(), zone_id: zone.zone_id.clone() };
    let old = zone.resource_id.as_ref().and_then(|id| service.attachment(&key(id)));
    if old.is_some_and(|old| old.auto_allocated) {
        return Err(Refusal::of("OperationDenied.CurrentResourceAutoAllocated"));
    }
    Ok(())
}
