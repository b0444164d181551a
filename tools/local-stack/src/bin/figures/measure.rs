//! The measurements, in the order in which they are made.

mod change;
mod create;
mod rest;
mod size;
mod start;

use std::time::{Duration, Instant};

use crate::Outcome;
use crate::machine::Machine;
use crate::report::Report;
use crate::stage::Stage;

/// How long is counted on after the last object is as wanted, so that what comes late is counted where it belongs: as long as the
/// operator may hold a status back.
const AFTERMATH: Duration = Duration::from_secs(10);

/// Everything that is reported, on two stages: a small one, and one with as many services as the provider allows by default.
pub(crate) async fn everything() -> Outcome<Report> {
    let (begin, machine) = (Instant::now(), Machine::now());
    let mut report = Report { machine, seconds: 0, figures: Vec::new(), calls: Vec::new() };
    few(&mut report).await?;
    many(&mut report).await?;
    report.seconds = begin.elapsed().as_secs();
    Ok(report)
}

async fn few(report: &mut Report) -> Outcome<()> {
    let mut stage = Stage::set().await?;
    size::measure(&stage, report)?;
    start::measure(&mut stage, report).await?;
    create::twenty(&mut stage, report).await?;
    create::one_by_one(&stage, report).await?;
    change::edits(&stage, report).await?;
    change::deletions(&stage, report).await
}

async fn many(report: &mut Report) -> Outcome<()> {
    let mut stage = Stage::set().await?;
    create::two_hundred(&mut stage, report).await?;
    rest::measure(&stage, report).await
}

/// Says on standard error what goes on, because a run takes minutes.
fn announce(what: &str) {
    eprintln!("… {what}");
}

/// Waits until nothing comes any more. The count is of a span of time: this is no waiting for something to happen.
async fn aftermath() {
    tokio::time::sleep(AFTERMATH).await;
}

/// As a fraction. Counts here are far below the 2⁵³ from where on that is inexact.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
fn number(count: usize) -> f64 {
    count as f64
}

fn each(count: usize, of: usize) -> f64 {
    number(count) / number(of)
}

fn mebibytes(kib: u32) -> f64 {
    f64::from(kib) / 1024.0
}
