//! Replacing a load balancer while consumers use it: they leave by themselves, or are moved without being cut off.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::api::events::v1::Event;
use kube::Api;
use kube::api::ListParams;
use privatelink_operator::crd::{AttachmentState, ConditionType, VpcEndpointService};
use privatelink_sim::{
    Account, Call, CloseWithoutMigration, DEFAULT_CONSUMER, DEFAULT_PROVIDER, Fault, FaultKind, LoadBalancer,
    MigratingShows, MigrationEnds, Moment, Span, Switch, ZoneView,
};
use serde_json::{Value, json};

use crate::support::rig::{REGION, Rig, Setup, ZONES, is_applied, is_ready, message, ready_condition, status};

const ATTACH: &str = "AttachResourceToVpcEndpointService";
const DETACH: &str = "DetachResourceFromVpcEndpointService";
const ALLOCATE: &str = "UpdateVpcEndpointServiceResourceAttribute";
const MOVE: &str = "UpdateVpcEndpointZoneConnectionResourceAttribute";
const CLOSE: &str = "DisableVpcEndpointZoneConnection";
const LIST_CONNECTIONS: &str = "ListVpcEndpointConnections";
const QUOTA: &str = "privatelink_whitelist/svc_res_mgt_uat";

/// Application load balancers in both zones, an account that may move connections or not, and moves that take a while.
fn setup(privilege: Switch) -> Setup {
    with_privilege(Setup::default(), privilege)
}

fn with_privilege(mut setup: Setup, privilege: Switch) -> Setup {
    let balancers = (1..=3).map(|number| LoadBalancer::new(format!("alb-{number}"), "alb", REGION, &ZONES));
    setup.simulator.load_balancers.extend(balancers);
    provider(&mut setup.simulator.accounts).resources_by_hand = privilege;
    setup.simulator.timers.migration = Span::millis(150);
    // At least as long as lists may lag.
    setup.timing.insert("migrationDrainTime", Duration::from_millis(1));
    setup.timing.insert("progressStatusInterval", Duration::from_millis(1));
    setup
}

fn provider(accounts: &mut [Account]) -> &mut Account {
    accounts.iter_mut().find(|account| account.id == DEFAULT_PROVIDER).unwrap()
}

fn entry(resource_id: &str, when_replaced: Option<&str>) -> Value {
    match when_replaced {
        Some(when) => json!({"resourceId": resource_id, "zoneIds": ZONES, "whenReplaced": when}),
        None => json!({"resourceId": resource_id, "zoneIds": ZONES}),
    }
}

fn migrate_to(resource_id: &str) -> Value {
    json!({"resources": [entry(resource_id, Some("Migrate"))]})
}

/// A Ready object `orders` of `alb-1`, with so many consumers connected in both zones.
async fn connected(rig: &Rig, consumers: usize) -> Vec<String> {
    let spec = json!({
        "serviceResourceType": "alb",
        "resources": [entry("alb-1", None)],
        "autoAcceptEnabled": true,
        "allowedPrincipals": [DEFAULT_CONSUMER],
        "whenConnected": "Disconnect",
    });
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    let service_id = rig.service().await.id;
    let mut endpoints = Vec::new();
    for _ in 0..consumers {
        endpoints.push(rig.connect(DEFAULT_CONSUMER, &service_id).await);
    }
    for endpoint in &endpoints {
        rig.until_connection(endpoint, "Connected").await;
    }
    endpoints
}

async fn zones(rig: &Rig, endpoint: &str) -> Vec<ZoneView> {
    let endpoints = rig.simulator.admin.endpoints().await.unwrap();
    endpoints.into_iter().find(|found| found.id == endpoint).unwrap().zones
}

/// State and load balancers of each zone of an endpoint.
async fn served(rig: &Rig, endpoint: &str) -> Vec<(String, Option<String>, Option<String>)> {
    let zones = zones(rig, endpoint).await.into_iter();
    zones.map(|zone| (zone.status, zone.resource_id, zone.replaced_resource_id)).collect()
}

fn only(resource_id: &str) -> Vec<(String, Option<String>, Option<String>)> {
    vec![("Connected".to_owned(), Some(resource_id.to_owned()), None); ZONES.len()]
}

async fn applied(rig: &Rig, operation: &str) -> Vec<Call> {
    rig.calls(operation).await.into_iter().filter(is_applied).collect()
}

/// Endpoint and zone of each call.
fn places(calls: &[Call]) -> BTreeSet<(String, String)> {
    calls.iter().map(|call| (call.parameters["EndpointId"].clone(), call.parameters["ZoneId"].clone())).collect()
}

async fn until_moving(rig: &Rig) {
    rig.poll("a connection is moved", async || applied(rig, MOVE).await.len(), |moved| *moved > 0).await;
}

async fn nobody_was_cut_off(rig: &Rig) {
    assert_eq!(rig.simulator.admin.unserved().await.unwrap(), []);
}

/// The load balancers that are attached, once each.
async fn attached(rig: &Rig) -> BTreeSet<String> {
    rig.service().await.attachments.into_iter().map(|attachment| attachment.resource_id).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn ready_message(object: &VpcEndpointService) -> String {
    message(object, ConditionType::Ready)
}

fn is_stalled(object: &VpcEndpointService) -> bool {
    status(object).condition(ConditionType::Stalled).is_some()
}

async fn announced(rig: &Rig, reason: &str) -> Vec<String> {
    let events: Api<Event> = Api::namespaced(rig.admin.clone(), &rig.namespace);
    let all = events.list(&ListParams::default()).await.unwrap().into_iter();
    all.filter(|event| event.reason.as_deref() == Some(reason)).filter_map(|event| event.note).collect()
}

async fn until_announced(rig: &Rig, reason: &str, text: &str) {
    let look = async || announced(rig, reason).await;
    rig.poll(reason, look, |notes| notes.iter().any(|note| note.contains(text))).await;
}

#[tokio::test]
async fn a_load_balancer_that_drains_names_the_endpoints_and_accounts_that_still_use_it() {
    let rig = Rig::with(setup(Switch::On)).await;
    let endpoints = connected(&rig, 2).await;
    rig.edit("orders", json!({"resources": [entry("alb-2", None)]})).await;
    let names = |object: &VpcEndpointService, endpoint: &String| {
        ready_message(object).contains(&format!("{endpoint} of account {DEFAULT_CONSUMER}"))
    };
    let names_both = |object: &VpcEndpointService| endpoints.iter().all(|endpoint| names(object, endpoint));
    let object = rig.until("orders", "naming both", names_both).await;
    assert_eq!(ready_condition(&object), Some(("False", "AttachmentInUse")));
    let leaving = |object: &VpcEndpointService| -> Vec<_> {
        let all = status(object).resources.into_iter();
        let leaving = all.filter(|entry| entry.state == Some(AttachmentState::Detaching));
        leaving
            .map(|entry| (entry.resource_id.unwrap(), entry.zone_id.unwrap(), entry.related_endpoint_count))
            .collect()
    };
    let of_old = |count| ZONES.map(|zone| ("alb-1".to_owned(), zone.to_owned(), Some(count))).to_vec();
    rig.until("orders", "counting both", |object| leaving(object) == of_old(2)).await;
    until_announced(&rig, "LoadBalancerDraining", "alb-1 in cn-hangzhou-h (used by 2 endpoints)").await;

    rig.simulator.admin.delete_endpoint(&endpoints[0]).await.unwrap();
    let names_one = |object: &VpcEndpointService| names(object, &endpoints[1]) && !names(object, &endpoints[0]);
    rig.until("orders", "naming the one that is left", names_one).await;
    rig.simulator.admin.delete_endpoint(&endpoints[1]).await.unwrap();
    rig.ready("orders").await;
    assert_eq!(attached(&rig).await, set(&["alb-2"]));
    until_announced(&rig, "LoadBalancerDetached", "alb-1 in cn-hangzhou-h").await;
    assert_eq!(rig.calls(MOVE).await.len() + rig.calls(CLOSE).await.len(), 0);
    rig.end().await;
}

#[tokio::test]
async fn consumers_are_moved_in_both_zones_without_a_cut_and_nothing_is_called_at_rest() {
    let rig = Rig::with(setup(Switch::On)).await;
    let endpoints = connected(&rig, 2).await;
    let effects = rig.effects().await.len();
    rig.edit("orders", migrate_to("alb-2")).await;
    let object = rig.not_ready("orders", "MigratingConnections").await;
    assert!(ready_message(&object).contains("alb-2"), "{object:#?}");
    rig.ready("orders").await;
    nobody_was_cut_off(&rig).await;
    for endpoint in &endpoints {
        assert_eq!(served(&rig, endpoint).await, only("alb-2"));
    }
    assert_eq!(attached(&rig).await, set(&["alb-2"]));
    // Each zone of each consumer once, gracefully, and no call that had to be refused.
    let effects = rig.effects().await.split_off(effects);
    let count = |wanted: &str| effects.iter().filter(|operation| *operation == wanted).count();
    assert_eq!([ATTACH, ALLOCATE, MOVE, CLOSE, DETACH].map(count), [2, 2, 4, 4, 2], "{effects:?}");
    let moves = applied(&rig, MOVE).await;
    assert_eq!(places(&moves).len(), 4);
    assert!(moves.iter().all(|call| call.parameters["ResourceReplaceMode"] == "Graceful"), "{moves:#?}");
    let closings = applied(&rig, CLOSE).await;
    assert!(closings.iter().all(|call| call.parameters["ReplacedResource"] == "true"), "{closings:#?}");
    let refused: Vec<_> = rig.journal().await.into_iter().filter_map(|call| call.code).collect();
    assert_eq!(refused, [""; 0]);
    // One zone was on its way at a time.
    let times: Vec<_> = moves.iter().map(|call| call.time).collect();
    let shortest = times.windows(2).map(|pair| pair[1].duration_since(pair[0])).min().unwrap();
    assert!(shortest >= jiff::SignedDuration::from_millis(150), "{times:?}");

    let lists = rig.calls(LIST_CONNECTIONS).await.len();
    rig.until_listed(3).await;
    assert_eq!(rig.calls(LIST_CONNECTIONS).await.len(), lists);
    rig.end().await;
}

#[tokio::test]
async fn an_operator_that_is_killed_in_the_middle_goes_on_and_moves_nobody_twice() {
    let mut rig = Rig::with(with_privilege(Setup::lagging(), Switch::On)).await;
    let endpoints = connected(&rig, 2).await;
    let mut edit = migrate_to("alb-2");
    // An edit is brought into force whatever becomes of drift.
    edit["driftPolicy"] = json!("Report");
    rig.edit("orders", edit).await;
    for moved in 1..=3 {
        rig.poll("another one is moved", async || applied(&rig, MOVE).await.len(), |found| *found >= moved).await;
        rig.kill_operator();
        rig.start_operator().await;
    }
    rig.ready("orders").await;
    nobody_was_cut_off(&rig).await;
    let moves = applied(&rig, MOVE).await;
    assert_eq!((moves.len(), places(&moves).len()), (4, 4));
    for endpoint in &endpoints {
        assert_eq!(served(&rig, endpoint).await, only("alb-2"));
    }
    rig.end().await;
}

#[tokio::test]
async fn without_the_privilege_the_old_load_balancer_is_drained_and_the_quota_named() {
    for code in ["ZoneOperationDenied", "PrivilegeMissing", "Forbidden.Privilege"] {
        let mut setup = setup(Switch::Off);
        code.clone_into(&mut setup.simulator.guesses.migration.refusal);
        let rig = Rig::with(setup).await;
        let endpoints = connected(&rig, 3).await;
        rig.edit("orders", migrate_to("alb-2")).await;
        let object = rig.not_ready("orders", "MigrationBlocked").await;
        let said = ready_message(&object);
        assert!(said.contains(QUOTA) && said.contains(code), "{code}: {said}");
        assert!(endpoints.iter().all(|endpoint| said.contains(endpoint)), "{said}");
        assert!(!is_stalled(&object), "{object:#?}");
        assert_eq!(status(&object).last_error.and_then(|error| error.code).as_deref(), Some(code));
        until_announced(&rig, "MigrationBlocked", QUOTA).await;
        // What two were refused is not asked for the third.
        rig.until_listed(3).await;
        assert!(places(&rig.calls(MOVE).await).len() <= 2);
        assert_eq!(rig.not_ready("orders", "MigrationBlocked").await.metadata.generation, object.metadata.generation);

        for endpoint in &endpoints {
            rig.simulator.admin.delete_endpoint(endpoint).await.unwrap();
        }
        rig.ready("orders").await;
        assert_eq!(attached(&rig).await, set(&["alb-2"]));
        assert_eq!(applied(&rig, MOVE).await.len(), 0);
        rig.end().await;
    }
}

#[tokio::test]
async fn once_the_privilege_is_granted_the_connections_are_moved() {
    let setup = setup(Switch::Off);
    let mut account = provider(&mut setup.simulator.accounts.clone()).clone();
    account.resources_by_hand = Switch::On;
    let rig = Rig::with(setup).await;
    let endpoints = connected(&rig, 2).await;
    rig.edit("orders", migrate_to("alb-2")).await;
    rig.not_ready("orders", "MigrationBlocked").await;
    rig.simulator.admin.put_account(&account).await.unwrap();
    rig.ready("orders").await;
    nobody_was_cut_off(&rig).await;
    for endpoint in &endpoints {
        assert_eq!(served(&rig, endpoint).await, only("alb-2"));
    }
    rig.end().await;
}

#[tokio::test]
async fn a_connection_that_does_not_move_in_time_is_told_and_left_and_the_others_go_on() {
    let mut setup = setup(Switch::On);
    setup.timing.insert("migrationDeadline", Duration::from_millis(500));
    let rig = Rig::with(setup).await;
    let endpoints = connected(&rig, 2).await;
    let slow = json!({"timers": {"migration": "1h"}});
    rig.simulator.admin.patch_config(&slow).await.unwrap();
    rig.edit("orders", migrate_to("alb-2")).await;
    until_moving(&rig).await;
    rig.simulator.admin.patch_config(&json!({"timers": {"migration": "150ms"}})).await.unwrap();
    let stuck = applied(&rig, MOVE).await[0].parameters["EndpointId"].clone();
    let other = endpoints.iter().find(|endpoint| **endpoint != stuck).unwrap();
    let object = rig.not_ready("orders", "MigrationBlocked").await;
    assert!(ready_message(&object).contains(&stuck), "{object:#?}");
    assert!(!is_stalled(&object));
    rig.poll("the other one is moved", async || served(&rig, other).await, |found| *found == only("alb-2")).await;
    let states: Vec<_> = served(&rig, &stuck).await.into_iter().map(|(state, _, _)| state).collect();
    assert!(states.contains(&"Migrating".to_owned()), "it is left alone: {states:?}");
    nobody_was_cut_off(&rig).await;
    assert_eq!(attached(&rig).await, set(&["alb-1", "alb-2"]));

    rig.simulator.admin.delete_endpoint(&stuck).await.unwrap();
    rig.ready("orders").await;
    assert_eq!(attached(&rig).await, set(&["alb-2"]));
    rig.end().await;
}

#[tokio::test]
async fn an_edit_back_in_the_middle_moves_nobody_any_more_and_detaches_nothing() {
    let rig = Rig::with(setup(Switch::On)).await;
    let endpoints = connected(&rig, 3).await;
    rig.edit("orders", migrate_to("alb-2")).await;
    until_moving(&rig).await;
    rig.edit("orders", json!({"resources": [entry("alb-1", None), entry("alb-2", Some("Migrate"))]})).await;
    rig.ready("orders").await;
    let moved = applied(&rig, MOVE).await.len();
    assert!(moved < 6, "{moved} zones were moved");
    rig.until_listed(3).await;
    assert_eq!(applied(&rig, MOVE).await.len(), moved);
    assert_eq!((applied(&rig, DETACH).await.len(), applied(&rig, CLOSE).await.len()), (0, 0));
    let service = rig.service().await;
    assert!(service.attachments.iter().all(|attachment| attachment.auto_allocated), "{service:#?}");
    nobody_was_cut_off(&rig).await;

    // And to the other side: everybody is moved back, whoever was moved before.
    rig.edit("orders", migrate_to("alb-1")).await;
    rig.ready("orders").await;
    for endpoint in &endpoints {
        assert_eq!(served(&rig, endpoint).await, only("alb-1"));
    }
    nobody_was_cut_off(&rig).await;
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_is_deleted_in_the_middle_moves_nobody_any_more_and_is_gone_with_its_service() {
    let rig = Rig::with(setup(Switch::On)).await;
    connected(&rig, 2).await;
    rig.edit("orders", migrate_to("alb-2")).await;
    until_moving(&rig).await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    assert_eq!(rig.services().await, []);
    assert!(applied(&rig, MOVE).await.len() < 4);
    rig.end().await;
}

#[tokio::test]
async fn plan_and_observe_show_the_moves_and_make_none() {
    let rig = Rig::with(setup(Switch::On)).await;
    let endpoint = connected(&rig, 1).await.remove(0);
    let old = json!({"resourceId": "alb-1", "zoneIds": ZONES, "autoAllocatedEnabled": false});
    rig.edit("orders", json!({"resources": [old, entry("alb-2", None)]})).await;
    rig.ready("orders").await;
    let line = |zone: &str, ending: &str| {
        format!("{MOVE}: connections[{endpoint}].zones[{zone}] = \"alb-2 beside alb-1\"{ending}")
    };
    for (policy, ending) in [("Plan", " (dry run passed)"), ("Observe", "")] {
        let mut edit = migrate_to("alb-2");
        edit["managementPolicy"] = json!(policy);
        rig.edit("orders", edit).await;
        let wanted = ZONES.map(|zone| line(zone, ending)).to_vec();
        rig.until("orders", &format!("shown under {policy}"), |object| status(object).plan == wanted).await;
    }
    assert_eq!(applied(&rig, MOVE).await.len(), 0);
    rig.edit("orders", json!({"managementPolicy": "Manage"})).await;
    let object = rig.ready("orders").await;
    assert_eq!(status(&object).plan, [""; 0]);
    assert_eq!(served(&rig, &endpoint).await, only("alb-2"));
    rig.end().await;
}

#[tokio::test]
async fn a_provider_that_shows_the_old_one_until_the_end_and_closes_it_by_itself_suits_as_well() {
    let mut setup = setup(Switch::On);
    let guesses = &mut setup.simulator.guesses.migration;
    guesses.shows = MigratingShows::Old;
    guesses.ends = MigrationEnds::ByItself;
    guesses.departed_are_related = Switch::On;
    let rig = Rig::with(setup).await;
    let endpoints = connected(&rig, 2).await;
    rig.edit("orders", migrate_to("alb-2")).await;
    rig.ready("orders").await;
    nobody_was_cut_off(&rig).await;
    for endpoint in &endpoints {
        assert_eq!(served(&rig, endpoint).await, only("alb-2"));
    }
    let moves = applied(&rig, MOVE).await;
    assert_eq!((moves.len(), places(&moves).len()), (4, 4));
    assert_eq!(rig.calls(CLOSE).await.len(), 0, "it was over before its drain time");
    rig.end().await;
}

#[tokio::test]
async fn a_closing_whose_answer_is_lost_is_not_sent_again_before_the_lists_tell_what_became_of_it() {
    let mut setup = with_privilege(Setup::lagging(), Switch::On);
    // A second one would cut the consumer off.
    setup.simulator.guesses.migration.close_without_migration = CloseWithoutMigration::Cuts;
    let rig = Rig::with(setup).await;
    let endpoints = connected(&rig, 1).await;
    // Every quick attempt of the first closing; all of them go under one token.
    for nth in 1..=3 {
        rig.fault(Fault::next(CLOSE, FaultKind::Cut { moment: Moment::AfterEffect }).at(nth)).await;
    }
    rig.edit("orders", migrate_to("alb-2")).await;
    rig.ready("orders").await;
    nobody_was_cut_off(&rig).await;
    assert_eq!(served(&rig, &endpoints[0]).await, only("alb-2"));
    assert_eq!(applied(&rig, CLOSE).await.len(), 2, "once a zone");
    assert!(is_ready(&rig.object("orders").await.unwrap()));
    rig.end().await;
}
