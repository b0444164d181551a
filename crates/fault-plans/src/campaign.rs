//! Many plans, several at a time.

use std::path::PathBuf;
use std::sync::Arc;

use futures::{StreamExt as _, stream};

use crate::ground::Ground;
use crate::judge::Pace;
use crate::plan::Plan;
use crate::plans::lot;
use crate::reference::{Reference, References};
use crate::run::{Report, run_plan, run_reference};
use crate::workload::Workload;

/// How each workload runs without faults: what all runs have in common is what a plan can count on.
const REFERENCE_RUNS: [Pace; 4] = [Pace::AsItIs, Pace::SlowKubernetes, Pace::SlowCloud, Pace::AsItIs];

/// Runs references and plans on one ground.
#[derive(Debug)]
pub struct Campaign {
    ground: Arc<Ground>,
    jobs: usize,
}

/// Told of each report as it comes.
pub type Reported<'a> = &'a (dyn Fn(&Report) + Sync);

impl Campaign {
    /// `jobs` plans at a time.
    pub fn on(ground: Ground, jobs: usize) -> Self {
        Self { ground: Arc::new(ground), jobs: jobs.max(1) }
    }

    /// The same, with another program as the operator.
    #[must_use]
    pub fn with_operator(&self, operator: PathBuf) -> Self {
        Self { ground: Arc::new(self.ground.with_operator(operator)), jobs: self.jobs }
    }

    /// Runs workloads without faults. The error says which went wrong, and its story.
    pub async fn references(&self, workloads: &[&'static Workload]) -> Result<References, String> {
        let runs = workloads.iter().flat_map(|workload| REFERENCE_RUNS.map(|pace| (*workload, pace)));
        let ran = stream::iter(runs).map(|(workload, pace)| {
            let ground = Arc::clone(&self.ground);
            let task = tokio::spawn(async move { run_reference(&ground, workload, pace).await });
            async move { (workload, task.await) }
        });
        let ran: Vec<_> = ran.buffered(self.jobs).collect().await;
        let mut references = References::new();
        for (workload, reference) in ran {
            let failed = |story: String| format!("{} goes wrong without a fault:\n{story}", workload.name);
            let reference = reference.map_err(|error| failed(error.to_string()))?.map_err(failed)?;
            let joined = match references.remove(workload.name) {
                Some(earlier) => join(earlier, &reference).map_err(failed)?,
                None => reference,
            };
            references.insert(workload.name, joined);
        }
        Ok(references)
    }

    /// Runs plans, and reports each as it ends.
    pub async fn run(&self, plans: &[Plan], references: &References, reported: Reported<'_>) -> Vec<Report> {
        let mut plans: Vec<_> = plans.iter().collect();
        plans.sort_by_key(|plan| lot(plan));
        let runs = stream::iter(plans).map(|plan| self.run_one(plan, references));
        runs.buffer_unordered(self.jobs).inspect(reported).collect().await
    }

    /// Runs one plan. One that cannot be run has failed.
    pub(crate) async fn run_one(&self, plan: &Plan, references: &References) -> Report {
        let Some(reference) = references.get(plan.workload.name).cloned() else {
            return Report::without_run(plan, "its workload has no run without the fault");
        };
        let (ground, own) = (Arc::clone(&self.ground), plan.clone());
        let task = tokio::spawn(async move { run_plan(&ground, &own, &reference).await });
        task.await.unwrap_or_else(|panic| Report::without_run(plan, &panic.to_string()))
    }
}

fn join(one: Reference, other: &Reference) -> Result<Reference, String> {
    if one.end == other.end {
        return Ok(one.and(other));
    }
    Err(format!("two runs end differently:\n{}", one.end.difference(&other.end)))
}
