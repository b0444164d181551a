//! What cannot be read is named, and the rest is told.

use local_stack::CloudAccess;
use serde_json::json;

use super::{explain, led, unread};
use crate::commands::plan::rights::with_policy;
use crate::commands::support::Person;
use crate::support::rig::{Rig, Setup, nlb_spec};

#[tokio::test]
async fn who_may_not_read_events_and_leases_is_told_which_rights_that_takes_and_gets_the_rest() {
    let rig = led().await;
    let person = Person::with_roles(&rig, &["privatelink-operator-view"]).await;
    let ran = explain(&person, &rig, "orders", &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let answer = ran.json();
    assert_eq!(unread(&answer), ["events", "lease"], "{answer:#}");
    let said = |number: usize| answer["unread"][number]["message"].as_str().unwrap();
    assert!(said(0).ends_with("for that you need list on events"), "{answer:#}");
    let lease = format!("for that you need get on leases in the namespace {}", rig.namespace);
    assert!(said(1).ends_with(&lease), "{answer:#}");
    assert_eq!(answer["standing"]["reason"], "Available");

    let nobody = Person::with_roles(&rig, &[]).await;
    let ran = explain(&nobody, &rig, "orders", &[]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    assert_eq!(unread(&answer), ["object", "events", "lease"], "{answer:#}");
    let message = answer["unread"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("to explain you need get on vpcendpointservices, as the role view has it"), "{answer:#}");
    rig.end().await;
}

#[tokio::test]
async fn without_the_cloud_the_status_the_events_and_the_lease_are_told() {
    let mut rig = led().await;
    rig.kill_operator();
    let from = rig.journal().await.len();
    let cloud = CloudAccess { key_id: String::new(), ..rig.simulator.access() };
    let keyless = Person { cloud, ..Person::admin(&rig) };
    let ran = explain(&keyless, &rig, "orders", &[]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let unkeyed = ran.json();
    assert_eq!(unread(&unkeyed), ["cloud"], "{unkeyed:#}");
    let ran = explain(&keyless, &rig, "orders", &["--no-cloud"]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let unasked = ran.json();
    assert_eq!(unread(&unasked), [""; 0], "{unasked:#}");
    for answer in [&unkeyed, &unasked] {
        let standing = &answer["standing"];
        assert_eq!((&standing["reason"], &standing["isFresh"]), (&json!("Available"), &json!(false)), "{answer:#}");
        assert_eq!(answer["leases"].as_array().unwrap().len(), 1, "{answer:#}");
        assert!(!answer["events"].as_array().unwrap().is_empty(), "{answer:#}");
    }
    assert_eq!(rig.journal().await.len(), from);
    rig.end().await;
}

#[tokio::test]
async fn a_key_without_the_right_to_list_principals_explains_the_rest() {
    let rig = led().await;
    with_policy(&rig, "services.json").await;
    let ran = explain(&Person::admin(&rig), &rig, "orders", &[]).await;
    let answer = ran.json();
    assert_eq!((ran.code, unread(&answer)), (Some(0), vec!["principals"]), "{answer:#}");
    let message = answer["unread"][0]["message"].as_str().unwrap();
    assert!(message.contains("privatelink:ListVpcEndpointServiceUsers"), "{answer:#}");
    let service = &answer["found"]["service"];
    assert_eq!((&service["allowedPrincipals"], &service["connections"]), (&json!(null), &json!([])), "{answer:#}");
    assert_eq!(service["attachments"].as_array().unwrap().len(), 2, "{answer:#}");
    rig.end().await;
}

#[tokio::test]
async fn what_is_about_whoever_asks_is_not_told_of_the_object() {
    let mut rig = led().await;
    rig.kill_operator();
    rig.apply("new", nlb_spec()).await;
    let person = Person::admin(&rig);
    let told = async |name: &str, argument: &str| {
        let ran = explain(&person, &rig, name, &[argument]).await;
        assert_eq!(ran.code, Some(1), "{ran:#?}");
        let answer = ran.json();
        assert_eq!((unread(&answer), &answer["standing"]["isFresh"]), (vec!["cloud"], &json!(false)), "{answer:#}");
        answer["unread"][0]["message"].as_str().unwrap().to_owned()
    };
    assert!(told("new", "--region=").await.ends_with("give the operator's default region with --region"));
    let other = told("orders", "--account-id=1000000000000009").await;
    assert!(other.contains("these credentials are of account 1000000000000009"), "{other}");
    with_policy(&rig, "connections.json").await;
    let denied = told("orders", "--account-id=1111222233334444").await;
    assert!(denied.contains("privatelink:ListVpcEndpointServices"), "{denied}");
    rig.end().await;
}

#[tokio::test]
async fn an_object_that_is_not_there_is_told_with_the_events_of_its_name() {
    let rig = Rig::with(Setup::default()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.delete("orders").await;
    rig.gone("orders").await;
    let told = async || explain(&Person::admin(&rig), &rig, "orders", &[]).await;
    let is_told = |answer: &serde_json::Value| {
        answer["events"].as_array().unwrap().iter().any(|event| event["reason"] == "EndpointServiceDeleted")
    };
    // Events are published once the object is gone.
    let answer = rig.poll("its last event is told", async || told().await.json(), is_told).await;
    assert_eq!((&answer["object"], unread(&answer)), (&json!(null), vec![]));
    let events = answer["events"].as_array().unwrap();
    assert!(events.iter().all(|event| event["isOfEarlierObject"] == true), "{answer:#}");
    let ran = Person::admin(&rig).run(&rig, "explain", &["orders", "-n", &rig.namespace], "").await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let first = format!("{}/orders: there is no such object\n", rig.namespace);
    assert!(ran.stdout.starts_with(&first), "{ran:#?}");
    assert!(ran.stdout.contains("operator: no lease was found"), "{ran:#?}");

    let wrong = Person::admin(&rig).run(&rig, "explain", &["shop/orders", "-n", "other"], "").await;
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(1), ""), "{wrong:#?}");
    assert!(wrong.stderr.contains("--namespace is other"), "{wrong:#?}");
    rig.end().await;
}
