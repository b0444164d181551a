//! What is waited for is told with its reason, what to do, and when the operator looks again.

use std::collections::BTreeMap;

use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG};
use privatelink_sim::DEFAULT_CONSUMER;
use serde_json::json;

use super::{explain, texts};
use crate::commands::support::Person;
use crate::forged::{foreign_service, put_on};
use crate::support::rig::{Rig, Setup, nlb_spec};

#[tokio::test]
async fn a_load_balancer_that_is_missing_is_named_with_what_to_do() {
    let rig = Rig::with(Setup::default()).await;
    let mut spec = nlb_spec();
    spec["resources"][0]["resourceId"] = json!("nlb-99");
    rig.apply("orders", spec).await;
    rig.not_ready("orders", "WaitingForLoadBalancer").await;
    let ran = explain(&Person::admin(&rig), &rig, "orders", &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let answer = ran.json();
    let (standing, intent) = (&answer["standing"], &answer["intent"]);
    let expected = (&json!("WaitingForLoadBalancer"), &json!(true));
    assert_eq!((&standing["reason"], &standing["isFresh"]), expected, "{answer:#}");
    assert!(standing["message"].as_str().unwrap().contains("nlb-99"), "{answer:#}");
    assert_eq!(standing["remedy"], "create it, or correct spec.resources");
    assert_eq!(standing["looksAgain"]["when"], "after", "{answer:#}");
    assert_eq!((&intent["waitsFor"], &intent["steps"]), (&json!("load-balancers(nlb-99)"), &json!([])), "{answer:#}");
    assert_eq!(answer["found"]["ownership"], "none");
    let balancer = &answer["found"]["loadBalancers"][0];
    assert_eq!((&balancer["id"], &balancer["status"]), (&json!("nlb-99"), &json!(null)), "{answer:#}");
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_that_is_blocked_names_who_is_connected() {
    let rig = Rig::with(Setup::default()).await;
    let mut spec = nlb_spec();
    spec["autoAcceptEnabled"] = json!(true);
    spec["allowedPrincipals"] = json!([DEFAULT_CONSUMER]);
    rig.apply("orders", spec).await;
    let id = rig.ready("orders").await.status.unwrap().service_id.unwrap();
    let endpoint = rig.connect(DEFAULT_CONSUMER, &id).await;
    rig.until_connection(&endpoint, "Connected").await;
    rig.delete("orders").await;
    rig.not_ready("orders", "DeletionBlocked").await;
    let answer = explain(&Person::admin(&rig), &rig, "orders", &[]).await.json();
    let standing = &answer["standing"];
    assert_eq!((&standing["reason"], &standing["isFresh"]), (&json!("DeletionBlocked"), &json!(true)), "{answer:#}");
    assert!(standing["message"].as_str().unwrap().contains(&endpoint), "{answer:#}");
    assert!(answer["object"]["deletedAt"].is_string() && answer["wanted"].is_null(), "{answer:#}");
    assert_eq!(answer["found"]["service"]["connections"][0]["endpointId"], json!(endpoint));
    let ran = Person::admin(&rig).run(&rig, "explain", &[&format!("{}/orders", rig.namespace)], "").await;
    assert!(ran.stdout.contains("  marked for deletion "), "{ran:#?}");
    rig.simulator.admin.delete_endpoint(&endpoint).await.unwrap();
    rig.gone("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn a_suspended_object_and_an_adoption_are_told_with_all_that_would_follow() {
    let rig = Rig::without_operator(Setup::default()).await;
    let service = foreign_service(&rig, &[]).await;
    let spec = json!({
        "serviceResourceType": "nlb", "description": "intake", "suspend": true, "adopt": {"serviceId": service.id},
    });
    rig.apply("orders", spec).await;
    let answer = explain(&Person::admin(&rig), &rig, "orders", &[]).await.json();
    assert_eq!(answer["standing"]["reason"], "AdoptionRefused", "{answer:#}");
    assert_eq!((&answer["object"]["suspend"], &answer["object"]["adopts"]), (&json!(true), &json!(service.id)));

    let object = format!("{}.orders", rig.namespace);
    let tags: BTreeMap<_, _> = [(CLUSTER_TAG.to_owned(), rig.namespace.clone()), (ADOPT_TAG.to_owned(), object)].into();
    rig.simulator.admin.change_service(&service.id, &put_on(&tags)).await.unwrap();
    let answer = explain(&Person::admin(&rig), &rig, "orders", &[]).await.json();
    assert_eq!(answer["found"]["ownership"], "toAdopt", "{answer:#}");
    assert_eq!(answer["standing"]["reason"], "Suspended", "{answer:#}");
    let fields = texts(&answer["intent"]["differences"], "field");
    assert_eq!(fields, ["spec.description", "spec.autoAcceptEnabled"], "{answer:#}");
    assert!(texts(&answer["intent"]["steps"], "operation").contains(&"UntagResources"), "{answer:#}");
    rig.end().await;
}
