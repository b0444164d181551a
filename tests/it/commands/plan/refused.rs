//! What would not be accepted is told, with the sentence of whoever refuses, and the other manifests are planned.

use privatelink_sim::{Fault, FaultKind};
use serde_json::json;

use super::{about, lines, on, plan, two_ready, with};
use crate::commands::support::{Person, manifest, only_reads_and_dry_runs, untouched};
use crate::support::rig::{Rig, Setup, nlb_spec};

#[tokio::test]
async fn the_api_server_holds_the_rules_that_only_it_knows() {
    let rig = two_ready().await;
    let before = untouched(&rig).await;
    let from = rig.journal().await.len();
    let manifests = [
        // A rule that compares with the object as it is.
        manifest(&rig, "orders", &with(nlb_spec(), &json!({"serviceResourceType": "alb"}))),
        manifest(&rig, "typo", &with(nlb_spec(), &json!({"descripton": "intake"}))),
        manifest(&rig, "billing", &with(on("nlb-2"), &json!({"description": "intake"}))),
    ];
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    for (name, words) in [("orders", "serviceResourceType"), ("typo", "descripton")] {
        let planned = about(&answer, name);
        assert_eq!(planned["verdict"], "refused");
        assert!(planned["message"].as_str().unwrap().contains(words), "{planned:#}");
    }
    assert_eq!(about(&answer, "billing")["verdict"], "change");
    assert_eq!(only_reads_and_dry_runs(&rig, from).await, ["UpdateVpcEndpointServiceAttribute"]);
    assert_eq!(untouched(&rig).await, before);
    rig.end().await;
}

#[tokio::test]
async fn the_providers_refusal_is_told_with_its_code_and_what_to_do() {
    let rig = Rig::without_operator(Setup::default()).await;
    rig.fault(Fault::next("CreateVpcEndpointService", FaultKind::error("EndpointServiceNotSupportedZone")).times(9))
        .await;
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &[manifest(&rig, "orders", &on("nlb-1"))]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let answer = ran.json();
    let orders = about(&answer, "orders");
    assert_eq!(
        (&orders["verdict"], &orders["steps"][0]["dryRun"]),
        (&json!("refused"), &json!("refused")),
        "{answer:#}"
    );
    let code = orders["steps"][0]["code"].as_str().unwrap();
    assert!(lines(orders)[0].contains(code), "{answer:#}");
    assert!(orders["message"].as_str().unwrap().contains(code), "{answer:#}");
    assert_eq!(rig.services().await, []);
    rig.end().await;
}

#[tokio::test]
async fn a_namespace_that_manifest_and_flag_give_otherwise_is_told() {
    let rig = Rig::without_operator(Setup::default()).await;
    let ran =
        plan(&Person::admin(&rig), &rig, &["--namespace", "other"], &[manifest(&rig, "orders", &nlb_spec())]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let sentence = format!("metadata.namespace is {} and --namespace other; leave one of them out", rig.namespace);
    assert!(ran.stdout.contains(&sentence), "{ran:#?}");
    rig.end().await;
}
