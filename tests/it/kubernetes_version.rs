//! Which Kubernetes the tests run on: the one that was chosen, and what is promised for the oldest one.

use std::fs;
use std::io::Write as _;

use local_control_plane::Version;
use serde_json::Value;

use crate::support::checkout::repository;
use crate::support::cluster;

/// What runs on the oldest version: a module or a test a line.
const ON_THE_OLDEST: &str = include_str!("on_the_oldest_kubernetes.txt");

fn on_the_oldest() -> Vec<&'static str> {
    ON_THE_OLDEST.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// A filter of the test runner that fits nothing is no error there, so it is one here.
fn fits_something(line: &str) -> bool {
    let (module, test) = line.split_once("::").unwrap();
    let file = repository().join(format!("tests/it/{module}.rs"));
    let source = fs::read_to_string(file).unwrap_or_default();
    if test.is_empty() { source.contains("[tokio::test]") } else { source.contains(&format!("\nasync fn {test}()")) }
}

#[tokio::test]
async fn the_api_server_is_of_the_chosen_version() {
    let (control_plane, _) = cluster::prepared().await;
    let answer = control_plane.kubectl(["get", "--raw", "/version"]).output().unwrap();
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let (major, minor) = (answer["major"].as_str().unwrap(), answer["minor"].as_str().unwrap());
    assert_eq!(format!("{major}.{minor}"), control_plane.version().as_str());
    // Past the test runner, which keeps what a test that passes prints to itself.
    writeln!(std::io::stderr(), "==> Kubernetes {} answers", answer["gitVersion"].as_str().unwrap()).unwrap();
}

/// That the choice arrives: without it everything would run twice on the same version, and nobody would see.
#[tokio::test]
#[ignore = "holds in `make it-oldest` only, which asks for the ignored tests as well"]
async fn the_api_server_is_of_the_oldest_version() {
    let (control_plane, _) = cluster::prepared().await;
    assert_eq!(Some(&control_plane.version()), Version::ALL.last());
}

#[test]
fn every_line_of_the_list_for_the_oldest_kubernetes_fits_something() {
    let lost: Vec<_> = on_the_oldest().into_iter().filter(|line| !fits_something(line)).collect();
    assert_eq!(lost, [""; 0]);
}
