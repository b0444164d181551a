//! `config/ram/`: the RAM policies of the operator's key. The simulator enforces them, so each action is shown to be needed, and none to be
//! missing.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use local_stack::{SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::{
    AccessKey, Account, DEFAULT_CONSUMER, DEFAULT_PROVIDER, LoadBalancer, Policy, PolicyEffect, ServiceChange, Switch,
};
use serde_json::{Value, json};

use crate::support::checkout::repository;
use crate::support::rig::{REGION, Rig, Setup, ZONES, is_ready, nlb_spec, ready_condition, status};

/// What every object needs.
const SERVICES: &str = "services";

/// What the fields of a spec need beside that, a file each.
const FEATURES: [&str; 7] =
    ["attachments", "connections", "load-balancers", "migration", "principals", "resource-group", "tags"];

/// What everybody may call.
const WITHOUT_A_RIGHT: &str = "GetCallerIdentity";

/// Nothing fails without it: a Classic Load Balancer has no zones that must be known.
const ONLY_A_LOOK: &str = "slb:DescribeLoadBalancerAttribute";

/// Whom the object allows to connect.
const PRINCIPAL: &str = "2000000000000001";

/// Operators at work at a time.
const AT_A_TIME: usize = 4;

/// One step in the life of an object.
#[derive(Clone, Debug)]
struct Step {
    /// The policy that it needs beside that of [`SERVICES`].
    feature: &'static str,
    name: &'static str,
    does: Does,
}

#[derive(Clone, Debug)]
enum Does {
    Create,
    Edit(Value),
    /// An edit that takes load balancers away while a consumer uses them.
    Drain(Value),
    /// The same, and the consumer is moved.
    Migrate(Value),
    /// The consumer leaves.
    Leave,
    /// The service accepts by rules only, and a consumer asks to be connected.
    Accept,
    Delete,
    /// Another object, of this kind, that leaves zones out.
    Publish(&'static str),
}

/// The step that did not succeed, and what the object says of it.
#[derive(Debug)]
struct Denied {
    step: Step,
    said: String,
}

/// Everything that this version does for an object.
fn life() -> Vec<Step> {
    let second = || json!({"resourceId": "alb-2", "zoneIds": [ZONES[0]]});
    let both = json!({"resources": [{"resourceId": "alb-1", "zoneIds": ZONES}, second()]});
    let third = json!({"resourceId": "alb-3", "zoneIds": [ZONES[0]], "whenReplaced": "Migrate"});
    let step = |feature, name, does| Step { feature, name, does };
    let edit = |feature, name, spec| step(feature, name, Does::Edit(spec));
    vec![
        step(SERVICES, "create the service", Does::Create),
        edit(SERVICES, "change its description", json!({"description": "intake"})),
        edit("attachments", "attach a load balancer", both),
        step("attachments", "keep new consumers off another", Does::Drain(json!({"resources": [second()]}))),
        step("attachments", "detach that when the last one has left", Does::Leave),
        step("migration", "move a consumer to another one", Does::Migrate(json!({"resources": [third]}))),
        step("migration", "go on without it", Does::Leave),
        step("connections", "accept a consumer", Does::Accept),
        edit(
            "connections",
            "give it another bandwidth",
            json!({"connections": {"rules": [{
                "accountId": DEFAULT_CONSUMER, "action": "Accept", "bandwidthMbps": 200,
            }]}}),
        ),
        edit(
            "connections",
            "disconnect it",
            json!({"connections": {
                "default": "Reject", "whenNoLongerAllowed": "Disconnect", "rules": null,
            }}),
        ),
        edit("principals", "allow an account", json!({"allowedPrincipals": [PRINCIPAL]})),
        edit("principals", "allow it no longer", json!({"allowedPrincipals": []})),
        edit("tags", "put a tag on", json!({"tags": {"team": "shop"}})),
        edit("tags", "take it off", json!({"tags": {"team": null}})),
        edit("resource-group", "move it to another group", json!({"resourceGroupId": "rg-shop"})),
        step(SERVICES, "delete it", Does::Delete),
        step("load-balancers", "publish an NLB in all its zones", Does::Publish("nlb")),
        step("load-balancers", "publish an ALB in all its zones", Does::Publish("alb")),
        step("load-balancers", "publish a GWLB in all its zones", Does::Publish("gwlb")),
        step("load-balancers", "publish a CLB", Does::Publish("slb")),
    ]
}

/// The steps of that life that need no other features than these.
fn life_with(features: &[&str]) -> Vec<Step> {
    life().into_iter().filter(|step| step.feature == SERVICES || features.contains(&step.feature)).collect()
}

fn file(name: &str) -> String {
    fs::read_to_string(repository().join("config/ram").join(format!("{name}.json"))).unwrap()
}

fn policy(name: &str) -> Policy {
    serde_json::from_str(&file(name)).expect(name)
}

/// The actions that a policy allows: nothing else is in our files.
fn actions(name: &str) -> BTreeSet<String> {
    let policy = policy(name);
    let actions = policy.statement.iter().flat_map(|statement| {
        assert_eq!(statement.effect, PolicyEffect::Allow, "{name}");
        statement.action.as_slice()
    });
    actions.cloned().collect()
}

/// The action changes nothing.
fn reads(action: &str) -> bool {
    let of_load_balancers = loadbalancers::Product::ALL.iter().any(|product| product.action() == action);
    let operation = action.strip_prefix("privatelink:").and_then(privatelink::Operation::from_name);
    of_load_balancers || operation.is_some_and(|operation| !operation.mutates())
}

/// The policy of that name without one action.
fn without(name: &str, left_out: &str) -> Policy {
    let mut document: Value = serde_json::from_str(&file(name)).unwrap();
    for statement in document["Statement"].as_array_mut().unwrap() {
        statement["Action"].as_array_mut().unwrap().retain(|action| action != left_out);
    }
    serde_json::from_value(document).unwrap()
}

/// The operator's account, whose key has exactly the rights of these policies.
fn account(policies: impl IntoIterator<Item = Policy>) -> Account {
    let key = AccessKey::new(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET).with_policies(policies);
    Account { resources_by_hand: Switch::On, ..Account::new(DEFAULT_PROVIDER, key) }
}

async fn rig(mut setup: Setup, policies: impl IntoIterator<Item = Policy>) -> Rig {
    setup.simulator.accounts[0] = account(policies);
    let balancers = (1..=3).map(|number| LoadBalancer::new(format!("alb-{number}"), "alb", REGION, &ZONES));
    setup.simulator.load_balancers.extend(balancers);
    setup.simulator.load_balancers.push(LoadBalancer::new("gwlb-1", "gwlb", REGION, &ZONES));
    setup.timing.insert("migrationDrainTime", Duration::from_millis(1));
    Rig::with(setup).await
}

/// What the conditions say.
fn said(object: &VpcEndpointService) -> String {
    status(object).conditions.into_iter().map(|condition| condition.message).collect::<Vec<_>>().join("\n")
}

/// Takes the steps one after the other, up to the first that the rights do not suffice for.
async fn live(rig: &Rig, steps: Vec<Step>) -> Result<(), Denied> {
    for step in steps {
        begin(rig, &step.does).await;
        if let Some(said) = denial(rig, &step).await {
            return Err(Denied { step, said });
        }
    }
    Ok(())
}

async fn begin(rig: &Rig, does: &Does) {
    match does {
        Does::Create => {
            let resources = json!([{"resourceId": "alb-1", "zoneIds": ZONES}]);
            let spec = json!({"serviceResourceType": "alb", "resources": resources, "autoAcceptEnabled": true});
            rig.apply("orders", spec).await;
        }
        Does::Edit(spec) => drop(rig.edit("orders", spec.clone()).await),
        Does::Drain(spec) | Does::Migrate(spec) => {
            let endpoint = connect(rig).await;
            rig.until_connection(&endpoint, "Connected").await;
            rig.edit("orders", spec.clone()).await;
        }
        Does::Accept => {
            let rules = json!({"default": "Accept"});
            rig.edit("orders", json!({"autoAcceptEnabled": false, "connections": rules})).await;
            rig.cloud("no longer accepting by itself", |services| !services[0].auto_accept).await;
            connect(rig).await;
        }
        Does::Leave => {
            for endpoint in rig.simulator.admin.endpoints().await.unwrap() {
                rig.simulator.admin.delete_endpoint(&endpoint.id).await.unwrap();
            }
        }
        Does::Delete => rig.delete("orders").await,
        Does::Publish(kind) => {
            let id = if *kind == "slb" { "lb-1".to_owned() } else { format!("{kind}-1") };
            rig.apply(kind, json!({"serviceResourceType": kind, "resources": [{"resourceId": id}]})).await;
        }
    }
}

/// The consumer is allowed, past the operator, and asks to be connected; answers its endpoint.
async fn connect(rig: &Rig) -> String {
    let service = rig.service().await.id;
    let consumer = DEFAULT_CONSUMER.parse().unwrap();
    let allowed = ServiceChange { add_users: vec![consumer], ..ServiceChange::default() };
    rig.simulator.admin.change_service(&service, &allowed).await.unwrap();
    rig.connect(DEFAULT_CONSUMER, &service).await
}

/// Waits until the step is done, or the object says that a right is missing.
async fn denial(rig: &Rig, step: &Step) -> Option<String> {
    let is_done = |object: &Option<VpcEndpointService>| match (&step.does, object) {
        (Does::Delete, object) => object.is_none(),
        (Does::Drain(_), Some(object)) => is_at(object, "AttachmentInUse"),
        (Does::Accept, Some(object)) => {
            status(object).connection_counts.and_then(|counts| counts.connected) == Some(1) && is_ready(object)
        }
        // What is decided about a connection on its way is carried out once it has arrived.
        (Does::Edit(_), Some(object)) if step.feature == "connections" => {
            is_ready(object) && status(object).connection_counts.is_some_and(|counts| counts.in_transition == Some(0))
        }
        (_, object) => object.as_ref().is_some_and(is_ready),
    };
    let denial = |object: &Option<VpcEndpointService>| {
        object.as_ref().map(said).filter(|said| said.contains("grant them the RAM action"))
    };
    let name = if let Does::Publish(kind) = step.does { kind } else { "orders" };
    let look = async || rig.object(name).await;
    let found = rig.poll(step.name, look, |object| is_done(object) || denial(object).is_some()).await;
    if is_done(&found) { None } else { denial(&found) }
}

fn is_at(object: &VpcEndpointService, reason: &str) -> bool {
    ready_condition(object).is_some_and(|(_, found)| found == reason)
}

/// What was called, but for what needs no right, and what was only tried.
async fn called(rig: &Rig) -> BTreeSet<String> {
    let calls = rig.journal().await.into_iter().filter(|call| call.operation != WITHOUT_A_RIGHT);
    let allowed = calls.filter(|call| call.code.as_deref() != Some("Forbidden.RAM"));
    allowed.map(|call| call.action.expect("the gateway knew it")).collect()
}

#[tokio::test]
async fn the_policy_of_everything_allows_a_whole_life_and_no_action_of_it_is_unused() {
    let rig = rig(Setup::default(), [policy("all")]).await;
    live(&rig, life()).await.unwrap();
    assert_eq!(called(&rig).await, actions("all"));
    rig.end().await;
}

#[tokio::test]
async fn each_feature_needs_its_own_policy_beside_that_of_services_and_every_action_of_it() {
    // Nobody is moved to what cannot be attached.
    let needed = |feature: &&'static str| match *feature {
        "migration" => vec!["attachments", "migration"],
        feature => vec![feature],
    };
    let alone = FEATURES.iter().map(needed).chain([Vec::new()]);
    let tried = stream::iter(alone).map(async |features: Vec<&str>| {
        let names = || [SERVICES].into_iter().chain(features.clone());
        let rig = rig(Setup::default(), names().map(policy)).await;
        live(&rig, life_with(&features)).await.map_err(|denied| (features.clone(), denied))?;
        assert_eq!(called(&rig).await, names().flat_map(actions).collect(), "{features:?}");
        rig.end().await;
        Ok::<_, (Vec<&str>, Denied)>(())
    });
    tried.buffer_unordered(AT_A_TIME).try_collect::<()>().await.unwrap();
}

#[tokio::test]
async fn without_any_one_action_a_step_fails_and_the_object_names_the_action() {
    let needed = actions("all").into_iter().filter(|action| action != ONLY_A_LOOK);
    let tried = stream::iter(needed).map(async |action: String| {
        let rig = rig(Setup::default(), [without("all", &action)]).await;
        let denied = live(&rig, life()).await.expect_err(&action);
        println!("without {action}: failed to {}", denied.step.name);
        let sentence = format!("grant them the RAM action {action}");
        assert!(denied.said.contains(&sentence), "{action}: {denied:?}");
        let feature = denied.step.feature;
        assert!(
            actions(feature).contains(&action) || actions(SERVICES).contains(&action),
            "{action} is not in config/ram/{feature}.json: {denied:?}"
        );
        rig.end().await;
    });
    tried.buffer_unordered(AT_A_TIME).collect::<()>().await;
}

#[tokio::test]
async fn without_the_look_at_classic_load_balancers_a_whole_life_succeeds() {
    let rig = rig(Setup::default(), [without("all", ONLY_A_LOOK)]).await;
    live(&rig, life()).await.unwrap();
    let wanted: BTreeSet<String> = actions("all").into_iter().filter(|action| action != ONLY_A_LOOK).collect();
    assert_eq!(called(&rig).await, wanted);
    rig.end().await;
}

#[test]
fn the_policies_of_the_features_are_parts_of_the_whole_and_overlap_nowhere() {
    let parts: Vec<String> = FEATURES.iter().chain([&SERVICES]).flat_map(|name| actions(name)).collect();
    let whole = actions("all");
    assert_eq!(parts.iter().cloned().collect::<BTreeSet<_>>(), whole);
    assert_eq!(parts.len(), whole.len());
    assert_eq!(actions("read-only"), whole.iter().filter(|action| reads(action)).cloned().collect());
}

#[test]
fn every_policy_is_in_the_readme_and_no_other_is() {
    let folder = repository().join("config/ram");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let policies = files.filter(|path| path.extension().is_some_and(|end| end == "json"));
    let policies: BTreeSet<String> =
        policies.map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    let known = FEATURES.iter().chain(&[SERVICES, "all", "read-only"]).map(|name| format!("{name}.json"));
    assert_eq!(policies, known.collect());
    let unnamed: Vec<_> = policies.iter().filter(|name| !readme.contains(&format!("]({name})"))).collect();
    assert_eq!(unnamed, Vec::<&String>::new());
}

/// There is no management policy yet that only observes; a key that only reads is the nearest to it.
#[tokio::test]
async fn with_a_key_that_only_reads_objects_stay_ready_nothing_is_written_and_an_edit_names_the_action_that_it_needs() {
    let rig = rig(Setup::watchful(), [policy("all")]).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.simulator.admin.put_account(&account([policy("read-only")])).await.unwrap();
    let effects = rig.effects().await;
    rig.until_listed(3).await;
    assert!(rig.object("orders").await.is_some_and(|object| is_ready(&object)));

    // What others change is seen, and stays.
    let service = rig.service().await;
    let change = ServiceChange { description: Some("by hand".to_owned()), ..ServiceChange::default() };
    rig.simulator.admin.change_service(&service.id, &change).await.unwrap();
    for (step, action) in [
        (None, "UpdateVpcEndpointServiceAttribute"),
        (Some(json!({"description": "by hand", "resourceGroupId": "rg-shop"})), "ChangeResourceGroup"),
    ] {
        if let Some(spec) = step {
            rig.edit("orders", spec).await;
        }
        let sentence = format!("grant them the RAM action privatelink:{action}");
        rig.until("orders", &sentence, |object| said(object).contains(&sentence)).await;
    }
    assert_eq!((rig.service().await.description.as_str(), rig.effects().await), ("by hand", effects));

    rig.simulator.admin.put_account(&account([policy("all")])).await.unwrap();
    rig.ready("orders").await;
    rig.end().await;
}
