//! A context without a cluster and without a cloud.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Request, Response};
use cloud_core::{EnvironmentCredentials, Network, TokioClock, Transport, TransportError};
use futures::future::{self, BoxFuture};
use jiff::Timestamp;

use crate::cloud::accounts::{self, Accounts, Clients};
use crate::cloud::requeuer::Requeuer;
use crate::cloud::scheduler::Rates;
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::CreateRecord;
use crate::identity::ObjectId;
use crate::identity::{Definition, ObjectKey};
use crate::kubernetes::services::{ReferredServices, ServiceReader};
use crate::kubernetes::status_memory::StatusMemory;
use crate::kubernetes::{
    Announcement, ConfigMapVersion, ConfigMaps, EventSink, FoundConfigMap, KubernetesError, LatestObject, ObjectReader,
    ObjectWriter, Severity, StatusWriter, Written,
};
use crate::metrics::Metrics;
use crate::runtime::backoff::BackOff;
use crate::runtime::{self, Kubernetes};
use crate::timing::Timing;
use crate::vpc_endpoint_service::claims::Claims;
use crate::vpc_endpoint_service::context::Context;
use crate::vpc_endpoint_service::exports::Exports;
use crate::vpc_endpoint_service::observation_times::ObservationTimes;
use crate::vpc_endpoint_service::steps::Decisions;

/// An API server of one object that notes what is asked of it.
#[derive(Debug, Default)]
pub(super) struct FakeServer {
    /// What a read answers; `None`: the object is gone.
    pub(super) object: Option<VpcEndpointService>,
    /// What a write of a status answers.
    pub(super) refusal: Option<KubernetesError>,
    pub(super) calls: Mutex<Vec<String>>,
}

impl FakeServer {
    pub(super) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    fn note(&self, call: impl Into<String>) {
        self.calls.lock().unwrap().push(call.into());
    }
}

impl ObjectReader<VpcEndpointService> for FakeServer {
    fn read<'a>(&'a self, id: &'a ObjectId) -> BoxFuture<'a, Result<VpcEndpointService, KubernetesError>> {
        self.note(format!("read {}", id.name));
        Box::pin(future::ready(self.object.clone().ok_or(KubernetesError::Gone)))
    }

    fn definition<'a>(&'a self, _: &'a ObjectId) -> BoxFuture<'a, Definition> {
        Box::pin(future::ready(Definition::Stays))
    }

    fn forget(&self, _: &ObjectId) {}
}

impl ObjectWriter for FakeServer {
    fn put_record<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a [String],
        _: &'a CreateRecord,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        unreachable!("the driver is not under test")
    }

    fn read_latest<'a>(&'a self, _: &'a ObjectKey) -> BoxFuture<'a, Result<LatestObject, KubernetesError>> {
        unreachable!("the driver is not under test")
    }

    fn release_finalizer<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a [String],
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        unreachable!("the driver is not under test")
    }
}

impl StatusWriter<VpcEndpointService> for FakeServer {
    fn put_status<'a>(
        &'a self,
        _: &'a ObjectKey,
        stored: Option<&'a VpcEndpointServiceStatus>,
        wanted: &'a VpcEndpointServiceStatus,
    ) -> BoxFuture<'a, Result<Written, KubernetesError>> {
        self.note(format!("status {}", wanted.service_id.as_deref().unwrap_or_default()));
        Box::pin(future::ready(match &self.refusal {
            Some(refusal) => Err(refusal.clone()),
            None if stored == Some(wanted) => Ok(Written::Unchanged),
            None => Ok(Written::Changed),
        }))
    }
}

impl ConfigMaps for FakeServer {
    fn read_config_map<'a>(
        &'a self,
        _: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundConfigMap>, KubernetesError>> {
        self.note(format!("read ConfigMap {name}"));
        Box::pin(future::ready(Ok(None)))
    }

    fn create_config_map<'a>(
        &'a self,
        owner: &'a ObjectKey,
        name: &'a str,
        data: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        self.note(format!("create ConfigMap {name}"));
        let version = ConfigMapVersion { uid: "c-1".to_owned(), resource_version: "1".to_owned() };
        let (owners, exported_by) = (vec![owner.uid.clone()], Some(owner.name.clone()));
        Box::pin(future::ready(Ok(FoundConfigMap { version, data: data.clone(), owners, exported_by })))
    }

    fn change_config_map<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a str,
        _: &'a ConfigMapVersion,
        _: &'a BTreeMap<String, Option<String>>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        unreachable!("no ConfigMap is changed here")
    }

    fn delete_config_map<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a ConfigMapVersion,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        unreachable!("no ConfigMap is deleted here")
    }
}

impl EventSink for FakeServer {
    fn publish<'a>(&'a self, _: &'a ObjectKey, announcement: Announcement<'a>) -> BoxFuture<'a, ()> {
        let Announcement { severity, reason, note } = announcement;
        let severity = if severity == Severity::Warning { "warning" } else { "event" };
        self.note(format!("{severity} {reason}: {note}"));
        Box::pin(future::ready(()))
    }
}

/// A cluster without Services.
#[derive(Clone, Copy, Debug)]
struct NoServices;

impl ServiceReader for NoServices {
    fn refer(&self, _: &ObjectId, _: &BTreeSet<String>) -> ReferredServices {
        ReferredServices::default()
    }

    fn forget(&self, _: &ObjectId) {}
}

/// A cloud that nobody reaches.
#[derive(Clone, Copy, Debug)]
struct NoCloud;

impl Transport for NoCloud {
    fn send(&self, _: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(future::ready(Err(TransportError::Connect("there is no cloud".to_owned()))))
    }
}

pub(super) fn context(server: &Arc<FakeServer>) -> Arc<Context> {
    let clock = Arc::new(TokioClock::starting_at(Timestamp::UNIX_EPOCH));
    let timing = Timing::default();
    let clients = Clients {
        credentials: Arc::new(EnvironmentCredentials::from_lookup(|_| None)),
        transport: Arc::new(NoCloud),
        clock: Arc::<TokioClock>::clone(&clock),
        timing: cloud_core::Timing::default(),
        network: Network::Public,
        endpoint: None,
        load_balancer_endpoint: None,
        sts_endpoint: None,
        user_agent: "test".to_owned(),
    };
    let accounts = Accounts::new(accounts::Setup {
        clients,
        account_id: Some("1".to_owned()),
        home_region: None,
        cluster: "test".to_owned(),
        process: "test-process".to_owned(),
        timing,
        rates: Rates::documented(),
        requeuer: Requeuer::channel().0,
        clock: Arc::<TokioClock>::clone(&clock),
    });
    let shared = runtime::Context {
        kubernetes: Kubernetes {
            reader: Arc::<FakeServer>::clone(server),
            objects: Arc::<FakeServer>::clone(server),
            statuses: Arc::<FakeServer>::clone(server),
            events: Arc::<FakeServer>::clone(server),
            config_maps: Arc::<FakeServer>::clone(server),
        },
        clock,
        timing,
        metrics: Metrics::new(),
        back_off: BackOff::new(Duration::from_secs(1), Duration::from_mins(5)),
        freshness: Arc::default(),
        live: Arc::default(),
        status_memory: StatusMemory::default(),
    };
    Arc::new(Context {
        runtime: Arc::new(shared),
        accounts: accounts.unwrap(),
        cluster: "test".to_owned(),
        default_region: None,
        deletes_orphans: false,
        observation_times: ObservationTimes::default(),
        claims: Claims::default(),
        exports: Exports::default(),
        services: Arc::new(NoServices),
        steps: Arc::new(Decisions),
    })
}

pub(super) fn object(resource_version: &str) -> VpcEndpointService {
    serde_json::from_value(serde_json::json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {
            "namespace": "team", "name": "service", "uid": "u-1", "generation": 1, "resourceVersion": resource_version,
        },
        "spec": {"serviceResourceType": "nlb"},
    }))
    .unwrap()
}
