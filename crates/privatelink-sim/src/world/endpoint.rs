//! A consumer's endpoint and its connection to a service.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::AttachmentKey;
use super::zone::{EndpointZone, SecurityGroup};
use crate::clock::after;
use crate::machine::Step;
use crate::machine::connection::{ConnectionEvent, ConnectionStatus};
use crate::machine::endpoint::{EndpointEvent, EndpointStatus};
use crate::machine::zone::ZoneEvent;

/// An endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) region: String,
    /// Its place in lists.
    pub(crate) number: u64,
    pub(crate) created: Timestamp,
    pub(crate) status: EndpointStatus,
    pub(crate) settles: Option<Timestamp>,
    pub(crate) service_id: String,
    pub(crate) service_name: String,
    pub(crate) service_region: String,
    pub(crate) service_account: String,
    pub(crate) payer: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) vpc_id: String,
    pub(crate) zones: Vec<EndpointZone>,
    /// How many network interfaces it ever had.
    pub(crate) last_eni: usize,
    pub(crate) security_groups: Vec<SecurityGroup>,
    pub(crate) address_ip_version: String,
    pub(crate) zone_affinity: bool,
    pub(crate) protected: bool,
    pub(crate) cross_region_bandwidth: Option<u32>,
    pub(crate) policy: Option<String>,
    pub(crate) resource_group: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) connection: Connection,
}

/// The connection, of which each endpoint has one.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) status: ConnectionStatus,
    pub(crate) settles: Option<Timestamp>,
    pub(crate) modified: Timestamp,
    pub(crate) bandwidth: u32,
    pub(crate) traffic_mode: String,
}

/// Whether an endpoint is still there after it settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Here,
    Gone,
}

impl Endpoint {
    pub(crate) fn domain(&self) -> String {
        format!("{}.{}.{}.privatelink.aliyuncs.com", self.id, self.service_id, self.service_region)
    }

    pub(crate) fn zone_domain(&self, zone: &EndpointZone) -> String {
        format!("{}-{}.{}.{}.privatelink.aliyuncs.com", self.id, zone.zone_id, self.service_id, self.service_region)
    }

    pub(crate) fn zone(&self, id: &str) -> Option<&EndpointZone> {
        self.zones.iter().find(|zone| zone.zone_id == id)
    }

    pub(crate) fn zone_mut(&mut self, id: &str) -> Option<&mut EndpointZone> {
        self.zones.iter_mut().find(|zone| zone.zone_id == id)
    }

    /// Whether its connection is live over that attachment.
    pub(super) fn uses(&self, key: &AttachmentKey) -> bool {
        self.connection.status.is_live() && self.zones.iter().any(|zone| zone.is_served_by(key))
    }

    /// Whether it has moved away from that attachment, which still serves old flows.
    pub(super) fn has_left(&self, key: &AttachmentKey) -> bool {
        self.connection.status.is_live() && self.zones.iter().any(|zone| zone.was_served_by(key))
    }

    /// Whether its traffic reaches some resource by some zone.
    pub(super) fn is_served(&self) -> bool {
        self.connection.status.is_live() && self.zones.iter().any(EndpointZone::serves)
    }

    /// Takes an event of the endpoint itself. False: refused in this status.
    pub(crate) fn event(&mut self, now: Timestamp, event: EndpointEvent, takes: Duration) -> bool {
        let step = self.status.on(event);
        match step {
            Some(Step::Rest(status)) => (self.status, self.settles) = (status, None),
            Some(Step::Busy(status)) => (self.status, self.settles) = (status, Some(after(now, takes))),
            Some(Step::Gone) | None => {}
        }
        step.is_some()
    }

    /// Takes an event of the connection. False: refused in this status.
    pub(crate) fn connect_event(&mut self, now: Timestamp, event: ConnectionEvent, takes: Duration) -> bool {
        let connection = &mut self.connection;
        let step = connection.status.on(event);
        match step {
            Some(Step::Rest(status)) => (connection.status, connection.settles) = (status, None),
            Some(Step::Busy(status)) => (connection.status, connection.settles) = (status, Some(after(now, takes))),
            Some(Step::Gone) => connection.settles = None,
            None => return false,
        }
        connection.modified = now;
        let is_live = connection.status.is_live();
        for zone in &mut self.zones {
            if let Some(event) = event.in_zones() {
                zone.event(now, event, takes);
            }
            if !is_live {
                zone.release();
            }
        }
        true
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let zones = self.zones.iter().filter_map(|zone| zone.settles);
        let groups = self.security_groups.iter().filter_map(|group| group.settles);
        self.settles.into_iter().chain(self.connection.settles).chain(zones).chain(groups).min()
    }

    /// Lets every part settle whose time has come. The endpoint's own end takes the connection along.
    pub(super) fn settle(&mut self, time: Timestamp) -> Settled {
        if self.connection.settles.is_some_and(|due| due <= time) {
            self.connect_event(time, ConnectionEvent::Settle, Duration::ZERO);
        }
        let is_live = self.connection.status.is_live();
        let event = if is_live { ZoneEvent::SettleLive } else { ZoneEvent::Settle };
        self.zones.retain_mut(|zone| zone.settle(time, event));
        self.security_groups.retain_mut(|group| group.settle(time));
        if self.settles.is_some_and(|due| due <= time) {
            if self.status.on(EndpointEvent::Settle) == Some(Step::Gone) {
                return Settled::Gone;
            }
            self.event(time, EndpointEvent::Settle, Duration::ZERO);
        }
        Settled::Here
    }
}
