//! Whether the CustomResourceDefinition is as new as the operator: Helm and Argo CD upgrade it with the chart, `kubectl set image` does not.

use std::sync::Arc;
use std::time::Duration;

use kube::Client;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::{debug, info, warn};

use crate::backoff::Backoff;
use crate::kubernetes::schema::{InstalledSchema, missing_fields};
use crate::kubernetes::{Kind, KubernetesError};
use crate::supervise::{self, Task};

/// Between two reads: a definition that is not there may be installed at any time, and the watch tells of it meanwhile.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// After that an older definition is looked at again, because somebody was just told to upgrade it.
const AGAIN: Duration = Duration::from_mins(1);

/// Keeps up with which fields the installed definition of the kind lacks, and says in the log when that changes. Ends when the handle is dropped.
pub(super) fn check<K: Kind>(
    client: Client,
    deadline: Duration,
    schema: Arc<InstalledSchema>,
) -> AbortOnDropHandle<()> {
    let followed = move || follow::<K>(client.clone(), deadline, Arc::clone(&schema));
    AbortOnDropHandle::new(tokio::spawn(supervise::until_done(Task::Schema, followed)))
}

async fn follow<K: Kind>(client: Client, deadline: Duration, schema: Arc<InstalledSchema>) {
    let (mut failures, mut told) = (0_u32, Vec::new());
    loop {
        match missing_fields::<K>(&client, deadline).await {
            Ok(missing) => {
                schema.learn(&missing);
                if missing != told {
                    report::<K>(&missing);
                    told = missing;
                }
                let again = if told.is_empty() { Duration::MAX } else { AGAIN };
                if timeout(again, schema.doubted()).await.is_err() {
                    failures = 0;
                }
            }
            // Whoever withholds the right was told what it is for.
            Err(KubernetesError::Forbidden(sentence)) => {
                return debug!("the CustomResourceDefinition cannot be compared with this version: {sentence}");
            }
            Err(error) => debug!("the CustomResourceDefinition cannot be compared with this version yet: {error}"),
        }
        failures = failures.saturating_add(1);
        sleep(PAUSES.delay(failures)).await;
    }
}

fn report<K: Kind>(missing: &[String]) {
    if missing.is_empty() {
        return info!("the CustomResourceDefinition {} has all fields of this version", K::crd_name());
    }
    warn!(
        "the CustomResourceDefinition {} is of an older version than this operator: it lacks {}, which the operator leaves out of what it \
         writes and users cannot set; install it with: privatelink-operator crds | kubectl apply --server-side -f -",
        K::crd_name(),
        missing.join(", ")
    );
}
