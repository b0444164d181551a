//! Drift: what others change in the cloud is made good, and the object's user hardly notices.

use std::collections::BTreeMap;

use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::ServiceChange;
use serde_json::json;

use crate::support::rig::{LIST_SERVICES, Rig, Setup, is_applied, is_ready, nlb_spec, ready_condition, status};

const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const TAG: &str = "TagResources";
const UNTAG: &str = "UntagResources";

#[tokio::test]
async fn drift_is_corrected_within_a_list() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["description"] = json!("intake");
    spec["tags"] = json!({"team": "shop", "tier": "1"});
    rig.apply("orders", spec).await;
    let before = rig.ready("orders").await;
    let drifts = [
        (ServiceChange { description: Some("mine".to_owned()), ..ServiceChange::default() }, UPDATE),
        (ServiceChange { auto_accept: Some(true), ..ServiceChange::default() }, UPDATE),
        (tagged("team", None), TAG),
        (tagged("tier", Some("2")), TAG),
        (tagged("strange", Some("yes")), UNTAG),
    ];
    for (drift, correction) in drifts {
        correct(&rig, &drift, correction).await;
    }
    let after = rig.until("orders", "at rest", is_at_rest).await;
    assert_eq!(ready_condition(&after), ready_condition(&before));
    assert_eq!(status(&after).drift, []);
    rig.end().await;
}

#[tokio::test]
async fn drift_whose_repair_leaves_the_service_active_leaves_ready_alone() {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["tags"] = json!({"team": "shop"});
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    // The log has a line for each time that it went; one is from the creation.
    let lost = |rig: &Rig| rig.log().matches("Ready is False").count();
    assert_eq!(lost(&rig), 1);
    for drift in [tagged("team", None), tagged("team", Some("others"))] {
        correct(&rig, &drift, TAG).await;
    }
    rig.until("orders", "at rest", is_at_rest).await;
    assert_eq!(lost(&rig), 1);
    rig.end().await;
}

/// Ready, and nothing more to say.
fn is_at_rest(object: &VpcEndpointService) -> bool {
    is_ready(object) && status(object).conditions.len() == 1
}

/// Makes a drift at rest, and waits until the operator has made it good: by this call and no other, and on the first list that shows it.
async fn correct(rig: &Rig, drift: &ServiceChange, correction: &str) {
    rig.until("orders", "at rest", is_at_rest).await;
    let service = rig.service().await;
    let seen = rig.journal().await.len();
    rig.simulator.admin.change_service(&service.id, drift).await.unwrap();
    rig.cloud("as it was", |services| *services == [service.clone()]).await;
    let later = rig.journal().await.split_off(seen);
    let made = later.iter().position(|call| call.operation == correction).unwrap();
    let lists = later[..made].iter().filter(|call| call.operation == LIST_SERVICES).count();
    // One may have begun just before the change.
    assert!(lists <= 2, "{lists} lists until {drift:?} was corrected");
    let effects: Vec<_> = later.into_iter().filter(is_applied).map(|call| call.operation).collect();
    assert_eq!(effects, [correction], "{drift:?}");
}

fn tagged(key: &str, value: Option<&str>) -> ServiceChange {
    let tags: BTreeMap<_, _> = [(key.to_owned(), value.map(str::to_owned))].into();
    ServiceChange { tags, ..ServiceChange::default() }
}
