//! Edits and deletions, one after the other, while nothing else is to be done.

use std::time::Duration;

use privatelink_sim::JournalQuery;
use serde_json::json;

use super::create::names;
use super::{aftermath, announce, each};
use crate::Outcome;
use crate::figure::{Figure, Unit};
use crate::report::Report;
use crate::series::{Series, milliseconds};
use crate::stage::Stage;
use crate::writes::Writes;

const EDITS: usize = 30;
const DELETIONS: usize = 5;

/// The call that an edited description leads to.
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

/// From the user's patch, sent when the object is Ready, to the call's arrival in the cloud.
pub(super) async fn edits(stage: &Stage, report: &mut Report) -> Outcome<()> {
    announce("30 edits");
    let requests = stage.requests()?.len();
    let mut latencies = Vec::new();
    for (number, name) in names(20).iter().cycle().take(EDITS).enumerate() {
        latencies.push(edit(stage, name, number).await?);
    }
    aftermath().await;
    let writes = Writes::among(&stage.requests_after(requests)?);
    let latencies = Series::of(latencies).ok_or("nothing was edited")?;
    let figure =
        |what, percentile| Figure::new(what, milliseconds(latencies.percentile(percentile)), Unit::Milliseconds);
    report.figures.extend([
        Figure::new("Kubernetes writes per edit", each(writes.objects, EDITS), Unit::Count).goal("P4", 2.0),
        Figure::new("events per edit", each(writes.events, EDITS), Unit::Count),
        figure("edit → cloud call at rest, p50 of 30", 50).goal("P9", 150.0),
        figure("edit → cloud call at rest, p99 of 30 (the longest)", 99).goal("P9", 250.0),
    ]);
    Ok(())
}

/// Both ends are on the simulator's clock. What it costs to ask for the time counts against the operator: one round trip.
async fn edit(stage: &Stage, name: &str, number: usize) -> Outcome<Duration> {
    let begun = stage.cloud_time().await?;
    let generation = stage.objects.edit(name, &json!({"description": format!("edit {number}")})).await?;
    stage.objects.until_ready(name, generation).await?;
    let query = JournalQuery { operation: Some(UPDATE.to_owned()), ..JournalQuery::default() };
    let calls = stage.simulator.admin.journal(&query).await?;
    let call = calls.iter().find(|call| call.time >= begun).ok_or("an edit did not reach the cloud")?;
    Ok(call.time.duration_since(begun).try_into()?)
}

pub(super) async fn deletions(stage: &Stage, report: &mut Report) -> Outcome<()> {
    announce("5 deletions");
    let requests = stage.requests()?.len();
    for name in names(DELETIONS) {
        stage.objects.delete(&name).await?;
        stage.objects.until_gone(&name).await?;
    }
    aftermath().await;
    let writes = Writes::among(&stage.requests_after(requests)?);
    report.figures.extend([
        Figure::new("Kubernetes writes per delete", each(writes.objects, DELETIONS), Unit::Count).goal("P4", 2.0),
        Figure::new("events per delete", each(writes.events, DELETIONS), Unit::Count),
    ]);
    Ok(())
}
