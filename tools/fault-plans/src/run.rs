//! One run of a workload, with a fault or without.

use std::time::Instant;

use crate::evidence::Evidence;
use crate::ground::Ground;
use crate::judge::{Brief, Order, Pace, Tally, cloud_fault};
use crate::oracle::{Case, KNOWLEDGE, complaints, witnessed};
use crate::plan::{Family, Fault, Plan, Site};
use crate::quiet;
use crate::reference::Reference;
use crate::trouble::Trouble;
use crate::workload::Workload;
use crate::world::World;

/// How often a plan is tried until its fault strikes. Which of two writes that race is needed at all differs from run to run, and a try
/// without the fault proves nothing, good or bad. A call that does not come in five is one that the plan should not count on.
const TRIES: usize = 5;

/// How a plan ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The fault has struck, and nobody complains.
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
    /// How often it was run: until its fault struck.
    pub tries: usize,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// What happened, one line each.
    pub story: String,
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
            story: String::new(),
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
pub(crate) async fn run_plan(ground: &Ground, plan: &Plan, reference: &Reference) -> Report {
    let begin = Instant::now();
    let (mut verdict, mut story) = judge_plan(ground, plan, reference).await;
    let mut tries = 1;
    while verdict == Verdict::NotReached && tries < TRIES {
        (verdict, story) = judge_plan(ground, plan, reference).await;
        tries += 1;
    }
    let seconds = begin.elapsed().as_secs_f64();
    Report { id: plan.to_string(), family: plan.fault.family(), verdict, tries, seconds, story }
}

async fn judge_plan(ground: &Ground, plan: &Plan, reference: &Reference) -> (Verdict, String) {
    let order = Order { site: plan.site.clone(), fault: plan.fault };
    let failed = |trouble: &Trouble| Verdict::Failed(vec![local_stack::chain(trouble)]);
    let world = match World::build(ground, plan.workload, plan.guesses, Brief::Strike(order)).await {
        Ok(world) => world,
        Err(trouble) => return (failed(&trouble), String::new()),
    };
    let ran = run(ground, &world, plan.workload, Some((plan, reference))).await;
    let reached = has_struck(&world, plan);
    let verdict = match ran {
        // What the witness saw says more than what never came.
        Err(trouble) => {
            Verdict::Failed([witnessed(&world.simulator.witness()), vec![local_stack::chain(&trouble)]].concat())
        }
        Ok(ran) if !ran.complaints.is_empty() => Verdict::Failed(ran.complaints),
        Ok(_) if !reached => Verdict::NotReached,
        Ok(_) => Verdict::Passed,
    };
    let mut story = world.story.text();
    if matches!(verdict, Verdict::Failed(_)) {
        for seat in &world.operators {
            story = [&story, "--- the operator's log ---\n", &seat.process.log().await].concat();
        }
    }
    world.end().await;
    (verdict, story)
}

/// Runs a workload without faults. What the oracles complain about then is a failure of everything; the story comes with it.
pub(crate) async fn run_reference(
    ground: &Ground,
    workload: &'static Workload,
    guesses: u64,
    pace: Pace,
) -> Result<Reference, String> {
    let world = World::build(ground, workload, guesses, Brief::Pass(pace))
        .await
        .map_err(|trouble| local_stack::chain(&trouble))?;
    let ran = run(ground, &world, workload, None).await;
    let story = world.story.text();
    world.end().await;
    let ran = ran.map_err(|trouble| format!("{}\n{story}", local_stack::chain(&trouble)))?;
    if !ran.complaints.is_empty() {
        return Err(format!("{}\n{story}", ran.complaints.join("\n")));
    }
    Ok(Reference::of(ran.tally, ran.evidence))
}

async fn run(
    ground: &Ground,
    world: &World,
    workload: &'static Workload,
    case: Option<(&Plan, &Reference)>,
) -> Result<Ran, Trouble> {
    workload.prepare(world).await?;
    quiet::settle(world).await?;
    world.arm();
    if let Some((plan, _)) = case {
        order_from_cloud(world, plan);
    }
    workload.act(world).await?;
    workload.until_at_rest(world).await?;
    let noise = quiet::listen(world).await;
    // Whoever was at rest may have been roused again meanwhile.
    workload.until_at_rest(world).await?;
    if let Some(trouble) = world.operators.iter().find_map(|seat| seat.court.trouble()) {
        return Err(trouble);
    }
    let tally = world.operator().map(|seat| seat.court.tally()).unwrap_or_default();
    let evidence = Evidence::gather(ground, world).await?;
    let (plan, reference) = case.unzip();
    let found =
        complaints(&Case { workload, plan, reference, evidence: &evidence, sky: &world.sky, knowledge: KNOWLEDGE });
    Ok(Ran { evidence, tally, complaints: noise.into_iter().chain(found).collect() })
}

/// Faults of the cloud come from the simulator itself, in its own words.
fn order_from_cloud(world: &World, plan: &Plan) {
    if let (Fault::Cloud(fault), Site::Call { kind, nth, .. }) = (plan.fault, &plan.site) {
        cloud_fault::order(&world.simulator, fault, &kind.0, *nth);
    }
}

fn has_struck(world: &World, plan: &Plan) -> bool {
    match plan.fault {
        Fault::Cloud(_) => world.simulator.faults().is_empty(),
        _ => world.operator().is_some_and(|seat| seat.court.has_struck()),
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
