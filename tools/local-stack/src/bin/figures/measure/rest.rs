//! A minute in which nothing changes.

use std::time::{Duration, Instant};

use super::{announce, mebibytes, number};
use crate::Outcome;
use crate::calls::by_operation;
use crate::figure::{Figure, Unit};
use crate::process;
use crate::report::{Occasion, Report};
use crate::stage::Stage;
use crate::writes::Writes;

const WINDOW: Duration = Duration::from_mins(1);

pub(super) async fn measure(stage: &Stage, report: &mut Report) -> Outcome<()> {
    announce("a minute at rest with 200 objects");
    let pid = stage.pid()?;
    let (requests, time) = (stage.requests()?.len(), stage.cloud_time().await?);
    let (begin, computed) = (Instant::now(), process::cpu_time(pid)?);
    // The promise is about a span of time: this is no waiting for something to happen.
    tokio::time::sleep(WINDOW).await;
    let (took, computed) = (begin.elapsed(), process::cpu_time(pid)?.saturating_sub(computed));
    let (calls, memory) = (stage.calls_since(time).await?, process::memory(pid)?);
    let writes = Writes::among(&stage.requests_after(requests)?);
    let per_cent = 100.0 * computed.as_secs_f64() / took.as_secs_f64();
    report.figures.extend([
        Figure::new("Kubernetes writes per idle minute, 200 objects", number(writes.objects), Unit::Count)
            .goal("P4", 0.0),
        Figure::new("events per idle minute, 200 objects", number(writes.events), Unit::Count).goal("R15", 0.0),
        Figure::new("cloud calls per idle minute, 200 objects", number(calls.len()), Unit::Count),
        Figure::new("memory at rest, 200 objects (`VmRSS`)", mebibytes(memory.resident), Unit::Mebibytes),
        Figure::new("peak memory, 200 objects (`VmHWM`)", mebibytes(memory.peak), Unit::Mebibytes).goal("P11", 16.0),
        Figure::new("CPU at rest, 200 objects", per_cent, Unit::Percent).goal("P12", 0.5),
    ]);
    report.calls.push(Occasion { what: "an idle minute, 200 objects", calls: by_operation(&calls) });
    Ok(())
}
