//! The object itself: its record, its finalizer, and whether it still is what a plan was made for.

use std::fmt::Debug;

use futures::future::BoxFuture;

use super::KubernetesError;
use crate::controller::vpc_endpoint_service::record::CreateRecord;
use crate::controller::vpc_endpoint_service::resolve::ObjectKey;

/// What the API server itself said of an object a moment ago: never a copy from the watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub uid: String,
    pub resource_version: String,
    pub generation: i64,
    /// The deletion mark is set.
    pub deleting: bool,
    pub finalizers: Vec<String>,
    /// The record of this very UID; one of another UID, or one that cannot be read, counts as none.
    pub record: Option<CreateRecord>,
}

impl Held {
    /// The object carries our finalizer.
    pub fn has_finalizer(&self) -> bool {
        self.finalizers.iter().any(|name| name == crate::names::FINALIZER)
    }
}

/// What execution may do to the object. Every write carries the UID, so that a successor of the same name is never touched.
///
/// Errors: [`KubernetesError::Gone`] also when the name now belongs to another object, [`KubernetesError::Conflict`] when the object
/// is no longer at the resource version of the key.
pub trait ObjectWriter: Send + Sync + Debug {
    /// Puts our finalizer and the record on the object, in one patch that carries uid and resource version. `finalizers` are those
    /// that the object has; ours may be among them.
    fn put_record<'a>(
        &'a self,
        key: &'a ObjectKey,
        finalizers: &'a [String],
        record: &'a CreateRecord,
    ) -> BoxFuture<'a, Result<Held, KubernetesError>>;

    /// Reads the object from the API server, past every cache (a quorum read).
    fn hold<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<Held, KubernetesError>>;

    /// Takes our finalizer off, in one patch that carries uid and resource version, and leaves all others. An object that is gone
    /// already is a success: its finalizer is off.
    fn release_finalizer<'a>(
        &'a self,
        key: &'a ObjectKey,
        finalizers: &'a [String],
    ) -> BoxFuture<'a, Result<(), KubernetesError>>;
}
