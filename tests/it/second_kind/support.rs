//! The environment of one test: a namespace on the shared control plane, a cloud, and the runtime that serves both, in this process.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use cloud_core::SystemClock;
use jiff::Timestamp;
use k8s_openapi::api::events::v1::Event;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, Client, CustomResourceExt};
use privatelink_operator::admin::Health;
use privatelink_operator::cloud::inventory::{Inventory, Setup};
use privatelink_operator::cloud::requeuer::Requeuer;
use privatelink_operator::cloud::scheduler::{Rates, Scheduler};
use privatelink_operator::identity::{ObjectKey, Target};
use privatelink_operator::kubernetes::freshness::Freshness;
use privatelink_operator::kubernetes::status_memory::StatusMemory;
use privatelink_operator::kubernetes::{ApiServer, DefinitionReads};
use privatelink_operator::metrics::Metrics;
use privatelink_operator::runtime::backoff::BackOff;
use privatelink_operator::runtime::leader::Leading;
use privatelink_operator::runtime::watch::longest_silence;
use privatelink_operator::runtime::{self, Context, Kubernetes, Sources};
use privatelink_operator::settings::Scope;
use privatelink_operator::timing::Timing;
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::bucket::crd::{Bucket, ready};
use super::bucket::{Account, Buckets};
use super::cloud::Cloud;
use crate::support::cluster;

/// Longer than any of these tests takes on a loaded machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks.
const POLL: Duration = Duration::from_millis(25);

/// Where every bucket lives.
pub(crate) fn target() -> Target {
    Target { account: "1".to_owned(), region: "here".to_owned() }
}

pub(crate) struct Rig {
    pub(crate) objects: Api<Bucket>,
    pub(crate) cloud: Arc<Cloud>,
    admin: Client,
    namespace: String,
    metrics: Metrics,
    buckets: Arc<Buckets>,
    requeuer: Requeuer,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

/// What one test sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The least back-off while the cloud cannot be reached.
    pub(crate) retry_after: Duration,
    pub(crate) rates: Rates,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::start_with(Settings::default()).await
    }

    pub(crate) async fn start_with(settings: Settings) -> Self {
        let (control_plane, admin) = cluster::prepared().await;
        cluster::define(&admin, &serde_json::to_value(Bucket::crd()).unwrap()).await;
        let namespace = control_plane.create_namespace("second").await.unwrap();
        let context = context(&admin);
        let (metrics, cloud) = (context.metrics.clone(), Arc::<Cloud>::default());
        let (requeuer, queue) = Requeuer::channel();
        let buckets = Arc::new(Buckets {
            account: account(&context, &cloud, &namespace, &requeuer, settings.rates),
            runtime: Arc::clone(&context),
            cluster: namespace.clone(),
            retry_after: settings.retry_after,
            uids: Mutex::default(),
        });
        let sources = Sources {
            scope: Scope::Namespace(namespace.clone()),
            max_concurrent_reconciles: 4,
            requeued: queue,
            recoveries: requeuer.recoveries(),
            watch: Health::new(longest_silence(&context.timing)).watch("Bucket"),
            leading: Leading::always(),
        };
        let stop = CancellationToken::new();
        let run = runtime::run(admin.clone(), Arc::clone(&buckets), context, sources, stop.clone());
        let running = tokio::spawn(run);
        let objects = Api::namespaced(admin.clone(), &namespace);
        Self { objects, cloud, admin, namespace, metrics, buckets, requeuer, stop, running }
    }

    /// Ends the runtime as the operator does.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }

    pub(crate) async fn apply(&self, name: &str, size: i64) {
        let object = json!({
            "apiVersion": "second.example.com/v1", "kind": "Bucket", "metadata": {"name": name}, "spec": {"size": size},
        });
        let parameters = PatchParams::apply("user").force();
        self.objects.patch(name, &parameters, &Patch::Apply(&object)).await.unwrap();
    }

    pub(crate) async fn delete(&self, name: &str) {
        self.objects.delete(name, &DeleteParams::default()).await.unwrap();
    }

    pub(crate) async fn requeue(&self, name: &str) {
        let key = ObjectKey::of(&self.objects.get(name).await.unwrap());
        self.requeuer.enqueue(&key.id());
    }

    pub(crate) fn recovered(&self, target: &Target) {
        self.requeuer.recovered(target);
    }

    pub(crate) async fn until(&self, name: &str, wanted: impl Fn(&Bucket) -> bool) -> Bucket {
        let look = async || self.objects.get(name).await.unwrap();
        poll(name, look, |object| wanted(object)).await
    }

    pub(crate) async fn until_ready(&self, name: &str) -> Bucket {
        self.until(name, |object| ready(object).is_some_and(|ready| ready.status == "True")).await
    }

    pub(crate) async fn until_gone(&self, name: &str) {
        poll(name, async || self.objects.get_opt(name).await.unwrap(), Option::is_none).await;
    }

    /// Nothing names an object any more.
    pub(crate) async fn until_forgotten(&self) {
        poll("forgotten", async || self.buckets.uids.lock().unwrap().clone(), BTreeSet::is_empty).await;
        poll(
            "forgotten by the inventory",
            async || self.buckets.account.inventory.figures().objects,
            |count| *count == 0,
        )
        .await;
    }

    /// The buckets in the cloud have these sizes.
    pub(crate) async fn until_sizes(&self, sizes: &[i64]) {
        poll("sizes", async || self.cloud.sizes(), |found| found == sizes).await;
    }

    /// The sample is at least that.
    pub(crate) async fn until_counted(&self, sample: &str, count: u64) {
        let value = |text: String| {
            let line = text.lines().find_map(|line| line.strip_prefix(sample).map(str::trim).map(str::to_owned));
            line.and_then(|line| line.parse::<u64>().ok()).unwrap_or_default()
        };
        poll(sample, async || value(self.metrics.encode().unwrap()), |found| *found >= count).await;
    }

    /// The reasons of the events in the namespace.
    pub(crate) async fn events(&self) -> Vec<String> {
        let events: Api<Event> = Api::namespaced(self.admin.clone(), &self.namespace);
        let look = async || {
            let found = events.list(&ListParams::default()).await.unwrap();
            found.items.into_iter().filter_map(|event| event.reason).collect::<Vec<_>>()
        };
        poll("an event", look, |found| !found.is_empty()).await
    }
}

fn context(client: &Client) -> Arc<Context<Bucket>> {
    let timing = Timing {
        backoff_initial: Duration::from_millis(50),
        backoff_max: Duration::from_millis(500),
        resync_interval_min: Duration::from_millis(20),
        resync_interval_max: Duration::from_millis(100),
        resync_period: Duration::from_millis(300),
        ..Timing::default()
    };
    let (freshness, metrics) = (Arc::<Freshness>::default(), Metrics::new());
    let server = ApiServer::new(
        client.clone(),
        timing.kubernetes_call_deadline,
        DefinitionReads::Needed,
        Arc::clone(&freshness),
        metrics.clone(),
    );
    Arc::new(Context {
        kubernetes: Kubernetes::of(server),
        clock: Arc::new(SystemClock),
        timing,
        metrics,
        back_off: BackOff::new(timing.backoff_initial, timing.backoff_max),
        freshness,
        live: Arc::default(),
        status_memory: StatusMemory::default(),
    })
}

/// What the operator makes for each account and region, for the other kind.
fn account(context: &Context<Bucket>, cloud: &Arc<Cloud>, cluster: &str, requeuer: &Requeuer, rates: Rates) -> Account {
    let inventory = Inventory::start(Setup {
        target: target(),
        reader: Arc::clone(cloud),
        cluster: cluster.to_owned(),
        timing: context.timing,
        requeuer: requeuer.clone(),
        clock: Arc::clone(&context.clock),
        process: "test".to_owned(),
        process_start: Timestamp::UNIX_EPOCH,
    });
    let scheduler = Scheduler::new(rates, &context.timing, requeuer.clone(), Arc::clone(&context.clock));
    Account { cloud: Arc::clone(cloud), inventory, scheduler }
}

async fn poll<T: Debug>(what: &str, look: impl AsyncFn() -> T, wanted: impl Fn(&T) -> bool) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = look().await;
        if wanted(&found) {
            return found;
        }
        assert!(Instant::now() < deadline, "after {PATIENCE:?} not yet: {what}: {found:#?}");
        tokio::time::sleep(POLL).await;
    }
}
