//! Many plans, several at a time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use futures::{StreamExt as _, stream};

use crate::fixture::Fixture;
use crate::injector::Pace;
use crate::plan::Plan;
use crate::plans::lot;
use crate::reference::{Reference, References};
use crate::run::{Report, run_plan, run_reference};
use crate::workload::Workload;

/// How each workload runs without faults: what all runs have in common is what a plan can count on.
const REFERENCE_RUNS: [Pace; 4] = [Pace::AsItIs, Pace::SlowKubernetes, Pace::SlowCloud, Pace::AsItIs];

/// The same where the guesses about the provider are drawn: there they say how it ends and what it costs, and no more.
const DRAWN_RUNS: [Pace; 2] = [Pace::AsItIs, Pace::SlowKubernetes];

/// Runs references and plans on one fixture.
#[derive(Debug)]
pub struct Campaign {
    fixture: Arc<Fixture>,
    jobs: usize,
}

/// Told of each report as it comes.
pub type Reported<'a> = &'a (dyn Fn(&Report) + Sync);

impl Campaign {
    /// `jobs` plans at a time.
    pub fn on(fixture: Fixture, jobs: usize) -> Self {
        Self { fixture: Arc::new(fixture), jobs: jobs.max(1) }
    }

    /// The same, with another program as the operator.
    #[must_use]
    pub fn with_operator(&self, operator: PathBuf) -> Self {
        Self { fixture: Arc::new(self.fixture.with_operator(operator)), jobs: self.jobs }
    }

    /// Runs workloads without faults. The error says which went wrong, and its timeline.
    pub async fn references(&self, workloads: &[&'static Workload]) -> Result<References, String> {
        let runs = workloads.iter().flat_map(|workload| REFERENCE_RUNS.map(|pace| (*workload, 0, pace)));
        let (references, complaints) = self.run_references(runs.collect()).await;
        complaints.into_iter().next().map_or(Ok(references), Err)
    }

    /// Runs the workloads of plans without faults, where the plans draw the guesses about the provider: what such a plan is held against.
    /// Those that went wrong are missing, so that their plans fail, and come with their timelines.
    pub async fn drawn_references(&self, plans: &[Plan]) -> (References, Vec<String>) {
        let drawn = plans.iter().filter(|plan| plan.guesses > 0);
        let pairs: BTreeMap<_, _> = drawn.map(|plan| ((plan.workload.name, plan.guesses), plan.workload)).collect();
        let runs =
            pairs.into_iter().flat_map(|((_, guesses), workload)| DRAWN_RUNS.map(|pace| (workload, guesses, pace)));
        self.run_references(runs.collect()).await
    }

    async fn run_references(&self, runs: Vec<(&'static Workload, u64, Pace)>) -> (References, Vec<String>) {
        let ran = stream::iter(runs).map(|(workload, guesses, pace)| {
            let fixture = Arc::clone(&self.fixture);
            let task = tokio::spawn(async move { run_reference(&fixture, workload, guesses, pace).await });
            async move { ((workload.name, guesses), task.await.unwrap_or_else(|error| Err(error.to_string()))) }
        });
        let ran: Vec<_> = ran.buffered(self.jobs).collect().await;
        let (mut references, mut complaints) = (References::new(), BTreeMap::new());
        for (pair, reference) in ran {
            let joined = reference.and_then(|reference| match references.remove(&pair) {
                Some(earlier) => join(earlier, &reference),
                None => Ok(reference),
            });
            match joined {
                Ok(reference) => drop(references.insert(pair, reference)),
                Err(timeline) => drop(complaints.entry(pair).or_insert_with(|| goes_wrong(pair, &timeline))),
            }
        }
        references.retain(|pair, _| !complaints.contains_key(pair));
        (references, complaints.into_values().collect())
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
        let Some(reference) = references.get(&(plan.workload.name, plan.guesses)).cloned() else {
            return Report::without_run(plan, "its workload has no run without the fault");
        };
        let (fixture, own) = (Arc::clone(&self.fixture), plan.clone());
        let task = tokio::spawn(async move { run_plan(&fixture, &own, &reference).await });
        task.await.unwrap_or_else(|panic| Report::without_run(plan, &panic.to_string()))
    }
}

fn goes_wrong((workload, guesses): (&str, u64), timeline: &str) -> String {
    let drawn = if guesses == 0 { String::new() } else { format!(" with guesses @{guesses}") };
    format!("{workload} goes wrong without a fault{drawn}:\n{timeline}")
}

fn join(one: Reference, other: &Reference) -> Result<Reference, String> {
    if one.end == other.end {
        return Ok(one.and(other));
    }
    Err(format!("two runs end differently:\n{}", one.end.difference(&other.end)))
}
