//! An endpoint service with its attachments, whitelist and supported regions.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::config::{BusinessStatus, UserLists};
use crate::machine::Step;
use crate::machine::attachment::{AttachmentEvent, AttachmentStatus};
use crate::machine::service::{ServiceEvent, ServiceStatus};

/// An endpoint service.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) region: String,
    /// Its place in lists.
    pub(crate) number: u64,
    pub(crate) created: Timestamp,
    pub(crate) status: ServiceStatus,
    /// When the status ends by itself.
    pub(crate) settles: Option<Timestamp>,
    pub(crate) description: String,
    pub(crate) auto_accept: bool,
    pub(crate) zone_affinity: bool,
    pub(crate) support_ipv6: bool,
    pub(crate) address_ip_version: String,
    pub(crate) payer: String,
    pub(crate) resource_type: String,
    pub(crate) connect_bandwidth: u32,
    pub(crate) resource_group: String,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) users: Whitelist,
    /// Its own business status; none: that of its account.
    pub(crate) business_status: Option<BusinessStatus>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) supported_regions: Vec<SupportedRegion>,
}

/// Who may connect.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Principal {
    /// One account.
    Account(i64),
    /// Everybody: `acs:ram:*::*`.
    Everybody,
}

impl Principal {
    /// Its account; everybody has none.
    pub(crate) fn account(&self) -> Option<i64> {
        match self {
            Self::Account(id) => Some(*id),
            Self::Everybody => None,
        }
    }

    pub(crate) fn arn(&self) -> String {
        match self {
            Self::Account(id) => format!("acs:ram:*:{id}:*"),
            Self::Everybody => "acs:ram:*::*".to_owned(),
        }
    }
}

/// How a principal is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// By account id.
    Id,
    /// By ARN.
    Arn,
}

/// Who may connect, by the spelling in which it was named. Whether these are two lists or one is a guess of the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct Whitelist {
    ids: BTreeSet<Principal>,
    arns: BTreeSet<Principal>,
}

impl Whitelist {
    pub(crate) fn add(&mut self, spelling: Spelling, principal: Principal) {
        match spelling {
            Spelling::Id => self.ids.insert(principal),
            Spelling::Arn => self.arns.insert(principal),
        };
    }

    /// Off the list that the spelling means: that one, or the only one.
    pub(crate) fn remove(&mut self, lists: UserLists, spelling: Spelling, principal: &Principal) {
        if lists == UserLists::One || spelling == Spelling::Id {
            self.ids.remove(principal);
        }
        if lists == UserLists::One || spelling == Spelling::Arn {
            self.arns.remove(principal);
        }
    }

    /// What is shown in a spelling. Everybody has no id.
    pub(crate) fn shown(&self, lists: UserLists, spelling: Spelling) -> Vec<&Principal> {
        let shown: BTreeSet<&Principal> = match (lists, spelling) {
            (UserLists::One, _) => self.all(),
            (UserLists::Separate, Spelling::Id) => self.ids.iter().collect(),
            (UserLists::Separate, Spelling::Arn) => self.arns.iter().collect(),
        };
        shown.into_iter().filter(|user| spelling == Spelling::Arn || **user != Principal::Everybody).collect()
    }

    pub(crate) fn all(&self) -> BTreeSet<&Principal> {
        self.ids.union(&self.arns).collect()
    }

    pub(crate) fn holds(&self, principal: &Principal) -> bool {
        self.ids.contains(principal) || self.arns.contains(principal)
    }
}

/// A load balancer in one zone, attached to a service.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) key: AttachmentKey,
    pub(crate) kind: String,
    /// Its place in lists.
    pub(crate) number: u64,
    pub(crate) status: AttachmentStatus,
    pub(crate) settles: Option<Timestamp>,
    pub(crate) vpc_id: String,
    pub(crate) vswitch_id: String,
    pub(crate) ip: String,
    pub(crate) auto_allocated: bool,
    pub(crate) supports_ipv6: bool,
}

/// What makes an attachment unique in its service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct AttachmentKey {
    pub(crate) resource_id: String,
    pub(crate) zone_id: String,
}

/// A region from which consumers may connect.
#[derive(Clone, Debug)]
pub(crate) struct SupportedRegion {
    pub(crate) id: String,
    pub(crate) status: RegionStatus,
    pub(crate) settles: Option<Timestamp>,
}

/// `RegionServiceStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RegionStatus {
    Pending,
    Available,
    Deleting,
    Closed,
}

impl RegionStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Available => "Available",
            Self::Deleting => "Deleting",
            Self::Closed => "Closed",
        }
    }
}

/// Whether a service is still there after it settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Here,
    Gone,
}

impl Service {
    pub(crate) fn name(&self) -> String {
        format!("com.aliyuncs.privatelink.{}.{}", self.region, self.id)
    }

    pub(crate) fn domain(&self) -> String {
        format!("{}.{}.privatelink.aliyuncs.com", self.id, self.region)
    }

    pub(crate) fn service_type(&self) -> &'static str {
        match self.resource_type.as_str() {
            "gwlb" => "GatewayLoadBalancer",
            "vpcNat" => "Reverse",
            _ => "Interface",
        }
    }

    /// `ConnectBandwidth` as it is shown: 0 for the two types that have none of their own, nothing for the others but one.
    pub(crate) fn shown_connect_bandwidth(&self) -> Option<u32> {
        match self.resource_type.as_str() {
            "slb" => Some(self.connect_bandwidth),
            "nlb" | "gwlb" => Some(0),
            _ => None,
        }
    }

    /// Zones in which it has resources.
    pub(crate) fn zones(&self) -> BTreeSet<&str> {
        self.held().map(|attachment| attachment.key.zone_id.as_str()).collect()
    }

    /// The attachments that it has, listed or not.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments.iter().filter(|attachment| attachment.status.is_held())
    }

    pub(crate) fn attachment(&self, key: &AttachmentKey) -> Option<&Attachment> {
        self.held().find(|attachment| attachment.key == *key)
    }

    /// Takes an event and, where it begins something, ends that `takes` later. False: refused in this status.
    pub(crate) fn event(&mut self, now: Timestamp, event: ServiceEvent, takes: Duration) -> bool {
        let step = self.status.on(event);
        match step {
            Some(Step::Rest(status)) => (self.status, self.settles) = (status, None),
            Some(Step::Busy(status)) => (self.status, self.settles) = (status, Some(after(now, takes))),
            Some(Step::Gone) | None => {}
        }
        step.is_some()
    }

    /// Begins to detach; the list shows it `takes` longer.
    pub(crate) fn detach(&mut self, now: Timestamp, key: &AttachmentKey, takes: Duration) {
        let held = self.attachments.iter_mut().filter(|attachment| attachment.status.is_held());
        for attachment in held.filter(|attachment| attachment.key == *key) {
            if let Some(Step::Busy(status)) = attachment.status.on(AttachmentEvent::Detach) {
                (attachment.status, attachment.settles) = (status, Some(after(now, takes)));
            }
        }
    }

    /// When the next part of it settles.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let attachments = self.attachments.iter().filter_map(|attachment| attachment.settles);
        let regions = self.supported_regions.iter().filter_map(|region| region.settles);
        self.settles.into_iter().chain(attachments).chain(regions).min()
    }

    /// Lets every part settle whose time has come.
    pub(super) fn settle(&mut self, time: Timestamp) -> Settled {
        self.attachments.retain_mut(|attachment| attachment.settle(time));
        self.supported_regions.iter_mut().for_each(|region| region.settle(time));
        if self.settles.is_some_and(|due| due <= time) {
            if self.status.on(ServiceEvent::Settle) == Some(Step::Gone) {
                return Settled::Gone;
            }
            self.event(time, ServiceEvent::Settle, Duration::ZERO);
        }
        Settled::Here
    }
}

impl Attachment {
    /// False: it is gone.
    fn settle(&mut self, time: Timestamp) -> bool {
        if self.settles.is_none_or(|due| due > time) {
            return true;
        }
        match self.status.on(AttachmentEvent::Settle) {
            Some(Step::Rest(status) | Step::Busy(status)) => (self.status, self.settles) = (status, None),
            Some(Step::Gone) => return false,
            None => self.settles = None,
        }
        true
    }
}

impl SupportedRegion {
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, RegionStatus::Pending | RegionStatus::Available)
    }

    fn settle(&mut self, time: Timestamp) {
        if self.settles.is_some_and(|due| due <= time) {
            self.settles = None;
            self.status = match self.status {
                RegionStatus::Pending | RegionStatus::Available => RegionStatus::Available,
                RegionStatus::Deleting | RegionStatus::Closed => RegionStatus::Closed,
            };
        }
    }
}
