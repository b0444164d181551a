//! An API server that one leader cannot hear: what it sends arrives nowhere, and nobody answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fault_plans::proxy::{Arrival, Interceptor, OnArrival, OnEvent, Side, WatchEvent};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;

use super::{LEASE, RENEW_DEADLINE, electing, short_lease, until_leads, until_ready, until_taken_from};
use crate::support::proxies::Proxies;
use crate::support::rig::nlb_spec;

/// Between the end of the lead and the end of the process.
const ENDS_WITHIN: Duration = Duration::from_secs(1);

/// Between a leader and the API server.
#[derive(Default)]
struct Line {
    is_dead: AtomicBool,
}

impl Interceptor for Line {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        async {
            let is_dead = arrival.side == Side::Kubernetes && self.is_dead.load(Ordering::SeqCst);
            if is_dead { OnArrival::Silence } else { OnArrival::Pass }
        }
        .boxed()
    }

    fn event<'a>(&'a self, _: &'a Arrival, _: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        async { if self.is_dead.load(Ordering::SeqCst) { OnEvent::Drop } else { OnEvent::Pass } }.boxed()
    }
}

#[tokio::test]
async fn a_leader_that_the_api_server_answers_no_more_ends_before_another_one_begins() {
    let mut rig = electing(short_lease()).await;
    let line = Arc::new(Line::default());
    let first = Proxies::start(&rig, |_| line.clone()).await;
    rig.start_operator_behind(first.kubeconfig(), &first.cloud(&rig)).await;
    until_leads(&rig, rig.operator()).await;
    rig.start_another_operator().await;
    until_ready(&rig, &rig.others()[0]).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let before = rig.lease().await;

    let begin = Instant::now();
    line.is_dead.store(true, Ordering::SeqCst);
    rig.edit("orders", json!({"description": "edited"})).await;
    rig.poll("the first has ended", async || rig.operator().has_ended(), |ended| *ended).await;
    let ended = begin.elapsed();
    assert!(ended <= RENEW_DEADLINE + ENDS_WITHIN, "{ended:?}");
    assert_eq!(rig.lease().await.holder_identity, before.holder_identity, "nobody else has begun yet");
    let after = until_taken_from(&rig, &before).await;
    let taken = begin.elapsed();
    println!("API server silent: the leader ended after {ended:?}, the next led after {taken:?}");
    assert!(taken <= LEASE + Duration::from_secs(2), "{taken:?}");
    assert_eq!(after.lease_transitions, Some(1));
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "edited");
    let log = &rig.running_logs()[0];
    assert!(log.contains("error: lost the lead: the lease was not renewed within 2s (leaseRenewDeadline)"), "{log}");
    rig.end().await;
}
