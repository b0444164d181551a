//! Requests and answers as each product has them, and what becomes of the answers.

pub(crate) mod alb;
pub(crate) mod clb;
pub(crate) mod gwlb;
pub(crate) mod nlb;

use cloud_core::Request;
use cloud_core::lenient::text;
use serde::{Deserialize, Serialize};

use crate::id::LoadBalancerId;
use crate::load_balancer::{LoadBalancer, Lock, Zone};
use crate::state::{LockType, ZoneStatus};

/// A request for one load balancer.
pub(crate) trait Read: Request {
    /// The request for the load balancer of that id.
    fn of(id: &LoadBalancerId) -> Self;

    /// About which load balancer the answer is.
    fn id(answer: &Self::Answer) -> Option<&str>;

    /// The load balancer of that id as the answer describes it.
    fn load_balancer(id: LoadBalancerId, answer: Self::Answer) -> LoadBalancer;
}

/// The one parameter that all of these operations need.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ById {
    load_balancer_id: String,
}

impl ById {
    fn new(id: &LoadBalancerId) -> Self {
        Self { load_balancer_id: id.as_str().to_owned() }
    }
}

/// An entry of `ZoneMappings`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct ZoneMapping {
    #[serde(deserialize_with = "text")]
    zone_id: Option<String>,
    #[serde(deserialize_with = "text")]
    v_switch_id: Option<String>,
    #[serde(deserialize_with = "text")]
    status: Option<String>,
}

impl ZoneMapping {
    /// A zone whose status the product has.
    fn with_status(self) -> Option<Zone> {
        let status = Some(ZoneStatus::from_wire(self.status.as_deref()));
        self.without_status().map(|zone| Zone { status, ..zone })
    }

    /// The same of a product that has none.
    fn without_status(self) -> Option<Zone> {
        let zone_id = filled(self.zone_id)?;
        Some(Zone { zone_id, v_switch_id: filled(self.v_switch_id), status: None })
    }
}

/// All zones, or none at all: a list with a hole in it looks like a load balancer that has left a zone.
fn zones(mappings: Vec<ZoneMapping>, zone: impl FnMut(ZoneMapping) -> Option<Zone>) -> Vec<Zone> {
    mappings.into_iter().map(zone).collect::<Option<_>>().unwrap_or_default()
}

/// An entry of `OperationLocks`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct OperationLock {
    #[serde(deserialize_with = "text")]
    lock_type: Option<String>,
    #[serde(deserialize_with = "text")]
    lock_reason: Option<String>,
}

impl From<OperationLock> for Lock {
    fn from(lock: OperationLock) -> Self {
        Self { lock_type: LockType::from_wire(lock.lock_type.as_deref()), reason: filled(lock.lock_reason) }
    }
}

/// `LoadBalancerBillingConfig`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct BillingConfig {
    #[serde(deserialize_with = "text")]
    pay_type: Option<String>,
}

/// An empty text says as little as none.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}
