//! An access key that is wrong, and is corrected where it comes from.

use std::path::Path;

use local_stack::{CloudAccess, SIMULATED_KEY_ID, SIMULATED_KEY_SECRET};
use privatelink_operator::crd::ConditionType;

use crate::support::rig::{Rig, Setup, message, nlb_spec, status};

/// As the kubelet does it: both files at once, by a link that is put in the place of another.
fn put_key(folder: &Path, version: &str, secret: &str) {
    let data = folder.join(version);
    std::fs::create_dir(&data).unwrap();
    std::fs::write(data.join("access-key-id"), SIMULATED_KEY_ID).unwrap();
    std::fs::write(data.join("access-key-secret"), secret).unwrap();
    let link = folder.join("..data_tmp");
    std::os::unix::fs::symlink(version, &link).unwrap();
    std::fs::rename(link, folder.join("..data")).unwrap();
}

#[tokio::test]
async fn a_key_that_is_corrected_in_its_files_is_used_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    put_key(folder.path(), "..1", "a-secret-that-is-wrong");
    let mut setup = Setup::default();
    setup.arguments.push(format!("--credentials-dir={}", folder.path().join("..data").display()));
    let rig = Rig::with(setup).await;

    rig.apply("orders", nlb_spec()).await;
    let refused = message(&rig.not_ready("orders", "InvalidCredentials").await, ConditionType::Ready);
    assert!(refused.contains("read again by itself within minutes"), "{refused}");

    put_key(folder.path(), "..2", SIMULATED_KEY_SECRET);
    rig.ready("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn a_key_that_comes_late_is_used_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::default();
    setup.arguments.push(format!("--credentials-dir={}", folder.path().join("..data").display()));
    let rig = Rig::with(setup).await;

    rig.apply("orders", nlb_spec()).await;
    let missing = rig.not_ready("orders", "InvalidCredentials").await;
    let error = status(&missing).last_error.and_then(|error| error.message).unwrap_or_default();
    assert!(error.contains("access-key-id is not there, or empty"), "{error}");

    put_key(folder.path(), "..1", SIMULATED_KEY_SECRET);
    rig.ready("orders").await;
    rig.end().await;
}

#[tokio::test]
async fn a_wrong_key_in_the_environment_is_said_to_need_a_restart() {
    let mut rig = Rig::without_operator(Setup::default()).await;
    let wrong = CloudAccess { key_secret: "a-secret-that-is-wrong".to_owned(), ..rig.simulator.access() };
    rig.start_operator_behind(rig.operator_kubeconfig().to_owned(), &wrong).await;
    rig.apply("orders", nlb_spec()).await;
    let refused = message(&rig.not_ready("orders", "InvalidCredentials").await, ConditionType::Ready);
    assert!(refused.contains("only when the operator is restarted"), "{refused}");

    rig.kill_operator();
    rig.start_operator().await;
    rig.ready("orders").await;
    rig.end().await;
}
