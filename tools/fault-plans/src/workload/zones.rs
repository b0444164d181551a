//! The zones of a load balancer, where the spec leaves them out.

use privatelink_sim::ServiceView;
use serde_json::json;

use super::{NAME, Workload, make_ready, ready};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::settings::ZONES;
use crate::timeline::Actor;

/// A few reads of a load balancer in each plan.
pub(super) const ARGUMENTS: [&str; 1] = ["--internal-timing=loadBalancerRefreshPeriod=300ms"];

const LOAD_BALANCER: &str = "nlb-1";

/// The zone that the load balancer gets.
const ADDED: &str = "cn-hangzhou-j";

pub(super) const ALL: &[Workload] = &[Workload {
    name: "zones",
    about: "the load balancer of a Ready object that leaves its zones out gets another zone",
    operators: 1,
    races: 0,
    prepare: |environment| {
        Box::pin(async move { make_ready(environment, &json!({"resources": [{"resourceId": LOAD_BALANCER}]})).await })
    },
    act: |environment| Box::pin(add(environment)),
    rest: ready,
}];

async fn add(environment: &Environment) -> Result<(), HarnessError> {
    let zones = [ZONES[0], ZONES[1], ADDED];
    environment.timeline.tell(Actor::User, format!("gives {LOAD_BALANCER} the zone {ADDED} in the cloud's console"));
    let patched = environment.simulator.patch_load_balancer(LOAD_BALANCER, &json!({ "zones": zones }));
    let unusable = |reason: String| HarnessError::Cloud { what: "give the load balancer a zone", reason };
    if !patched.map_err(|error| unusable(error.to_string()))? {
        return Err(unusable("there is no such load balancer".to_owned()));
    }
    // The object is as it was until the zone is seen, so it is not enough that it is at rest.
    environment
        .until_cloud("the zone is attached", |services| services.iter().any(|service| is_in(service, ADDED)))
        .await?;
    environment
        .until("the status names the zone", |shown| {
            shown.get(NAME).is_some_and(|object| object["status"]["zoneIds"] == json!(zones))
        })
        .await
}

fn is_in(service: &ServiceView, zone: &str) -> bool {
    service.attachments.iter().any(|attachment| attachment.zone_id == zone && attachment.status == "Attached")
}
