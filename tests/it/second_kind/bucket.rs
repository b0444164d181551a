//! The kind `Bucket`: the six steps, one file each, and what the runtime has to know of it.

mod conclude;
pub(super) mod crd;
mod desired;
mod execute;
mod observe;
mod plan;
mod resolve;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use privatelink_operator::identity::ObjectId;
use privatelink_operator::kubernetes::{KubernetesError, StatusOf};
use privatelink_operator::runtime::deliver::{publish, write_status};
use privatelink_operator::runtime::{Context, ReconcileOutcome, Reconciler};

use super::cloud::Cloud;
use conclude::{Progressed, Report, conclude};
use crd::Bucket;
use desired::desired;
use execute::execute;
use observe::observe;
use plan::plan;
use resolve::{Resolved, resolve};

/// What every reconcile of a bucket shares.
#[derive(Debug)]
pub(super) struct Buckets {
    pub(super) runtime: Arc<Context<Bucket>>,
    pub(super) cloud: Arc<Cloud>,
    /// The objects that were reconciled and not forgotten.
    pub(super) known: Mutex<BTreeSet<String>>,
}

impl Reconciler for Buckets {
    type Kind = Bucket;

    async fn reconcile(&self, object: Arc<Bucket>) -> Result<ReconcileOutcome, KubernetesError> {
        let resolved = resolve(&object);
        self.known.lock().unwrap().insert(resolved.key.uid.clone());
        let previous = self.previous(&object);
        let state = self.work(&resolved).await;
        let report = conclude(&resolved, &state, previous.as_ref(), self.runtime.clock.now());
        let Report { status, announcements, outcome } = report;
        if let Some(status) = &status {
            write_status(&self.runtime, &*object, status).await?;
        }
        publish(&self.runtime, &*object, announcements).await;
        Ok(outcome)
    }

    fn forget(&self, id: &ObjectId) {
        self.known.lock().unwrap().remove(&id.uid);
    }
}

impl Buckets {
    async fn work(&self, resolved: &Resolved) -> Progressed {
        let observed = match observe(&self.cloud, resolved) {
            Ok(observed) => observed,
            Err(refusal) => return Progressed { error: Some(refusal.into()), ..Progressed::default() },
        };
        let plan = plan(resolved, &desired(resolved), &observed);
        execute(plan, resolved, &self.cloud, &*self.runtime.kubernetes.objects).await
    }

    /// What this process said last, or what it found.
    fn previous(&self, object: &Bucket) -> Option<StatusOf<Bucket>> {
        let uid = object.metadata.uid.as_deref().unwrap_or_default();
        self.runtime.status_memory.said(uid, object.status.as_ref()).or_else(|| object.status.clone())
    }
}
