use super::resolve::Resolved;
use crate::second_kind::cloud::{Cloud, Refusal};

pub(super) struct Observed {
    /// `None`: there is no bucket of this object.
    pub(super) size: Option<i64>,
}

pub(super) fn observe(cloud: &Cloud, resolved: &Resolved) -> Result<Observed, Refusal> {
    Ok(Observed { size: cloud.get(&resolved.key.uid)? })
}
