//! Freezes what this version writes, as the fixture of the tests of later ones: `make freeze NAME=0.2.0`.

use std::collections::BTreeMap;
use std::fs;

use privatelink_operator::crd::VpcEndpointService;
use privatelink_operator::names::CREATE_RECORD_ANNOTATION;
use privatelink_sim::{Call, DEFAULT_CONSUMER, Moment, Span};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::frozen::{CONSUMER, ENDPOINT, Frozen, FrozenCall, HASH, NAME, NAMESPACE, RECORDED, SERVICE, UID, folder};
use crate::support::checkout::repository;
use crate::support::rig::{Rig, Setup, ZONES, hang, is_applied, nlb_spec};

const CREATE: &str = "CreateVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

/// No text of an object has it by accident.
const OBJECT: &str = "object-to-freeze";

/// What names the release that is frozen.
const VARIABLE: &str = "FREEZE";

#[tokio::test]
#[ignore = "writes the fixture of a release: make freeze NAME=…"]
#[expect(clippy::disallowed_methods, reason = "make freeze names the release")]
async fn this_version() {
    let release = std::env::var(VARIABLE).expect("FREEZE names the release: make freeze NAME=0.2.0");
    let folder = folder(&release);
    fs::create_dir_all(&folder).unwrap();
    let objects = [
        at_rest("everything", everything()).await,
        at_rest("least", json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-1"}]})).await,
        at_rest("retained", retained()).await,
        recreated().await,
        refused().await,
        blocked().await,
        recorded().await,
        created().await,
        named().await,
    ];
    let text = serde_saphyr::to_string(&objects).unwrap();
    fs::write(folder.join("objects.yaml"), format!("# Written by make freeze. Do not edit.\n{text}")).unwrap();
    for (from, to) in [
        ("crds/vpcendpointservices.privatelink.alibabacloud.com.yaml", "crd.yaml"),
        ("tests/chart/snapshots/default.yaml", "chart.yaml"),
        ("charts/privatelink-operator/values.yaml", "values.yaml"),
    ] {
        fs::copy(repository().join(from), folder.join(to)).unwrap();
    }
}

/// Everything that this version acts on.
fn everything() -> Value {
    json!({
        "serviceResourceType": "nlb",
        "description": "Order intake",
        "zoneAffinityEnabled": true,
        "resources": [{"resourceId": "nlb-1", "zoneIds": ZONES}, {"resourceId": "nlb-2", "zoneIds": [ZONES[0]]}],
        "allowedPrincipals": [DEFAULT_CONSUMER, "acs:ram:*:2000000000000002:*"],
        "tags": {"team": "orders"},
    })
}

fn retained() -> Value {
    let mut spec = nlb_spec();
    spec["deletionPolicy"] = json!("Retain");
    spec
}

/// Ready, and nothing is under way.
async fn at_rest(state: &str, spec: Value) -> Frozen {
    let rig = Rig::start().await;
    rig.apply(OBJECT, spec).await;
    rig.ready(OBJECT).await;
    freeze(&rig, state, None).await
}

/// Ready with its second service.
async fn recreated() -> Frozen {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["whenGone"] = json!("Recreate");
    rig.apply(OBJECT, spec).await;
    rig.ready(OBJECT).await;
    let first = rig.service().await.id;
    rig.simulator.admin.delete_service(&first).await.unwrap();
    let is_second =
        |object: &VpcEndpointService| object.status.as_ref().and_then(|status| status.incarnation) == Some(1);
    rig.until(OBJECT, "recreated", is_second).await;
    rig.ready(OBJECT).await;
    freeze(&rig, "recreated", None).await
}

/// The provider says no, and the object says why.
async fn refused() -> Frozen {
    let rig = Rig::start().await;
    rig.apply(
        OBJECT,
        json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-nowhere", "zoneIds": ZONES}]}),
    )
    .await;
    rig.not_ready(OBJECT, "WaitingForLoadBalancer").await;
    freeze(&rig, "refused", None).await
}

/// Deleted while a consumer is connected.
async fn blocked() -> Frozen {
    let rig = Rig::with(Setup::watchful()).await;
    let mut spec = nlb_spec();
    spec["autoAcceptEnabled"] = json!(true);
    spec["allowedPrincipals"] = json!([DEFAULT_CONSUMER]);
    rig.apply(OBJECT, spec).await;
    rig.ready(OBJECT).await;
    let endpoint = rig.connect(DEFAULT_CONSUMER, &rig.service().await.id).await;
    rig.until_connection(&endpoint, "Connected").await;
    rig.delete(OBJECT).await;
    rig.not_ready(OBJECT, "DeletionBlocked").await;
    freeze(&rig, "blocked", Some(&endpoint)).await
}

/// On record; the Create has not had its effect.
async fn recorded() -> Frozen {
    let rig = Rig::start().await;
    rig.fault(hang(CREATE, Moment::BeforeEffect)).await;
    rig.apply(OBJECT, nlb_spec()).await;
    rig.until_calls(CREATE, 1).await;
    freeze(&rig, "recorded", None).await
}

/// Created, and nobody knows.
async fn created() -> Frozen {
    let rig = Rig::start().await;
    rig.fault(hang(CREATE, Moment::AfterEffect)).await;
    rig.apply(OBJECT, nlb_spec()).await;
    rig.cloud("created", |services| services.len() == 1).await;
    freeze(&rig, "created", None).await
}

/// Created and named, and not Active yet.
async fn named() -> Frozen {
    let mut setup = Setup::default();
    setup.simulator.timers.creating = Span::millis(20_000);
    let rig = Rig::with(setup).await;
    rig.apply(OBJECT, nlb_spec()).await;
    rig.until(OBJECT, "named", |object| object.status.as_ref().is_some_and(|status| status.service_id.is_some())).await;
    freeze(&rig, "named", None).await
}

/// The object of this environment and what was sent for it, with placeholders.
async fn freeze(rig: &Rig, state: &str, endpoint: Option<&str>) -> Frozen {
    let object = serde_json::to_value(rig.object(OBJECT).await.unwrap()).unwrap();
    let metadata = &object["metadata"];
    let is_deleted = !metadata["deletionTimestamp"].is_null();
    // Thawed, it is created once, and deleted where it was.
    assert_eq!(metadata["generation"], json!(1 + i64::from(is_deleted)), "{state}");
    let service = rig.services().await.pop().map(|service| service.id);
    let frozen = Frozen {
        state: state.to_owned(),
        annotations: read(&metadata["annotations"]),
        finalizers: read(&metadata["finalizers"]),
        is_deleted,
        status_manager: status_manager(metadata),
        spec: object["spec"].clone(),
        status: object["status"].clone(),
        calls: calls(rig, service.as_deref(), endpoint).await,
    };
    let record: Value = serde_json::from_str(&frozen.annotations[CREATE_RECORD_ANNOTATION]).unwrap();
    assert_eq!(record["hash"].as_str(), frozen.hash().as_deref(), "{state}: the hash cannot be made again");
    let texts = [
        (metadata["uid"].as_str(), UID),
        (service.as_deref(), SERVICE),
        (endpoint, ENDPOINT),
        (record["time"].as_str(), RECORDED),
    ];
    let texts = texts.into_iter().filter_map(|(text, placeholder)| Some((text?, placeholder)));
    let names = [(rig.namespace.as_str(), NAMESPACE), (OBJECT, NAME), (record["hash"].as_str().unwrap(), HASH)];
    frozen.with(&texts.chain(names).collect::<Vec<_>>())
}

/// What changed the service, the Create that changed nothing, and the consumer before the first Update.
async fn calls(rig: &Rig, service: Option<&str>, endpoint: Option<&str>) -> Vec<FrozenCall> {
    let is_about = |call: &Call| match service {
        Some(service) => is_applied(call) && call.object.as_deref() == Some(service),
        None => call.operation == CREATE,
    };
    let calls = rig.journal().await.into_iter().filter(is_about);
    let mut calls: Vec<_> = calls
        .map(|call| FrozenCall {
            is_applied: is_applied(&call),
            operation: call.operation,
            parameters: call.parameters,
        })
        .collect();
    if endpoint.is_some() {
        let first = calls.iter().position(|call| call.operation == UPDATE).unwrap_or(calls.len());
        let parameters = BTreeMap::from([(CONSUMER.to_owned(), DEFAULT_CONSUMER.to_owned())]);
        calls.insert(first, FrozenCall { operation: CONSUMER.to_owned(), parameters, is_applied: true });
    }
    calls
}

fn read<T: DeserializeOwned + Default>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_default()
}

/// Who owns what stands under `status`; before there is a status of the operator's, nobody.
fn status_manager(metadata: &Value) -> String {
    let mut entries = metadata["managedFields"].as_array().into_iter().flatten();
    let ours = entries.find(|entry| entry["subresource"] == "status" && entry["operation"] == "Apply");
    ours.and_then(|entry| entry["manager"].as_str()).unwrap_or_default().to_owned()
}
