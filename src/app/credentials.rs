//! Whether there are credentials: the one thing about the cloud that readiness needs, and it asks nobody in the cloud.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::CredentialSource;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use crate::admin::Health;
use crate::supervise::{self, Task};

/// Between two looks. A person who mounts the missing key does not want to wait longer, and a look costs a file or two.
const PAUSE: Duration = Duration::from_secs(5);

/// For one look. Whoever issues credentials answers in well under a second, or not at all.
const DEADLINE: Duration = Duration::from_secs(10);

/// Looks for credentials until there are some. Ends when the handle is dropped.
pub(super) fn check(source: Arc<dyn CredentialSource>, health: Arc<Health>) -> AbortOnDropHandle<()> {
    let until_loaded = move || until_loaded(Arc::clone(&source), Arc::clone(&health));
    AbortOnDropHandle::new(tokio::spawn(supervise::until_done(Task::Credentials, until_loaded)))
}

async fn until_loaded(source: Arc<dyn CredentialSource>, health: Arc<Health>) {
    loop {
        match timeout(DEADLINE, source.load()).await {
            Ok(Ok(_)) => break,
            Ok(Err(error)) => warn!(source = source.name(), "{error}"),
            Err(_) => warn!(source = source.name(), "failed to load credentials within {DEADLINE:?}"),
        }
        sleep(PAUSE).await;
    }
    info!(source = source.name(), "credentials loaded");
    health.credentials_loaded();
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use cloud_core::EnvironmentCredentials;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn credentials_that_come_late_are_found() {
        // From the end: nothing at the first two looks, then both parts.
        let late = Mutex::new(vec!["secret", "id", "", ""]);
        let source = EnvironmentCredentials::from_lookup(move |name| match name {
            "ALIBABA_CLOUD_SECURITY_TOKEN" => None,
            _ => late.lock().unwrap().pop().map(str::to_owned),
        });
        let health = Arc::new(Health::new(Duration::from_mins(1)));
        check(Arc::new(source), Arc::clone(&health)).await.unwrap();
        assert!(health.readiness().to_string().contains("[+] credentials loaded"));
    }
}
