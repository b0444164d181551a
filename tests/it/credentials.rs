//! Credentials: an access key that is wrong, and is corrected where it comes from; keys that are rotated and expire; sources that cannot be used.

mod canary;
mod rotation;
mod sightings;
mod sources;
mod unusable;

use local_stack::{CloudAccess, SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_operator::crd::ConditionType;
use serde_json::json;

use crate::support::rig::{Rig, message, nlb_spec, status};
use sources::{Mounted, setup};

/// An operator that takes its key from these files, and the files.
async fn with_files(mounted: &Mounted) -> Rig {
    Rig::with(setup(&[format!("--credentials-dir={}", mounted.path().display())], Vec::new())).await
}

#[tokio::test]
async fn a_key_that_is_corrected_in_its_files_is_used_without_a_restart() {
    let mut mounted = Mounted::new();
    mounted.put_key(SIMULATED_KEY_ID, "a-secret-that-is-wrong");
    let rig = with_files(&mounted).await;

    rig.apply("orders", nlb_spec()).await;
    let refused = message(&rig.not_ready("orders", "InvalidCredentials").await, ConditionType::Ready);
    assert!(refused.contains("read again by itself within minutes"), "{refused}");

    mounted.put_key(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET);
    rig.ready("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn a_key_that_comes_late_is_used_without_a_restart() {
    let mut mounted = Mounted::new();
    let rig = with_files(&mounted).await;

    rig.apply("orders", nlb_spec()).await;
    let missing = rig.not_ready("orders", "InvalidCredentials").await;
    let error = status(&missing).last_error.and_then(|error| error.message).unwrap_or_default();
    assert!(error.contains("access-key-id is not there, or empty"), "{error}");

    mounted.put_key(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET);
    rig.ready("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn files_that_are_rotated_to_a_wrong_key_are_named_and_going_back_is_enough() {
    let mut mounted = Mounted::new();
    mounted.put_key(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET);
    let rig = with_files(&mounted).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let pid = rig.operator().pid();
    for (id, secret) in [(SIMULATED_KEY_ID, "a-secret-that-is-wrong"), ("nobodys-key", SIMULATED_KEY_SECRET)] {
        mounted.put_key(id, secret);
        rig.edit("orders", json!({"description": format!("edited with {id} and {}", secret.len())})).await;
        let refused = message(&rig.not_ready("orders", "InvalidCredentials").await, ConditionType::Ready);
        let origin =
            format!("It comes from the files access-key-id and access-key-secret in {}", mounted.path().display());
        assert!(refused.ends_with(&origin), "{refused}");
        mounted.put_key(SIMULATED_KEY_ID, SIMULATED_KEY_SECRET);
        rig.ready("orders").await;
    }
    assert_eq!((rig.operator().pid(), rig.operator().has_ended()), (pid, false));
    rig.end().await;
}

#[tokio::test]
async fn a_wrong_key_in_the_environment_is_said_to_need_a_restart() {
    let mut rig = Rig::without_operator(setup(&[], Vec::new())).await;
    let wrong = CloudAccess { key_secret: "a-secret-that-is-wrong".to_owned(), ..rig.simulator.access() };
    rig.start_operator_behind(rig.operator_kubeconfig().to_owned(), &wrong).await;
    rig.apply("orders", nlb_spec()).await;
    let refused = message(&rig.not_ready("orders", "InvalidCredentials").await, ConditionType::Ready);
    assert!(refused.contains("only when the operator is restarted"), "{refused}");
    assert!(refused.contains("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), "{refused}");

    rig.kill_operator();
    rig.start_operator().await;
    rig.ready("orders").await;
    rig.end().await;
}
