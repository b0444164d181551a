//! The fields of the spec that this version does not act on, and what is made of each: nothing passes over one in silence.

use super::ResolveError;
use crate::crd::{DEFAULT_PROVIDER_CONFIG, VpcEndpointServiceSpec};

/// A field that stops a live object before anything is written to the cloud.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) path: &'static str,
    pub(super) is_used: fn(&VpcEndpointServiceSpec) -> bool,
    pub(super) deletion: OnDeletion,
}

/// What becomes of the field once the object is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDeletion {
    /// The deletion does as it says.
    Obeyed,
    /// One that would delete the service waits, and names the field.
    HoldsDelete,
    /// It is about a service that lives; nothing of it is in the cloud.
    NoBearing,
}

pub(super) const FIELDS: &[Field] = &[Field {
    path: "spec.providerConfigRef.name",
    is_used: |spec| spec.provider_config_ref.name != DEFAULT_PROVIDER_CONFIG,
    // It says whose service it is: with other credentials than those that it names nothing is deleted.
    deletion: OnDeletion::HoldsDelete,
}];

/// The first field that an object which is to live uses and this version does not act on.
pub(super) fn check(spec: &VpcEndpointServiceSpec) -> Result<(), ResolveError> {
    match FIELDS.iter().find(|field| (field.is_used)(spec)) {
        Some(field) => Err(ResolveError::NotImplementedYet { field: field.path }),
        None => Ok(()),
    }
}

/// The fields that the spec uses and of which a deletion makes this.
pub fn used_on_deletion(spec: &VpcEndpointServiceSpec, deletion: OnDeletion) -> impl Iterator<Item = &'static str> {
    FIELDS.iter().filter(move |field| field.deletion == deletion && (field.is_used)(spec)).map(|field| field.path)
}
