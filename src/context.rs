//! The handles that a reconcile may use. Everything from outside comes through here, so that a pass can run without a cluster, a cloud
//! or a clock.

use std::sync::Arc;

use cloud_core::Clock;

use crate::cloud::accounts::Accounts;
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::{Definition, ObjectId};
use crate::kubernetes::freshness::Freshness;
use crate::kubernetes::status_memory::StatusMemory;
use crate::kubernetes::{ApiServer, EventSink, ObjectReader, ObjectWriter, StatusWriter};
use crate::metrics::Metrics;
use crate::runtime::backoff::BackOff;
use crate::timing::Timing;
use crate::vpc_endpoint_service::resolve::Place;
use crate::vpc_endpoint_service::sightings::Sightings;
use crate::vpc_endpoint_service::steps::Steps;

/// What every pass shares.
#[derive(Debug)]
pub struct Context {
    /// The cloud side: clients, inventories and lanes by account and region.
    pub accounts: Accounts,
    pub kubernetes: Kubernetes,
    pub clock: Arc<dyn Clock>,
    pub timing: Timing,
    /// The cluster id in the owner tags.
    pub cluster: String,
    /// Where objects without a region of their own live.
    pub default_region: Option<String>,
    pub metrics: Metrics,
    pub back_off: BackOff,
    /// Shared with whoever writes objects.
    pub freshness: Arc<Freshness>,
    pub sightings: Sightings,
    /// What this process said last of each object.
    pub said: StatusMemory<VpcEndpointServiceStatus>,
    /// What decides.
    pub steps: Arc<dyn Steps>,
}

/// What a pass may do in Kubernetes, one power each.
#[derive(Clone, Debug)]
pub struct Kubernetes {
    pub reader: Arc<dyn ObjectReader<VpcEndpointService>>,
    pub objects: Arc<dyn ObjectWriter>,
    pub statuses: Arc<dyn StatusWriter<VpcEndpointService>>,
    pub events: Arc<dyn EventSink>,
}

impl Kubernetes {
    /// All of it by one API server.
    pub fn of(server: ApiServer<VpcEndpointService>) -> Self {
        let server = Arc::new(server);
        Self {
            reader: Arc::<ApiServer<VpcEndpointService>>::clone(&server),
            objects: Arc::<ApiServer<VpcEndpointService>>::clone(&server),
            statuses: Arc::<ApiServer<VpcEndpointService>>::clone(&server),
            events: server,
        }
    }
}

impl Context {
    /// Where objects without a word of their own live. Waits for STS at most once in the life of the process, and only if nobody gave
    /// the account; the object is woken when an account that is unknown becomes known.
    pub async fn place(&self, id: &ObjectId) -> Place {
        Place {
            cluster: self.cluster.clone(),
            account: self.accounts.account_id(id).await,
            default_region: self.default_region.clone(),
            definition: Definition::Stays,
        }
    }

    /// Drops everything that is remembered of an object that no longer exists.
    pub fn forget(&self, id: &ObjectId) {
        self.accounts.forget(id);
        self.back_off.forget(id);
        self.freshness.forget(&id.uid);
        self.kubernetes.reader.forget(id);
        self.sightings.forget(id);
        self.said.forget(&id.uid);
    }
}
