//! Credentials that change and expire while calls are made with them: nobody who uses the operator sees anything of it.

use std::path::Path;

use k8s_openapi::api::events::v1::Event;
use privatelink_sim::AdminClient;
use serde_json::{Value, json};

use super::sightings::{Sightings, counted, events, metrics};
use super::sources::{Mounted, account, rotate_key, rrsa_environment, setup, start, subject, token};
use crate::support::rig::{Rig, ZONES};

const OBJECTS: usize = 20;

/// How often everything is edited, and credentials change.
const ROUNDS: u32 = 6;

/// How long a key lasts that expires by itself, whatever was asked for. Ends are told in whole seconds, so it cannot be less.
const LIFETIME: &str = "2s";

fn name(number: usize) -> String {
    format!("orders-{number}")
}

fn spec(number: usize, description: &str) -> Value {
    let load_balancer = format!("nlb-{}", 1 + number % 12);
    json!({
        "serviceResourceType": "nlb", "description": description,
        "resources": [{"resourceId": load_balancer, "zoneIds": ZONES}],
    })
}

/// Creates the objects and edits them in rounds. `change` happens once a round, while many calls are under way; it is not earlier than all
/// calls for the edits before have ended, because a call that is refused is made once more, and not again and again.
async fn work(rig: &Rig, mut change: impl AsyncFnMut(&AdminClient, u32)) {
    for round in 0..ROUNDS {
        let met = 7 * round as usize % OBJECTS;
        for number in 0..OBJECTS {
            if number == met {
                change(&rig.simulator.admin, round).await;
            }
            rig.apply(&name(number), spec(number, &format!("edit {round}"))).await;
        }
        for number in 0..OBJECTS {
            rig.ready(&name(number)).await;
        }
    }
}

/// Works while credentials change, and holds everything that could be seen against "nothing has happened".
async fn nobody_sees(rig: Rig, change: impl AsyncFnMut(&AdminClient, u32)) -> Met {
    let sightings = Sightings::begin(&rig);
    let pid = rig.operator().pid();
    work(&rig, change).await;
    assert_eq!(sightings.failures(), Vec::<String>::new());
    assert!(sightings.all().len() >= 4 * OBJECTS, "{} versions of objects were seen", sightings.all().len());
    // The objects share load balancers, which each is told once.
    let is_warning = |event: &Event| {
        event.type_.as_deref() == Some("Warning") && event.reason.as_deref() != Some("LoadBalancerShared")
    };
    let warnings: Vec<_> = events(&rig).await.into_iter().filter(is_warning).collect();
    assert!(warnings.is_empty(), "{warnings:#?}");
    let metrics = metrics(&rig).await;
    assert_eq!(counted(&metrics, "controller_runtime_reconcile_errors_total", ""), 0, "{metrics}");
    assert_eq!(counted(&metrics, "controller_runtime_reconcile_total", r#"result="error""#), 0, "{metrics}");
    assert!(counted(&metrics, "controller_runtime_reconcile_total", "") > 0, "{metrics}");
    assert_eq!((rig.operator().pid(), rig.operator().has_ended()), (pid, false));
    let met = Met {
        refused: rig
            .journal()
            .await
            .iter()
            .filter_map(|call| call.code.as_deref())
            .filter(|code| is_of_credentials(code))
            .count(),
        issued: rig.simulator.admin.sessions().await.unwrap().len(),
        asked: rig.calls("GetCallerIdentity").await.len(),
    };
    rig.end().await;
    met
}

/// What the operator met while nobody saw anything of it: the controls.
#[derive(Debug)]
struct Met {
    /// Calls that were refused for their key or token.
    refused: usize,
    /// Keys that were issued.
    issued: usize,
    /// Questions whose a key is, one for each that is new.
    asked: usize,
}

impl Met {
    /// Every change but the first, which may come before the first call, was met by a call, and led to another key.
    fn every_change(&self) {
        assert!(self.refused.min(self.issued) >= ROUNDS as usize - 1, "{self:?}");
    }
}

fn is_of_credentials(code: &str) -> bool {
    code.starts_with("InvalidSecurityToken") || code.starts_with("InvalidAccessKeyId")
}

async fn rig(arguments: &[String], environment: Vec<(String, String)>) -> Rig {
    let rig = Rig::without_operator(setup(arguments, environment)).await;
    rig.simulator.admin.patch_config(&json!({"sts": {"instance_role": "NodeRole"}})).await.unwrap();
    rig
}

/// Lets a service account go by another name, so that only a token that was read anew is good for the next exchange but one.
async fn rename_service_account(admin: &AdminClient, mounted: &mut Mounted, round: u32) {
    admin.put_account(&account(&[], &[subject(round), subject(round + 1)])).await.unwrap();
    mounted.put(&[("token", &token(&subject(round + 1)))]);
}

fn folder_argument(folder: &Path) -> String {
    format!("--credentials-dir={}", folder.display())
}

#[tokio::test]
async fn keys_in_files_that_are_rotated_again_and_again() {
    let mut mounted = Mounted::new();
    let mut rig = rig(&[folder_argument(&mounted.path())], Vec::new()).await;
    mounted.put_key(local_stack::SIMULATED_KEY_ID, local_stack::SIMULATED_KEY_SECRET);
    start(&mut rig).await;
    let met = nobody_sees(rig, async |admin, round| rotate_key(admin, &mut mounted, round).await).await;
    assert!(met.asked >= ROUNDS as usize - 1, "every key but the first was used: {met:?}");
}

#[tokio::test]
async fn tokens_of_a_service_account_that_are_replaced_and_whose_keys_expire() {
    let mut mounted = Mounted::new();
    let environment = rrsa_environment(&mounted.path().join("token"));
    let mut rig = rig(&["--credentials=rrsa".to_owned()], environment).await;
    rename_service_account(&rig.simulator.admin, &mut mounted, 0).await;
    rig.simulator.admin.patch_config(&json!({"sts": {"lifetime": LIFETIME}})).await.unwrap();
    start(&mut rig).await;
    let met = nobody_sees(rig, async |admin, round| rename_service_account(admin, &mut mounted, round + 1).await).await;
    assert!(met.issued >= 2 && met.refused >= 1, "keys expired by themselves: {met:?}");
}

#[tokio::test]
async fn keys_of_a_credentials_uri_that_expire() {
    let mut rig = rig(&["--credentials=uri".to_owned()], Vec::new()).await;
    let uri = format!("{}/v1/credentials/{}", rig.simulator.admin_url(), privatelink_sim::DEFAULT_PROVIDER);
    rig.add_environment("ALIBABA_CLOUD_CREDENTIALS_URI", uri);
    start(&mut rig).await;
    nobody_sees(rig, async |admin, _| admin.expire_sessions().await.unwrap()).await.every_change();
}

#[tokio::test]
async fn keys_of_an_instance_s_role_that_expire() {
    let mut rig = rig(&["--credentials=instance-role".to_owned()], Vec::new()).await;
    let address = rig.simulator.admin_url().to_owned();
    rig.add_environment("ALIBABA_CLOUD_IMDS_ENDPOINT", address);
    start(&mut rig).await;
    nobody_sees(rig, async |admin, _| admin.expire_sessions().await.unwrap()).await.every_change();
}

#[tokio::test]
async fn keys_of_a_role_that_expire_while_the_key_that_assumes_it_is_rotated() {
    let mut mounted = Mounted::new();
    let arguments = [folder_argument(&mounted.path()), format!("--assume-role-arn={}", super::sources::ROLE)];
    let mut rig = rig(&arguments, Vec::new()).await;
    mounted.put_key(local_stack::SIMULATED_KEY_ID, local_stack::SIMULATED_KEY_SECRET);
    start(&mut rig).await;
    nobody_sees(rig, async |admin, round| {
        rotate_key(admin, &mut mounted, round).await;
        admin.expire_sessions().await.unwrap();
    })
    .await
    .every_change();
}
