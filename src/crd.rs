//! The custom resources: what a user writes and reads.
//!
//! Everything that can be refused is refused by the API server alone, from the schema and its CEL rules; there is no
//! webhook. The schema is generated from these types, see [`generate`].

// `KubeSchema` expands to a second, local copy of each struct, `pub` and all.
#![expect(unreachable_pub, reason = "the derive's local copies of the structs")]

pub mod condition;
mod connections;
mod event;
pub mod generate;
mod references;
mod resources;
mod status;
mod values;
mod vpc_endpoint_service;

pub use condition::{ConditionMeaning, ConditionType, Reason};
pub use connections::{ConnectionRule, ConnectionsSpec};
pub use event::EventReason;
pub use references::{AdoptSpec, DEFAULT_PROVIDER_CONFIG, ExportTo, ProviderConfigRef};
pub use resources::{ResourceSpec, ServiceRef};
pub use status::{ConnectionCounts, ConnectionStatus, Drift, LastError, ResourceStatus, VpcEndpointServiceStatus};
pub use values::{
    AddressIpVersion, AttachmentState, ConnectionDecision, DeletionPolicy, DriftPolicy, ListPolicy, ManagementPolicy,
    Payer, ServiceResourceType, TrafficControlMode, WhenConnected, WhenFormerExists, WhenGone, WhenNoLongerAllowed,
    WhenReplaced,
};
pub use vpc_endpoint_service::{VpcEndpointService, VpcEndpointServiceSpec};
