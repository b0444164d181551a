//! The API server, as the traits of this module see it.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use kube::runtime::events::{Recorder, Reporter};
use kube::{Api, Client, ResourceExt};

use super::Kind;
use super::definition::{DefinitionReads, SharedDefinition};
use super::freshness::Freshness;
use super::schema::InstalledSchema;
use crate::metrics::{Metrics, WriteKind};
use crate::names::EVENT_REPORTER;

/// Reads and writes objects of one kind, their statuses and events. Every call ends within the deadline.
#[derive(Clone)]
pub struct ApiServer<K> {
    pub(super) client: Client,
    pub(super) deadline: Duration,
    pub(super) recorder: Recorder,
    pub(super) metrics: Metrics,
    pub(super) freshness: Arc<Freshness>,
    pub(super) definition: Arc<SharedDefinition>,
    pub(super) schema: Arc<InstalledSchema>,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> ApiServer<K> {
    /// Writes are told to `freshness`, so that no older copy is trusted afterwards, and counted.
    pub fn new(
        client: Client,
        deadline: Duration,
        definition: DefinitionReads,
        freshness: Arc<Freshness>,
        metrics: Metrics,
    ) -> Self {
        let reporter = Reporter { controller: EVENT_REPORTER.to_owned(), instance: None };
        let recorder = Recorder::new(client.clone(), reporter);
        let definition = Arc::new(SharedDefinition::new::<K>(client.clone(), deadline, definition));
        let schema = Arc::default();
        Self { client, deadline, recorder, metrics, freshness, definition, schema, kind: PhantomData }
    }

    /// The same, told by whoever reads the definition which fields it lacks.
    #[must_use]
    pub fn with_schema(self, schema: Arc<InstalledSchema>) -> Self {
        Self { schema, ..self }
    }

    pub(super) fn objects(&self, namespace: &str) -> Api<K> {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// A patch was answered with this object.
    pub(super) fn wrote(&self, uid: &str, object: &K, kind: WriteKind) {
        self.metrics.kubernetes_write(kind);
        if let Some(version) = object.resource_version() {
            self.freshness.wrote(uid, &version);
        }
    }
}

impl<K> fmt::Debug for ApiServer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiServer").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
