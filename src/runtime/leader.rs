//! Leader election: of several operators of one installation, one reconciles, and the others wait with everything at hand.
//!
//! [`election`] decides; this carries it out, tells the rest of the process whether it leads, and opens the fence for as long as nobody else can lead.

mod election;
mod leading;
mod refusal;

use std::sync::Arc;
use std::time::Duration;

use cloud_core::Clock;
use k8s_openapi::api::coordination::v1::Lease;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info, warn};

pub use self::election::Loss;
use self::election::{Election, Moment, Now, Step, Terms};
pub use self::leading::Leading;
use self::refusal::{Call, Refusals};
use crate::admin::Health;
use crate::fence::Fence;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::lease::Leases;
use crate::metrics::{LeaderMetrics, Metrics};
use crate::timing::Timing;

/// To give the lease back at the end. Whoever waits takes it after its time otherwise.
pub const GIVE_BACK_WITHIN: Duration = Duration::from_secs(3);

/// Calls that giving back takes at most: a look and a write, and both again where somebody wrote in between.
const GIVE_BACK_CALLS: usize = 4;

/// What a candidate is made of.
#[derive(Debug)]
pub struct Setup {
    pub leases: Arc<dyn Leases>,
    /// Where the lease is, and what it is called.
    pub namespace: String,
    pub name: String,
    /// No other process has it.
    pub identity: String,
    pub timing: Timing,
    pub fence: Fence,
    pub health: Arc<Health>,
    pub metrics: Metrics,
    /// What people read in the record.
    pub wall_clock: Arc<dyn Clock>,
}

/// An operator that stands for election.
#[derive(Debug)]
pub struct Candidate {
    leases: Arc<dyn Leases>,
    election: Election,
    fence: Fence,
    leading: watch::Sender<bool>,
    health: Arc<Health>,
    status: LeaderMetrics,
    wall_clock: Arc<dyn Clock>,
    /// The start of its moments.
    began: Instant,
    /// How long those go first who are ready.
    patience: Duration,
    refusals: Refusals,
    /// Whom the log named as the leader last.
    named: Option<String>,
}

impl Candidate {
    /// The candidate, and what tells the rest of the process whether it leads.
    pub fn new(setup: Setup) -> (Self, Leading) {
        let Setup { leases, namespace, name, identity, timing, fence, health, metrics, wall_clock } = setup;
        health.needs_lease();
        let (leading, told) = watch::channel(false);
        let status = metrics.leader(&name);
        let refusals = Refusals::of(namespace, name.clone());
        let terms = Terms {
            name,
            identity,
            duration: timing.lease_duration,
            renew_deadline: timing.lease_renew_deadline,
            retry_period: timing.lease_retry_period,
        };
        let candidate = Self {
            leases,
            election: Election::new(terms),
            fence,
            leading,
            health,
            status,
            wall_clock,
            began: Instant::now(),
            patience: timing.lease_duration,
            refusals,
            named: None,
        };
        (candidate, Leading::told(told))
    }

    /// Stands for election until the lead is lost, or until all work is `finished`: then the lease is given back.
    ///
    /// An operator that is not ready (no credentials, no objects yet) lets those go first who are, for as long as a lease holds. Where all are like that,
    /// one of them leads all the same: it has to say in the objects what is missing.
    pub async fn run(mut self, finished: CancellationToken) -> Result<(), Loss> {
        let stood = finished.run_until_cancelled(async {
            // Late or not, it stands.
            let _ = timeout(self.patience, self.health.until_prepared()).await;
            self.stand().await
        });
        if let Some(loss) = stood.await {
            return Err(loss);
        }
        self.end_lead();
        self.give_back().await;
        Ok(())
    }

    async fn stand(&mut self) -> Loss {
        loop {
            match self.election.step(self.now()) {
                Step::Wait(until) => sleep_until(self.began + until).await,
                Step::Read => self.read().await,
                Step::Create(lease) => self.write(Call::Create, *lease).await,
                Step::Replace(lease) => self.write(Call::Update, *lease).await,
                Step::Lost(loss) => {
                    self.end_lead();
                    error!("{loss}");
                    return loss;
                }
            }
        }
    }

    async fn read(&mut self) {
        let answer = self.in_time(self.leases.read()).await;
        self.note(Call::Get, answer.as_ref().err());
        self.election.read(answer, self.now());
        self.name_leader();
    }

    async fn write(&mut self, call: Call, lease: Lease) {
        let sent = self.moment();
        self.election.writes();
        let calling = if call == Call::Create { self.leases.create(lease) } else { self.leases.replace(lease) };
        let answer = self.in_time(calling).await;
        self.note(call, answer.as_ref().err());
        let is_stored = answer.is_ok();
        self.election.wrote(answer, sent, self.now());
        if let Some(end) = self.election.end().filter(|_| is_stored) {
            self.fence.open_until(self.began + end);
            self.begin_lead();
        }
    }

    /// A leader waits for no answer longer than it leads.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, KubernetesError>>) -> Result<T, KubernetesError> {
        let Some(end) = self.election.end() else { return call.await };
        let late = |_| Err(KubernetesError::Unavailable("no answer before the end of the lease".to_owned()));
        timeout_at(self.began + end, call).await.unwrap_or_else(late)
    }

    fn begin_lead(&mut self) {
        if !self.leading.send_replace(true) {
            self.status.set(true);
            self.name_leader();
            info!("leading: reconciles begin");
        }
    }

    /// Nothing is written from now on.
    fn end_lead(&mut self) {
        self.fence.close();
        self.status.set(false);
        self.leading.send_replace(false);
    }

    async fn give_back(&mut self) {
        let giving = async {
            for _ in 0..GIVE_BACK_CALLS {
                match self.election.release(self.now()) {
                    Step::Read => self.election.read(self.leases.read().await, self.now()),
                    Step::Replace(lease) => {
                        let answer = self.leases.replace(*lease).await;
                        if self.election.released(&answer) {
                            return Ok(true);
                        }
                    }
                    Step::Wait(_) | Step::Create(_) | Step::Lost(_) => return Ok(false),
                }
            }
            Err(())
        };
        match timeout(GIVE_BACK_WITHIN, giving).await {
            Ok(Ok(true)) => info!("gave the lease back"),
            Ok(Ok(false)) => {}
            Ok(Err(())) | Err(_) => warn!("failed to give the lease back; another operator leads when it has run out"),
        }
    }

    fn note(&mut self, call: Call, error: Option<&KubernetesError>) {
        match error {
            None => {
                self.refusals.ended();
                self.health.lease_answers(true);
            }
            Some(error) => {
                if Refusals::are_lasting(call, error) {
                    self.health.lease_answers(false);
                }
                if let Some(text) = self.refusals.worth_a_warning(call, error, self.moment()) {
                    warn!("{text}");
                } else {
                    debug!("failed to {call} the lease: {error}");
                }
            }
        }
    }

    /// Says in the log who leads, where that is news.
    fn name_leader(&mut self) {
        let holder = self.election.holder();
        if holder != self.named.as_deref() {
            self.named = holder.map(str::to_owned);
            info!(holder = self.named.as_deref().unwrap_or("nobody"), "the lease has a new holder");
        }
    }

    fn now(&self) -> Now {
        Now { moment: self.moment(), wall: self.wall_clock.now(), fraction: rand::random() }
    }

    fn moment(&self) -> Moment {
        self.began.elapsed()
    }
}

#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
