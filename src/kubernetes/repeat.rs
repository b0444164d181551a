//! One call to the API server: a deadline for the whole, and a few quick repetitions when the server asks for patience.
//!
//! The client's own policy is switched off: its fifteen doublings can hold a patch back for minutes. Every call made here may be
//! repeated: reads, applies, and patches that name the resource version they are for.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::KubernetesError;
use crate::backoff::Backoff;

/// Enough for a server that restarts behind a load balancer; whoever needs more has a back-off of its own.
const REPETITIONS: u32 = 2;

/// When the server names no delay. The whole is shorter than a person's patience with an edit.
const DELAY: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(200));

/// Makes the call, again where the server asked for patience, all of it within `deadline`.
pub(super) async fn call<T, F>(deadline: Duration, make: impl Fn() -> F) -> Result<T, KubernetesError>
where
    F: Future<Output = Result<T, kube::Error>>,
{
    match timeout(deadline, repeated(make)).await {
        Ok(answer) => answer.map_err(|error| KubernetesError::of(&error)),
        Err(_) => Err(KubernetesError::Unavailable(format!("no answer within {deadline:?}"))),
    }
}

async fn repeated<T, F>(make: impl Fn() -> F) -> Result<T, kube::Error>
where
    F: Future<Output = Result<T, kube::Error>>,
{
    for repetition in 0..REPETITIONS {
        match make().await {
            Err(error) => match patience(&error, repetition) {
                Some(delay) => sleep(delay).await,
                None => return Err(error),
            },
            answer => return answer,
        }
    }
    make().await
}

/// How long to wait before the call is made again; `None`: never.
fn patience(error: &kube::Error, repetition: u32) -> Option<Duration> {
    let kube::Error::Api(status) = error else { return None };
    if ![429, 503, 504].contains(&status.code) {
        return None;
    }
    let asked = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
    match asked {
        0 => Some(DELAY.delay(repetition + 1)),
        seconds => Some(Duration::from_secs(seconds.into())),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use kube::core::Status;
    use kube::core::response::StatusDetails;
    use tokio::time::Instant;

    use super::*;

    const DEADLINE: Duration = Duration::from_secs(10);

    fn refused(code: u16, retry_after_seconds: u32) -> kube::Error {
        let details = StatusDetails {
            name: String::new(),
            group: String::new(),
            kind: String::new(),
            uid: String::new(),
            causes: Vec::new(),
            retry_after_seconds,
        };
        kube::Error::Api(Status::failure("no", "No").with_code(code).with_details(details).boxed())
    }

    /// Fails `failures` times; answers how often it was called, how it ended, and how long it took.
    async fn tried(failures: u32, error: fn() -> kube::Error) -> (u32, Result<(), KubernetesError>, Duration) {
        let calls = Cell::new(0);
        let began = Instant::now();
        let result = call(DEADLINE, || {
            calls.set(calls.get() + 1);
            std::future::ready(if calls.get() <= failures { Err(error()) } else { Ok(()) })
        })
        .await;
        (calls.get(), result, began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_server_gets_two_more_chances() {
        let busy = || refused(503, 0);
        assert_eq!(tried(2, busy).await, (3, Ok(()), Duration::from_millis(300)));
        let (calls, result, _) = tried(3, busy).await;
        assert_eq!((calls, result), (3, Err(KubernetesError::Unavailable("503 no".into()))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_server_says_how_long() {
        assert_eq!(tried(1, || refused(429, 3)).await, (2, Ok(()), Duration::from_secs(3)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_is_final() {
        for error in [|| refused(409, 0), || refused(422, 0), || refused(500, 0)] {
            assert_eq!(tried(1, error).await.0, 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_holds_for_the_whole() {
        let (_, result, took) = tried(9, || refused(429, 8)).await;
        assert_eq!(result, Err(KubernetesError::Unavailable("no answer within 10s".into())));
        assert_eq!(took, DEADLINE);
        let silent = call(DEADLINE, std::future::pending::<Result<(), kube::Error>>).await;
        assert_eq!(silent, Err(KubernetesError::Unavailable("no answer within 10s".into())));
    }
}
