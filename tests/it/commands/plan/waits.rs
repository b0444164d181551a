//! What is waited for, held back or still in somebody else's hands.

use std::collections::BTreeMap;

use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG};
use serde_json::{Value, json};

use super::{about, lines, on, plan, two_ready, with};
use crate::commands::support::{Person, manifest, only_reads_and_dry_runs, untouched};
use crate::forged::{foreign_service, put_on};
use crate::service_ref::{create, nlb};
use crate::support::rig::{Rig, Setup, ZONES};

#[tokio::test]
async fn a_service_of_kubernetes_that_is_missing_is_waited_for_and_one_that_is_there_is_followed() {
    let rig = Rig::without_operator(Setup::default()).await;
    let referring =
        json!({"serviceResourceType": "nlb", "resources": [{"serviceRef": {"name": "web"}, "zoneIds": ZONES}]});
    let manifests = [manifest(&rig, "orders", &referring)];
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await;
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    let answer = ran.json();
    let orders = about(&answer, "orders");
    assert_eq!((&orders["verdict"], &orders["steps"]), (&json!("wait"), &json!([])), "{answer:#}");
    assert!(orders["message"].as_str().unwrap().contains("web"), "{answer:#}");

    create(&rig, &nlb("web", "nlb-4")).await;
    let answer = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await.json();
    let line = "CreateVpcEndpointService: nlb, nlb-4 in cn-hangzhou-h, nlb-4 in cn-hangzhou-i (dry run passed)";
    assert_eq!(lines(about(&answer, "orders")), [line]);
    rig.end().await;
}

#[tokio::test]
async fn what_the_manifest_holds_back_is_shown_and_not_tried() {
    let rig = two_ready().await;
    let from = rig.journal().await.len();
    let edit = |hold: &Value| with(on("nlb-2"), &with(json!({"description": "intake"}), hold));
    for (hold, reason) in
        [(json!({"suspend": true}), "Suspended"), (json!({"managementPolicy": "Observe"}), "AvailableDrifted")]
    {
        let manifests = [manifest(&rig, "billing", &edit(&hold))];
        let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await;
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        let answer = ran.json();
        let billing = about(&answer, "billing");
        assert_eq!((&billing["verdict"], &billing["reason"]), (&json!("held"), &json!(reason)), "{answer:#}");
        assert_eq!(billing["steps"][0]["dryRun"], "notTried", "{answer:#}");
        assert_eq!(billing["differences"][0]["field"], "spec.description", "{answer:#}");
    }
    assert_eq!(only_reads_and_dry_runs(&rig, from).await, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn an_adoption_is_planned_with_all_that_follows_once_somebody_in_the_cloud_gave_the_service() {
    let rig = Rig::without_operator(Setup::default()).await;
    let service = foreign_service(&rig, &[("team", "shop")]).await;
    let spec = json!({"serviceResourceType": "nlb", "description": "intake", "adopt": {"serviceId": service.id}});
    let manifests = [manifest(&rig, "orders", &spec)];
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &manifests).await;
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    let answer = ran.json();
    let orders = about(&answer, "orders");
    assert_eq!((&orders["verdict"], &orders["reason"]), (&json!("wait"), &json!("AdoptionRefused")), "{answer:#}");
    let command = format!("--Tag.2.Key {ADOPT_TAG} --Tag.2.Value {}.orders", rig.namespace);
    assert!(orders["message"].as_str().unwrap().ends_with(&command), "{answer:#}");

    let object = format!("{}.orders", rig.namespace);
    let tags: BTreeMap<_, _> = [(CLUSTER_TAG.to_owned(), rig.namespace.clone()), (ADOPT_TAG.to_owned(), object)].into();
    rig.simulator.admin.change_service(&service.id, &put_on(&tags)).await.unwrap();
    let before = untouched(&rig).await;
    let from = rig.journal().await.len();
    for arguments in [&["-o", "json"][..], &["-o", "json", "--offline"]] {
        let ran = plan(&Person::admin(&rig), &rig, arguments, &manifests).await;
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        let answer = ran.json();
        let orders = about(&answer, "orders");
        assert_eq!((&orders["verdict"], &orders["serviceId"]), (&json!("change"), &json!(service.id)), "{answer:#}");
        let operations: Vec<_> =
            orders["steps"].as_array().unwrap().iter().map(|step| step["operation"].as_str()).collect();
        let expected = [
            "TagResources",
            "UpdateVpcEndpointServiceAttribute",
            "UntagResources",
            "UpdateVpcEndpointServiceAttribute",
        ];
        assert_eq!(operations, expected.map(Some), "{answer:#}");
        let fields: Vec<_> =
            orders["differences"].as_array().unwrap().iter().map(|drift| drift["field"].as_str()).collect();
        assert_eq!(fields, [Some("spec.description"), Some("spec.autoAcceptEnabled")], "{answer:#}");
    }
    // What the service has and the spec cannot change is no matter of time.
    let differing = manifest(&rig, "orders", &with(spec, &json!({"serviceResourceType": "alb"})));
    let ran = plan(&Person::admin(&rig), &rig, &["-o", "json"], &[differing]).await;
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert_eq!(about(&ran.json(), "orders")["verdict"], "refused", "{ran:#?}");
    only_reads_and_dry_runs(&rig, from).await;
    assert_eq!(untouched(&rig).await, before);
    rig.end().await;
}
