//! Who an object is and where its service lives.

mod definition;
mod record;

use std::collections::BTreeMap;

use jiff::Timestamp;
use kube::Resource;

pub use self::definition::{Definition, DefinitionUnknown};
pub use self::record::CreateRecord;

use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};

/// An object, for requeuing it and for remembering things about it. Two objects of one name in succession differ by `uid`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    pub namespace: String,
    pub name: String,
    pub uid: String,
}

/// The object of one reconcile, at one version.
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

/// Where an object's service lives: fixed by the create record for the whole life of the object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    pub account: String,
    pub region: String,
}

/// The tags that prove ownership.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The cluster id: a DNS label, or the UID of the namespace `kube-system`.
    pub cluster: String,
    pub uid: String,
    /// `<namespace>.<name>`, for people and for finding a former service.
    pub object: String,
}

impl ObjectKey {
    /// The key of an object as the API server gave it; there, every part of it is set.
    pub fn of(object: &impl Resource) -> Self {
        let metadata = object.meta();
        Self {
            namespace: metadata.namespace.clone().unwrap_or_default(),
            name: metadata.name.clone().unwrap_or_default(),
            uid: metadata.uid.clone().unwrap_or_default(),
            generation: metadata.generation.unwrap_or_default(),
            resource_version: metadata.resource_version.clone().unwrap_or_default(),
        }
    }

    /// The object itself, whatever its generation.
    pub fn id(&self) -> ObjectId {
        ObjectId { namespace: self.namespace.clone(), name: self.name.clone(), uid: self.uid.clone() }
    }
}

impl Life {
    /// By the deletion timestamp.
    pub fn of(object: &impl Resource) -> Self {
        match &object.meta().deletion_timestamp {
            Some(since) => Self::Deleting { since: since.0 },
            None => Self::Live,
        }
    }
}

impl Owner {
    /// As the tags that every Create carries and that every list answer is checked for.
    pub fn tags(&self) -> BTreeMap<String, String> {
        [(CLUSTER_TAG, &self.cluster), (UID_TAG, &self.uid), (OBJECT_TAG, &self.object)]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect()
    }
}
