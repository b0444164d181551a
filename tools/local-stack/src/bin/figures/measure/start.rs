//! From the start of the process to an operator that watches; and what it needs when there is nothing to do.

use std::time::{Duration, Instant};

use cloud_core::{Clock as _, SystemClock};
use jiff::Timestamp;
use local_control_plane::AuditEvent;
use local_stack::OPERATOR_USER;

use super::{announce, mebibytes};
use crate::Outcome;
use crate::figure::{Figure, Unit};
use crate::process;
use crate::report::Report;
use crate::series::{Series, milliseconds};
use crate::stage::Stage;

const STARTS: usize = 5;

/// Before the memory of an idle operator is read.
const IDLE: Duration = Duration::from_secs(10);

/// A watch is opened right after the list, and noted some milliseconds after its client is gone.
const PATIENCE: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

pub(super) async fn measure(stage: &mut Stage, report: &mut Report) -> Outcome<()> {
    announce("start, five times");
    let (mut ready, mut watching) = (Vec::new(), Vec::new());
    for number in 1..=STARTS {
        let (started, stopwatch) = (SystemClock.now(), Instant::now());
        stage.start_operator().await?;
        ready.push(stopwatch.elapsed());
        if number == STARTS {
            idle_memory(stage, report).await?;
        }
        until_watching(stage).await?;
        stage.kill_operator();
        watching.push(until_watch_noted(stage, started).await?);
    }
    let figure = |what, durations: Vec<Duration>| -> Outcome<Figure> {
        let median = Series::of(durations).ok_or("nothing was started")?.median();
        Ok(Figure::new(what, milliseconds(median), Unit::Milliseconds))
    };
    report.figures.push(figure("process start → `/readyz` answers 200, median of 5", ready)?);
    let watching = figure("process start → watch asked for, median of 5", watching)?;
    report.figures.push(watching.goal("P15", 200.0));
    Ok(())
}

async fn idle_memory(stage: &Stage, report: &mut Report) -> Outcome<()> {
    // The promise is about rest: this is no waiting for something to happen.
    tokio::time::sleep(IDLE).await;
    let memory = process::memory(stage.pid()?)?;
    report.figures.extend([
        Figure::new("memory at rest, 0 objects (`VmRSS`)", mebibytes(memory.resident), Unit::Mebibytes),
        Figure::new("peak memory, 0 objects (`VmHWM`)", mebibytes(memory.peak), Unit::Mebibytes),
    ]);
    Ok(())
}

/// Waits until two watches are open: the operator's and that of this program.
async fn until_watching(stage: &Stage) -> Outcome<()> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if stage.objects.watches().await? >= 2 {
            return Ok(());
        }
        tokio::time::sleep(POLL).await;
    }
    Err("the operator opened no watch".into())
}

/// When the first watch after `started` reached the API server, counted from there.
async fn until_watch_noted(stage: &Stage, started: Timestamp) -> Outcome<Duration> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if let Some(request) = stage.requests()?.iter().find(|request| is_watch(request, started)) {
            return Ok(request.received.duration_since(started).try_into()?);
        }
        tokio::time::sleep(POLL).await;
    }
    Err("the API server noted no watch of the operator".into())
}

fn is_watch(request: &AuditEvent, started: Timestamp) -> bool {
    request.user == OPERATOR_USER
        && request.verb == "watch"
        && request.resource == "vpcendpointservices"
        && request.received >= started
}
