//! `privatelink-operator explain`: what the operator knows of an object, wants and waits for is told, whoever asks, and nothing is done.

mod rights;
mod waits;

use privatelink_sim::DEFAULT_CONSUMER;
use serde_json::{Value, json};

use super::support::{Person, Ran, only_reads_and_dry_runs, untouched, writes_of};
use crate::support::rig::{Rig, Setup, nlb_spec};

/// Asks about an object of the test's namespace, told so that a program can read it.
async fn explain(person: &Person, rig: &Rig, name: &str, arguments: &[&str]) -> Ran {
    let object = format!("{}/{name}", rig.namespace);
    let lease = format!("--leader-elect-namespace={}", rig.namespace);
    let arguments: Vec<&str> =
        [object.as_str(), "-o", "json", &lease].into_iter().chain(arguments.iter().copied()).collect();
    person.run(rig, "explain", &arguments, "").await
}

/// What could not be read.
fn unread(answer: &Value) -> Vec<&str> {
    answer["unread"].as_array().unwrap().iter().map(|unread| unread["what"].as_str().unwrap()).collect()
}

fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|entry| entry[field].as_str().unwrap()).collect()
}

/// `orders`, Ready under an operator that leads.
async fn led() -> Rig {
    let mut rig = Rig::without_operator(Setup::default()).await;
    rig.elect(&["get", "create", "update"]).await;
    rig.start_operator().await;
    let mut spec = nlb_spec();
    spec["connections"] = json!({"default": "Accept"});
    spec["allowedPrincipals"] = json!([DEFAULT_CONSUMER]);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    rig
}

#[tokio::test]
async fn a_service_in_step_is_told_with_its_connections_its_events_and_who_leads() {
    let rig = led().await;
    let id = rig.object("orders").await.unwrap().status.unwrap().service_id.unwrap();
    let endpoint = rig.connect(DEFAULT_CONSUMER, &id).await;
    rig.until_connection(&endpoint, "Connected").await;
    rig.until("orders", "told of it", |object| {
        let counts = object.status.as_ref().and_then(|status| status.connection_counts);
        counts.is_some_and(|counts| counts.connected == Some(1))
    })
    .await;
    rig.ready("orders").await;
    let person = Person::with_roles(&rig, &["view", "privatelink-operator-view"]).await;
    let ran = explain(&Person::admin(&rig), &rig, "orders", &[]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    let answer = ran.json();
    assert_eq!((&answer["formatVersion"], &answer["name"], unread(&answer)), (&json!(1), &json!("orders"), vec![]));
    let standing = &answer["standing"];
    assert_eq!((&standing["ready"], &standing["reason"]), (&json!("True"), &json!("Available")), "{answer:#}");
    assert_eq!(&answer["status"]["isCurrent"], &json!(true));
    let found = &answer["found"];
    assert_eq!((&found["ownership"], &found["service"]["id"]), (&json!("ours"), &json!(id)), "{answer:#}");
    assert_eq!(found["service"]["status"], "Active");
    assert_eq!(texts(&found["service"]["attachments"], "zoneId"), ["cn-hangzhou-h", "cn-hangzhou-i"]);
    let connection = &found["service"]["connections"][0];
    assert_eq!(
        (&connection["endpointId"], &connection["decision"]),
        (&json!(endpoint), &json!("Accept")),
        "{answer:#}"
    );
    assert_eq!(answer["wanted"]["unmanaged"], json!(["supportedRegions", "tags", "resourceGroupId"]));
    assert_eq!((&answer["intent"]["steps"], &answer["intent"]["differences"]), (&json!([]), &json!([])), "{answer:#}");
    assert!(texts(&answer["events"], "reason").contains(&"EndpointServiceActive"), "{answer:#}");
    let lease = &answer["leases"][0];
    assert_eq!(lease["name"], json!(rig.lease_name()));
    assert_eq!(lease["holder"].as_str(), rig.lease().await.holder_identity.as_deref());

    let ran = person.run(&rig, "explain", &["orders", "--namespace", &rig.namespace], "").await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let first = format!("{}/orders: Ready is True, Available\n", rig.namespace);
    assert!(
        ran.stdout.starts_with(&first) && ran.stdout.contains("to do: nothing, cloud and spec are one\n"),
        "{ran:#?}"
    );
    rig.end().await;
}

#[tokio::test]
async fn what_differs_and_what_would_be_done_is_told_and_nothing_is_written() {
    let mut rig = led().await;
    rig.kill_operator();
    rig.edit("orders", json!({"description": "intake", "tags": {"team": "shop"}})).await;
    let person = Person::with_roles(&rig, &["privatelink-operator-view", "view"]).await;
    let before = untouched(&rig).await;
    let from = rig.journal().await.len();
    let ran = explain(&person, &rig, "orders", &[]).await;
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:#?}");
    let answer = ran.json();
    assert_eq!(texts(&answer["intent"]["differences"], "field"), ["spec.description", "spec.tags[team]"], "{answer:#}");
    let steps = ["TagResources: tags[team] = \"shop\"", "UpdateVpcEndpointServiceAttribute: description = \"intake\""];
    assert_eq!(texts(&answer["intent"]["steps"], "text"), steps, "{answer:#}");
    assert_eq!((&answer["status"]["isCurrent"], &answer["status"]["observedGeneration"]), (&json!(false), &json!(1)));
    assert_eq!(answer["standing"]["reason"], "Updating", "{answer:#}");
    assert_eq!(untouched(&rig).await, before);
    assert_eq!(only_reads_and_dry_runs(&rig, from).await, [""; 0]);
    assert_eq!(writes_of(&rig, &rig.namespace), []);
    rig.end().await;
}
