//! Load balancers that services can be made of, and what their own APIs say of them.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use super::Switch;

/// A load balancer (or, for `vpcNat`, a NAT gateway) in some account.
///
/// Words that only its own API shows are any: clients must bear new ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadBalancer {
    /// `lb-…`, `alb-…`, `nlb-…`, `gwlb-…`.
    pub id: String,
    /// `slb`, `alb`, `nlb`, `gwlb` or `vpcNat`; the word of `ResourceType`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Region, `cn-hangzhou`.
    pub region: String,
    /// Owning account; none: every account may use it, which spares seeding in single-account trials.
    #[serde(default)]
    pub account: Option<String>,
    /// Where it has addresses; a bare zone id stands for a zone with a generated vSwitch and address. Of an `slb` the first is the primary one.
    pub zones: Vec<LoadBalancerZone>,
    /// `IPv4` or `DualStack`, shown in the capitals of the product.
    #[serde(default = "ipv4")]
    pub address_ip_version: String,
    /// Public load balancers of type `slb` cannot be used.
    #[serde(default)]
    pub network_type: NetworkType,
    /// Off: `LoadBalancerNotSupportPrivateLink`, or `SpecifiedAlbNotSupport` for an ALB.
    #[serde(default = "on")]
    pub supports_privatelink: Switch,
    /// `vpc-…`; none: the one that all such load balancers of the region share.
    #[serde(default)]
    pub vpc_id: Option<String>,
    /// On: an `slb` in the network that all accounts once shared, in no VPC; it cannot be used.
    #[serde(default = "off")]
    pub classic_network: Switch,
    /// `LoadBalancerName`; none: its id.
    #[serde(default)]
    pub name: Option<String>,
    /// `LoadBalancerStatus`, shown of an `slb` in small letters. Default `Active`.
    #[serde(default = "active")]
    pub status: String,
    /// `LoadBalancerBusinessStatus`; an `slb` has none. Default `Normal`.
    #[serde(default = "normal")]
    pub business_status: String,
    /// `LockType` of its locks; `slb` and `gwlb` show none.
    #[serde(default)]
    pub locks: Vec<String>,
    /// `AddressType`; none: as `network_type` says. A `gwlb` has none.
    #[serde(default)]
    pub address_type: Option<String>,
    /// `PayType`; none: by use, in the word of the product. An `slb` that is paid for ahead, `PrePay`, cannot be used.
    #[serde(default)]
    pub pay_type: Option<String>,
    /// `LoadBalancerEdition` of an `alb`. Default `Standard`.
    #[serde(default = "standard")]
    pub edition: String,
    /// `AddressAllocatedMode` of an `alb`. Default `Fixed`.
    #[serde(default = "fixed")]
    pub address_allocated_mode: String,
    /// `DNSName` of an `alb` or `nlb`; none: one made of its id.
    #[serde(default)]
    pub dns_name: Option<String>,
    /// Fields of the answer that are left out of it, such as `ZoneMappings`.
    #[serde(default)]
    pub withheld: BTreeSet<String>,
}

fn ipv4() -> String {
    "IPv4".to_owned()
}

fn active() -> String {
    "Active".to_owned()
}

fn normal() -> String {
    "Normal".to_owned()
}

fn standard() -> String {
    "Standard".to_owned()
}

fn fixed() -> String {
    "Fixed".to_owned()
}

fn on() -> Switch {
    Switch::On
}

fn off() -> Switch {
    Switch::Off
}

/// Whether a load balancer has a public address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkType {
    /// Internal address in a VPC.
    #[default]
    Private,
    /// Public address.
    Public,
}

/// One zone of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LoadBalancerZone {
    /// `cn-hangzhou-i`.
    pub zone_id: String,
    /// The vSwitch of its address; none: `VSwitchNotFound`.
    pub vswitch_id: Option<String>,
    /// Its address; none: a generated one.
    pub ip: Option<String>,
    /// `Status` of the zone, which `alb` and `nlb` show; none: `Active`.
    pub status: Option<String>,
}

impl LoadBalancerZone {
    /// A zone with a generated vSwitch.
    pub fn new(zone_id: impl Into<String>) -> Self {
        let zone_id = zone_id.into();
        let vswitch_id = Some(format!("vsw-{}", zone_id.replace('-', "")));
        Self { zone_id, vswitch_id, ip: None, status: None }
    }

    /// The same in another state than `Active`.
    #[must_use]
    pub fn with_status(self, status: impl Into<String>) -> Self {
        Self { status: Some(status.into()), ..self }
    }
}

impl<'de> Deserialize<'de> for LoadBalancerZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Id(String),
            Full { zone_id: String, vswitch_id: Option<String>, ip: Option<String>, status: Option<String> },
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Id(zone_id) => Self::new(zone_id),
            Form::Full { zone_id, vswitch_id, ip, status } => Self { zone_id, vswitch_id, ip, status },
        })
    }
}

impl LoadBalancer {
    /// An internal IPv4 load balancer that any account may use.
    pub fn new(id: impl Into<String>, kind: impl Into<String>, region: impl Into<String>, zones: &[&str]) -> Self {
        Self {
            id: id.into(),
            kind: kind.into(),
            region: region.into(),
            account: None,
            zones: zones.iter().copied().map(LoadBalancerZone::new).collect(),
            address_ip_version: ipv4(),
            network_type: NetworkType::Private,
            supports_privatelink: Switch::On,
            vpc_id: None,
            classic_network: Switch::Off,
            name: None,
            status: active(),
            business_status: normal(),
            locks: Vec::new(),
            address_type: None,
            pay_type: None,
            edition: standard(),
            address_allocated_mode: fixed(),
            dns_name: None,
            withheld: BTreeSet::new(),
        }
    }

    /// The same with addresses of both families.
    #[must_use]
    pub fn dual_stack(self) -> Self {
        Self { address_ip_version: "DualStack".to_owned(), ..self }
    }

    /// The same in one account only.
    #[must_use]
    pub fn owned_by(self, account: impl Into<String>) -> Self {
        Self { account: Some(account.into()), ..self }
    }

    pub(crate) fn zone(&self, id: &str) -> Option<&LoadBalancerZone> {
        self.zones.iter().find(|zone| zone.zone_id == id)
    }

    /// Its network; where none is said, the same for all of the region.
    pub(crate) fn network(&self) -> String {
        self.vpc_id.clone().unwrap_or_else(|| format!("vpc-of-{}", self.region))
    }

    /// Its address in a zone: the same one always, where none is said.
    pub(crate) fn address_in(&self, zone: &LoadBalancerZone) -> String {
        zone.ip.clone().unwrap_or_else(|| {
            let bytes = self.id.bytes().chain(zone.zone_id.bytes());
            let sum = bytes.fold(5381_u32, |sum, byte| sum.wrapping_mul(33).wrapping_add(u32::from(byte)));
            format!("192.168.{}.{}", sum / 251 % 251, sum % 251 + 2)
        })
    }

    pub(crate) fn is_dual_stack(&self) -> bool {
        self.address_ip_version == "DualStack"
    }

    /// A classic one must be internal, in a VPC and paid for by use.
    pub(crate) fn is_usable(&self) -> bool {
        let is_public = self.network_type == NetworkType::Public;
        let is_paid_ahead = self.pay_type.as_deref() == Some("PrePay");
        let is_barred = self.kind == "slb" && (is_public || is_paid_ahead || self.classic_network.is_on());
        self.supports_privatelink.is_on() && !is_barred
    }
}
