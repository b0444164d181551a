//! From objects to Ready services.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use privatelink_sim::{Call, Span};
use serde_json::json;

use super::{aftermath, announce, each, number};
use crate::Outcome;
use crate::calls::{by_operation, refused};
use crate::figure::{Figure, Unit};
use crate::report::{Occasion, Report};
use crate::series::Series;
use crate::stage::{Stage, spec};
use crate::writes::Writes;

/// How many seconds the provider takes for each of those that are created one after the other: across the simulator's default range, because
/// what the operator adds depends on how its looks fall to it.
const SINGLE: [u64; 5] = [2, 3, 5, 7, 9];

/// What so many objects at once cost.
struct Cost {
    objects: usize,
    took: Duration,
    calls: Vec<Call>,
    writes: Writes,
}

pub(super) async fn twenty(stage: &mut Stage, report: &mut Report) -> Outcome<()> {
    announce("20 at once");
    let cost = at_once(stage, 20).await?;
    report.figures.extend([
        Figure::new("Kubernetes writes per create, 20 at once", cost.writes_each(), Unit::Count).goal("P4", 3.0),
        Figure::new("events per create, 20 at once", each(cost.writes.events, 20), Unit::Count),
        Figure::new("cloud calls per service, 20 at once", cost.calls_each(), Unit::Count),
        Figure::new("first create → all Ready, 20 at once", cost.took.as_secs_f64(), Unit::Seconds),
    ]);
    report.calls.push(Occasion { what: "20 at once", calls: by_operation(&cost.calls) });
    Ok(())
}

pub(super) async fn two_hundred(stage: &mut Stage, report: &mut Report) -> Outcome<()> {
    announce("200 at once");
    let cost = at_once(stage, 200).await?;
    report.figures.extend([
        Figure::new("Kubernetes writes per create, 200 at once", cost.writes_each(), Unit::Count).goal("P4", 3.0),
        Figure::new("events per create, 200 at once", each(cost.writes.events, 200), Unit::Count),
        Figure::new("cloud calls per service, 200 at once", cost.calls_each(), Unit::Count).goal("P1", 1.10),
        Figure::new("cloud calls refused, 200 at once", number(refused(&cost.calls)), Unit::Count),
        Figure::new("first create → all Ready, 200 at once", cost.took.as_secs_f64(), Unit::Seconds),
    ]);
    report.calls.push(Occasion { what: "200 at once", calls: by_operation(&cost.calls) });
    Ok(())
}

impl Cost {
    fn writes_each(&self) -> f64 {
        each(self.writes.objects, self.objects)
    }

    fn calls_each(&self) -> f64 {
        each(self.calls.len(), self.objects)
    }
}

/// From the start of the operator: its first look at the cloud counts.
async fn at_once(stage: &mut Stage, count: usize) -> Outcome<Cost> {
    let (requests, time) = (stage.requests()?.len(), stage.cloud_time().await?);
    stage.start_operator().await?;
    let (names, spec, objects) = (names(count), spec(), &stage.objects);
    let begin = Instant::now();
    try_join_all(names.iter().map(|name| objects.create(name, &spec))).await?;
    try_join_all(names.iter().map(|name| objects.until_ready(name, 1))).await?;
    let took = begin.elapsed();
    aftermath().await;
    let writes = Writes::among(&stage.requests_after(requests)?);
    Ok(Cost { objects: count, took, calls: stage.calls_since(time).await?, writes })
}

/// The names of the first so many objects.
pub(super) fn names(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("service-{number}")).collect()
}

/// What the operator adds to the time that the provider needs, while it has nothing else to do.
pub(super) async fn one_by_one(stage: &Stage, report: &mut Report) -> Outcome<()> {
    announce("creates, one by one");
    let mut added = Vec::new();
    for seconds in SINGLE {
        added.push(single(stage, seconds).await?);
    }
    let added = Series::of(added).ok_or("nothing was created")?;
    aftermath().await;
    let figure = |what, duration: Duration| Figure::new(what, duration.as_secs_f64(), Unit::Seconds);
    report.figures.extend([
        figure("create → Ready at rest, without the provider's 2, 3, 5, 7 or 9 s, median", added.median()),
        figure("create → Ready at rest, without the provider's 2, 3, 5, 7 or 9 s, longest", added.longest()),
    ]);
    Ok(())
}

async fn single(stage: &Stage, seconds: u64) -> Outcome<Duration> {
    let creating = Span::fixed(Duration::from_secs(seconds));
    stage.simulator.admin.patch_config(&json!({"timers": {"creating": creating}})).await?;
    let (name, begin) = (format!("single-{seconds}"), Instant::now());
    stage.objects.create(&name, &spec()).await?;
    stage.objects.until_ready(&name, 1).await?;
    Ok(begin.elapsed().saturating_sub(creating.shortest()))
}
