//! `spec.connections`: requests of consumers are answered by the rules, connections that change outside are put right, and everybody is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::ListParams;
use privatelink_operator::crd::{ConditionType, ConnectionCounts, VpcEndpointService};
use privatelink_sim::{
    ConnectionChange, DEFAULT_CONSUMER, EndpointOrder, EndpointView, Fault, FaultKind, Moment, ServiceView,
};
use serde_json::{Value, json};

use crate::support::rig::{LIST_SERVICES, Rig, Setup, is_ready, message, nlb_spec, status};

const ENABLE: &str = "EnableVpcEndpointConnection";
const DISABLE: &str = "DisableVpcEndpointConnection";
const RESHAPE: &str = "UpdateVpcEndpointConnectionAttribute";
const LIST_CONNECTIONS: &str = "ListVpcEndpointConnections";

/// Lists in quick succession, and a status that tells each step.
fn watchful() -> Setup {
    let mut setup = Setup::watchful();
    setup.timing.insert("progressStatusInterval", Duration::from_millis(1));
    setup
}

fn spec(connections: &Value) -> Value {
    let mut spec = nlb_spec();
    spec["allowedPrincipals"] = json!([DEFAULT_CONSUMER]);
    spec["connections"] = connections.clone();
    spec
}

/// A Ready object `orders` with these rules, and its service.
async fn ready(rig: &Rig, connections: &Value) -> ServiceView {
    rig.apply("orders", spec(connections)).await;
    rig.ready("orders").await;
    rig.service().await
}

/// A request of the consumer from one of its networks.
async fn request(rig: &Rig, service: &ServiceView, vpc_id: &str) -> String {
    let order = EndpointOrder { vpc_id: vpc_id.to_owned(), ..EndpointOrder::new(DEFAULT_CONSUMER, &service.id) };
    rig.simulator.admin.create_endpoint(&order).await.unwrap()
}

async fn endpoint(rig: &Rig, id: &str) -> EndpointView {
    rig.simulator.admin.endpoints().await.unwrap().into_iter().find(|endpoint| endpoint.id == id).unwrap()
}

/// The notes of the events of the object under this reason.
async fn announced(rig: &Rig, reason: &str) -> Vec<String> {
    let events: Api<Event> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let all = events.list(&ListParams::default()).await.unwrap().into_iter();
    all.filter(|event| event.reason.as_deref() == Some(reason)).filter_map(|event| event.note).collect()
}

async fn until_announced(rig: &Rig, reason: &str, endpoint: &str) {
    let look = async || announced(rig, reason).await;
    rig.poll(reason, look, |notes| notes.iter().any(|note| note.contains(endpoint))).await;
}

fn counts(connected: u32, held: u32, rejected: u32, in_transition: u32) -> ConnectionCounts {
    let [connected, held, rejected, in_transition] = [connected, held, rejected, in_transition].map(Some);
    ConnectionCounts { connected, held, rejected, in_transition }
}

fn pending(object: &VpcEndpointService) -> String {
    message(object, ConditionType::ConnectionsPending)
}

/// What the status says of each connection.
fn decisions(object: &VpcEndpointService) -> BTreeMap<String, (String, String)> {
    let entries = status(object).connections.into_iter().map(|entry| {
        let decision = entry.decision.map(|decision| decision.as_str().to_owned()).unwrap_or_default();
        (entry.endpoint_id.unwrap(), (entry.status.unwrap(), decision))
    });
    entries.collect()
}

async fn applied(rig: &Rig, operation: &str) -> usize {
    rig.effects().await.into_iter().filter(|found| found == operation).count()
}

#[tokio::test]
async fn requests_are_accepted_refused_or_held_by_the_first_rule_that_matches_and_everybody_is_told() {
    let mut rig = Rig::with(watchful()).await;
    let accept =
        json!({"vpcId": "vpc-good", "action": "Accept", "bandwidthMbps": 200, "trafficControlMode": "BandwidthLimit"});
    let reject = json!({"accountId": DEFAULT_CONSUMER, "vpcId": "vpc-bad", "action": "Reject"});
    let service = ready(&rig, &json!({"rules": [accept, reject]})).await;
    let effects = rig.effects().await.len();
    let good = request(&rig, &service, "vpc-good").await;
    let bad = request(&rig, &service, "vpc-bad").await;
    let other = request(&rig, &service, "vpc-other").await;

    let settled = |object: &VpcEndpointService| status(object).connection_counts == Some(counts(1, 1, 1, 0));
    let object = rig.until("orders", "told of all three", settled).await;
    let expected = [(&good, "Connected", "Accept"), (&bad, "Disconnected", "Reject"), (&other, "Disconnected", "Hold")];
    let expected = expected.map(|(id, state, decision)| (id.clone(), (state.to_owned(), decision.to_owned())));
    assert_eq!(decisions(&object), expected.into());
    assert!(is_ready(&object), "requests cost nobody its Ready: {object:#?}");
    let said = pending(&object);
    assert!(said.contains(&other) && said.contains(DEFAULT_CONSUMER), "{said}");
    assert!(!said.contains(&good) && !said.contains(&bad), "{said}");
    let accepted = endpoint(&rig, &good).await;
    assert_eq!((accepted.bandwidth, accepted.traffic_mode.as_str()), (200, "BandwidthLimit"));
    assert_eq!(rig.effects().await[effects..], [ENABLE]);
    for id in [&good, &bad, &other] {
        until_announced(&rig, "ConnectionRequested", id).await;
    }
    until_announced(&rig, "ConnectionAccepted", &good).await;
    until_announced(&rig, "ConnectionRejected", &bad).await;
    let requested = announced(&rig, "ConnectionRequested").await.len();

    // Who was told of once is not told of again by the next process.
    rig.kill_operator();
    rig.start_operator().await;
    rig.until_calls(LIST_CONNECTIONS, rig.calls(LIST_CONNECTIONS).await.len() + 3).await;
    assert_eq!(announced(&rig, "ConnectionRequested").await.len(), requested);
    assert_eq!(rig.effects().await[effects..], [ENABLE]);

    // A rule settles the one that waits; where it is one that refuses, for good.
    let rules = json!({"rules": [{"vpcId": "vpc-other", "action": "Reject"}]});
    rig.edit("orders", json!({"connections": rules})).await;
    let quiet = |object: &VpcEndpointService| {
        status(object).connection_counts == Some(counts(1, 0, 2, 0)) && pending(object).is_empty()
    };
    rig.until("orders", "told that nobody waits", quiet).await;
    rig.edit("orders", json!({"connections": {"rules": [{"vpcId": "vpc-none", "action": "Hold"}]}})).await;
    rig.ready("orders").await;
    rig.until_calls(LIST_CONNECTIONS, rig.calls(LIST_CONNECTIONS).await.len() + 3).await;
    let object = rig.object("orders").await.unwrap();
    assert!(quiet(&object), "{object:#?}");
    assert_eq!(endpoint(&rig, &good).await.connection_status, "Connected", "what is live is kept by default");
    rig.end().await;
}

#[tokio::test]
async fn who_is_no_longer_allowed_is_cut_off_where_the_spec_says_so() {
    let rig = Rig::with(watchful()).await;
    let service = ready(&rig, &json!({"default": "Accept"})).await;
    let first = request(&rig, &service, "vpc-a").await;
    let second = request(&rig, &service, "vpc-b").await;
    for id in [&first, &second] {
        rig.until_connection(id, "Connected").await;
    }
    let effects = rig.effects().await.len();
    let rules = json!({"default": "Hold", "whenNoLongerAllowed": "Disconnect", "rules": [{"endpointId": first, "action": "Accept"}]});
    rig.edit("orders", json!({"connections": rules})).await;
    rig.until_connection(&second, "Disconnected").await;
    // It was cut off: it is no request that waits for somebody.
    let settled = |object: &VpcEndpointService| {
        status(object).connection_counts == Some(counts(1, 0, 1, 0)) && is_ready(object) && pending(object).is_empty()
    };
    rig.until("orders", "told of the one that is left", settled).await;
    assert_eq!(rig.connection(&first).await, "Connected");
    assert_eq!(rig.effects().await[effects..], [DISABLE]);
    until_announced(&rig, "ConnectionDisconnected", &second).await;
    rig.end().await;
}

#[tokio::test]
async fn a_connection_that_somebody_cut_off_or_changed_is_put_right() {
    let rig = Rig::with(watchful()).await;
    let rule = json!({"accountId": DEFAULT_CONSUMER, "action": "Accept", "bandwidthMbps": 500});
    let service = ready(&rig, &json!({"rules": [rule]})).await;
    let id = request(&rig, &service, "vpc-a").await;
    rig.until_connection(&id, "Connected").await;
    rig.until("orders", "told of it", |object| status(object).connection_counts == Some(counts(1, 0, 0, 0))).await;
    let cut = ConnectionChange { accepted: Some(false), ..ConnectionChange::default() };
    rig.simulator.admin.change_connection(&id, &cut).await.unwrap();
    rig.until_calls(ENABLE, 2).await;
    rig.until_connection(&id, "Connected").await;

    let throttled = ConnectionChange { bandwidth: Some(100), ..ConnectionChange::default() };
    rig.simulator.admin.change_connection(&id, &throttled).await.unwrap();
    rig.poll("the bandwidth is put right", async || endpoint(&rig, &id).await.bandwidth, |mbps| *mbps == 500).await;
    rig.until_connection(&id, "Connected").await;
    rig.edit(
        "orders",
        json!({"connections": {"rules": [{"accountId": DEFAULT_CONSUMER, "action": "Accept", "bandwidthMbps": 700}]}}),
    )
    .await;
    rig.poll("the bandwidth follows the rule", async || endpoint(&rig, &id).await.bandwidth, |mbps| *mbps == 700).await;
    rig.ready("orders").await;
    assert_eq!((applied(&rig, ENABLE).await, applied(&rig, RESHAPE).await, applied(&rig, DISABLE).await), (2, 2, 0));
    rig.end().await;
}

#[tokio::test]
async fn a_request_that_cannot_be_accepted_keeps_nobody_else_waiting_and_is_tried_less_and_less_often() {
    for code in ["OperationDenied.NoAvailableServiceResource", "EndpointConnectionOperationDenied"] {
        let rig = Rig::with(watchful()).await;
        let service = ready(&rig, &json!({})).await;
        let mut ids = Vec::new();
        for number in 0..3 {
            ids.push(request(&rig, &service, &format!("vpc-{number}")).await);
        }
        ids.sort();
        let kind = FaultKind::Error { code: code.to_owned(), status: None, moment: Moment::BeforeEffect };
        rig.fault(Fault::next(ENABLE, kind).when("EndpointId", ids[0].clone()).times(u64::MAX)).await;
        rig.edit("orders", json!({"connections": {"default": "Accept"}})).await;
        for id in &ids[1..] {
            rig.until_connection(id, "Connected").await;
        }
        let is_told = |object: &VpcEndpointService| {
            let said = pending(object);
            said.contains(&ids[0]) && said.contains(code) && is_ready(object)
        };
        rig.until("orders", "Ready, and told of the one that waits", is_told).await;
        rig.until_listed(6).await;
        let calls = rig.calls(ENABLE).await;
        let tried = calls.iter().filter(|call| call.code.is_some()).count();
        assert!((1..=8).contains(&tried), "{code}: {tried} tries");
        assert_eq!(calls.len() - tried, 2, "{code}");
        rig.simulator.admin.clear_faults().await.unwrap();
        rig.until_connection(&ids[0], "Connected").await;
        rig.until("orders", "told that nobody waits", |object| pending(object).is_empty()).await;
        rig.end().await;
    }
}

#[tokio::test]
async fn answers_that_were_lost_accept_nobody_twice_and_lists_that_lag_are_no_reason_to_repeat() {
    let mut setup = Setup::lagging();
    setup.timing.insert("resyncPeriod", Duration::from_millis(300));
    let rig = Rig::with(setup).await;
    let service = ready(&rig, &json!({"default": "Accept"})).await;
    let cut = FaultKind::Cut { moment: Moment::AfterEffect };
    rig.fault(Fault::next(ENABLE, cut)).await;
    let mut ids = Vec::new();
    for number in 0..4 {
        ids.push(request(&rig, &service, &format!("vpc-{number}")).await);
    }
    for id in &ids {
        rig.until_connection(id, "Connected").await;
    }
    rig.until_listed(8).await;
    assert_eq!(applied(&rig, ENABLE).await, ids.len());
    assert_eq!(applied(&rig, DISABLE).await, 0);
    rig.end().await;
}

#[tokio::test]
async fn taking_the_rules_out_changes_nothing_and_the_status_forgets_connections() {
    let rig = Rig::with(watchful()).await;
    let service = ready(&rig, &json!({"default": "Accept"})).await;
    let first = request(&rig, &service, "vpc-a").await;
    rig.until_connection(&first, "Connected").await;
    rig.edit("orders", json!({"connections": null})).await;
    let forgot = |object: &VpcEndpointService| {
        let status = status(object);
        is_ready(object) && status.connections.is_empty() && status.connection_counts.is_none()
    };
    rig.until("orders", "without connections", forgot).await;
    let second = request(&rig, &service, "vpc-b").await;
    rig.until_listed(4).await;
    assert_eq!(
        (rig.connection(&first).await, rig.connection(&second).await),
        ("Connected".into(), "Disconnected".into())
    );
    rig.end().await;
}

#[tokio::test]
async fn a_person_who_asks_for_a_look_gets_one_at_the_connections_too() {
    let mut setup = Setup::default();
    setup.timing.insert("resyncPeriod", Duration::from_mins(10));
    let rig = Rig::with(setup).await;
    let service = ready(&rig, &json!({})).await;
    let id = request(&rig, &service, "vpc-a").await;
    let annotation =
        json!({"metadata": {"annotations": {"privatelink.alibabacloud.com/reconcile-requested-at": "now"}}});
    let patch = kube::api::Patch::Merge(annotation);
    rig.objects().patch("orders", &kube::api::PatchParams::default(), &patch).await.unwrap();
    rig.until("orders", "told of the request", |object| pending(object).contains(&id)).await;
    rig.end().await;
}

#[tokio::test]
async fn lists_of_connections_cost_one_call_a_period_for_all_objects_and_none_where_nobody_manages_them() {
    let rig = Rig::with(Setup::watchful()).await;
    for number in 0..12 {
        rig.apply(&format!("plain-{number}"), nlb_spec()).await;
    }
    for number in 0..12 {
        rig.ready(&format!("plain-{number}")).await;
    }
    rig.until_listed(4).await;
    assert_eq!(rig.calls(LIST_CONNECTIONS).await, []);

    for number in 0..12 {
        rig.edit(&format!("plain-{number}"), json!({"connections": {"default": "Accept"}})).await;
    }
    for number in 0..12 {
        rig.ready(&format!("plain-{number}")).await;
    }
    let begin = rig.journal().await.len();
    rig.until_listed(20).await;
    let calls = rig.journal().await.split_off(begin);
    let count = |operation: &str| calls.iter().filter(|call| call.operation == operation).count();
    let made: BTreeSet<_> = calls.iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(made, [LIST_CONNECTIONS, LIST_SERVICES].into());
    let (connections, services) = (count(LIST_CONNECTIONS), count(LIST_SERVICES));
    assert!(
        connections <= services * 5 / 4 + 2,
        "{connections} lists of connections in the time of {services} of services"
    );
    rig.end().await;
}
