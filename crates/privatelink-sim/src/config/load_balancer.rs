//! Load balancers that services can be made of.

use serde::{Deserialize, Deserializer, Serialize};

use super::Switch;

/// A load balancer (or, for `vpcNat`, a NAT gateway) in some account.
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
    /// Where it has addresses; a bare zone id stands for a zone with a generated vSwitch and address.
    pub zones: Vec<LoadBalancerZone>,
    /// `IPv4` or `DualStack`.
    #[serde(default = "ipv4")]
    pub address_ip_version: String,
    /// Public load balancers of type `slb` cannot be used.
    #[serde(default)]
    pub network_type: NetworkType,
    /// Off: `LoadBalancerNotSupportPrivateLink`, or `SpecifiedAlbNotSupport` for an ALB.
    #[serde(default = "on")]
    pub supports_privatelink: Switch,
    /// `vpc-…`; none: a generated one.
    #[serde(default)]
    pub vpc_id: Option<String>,
}

fn ipv4() -> String {
    "IPv4".to_owned()
}

fn on() -> Switch {
    Switch::On
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
}

impl LoadBalancerZone {
    /// A zone with a generated vSwitch.
    pub fn new(zone_id: impl Into<String>) -> Self {
        let zone_id = zone_id.into();
        let vswitch_id = Some(format!("vsw-{}", zone_id.replace('-', "")));
        Self { zone_id, vswitch_id, ip: None }
    }
}

impl<'de> Deserialize<'de> for LoadBalancerZone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Id(String),
            Full { zone_id: String, vswitch_id: Option<String>, ip: Option<String> },
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Id(zone_id) => Self::new(zone_id),
            Form::Full { zone_id, vswitch_id, ip } => Self { zone_id, vswitch_id, ip },
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

    pub(crate) fn is_dual_stack(&self) -> bool {
        self.address_ip_version == "DualStack"
    }

    pub(crate) fn is_usable(&self) -> bool {
        self.supports_privatelink.is_on() && !(self.kind == "slb" && self.network_type == NetworkType::Public)
    }
}
