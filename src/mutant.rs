//! Who tests the tests: bugs that other operators had in public, as switches.
//!
//! Only a build with the feature `mutants` has them. It reads the environment variable `PRIVATELINK_MUTANT` once and carries the bug
//! of that name, at most one. In every other build [`Mutant::is_on`] is a constant, and the compiler drops what stands behind it.
//! `make mutants` shows that the fault plans find each of them.

#[cfg(feature = "mutants")]
mod stream;
#[cfg(feature = "mutants")]
mod upsert;

#[cfg(feature = "mutants")]
pub(crate) use self::{
    stream::{own_writes, swallow_successors},
    upsert::upsert,
};

/// One bug. Each is modelled on a public one, and is set in at the place where this operator does it right; where more than one
/// defence stands against it, the switch takes away all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Each call of Create has a token of its own, also the repetition after a lost answer (aliyun/terraform-provider-alicloud#10305).
    TokenPerRetry,
    /// A status that meets a conflict is dropped, and the id with it (aws-controllers-k8s/community#2267).
    StatusLostOnConflict,
    /// Between Create and status the id is nowhere: no lasting token, no look-up by tag (aws-controllers-k8s/community#2062).
    CrashBeforeStatus,
    /// The finalizer comes after the Create (outscale/cluster-api-provider-outscale#917).
    FinalizerAfterCreate,
    /// Changes are told by namespace and name, so an object that was made again is taken for the one before (kube-rs/kube#1830).
    SuccessorSwallowed,
    /// A deletion that an earlier process began counts as done (crossplane-contrib/provider-upjet-aws#123).
    RestartDuringDeleteLeaks,
    /// A service that was deleted outside is made again although nobody asked for it (GoogleCloudPlatform/k8s-config-connector#12738).
    SilentRecreate,
    /// As many passes at a time as there are objects (thepartly/pgroles#209).
    UnlimitedConcurrency,
    /// Every pass writes a status that differs, and every write of a status makes a pass (restatedev/restate-operator#138).
    HotLoopOnStatus,
    /// The finalizer is taken off by name, whoever has that name by now (kube-rs/kube#965 closed a part of it).
    FinalizerWithoutUid,
    /// What is reported of an object makes it again if it has gone (kubernetes/client-go#1346, kubernetes-sigs/cluster-api#6741).
    ApplyRecreates,
    /// After an edit the old token carries the new parameters (providers refuse it as `IdempotentParameterMismatch`).
    ChangedParametersOldToken,
    /// The token of a service that is gone is used for the next one (boto/boto3#4406).
    TokenOfDeletedReused,
    /// A token that the provider called useless is repeated for ever (cloudfoundry/bosh-alicloud-cpi-release#105).
    BurntTokenRepeated,
    /// Of a list only the first page counts (aws-controllers-k8s/community#2547).
    SecondPageIgnored,
    /// A look-up without a result takes the first of all services (aws-controllers-k8s/community#2547 as well).
    FirstListedTaken,
    /// A copy of the object older than the operator's own write decides about a Create (kubernetes/enhancements#5647 is about this class).
    StaleCacheCreate,
    /// The object is Ready as soon as the service has an id.
    ReadyBeforeActive,
    /// An answer that is a success by its status counts as one whatever it says, and an accepted delete as done
    /// (aws-controllers-k8s/community#2791, openshift/hypershift#2700).
    DeleteAnswerUnread,
    /// A service is looked up by its load balancer instead of its object (kubernetes-sigs/cloud-provider-azure#10943).
    LookUpByLoadBalancer,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::TokenPerRetry,
        Self::StatusLostOnConflict,
        Self::CrashBeforeStatus,
        Self::FinalizerAfterCreate,
        Self::SuccessorSwallowed,
        Self::RestartDuringDeleteLeaks,
        Self::SilentRecreate,
        Self::UnlimitedConcurrency,
        Self::HotLoopOnStatus,
        Self::FinalizerWithoutUid,
        Self::ApplyRecreates,
        Self::ChangedParametersOldToken,
        Self::TokenOfDeletedReused,
        Self::BurntTokenRepeated,
        Self::SecondPageIgnored,
        Self::FirstListedTaken,
        Self::StaleCacheCreate,
        Self::ReadyBeforeActive,
        Self::DeleteAnswerUnread,
        Self::LookUpByLoadBalancer,
    ];

    /// Whether this build carries the bug.
    #[cfg(not(feature = "mutants"))]
    #[expect(clippy::unused_self, reason = "a build with mutants looks at it")]
    pub(crate) const fn is_on(self) -> bool {
        false
    }

    /// Whether this process carries the bug.
    #[cfg(feature = "mutants")]
    pub(crate) fn is_on(self) -> bool {
        *chosen::CHOSEN == Some(self)
    }
}

/// Create has no lasting token: the client gives each call a fresh one.
pub(crate) fn forgets_tokens() -> bool {
    Mutant::TokenPerRetry.is_on() || knows_by_status_only()
}

/// What the status does not name is not known: the common ground of three bugs.
pub(crate) fn knows_by_status_only() -> bool {
    Mutant::StatusLostOnConflict.is_on() || Mutant::CrashBeforeStatus.is_on() || Mutant::StaleCacheCreate.is_on()
}

#[cfg(feature = "mutants")]
mod chosen {
    use std::sync::LazyLock;

    use super::Mutant;

    /// Names the bug, as the enum spells it.
    const VARIABLE: &str = "PRIVATELINK_MUTANT";

    pub(super) static CHOSEN: LazyLock<Option<Mutant>> = LazyLock::new(chosen);

    #[expect(clippy::disallowed_methods, reason = "the door of the switch, in test builds only")]
    fn chosen() -> Option<Mutant> {
        let name = std::env::var(VARIABLE).ok().filter(|name| !name.is_empty())?;
        let mutant = Mutant::ALL.into_iter().find(|mutant| format!("{mutant:?}") == name);
        Some(mutant.unwrap_or_else(|| {
            eprintln!("error: {VARIABLE}: there is no mutant {name}");
            std::process::exit(2)
        }))
    }
}
