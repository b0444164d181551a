//! A load balancer is replaced, and its consumers are moved.

use serde_json::{Value, json};

use super::{NAME, Workload, consumers, ready};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::settings::ZONES;

/// A move is over, and the old side closed, in a second or two: lists lag far less than that. What is waited for is looked at less often than in other
/// workloads, because it is waited for longer.
pub(super) const ARGUMENTS: [&str; 4] = [
    "--internal-timing=consistencyWindow=1s",
    "--internal-timing=migrationDrainTime=1ms",
    "--internal-timing=blockedPollInterval=400ms",
    "--internal-timing=resyncPeriod=400ms",
];

pub(super) const ALL: &[Workload] = &[Workload {
    name: "migrate",
    about: "the load balancer of a Ready object is replaced in both zones, and the connection of a consumer is moved",
    operators: 1,
    races: 0,
    prepare: |environment| Box::pin(connect(environment)),
    act: |environment| Box::pin(async move { environment.objects.edit(NAME, &resources("alb-2")).await }),
    rest: ready,
}];

fn resources(id: &str) -> Value {
    json!({"resources": [{"resourceId": id, "zoneIds": ZONES, "whenReplaced": "Migrate"}]})
}

/// A Ready object, and a consumer that is connected to its service in both zones.
async fn connect(environment: &Environment) -> Result<(), HarnessError> {
    let mut spec = resources("alb-1");
    spec["serviceResourceType"] = json!("alb");
    consumers::connect(environment, &spec).await
}
