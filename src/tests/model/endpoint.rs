//! One service in the cloud, with what it has been lately.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use privatelink::{ConnectionStatus, CreateVpcEndpointServiceRequest, EndpointService, ServiceStatus, Tag};

use super::kubernetes::uid;
use super::manifest::{DESCRIPTIONS, ZONE};
use super::setup::ACCOUNT;
use crate::cloud::services::{Attachment, AttachmentKey, Connection, Details, Field, Value, Write};
use crate::names::UID_TAG;

/// What is remembered of the past of a service at least, so that a claim about it can be checked.
const HISTORY: Duration = Duration::from_secs(8);

/// The consumer's endpoint.
const CONSUMER: &str = "ep-1";

/// A service, from its creation to for ever: ids are not given twice.
#[derive(Clone, Debug, Hash)]
pub(super) struct Endpoint {
    pub(super) id: String,
    created: Timestamp,
    /// What it was made with.
    first: Condition,
    /// Since when it is in which state; the last one is now.
    history: Vec<(Timestamp, Condition)>,
}

/// What can change of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Condition {
    pub(super) life: Life,
    pub(super) description: String,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) link: Link,
    /// Accounts, the owner's among them.
    pub(super) principals: BTreeSet<String>,
    /// Load balancers.
    pub(super) attached: BTreeSet<String>,
}

/// The one consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Link {
    None,
    Connected,
    Leaving,
    /// Cut off.
    Out,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Life {
    Creating,
    Active,
    Pending,
    Deleting,
    Gone,
}

impl Endpoint {
    pub(super) fn made(number: usize, request: &CreateVpcEndpointServiceRequest, now: Timestamp) -> Self {
        let condition = Condition {
            life: Life::Creating,
            description: request.service_description.clone().unwrap_or_default(),
            tags: request.tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())).collect(),
            link: Link::None,
            principals: [ACCOUNT.to_owned()].into(),
            attached: request.resources.iter().filter_map(|resource| resource.resource_id.clone()).collect(),
        };
        Self::of(format!("epsrv-{number}"), condition, now)
    }

    /// One that nobody of this cluster made.
    pub(super) fn standing(id: &str, now: Timestamp) -> Self {
        let condition = Condition {
            life: Life::Active,
            description: DESCRIPTIONS[0].to_owned(),
            tags: BTreeMap::new(),
            link: Link::None,
            principals: [ACCOUNT.to_owned()].into(),
            attached: BTreeSet::new(),
        };
        Self::of(id.to_owned(), condition, now)
    }

    fn of(id: String, condition: Condition, now: Timestamp) -> Self {
        Self { id, created: now, first: condition.clone(), history: vec![(now, condition)] }
    }

    pub(super) fn now(&self) -> &Condition {
        &self.history[self.history.len() - 1].1
    }

    pub(super) fn life(&self) -> Life {
        self.now().life
    }

    /// As Get answers it.
    pub(super) fn status(&self) -> ServiceStatus {
        self.answer(self.now()).status()
    }

    pub(super) fn is_of(&self, number: u8) -> bool {
        self.now().tags.get(UID_TAG) == Some(&uid(number))
    }

    /// Something happens to it.
    pub(super) fn become_so(&mut self, now: Timestamp, change: impl FnOnce(&mut Condition)) {
        let mut condition = self.now().clone();
        change(&mut condition);
        if condition == *self.now() {
            return;
        }
        self.history.push((now, condition));
    }

    /// Something is to become of it by itself.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self.life(), Life::Creating | Life::Pending | Life::Deleting) || self.now().link == Link::Leaving
    }

    /// The next state of one that is on its way.
    pub(super) fn progress(&mut self, now: Timestamp) -> bool {
        if self.now().link == Link::Leaving {
            self.become_so(now, |condition| condition.link = Link::Out);
            return true;
        }
        let next = match self.life() {
            Life::Creating | Life::Pending => Life::Active,
            Life::Deleting => Life::Gone,
            Life::Active | Life::Gone => return false,
        };
        self.become_so(now, |condition| condition.life = next);
        true
    }

    /// It was in such a state at some moment since then, as far as is remembered.
    pub(super) fn has_been(&self, since: Timestamp, is_so: impl Fn(&Condition) -> bool) -> bool {
        let ends = self.history.iter().skip(1).map(|(next, _)| *next).chain([Timestamp::MAX]);
        self.history.iter().zip(ends).any(|((_, condition), end)| end >= since && is_so(condition))
    }

    pub(super) fn first_answer(&self) -> EndpointService {
        let answer = self.answer(&self.first);
        EndpointService { tags: Vec::new(), service_resource_type: None, payer: None, ..answer }
    }

    fn at(&self, then: Timestamp) -> Option<&Condition> {
        self.history.iter().rev().find(|(since, _)| *since <= then).map(|(_, condition)| condition)
    }

    pub(super) fn answer_at(&self, then: Timestamp) -> Option<EndpointService> {
        let condition = self.at(then)?;
        (condition.life != Life::Gone).then(|| self.answer(condition))
    }

    fn answer(&self, condition: &Condition) -> EndpointService {
        let tag = |(key, value): (&String, &String)| Tag { key: key.clone(), value: value.clone() };
        EndpointService {
            service_id: Some(self.id.clone()),
            service_status: Some(condition.life.wire().to_owned()),
            service_business_status: Some("Normal".to_owned()),
            service_description: Some(condition.description.clone()),
            create_time: Some(self.created.to_string()),
            auto_accept_enabled: Some(false),
            zone_affinity_enabled: Some(false),
            address_ip_version: Some("IPv4".to_owned()),
            payer: Some("Endpoint".to_owned()),
            service_resource_type: Some("nlb".to_owned()),
            tags: condition.tags.iter().map(tag).collect(),
            ..EndpointService::default()
        }
    }

    /// Drops what no list and no check can ask for any more.
    pub(super) fn prune(&mut self, now: Timestamp) {
        let oldest = now - HISTORY;
        while self.history.len() > 1 && self.history[1].0 <= oldest {
            self.history.remove(0);
        }
    }

    /// What an accepted write does.
    pub(super) fn written(&mut self, write: &Write, now: Timestamp) {
        self.become_so(now, |condition| condition.written(write));
    }

    /// As reads of the one service show it, which never lag.
    pub(super) fn details(&self, now: Timestamp) -> Details {
        let zone = || Some(ZONE.to_owned());
        let attachment = |id: &String| {
            let key = AttachmentKey { resource_id: id.clone(), zone_id: zone() };
            (key, Attachment::new(zone()))
        };
        let attachments = self.now().attached.iter().map(attachment).collect();
        Details { as_of: now, read_at: now, attachments, principals: Some(self.now().principals.clone()) }
    }

    /// The consumer, as the list of the connections shows it.
    pub(super) fn connection_at(&self, then: Timestamp) -> Option<Connection> {
        let status = match self.at(then)?.link {
            Link::None => return None,
            Link::Connected => ConnectionStatus::Connected,
            Link::Leaving => ConnectionStatus::Disconnecting,
            Link::Out => ConnectionStatus::Disconnected,
        };
        Some(Connection {
            endpoint_id: CONSUMER.to_owned(),
            account_id: None,
            vpc_id: None,
            status,
            bandwidth_mbps: None,
            traffic_control_mode: None,
            zones: Vec::new(),
        })
    }
}

impl Condition {
    fn written(&mut self, write: &Write) {
        if write.changes_status() {
            self.life = Life::Pending;
        }
        match write {
            Write::Attributes(change) => {
                if let Some(text) = change.get(&Field::Description).and_then(Value::as_text) {
                    self.description = text.to_owned();
                }
            }
            Write::Delete => self.life = Life::Deleting,
            Write::Tag(tags) => self.tags.extend(tags.clone()),
            Write::Untag(keys) => self.tags.retain(|key, _| !keys.contains(key)),
            Write::Disconnect(_) if self.link == Link::Connected => self.link = Link::Leaving,
            Write::Disconnect(_) => {}
            Write::AddPrincipal(account) => drop(self.principals.insert(account.clone())),
            Write::RemovePrincipal(account) => drop(self.principals.remove(account)),
            Write::Attach { key, .. } => drop(self.attached.insert(key.resource_id.clone())),
            Write::Detach { key, .. } => drop(self.attached.remove(&key.resource_id)),
            other => panic!("the model has no {other:?}"),
        }
    }
}

impl Link {
    /// Somebody uses the service.
    pub(super) fn is_live(self) -> bool {
        self == Self::Connected
    }

    /// The provider keeps the service for somebody.
    pub(super) fn is_held(self) -> bool {
        matches!(self, Self::Connected | Self::Leaving)
    }
}

impl Life {
    pub(super) const fn wire(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Deleting => "Deleting",
            Self::Gone => "Gone",
        }
    }
}
