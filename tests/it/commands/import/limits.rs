//! What cannot be imported, or not be read, is named with the reason, and the rest is printed.

use privatelink::CreateVpcEndpointServiceRequest;
use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG};
use privatelink_sim::{LoadBalancer, ServiceChange};
use serde_json::{Value, json};

use super::{change, import, request};
use crate::commands::plan::rights::with_policy;
use crate::commands::support::{Person, Ran};
use crate::forged::{foreign_service, somebodys_service};
use crate::support::rig::{REGION, Rig, Setup, ZONES};

/// Why there is no manifest for each of these services.
fn left_out(answer: &Value) -> Vec<(&str, &str)> {
    let all = answer["leftOut"].as_array().unwrap().iter();
    all.map(|left| (left["serviceId"].as_str().unwrap(), left["reason"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn what_a_spec_has_no_words_for_is_named_and_left_as_it_is() {
    let rig = Rig::without_operator(Setup::default()).await;
    rig.simulator.admin.seed_load_balancer(&LoadBalancer::new("ngw-1", "vpcNat", REGION, &ZONES)).await.unwrap();
    let odd = somebodys_service(&rig, &request("vpcNat", &[("ngw-1", Some(ZONES[0]))])).await;
    let open = foreign_service(&rig, &[]).await;
    change(&rig, &open, ServiceChange { add_user_arns: vec!["acs:ram:*::*".to_owned()], ..ServiceChange::default() })
        .await;
    let claimed = foreign_service(&rig, &[(ADOPT_TAG, "bar.foo"), (CLUSTER_TAG, "other")]).await;
    let ran = import(&Person::admin(&rig), &rig, &["-o", "json"]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let answer = ran.json();
    let mut expected = [(&*odd.id, "notDescribable"), (&*claimed.id, "claimed")];
    expected.sort_unstable();
    assert_eq!(left_out(&answer), expected, "{answer:#}");
    let one = &answer["services"][0];
    assert_eq!((&one["serviceId"], &one["unmanaged"][0]["field"]), (&json!(open.id), &json!("spec.allowedPrincipals")));
    assert_eq!(one["manifest"]["spec"].get("allowedPrincipals"), None, "{answer:#}");
    let ran = import(&Person::admin(&rig), &rig, &[]).await;
    assert!(ran.stdout.contains("has the type vpcNat, which this version does not know"), "{ran:#?}");
    rig.end().await;
}

#[tokio::test]
async fn only_the_services_that_are_named_are_printed_and_one_that_is_not_there_is_told() {
    let rig = Rig::without_operator(Setup::default()).await;
    let (one, other) = (foreign_service(&rig, &[]).await, foreign_service(&rig, &[]).await);
    let asked = ["-o", "json", "--service-id", &one.id, "--service-id", "epsrv-nowhere"];
    let ran = import(&Person::admin(&rig), &rig, &asked).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    let ids: Vec<_> = answer["services"].as_array().unwrap().iter().map(|service| &service["serviceId"]).collect();
    assert_eq!((ids, &answer["missing"]), (vec![&json!(one.id)], &json!(["epsrv-nowhere"])), "{answer:#}");
    // The name does not hang on what is asked for.
    let all = import(&Person::admin(&rig), &rig, &["-o", "json"]).await.json();
    let named =
        all["services"].as_array().unwrap().iter().find(|service| service["serviceId"] == json!(one.id)).unwrap();
    assert_eq!(named["manifest"], answer["services"][0]["manifest"], "{all:#}");
    assert!(rig.journal_about(&other.id).await.iter().any(|call| call.operation == "ListVpcEndpointServiceResources"));
    rig.end().await;
}

#[tokio::test]
async fn names_that_objects_have_and_services_that_they_adopt_are_passed_over() {
    let rig = Rig::without_operator(Setup::default()).await;
    let described = |words: &str| CreateVpcEndpointServiceRequest {
        service_description: Some(words.to_owned()),
        ..request("nlb", &[("nlb-1", Some(ZONES[0]))])
    };
    let (orders, billing) =
        (somebodys_service(&rig, &described("orders")).await, somebodys_service(&rig, &described("billing")).await);
    rig.apply("orders", json!({"serviceResourceType": "nlb", "adopt": {"serviceId": billing.id}})).await;
    let answer = import(&Person::admin(&rig), &rig, &["-o", "json"]).await.json();
    assert_eq!(left_out(&answer), [(&*billing.id, "claimed")], "{answer:#}");
    let name = format!("orders-{}", orders.id.strip_prefix("epsrv-").unwrap());
    assert_eq!(answer["services"][0]["manifest"]["metadata"]["name"], json!(name));

    let blind = Person::with_roles(&rig, &[]).await;
    let ran = import(&blind, &rig, &[]).await;
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(
        ran.stdout.contains("# The objects of the namespace could not be listed, so a name may be taken: "),
        "{ran:#?}"
    );
    let nowhere = Person { kubeconfig: "/gone/kubeconfig".into(), ..Person::admin(&rig) };
    let offline = import(&nowhere, &rig, &["--offline", "-o", "json"]).await;
    assert_eq!(offline.json()["services"].as_array().unwrap().len(), 2, "{offline:#?}");
    rig.end().await;
}

#[tokio::test]
async fn what_the_key_may_not_read_is_told_and_without_a_list_there_is_nothing_to_print() {
    let rig = Rig::without_operator(Setup::default()).await;
    let service = foreign_service(&rig, &[]).await;
    with_policy(&rig, "services.json").await;
    let ran = import(&Person::admin(&rig), &rig, &["-o", "json"]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    assert_eq!(left_out(&answer), [(&*service.id, "unread")], "{answer:#}");
    let message = answer["leftOut"][0]["message"].as_str().unwrap();
    assert!(message.contains("privatelink:ListVpcEndpointServiceUsers"), "{answer:#}");
    with_policy(&rig, "read-only.json").await;
    let ran = import(&Person::admin(&rig), &rig, &["-o", "json"]).await;
    assert_eq!((ran.code, ran.json()["services"].as_array().unwrap().len()), (Some(0), 1), "{ran:#?}");

    let said = |ran: &Ran, what: &str| {
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:#?}");
        assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains(what), "{what}: {ran:#?}");
    };
    with_policy(&rig, "connections.json").await;
    said(&import(&Person::admin(&rig), &rig, &[]).await, "privatelink:ListVpcEndpointServices");
    said(&import(&Person::admin(&rig), &rig, &["--region="]).await, "give one with --region");
    let wrong = Person::admin(&rig).run(&rig, "import", &["--namespace", "a;b"], "").await;
    said(&wrong, "as a namespace");
    rig.end().await;
}
