//! The API server, as the traits of this module see it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use kube::runtime::events::{Recorder, Reporter};
use kube::{Api, Client, ResourceExt};

use super::definition::{DefinitionReads, SharedDefinition};
use crate::crd::VpcEndpointService;
use crate::kubernetes::freshness::Fresh;
use crate::metrics::{Metrics, WriteKind};
use crate::names::EVENT_REPORTER;

/// Reads and writes objects, statuses and events. Every call ends within the deadline.
#[derive(Clone)]
pub struct ApiServer {
    pub(super) client: Client,
    pub(super) deadline: Duration,
    pub(super) recorder: Recorder,
    pub(super) metrics: Metrics,
    pub(super) fresh: Arc<Fresh>,
    pub(super) definition: Arc<SharedDefinition>,
}

impl ApiServer {
    /// Writes are told to `fresh`, so that no older copy is trusted afterwards, and counted.
    pub fn new(
        client: Client,
        deadline: Duration,
        definition: DefinitionReads,
        fresh: Arc<Fresh>,
        metrics: Metrics,
    ) -> Self {
        let reporter = Reporter { controller: EVENT_REPORTER.to_owned(), instance: None };
        let recorder = Recorder::new(client.clone(), reporter);
        let definition = Arc::new(SharedDefinition::new(client.clone(), deadline, definition));
        Self { client, deadline, recorder, metrics, fresh, definition }
    }

    pub(super) fn objects(&self, namespace: &str) -> Api<VpcEndpointService> {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// A patch was answered with this object.
    pub(super) fn wrote(&self, uid: &str, object: &VpcEndpointService, kind: WriteKind) {
        self.metrics.kubernetes_write(kind);
        if let Some(version) = object.resource_version() {
            self.fresh.wrote(uid, &version);
        }
    }
}

impl fmt::Debug for ApiServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiServer").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
