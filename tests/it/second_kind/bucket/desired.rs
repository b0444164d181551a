use super::resolve::Resolved;

pub(super) struct Desired {
    pub(super) size: i64,
}

pub(super) fn desired(resolved: &Resolved) -> Desired {
    Desired { size: resolved.size }
}
