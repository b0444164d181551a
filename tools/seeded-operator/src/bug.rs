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
        settings.concurrency = u16::MAX;
    }
}

/// The doors with the bug in them. A bug against which more than one defence stands is in more than one.
pub(crate) fn seeded(mutant: Mutant, doors: Doors) -> Doors {
    let doors = match traffic(mutant) {
        Some(traffic) => Doors { api_server: api_server::through(&doors.api_server, traffic), ..doors },
        None => doors,
    };
    let doors = match deciding(mutant) {
        Some(steps) => Doors { steps, ..doors },
        None => doors,
    };
    match mutant {
        Mutant::TokenPerRetry | Mutant::StatusLostOnConflict | Mutant::CrashBeforeStatus | Mutant::StaleCacheCreate => {
            cloud::with_tokens(doors, cloud::fresh)
        }
        Mutant::TokenOfDeletedReused => cloud::with_tokens(doors, cloud::of_the_first),
        Mutant::BurntTokenRepeated => cloud::with_answers(doors, cloud::burnt_is_processing),
        Mutant::SecondPageIgnored => cloud::with_answers(doors, cloud::only_the_first_page),
        Mutant::DeleteAnswerUnread => cloud::with_answers(doors, cloud::success_by_status),
        _ => doors,
    }
}

/// What happens to the traffic with the API server.
fn traffic(mutant: Mutant) -> Option<Arc<dyn Traffic>> {
    Some(match mutant {
        Mutant::StatusLostOnConflict => Arc::new(api_server::StatusLostOnConflict::default()),
        Mutant::FinalizerAfterCreate => Arc::new(api_server::FinalizerAfterCreate),
        Mutant::SuccessorSwallowed => Arc::new(api_server::SuccessorSwallowed::default()),
        Mutant::SilentRecreate => Arc::new(api_server::SilentRecreate),
        Mutant::HotLoopOnStatus => Arc::new(api_server::HotLoopOnStatus),
        Mutant::FinalizerWithoutUid => Arc::new(api_server::FinalizerWithoutUid),
        Mutant::ApplyRecreates => Arc::new(api_server::ApplyRecreates::default()),
        Mutant::StaleCacheCreate => Arc::new(api_server::StaleCache::default()),
        Mutant::ReadyBeforeActive => Arc::new(api_server::ReadyBeforeActive),
        _ => return None,
    })
}

/// The step that decides wrongly.
fn deciding(mutant: Mutant) -> Option<Arc<dyn Steps>> {
    Some(match mutant {
        Mutant::StatusLostOnConflict | Mutant::CrashBeforeStatus => Arc::new(steps::ByStatusOnly),
        Mutant::StaleCacheCreate => Arc::new(steps::ByStaleStatus),
        Mutant::FirstListedTaken => Arc::new(steps::FirstListed::default()),
        Mutant::LookUpByLoadBalancer => Arc::new(steps::ByLoadBalancer),
        Mutant::ChangedParametersOldToken => Arc::new(steps::OldToken),
        Mutant::RestartDuringDeleteLeaks => Arc::new(steps::DoneByRestart),
        Mutant::DeleteAnswerUnread => Arc::new(steps::DoneByDelete),
        _ => return None,
    })
}
