//! What can go wrong at a place.

mod site;

use std::fmt;

pub use site::{EventSite, Site};

/// Which kind of fault it is: the rows of the summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The operator is killed at a call that changes something.
    Crash,
    /// The cloud answers wrongly, late or not at all.
    Cloud,
    /// The API server does.
    Kubernetes,
    /// The watch shows something else than what is.
    View,
    /// Somebody takes finalizer and record off the object.
    Strip,
    /// The leader of two replicas loses the lead.
    Lead,
}

impl Family {
    /// Every family, in the order of the summary.
    pub const ALL: [Self; 6] = [Self::Crash, Self::Cloud, Self::Kubernetes, Self::View, Self::Strip, Self::Lead];

    /// As it stands in ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Cloud => "cloud",
            Self::Kubernetes => "kubernetes",
            Self::View => "view",
            Self::Strip => "strip",
            Self::Lead => "lead",
        }
    }

    /// The family of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.name() == name)
    }
}

impl fmt::Display for Family {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// SIGKILL.
    Crash(CrashPoint),
    /// From the cloud.
    Cloud(CloudFault),
    /// From the API server.
    Kubernetes(KubernetesFault),
    /// In the watch.
    View(ViewFault),
    /// `kubectl replace` with a manifest that knows neither finalizer nor record, as soon as the call is answered.
    Strip,
    /// Of the lead.
    Lead(LeadFault),
}

/// Declares the faults of a family, each with its name.
macro_rules! faults {
    ($(#[$about:meta])* $family:ident { $($(#[$doc:meta])* $fault:ident = $name:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $family { $($(#[$doc])* $fault,)+ }

        impl $family {
            /// Every fault of the family.
            pub const ALL: &[Self] = &[$(Self::$fault),+];

            /// As it stands in ids.
            pub fn name(self) -> &'static str {
                match self { $(Self::$fault => $name,)+ }
            }

            fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|fault| fault.name() == name)
            }
        }
    };
}

faults! {
    /// When the operator is killed. Another process takes its place at once.
    CrashPoint {
        /// The call has come to the proxy, and goes no further.
        BeforeForwarded = "before",
        /// The call has left, and arrives after the next process has begun its work: its first look at the cloud is over.
        Late = "late",
        /// The call has its effect; nobody learns of it.
        AnswerLost = "answer-lost",
        /// The call has its effect, and the operator has the answer.
        Answered = "answered",
    }
}

faults! {
    /// What the cloud does instead of answering properly.
    CloudFault {
        /// `Throttling.User` with status 400.
        Throttle400 = "throttle-400",
        /// The same, and the answer says when to come again.
        Throttle400After = "throttle-400-after",
        /// `Throttling.User` with status 429.
        Throttle429 = "throttle-429",
        /// The same, and the answer says when to come again.
        Throttle429After = "throttle-429-after",
        /// 500, and everything has happened.
        InternalErrorApplied = "500-applied",
        /// 500, and nothing has.
        InternalError = "500",
        /// 503, and nothing has happened.
        Unavailable = "503",
        /// Silence after everything has happened.
        TimeOutApplied = "time-out-applied",
        /// The body of the answer ends in its middle.
        Truncated = "truncated",
        /// Another call of the account was at work.
        ConcurrentCall = "concurrent-call",
        /// The service's state does not allow it now.
        OperationDenied = "operation-denied",
        /// The same refusal, in an answer whose status is 200.
        DeniedWith200 = "denied-with-200",
        /// The first call with this token is at work.
        IdempotentProcessing = "idempotent-processing",
        /// The same in the spelling of another product, and everything has happened.
        TokenProcessingApplied = "token-processing-applied",
        /// A code that no table knows, with status 400, and everything has happened.
        UnknownCodeApplied = "unknown-code-applied",
        /// The first call with this token failed inside the cloud: 500 now, `IdempotentFailed` to whoever repeats it.
        BurntToken = "burnt-token",
        /// The first call with this token asked for something else.
        IdempotentMismatch = "idempotent-mismatch",
        /// The key lacks the right.
        Forbidden = "403",
        /// The temporary key has ended.
        ExpiredToken = "expired-token",
        /// A list's next page is the same page again.
        RepeatedPage = "repeated-page",
        /// A list leaves a page out.
        LostPage = "lost-page",
    }
}

faults! {
    /// What the API server does instead of answering properly.
    KubernetesFault {
        /// 409: the object has changed meanwhile.
        Conflict = "conflict",
        /// 422: the object would be invalid.
        Invalid = "invalid",
        /// 429 with `Retry-After`.
        TooManyRequests = "too-many-requests",
        /// 500, and the write is stored.
        InternalErrorApplied = "500-applied",
        /// 503, and it is not.
        Unavailable = "503",
        /// 503, and the write is stored: the operator's quick repetition comes upon its own effect.
        UnavailableApplied = "503-applied",
        /// The connection breaks after the write is stored.
        ResetApplied = "reset-applied",
        /// The write takes its time to arrive.
        Delayed = "delayed",
        /// The connection breaks, and the write arrives a good while later all the same.
        Late = "late",
        /// Nothing is stored and nothing answered.
        BlackHole = "black-hole",
        /// The answer takes its time.
        Slow = "slow",
    }
}

faults! {
    /// What becomes of an event of the watch.
    ViewFault {
        /// It never comes; a while later the watch breaks, and begins again with a list.
        Lose = "lose",
        /// It comes late.
        Delay = "delay",
        /// It comes twice.
        Repeat = "repeat",
        /// It comes after the next one.
        Reorder = "reorder",
        /// The watch breaks before it, and is taken up where it broke.
        Reconnect = "reconnect",
        /// The watch breaks after it, and the next list is from before it: an API server that lags.
        TimeTravel = "time-travel",
        /// The same, from three changes before.
        TimeTravelFar = "time-travel-far",
    }
}

faults! {
    /// What costs the leader its lead in the middle of a call. The call arrives when another replica leads.
    LeadFault {
        /// SIGKILL.
        Killed = "killed",
        /// SIGSTOP for longer than the lease; then it wakes.
        Paused = "paused",
        /// Whatever it sends to the API server is lost from now on.
        Unheard = "unheard",
    }
}

impl Fault {
    /// Its family.
    pub fn family(self) -> Family {
        match self {
            Self::Crash(_) => Family::Crash,
            Self::Cloud(_) => Family::Cloud,
            Self::Kubernetes(_) => Family::Kubernetes,
            Self::View(_) => Family::View,
            Self::Strip => Family::Strip,
            Self::Lead(_) => Family::Lead,
        }
    }

    /// As it stands in ids.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crash(fault) => fault.name(),
            Self::Cloud(fault) => fault.name(),
            Self::Kubernetes(fault) => fault.name(),
            Self::View(fault) => fault.name(),
            Self::Strip => "replace",
            Self::Lead(fault) => fault.name(),
        }
    }

    /// The fault of that name in a family.
    pub(super) fn named(family: Family, name: &str) -> Option<Self> {
        match family {
            Family::Crash => CrashPoint::named(name).map(Self::Crash),
            Family::Cloud => CloudFault::named(name).map(Self::Cloud),
            Family::Kubernetes => KubernetesFault::named(name).map(Self::Kubernetes),
            Family::View => ViewFault::named(name).map(Self::View),
            Family::Lead => LeadFault::named(name).map(Self::Lead),
            Family::Strip => Some(Self::Strip).filter(|fault| fault.name() == name),
        }
    }
}
