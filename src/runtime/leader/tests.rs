use std::time::Duration;

use cloud_core::TokioClock;
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::{advance, sleep};

use super::test_support::{Mood, Server};
use super::*;
use crate::fence::Fenced;

/// A candidate that runs.
struct Running {
    leading: Leading,
    fence: Fence,
    health: Arc<Health>,
    metrics: Metrics,
    finished: CancellationToken,
    task: JoinHandle<Result<(), Loss>>,
}

fn start(identity: &str, server: &Server) -> Running {
    let health = Arc::new(Health::new(Duration::from_mins(1)));
    let (fence, metrics, finished) = (Fence::closed(), Metrics::new(), CancellationToken::new());
    let (candidate, leading) = Candidate::new(Setup {
        leases: Arc::new(server.clone()),
        namespace: "ops".into(),
        name: "privatelink-operator".into(),
        identity: identity.into(),
        timing: Timing::default(),
        fence: fence.clone(),
        health: Arc::clone(&health),
        metrics: metrics.clone(),
        wall_clock: Arc::new(TokioClock::starting_at(Timestamp::UNIX_EPOCH)),
    });
    let task = tokio::spawn(candidate.run(finished.clone()));
    Running { leading, fence, health, metrics, finished, task }
}

/// One that is ready to lead.
fn ready(identity: &str, server: &Server) -> Running {
    let running = start(identity, server);
    running.health.credentials_loaded();
    running
}

impl Running {
    fn status(&self) -> String {
        let text = self.metrics.encode().unwrap();
        text.lines().find(|line| line.starts_with("leader_election_master_status{")).unwrap().to_owned()
    }

    /// How long until it leads.
    async fn led_after(&mut self) -> Duration {
        let began = Instant::now();
        timeout(Duration::from_mins(5), self.leading.begun()).await.expect("it leads in time");
        began.elapsed()
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_leads_at_once_and_the_second_stands_by() {
    let server = Server::default();
    let mut a = ready("a", &server);
    assert!(a.led_after().await < Duration::from_millis(100));
    assert_eq!(a.fence.pass(), Ok(()));
    assert_eq!(a.status(), r#"leader_election_master_status{name="privatelink-operator"} 1"#);
    let b = ready("b", &server);
    sleep(Duration::from_mins(2)).await;
    assert!(!b.leading.is_true() && a.leading.is_true());
    assert_eq!((a.fence.pass(), b.fence.pass()), (Ok(()), Err(Fenced)));
    assert_eq!(b.status(), r#"leader_election_master_status{name="privatelink-operator"} 0"#);
    assert!(b.health.readiness().is_good(), "a standby is ready");
}

#[tokio::test(start_paused = true)]
async fn what_is_given_back_at_the_end_is_taken_within_a_second_or_so() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    let mut b = ready("b", &server);
    sleep(Duration::from_secs(30)).await;
    a.finished.cancel();
    a.task.await.unwrap().unwrap();
    assert_eq!((server.holder().as_deref(), a.fence.pass()), (Some(""), Err(Fenced)));
    let took = b.led_after().await;
    assert!(took <= Duration::from_secs(1), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_dies_is_followed_when_its_lease_has_run_out() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    let mut b = ready("b", &server);
    sleep(Duration::from_secs(30)).await;
    a.task.abort();
    let took = b.led_after().await;
    assert!(took >= Duration::from_secs(13) && took <= Duration::from_secs(16), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_nobody_answers_writes_no_more_and_ends_before_another_begins() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    sleep(Duration::from_millis(3_999)).await;
    server.set(Mood::Silent);
    // The last renewal that got through was sent at 2 s.
    let began = Instant::now();
    while a.fence.pass().is_ok() {
        advance(Duration::from_millis(10)).await;
    }
    assert!(began.elapsed() <= Duration::from_secs(8) + Duration::from_millis(20), "{:?}", began.elapsed());
    assert_eq!(a.task.await.unwrap(), Err(Loss::Overdue(Duration::from_secs(10))));
    assert!(began.elapsed() <= Duration::from_secs(8) + Duration::from_millis(100), "{:?}", began.elapsed());
    assert!(!a.leading.is_true());
}

#[tokio::test(start_paused = true)]
async fn a_leader_that_stood_still_past_its_deadline_finds_the_fence_closed_when_it_wakes() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    // Nothing of it has run meanwhile.
    advance(Duration::from_mins(1)).await;
    assert_eq!(a.fence.pass(), Err(Fenced));
    assert_eq!(a.task.await.unwrap(), Err(Loss::Overdue(Duration::from_secs(10))));
}

#[tokio::test(start_paused = true)]
async fn answers_that_get_lost_cost_the_lead_and_leave_nobody_leading_twice() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    server.set(Mood::LosesAnswers);
    assert_eq!(a.task.await.unwrap(), Err(Loss::Overdue(Duration::from_secs(10))));
    server.set(Mood::Answers);
    let mut b = ready("b", &server);
    b.led_after().await;
    assert_eq!((a.fence.pass(), b.fence.pass()), (Err(Fenced), Ok(())));
}

#[tokio::test(start_paused = true)]
async fn who_may_not_read_the_lease_is_not_ready_until_it_may_and_then_leads() {
    let server = Server::default();
    server.set(Mood::Refuses(KubernetesError::Forbidden("no".into())));
    let mut a = ready("a", &server);
    sleep(Duration::from_mins(1)).await;
    assert!(a.health.readiness().to_string().contains("[-] lease readable"));
    let calls = server.calls().len();
    assert!((55..=130).contains(&calls), "it asks once or twice a second: {calls}");
    server.set(Mood::Answers);
    assert!(a.led_after().await <= Duration::from_secs(1));
    assert!(a.health.readiness().is_good());
}

#[tokio::test(start_paused = true)]
async fn who_is_not_ready_lets_others_go_first_for_as_long_as_a_lease_holds() {
    let server = Server::default();
    let mut unready = start("unready", &server);
    let mut a = ready("a", &server);
    a.led_after().await;
    a.finished.cancel();
    a.task.await.unwrap().unwrap();
    assert!(unready.led_after().await <= Duration::from_secs(15) + Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn a_standby_that_is_told_to_stop_leaves_the_lease_alone() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    let b = ready("b", &server);
    // Between two renewals of the other.
    sleep(Duration::from_millis(9_100)).await;
    server.calls();
    b.finished.cancel();
    b.task.await.unwrap().unwrap();
    assert!(!server.calls().contains(&"update"));
    assert_eq!(server.holder().as_deref(), Some("a"));
}

#[tokio::test(start_paused = true)]
async fn giving_back_takes_no_longer_than_it_may() {
    let server = Server::default();
    let mut a = ready("a", &server);
    a.led_after().await;
    server.set(Mood::Silent);
    let began = Instant::now();
    a.finished.cancel();
    a.task.await.unwrap().unwrap();
    assert_eq!(began.elapsed(), GIVE_BACK_WITHIN);
}
