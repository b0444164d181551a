//! Silence: nothing is written to either side for a while.

use std::time::{Duration, Instant};

use crate::proxy::{Proxy, Seen, Side};
use crate::world::World;

/// How long it has to be silent: three sweep periods, and longer than every back-off of these plans.
const WINDOW: Duration = Duration::from_millis(500);

/// What was under way when everything came to rest (an event, a late answer) may end in this time.
const WITHIN: Duration = Duration::from_secs(5);

/// Between two looks.
const PERIOD: Duration = Duration::from_millis(20);

/// Waits for silence; complains if there is none.
pub(crate) async fn listen(world: &World) -> Option<String> {
    let begin = Instant::now();
    loop {
        let since = last_write(world).map_or(begin, |write| write.at).max(begin);
        if since.elapsed() >= WINDOW {
            return None;
        }
        if begin.elapsed() > WITHIN {
            let written = last_write(world).map(|write| write.kind.to_string()).unwrap_or_default();
            return Some(format!(
                "{WITHIN:?} after everything had come to rest there still are writes, the last a {written}"
            ));
        }
        tokio::time::sleep(PERIOD).await;
    }
}

fn last_write(world: &World) -> Option<Seen> {
    let proxies = world.operators.iter().flat_map(|seat| [&seat.kubernetes, &seat.cloud]);
    proxies.flat_map(Proxy::calls).filter(|call| writes(call.side, &call.kind.0)).max_by_key(|call| call.at)
}

/// A call of this kind changes something.
pub(crate) fn writes(side: Side, kind: &str) -> bool {
    match side {
        Side::Kubernetes => ["POST ", "PUT ", "PATCH ", "DELETE "].iter().any(|verb| kind.starts_with(verb)),
        Side::Cloud => privatelink::Operation::from_name(kind).is_some_and(privatelink::Operation::mutates),
    }
}
