//! What the user wants, in the cloud's terms. Pure; holds no id of the cloud's making.

use std::collections::{BTreeMap, BTreeSet};

pub use crate::cloud::service::AttachmentKey;

/// The service as it is to be. `None` in a managed part means "not managed": left as it is in the cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desired {
    /// `slb`, `alb`, `nlb`, `gwlb`.
    pub service_resource_type: String,
    pub payer: String,
    pub description: String,
    pub auto_accept_enabled: bool,
    pub zone_affinity_enabled: bool,
    pub address_ip_version: String,
    /// Mbps, `slb` only; sent by Update once the service is Active.
    pub connect_bandwidth_mbps: Option<i32>,
    pub resource_group_id: Option<String>,
    /// The user's tags, without the owner tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// The owner tags.
    pub owner_tags: BTreeMap<String, String>,
    pub attachments: Option<BTreeSet<AttachmentKey>>,
    /// Account ids. The owner's own account is never among them and never removed.
    pub principals: Option<BTreeSet<String>>,
    /// The account that owns the service.
    pub owner_account: String,
}
