//! The order to stop, and how long one waits for those who still work.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// Cancelled by SIGTERM, as Kubernetes sends it, and by Ctrl-C. From now on neither ends the process by itself.
pub(super) fn ordered() -> io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let order = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => info!("stopping: SIGTERM"),
            _ = interrupt.recv() => info!("stopping: Ctrl-C"),
        }
        order.cancel();
    });
    Ok(stop)
}

/// Does the work, which ends by itself once `stop` is cancelled; what takes longer than `patience` from then on is dropped: `None`.
pub(super) async fn in_time<F: Future>(work: F, stop: CancellationToken, patience: Duration) -> Option<F::Output> {
    let overdue = async {
        stop.cancelled().await;
        sleep(patience).await;
    };
    tokio::select! {
        done = work => Some(done),
        () = overdue => {
            warn!(?patience, "aborting reconciles that still run");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future;

    use tokio::time::Instant;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(8);

    #[tokio::test(start_paused = true)]
    async fn work_that_ends_is_awaited() {
        let stop = CancellationToken::new();
        stop.cancel();
        let work = async {
            sleep(Duration::from_secs(7)).await;
            "done"
        };
        assert_eq!(in_time(work, stop, PATIENCE).await, Some("done"));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_does_not_end_is_cut_off() {
        let stop = CancellationToken::new();
        let order = stop.clone();
        tokio::spawn(async move {
            sleep(Duration::from_secs(100)).await;
            order.cancel();
        });
        let began = Instant::now();
        assert_eq!(in_time(future::pending::<()>(), stop, PATIENCE).await, None);
        assert_eq!(began.elapsed(), Duration::from_secs(108));
    }
}
