//! Which bug is set in at which door.

use std::sync::Arc;

use fault_plans::Mutant;
use privatelink_operator::app::Doors;
use privatelink_operator::settings::Settings;
use privatelink_operator::vpc_endpoint_service::steps::Steps;

use crate::api_server::{self, Traffic};
use crate::cloud;
use crate::steps;

/// The bugs of the settings.
pub(crate) fn set(mutant: Mutant, settings: &mut Settings) {
    if mutant == Mutant::UnlimitedConcurrency {
        settings.max_concurrent_reconciles = u16::MAX;
    }
}

/// The doors with the bug in them. A bug against which more than one defence stands is in more than one.
pub(crate) fn seeded(mutant: Mutant, doors: Doors) -> Doors {
    match mutant {
        Mutant::TokenPerRetry => cloud::with_tokens(doors, cloud::fresh),
        Mutant::TokenOfDeletedReused => cloud::with_tokens(doors, cloud::of_the_first),
        Mutant::BurntTokenRepeated => cloud::with_answers(doors, cloud::burnt_is_processing),
        Mutant::SecondPageIgnored => cloud::with_answers(doors, cloud::only_the_first_page),
        Mutant::DeleteAnswerUnread => {
            deciding(cloud::with_answers(doors, cloud::success_by_status), steps::DoneByDelete)
        }
        Mutant::StatusLostOnConflict => {
            passing(forgetful(doors, steps::ByStatusOnly), api_server::StatusLostOnConflict::default())
        }
        Mutant::CrashBeforeStatus => forgetful(doors, steps::ByStatusOnly),
        Mutant::StaleCacheCreate => passing(forgetful(doors, steps::ByStaleStatus), api_server::StaleCache::default()),
        Mutant::FinalizerAfterCreate => passing(doors, api_server::FinalizerAfterCreate),
        Mutant::FinalizerWithoutUid => passing(doors, api_server::FinalizerWithoutUid),
        Mutant::ApplyRecreates => passing(doors, api_server::ApplyRecreates::default()),
        Mutant::SuccessorSwallowed => passing(doors, api_server::SuccessorSwallowed::default()),
        Mutant::HotLoopOnStatus => passing(doors, api_server::HotLoopOnStatus),
        Mutant::SilentRecreate => passing(doors, api_server::SilentRecreate),
        Mutant::ReadyBeforeActive => passing(doors, api_server::ReadyBeforeActive),
        Mutant::FirstListedTaken => deciding(doors, steps::FirstListed::default()),
        Mutant::LookUpByLoadBalancer => deciding(doors, steps::ByLoadBalancer),
        Mutant::ChangedParametersOldToken => deciding(doors, steps::OldToken),
        Mutant::RetainIgnored => deciding(doors, steps::OtherSpec(steps::never_retains)),
        Mutant::ConsumersCutOff => deciding(doors, steps::OtherSpec(steps::always_disconnects)),
        Mutant::EveryoneAccepted => deciding(doors, steps::OtherSpec(steps::accepts_everyone)),
        Mutant::PrincipalsOnlyAdded => deciding(doors, steps::OtherSpec(steps::only_adds_principals)),
        Mutant::AdoptedUnasked => deciding(doors, steps::AdoptedUnasked),
        Mutant::FirstLoadBalancerKept => deciding(doors, steps::FirstLoadBalancer::default()),
        Mutant::FirstZonesKept => deciding(doors, steps::FirstZones::default()),
        Mutant::ForeignConfigMapTaken => passing(doors, api_server::ForeignConfigMapTaken),
        Mutant::RestartDuringDeleteLeaks => deciding(doors, steps::DoneByRestart),
        // See `set`.
        Mutant::UnlimitedConcurrency => doors,
    }
}

/// The common ground of three bugs: what the status does not name is not known, and Create has no lasting token.
fn forgetful(doors: Doors, steps: impl Steps + 'static) -> Doors {
    cloud::with_tokens(deciding(doors, steps), cloud::fresh)
}

/// The traffic with the API server passes the bug.
fn passing(doors: Doors, traffic: impl Traffic + 'static) -> Doors {
    Doors { api_server: api_server::through(&doors.api_server, Arc::new(traffic)), ..doors }
}

/// A step decides wrongly.
fn deciding(doors: Doors, steps: impl Steps + 'static) -> Doors {
    Doors { steps: Arc::new(steps), ..doors }
}
