//! The kind `Bucket`: the six steps, one file each, and what the runtime has to know of it.

mod conclude;
pub(super) mod crd;
mod desired;
mod execute;
mod observe;
mod plan;
mod resolve;
mod resource;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use privatelink_operator::cloud::inventory::Inventory;
use privatelink_operator::cloud::scheduler::Scheduler;
use privatelink_operator::identity::ObjectId;
use privatelink_operator::kubernetes::{KubernetesError, StatusOf};
use privatelink_operator::runtime::deliver::{publish, write_status};
use privatelink_operator::runtime::{Context, ReconcileOutcome, Reconciler};

use super::cloud::Cloud;
use conclude::{Progressed, Report, conclude};
use crd::Bucket;
use desired::desired;
use execute::{Ended, execute};
use observe::observe;
use plan::{Plan, plan};
use resolve::{Resolved, resolve};
pub(super) use resource::CloudBuckets;

/// The cloud of one account and region: what is known of it, and what writes to it.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) cloud: Arc<Cloud>,
    pub(super) inventory: Inventory<CloudBuckets>,
    pub(super) scheduler: Scheduler,
}

/// What every reconcile of a bucket shares.
#[derive(Debug)]
pub(super) struct Buckets {
    pub(super) runtime: Arc<Context<Bucket>>,
    pub(super) account: Account,
    /// The value of the cluster tag.
    pub(super) cluster: String,
    /// The least back-off while the cloud cannot be reached.
    pub(super) retry_after: Duration,
    /// The objects that were reconciled and not forgotten.
    pub(super) uids: Mutex<BTreeSet<String>>,
}

impl Reconciler for Buckets {
    type Kind = Bucket;

    async fn reconcile(&self, object: Arc<Bucket>) -> Result<ReconcileOutcome, KubernetesError> {
        let resolved = resolve(&object, &self.cluster);
        self.uids.lock().unwrap().insert(resolved.key.uid.clone());
        let previous = self.previous(&object);
        let state = self.work(&resolved).await;
        let now = self.runtime.clock.now();
        let report = conclude(&resolved, &state, previous.as_ref(), self.retry_after, now);
        let Report { status, announcements, outcome } = report;
        if let Some(status) = &status {
            write_status(&self.runtime, &*object, status).await?;
        }
        publish(&self.runtime, &*object, announcements).await;
        Ok(outcome)
    }

    fn forget(&self, id: &ObjectId) {
        self.uids.lock().unwrap().remove(&id.uid);
        self.account.inventory.forget(id);
        self.account.scheduler.forget(id);
    }
}

impl Buckets {
    /// Whoever wants no permit any more gives up its place.
    async fn work(&self, resolved: &Resolved) -> Progressed {
        let state = self.progress(resolved).await;
        if !matches!(state.ended, Ended::Withheld(_)) {
            self.account.scheduler.leave(&resolved.id);
        }
        state
    }

    async fn progress(&self, resolved: &Resolved) -> Progressed {
        let observed = match observe(&self.account.inventory, resolved).await {
            Ok(observed) => observed,
            Err(error) => return Progressed { plan: Plan::Wait, ended: Ended::Failed(error.into()) },
        };
        let plan = plan(resolved, &desired(resolved), observed);
        let ended = match &plan {
            Plan::Act(step) => execute(step, resolved, &self.account, &*self.runtime.kubernetes.objects).await,
            Plan::Wait | Plan::Converged => Ended::Done,
        };
        Progressed { plan, ended }
    }

    /// What this process said last, or what it found.
    fn previous(&self, object: &Bucket) -> Option<StatusOf<Bucket>> {
        let uid = object.metadata.uid.as_deref().unwrap_or_default();
        self.runtime.status_memory.said(uid, object.status.as_ref()).or_else(|| object.status.clone())
    }
}
