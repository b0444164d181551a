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

/// What a status of a condition says, and what to do: the row of `docs/reference/conditions.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionMeaning {
    pub status: &'static str,
    pub meaning: &'static str,
    pub action: &'static str,
}

const fn meaning(status: &'static str, meaning: &'static str, action: &'static str) -> ConditionMeaning {
    ConditionMeaning { status, meaning, action }
}

impl ConditionType {
    /// Every type, in the order in which they are written.
    pub const ALL: &[Self] = &[Self::Ready, Self::Reconciling, Self::Stalled, Self::Drifted, Self::ConnectionsPending];

    /// Each status that the condition can have, with what it says.
    pub const fn meanings(self) -> &'static [ConditionMeaning] {
        const READY: &[ConditionMeaning] = &[
            meaning(
                "True",
                "the service is Active in the cloud, and everything of this generation of the spec is in force as of the last look",
                "nothing: consumers can connect",
            ),
            meaning(
                "False",
                "the service is not there, not Active, or not as the spec wants it",
                "read reason and message: where Stalled is there as well, a person must help; else the operator is at work or waits",
            ),
            meaning(
                "Unknown",
                "the operator has not seen this generation yet, or cannot tell: the provider could not be read, or answered something unknown",
                "wait; if it lasts, read reason and message, and see whether the operator runs",
            ),
        ];
        const RECONCILING: &[ConditionMeaning] = &[meaning(
            "True",
            "the operator is at work, or waits for something that may come by itself",
            "nothing; the message says what is awaited",
        )];
        const STALLED: &[ConditionMeaning] = &[meaning(
            "True",
            "only a person can help; the operator tries again rarely, and at once after an edit",
            "what the message says",
        )];
        const DRIFTED: &[ConditionMeaning] = &[meaning(
            "True",
            "the cloud differs from the spec, and no edit of the spec is the cause; the message names the fields",
            "find out who changes the service outside",
        )];
        const CONNECTIONS_PENDING: &[ConditionMeaning] =
            &[meaning("True", "connection requests wait for a decision", "decide on them; the message names them")];
        match self {
            Self::Ready => READY,
            Self::Reconciling => RECONCILING,
            Self::Stalled => STALLED,
            Self::Drifted => DRIFTED,
            Self::ConnectionsPending => CONNECTIONS_PENDING,
        }
    }

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
