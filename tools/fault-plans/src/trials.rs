//! Which plans are tried with which mutant.

use crate::mutant::Mutant::{
    self, AdoptedUnasked, ApplyRecreates, BurntTokenRepeated, ChangedParametersOldToken, ConsumersCutOff,
    CrashBeforeStatus, DeleteAnswerUnread, EveryoneAccepted, FinalizerAfterCreate, FinalizerWithoutUid,
    FirstListedTaken, FirstLoadBalancerKept, FirstZonesKept, ForeignConfigMapTaken, HotLoopOnStatus,
    LookUpByLoadBalancer, PrincipalsOnlyAdded, ReadyBeforeActive, RestartDuringDeleteLeaks, RetainIgnored,
    SecondPageIgnored, SilentRecreate, StaleCacheCreate, StatusLostOnConflict, SuccessorSwallowed,
    TokenOfDeletedReused, TokenPerRetry, UnlimitedConcurrency,
};

/// For each mutant the plans in the order in which they are tried: the first that finds it is enough. All of them are plans like any other, and
/// run against the real operator by `make faults` as well.
pub const TRIALS: &[(Mutant, &[&str])] = &[
    (
        TokenPerRetry,
        &[
            "cloud/create/cloud/CreateVpcEndpointService#1/500-applied",
            "cloud/create/cloud/CreateVpcEndpointService#1/truncated",
            "crash/create-lagging/cloud/CreateVpcEndpointService#1/answer-lost",
        ],
    ),
    (StatusLostOnConflict, &["kubernetes/create/kubernetes/PATCH:vpcendpointservices.status#1/conflict"]),
    (
        CrashBeforeStatus,
        &[
            "crash/create/cloud/CreateVpcEndpointService#1/answered",
            "crash/create/cloud/CreateVpcEndpointService#1/answer-lost",
        ],
    ),
    (
        FinalizerAfterCreate,
        &[
            "crash/delete-while-creating/cloud/CreateVpcEndpointService#1/answered",
            "crash/delete-while-creating/cloud/CreateVpcEndpointService#1/answer-lost",
        ],
    ),
    (SuccessorSwallowed, &["kubernetes/twice/kubernetes/PATCH:vpcendpointservices#1/delayed"]),
    (
        RestartDuringDeleteLeaks,
        &[
            "crash/delete/cloud/DetachResourceFromVpcEndpointService#1/before",
            "crash/delete/cloud/DeleteVpcEndpointService#1/before",
        ],
    ),
    (SilentRecreate, &["kubernetes/gone/kubernetes/PATCH:vpcendpointservices.status#1/conflict"]),
    (UnlimitedConcurrency, &["crash/twenty/cloud/CreateVpcEndpointService#20/answered"]),
    (HotLoopOnStatus, &["cloud/create/cloud/CreateVpcEndpointService#1/throttle-400"]),
    (FinalizerWithoutUid, &["kubernetes/anew/kubernetes/PATCH:vpcendpointservices#1/late"]),
    (
        ApplyRecreates,
        &[
            "kubernetes/delete-by-two/kubernetes/PATCH:vpcendpointservices.status#1/delayed",
            "kubernetes/delete-by-two/kubernetes/PATCH:vpcendpointservices.status#2/delayed",
            "kubernetes/delete-by-two/kubernetes/PATCH:vpcendpointservices.status#3/delayed",
            "kubernetes/delete-by-two/kubernetes/PATCH:vpcendpointservices.status#4/delayed",
        ],
    ),
    (
        ChangedParametersOldToken,
        &[
            "crash/edit-lagging/cloud/CreateVpcEndpointService#1/answer-lost",
            "crash/edit-lagging/cloud/CreateVpcEndpointService#1/answered",
        ],
    ),
    (TokenOfDeletedReused, &["kubernetes/recreate/kubernetes/PATCH:vpcendpointservices#1/503"]),
    (BurntTokenRepeated, &["cloud/create/cloud/CreateVpcEndpointService#1/burnt-token"]),
    (
        SecondPageIgnored,
        &[
            "cloud/twenty/cloud/ListVpcEndpointServices#2/repeated-page",
            "cloud/twenty/cloud/ListVpcEndpointServices#2/lost-page",
        ],
    ),
    (FirstListedTaken, &["crash/twenty/cloud/CreateVpcEndpointService#2/answered"]),
    (
        StaleCacheCreate,
        &[
            "view/create/watch/MODIFIED#1/delay",
            "view/create/watch/MODIFIED#2/delay",
            "view/create/watch/MODIFIED#1/lose",
        ],
    ),
    (ReadyBeforeActive, &["cloud/create-slow/cloud/CreateVpcEndpointService#1/throttle-400"]),
    (DeleteAnswerUnread, &["cloud/delete/cloud/DeleteVpcEndpointService#1/denied-with-200"]),
    (LookUpByLoadBalancer, &["crash/twenty/cloud/CreateVpcEndpointService#2/answered"]),
    (RetainIgnored, &["crash/retain/cloud/UntagResources#1/before"]),
    (ConsumersCutOff, &["crash/connected/cloud/DeleteVpcEndpointService#1/before"]),
    (EveryoneAccepted, &["crash/answer/cloud/EnableVpcEndpointConnection#1/answered"]),
    (PrincipalsOnlyAdded, &["crash/principals/cloud/RemoveUserFromVpcEndpointService#1/answered"]),
    (AdoptedUnasked, &["crash/adopt-refused/kubernetes/PATCH:vpcendpointservices.status#1/answered"]),
    (FirstLoadBalancerKept, &["crash/service-changes/cloud/AttachResourceToVpcEndpointService#1/answered"]),
    (FirstZonesKept, &["crash/zones/cloud/AttachResourceToVpcEndpointService#1/answered"]),
    (ForeignConfigMapTaken, &["crash/export/kubernetes/DELETE:configmaps#1/answered"]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TRIALS;
    use crate::mutant::Mutant;
    use crate::plan::Plan;

    #[test]
    fn every_mutant_is_tried_once() {
        let tried: BTreeSet<_> = TRIALS.iter().map(|(mutant, _)| format!("{mutant:?}")).collect();
        let all: BTreeSet<_> = Mutant::ALL.iter().map(|mutant| format!("{mutant:?}")).collect();
        assert_eq!((tried, TRIALS.len()), (all, Mutant::ALL.len()));
    }

    #[test]
    fn every_trial_is_a_plan() {
        for id in TRIALS.iter().flat_map(|(_, ids)| *ids) {
            assert_eq!(id.parse::<Plan>().unwrap().to_string(), *id);
        }
    }
}
