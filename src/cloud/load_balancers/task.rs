//! The task that reads. It decides nothing: the state says when which, and whom it concerns.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;
use loadbalancers::LoadBalancerId;

use super::Shared;
use super::entry::Told;

/// Reads until it is dropped: four at a time, so that one that is not answered holds up nobody for its whole deadline.
pub(super) async fn run(shared: Arc<Shared>) {
    shared.state().begin_anew(shared.now());
    tokio::join!(read(&shared), read(&shared), read(&shared), read(&shared));
}

async fn read(shared: &Shared) {
    loop {
        let (id, began) = next(shared).await;
        let found = shared.setup.reader.load_balancer(&id).await;
        let error = found.as_ref().err().cloned();
        let told = shared.state().end(&id, began, found, shared.now());
        for object in &told.objects {
            shared.setup.requeuer.enqueue(object);
        }
        if let Some(error) = error {
            log(shared, &id, &told, &error);
        }
    }
}

/// Waits until a load balancer is to be read. What is due is asked again whenever it may have changed.
async fn next(shared: &Shared) -> (LoadBalancerId, Timestamp) {
    loop {
        let now = shared.now();
        let (taken, due) = {
            let mut state = shared.state();
            (state.begin(now), state.due())
        };
        if let Some(id) = taken {
            // The next one is another's.
            shared.changed.notify_one();
            return (id, now);
        }
        match due.map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default()) {
            None => shared.changed.notified().await,
            Some(wait) => {
                // The wait is one of the runtime's; when the clock is set meanwhile, the next look at it corrects that.
                let wait = wait.clamp(Duration::from_millis(1), shared.setup.timing.resync_period);
                let _ = tokio::time::timeout(wait, shared.changed.notified()).await;
            }
        }
    }
}

/// What nobody needs is not worth a line on a healthy day, and neither is the same again.
fn log(shared: &Shared, load_balancer: &LoadBalancerId, told: &Told, error: &Error) {
    let (target, request_id) = (&shared.setup.target, error.request_id());
    let (account, region, load_balancer) = (&target.account, &target.region, load_balancer.as_str());
    if told.is_needed && told.is_new_failure {
        tracing::warn!(account, region, load_balancer, request_id, "{error}");
    } else {
        tracing::debug!(account, region, load_balancer, request_id, "{error}");
    }
}
