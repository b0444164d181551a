//! Whether the CustomResourceDefinition is as new as the operator: Helm and Argo CD upgrade it with the chart, `kubectl set image` does not.

use std::time::Duration;

use kube::Client;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;
use tracing::{debug, warn};

use crate::backoff::Backoff;
use crate::kubernetes::{Kind, KubernetesError, schema};
use crate::supervise::{self, Task};

/// Between two reads: a definition that is not there may be installed at any time, and the watch tells of it meanwhile.
const PAUSES: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_mins(1));

/// Says once in the log which fields the installed definition of the kind lacks. Ends when the handle is dropped.
pub(super) fn check<K: Kind>(client: Client, deadline: Duration) -> AbortOnDropHandle<()> {
    let compared = move || compare::<K>(client.clone(), deadline);
    AbortOnDropHandle::new(tokio::spawn(supervise::until_done(Task::Schema, compared)))
}

async fn compare<K: Kind>(client: Client, deadline: Duration) {
    let mut failures = 0_u32;
    loop {
        match schema::missing_fields::<K>(&client, deadline).await {
            Ok(missing) => return report::<K>(&missing),
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
    if !missing.is_empty() {
        warn!(
            "the CustomResourceDefinition {} is of an older version than this operator: the API server drops {}; install it with: \
             privatelink-operator crds | kubectl apply --server-side -f -",
            K::crd_name(),
            missing.join(", ")
        );
    }
}
