use privatelink_operator::identity::{Life, ObjectKey};
use privatelink_operator::kubernetes::LatestObject;

use super::crd::Bucket;

pub(super) struct Resolved {
    pub(super) key: ObjectKey,
    pub(super) life: Life,
    pub(super) size: i64,
    pub(super) object: LatestObject,
}

pub(super) fn resolve(object: &Bucket) -> Resolved {
    Resolved {
        key: ObjectKey::of(object),
        life: Life::of(object),
        size: object.spec.size,
        object: LatestObject::of(object),
    }
}
