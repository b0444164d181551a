//! Rare moments: what single plans need that no other workload has.

use std::time::Duration;

use privatelink_sim::Span;
use serde_json::json;

use super::{NAME, Workload, gone, make_ready, nothing, ready, spec, until_gone, until_made};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::proxy::Seen;

/// A process that starts meanwhile does not see what the one before it made.
const LONG_LAG: Duration = Duration::from_secs(3);

/// What the operator is told of it: the lag, and as much again as a busy machine may need.
pub(super) const ARGUMENTS: [&str; 1] = ["--internal-timing=consistencyWindow=4s"];

/// A write that is not answered after so long is held up by a fault.
const SENT: Duration = Duration::from_millis(100);

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "create-slow",
        about: "an object is applied, and the cloud takes its time to make the service",
        operators: 1,
        races: 0,
        prepare: |environment| {
            environment.simulator.change_config(|config| config.timers.creating = Span::secs(2, 2));
            nothing(environment)
        },
        act: |environment| Box::pin(async move { environment.objects.apply(NAME, &spec()).await }),
        rest: ready,
    },
    Workload {
        name: "create-lagging",
        about: "an object is applied while the lists lag far behind",
        operators: 1,
        races: 0,
        prepare: |environment| {
            lag(environment);
            nothing(environment)
        },
        act: |environment| Box::pin(async move { environment.objects.apply(NAME, &spec()).await }),
        rest: ready,
    },
    Workload {
        name: "edit-lagging",
        about: "an object is edited as soon as its service is there, while the lists lag far behind",
        operators: 1,
        races: 0,
        prepare: |environment| {
            lag(environment);
            nothing(environment)
        },
        act: |environment| Box::pin(edit(environment)),
        rest: ready,
    },
    Workload {
        name: "twice",
        about: "an object is deleted as soon as the operator writes to it for the first time, and applied again",
        operators: 1,
        races: 4,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                // An API server that deletes while the finalizer is on its way may delete all the same: docs/decisions/0042-read-before-every-create.md.
                let is_sent = |call: &Seen| call.answered.is_some() || call.at.elapsed() > SENT;
                let writes = |call: &Seen| call.kind == WRITE && is_sent(call);
                until_called(environment, "the operator writes to the object", writes).await?;
                environment.objects.delete(NAME).await?;
                until_gone(environment, NAME).await?;
                until_called(environment, "that write is over", |call| call.kind == WRITE && call.answered.is_some())
                    .await?;
                environment.objects.apply(NAME, &spec()).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "delete-by-two",
        about: "a Ready object is deleted, and two operators see to it",
        operators: 2,
        races: 4,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({})).await }),
        act: |environment| Box::pin(async move { environment.objects.delete(NAME).await }),
        rest: gone,
    },
];

fn lag(environment: &Environment) {
    environment.simulator.change_config(|config| config.lists.lag = LONG_LAG);
}

async fn edit(environment: &Environment) -> Result<(), HarnessError> {
    environment.objects.apply(NAME, &spec()).await?;
    until_made(environment).await?;
    environment.objects.edit(NAME, &json!({"description": "edited"})).await
}

/// How the operator puts on and takes off its finalizer.
const WRITE: &str = "PATCH vpcendpointservices";

/// Waits until the first operator has made such a call.
async fn until_called(
    environment: &Environment,
    what: &str,
    wanted: impl Fn(&Seen) -> bool,
) -> Result<(), HarnessError> {
    let is_made = || environment.operator().is_some_and(|instance| instance.kubernetes.calls().iter().any(&wanted));
    environment.until_cloud(what, |_| is_made()).await
}
