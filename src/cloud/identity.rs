//! Who an object is and where its service lives.

use std::collections::BTreeMap;

use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};

/// An object, for waking it and for remembering things about it. Two objects of one name in succession differ by `uid`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    pub namespace: String,
    pub name: String,
    pub uid: String,
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

impl Owner {
    /// As the tags that every Create carries and that every list answer is checked for.
    pub fn tags(&self) -> BTreeMap<String, String> {
        [(CLUSTER_TAG, &self.cluster), (UID_TAG, &self.uid), (OBJECT_TAG, &self.object)]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect()
    }
}
