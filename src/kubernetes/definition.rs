//! Our own CustomResourceDefinition: whether it is being deleted, and with it every object at once.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client};
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::repeat::call;
use super::{Kind, KubernetesError};
use crate::identity::{Definition, DefinitionUnknown};

/// Between two reads, however many objects are being deleted. Twice as long would be felt at the end of a deletion; without it a thousand
/// deletions would make thousands of reads.
const PAUSE: Duration = Duration::from_secs(1);

/// Whether the definition is read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionReads {
    /// For every deletion.
    Needed,
    /// Never: an administrator said that its deletion is not to be told from that of every object.
    Ignored,
}

/// Asks the API server.
type Ask = Box<dyn Fn() -> BoxFuture<'static, Result<Definition, KubernetesError>> + Send + Sync>;

/// What becomes of the kind, read once for all objects that are deleted at the same time.
pub(super) struct SharedDefinition {
    ask: Ask,
    reads: DefinitionReads,
    newest: Mutex<Option<Answer>>,
    /// Held while the API server is asked, so that everybody who comes meanwhile shares one answer.
    asking: tokio::sync::Mutex<()>,
    /// When the deletion mark of each object was first seen here. An entry goes with its object.
    marked: Mutex<HashMap<String, Instant>>,
}

#[derive(Debug)]
struct Answer {
    asked: Instant,
    answered: Instant,
    definition: Definition,
}

impl SharedDefinition {
    pub(super) fn new<K: Kind>(client: Client, deadline: Duration, reads: DefinitionReads) -> Self {
        Self::asking(Box::new(move || Box::pin(read::<K>(client.clone(), deadline))), reads)
    }

    fn asking(ask: Ask, reads: DefinitionReads) -> Self {
        Self { ask, reads, newest: Mutex::default(), asking: tokio::sync::Mutex::default(), marked: Mutex::default() }
    }

    /// The answer to a question that was asked after the mark of this object was first seen, and that is no older than [`PAUSE`].
    pub(super) async fn of_kind(&self, uid: &str) -> Definition {
        if self.reads == DefinitionReads::Ignored {
            return Definition::Stays;
        }
        let marked = *lock(&self.marked).entry(uid.to_owned()).or_insert_with(Instant::now);
        if let Some(known) = self.known(marked) {
            return known;
        }
        let _asking = self.asking.lock().await;
        if let Some(known) = self.known(marked) {
            return known;
        }
        let again = lock(&self.newest).as_ref().map(|answer| answer.answered + PAUSE);
        if let Some(again) = again {
            sleep_until(again).await;
        }
        let asked = Instant::now();
        let definition = definition((self.ask)().await);
        *lock(&self.newest) = Some(Answer { asked, answered: Instant::now(), definition: definition.clone() });
        definition
    }

    fn known(&self, marked: Instant) -> Option<Definition> {
        let newest = lock(&self.newest);
        let is_good = |answer: &&Answer| answer.asked >= marked && answer.answered.elapsed() < PAUSE;
        newest.as_ref().filter(is_good).map(|answer| answer.definition.clone())
    }

    pub(super) fn forget(&self, uid: &str) {
        lock(&self.marked).remove(uid);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No code runs under the locks that could leave anything half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for SharedDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedDefinition").field("reads", &self.reads).finish_non_exhaustive()
    }
}

/// What becomes of the kind, asked now.
pub async fn read<K: Kind>(client: Client, deadline: Duration) -> Result<Definition, KubernetesError> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client);
    let read = call(deadline, || definitions.get_metadata(K::crd_name())).await?;
    Ok(if read.metadata.deletion_timestamp.is_none() { Definition::Stays } else { Definition::Goes })
}

/// Only an answer that shows the definition says anything. A 404 does not: objects of a kind go before it does.
fn definition(read: Result<Definition, KubernetesError>) -> Definition {
    read.unwrap_or_else(|error| {
        warn!("nothing is written to the cloud for objects that are being deleted, because their CustomResourceDefinition cannot be read: {error}");
        Definition::Unknown(match error {
            KubernetesError::Gone => DefinitionUnknown::Missing,
            KubernetesError::Forbidden(sentence) => DefinitionUnknown::Refused(sentence),
            KubernetesError::Conflict
            | KubernetesError::NamespaceTerminating
            | KubernetesError::Invalid(_)
            | KubernetesError::Unavailable(_) => DefinitionUnknown::Unanswered,
        })
    })
}

#[cfg(test)]
mod tests;
