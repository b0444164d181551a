//! The door through which time and nonces come in.

use std::fmt::Debug;

use jiff::Timestamp;
use tokio::time::Instant;
use uuid::Uuid;

/// Says what time it is and makes texts that never come twice.
pub trait Clock: Send + Sync + Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// A text that no other call returned, of at most 64 ASCII characters: the nonce of an attempt, a `ClientToken`.
    fn nonce(&self) -> String {
        Uuid::new_v4().simple().to_string()
    }
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that follows the time of the tokio runtime: on a paused runtime it is virtual, on a running one it keeps pace
/// with the wall clock without following its jumps.
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    base: Timestamp,
    started: Instant,
}

impl TokioClock {
    /// A clock that shows `base` now.
    pub fn starting_at(base: Timestamp) -> Self {
        Self { base, started: Instant::now() }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        // Beyond the last representable moment the clock stands still: nobody gets there but by a test's huge advance.
        self.base.checked_add(self.started.elapsed()).unwrap_or(Timestamp::MAX)
    }
}
