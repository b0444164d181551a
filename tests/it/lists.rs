//! Lists that a service carries: regions, principals, tags, and which load balancers new connections are given.

use std::time::Duration;

use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_sim::{
    AttachmentId, AttachmentView, DEFAULT_CONSUMER, Fault, FaultKind, ServiceChange, ServiceView, Span,
};
use serde_json::{Value, json};

use crate::support::rig::{Rig, Setup, ZONES, is_ready, message, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";
const ATTACH: &str = "AttachResourceToVpcEndpointService";
const ALLOCATE: &str = "UpdateVpcEndpointServiceResourceAttribute";
const REMOVE_USER: &str = "RemoveUserFromVpcEndpointService";
const UNTAG: &str = "UntagResources";
const TAG: &str = "TagResources";

/// A refused call is not repeated while the test runs.
const LONGER_THAN_THE_TEST: Duration = Duration::from_hours(2);

/// An account that nobody asked for.
const STRANGER: i64 = 3_000_000_000_000_003;
const EVERYBODY: &str = "acs:ram:*::*";

fn arn(account: impl std::fmt::Display) -> String {
    format!("acs:ram:*:{account}:*")
}

/// `nlb_spec` with these fields.
fn spec(fields: Value) -> Value {
    let mut spec = nlb_spec();
    let Value::Object(fields) = fields else { unreachable!("fields are an object") };
    spec.as_object_mut().unwrap().extend(fields);
    spec
}

/// The usual setup, with details read again twice a second.
fn watchful() -> Setup {
    let mut setup = Setup::watchful();
    setup.timing.insert("detailsRefreshPeriod", Duration::from_millis(500));
    setup
}

/// The regions whose consumers may connect, in order.
fn regions(service: &ServiceView) -> Vec<&str> {
    let open = service.supported_regions.iter().filter(|region| region.status == "Available");
    let mut open: Vec<_> = open.map(|region| region.id.as_str()).collect();
    open.sort_unstable();
    open
}

/// Ready, and nothing more to say.
fn is_at_rest(object: &VpcEndpointService) -> bool {
    is_ready(object) && status(object).conditions.len() == 1
}

async fn change(rig: &Rig, change: ServiceChange) {
    let id = rig.service().await.id;
    rig.simulator.admin.change_service(&id, &change).await.unwrap();
}

/// The messages of the events of this reason about the object.
async fn events(rig: &Rig, reason: &str) -> Vec<String> {
    let events: kube::Api<k8s_openapi::api::events::v1::Event> =
        kube::Api::namespaced(rig.admin.clone(), &rig.namespace);
    let all = events.list(&kube::api::ListParams::default()).await.unwrap();
    let of_reason = all.into_iter().filter(|event| event.reason.as_deref() == Some(reason));
    of_reason.filter_map(|event| event.note).collect()
}

#[tokio::test]
async fn regions_go_with_the_create_and_an_edit_removes_one_before_it_adds_another() {
    let rig = Rig::start().await;
    rig.apply("orders", spec(json!({"supportedRegions": ["cn-beijing", "cn-shanghai"]}))).await;
    rig.ready("orders").await;
    assert_eq!(regions(&rig.service().await), ["cn-beijing", "cn-shanghai"]);
    rig.edit("orders", json!({"supportedRegions": ["cn-shanghai", "cn-shenzhen"]})).await;
    rig.ready("orders").await;
    assert_eq!(regions(&rig.service().await), ["cn-shanghai", "cn-shenzhen"]);
    assert_eq!(rig.effects().await, [CREATE, UPDATE, UPDATE]);
    let sent: Vec<_> = rig.calls(UPDATE).await.into_iter().map(|call| call.parameters).collect();
    assert_eq!(sent[0].get("DeleteSupportedRegionSet.1").map(String::as_str), Some("cn-beijing"));
    assert_eq!(sent[1].get("AddSupportedRegionSet.1").map(String::as_str), Some("cn-shenzhen"));

    rig.edit("orders", json!({"supportedRegions": null})).await;
    rig.ready("orders").await;
    assert_eq!(regions(&rig.service().await), ["cn-shanghai", "cn-shenzhen"]);
    rig.edit("orders", json!({"supportedRegions": []})).await;
    rig.ready("orders").await;
    assert_eq!(regions(&rig.service().await), [""; 0]);
    assert_eq!(rig.effects().await, [CREATE, UPDATE, UPDATE, UPDATE]);
    rig.end().await;
}

#[tokio::test]
async fn the_object_is_not_ready_before_the_provider_has_opened_the_region() {
    let mut setup = Setup::watchful();
    setup.simulator.timers.region = Span::fixed(Duration::from_secs(2));
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"supportedRegions": ["cn-beijing"]})).await;
    rig.not_ready("orders", "Updating").await;
    rig.ready("orders").await;
    assert_eq!(regions(&rig.service().await), ["cn-beijing"]);
    assert_eq!(rig.effects().await, [CREATE, UPDATE]);
    rig.end().await;
}

#[tokio::test]
async fn regions_that_somebody_opens_or_closes_in_the_console_are_made_good_and_named() {
    let rig = Rig::with(Setup::watchful()).await;
    rig.apply("orders", spec(json!({"supportedRegions": ["cn-beijing"]}))).await;
    rig.until("orders", "at rest", is_at_rest).await;
    let drifts = [
        ServiceChange { open_regions: vec!["cn-shanghai".to_owned()], ..ServiceChange::default() },
        ServiceChange { close_regions: vec!["cn-beijing".to_owned()], ..ServiceChange::default() },
    ];
    for drift in drifts {
        change(&rig, drift).await;
        rig.cloud("as it was", |services| services.iter().all(|service| regions(service) == ["cn-beijing"])).await;
        // The second one counts up the event of the first.
        let named = "Corrected drift in spec.supportedRegions[cn-shanghai]";
        let is_told = |notes: &Vec<String>| notes.iter().any(|note| note.starts_with(named));
        rig.poll("the correction is told", async || events(&rig, "DriftCorrected").await, is_told).await;
        rig.until("orders", "at rest", is_at_rest).await;
    }
    assert_eq!(rig.effects().await, [CREATE, UPDATE, UPDATE]);
    rig.end().await;
}

#[tokio::test]
async fn a_region_is_closed_whatever_else_of_the_edit_is_refused() {
    let mut setup = Setup::watchful();
    setup
        .timing
        .extend([("specErrorBackoffInitial", LONGER_THAN_THE_TEST), ("specErrorBackoffMax", LONGER_THAN_THE_TEST)]);
    let rig = Rig::with(setup).await;
    rig.apply("orders", spec(json!({"supportedRegions": ["cn-beijing"]}))).await;
    rig.ready("orders").await;
    let calls = rig.effects().await.len();
    rig.fault(Fault { times: None, ..Fault::next(TAG, FaultKind::error("IllegalTagKeyParam")) }).await;
    rig.edit("orders", json!({"supportedRegions": [], "tags": {"team": "shop"}})).await;
    rig.not_ready("orders", "InvalidSpec").await;
    rig.cloud("closed", |services| services.iter().all(|service| regions(service).is_empty())).await;
    assert_eq!(rig.effects().await[calls..], [UPDATE]);
    rig.end().await;
}

#[tokio::test]
async fn what_others_allowed_is_taken_off_and_named_also_everybody() {
    let rig = Rig::with(watchful()).await;
    rig.apply("orders", spec(json!({"allowedPrincipals": [DEFAULT_CONSUMER]}))).await;
    rig.until("orders", "at rest", is_at_rest).await;
    let before = rig.service().await;
    let calls = rig.effects().await.len();
    change(
        &rig,
        ServiceChange {
            add_users: vec![STRANGER],
            add_user_arns: vec![EVERYBODY.to_owned()],
            ..ServiceChange::default()
        },
    )
    .await;
    rig.cloud("as it was", |services| services.iter().all(|service| service.users == before.users)).await;
    let named = format!(
        "Corrected drift in spec.allowedPrincipals[{STRANGER}] (removed), spec.allowedPrincipals[{EVERYBODY}] (removed)"
    );
    let is_told = |notes: &Vec<String>| notes.iter().any(|note| note.starts_with(&named));
    rig.poll("the correction is told", async || events(&rig, "DriftCorrected").await, is_told).await;
    assert_eq!(rig.effects().await[calls..], [REMOVE_USER, REMOVE_USER]);
    rig.end().await;
}

#[tokio::test]
async fn under_additive_what_others_put_there_stays_and_everybody_is_told() {
    let rig = Rig::with(watchful()).await;
    let additive = json!({
        "allowedPrincipals": [DEFAULT_CONSUMER], "principalsPolicy": "Additive",
        "tags": {"team": "shop"}, "tagsPolicy": "Additive",
    });
    rig.apply("orders", spec(additive)).await;
    rig.until("orders", "at rest", is_at_rest).await;
    let calls = rig.effects().await.len();
    let others = ServiceChange {
        add_users: vec![STRANGER],
        add_user_arns: vec![EVERYBODY.to_owned()],
        tags: [("cost".to_owned(), Some("7".to_owned())), ("team".to_owned(), Some("x".to_owned()))].into(),
        ..ServiceChange::default()
    };
    change(&rig, others).await;
    let told = "acs:ram:*::* stays, because principalsPolicy is Additive";
    let is_told =
        |object: &VpcEndpointService| is_at_rest(object) && message(object, ConditionType::Ready).contains(told);
    rig.until("orders", "told of everybody", is_told).await;
    let service = rig.service().await;
    let users = [arn(&service.account), arn(DEFAULT_CONSUMER), arn(STRANGER), EVERYBODY.to_owned()];
    assert!(users.iter().all(|user| service.users.contains(user)), "{:?}", service.users);
    let tags = ["cost", "team"].map(|key| service.tags.get(key).map(String::as_str));
    assert_eq!(tags, [Some("7"), Some("shop")]);
    assert_eq!(rig.effects().await[calls..], [TAG]);

    // What the spec loses stays as well; the other policy removes all of it.
    rig.edit("orders", json!({"allowedPrincipals": [], "tags": {"team": null}})).await;
    rig.ready("orders").await;
    assert_eq!(rig.effects().await[calls..], [TAG]);
    rig.edit("orders", json!({"principalsPolicy": "Authoritative", "tagsPolicy": "Authoritative"})).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    assert_eq!(service.users, [arn(&service.account)]);
    assert!(!service.tags.contains_key("cost") && !service.tags.contains_key("team"), "{:?}", service.tags);
    assert_eq!(rig.effects().await[calls..], [TAG, REMOVE_USER, REMOVE_USER, REMOVE_USER, UNTAG]);
    rig.end().await;
}

/// nlb-1 in both zones, and nlb-2 in the first, which new connections are not given.
fn kept_back() -> Value {
    json!({"resources": [
        {"resourceId": "nlb-1", "zoneIds": ZONES},
        {"resourceId": "nlb-2", "zoneIds": [ZONES[0]], "autoAllocatedEnabled": false},
    ]})
}

fn allocation(service: &ServiceView) -> Vec<(&str, &str, bool)> {
    let shown = |held: &'_ AttachmentView| held.auto_allocated;
    let mut all: Vec<_> = service
        .attachments
        .iter()
        .map(|held| (held.resource_id.as_str(), held.zone_id.as_str(), shown(held)))
        .collect();
    all.sort_unstable();
    all
}

#[tokio::test]
async fn a_load_balancer_is_kept_out_of_the_allocation_after_create_attach_and_drift() {
    let rig = Rig::with(watchful()).await;
    rig.apply("orders", spec(kept_back())).await;
    rig.until("orders", "at rest", is_at_rest).await;
    let wanted = [("nlb-1", ZONES[0], true), ("nlb-1", ZONES[1], true), ("nlb-2", ZONES[0], false)];
    assert_eq!(allocation(&rig.service().await), wanted);
    assert_eq!(rig.effects().await, [CREATE, ALLOCATE]);

    let id = AttachmentId { resource_id: "nlb-2".to_owned(), zone_id: ZONES[0].to_owned() };
    change(&rig, ServiceChange { allocate: vec![id], ..ServiceChange::default() }).await;
    rig.cloud("as it was", |services| services.iter().all(|service| allocation(service) == wanted)).await;
    rig.until("orders", "at rest", is_at_rest).await;
    assert_eq!(rig.effects().await, [CREATE, ALLOCATE, ALLOCATE]);

    // The one that was kept back takes over, and the other one stands by.
    let turned = json!({"resources": [
        {"resourceId": "nlb-1", "zoneIds": ZONES},
        {"resourceId": "nlb-2", "zoneIds": [ZONES[0]]},
        {"resourceId": "nlb-3", "zoneIds": [ZONES[0]], "autoAllocatedEnabled": false},
    ]});
    rig.edit("orders", turned).await;
    rig.ready("orders").await;
    let wanted =
        [("nlb-1", ZONES[0], true), ("nlb-1", ZONES[1], true), ("nlb-2", ZONES[0], true), ("nlb-3", ZONES[0], false)];
    assert_eq!(allocation(&rig.service().await), wanted);
    // The new load balancer is looked at first.
    assert_eq!(rig.effects().await[3..], [ALLOCATE, ATTACH, ALLOCATE]);
    rig.end().await;
}

#[tokio::test]
async fn the_last_load_balancer_of_a_zone_stays_in_the_allocation_and_the_object_says_why() {
    let rig = Rig::start().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let alone = json!({"resources": [{"resourceId": "nlb-1", "zoneIds": ZONES, "autoAllocatedEnabled": false}]});
    rig.edit("orders", alone).await;
    let object = rig.not_ready("orders", "InvalidSpec").await;
    let says = message(&object, ConditionType::Ready);
    let named = format!("spec.resources[nlb-1 in {}], spec.resources[nlb-1 in {}]", ZONES[0], ZONES[1]);
    assert!(says.contains(&named) && says.contains("ResourceAutoAllocateViolation"), "{says}");
    rig.until_listed(2).await;
    assert_eq!(rig.calls(ALLOCATE).await.len(), 0);

    rig.edit("orders", json!({"resources": nlb_spec()["resources"]})).await;
    rig.ready("orders").await;
    assert_eq!(rig.effects().await, [CREATE]);
    rig.end().await;
}
