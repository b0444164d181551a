//! A leader that stands still for longer than its lease, as on a machine that is starved or moved, and wakes up when another one leads.

use std::sync::Arc;
use std::time::Duration;

use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, Proxy, Seen};
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::watch;

use super::{electing, short_lease, until_leads, until_ready, until_taken_from};
use crate::support::proxies::Proxies;
use crate::support::rig::{Rig, nlb_spec};

const OBJECTS: usize = 6;
/// Longer than the test takes.
const REMEMBERED: Duration = Duration::from_mins(1);

const CREATE: &str = "CreateVpcEndpointService";

/// Holds the answers to Creates back until it is told to let them go.
struct Dam(watch::Sender<bool>);

impl Interceptor for Dam {
    fn answer<'a>(&'a self, arrival: &'a Arrival, _: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        async {
            if arrival.kind == CREATE {
                self.0.subscribe().wait_for(|is_open| *is_open).await.expect("it has its sender");
            }
            OnAnswer::Pass
        }
        .boxed()
    }
}

/// A renewal does not count: one that is late meets a conflict.
fn is_write(call: &Seen) -> bool {
    let reads = ["GET ", "LIST ", "WATCH ", "List", "Get", "PUT leases"];
    !reads.iter().any(|beginning| call.kind.0.starts_with(beginning))
}

/// It has its answer, or nobody waits for one.
fn is_over(call: &Seen) -> bool {
    call.delivered.is_some() || call.caller_gone.is_some() || call.failure.is_some()
}

/// What was sent that changes something.
fn writes(proxy: &Proxy) -> Vec<String> {
    proxy.calls().iter().filter(|call| is_write(call)).map(|call| call.kind.to_string()).collect()
}

/// Waits until every Create of the leader has had its effect and waits for its answer, and nothing else of it is under way.
async fn until_all_wait(rig: &Rig, leader: &Proxies) {
    let waits = || {
        let created = leader.cloud.calls().iter().filter(|call| call.kind == CREATE && call.answered.is_some()).count();
        let written = leader.kubernetes.calls().iter().filter(|call| is_write(call)).all(is_over);
        created >= OBJECTS && written
    };
    rig.poll("every Create waits for its answer", async || waits(), |waits| *waits).await;
}

async fn until_delivered(rig: &Rig, leader: &Proxies) {
    let delivered = || leader.cloud.calls().iter().filter(|call| call.kind == CREATE).all(is_over);
    rig.poll("every answer is there for whoever reads it", async || delivered(), |all| *all).await;
}

#[tokio::test]
async fn a_leader_that_stood_still_for_longer_than_its_lease_sends_no_write_when_it_wakes_and_ends() {
    let mut setup = short_lease();
    // The tokens are remembered, so the next leader goes on at once, and the first wakes before its calls are overdue.
    setup.timing.extend([("consistencyWindow", REMEMBERED), ("createWindow", Duration::from_secs(2))]);
    // Nor does it lose the lead before, on a machine that is busy.
    setup.timing.extend([("leaseDuration", Duration::from_secs(6)), ("leaseRenewDeadline", Duration::from_secs(5))]);
    let mut rig = electing(setup).await;
    let dam = Arc::new(Dam(watch::Sender::new(false)));
    let first = Proxies::start(&rig, |_| dam.clone()).await;
    rig.start_operator_behind(first.kubeconfig(), &first.cloud(&rig)).await;
    until_leads(&rig, rig.operator()).await;
    rig.start_another_operator().await;
    until_ready(&rig, &rig.others()[0]).await;
    let before = rig.lease().await;

    for number in 0..OBJECTS {
        rig.apply(&format!("orders-{number}"), nlb_spec()).await;
    }
    until_all_wait(&rig, &first).await;
    rig.operator().pause().await.unwrap();
    let after = until_taken_from(&rig, &before).await;
    assert_eq!(after.lease_transitions, Some(1));
    for number in 0..OBJECTS {
        rig.ready(&format!("orders-{number}")).await;
    }
    let sent = (writes(&first.kubernetes), writes(&first.cloud));

    // The first thing that it finds is an answer for each, after each of which it would write.
    dam.0.send_replace(true);
    until_delivered(&rig, &first).await;
    rig.operator().resume().unwrap();
    rig.poll("the first has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    assert_eq!((writes(&first.kubernetes), writes(&first.cloud)), sent, "what it sent after it woke");
    assert!(rig.running_logs()[0].contains("error: lost the lead"), "{}", rig.running_logs()[0]);
    assert_eq!(rig.lease().await.holder_identity, after.holder_identity);
    assert_eq!(rig.services().await.len(), OBJECTS);
    rig.end().await;
}
