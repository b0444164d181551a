//! etcd is set back to a copy of its data, as by a restore: what changes from then on has versions that were there before.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use local_control_plane::Part;
use serde_json::json;

use crate::support::rig::{Rig, Setup, nlb_spec};

/// The process of etcd with this folder for its data.
fn etcd(data: &Path) -> String {
    let wanted = format!("--data-dir={}", data.display());
    let processes = fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let has_data = |process: &Path| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|argument| argument == wanted.as_bytes())
    };
    let found = processes.into_iter().find(|process| has_data(process)).unwrap();
    found.file_name().unwrap().to_string_lossy().into_owned()
}

fn run(program: &str, arguments: &[&str]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

/// As it would be after a crash at this moment: what the stopped process has written is all in the files.
fn back_up(data: &Path, copy: &Path) {
    let process = etcd(data);
    run("kill", &["-STOP", &process]);
    run("cp", &["-a", &data.display().to_string(), &copy.display().to_string()]);
    run("kill", &["-CONT", &process]);
}

#[tokio::test]
async fn after_a_restore_of_etcd_every_object_is_seen_without_a_restart() {
    let mut setup = Setup { patience: Duration::from_mins(2), ..Setup::default() };
    setup.timing.insert("watchTimeout", Duration::from_secs(5));
    let rig = Rig::alone(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let data = rig.control_plane.folder().join("etcd-data");
    let copy = rig.control_plane.folder().join("etcd-copy");
    back_up(&data, &copy);
    for number in 0..30 {
        rig.edit("orders", json!({"description": format!("edit {number}")})).await;
    }
    rig.ready("orders").await;

    // The running process keeps its files, whatever they are called.
    fs::rename(&data, rig.control_plane.folder().join("etcd-lost")).unwrap();
    fs::rename(&copy, &data).unwrap();
    rig.control_plane.crash(Part::Etcd).await.unwrap();
    rig.control_plane.crash(Part::ApiServer).await.unwrap();
    rig.cloud("as the restored object wants it", |services| services[0].description.is_empty()).await;
    rig.edit("orders", json!({"description": "after the restore"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "after the restore");
    rig.end().await;
}
