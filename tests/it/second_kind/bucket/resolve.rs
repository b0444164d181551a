use privatelink_operator::identity::{Life, ObjectId, ObjectKey, Owner};
use privatelink_operator::kubernetes::LatestObject;

use super::crd::Bucket;

pub(super) struct Resolved {
    pub(super) id: ObjectId,
    pub(super) key: ObjectKey,
    /// As the tags of its bucket have it.
    pub(super) owner: Owner,
    pub(super) life: Life,
    pub(super) size: i64,
    pub(super) object: LatestObject,
}

pub(super) fn resolve(object: &Bucket, cluster: &str) -> Resolved {
    let key = ObjectKey::of(object);
    let owner =
        Owner { cluster: cluster.to_owned(), uid: key.uid.clone(), object: format!("{}.{}", key.namespace, key.name) };
    Resolved {
        id: key.id(),
        key,
        owner,
        life: Life::of(object),
        size: object.spec.size,
        object: LatestObject::of(object),
    }
}
