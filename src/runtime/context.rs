//! The handles that a reconcile of any kind may use. Everything from outside comes through here, so that a reconcile can run without a
//! cluster or a clock.

use std::sync::Arc;

use cloud_core::Clock;

use super::backoff::BackOff;
use crate::identity::ObjectId;
use crate::kubernetes::freshness::Freshness;
use crate::kubernetes::live_objects::LiveObjects;
use crate::kubernetes::status_memory::StatusMemory;
use crate::kubernetes::{ApiServer, ConfigMaps, EventSink, Kind, ObjectReader, ObjectWriter, StatusOf, StatusWriter};
use crate::metrics::Metrics;
use crate::timing::Timing;

/// What every reconcile of one kind shares.
#[derive(Debug)]
pub struct Context<K: Kind> {
    pub kubernetes: Kubernetes<K>,
    pub clock: Arc<dyn Clock>,
    pub timing: Timing,
    pub metrics: Metrics,
    pub back_off: BackOff,
    /// Shared with whoever writes objects.
    pub freshness: Arc<Freshness>,
    /// Filled by the watch.
    pub live: Arc<LiveObjects>,
    /// The last status of each object that this process wrote.
    pub status_memory: StatusMemory<StatusOf<K>>,
}

/// What a reconcile may do in Kubernetes, one power each.
#[derive(Debug)]
pub struct Kubernetes<K> {
    pub reader: Arc<dyn ObjectReader<K>>,
    pub objects: Arc<dyn ObjectWriter>,
    pub statuses: Arc<dyn StatusWriter<K>>,
    pub events: Arc<dyn EventSink>,
    pub config_maps: Arc<dyn ConfigMaps>,
}

impl<K: Kind> Kubernetes<K> {
    /// All of it by one API server.
    pub fn of(server: ApiServer<K>) -> Self {
        let server = Arc::new(server);
        Self {
            reader: Arc::<ApiServer<K>>::clone(&server),
            objects: Arc::<ApiServer<K>>::clone(&server),
            statuses: Arc::<ApiServer<K>>::clone(&server),
            events: Arc::<ApiServer<K>>::clone(&server),
            config_maps: server,
        }
    }
}

impl<K: Kind> Context<K> {
    /// Drops everything that is remembered here of an object that no longer exists.
    pub fn forget(&self, id: &ObjectId) {
        self.back_off.forget(id);
        self.freshness.forget(&id.uid);
        self.kubernetes.reader.forget(id);
        self.status_memory.forget(&id.uid);
    }
}
