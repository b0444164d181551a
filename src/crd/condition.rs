//! Condition types and reasons. Both are API: documented, closed, never renamed.

mod reason;

use std::fmt;

pub use reason::Reason;

/// The conditions of a `VpcEndpointService`.
///
/// `Ready` is always present. The others are abnormal-true: present only while they are true, as kstatus wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ConditionType {
    /// Active in the cloud, and the spec of `observedGeneration` was in force at the last look, or its differences are in
    /// `status.drift`.
    Ready,
    /// The operator is at work, or waits for something that may come by itself.
    Reconciling,
    /// Only a person can help.
    Stalled,
    /// The cloud differs from the spec.
    Drifted,
    /// Connection requests wait for a decision.
    ConnectionsPending,
}

impl ConditionType {
    /// Every type, in the order in which they are written.
    pub const ALL: &[Self] = &[Self::Ready, Self::Reconciling, Self::Stalled, Self::Drifted, Self::ConnectionsPending];

    /// The type as it stands in the condition.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::Reconciling => "Reconciling",
            Self::Stalled => "Stalled",
            Self::Drifted => "Drifted",
            Self::ConnectionsPending => "ConnectionsPending",
        }
    }
}

impl fmt::Display for ConditionType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
