//! Resolve: the object, its record and its provider configuration become one typed value. Reads Kubernetes only.

use jiff::Timestamp;

use super::record::CreateRecord;
pub use crate::cloud::identity::{ObjectId, Owner, Target};
use crate::crd::VpcEndpointServiceSpec;

/// The object of this pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectKey {
    pub namespace: String,
    pub name: String,
    pub uid: String,
    pub generation: i64,
    pub resource_version: String,
}

/// Whether the object is to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Live,
    Deleting { since: Timestamp },
}

/// What status said when the pass began. Status may forbid and may schedule, never permit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusHint {
    pub service_id: Option<String>,
    pub incarnation: u32,
    /// When the service that status names was made.
    pub create_time: Option<Timestamp>,
    /// `Ready` was True for this generation.
    pub ready_generation: Option<i64>,
}

/// Everything that is known from Kubernetes.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    pub key: ObjectKey,
    pub life: Life,
    /// The finalizers of the object, ours among them or not.
    pub finalizers: Vec<String>,
    pub target: Target,
    pub owner: Owner,
    /// The record of this very UID; one of another UID counts as none.
    pub record: Option<CreateRecord>,
    pub hint: StatusHint,
    pub spec: VpcEndpointServiceSpec,
}

impl ObjectKey {
    /// The object itself, whatever its generation.
    pub fn id(&self) -> ObjectId {
        ObjectId { namespace: self.namespace.clone(), name: self.name.clone(), uid: self.uid.clone() }
    }
}

impl Resolved {
    /// The object carries our finalizer.
    pub fn has_finalizer(&self) -> bool {
        self.finalizers.iter().any(|name| name == crate::names::FINALIZER)
    }

    /// Status said `Ready=True` for the generation of this pass.
    pub fn was_ready(&self) -> bool {
        self.hint.ready_generation == Some(self.key.generation)
    }
}

/// Why an object cannot be worked on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ResolveError {
    #[error("{field} is not implemented in this version")]
    NotImplementedYet { field: &'static str },
    #[error("provider config \"{name}\" is not available")]
    ProviderConfigUnavailable { name: String },
    #[error("no region: neither spec.region nor the operator's default is set")]
    RegionMissing,
    #[error("the create record names account {recorded}, the operator works in account {actual}")]
    AccountMismatch { recorded: String, actual: String },
    #[error("the status names region {status}, the create record {recorded}")]
    RegionMismatch { recorded: String, status: String },
    #[error("the account of the credentials is not known yet: {0}")]
    AccountUnknown(Box<privatelink::Error>),
}
