//! The calls that met a silence, and how long each of them took.

use std::fmt;
use std::time::{Duration, Instant};

use fault_plans::proxy::{OnAnswer, Proxy, Seen};

/// Between two looks at whether all calls have ended.
const POLL: Duration = Duration::from_millis(100);

/// The calls that met the silence from `begin` to `end`, once all of them have ended or had so long for it.
pub(super) async fn met(proxy: &Proxy, begin: Instant, end: Instant, deadline: Duration) -> Met {
    loop {
        let calls: Vec<_> = proxy.calls().into_iter().filter(|call| is_met(call, begin, end)).collect();
        if end.elapsed() > deadline || calls.iter().all(|call| ended(call).is_some()) {
            return Met::of(&calls);
        }
        tokio::time::sleep(POLL).await;
    }
}

/// It was under way in that time. A watch that has begun is none: it is quiet by its nature.
fn is_met(call: &Seen, begin: Instant, end: Instant) -> bool {
    let is_watch = call.kind.0.starts_with("WATCH") && call.on_answer == Some(OnAnswer::Pass);
    !is_watch && call.at < end && ended(call).is_none_or(|ended| ended > begin)
}

/// When it was answered to the last byte, or given up by its caller.
fn ended(call: &Seen) -> Option<Instant> {
    call.delivered.map(|(_, at)| at).or(call.caller_gone)
}

/// The calls that met the silence.
pub(super) struct Met {
    calls: usize,
    given_up: usize,
    pub(super) longest: Duration,
}

impl Met {
    fn of(calls: &[Seen]) -> Self {
        let took = |call: &Seen| ended(call).unwrap_or_else(Instant::now).duration_since(call.at);
        Self {
            calls: calls.len(),
            given_up: calls.iter().filter(|call| call.caller_gone.is_some()).count(),
            longest: calls.iter().map(took).max().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Met {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, given_up, longest } = self;
        write!(out, "{calls} calls met it, {given_up} of them given up, the longest took {longest:?}")
    }
}
