//! A cloud that takes writes of an Active service only, as the reference says, with no exception for those that Terraform makes side by side: the
//! operator waits for Active before each of them, so nothing is refused.

use privatelink_sim::{Call, Span};
use serde_json::json;

use crate::support::rig::{Rig, Setup, ZONES, nlb_spec};

const ATTACH: &str = "AttachResourceToVpcEndpointService";

/// Consumers that may connect.
const ACCOUNTS: [&str; 2] = ["2000000000000001", "2000000000000002"];

fn strict(setup: Setup) -> Setup {
    let mut setup = setup;
    setup.simulator.guesses.work_while_pending.clear();
    setup.simulator.timers.pending = Span::millis(300);
    setup
}

/// The answers with which writes came too early.
async fn denied(rig: &Rig) -> Vec<Call> {
    let is_denied = |call: &Call| call.code.as_deref() == Some("EndpointServiceOperationDenied");
    rig.journal().await.into_iter().filter(is_denied).collect()
}

/// Twelve load balancers: two more than a create takes.
fn large() -> serde_json::Value {
    let resource = |number| json!({"resourceId": format!("nlb-{number}"), "zoneIds": [ZONES[0]]});
    let resources: Vec<_> = (1..=12).map(resource).collect();
    json!({"serviceResourceType": "nlb", "resources": resources, "allowedPrincipals": ACCOUNTS})
}

#[tokio::test]
async fn what_a_create_cannot_carry_waits_for_active_each_time() {
    let rig = Rig::with(strict(Setup::default())).await;
    rig.apply("orders", large()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    assert_eq!((service.attachments.len(), service.users.len()), (12, 3));
    assert_eq!(rig.calls(ATTACH).await.len(), 2);
    assert_eq!(denied(&rig).await, []);
    rig.end().await;
}

#[tokio::test]
async fn an_edit_of_everything_goes_out_one_after_the_other_while_the_lists_lag() {
    let rig = Rig::with(strict(Setup::lagging())).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let resources = json!([{"resourceId": "nlb-2", "zoneIds": ZONES}]);
    let edit = json!({"description": "edited", "autoAcceptEnabled": true, "resources": resources, "allowedPrincipals": ACCOUNTS});
    rig.edit("orders", edit).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"allowedPrincipals": [ACCOUNTS[1]], "description": "edited twice"})).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    assert_eq!((service.description.as_str(), service.auto_accept, service.users.len()), ("edited twice", true, 2));
    assert!(service.attachments.iter().all(|one| one.resource_id == "nlb-2"), "{service:#?}");
    assert_eq!(denied(&rig).await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_waits_until_the_service_takes_it() {
    let mut setup = strict(Setup::default());
    setup.simulator.timers.creating = Span::millis(800);
    let rig = Rig::with(setup).await;
    rig.apply("creating", large()).await;
    rig.until("creating", "named", |object| crate::support::rig::status(object).service_id.is_some()).await;
    rig.delete("creating").await;
    rig.gone("creating").await;
    rig.apply("pending", nlb_spec()).await;
    rig.ready("pending").await;
    rig.edit("pending", json!({"autoAcceptEnabled": true})).await;
    rig.cloud("Pending", |services| services.iter().all(|service| service.status == "Pending")).await;
    rig.delete("pending").await;
    rig.gone("pending").await;
    assert_eq!((rig.services().await, denied(&rig).await), (vec![], vec![]));
    rig.end().await;
}

#[tokio::test]
async fn a_process_that_knows_nothing_of_what_is_pending_gets_there_all_the_same() {
    let mut rig = Rig::with(strict(Setup::lagging())).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let resources = json!([{"resourceId": "nlb-2", "zoneIds": ZONES}]);
    rig.edit("orders", json!({"resources": resources, "allowedPrincipals": ACCOUNTS})).await;
    rig.until_calls(ATTACH, 1).await;
    rig.kill_operator();
    // A list that lags calls the service Active while it is Pending: what is sent then is refused, and sent again.
    rig.start_operator().await;
    rig.ready("orders").await;
    let service = rig.service().await;
    assert!(service.attachments.iter().all(|one| one.resource_id == "nlb-2"), "{service:#?}");
    assert_eq!(service.users.len(), 3);
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn drift_is_repaired_once_the_service_takes_it() {
    let mut setup = strict(Setup::watchful());
    setup.simulator.timers.pending = Span::millis(500);
    let rig = Rig::with(setup).await;
    let mut spec = nlb_spec();
    spec["allowedPrincipals"] = json!([ACCOUNTS[0]]);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let wanted = rig.service().await;
    let drift = privatelink_sim::ServiceChange {
        description: Some("theirs".to_owned()),
        auto_accept: Some(true),
        ..privatelink_sim::ServiceChange::default()
    };
    rig.simulator.admin.change_service(&wanted.id, &drift).await.unwrap();
    rig.cloud("as it was", |services| *services == [wanted.clone()]).await;
    assert_eq!(denied(&rig).await, []);
    rig.end().await;
}
