//! What costs a leader its lead.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::FaultInjector;
use crate::error::HarnessError;
use crate::fault::LeadFault;
use crate::harness::PATIENCE;
use crate::proxy::{Arrival, OnArrival, Side};

/// Longer than the lease of these plans, and than another replica needs to see that it has run out: the other one leads by then.
const LONGER_THAN_LEASE: Duration = Duration::from_secs(5);

/// Between two looks at whether the process has ended.
const LOOK: Duration = Duration::from_millis(20);

impl FaultInjector {
    /// The fault's call is under way for as long as the fault lasts, and arrives then: after another replica has begun its work.
    pub(super) async fn lose_lead(&self, fault: LeadFault, arrival: &Arrival) -> OnArrival {
        self.inject(format!("{} is under way for long, its sender {}", arrival.kind, fault.name()));
        match fault {
            LeadFault::Killed => {
                self.crash().await;
                tokio::time::sleep(LONGER_THAN_LEASE).await;
            }
            LeadFault::Paused => {
                let stood = self.harness.process.stand_still(LONGER_THAN_LEASE).await;
                self.keep_error(stood);
                let ended = self.until_started_again().await;
                self.keep_error(ended);
            }
            LeadFault::Unheard => {
                self.is_deaf.store(true, Ordering::SeqCst);
                let ended = self.until_started_again().await;
                self.is_deaf.store(false, Ordering::SeqCst);
                self.keep_error(ended);
            }
        }
        OnArrival::Pass
    }

    /// What is sent to an API server that nobody hears.
    pub(super) fn unheard(&self, arrival: &Arrival) -> Option<OnArrival> {
        let is_unheard = arrival.side == Side::Kubernetes && self.is_deaf.load(Ordering::SeqCst);
        is_unheard.then_some(OnArrival::Silence)
    }

    /// A leader that has lost the lead ends by itself, and is started again as a kubelet does it.
    async fn until_started_again(&self) -> Result<(), HarnessError> {
        let begin = Instant::now();
        while !self.harness.process.keep_alive().await? {
            if begin.elapsed() > PATIENCE {
                let what = "the leader that lost the lead has ended".to_owned();
                return Err(HarnessError::TooLate { what, within: PATIENCE, now: "it runs".to_owned() });
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }
}
