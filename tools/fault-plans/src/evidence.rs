//! All that the oracles look at, once a plan is over.

mod end;
mod unseen;

use cloud_core::{HttpTransport, Transport as _};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::ListParams;
use kube::api::{Api, DynamicObject};
use kube::discovery::ApiResource;
use privatelink::Operation;
use privatelink_sim::{Call, LoadBalancer, ServiceView, Unserved, Violation};
use serde_json::Value;

pub(crate) use self::end::End;
use crate::environment::{ConfigMaps, Environment};
use crate::error::HarnessError;
use crate::fixture::Fixture;
use crate::harness::{Shown, Sighting};
use crate::plan::Plan;
use crate::proxy::writes;
use crate::proxy::{Seen, Side};

/// What is known of a run that has come to rest.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) namespace: String,
    pub(crate) objects: Shown,
    pub(crate) sightings: Vec<Sighting>,
    /// The services that are not other people's.
    pub(crate) services: Vec<ServiceView>,
    /// Other people's services, as they were and as they are.
    pub(crate) unrelated: [Vec<ServiceView>; 2],
    pub(crate) load_balancers: Vec<LoadBalancer>,
    pub(crate) config_maps: ConfigMaps,
    /// The ConfigMap of somebody else, as it was.
    pub(crate) foreign_config_map: ConfigMap,
    pub(crate) journal: Vec<Call>,
    /// What the first operator called in Kubernetes.
    pub(crate) kubernetes_calls: Vec<Seen>,
    /// How many calls of processes that died the next one could not see.
    pub(crate) unseen: usize,
    pub(crate) violations: Vec<Violation>,
    /// Consumers that were served no more, whoever wanted that.
    pub(crate) unserved: Vec<Unserved>,
    pub(crate) end: End,
    /// Logs, metrics and events, by what they are.
    pub(crate) texts: Vec<(&'static str, String)>,
}

impl Evidence {
    pub(crate) async fn gather(fixture: &Fixture, environment: &Environment) -> Result<Self, HarnessError> {
        let objects = environment.objects.now();
        let services = environment.services();
        let is_unrelated = |service: &ServiceView| environment.unrelated.iter().any(|other| other.id == service.id);
        let unrelated = environment.simulator.all_services().into_iter().filter(is_unrelated).collect();
        Ok(Self {
            namespace: environment.namespace.clone(),
            end: End::of(&environment.namespace, &objects, &services, &environment.simulator.endpoints()),
            objects,
            sightings: environment.objects.sightings(),
            services,
            unrelated: [environment.unrelated.clone(), unrelated],
            load_balancers: environment.simulator.load_balancers(),
            config_maps: environment.config_maps().await?,
            foreign_config_map: environment.foreign_config_map.clone(),
            journal: environment.simulator.journal(),
            kubernetes_calls: environment.operator().map(|instance| instance.kubernetes.calls()).unwrap_or_default(),
            unseen: unseen(environment).await,
            violations: environment.simulator.witness(),
            unserved: environment.simulator.unserved(),
            texts: texts(fixture, environment).await?,
        })
    }

    /// The calls that looked at one service alone. Load balancers are read once a period, whatever else happens.
    pub(crate) fn looks(&self) -> impl Iterator<Item = &Call> {
        let is_of_a_service = |call: &&Call| Operation::from_name(&call.operation).is_some() && call.object.is_some();
        self.journal.iter().filter(is_of_a_service).filter(|call| !writes(Side::Cloud, &call.operation))
    }

    /// How many calls came while the cloud still held a lock, where it may hold one longer than the call that took it: how often one
    /// meets it is chance.
    pub(crate) fn met_a_lock(&self, plan: &Plan) -> usize {
        let met = |call: &&Call| call.code.as_deref() == Some("ConcurrentCallNotSupported") && call.fault.is_none();
        if plan.guesses == 0 { 0 } else { self.mutating().filter(met).count() }
    }

    /// The calls that were to change something in the cloud.
    pub(crate) fn mutating(&self) -> impl Iterator<Item = &Call> {
        self.journal.iter().filter(|call| writes(Side::Cloud, &call.operation))
    }
}

async fn unseen(environment: &Environment) -> usize {
    let Some(instance) = environment.operator() else { return 0 };
    let lists = environment.simulator.config().lists;
    let lag = lists.lag + lists.tags_late;
    let begun = unseen::begun(&instance.kubernetes.calls(), &instance.process.deaths().await);
    unseen::count(&instance.cloud.calls(), &begun, lag)
}

async fn texts(fixture: &Fixture, environment: &Environment) -> Result<Vec<(&'static str, String)>, HarnessError> {
    let mut texts = vec![("an event", events(fixture, environment).await?)];
    for instance in &environment.operators {
        texts.push(("a log", instance.process.log().await));
        if let Some(url) = instance.process.metrics_url().await {
            texts.push(("the metrics", metrics(&url).await?));
        }
    }
    Ok(texts)
}

async fn events(fixture: &Fixture, environment: &Environment) -> Result<String, HarnessError> {
    let resource = ApiResource::erase::<k8s_openapi::api::events::v1::Event>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(fixture.admin(), &environment.namespace, &resource);
    let events = api.list(&ListParams::default()).await.map_err(HarnessError::kubernetes("list the events"))?;
    Ok(serde_json::to_value(&events.items).as_ref().map(Value::to_string).unwrap_or_default())
}

async fn metrics(url: &str) -> Result<String, HarnessError> {
    let unreadable = |reason: String| HarnessError::Cloud { what: "read the operator's metrics", reason };
    let transport = HttpTransport::new().map_err(|error| unreadable(error.to_string()))?;
    let request = http::Request::get(format!("{url}/metrics")).body(bytes::Bytes::new());
    let request = request.map_err(|error| unreadable(error.to_string()))?;
    let answer = transport.send(request).await.map_err(|error| unreadable(error.to_string()))?;
    Ok(String::from_utf8_lossy(answer.body()).into_owned())
}
