//! Two operators, of which one leads: how the lead passes on, and that nobody writes who does not have it.

mod paused;
mod rights;
mod silent;

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams};
use local_stack::Operator;
use serde_json::json;

use crate::support::rig::{Rig, Setup, nlb_spec};

/// All that an operator needs.
const VERBS: [&str; 3] = ["get", "create", "update"];

/// R12: how long after SIGTERM to an idle leader another leads.
const HAND_OVER: Duration = Duration::from_secs(2);

/// R12: how long after SIGKILL, beside the lease itself.
const BEYOND_LEASE: Duration = Duration::from_secs(2);

/// R12: how long from the start of a process that finds the lease free until it reconciles.
const FIRST_RECONCILE: Duration = Duration::from_secs(1);

/// The lease of tests that wait for its end.
const LEASE: Duration = Duration::from_secs(3);

/// `leaseRenewDeadline` of these tests.
const RENEW_DEADLINE: Duration = Duration::from_secs(2);

/// How long is looked for what must not happen: several lists and looks at the lease.
const A_WHILE: Duration = Duration::from_secs(2);

/// The usual setup with a short lease.
fn short_lease() -> Setup {
    let mut setup = Setup::default();
    setup.timing.extend([
        ("leaseDuration", LEASE),
        ("leaseRenewDeadline", RENEW_DEADLINE),
        ("leaseRetryPeriod", Duration::from_millis(400)),
    ]);
    setup
}

/// An environment whose operators stand for election; none runs yet.
async fn electing(setup: Setup) -> Rig {
    let mut rig = Rig::without_operator(setup).await;
    rig.elect(&VERBS).await;
    rig
}

async fn get(url: &str, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn is_ready(operator: &Operator) -> bool {
    get(operator.health_url(), "/readyz").await.0 == 200
}

async fn until_ready(rig: &Rig, operator: &Operator) {
    rig.poll("the operator is ready", async || is_ready(operator).await, |ready| *ready).await;
}

/// The samples of its metrics that begin like this.
async fn samples(operator: &Operator, beginning: &str) -> Vec<String> {
    let (_, text) = get(operator.metrics_url(), "/metrics").await;
    text.lines().filter(|line| line.starts_with(beginning)).map(str::to_owned).collect()
}

async fn status(rig: &Rig, operator: &Operator) -> bool {
    let sample = format!("leader_election_master_status{{name=\"{}\"}} ", rig.lease_name());
    samples(operator, &sample).await == [format!("{sample}1")]
}

/// Waits until the operator leads.
async fn until_leads(rig: &Rig, operator: &Operator) {
    rig.poll("the operator leads", async || status(rig, operator).await, |leads| *leads).await;
}

/// Waits until somebody else than this one holds the lease.
async fn until_taken_from(rig: &Rig, before: &LeaseSpec) -> LeaseSpec {
    let is_other = |lease: &LeaseSpec| {
        let holder = lease.holder_identity.as_deref().unwrap_or_default();
        !holder.is_empty() && Some(holder) != before.holder_identity.as_deref()
    };
    rig.poll("another operator holds the lease", async || rig.lease().await, is_other).await
}

/// What an operator did so far that only a leader may do.
async fn deeds(operator: &Operator) -> Vec<String> {
    let mut deeds = samples(operator, "privatelink_operator_cloud_api_requests_total{").await;
    deeds.extend(samples(operator, "privatelink_operator_kubernetes_writes_total{").await);
    deeds.extend(samples(operator, "controller_runtime_reconcile_total{").await);
    deeds
}

/// Two operators; the first leads, the second is ready.
async fn two(setup: Setup) -> Rig {
    let mut rig = electing(setup).await;
    rig.start_operator().await;
    until_leads(&rig, rig.operator()).await;
    rig.start_another_operator().await;
    until_ready(&rig, &rig.others()[0]).await;
    rig
}

#[tokio::test]
async fn of_two_operators_one_works_and_the_other_is_ready_and_does_nothing() {
    let rig = two(Setup::default()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.ready("orders").await;
    let standby = &rig.others()[0];
    assert_eq!(deeds(standby).await, [""; 0]);
    assert!(!status(&rig, standby).await);
    let (_, checks) = get(standby.health_url(), "/readyz").await;
    assert!(checks.ends_with("[+] credentials loaded\n[+] lease readable\n"), "{checks}");
    rig.end().await;
}

#[tokio::test]
async fn a_standby_calls_nobody_in_the_cloud_writes_nothing_and_does_everything_at_once_when_it_leads() {
    let mut rig = electing(Setup::default()).await;
    // Somebody holds it, for a long time.
    let now: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
    let spec = LeaseSpec {
        holder_identity: Some("somebody".into()),
        lease_duration_seconds: Some(3_600),
        acquire_time: Some(MicroTime(now)),
        renew_time: Some(MicroTime(now)),
        ..LeaseSpec::default()
    };
    let metadata = ObjectMeta { name: Some(rig.lease_name()), ..ObjectMeta::default() };
    let lease = Lease { metadata, spec: Some(spec) };
    rig.leases().create(&PostParams::default(), &lease).await.unwrap();
    rig.apply("before", nlb_spec()).await;
    rig.start_operator().await;
    until_ready(&rig, rig.operator()).await;
    rig.apply("after", nlb_spec()).await;
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(rig.journal().await, []);
    assert_eq!(rig.kubernetes_writes(), []);
    assert_eq!(rig.lease().await.holder_identity.as_deref(), Some("somebody"));

    rig.leases().delete(&rig.lease_name(), &DeleteParams::default()).await.unwrap();
    rig.ready("before").await;
    rig.ready("after").await;
    let held = rig.lease().await;
    assert_eq!((held.lease_duration_seconds, held.lease_transitions), (Some(15), Some(0)));
    rig.end().await;
}

#[tokio::test]
async fn told_to_stop_an_idle_leader_hands_over_within_two_seconds() {
    // With the default times.
    let rig = two(Setup::default()).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let before = rig.lease().await;
    let begin = Instant::now();
    rig.operator().terminate().unwrap();
    let after = until_taken_from(&rig, &before).await;
    let took = begin.elapsed();
    println!("hand-over on SIGTERM: {took:?}");
    assert!(took <= HAND_OVER, "{took:?}");
    assert_eq!(after.lease_transitions, Some(1));
    rig.poll("it has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    assert!(rig.running_logs()[0].contains("gave the lease back"), "{}", rig.log());
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "edited");
    rig.end().await;
}

/// Stops the operator in order, starts it again, and says how long the new process took until it reconciled.
async fn first_reconcile_after_restart(rig: &mut Rig) -> Duration {
    rig.operator().terminate().unwrap();
    rig.poll("it has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    let begin = Instant::now();
    rig.start_operator().await;
    let reconciles = async || samples(rig.operator(), "controller_runtime_reconcile_total{").await;
    rig.poll("it reconciles", reconciles, |samples| samples.iter().any(|sample| !sample.ends_with(" 0"))).await;
    begin.elapsed()
}

#[tokio::test]
async fn an_operator_that_is_started_again_reconciles_within_a_second() {
    let mut rig = electing(Setup::default()).await;
    rig.start_operator().await;
    for name in ["orders", "payments", "stock"] {
        rig.apply(name, nlb_spec()).await;
        rig.ready(name).await;
    }
    // The shortest of three: others use the machine as well.
    let mut took = Vec::new();
    for _ in 0..3 {
        took.push(first_reconcile_after_restart(&mut rig).await);
    }
    println!("restart to first reconcile: {took:?}");
    assert!(took.iter().min().unwrap() <= &FIRST_RECONCILE, "{took:?}");
    rig.end().await;
}

/// Kills the leader, and says how long it took until the other one led.
async fn hand_over_on_kill(setup: Setup) -> Duration {
    let mut rig = two(setup).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let before = rig.lease().await;
    let begin = Instant::now();
    rig.kill_operator();
    until_taken_from(&rig, &before).await;
    let took = begin.elapsed();
    println!("hand-over on SIGKILL: {took:?}");
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "edited");
    rig.end().await;
    took
}

#[tokio::test]
async fn a_leader_that_is_killed_is_followed_within_its_lease_and_two_seconds() {
    let took = hand_over_on_kill(short_lease()).await;
    assert!(took <= LEASE + BEYOND_LEASE, "{took:?}");
}

#[tokio::test]
async fn with_the_default_times_a_leader_that_is_killed_is_followed_within_seventeen_seconds() {
    let took = hand_over_on_kill(Setup::default()).await;
    assert!(took <= Duration::from_secs(15) + BEYOND_LEASE, "{took:?}");
}

#[tokio::test]
async fn a_leader_whose_lease_somebody_else_takes_ends_and_says_so() {
    let mut rig = electing(short_lease()).await;
    rig.start_operator().await;
    until_leads(&rig, rig.operator()).await;
    let taken = Patch::Merge(json!({"spec": {"holderIdentity": "somebody"}}));
    rig.leases().patch(&rig.lease_name(), &PatchParams::default(), &taken).await.unwrap();
    rig.poll("it has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    let log = rig.log();
    assert!(log.contains("error: lost the lead: the lease is held by \"somebody\" now"), "{log}");
    assert_eq!(rig.lease().await.holder_identity.as_deref(), Some("somebody"), "it gives back nothing that it has not");
    rig.end().await;
}
