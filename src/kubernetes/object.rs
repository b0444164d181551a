//! The object itself: its record, its finalizer, and whether it still is what a plan was made for.

use std::fmt::Debug;

use futures::future::BoxFuture;
use kube::ResourceExt;
use kube::api::{Patch, PatchParams, Resource};
use serde_json::Value;

use super::repeat::call;
use super::{ApiServer, Kind, KubernetesError, merge};
use crate::identity::CreateRecord;
use crate::identity::ObjectId;
use crate::identity::{Definition, ObjectKey};
use crate::metrics::WriteKind;
use crate::names::{FINALIZER, OBJECT_FIELD_MANAGER};

/// What the API server itself said of an object a moment ago: never a copy from the watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatestObject {
    pub uid: String,
    pub resource_version: String,
    pub generation: i64,
    /// The deletion mark is set.
    pub deleting: bool,
    pub finalizers: Vec<String>,
    /// The record of this very UID; one of another UID, or one that cannot be read, counts as none.
    pub record: Option<CreateRecord>,
}

/// Reads past every cache.
pub trait ObjectReader<K>: Send + Sync + Debug {
    /// The whole object from the API server (a quorum read). [`KubernetesError::Gone`] also when the name now belongs to another object.
    fn read<'a>(&'a self, id: &'a ObjectId) -> BoxFuture<'a, Result<K, KubernetesError>>;

    /// What becomes of the kind itself, as of a moment after the deletion mark of this object was seen: else who deletes the kind would be taken
    /// for somebody who deletes the object. Never fails: what cannot be known is said so.
    fn definition<'a>(&'a self, id: &'a ObjectId) -> BoxFuture<'a, Definition>;

    /// Drops what is remembered of an object that no longer exists.
    fn forget(&self, id: &ObjectId);
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
    ) -> BoxFuture<'a, Result<(), KubernetesError>>;

    /// Reads the object from the API server, past every cache (a quorum read).
    fn read_latest<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<LatestObject, KubernetesError>>;

    /// Takes our finalizer off, in one patch that carries uid and resource version, and leaves all others. An object that is gone
    /// already is a success: its finalizer is off.
    fn release_finalizer<'a>(
        &'a self,
        key: &'a ObjectKey,
        finalizers: &'a [String],
    ) -> BoxFuture<'a, Result<(), KubernetesError>>;
}

impl LatestObject {
    /// From an answer of the API server.
    pub fn of(object: &impl Resource<DynamicType = ()>) -> Self {
        Self {
            uid: object.uid().unwrap_or_default(),
            resource_version: object.resource_version().unwrap_or_default(),
            generation: object.meta().generation.unwrap_or_default(),
            deleting: object.meta().deletion_timestamp.is_some(),
            finalizers: object.finalizers().to_vec(),
            record: CreateRecord::own(object),
        }
    }

    /// The object carries our finalizer.
    pub fn has_finalizer(&self) -> bool {
        self.finalizers.iter().any(|name| name == FINALIZER)
    }
}

impl<K: Kind> ObjectReader<K> for ApiServer<K> {
    fn read<'a>(&'a self, id: &'a ObjectId) -> BoxFuture<'a, Result<K, KubernetesError>> {
        Box::pin(async move {
            let objects = self.objects(&id.namespace);
            let object = call(self.deadline, || objects.get(&id.name)).await?;
            if object.meta().uid.as_deref() == Some(&id.uid) { Ok(object) } else { Err(KubernetesError::Gone) }
        })
    }

    fn definition<'a>(&'a self, id: &'a ObjectId) -> BoxFuture<'a, Definition> {
        Box::pin(self.definition.of_kind(&id.uid))
    }

    fn forget(&self, id: &ObjectId) {
        self.definition.forget(&id.uid);
    }
}

impl<K: Kind> ObjectWriter for ApiServer<K> {
    fn put_record<'a>(
        &'a self,
        key: &'a ObjectKey,
        finalizers: &'a [String],
        record: &'a CreateRecord,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        Box::pin(async move {
            self.merge(key, merge::put_record(key, finalizers, record), WriteKind::Record).await?;
            Ok(())
        })
    }

    fn read_latest<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<LatestObject, KubernetesError>> {
        Box::pin(async move { Ok(LatestObject::of(&self.read(&key.id()).await?)) })
    }

    fn release_finalizer<'a>(
        &'a self,
        key: &'a ObjectKey,
        finalizers: &'a [String],
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        Box::pin(async move {
            let patch = merge::release_finalizer(key, finalizers);
            match self.merge(key, patch, WriteKind::Finalizer).await {
                Ok(_) | Err(KubernetesError::Gone) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}

impl<K: Kind> ApiServer<K> {
    async fn merge(&self, key: &ObjectKey, patch: Value, kind: WriteKind) -> Result<K, KubernetesError> {
        let objects = self.objects(&key.namespace);
        let parameters = PatchParams { field_manager: Some(OBJECT_FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        let patch = Patch::Merge(patch);
        let object = call(self.deadline, || objects.patch(&key.name, &parameters, &patch)).await?;
        self.wrote(&key.uid, &object, kind);
        Ok(object)
    }
}

#[cfg(test)]
mod tests;
