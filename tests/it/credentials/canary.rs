//! No secret leaves the operator, whatever happens: not in its log at the level `trace`, nor in an event, an object or a metric; not in clear, and
//! not in any form that a secret takes on its way.

use fault_plans::forms_of_secret;
use privatelink_sim::{DEFAULT_CONSUMER, Fault, FaultKind, ISSUED_SECRET, ISSUED_TOKEN};
use serde_json::json;

use super::sightings::{Sightings, events, metrics};
use super::sources::{Mounted, ROLE, TOKEN_SIGNATURE, account, rrsa_environment, setup, start, subject, token};
use crate::support::rig::{Rig, nlb_spec, status};

const KEY_ID: &str = "canary-key-id";
const KEY_SECRET: &str = "canary/secret+of=the/key";

/// Everything that a text must not hold. The id of a key is not among it: it stands in every request, in the provider's own logs, and in what
/// the operator says of a key that is refused.
const SECRETS: [&str; 4] = [KEY_SECRET, ISSUED_SECRET, ISSUED_TOKEN, TOKEN_SIGNATURE];

/// What the source itself is refused with. The simulator's words about a signature echo the request, as the provider's do.
const REFUSALS: [&str; 6] = [
    "SignatureDoesNotMatch",
    "InvalidSecurityToken.Malformed",
    "InvalidAccessKeyId.NotFound",
    "AuthenticationFail.NoPermission",
    "Throttling.User",
    "NobodyKnowsThisCode",
];

/// A whole life: created, edited, refused in every way, deleted; and STS fails when it is needed most.
async fn live(rig: &Rig, exchange: Option<&str>) {
    rig.apply("orders", nlb_spec()).await;
    let made = rig.ready("orders").await;
    let consumer = json!({"description": "edited", "allowedPrincipals": [DEFAULT_CONSUMER]});
    rig.edit("orders", consumer).await;
    rig.ready("orders").await;
    for code in REFUSALS {
        rig.fault(Fault::next("UpdateVpcEndpointServiceAttribute", FaultKind::error(code)).times(2)).await;
        rig.edit("orders", json!({"description": format!("refused with {code}")})).await;
        rig.ready("orders").await;
    }
    if let Some(operation) = exchange {
        for kind in [FaultKind::error("AuthenticationFail.NoPermission"), FaultKind::error("SignatureDoesNotMatch")] {
            rig.fault(Fault::next(operation, kind).times(2)).await;
            rig.simulator.admin.expire_sessions().await.unwrap();
            rig.edit("orders", json!({"description": format!("after {}", rig.journal().await.len())})).await;
            rig.ready("orders").await;
        }
        rig.fault(Fault::next(operation, FaultKind::Truncate { bytes: 150 })).await;
        rig.simulator.admin.expire_sessions().await.unwrap();
    }
    rig.apply("nowhere", json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-nowhere", "zoneIds": ["cn-hangzhou-h"]}]}))
        .await;
    rig.not_ready("nowhere", "WaitingForLoadBalancer").await;
    for name in ["orders", "nowhere"] {
        rig.delete(name).await;
        rig.gone(name).await;
    }
    assert!(status(&made).service_id.is_some());
}

/// Searches everything that the operator said.
async fn search(rig: Rig, sightings: &Sightings) {
    let texts = [
        ("the log", rig.log()),
        ("an object", serde_json::to_string(&sightings.all()).unwrap()),
        ("an event", serde_json::to_string(&events(&rig).await).unwrap()),
        ("the metrics", metrics(&rig).await),
    ];
    // The controls: this was the level `trace`, libraries included, and all of it was about something.
    for word in ["TRACE", "hyper_util", "kube_client", "UpdateVpcEndpointServiceAttribute"] {
        assert!(texts[0].1.contains(word), "the log does not say {word}");
    }
    assert!(
        texts.iter().all(|(_, text)| text.len() > 500),
        "{:?}",
        texts.each_ref().map(|(what, text)| (what, text.len()))
    );
    for secret in SECRETS {
        for form in forms_of_secret(secret) {
            for (what, text) in &texts {
                let at = text.find(&form);
                let around =
                    at.map(|at| text[..at].lines().last().unwrap_or_default().chars().take(200).collect::<String>());
                assert!(at.is_none(), "{what} holds {secret} as {form} after {around:?}");
            }
        }
    }
    rig.end().await;
}

async fn canary(mut arguments: Vec<String>, environment: Vec<(String, String)>, exchange: Option<&str>) {
    arguments.push("--log-level=trace".to_owned());
    let mut rig = Rig::without_operator(setup(&arguments, environment)).await;
    rig.simulator.admin.put_account(&account(&[(KEY_ID, KEY_SECRET)], &[subject(0)])).await.unwrap();
    start(&mut rig).await;
    let sightings = Sightings::begin(&rig);
    live(&rig, exchange).await;
    search(rig, &sightings).await;
}

#[tokio::test]
async fn a_key_in_files_is_in_no_output() {
    let mut mounted = Mounted::new();
    mounted.put_key(KEY_ID, KEY_SECRET);
    canary(vec![format!("--credentials-dir={}", mounted.path().display())], Vec::new(), None).await;
}

#[tokio::test]
async fn a_role_s_key_and_token_and_the_key_that_assumes_it_are_in_no_output() {
    let mut mounted = Mounted::new();
    mounted.put_key(KEY_ID, KEY_SECRET);
    let arguments =
        vec![format!("--credentials-dir={}", mounted.path().display()), format!("--assume-role-arn={ROLE}")];
    canary(arguments, Vec::new(), Some("AssumeRole")).await;
}

#[tokio::test]
async fn the_token_of_a_service_account_and_what_it_is_exchanged_for_are_in_no_output() {
    let mut mounted = Mounted::new();
    mounted.put(&[("token", &token(&subject(0)))]);
    let environment = rrsa_environment(&mounted.path().join("token"));
    canary(vec!["--credentials=rrsa".to_owned()], environment, Some("AssumeRoleWithOIDC")).await;
}
