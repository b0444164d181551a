//! Silence: nothing is written to either side for a while, and no service is looked at alone.

use std::time::{Duration, Instant};

use crate::environment::Environment;
use crate::error::HarnessError;
use crate::proxy::{OnArrival, Proxy, Seen, Side, writes};

/// How long it has to be silent: three periods of the lists, and longer than every back-off of these plans.
const WINDOW: Duration = Duration::from_millis(500);

/// How long it has to be silent before a workload begins: longer than a period of the lists.
const BEFORE: Duration = Duration::from_millis(200);

/// What was under way when everything came to rest (an event, a late answer) may end in this time.
const WITHIN: Duration = Duration::from_secs(5);

/// How the operator follows its objects.
const WATCH: &str = "WATCH vpcendpointservices";

/// Between two looks.
const PERIOD: Duration = Duration::from_millis(20);

/// Waits until every operator watches the objects and is done with what was prepared: what is still written then would be taken for a part of
/// the workload.
pub(crate) async fn settle(environment: &Environment) -> Result<(), HarnessError> {
    let begin = Instant::now();
    let is_settled = || {
        let is_watching = environment.operators.iter().all(|instance| instance.kubernetes.calls().iter().any(is_watch));
        let since = last_noise(environment).map_or(begin, |call| heard_until(&call)).max(begin);
        is_watching && since.elapsed() >= BEFORE
    };
    environment.until_cloud("the operators watch and are silent", |_| is_settled()).await
}

fn is_watch(call: &Seen) -> bool {
    call.kind == WATCH && call.answered.is_some()
}

/// Waits for silence; complains if there is none.
pub(crate) async fn listen(environment: &Environment) -> Option<String> {
    let begin = Instant::now();
    loop {
        let since = last_noise(environment).map_or(begin, |call| heard_until(&call)).max(begin);
        if since.elapsed() >= WINDOW {
            return None;
        }
        if begin.elapsed() > WITHIN {
            let noise = last_noise(environment).map(|call| call.kind.to_string()).unwrap_or_default();
            return Some(format!(
                "{WITHIN:?} after everything had come to rest there still are calls, the last a {noise}"
            ));
        }
        tokio::time::sleep(PERIOD).await;
    }
}

fn last_noise(environment: &Environment) -> Option<Seen> {
    let proxies = environment.operators.iter().flat_map(|instance| [&instance.kubernetes, &instance.cloud]);
    proxies.filter_map(last_noise_at).max_by_key(heard_until)
}

fn last_noise_at(proxy: &Proxy) -> Option<Seen> {
    let mut last: Option<Seen> = None;
    proxy.each_call(|call| {
        if is_noise(call) && last.as_ref().is_none_or(|last| heard_until(last) <= heard_until(call)) {
            last = Some(call.clone());
        }
    });
    last
}

/// A call that is held up is heard until it is over: what comes of it comes then.
fn heard_until(call: &Seen) -> Instant {
    // What was cut off on its way there was over at once, and nobody enters that its caller has gone.
    let cut = (call.on_arrival == Some(OnArrival::Cut)).then_some(call.at);
    let over = [cut, call.answered.map(|(_, at)| at), call.delivered.map(|(_, at)| at), call.caller_gone];
    let broken = call.failure.as_ref().map(|_| call.at);
    over.into_iter().flatten().max().or(broken).unwrap_or_else(Instant::now)
}

/// It changes something, or looks at one service: at rest the lists are enough for all of them. A lease is renewed all the time.
fn is_noise(call: &Seen) -> bool {
    writes(call.side, &call.kind.0) && !call.kind.is_of_election() || call.side == Side::Cloud && call.object.is_some()
}
