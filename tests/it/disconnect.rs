//! Deletion under `whenConnected: Disconnect`: consumers are cut off when the spec says so, one after the other, and not before.

use std::time::Duration;

use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{DEFAULT_CONSUMER, Fault, FaultKind, Moment, ServiceView, Span};
use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup, hang, message, nlb_spec};

const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const DISABLE: &str = "DisableVpcEndpointConnection";
const LIST_CONNECTIONS: &str = "ListVpcEndpointConnections";

/// What it takes to delete a service with one load balancer in two zones that nobody uses.
const DELETION: [&str; 3] =
    ["DetachResourceFromVpcEndpointService", "DetachResourceFromVpcEndpointService", "DeleteVpcEndpointService"];

/// A Ready object `orders` with these fields that accepts everybody, its service, and so many endpoints of the consumer, connected.
async fn connected(rig: &Rig, fields: &Value, count: usize) -> (ServiceView, Vec<String>) {
    let mut spec = nlb_spec();
    let accepting = json!({"autoAcceptEnabled": true, "allowedPrincipals": [DEFAULT_CONSUMER]});
    for fields in [&accepting, fields] {
        spec.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    }
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    let mut endpoints = Vec::new();
    for _ in 0..count {
        endpoints.push(rig.connect(DEFAULT_CONSUMER, &service.id).await);
    }
    for endpoint in &endpoints {
        rig.until_connection(endpoint, "Connected").await;
    }
    (service, endpoints)
}

/// The codes with which the cloud refused something.
async fn refusals(rig: &Rig) -> Vec<String> {
    rig.journal().await.into_iter().filter_map(|call| call.code).collect()
}

fn says(object: &VpcEndpointService, words: &[&str]) -> bool {
    let said = message(object, ConditionType::Ready);
    words.iter().all(|word| said.contains(word))
}

#[tokio::test]
async fn every_consumer_on_every_page_is_cut_off_one_at_a_time_then_the_service_goes() {
    let mut setup = Setup::default();
    setup.simulator.lists.page_size_cap = Some(2);
    setup.simulator.timers.connection = Span::millis(300);
    let rig = Rig::with(setup).await;
    let (_, endpoints) = connected(&rig, &json!({"whenConnected": "Disconnect"}), 5).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    assert_eq!(rig.effects().await[effects..], [[UPDATE].as_slice(), &[DISABLE; 5], &DELETION].concat());
    for endpoint in &endpoints {
        assert_eq!(rig.connection(endpoint).await, "ServiceDeleted");
    }
    // No two calls overlapped, and nothing was refused but the look that proves the end.
    assert_eq!(refusals(&rig).await, ["EndpointServiceNotFound"]);
    rig.end().await;
}

#[tokio::test]
async fn consumers_have_time_to_leave_and_a_shorter_time_set_on_the_way_counts() {
    let rig = Rig::with(Setup::watchful()).await;
    let fields = json!({"whenConnected": "Disconnect", "disconnectAfterSeconds": 3600});
    let (_, endpoints) = connected(&rig, &fields, 2).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    let words = [endpoints[0].as_str(), &endpoints[1], DEFAULT_CONSUMER, "3600 s", "spec.disconnectAfterSeconds"];
    rig.until("orders", "told when consumers are disconnected", |object| says(object, &words)).await;
    rig.simulator.admin.delete_endpoint(&endpoints[0]).await.unwrap();
    rig.until("orders", "told of the one that is left", |object| !says(object, &words)).await;
    rig.until_listed(2).await;
    assert_eq!(rig.connection(&endpoints[1]).await, "Connected");
    assert_eq!(rig.effects().await[effects..], [UPDATE]);

    rig.edit("orders", json!({"disconnectAfterSeconds": 1})).await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await[effects..], [[UPDATE, DISABLE].as_slice(), &DELETION].concat());
    rig.end().await;
}

#[tokio::test]
async fn a_policy_that_is_changed_while_the_deletion_is_blocked_counts() {
    let rig = Rig::start().await;
    let (_, endpoints) = connected(&rig, &json!({}), 1).await;
    let effects = rig.effects().await.len();
    rig.delete("orders").await;
    rig.not_ready("orders", "DeletionBlocked").await;
    assert_eq!(rig.connection(&endpoints[0]).await, "Connected");
    rig.edit("orders", json!({"whenConnected": "Disconnect"})).await;
    rig.gone("orders").await;
    assert_eq!(rig.effects().await[effects..], [[UPDATE, DISABLE].as_slice(), &DELETION].concat());
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_that_is_suspended_or_blocked_again_cuts_nobody_off() {
    let rig = Rig::with(Setup::watchful()).await;
    let fields = json!({"whenConnected": "Disconnect", "disconnectAfterSeconds": 3600});
    let (_, endpoints) = connected(&rig, &fields, 1).await;
    rig.delete("orders").await;
    rig.not_ready("orders", "DeletionBlocked").await;
    rig.edit("orders", json!({"suspend": true, "disconnectAfterSeconds": 0})).await;
    rig.until("orders", "suspended", |object| says(object, &["spec.suspend"])).await;
    rig.until_listed(2).await;
    rig.edit("orders", json!({"suspend": false, "whenConnected": "Block", "disconnectAfterSeconds": null})).await;
    rig.until("orders", "blocked", |object| says(object, &[&endpoints[0], "spec.whenConnected to Disconnect"])).await;
    rig.until_listed(2).await;
    assert_eq!(rig.connection(&endpoints[0]).await, "Connected");
    assert_eq!(rig.calls(DISABLE).await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_connection_that_is_being_made_is_cut_off_when_it_is_made() {
    let mut setup = Setup::default();
    setup.simulator.timers.connection = Span::millis(800);
    let rig = Rig::with(setup).await;
    let (service, _) = connected(&rig, &json!({"whenConnected": "Disconnect"}), 0).await;
    let endpoint = rig.connect(DEFAULT_CONSUMER, &service.id).await;
    rig.until_connection(&endpoint, "Connecting").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.calls(DISABLE).await.len(), 1);
    assert_eq!(refusals(&rig).await, ["EndpointServiceNotFound"]);
    rig.end().await;
}

#[tokio::test]
async fn a_refused_cut_is_tried_again_after_another_look_and_one_that_is_not_needed_counts_as_done() {
    for (code, calls) in [("EndpointConnectionOperationDenied", 2), ("EndpointConnectionNotFound", 2)] {
        let rig = Rig::with(Setup::watchful()).await;
        let (_, endpoints) = connected(&rig, &json!({"whenConnected": "Disconnect"}), 1).await;
        let kind = FaultKind::Error { code: code.to_owned(), status: None, moment: Moment::BeforeEffect };
        rig.fault(Fault::next(DISABLE, kind)).await;
        rig.delete("orders").await;
        rig.gone("orders").await;
        let made = rig.calls(DISABLE).await;
        assert_eq!(made.len(), calls, "{code}: {made:#?}");
        // The connections were listed in between.
        let journal = rig.journal().await;
        let about = journal.iter().filter(|call| [DISABLE, LIST_CONNECTIONS].contains(&call.operation.as_str()));
        let order: Vec<_> = about.map(|call| call.operation.as_str()).skip_while(|call| *call != DISABLE).collect();
        assert_eq!(order[..2], [DISABLE, LIST_CONNECTIONS], "{code}");
        assert_eq!(rig.connection(&endpoints[0]).await, "ServiceDeleted");
        rig.end().await;
    }
}

#[tokio::test]
async fn a_process_that_is_killed_while_it_cuts_consumers_off_leaves_the_rest_to_the_next_one() {
    let mut setup = Setup::default();
    setup.timing.insert("cloudCallDeadline", Duration::from_secs(5));
    let mut rig = Rig::with(setup).await;
    let (_, endpoints) = connected(&rig, &json!({"whenConnected": "Disconnect"}), 3).await;
    rig.fault(hang(DISABLE, Moment::AfterEffect).at(2)).await;
    rig.delete("orders").await;
    rig.until_calls(DISABLE, 2).await;
    rig.kill_operator();
    rig.start_operator().await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    let cut = rig.effects().await.into_iter().filter(|operation| operation == DISABLE).count();
    assert_eq!(cut, endpoints.len());
    rig.end().await;
}

#[tokio::test]
async fn a_broken_spec_does_not_stand_in_the_way_of_cutting_consumers_off() {
    let rig = Rig::start().await;
    let (_, endpoints) = connected(&rig, &json!({}), 1).await;
    let broken = json!({"resources": [{"resourceId": "nlb-gone", "zoneIds": ["cn-hangzhou-z"]}]});
    rig.edit("orders", broken).await;
    rig.not_ready("orders", "WaitingForLoadBalancer").await;
    rig.edit("orders", json!({"whenConnected": "Disconnect"})).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.connection(&endpoints[0]).await, "ServiceDeleted");
    rig.end().await;
}
