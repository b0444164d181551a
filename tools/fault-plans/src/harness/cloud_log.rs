//! The simulated cloud as it was at every snapshot: what the status is held against.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use privatelink_sim::{LoadBalancer, ServiceView, Simulator};
use tokio::task::JoinHandle;

/// Between two looks. The shortest state of a service lasts 30 ms.
const PERIOD: Duration = Duration::from_millis(10);

/// Services and load balancers from a moment on, until the next entry.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) from: Instant,
    pub(crate) services: Vec<ServiceView>,
    pub(crate) load_balancers: Vec<LoadBalancer>,
}

/// A history of the cloud.
#[derive(Debug)]
pub(crate) struct CloudLog {
    simulator: Simulator,
    history: Mutex<Vec<Snapshot>>,
}

impl CloudLog {
    pub(crate) fn over(simulator: Simulator) -> Arc<Self> {
        Arc::new(Self { simulator, history: Mutex::default() })
    }

    /// Looks now, beside the regular looks.
    pub(crate) fn look(&self) {
        let (services, load_balancers) = (self.simulator.all_services(), self.simulator.load_balancers());
        let mut history = self.history();
        let is_new = |last: &Snapshot| last.services != services || last.load_balancers != load_balancers;
        if history.last().is_none_or(is_new) {
            history.push(Snapshot { from: Instant::now(), services, load_balancers });
        }
    }

    /// What the cloud was in so long a time before `end`, the states that held at both ends included.
    pub(crate) fn until(&self, end: Instant, span: Duration) -> Vec<Snapshot> {
        let history = self.history();
        let is_before = |snapshot: &Snapshot| end.saturating_duration_since(snapshot.from) >= span;
        let first = history.partition_point(is_before).saturating_sub(1);
        let last = history.partition_point(|snapshot| snapshot.from <= end);
        history.get(first..last.max(first)).map(<[_]>::to_vec).unwrap_or_default()
    }

    fn history(&self) -> MutexGuard<'_, Vec<Snapshot>> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks again and again until it is dropped.
#[derive(Debug)]
pub(crate) struct CloudRecorder(JoinHandle<()>);

impl CloudRecorder {
    pub(crate) fn at(cloud_log: Arc<CloudLog>) -> Self {
        Self(tokio::spawn(async move {
            let mut ticks = tokio::time::interval(PERIOD);
            loop {
                ticks.tick().await;
                cloud_log.look();
            }
        }))
    }
}

impl Drop for CloudRecorder {
    fn drop(&mut self) {
        self.0.abort();
    }
}
