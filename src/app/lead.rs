//! The part of an operator that stands for election, or the lead of one that runs alone.

use std::sync::Arc;

use cloud_core::WallClock;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::info;
use uuid::Uuid;

use super::{Doors, RunError};
use crate::admin::Health;
use crate::kubernetes::lease::NamedLease;
use crate::metrics::Metrics;
use crate::runtime::leader::{self, Candidate, Leading, Loss};
use crate::settings::Settings;

/// Whether this process leads.
#[derive(Debug)]
pub(super) struct Lead {
    pub(super) leading: Leading,
    candidate: Option<Running>,
}

/// It has a task of its own: what the rest of the process does must not hold up a renewal.
#[derive(Debug)]
struct Running {
    task: AbortOnDropHandle<Result<(), Loss>>,
    finished: CancellationToken,
}

impl Lead {
    /// Stands for election from now on, unless the operator runs alone.
    pub(super) fn stand(settings: &Settings, doors: &Doors, health: &Arc<Health>, metrics: &Metrics) -> Self {
        let Some(election) = &settings.leader_election else {
            return Self { leading: Leading::always(), candidate: None };
        };
        let timing = settings.timing;
        let server = doors.api_server.clone();
        let namespace = election.namespace.clone().unwrap_or_else(|| server.default_namespace().to_owned());
        // Two tries at least before a leader must end, as controller-runtime has it.
        let deadline = timing.kubernetes_call_deadline.min(timing.lease_renew_deadline / 2);
        let identity = format!("{}_{}", election.pod, Uuid::new_v4());
        info!(lease = election.lease, lease.namespace = namespace, identity, "standing for election");
        let (candidate, leading) = Candidate::new(leader::Setup {
            leases: Arc::new(NamedLease::new(server, &namespace, election.lease.clone(), deadline)),
            namespace,
            name: election.lease.clone(),
            identity,
            timing,
            fence: doors.fence.clone(),
            health: Arc::clone(health),
            metrics: metrics.clone(),
            wall_clock: Arc::new(WallClock),
        });
        let finished = CancellationToken::new();
        let task = AbortOnDropHandle::new(tokio::spawn(candidate.run(finished.clone())));
        Self { leading, candidate: Some(Running { task, finished }) }
    }

    /// Does the work for as long as the lead is not lost, then gives it back. Not where work had to be cut off (`None`): what it sent may still be
    /// carried out, and until the lease has run out nobody else begins.
    pub(super) async fn during(self, work: impl Future<Output = Option<()>>) -> Result<(), RunError> {
        let Some(Running { mut task, finished }) = self.candidate else {
            work.await;
            return Ok(());
        };
        tokio::select! {
            done = work => {
                if done.is_some() {
                    finished.cancel();
                    // Whatever becomes of the lease now, the work is done.
                    let _ = task.await;
                }
                Ok(())
            }
            ended = &mut task => match ended {
                Ok(Err(loss)) => Err(RunError::Lost(loss)),
                Ok(Ok(())) | Err(_) => Err(RunError::Ended),
            },
        }
    }
}
