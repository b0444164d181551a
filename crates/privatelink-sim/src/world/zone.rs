//! A zone of an endpoint and a security group of one: parts that come and go by themselves.

use std::time::Duration;

use jiff::Timestamp;

use super::AttachmentKey;
use crate::clock::after;
use crate::machine::Step;
use crate::machine::attachment::{AttachmentEvent, AttachmentStatus};
use crate::machine::zone::{ZoneEvent, ZoneStatus};

/// One zone of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct EndpointZone {
    pub(crate) zone_id: String,
    /// Its place in lists.
    pub(crate) number: u64,
    pub(crate) status: ZoneStatus,
    pub(crate) settles: Option<Timestamp>,
    pub(crate) vswitch_id: String,
    pub(crate) eni_id: String,
    pub(crate) ip: String,
    pub(crate) ipv6: Option<String>,
    /// The resource of the service that serves it while it is connected.
    pub(crate) resource_id: Option<String>,
    /// The resource that the provider has assigned by hand.
    pub(crate) assigned: Option<String>,
    /// Where it was before it moved, as long as that still serves old flows.
    pub(crate) replaced: Option<Replaced>,
    /// What it is on its way to, where it still shows the old resource.
    pub(crate) heading: Option<Heading>,
    /// How long after it has migrated the old side closes by itself; none: never.
    pub(crate) closes_after: Option<Duration>,
}

/// The resource and the interface that a zone moves to.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) resource_id: String,
    pub(crate) eni_id: String,
}

/// The resource and the interface that a zone has moved away from.
#[derive(Clone, Debug)]
pub(crate) struct Replaced {
    pub(crate) resource_id: String,
    pub(crate) eni_id: String,
}

impl EndpointZone {
    /// Takes an event. False: refused in this status.
    pub(crate) fn event(&mut self, now: Timestamp, event: ZoneEvent, takes: Duration) -> bool {
        match self.status.on(event) {
            Some(Step::Rest(status)) => (self.status, self.settles) = (status, None),
            Some(Step::Busy(status)) => (self.status, self.settles) = (status, Some(after(now, takes))),
            Some(Step::Gone) => self.settles = None,
            None => return false,
        }
        if self.status == ZoneStatus::Disconnected {
            self.release();
        }
        if self.status == ZoneStatus::Connected {
            self.replaced = None;
        }
        if self.status == ZoneStatus::Migrated {
            self.arrive(now);
        }
        true
    }

    /// It has moved.
    fn arrive(&mut self, now: Timestamp) {
        if let Some(heading) = self.heading.take() {
            self.turn_to(heading);
        }
        self.settles = self.closes_after.take().map(|span| after(now, span));
    }

    /// Another resource serves it; the old one finishes what it serves.
    pub(crate) fn turn_to(&mut self, Heading { resource_id, eni_id }: Heading) {
        let eni_id = std::mem::replace(&mut self.eni_id, eni_id);
        let resource_id = self.resource_id.replace(resource_id);
        self.replaced = resource_id.map(|resource_id| Replaced { resource_id, eni_id });
    }

    /// Traffic of the consumer reaches a resource by it.
    pub(super) fn serves(&self) -> bool {
        matches!(self.status, ZoneStatus::Connected | ZoneStatus::Migrating | ZoneStatus::Migrated)
    }

    /// No resource serves it any more.
    pub(super) fn release(&mut self) {
        (self.resource_id, self.replaced, self.heading, self.closes_after) = (None, None, None, None);
    }

    /// Whether it is served by that attachment.
    pub(super) fn is_served_by(&self, key: &AttachmentKey) -> bool {
        self.zone_id == key.zone_id && self.resource_id.as_ref() == Some(&key.resource_id)
    }

    /// Whether that attachment still serves old flows of it.
    pub(super) fn was_served_by(&self, key: &AttachmentKey) -> bool {
        let replaced = self.replaced.as_ref().is_some_and(|replaced| replaced.resource_id == key.resource_id);
        self.zone_id == key.zone_id && replaced
    }

    /// False: it is gone.
    pub(super) fn settle(&mut self, time: Timestamp, event: ZoneEvent) -> bool {
        if self.settles.is_none_or(|due| due > time) {
            return true;
        }
        let goes = self.status.on(event) == Some(Step::Gone);
        self.event(time, event, Duration::ZERO);
        !goes
    }
}

/// A security group of an endpoint.
#[derive(Clone, Debug)]
pub(crate) struct SecurityGroup {
    pub(crate) id: String,
    /// Its place in lists.
    pub(crate) number: u64,
    pub(crate) status: AttachmentStatus,
    pub(crate) settles: Option<Timestamp>,
}

impl SecurityGroup {
    /// Begins to leave. False: it leaves already.
    pub(crate) fn detach(&mut self, now: Timestamp, takes: Duration) -> bool {
        let step = self.status.on(AttachmentEvent::Detach);
        if let Some(Step::Busy(status)) = step {
            (self.status, self.settles) = (status, Some(after(now, takes)));
        }
        step.is_some()
    }

    /// False: it is gone.
    pub(super) fn settle(&mut self, time: Timestamp) -> bool {
        if self.settles.is_none_or(|due| due > time) {
            return true;
        }
        self.settles = None;
        match self.status.on(AttachmentEvent::Settle) {
            Some(Step::Rest(status) | Step::Busy(status)) => self.status = status,
            Some(Step::Gone) => return false,
            None => {}
        }
        true
    }
}
