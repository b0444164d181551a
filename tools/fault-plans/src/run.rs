//! One run of a workload, with a fault or without.

use std::time::Instant;

use crate::environment::Environment;
use crate::error::HarnessError;
use crate::evidence::Evidence;
use crate::fault::{Family, Fault, Site};
use crate::fixture::Fixture;
use crate::injector::{Injection, Order, Pace, Tally, cloud_fault};
use crate::oracle::{Case, KNOWLEDGE, complaints, witnessed};
use crate::plan::Plan;
use crate::quiet;
use crate::reference::Reference;
use crate::workload::Workload;

/// How often a plan is tried until its fault is injected. Which of two writes that race is needed at all differs from run to run, and a try
/// without the fault proves nothing, good or bad. A call that does not come in five is one that the plan should not count on.
const TRIES: usize = 5;

/// How a plan ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The fault was injected, and nobody complains.
    Passed,
    /// The call or event that the fault is for never came. It proves nothing.
    NotReached,
    /// What is complained about.
    Failed(Vec<String>),
}

/// What there is to say of a plan.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Its family.
    pub family: Family,
    /// How it ended.
    pub verdict: Verdict,
    /// How often it was run: until its fault was injected.
    pub tries: usize,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What happened, one line each.
    pub timeline: String,
}

/// What a run has shown.
struct Ran {
    evidence: Evidence,
    tally: Tally,
    complaints: Vec<String>,
}

impl Report {
    /// Of a plan that the harness could not run.
    pub(crate) fn without_run(plan: &Plan, reason: &str) -> Self {
        Self {
            id: plan.to_string(),
            family: plan.fault.family(),
            verdict: Verdict::Failed(vec![format!("failed to run the plan: {reason}")]),
            tries: 1,
            seconds: 0.0,
            timeline: String::new(),
        }
    }

    /// The first thing that is wrong with the operator: an oracle's complaint, or something that was waited for in vain. What the harness
    /// itself failed to do is none.
    pub(crate) fn complaint(&self) -> Option<&str> {
        let Verdict::Failed(complaints) = &self.verdict else { return None };
        complaints.iter().map(String::as_str).find(|complaint| !complaint.starts_with("failed to "))
    }
}

/// Runs a plan. Whatever goes wrong is part of the report.
pub(crate) async fn run_plan(fixture: &Fixture, plan: &Plan, reference: &Reference) -> Report {
    let begin = Instant::now();
    let (mut verdict, mut timeline) = try_plan(fixture, plan, reference).await;
    let mut tries = 1;
    while verdict == Verdict::NotReached && tries < TRIES {
        (verdict, timeline) = try_plan(fixture, plan, reference).await;
        tries += 1;
    }
    let seconds = begin.elapsed().as_secs_f64();
    Report { id: plan.to_string(), family: plan.fault.family(), verdict, tries, seconds, timeline }
}

async fn try_plan(fixture: &Fixture, plan: &Plan, reference: &Reference) -> (Verdict, String) {
    let order = Order { site: plan.site.clone(), fault: plan.fault };
    let failed = |error: &HarnessError| Verdict::Failed(vec![local_stack::chain(error)]);
    let environment =
        match Environment::build(fixture, plan.workload.deployment(), plan.guesses, Injection::Once(order)).await {
            Ok(environment) => environment,
            Err(error) => return (failed(&error), String::new()),
        };
    let ran = run(fixture, &environment, plan.workload, Some((plan, reference))).await;
    let reached = is_injected(&environment, plan);
    let verdict = match ran {
        // What the witness saw says more than what never came.
        Err(error) => {
            Verdict::Failed([witnessed(&environment.simulator.witness()), vec![local_stack::chain(&error)]].concat())
        }
        Ok(ran) if !ran.complaints.is_empty() => Verdict::Failed(ran.complaints),
        Ok(_) if !reached => Verdict::NotReached,
        Ok(_) => Verdict::Passed,
    };
    let mut timeline = environment.timeline.text();
    if matches!(verdict, Verdict::Failed(_)) {
        for instance in &environment.operators {
            timeline = [&timeline, "--- the operator's log ---\n", &instance.process.log().await].concat();
        }
    }
    environment.end().await;
    (verdict, timeline)
}

/// Runs a workload without faults. What the oracles complain about then is a failure of everything; the timeline comes with it.
pub(crate) async fn run_reference(
    fixture: &Fixture,
    workload: &'static Workload,
    guesses: u64,
    pace: Pace,
) -> Result<Reference, String> {
    let environment = Environment::build(fixture, workload.deployment(), guesses, Injection::Pass(pace))
        .await
        .map_err(|error| local_stack::chain(&error))?;
    let ran = run(fixture, &environment, workload, None).await;
    let timeline = environment.timeline.text();
    environment.end().await;
    let ran = ran.map_err(|error| format!("{}\n{timeline}", local_stack::chain(&error)))?;
    if !ran.complaints.is_empty() {
        return Err(format!("{}\n{timeline}", ran.complaints.join("\n")));
    }
    Ok(Reference::of(ran.tally, ran.evidence))
}

async fn run(
    fixture: &Fixture,
    environment: &Environment,
    workload: &'static Workload,
    case: Option<(&Plan, &Reference)>,
) -> Result<Ran, HarnessError> {
    workload.prepare(environment).await?;
    quiet::settle(environment).await?;
    environment.arm();
    if let Some((plan, _)) = case {
        order_from_cloud(environment, plan);
    }
    workload.act(environment).await?;
    workload.until_at_rest(environment).await?;
    let noise = quiet::listen(environment).await;
    // Whoever was at rest may have been roused again meanwhile.
    workload.until_at_rest(environment).await?;
    if let Some(error) = environment.operators.iter().find_map(|instance| instance.injector.error()) {
        return Err(error);
    }
    let tally = environment.operator().map(|instance| instance.injector.tally()).unwrap_or_default();
    let evidence = Evidence::gather(fixture, environment).await?;
    let (plan, reference) = case.unzip();
    let found = complaints(&Case {
        workload,
        plan,
        reference,
        evidence: &evidence,
        cloud_log: &environment.cloud_log,
        knowledge: KNOWLEDGE,
    });
    Ok(Ran { evidence, tally, complaints: noise.into_iter().chain(found).collect() })
}

/// Faults of the cloud come from the simulator itself, in its own words.
fn order_from_cloud(environment: &Environment, plan: &Plan) {
    if let (Fault::Cloud(fault), Site::Call { kind, nth, .. }) = (plan.fault, &plan.site) {
        cloud_fault::order(&environment.simulator, fault, &kind.0, *nth);
    }
}

fn is_injected(environment: &Environment, plan: &Plan) -> bool {
    match plan.fault {
        Fault::Cloud(_) => environment.simulator.faults().is_empty(),
        _ => environment.operator().is_some_and(|instance| instance.injector.is_injected()),
    }
}

#[cfg(test)]
mod tests {
    use super::Report;
    use crate::plan::Plan;

    #[test]
    fn a_plan_that_could_not_be_run_says_nothing_of_the_operator() {
        let plan: Plan = "crash/create/cloud/CreateVpcEndpointService#1/answered".parse().unwrap();
        let report = Report::without_run(&plan, "task 7 panicked");
        assert_eq!(report.complaint(), None);
        assert_eq!(format!("{:?}", report.verdict), r#"Failed(["failed to run the plan: task 7 panicked"])"#);
    }
}
