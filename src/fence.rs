//! The fence: whether this process may still change anything, in Kubernetes or in the cloud, asked right before each request is sent.
//!
//! The lease of a leader ends by the clock of others. A process that was stopped, or that nobody lets reach the API server, learns of it late; so it
//! counts for itself how long nobody else can have taken over. No request is stopped that has been sent already: what comes of those, the
//! create record settles (decision 15).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Nothing was sent, because this process may not change anything now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not sent: this process does not lead, or it could not renew its lease in time")]
pub struct Fenced;

/// Opened for a time, again and again. Every clone is the same fence.
#[derive(Clone, Debug)]
pub struct Fence(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    began: Instant,
    /// Microseconds from `began` on; 0: closed.
    open_until: AtomicU64,
}

impl Fence {
    /// For a process that stands for election: closed until it is opened.
    pub fn closed() -> Self {
        Self(Arc::new(Inner { began: Instant::now(), open_until: AtomicU64::new(0) }))
    }

    /// For a process that runs alone: always open.
    pub fn open() -> Self {
        Self(Arc::new(Inner { began: Instant::now(), open_until: AtomicU64::new(u64::MAX) }))
    }

    /// Open until then, and closed by itself from then on.
    pub fn open_until(&self, end: Instant) {
        self.0.open_until.store(microseconds(end.duration_since(self.0.began)), Ordering::SeqCst);
    }

    pub fn close(&self) {
        self.0.open_until.store(0, Ordering::SeqCst);
    }

    /// Whether a request that changes something may be sent at this moment.
    pub fn pass(&self) -> Result<(), Fenced> {
        let now = microseconds(self.0.began.elapsed());
        if now < self.0.open_until.load(Ordering::SeqCst) { Ok(()) } else { Err(Fenced) }
    }
}

fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_closes_by_itself_and_may_be_opened_again() {
        let fence = Fence::closed();
        let door = fence.clone();
        assert_eq!(door.pass(), Err(Fenced));
        advance(Duration::from_mins(1)).await;
        fence.open_until(Instant::now() + Duration::from_secs(10));
        advance(Duration::from_millis(9_999)).await;
        assert_eq!(door.pass(), Ok(()));
        advance(Duration::from_millis(1)).await;
        assert_eq!(door.pass(), Err(Fenced));
        fence.open_until(Instant::now() + Duration::from_secs(10));
        assert_eq!(door.pass(), Ok(()));
        fence.close();
        assert_eq!(door.pass(), Err(Fenced));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_always_open_stays_so() {
        let fence = Fence::open();
        advance(Duration::from_hours(1_000)).await;
        assert_eq!(fence.pass(), Ok(()));
    }
}
