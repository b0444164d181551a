//! The controller in small: reconciles an object when it is due or requeued, one at a time, in virtual time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Credentials, Network, StaticCredentials};
use privatelink::Writer;
use privatelink_operator::cloud::accounts::{self, Accounts, Clients};
use privatelink_operator::cloud::requeuer::Requeuer;
use privatelink_operator::cloud::scheduler::Rates;
use privatelink_operator::identity::ObjectId;
use privatelink_operator::kubernetes::status_memory::StatusMemory;
use privatelink_operator::metrics::Metrics;
use privatelink_operator::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};
use privatelink_operator::runtime::backoff::BackOff;
use privatelink_operator::runtime::{self, Reconciler, Requeue};
use privatelink_operator::timing::Timing;
use privatelink_operator::vpc_endpoint_service::claims::Claims;
use privatelink_operator::vpc_endpoint_service::context::Context;
use privatelink_operator::vpc_endpoint_service::exports::Exports;
use privatelink_operator::vpc_endpoint_service::observation_times::ObservationTimes;
use privatelink_operator::vpc_endpoint_service::reconcile;
use privatelink_operator::vpc_endpoint_service::steps::Decisions;
use privatelink_sim::{
    Call, CallEffect, DEFAULT_CONSUMER, DEFAULT_PROVIDER, EndpointOrder, Fault, ServiceChange, ServiceView, Simulator,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::generate::{DETAILS_PERIOD, REGION, Scenario};
use super::kubernetes::{Kubernetes, NAMESPACE, uid};

const CLUSTER: &str = "cluster-of-scenarios";

/// The pause after a reconcile that failed, without the growth and the jitter of the real one.
const BACK_OFF: Duration = Duration::from_secs(2);

/// Kubernetes, the operator and the cloud.
pub(crate) struct Simulation {
    pub(crate) kubernetes: Kubernetes,
    pub(crate) simulator: Simulator,
    timing: Timing,
    operator: Operator,
    /// When the operator is killed; another one starts at once.
    crashes: BTreeSet<Instant>,
    /// When somebody deletes every service of ours.
    losses: BTreeSet<Instant>,
    /// Services that are not ours, by id.
    unrelated: BTreeSet<String>,
}

/// One process of the operator, with all that it remembers.
struct Operator {
    context: Arc<Context>,
    requeued: UnboundedReceiver<ObjectId>,
    /// When the next reconcile of an object comes.
    due: BTreeMap<String, Instant>,
    /// Until when a requeue does not count, after a failure.
    closed: BTreeMap<String, Instant>,
    /// Generation and deletion mark that the watch has told of.
    seen: BTreeMap<String, (Option<i64>, bool)>,
}

impl Simulation {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let config = scenario.cloud();
        let consistency_window = config.lists.lag + config.lists.tags_late + Duration::from_secs(1);
        let simulator = Simulator::new(config);
        let kubernetes = Kubernetes::new(simulator.clock());
        let timing = Timing { consistency_window, details_refresh_period: DETAILS_PERIOD, ..Timing::default() };
        let operator = Operator::start(&simulator, &kubernetes, &timing);
        Self {
            kubernetes,
            simulator,
            timing,
            operator,
            crashes: BTreeSet::new(),
            losses: BTreeSet::new(),
            unrelated: BTreeSet::new(),
        }
    }

    /// Reconciles until the condition holds.
    pub(crate) async fn run_until(&mut self, what: &str, patience: Duration, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + patience;
        while !is_so(self) {
            assert!(Instant::now() < deadline, "not {what} in {patience:?}: {}", self.describe());
            self.step(deadline).await;
        }
    }

    /// Reconciles for so long.
    pub(crate) async fn run_for(&mut self, span: Duration) {
        let deadline = Instant::now() + span;
        while Instant::now() < deadline {
            self.step(deadline).await;
        }
    }

    /// One reconcile, or the wait for the next one; unless the operator is killed meanwhile, in the middle of whatever it does. What others do in
    /// the cloud they do before it.
    async fn step(&mut self, deadline: Instant) {
        while self.losses.first().is_some_and(|loss| *loss <= Instant::now()) {
            self.losses.pop_first();
            self.lose_services();
        }
        let deadline = self.losses.first().map_or(deadline, |loss| deadline.min(*loss));
        let Some(crash) = self.crashes.first().copied() else {
            return self.operator.step(&self.kubernetes, deadline).await;
        };
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(crash) => {
                self.crashes.pop_first();
                self.operator = Operator::start(&self.simulator, &self.kubernetes, &self.timing);
            }
            () = self.operator.step(&self.kubernetes, deadline) => {}
        }
    }

    /// The operator is killed so long from now, each time.
    pub(crate) fn order_crashes(&mut self, after: &[Duration]) {
        self.crashes.extend(after.iter().map(|span| Instant::now() + *span));
    }

    /// Every service of ours is deleted so long from now, each time; or a moment later, if a reconcile is under way then.
    pub(crate) fn order_losses(&mut self, after: &[Duration]) {
        self.losses.extend(after.iter().map(|span| Instant::now() + *span));
    }

    fn lose_services(&mut self) {
        for service in self.own_services() {
            self.simulator.delete_service(&service.id);
        }
    }

    /// Nothing more will happen that was ordered.
    pub(crate) fn is_safe(&self) -> bool {
        self.crashes.is_empty() && self.losses.is_empty()
    }

    pub(crate) fn request_a_reconcile_of_every_object(&mut self) {
        for name in self.kubernetes.names() {
            self.operator.due.insert(name, Instant::now());
        }
    }

    pub(crate) fn order_faults(&self, faults: &[Fault]) {
        for fault in faults {
            self.simulator.fault(fault.clone());
        }
    }

    /// Makes services that are not ours: somebody else's, and one of another cluster whose tags are like those of an object of ours.
    pub(crate) async fn create_unrelated_services(&mut self, name: &str) -> Vec<ServiceView> {
        let other_cluster = [
            (CLUSTER_TAG, "another-cluster".to_owned()),
            (UID_TAG, uid(name)),
            (OBJECT_TAG, format!("{NAMESPACE}.{name}")),
        ];
        for tags in [Vec::new(), other_cluster.to_vec()] {
            self.create_outside(tags).await;
        }
        tokio::time::sleep(Duration::from_mins(1)).await;
        self.unrelated = self.simulator.all_services().into_iter().map(|service| service.id).collect();
        self.forget_calls();
        self.foreign_services()
    }

    /// Somebody makes a second service with the tags of this object.
    pub(crate) async fn duplicate(&self, name: &str) -> String {
        let tags =
            [(CLUSTER_TAG, CLUSTER.to_owned()), (UID_TAG, uid(name)), (OBJECT_TAG, format!("{NAMESPACE}.{name}"))];
        self.create_outside(tags.to_vec()).await
    }

    /// Makes a service as an earlier object of this name would have left it, long enough ago for every list to show it.
    pub(crate) async fn leave_behind(&self, name: &str) -> String {
        let tags = [
            (CLUSTER_TAG, CLUSTER.to_owned()),
            (UID_TAG, "an-earlier-uid".to_owned()),
            (OBJECT_TAG, format!("{NAMESPACE}.{name}")),
        ];
        let id = self.create_outside(tags.to_vec()).await;
        tokio::time::sleep(Duration::from_mins(1)).await;
        id
    }

    async fn create_outside(&self, tags: Vec<(&str, String)>) -> String {
        let client = clients(&self.simulator).for_region(REGION).unwrap();
        let tags = tags.into_iter().map(|(key, value)| privatelink::Tag { key: key.to_owned(), value });
        let request = privatelink::CreateVpcEndpointServiceRequest {
            service_resource_type: Some("nlb".to_owned()),
            tags: tags.collect(),
            ..privatelink::CreateVpcEndpointServiceRequest::default()
        };
        Writer::new(&client).create_vpc_endpoint_service(&request).await.unwrap().service.service_id.unwrap()
    }

    /// The services of an object, by its tags.
    pub(crate) fn services_of(&self, name: &str) -> Vec<ServiceView> {
        let is_tagged = |service: &ServiceView| {
            service.tags.get(CLUSTER_TAG).is_some_and(|cluster| cluster == CLUSTER)
                && service.tags.get(UID_TAG) == Some(&uid(name))
        };
        self.simulator.all_services().into_iter().filter(is_tagged).collect()
    }

    /// Services that this operator did not make.
    pub(crate) fn foreign_services(&self) -> Vec<ServiceView> {
        let services = self.simulator.all_services().into_iter();
        services.filter(|service| self.unrelated.contains(&service.id)).collect()
    }

    /// Services that this operator made and that are still there, ours or retained.
    pub(crate) fn own_services(&self) -> Vec<ServiceView> {
        let services = self.simulator.all_services().into_iter();
        services.filter(|service| !self.unrelated.contains(&service.id)).collect()
    }

    /// Somebody else changes every service of ours.
    pub(crate) fn drift(&self, change: &ServiceChange) {
        for service in self.own_services() {
            self.simulator.change_service(&service.id, change);
        }
    }

    /// A consumer connects to every service that lets it.
    pub(crate) fn connect_consumers(&self) {
        for service in self.own_services() {
            // A service without attachments or without this principal refuses: then nobody connects.
            let _ = self.simulator.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, service.id));
        }
    }

    pub(crate) fn disconnect_consumers(&self) {
        for endpoint in self.simulator.endpoints() {
            self.simulator.delete_endpoint(&endpoint.id);
        }
    }

    pub(crate) fn forget_calls(&self) {
        self.kubernetes.forget_writes();
        self.simulator.clear_journal();
    }

    /// The calls since then that changed something or tried to.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.simulator.journal().iter().filter(|call| is_write(call)).map(|call| call.operation.clone()).collect()
    }

    /// The calls that were to change one of these services.
    pub(crate) fn writes_to(&self, services: &[ServiceView]) -> Vec<String> {
        let is_about = |call: &&Call| services.iter().any(|service| call.object.as_ref() == Some(&service.id));
        let journal = self.simulator.journal();
        journal.iter().filter(|call| is_write(call)).filter(is_about).map(|call| call.operation.clone()).collect()
    }

    /// Every object that is still there, one fact a line.
    fn describe(&self) -> String {
        let line = |name: String| {
            let object = self.kubernetes.get(&name)?;
            let services = self.services_of(&name);
            let ready = object.status.iter().flat_map(|status| &status.conditions).map(|condition| &condition.message);
            let ready: Vec<_> = ready.collect();
            let spec = serde_json::to_string(&object.spec).unwrap();
            let services = serde_json::to_string(&services).unwrap();
            Some(format!("\n{name} says {ready:?}\n  wants {spec}\n  has {services}"))
        };
        self.kubernetes.names().into_iter().filter_map(line).collect()
    }
}

impl Operator {
    fn start(simulator: &Simulator, kubernetes: &Kubernetes, timing: &Timing) -> Self {
        let (requeuer, queue) = Requeuer::channel();
        let context = context(clients(simulator), kubernetes, timing, requeuer);
        Self { context, requeued: queue, due: BTreeMap::new(), closed: BTreeMap::new(), seen: BTreeMap::new() }
    }

    async fn step(&mut self, kubernetes: &Kubernetes, deadline: Instant) {
        self.watch(kubernetes);
        let next = self.due.iter().min_by_key(|(_, due)| **due).map(|(name, due)| (name.clone(), *due));
        match next {
            Some((name, due)) if due <= Instant::now() => Box::pin(self.reconcile(kubernetes, &name)).await,
            next => {
                let until = next.map_or(deadline, |(_, due)| due.min(deadline));
                tokio::select! {
                    Some(id) = self.requeued.recv() => self.requeue(&id.name),
                    () = tokio::time::sleep_until(until) => {}
                }
            }
        }
    }

    /// What a watch tells the controller: new objects, new generations, new deletion marks.
    fn watch(&mut self, kubernetes: &Kubernetes) {
        for name in kubernetes.names() {
            let Some(object) = kubernetes.copy(&name) else { continue };
            let now = (object.metadata.generation, object.metadata.deletion_timestamp.is_some());
            if self.seen.insert(name.clone(), now) != Some(now) {
                self.closed.remove(&name);
                self.due.insert(name, Instant::now());
            }
        }
    }

    fn requeue(&mut self, name: &str) {
        let now = Instant::now();
        let open = self.closed.get(name).map_or(now, |until| now.max(*until));
        let due = self.due.entry(name.to_owned()).or_insert(open);
        *due = open.min(*due);
    }

    async fn reconcile(&mut self, kubernetes: &Kubernetes, name: &str) {
        self.due.remove(name);
        let Some(object) = kubernetes.copy(name) else { return };
        let after = match Box::pin(reconcile(Arc::new(object), &self.context)).await.map(|outcome| outcome.requeue) {
            Ok(Requeue::OnChange) => None,
            Ok(Requeue::After(span)) => Some(span),
            Ok(Requeue::BackOff { at_least }) => Some(self.back_off(name, at_least.max(BACK_OFF))),
            Err(_) => Some(self.back_off(name, BACK_OFF)),
        };
        if let Some(span) = after {
            self.due.insert(name.to_owned(), Instant::now() + span);
        }
        if kubernetes.get(name).is_none() {
            let id = ObjectId { namespace: NAMESPACE.to_owned(), name: name.to_owned(), uid: uid(name) };
            self.context.runtime.forget(&id);
            self.context.forget(&id);
        }
    }

    fn back_off(&mut self, name: &str, span: Duration) -> Duration {
        self.closed.insert(name.to_owned(), Instant::now() + span);
        span
    }
}

fn is_write(call: &Call) -> bool {
    let operation = privatelink::Operation::from_name(&call.operation);
    call.effect != CallEffect::None || operation.is_some_and(privatelink::Operation::mutates)
}

fn clients(simulator: &Simulator) -> Clients {
    let credentials = Credentials {
        access_key_id: "sim-provider-key".to_owned(),
        access_key_secret: "sim-provider-secret".to_owned().into(),
        security_token: None,
    };
    Clients {
        credentials: Arc::new(StaticCredentials::new(credentials).unwrap()),
        transport: simulator.transport(),
        clock: simulator.clock(),
        timing: cloud_core::Timing::default(),
        network: Network::Public,
        endpoint: None,
        load_balancer_endpoint: None,
        sts_endpoint: None,
        user_agent: "scenarios".to_owned(),
    }
}

fn context(clients: Clients, kubernetes: &Kubernetes, timing: &Timing, requeuer: Requeuer) -> Arc<Context> {
    let clock = Arc::clone(&clients.clock);
    let accounts = Accounts::new(accounts::Setup {
        clients,
        account_id: Some(DEFAULT_PROVIDER.to_owned()),
        home_region: None,
        cluster: CLUSTER.to_owned(),
        process: uuid::Uuid::new_v4().to_string(),
        timing: *timing,
        rates: Rates::documented(),
        requeuer,
        clock: Arc::clone(&clock),
    });
    let shared = runtime::Context {
        kubernetes: runtime::Kubernetes {
            reader: Arc::new(kubernetes.clone()),
            objects: Arc::new(kubernetes.clone()),
            statuses: Arc::new(kubernetes.clone()),
            events: Arc::new(kubernetes.clone()),
            config_maps: Arc::new(kubernetes.clone()),
        },
        clock,
        timing: *timing,
        metrics: Metrics::new(),
        back_off: BackOff::new(timing.backoff_initial, timing.backoff_max),
        freshness: Arc::default(),
        live: Arc::default(),
        status_memory: StatusMemory::default(),
    };
    Arc::new(Context {
        runtime: Arc::new(shared),
        accounts: accounts.unwrap(),
        cluster: CLUSTER.to_owned(),
        default_region: Some(REGION.to_owned()),
        deletes_orphans: false,
        observation_times: ObservationTimes::default(),
        claims: Claims::default(),
        exports: Exports::default(),
        services: Arc::new(kubernetes.clone()),
        steps: Arc::new(Decisions),
    })
}
