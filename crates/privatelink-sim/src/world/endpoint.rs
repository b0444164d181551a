//! A consumer's endpoint and its connection to a service.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::AttachmentKey;
use crate::clock::after;
use crate::machine::Step;
use crate::machine::connection::{ConnectionEvent, ConnectionStatus};
use crate::machine::endpoint::{EndpointEvent, EndpointStatus};

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
    pub(crate) security_groups: Vec<String>,
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

/// One zone of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct EndpointZone {
    pub(crate) zone_id: String,
    pub(crate) vswitch_id: String,
    pub(crate) eni_id: String,
    pub(crate) ip: String,
    /// The resource of the service that serves it while it is connected.
    pub(crate) resource_id: Option<String>,
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

    /// Whether its connection is live over that attachment.
    pub(super) fn uses(&self, key: &AttachmentKey) -> bool {
        let serves =
            |zone: &EndpointZone| zone.zone_id == key.zone_id && zone.resource_id.as_ref() == Some(&key.resource_id);
        self.connection.status.is_live() && self.zones.iter().any(serves)
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
        if !connection.status.is_live() {
            self.zones.iter_mut().for_each(|zone| zone.resource_id = None);
        }
        true
    }

    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.settles.into_iter().chain(self.connection.settles).min()
    }

    /// Lets every part settle whose time has come. The endpoint's own end takes the connection along.
    pub(super) fn settle(&mut self, time: Timestamp) -> Settled {
        if self.connection.settles.is_some_and(|due| due <= time) {
            self.connect_event(time, ConnectionEvent::Settle, Duration::ZERO);
        }
        if self.settles.is_some_and(|due| due <= time) {
            if self.status.on(EndpointEvent::Settle) == Some(Step::Gone) {
                return Settled::Gone;
            }
            self.event(time, EndpointEvent::Settle, Duration::ZERO);
        }
        Settled::Here
    }
}
