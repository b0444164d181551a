//! What is true of an object, before it is written as conditions.

use crate::cloud::errors::Verdict;
use crate::crd::Reason;

/// Whether anything is to be said at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Assessment {
    /// The object is gone, or none of ours any more: nothing is written.
    Silent,
    /// What was said last still holds, or nothing better is known yet.
    Keep,
    Says(ConditionSet),
}

/// The conditions of an object, of its generation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConditionSet {
    pub(super) ready: Truth,
    pub(super) because: Because,
    pub(super) trend: Trend,
    /// What of the cloud was changed by somebody else and is not repaired yet.
    pub(super) drifted: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Because {
    pub(super) reason: Reason,
    /// Holds no time, no id of a request and no number that changes by itself.
    pub(super) message: String,
}

/// Where it goes from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trend {
    /// Nowhere: all is as it should be.
    AtRest,
    /// The operator is at work, or waits for something that may come by itself.
    Reconciling(Because),
    /// Only a person can help.
    Stalled(Because),
}

impl Truth {
    /// As it stands in a condition.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

impl Because {
    pub(super) fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

impl ConditionSet {
    /// Active, and as the spec wants it.
    pub(super) fn available(message: impl Into<String>) -> Self {
        Self {
            ready: Truth::True,
            because: Because::new(Reason::Available, message),
            trend: Trend::AtRest,
            drifted: None,
        }
    }

    /// Not ready; it goes on by itself.
    pub(super) fn reconciling(reason: Reason, message: impl Into<String>) -> Self {
        let because = Because::new(reason, message);
        Self { ready: Truth::False, trend: Trend::Reconciling(because.clone()), because, drifted: None }
    }

    /// Not ready, until a person helps.
    pub(super) fn stalled(reason: Reason, message: impl Into<String>) -> Self {
        let because = Because::new(reason, message);
        Self { ready: Truth::False, trend: Trend::Stalled(because.clone()), because, drifted: None }
    }

    pub(super) fn of(verdict: Verdict) -> Self {
        let Verdict { reason, stalled, message } = verdict;
        if stalled { Self::stalled(reason, message) } else { Self::reconciling(reason, message) }
    }

    /// The same, but nobody can say whether it is ready.
    pub(super) fn unknown(self) -> Self {
        Self { ready: Truth::Unknown, ..self }
    }

    pub(super) fn drifted(self, drifted: Option<String>) -> Self {
        Self { drifted, ..self }
    }
}

impl From<ConditionSet> for Assessment {
    fn from(condition_set: ConditionSet) -> Self {
        Self::Says(condition_set)
    }
}
