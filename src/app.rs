//! The wiring, in order: probes, Kubernetes, cloud, controller, and the way out.

mod credentials;
mod doors;
mod fenced_cloud;
mod lead;
mod orphans;
mod schema;
mod shutdown;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cloud_core::{BuildError, BuildTransportError, Clock, SystemClock};
use kube::{Client, Resource};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use uuid::Uuid;

pub use self::doors::Doors;
use self::lead::Lead;
use crate::admin::{self, AdminError, Health, WatchHealth};
use crate::cloud;
use crate::cloud::accounts::{self, Accounts, Clients};
use crate::cloud::metrics::{InventoryCollector, Load};
use crate::cloud::requeuer::Requeuer;
use crate::cloud::services::EndpointServices;
use crate::crd::VpcEndpointService;
use crate::kubernetes::client::ConnectError;
use crate::kubernetes::cluster::cluster_uid;
use crate::kubernetes::departed::Departures;
use crate::kubernetes::event::PodEvents;
use crate::kubernetes::freshness::Freshness;
use crate::kubernetes::schema::InstalledSchema;
use crate::kubernetes::services::Services;
use crate::kubernetes::status_memory::StatusMemory;
use crate::kubernetes::{ApiServer, DefinitionReads, KubernetesError};
use crate::metrics::{MeteredTransport, Metrics, Vitals};
use crate::runtime::backoff::BackOff;
use crate::runtime::leader::{GIVE_BACK_WITHIN, Loss};
use crate::runtime::watch::{longest_silence, pace};
use crate::runtime::{self, Kubernetes, Sources};
use crate::settings::{CloudSettings, Scope, Settings};
use crate::timing::Timing;
use crate::vpc_endpoint_service::claims::Claims;
use crate::vpc_endpoint_service::context::Context;
use crate::vpc_endpoint_service::exports::Exports;
use crate::vpc_endpoint_service::observation_times::ObservationTimes;

/// How long reconciles that run may go on after the order to stop. Most take milliseconds; the longest wait for an answer of the cloud,
/// which is lost when they are cut off and found again by the next process. Kubernetes kills after 30 s by default.
const LAST_RECONCILES: Duration = Duration::from_secs(8);

/// How long the process may go on after the order to stop: the reconciles, then the lease.
const LAST_WORK: Duration = LAST_RECONCILES.saturating_add(GIVE_BACK_WITHIN);

/// Between two questions for the cluster id: the operator can do nothing without it, and one question a second is no load.
const CLUSTER_PAUSE: Duration = Duration::from_secs(1);

/// Why the operator cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Serve(AdminError),
    #[error("failed to listen for the order to stop")]
    ListenForSignals(#[source] std::io::Error),
    #[error(transparent)]
    Connect(ConnectError),
    #[error("failed to reach the network")]
    BuildTransport(#[source] BuildTransportError),
    #[error("failed to make a client of the cloud")]
    BuildClient(#[source] BuildError),
    /// Whoever started the process is to start it again: what it knows may be outdated, and it waits for its turn like everybody.
    #[error(transparent)]
    Lost(Loss),
    /// A bug: whoever started the process is to start it again.
    #[error("the controller ended although nobody told it to")]
    Ended,
}

/// Runs the operator until SIGTERM or Ctrl-C. `open` is asked for the doors once probes are answered: opening them may take a while.
pub async fn run(
    settings: Settings,
    open: impl AsyncFnOnce(&Settings) -> Result<Doors, RunError>,
) -> Result<(), RunError> {
    install_crypto();
    let metrics = Metrics::new();
    let health = Arc::new(Health::new(longest_silence(&settings.timing)));
    let watch = health.watch(VpcEndpointService::kind(&()));
    let aged = Arc::clone(&health);
    metrics.collect(Vitals::of(move || aged.watch_age()));
    let served = admin::start(&settings.listen, Arc::clone(&health), metrics.clone()).map_err(RunError::Serve)?;
    let stop = shutdown::ordered().map_err(RunError::ListenForSignals)?;
    info!(version = env!("CARGO_PKG_VERSION"), health = served.health, metrics = served.metrics, "starting");
    // Boxed: with all its parts it is too large to be moved about.
    let work = Box::pin(operate(settings, open, Arc::clone(&health), watch, metrics, stop.clone()));
    let ended = health.beating(shutdown::in_time(work, stop, LAST_WORK)).await;
    info!("stopped");
    ended.unwrap_or(Ok(()))
}

/// One crypto provider for Kubernetes, the cloud and a collector of traces. Also to be called before the log is started.
pub fn install_crypto() {
    // It fails only if there is one already, and then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

async fn operate(
    settings: Settings,
    open: impl AsyncFnOnce(&Settings) -> Result<Doors, RunError>,
    health: Arc<Health>,
    watch: Arc<WatchHealth>,
    metrics: Metrics,
    stop: CancellationToken,
) -> Result<(), RunError> {
    let doors = open(&settings).await?;
    let doors = Doors { api_server: metrics.api_server(doors.api_server), ..doors };
    let Some(cluster) = cluster_id(&settings, &doors.api_server, &stop).await else { return Ok(()) };
    let lead = Lead::stand(&settings, &doors, &health, &metrics);
    let doors = doors.behind_fence();
    let watched = Arc::clone(&health);
    let _checked = credentials::check(Arc::clone(&doors.credentials), health);
    let (requeuer, queue) = Requeuer::channel();
    let recoveries = requeuer.recoveries();
    let schema = Arc::<InstalledSchema>::default();
    let context = Arc::new(context(&settings, cluster, &doors, metrics, &requeuer, &schema)?);
    let deadline = settings.timing.kubernetes_call_deadline;
    // Who may not read the definition is not to try.
    let _compared = (settings.definition == DefinitionReads::Needed)
        .then(|| schema::check::<VpcEndpointService>(doors.api_server.clone(), deadline, schema));
    let orphans = Arc::<AtomicUsize>::default();
    count_lists(&context, Arc::clone(&orphans));
    let looking = orphans::Setup {
        context: Arc::clone(&context),
        scope: settings.scope.clone(),
        events: pod_events(&settings, &doors.api_server),
        count: orphans,
        deletes: settings.deletes_orphans.then(|| orphans::Tools {
            context: Arc::clone(&context),
            departures: Arc::new(Departures::new(doors.api_server.clone(), deadline)),
            leading: lead.leading.clone(),
            health: watched,
        }),
    };
    let _looked = orphans::watch(looking);
    let Settings { scope, max_concurrent_reconciles, .. } = settings;
    let shared = Arc::clone(&context.runtime);
    let leading = lead.leading.clone();
    let sources = Sources { scope, max_concurrent_reconciles, requeued: queue, recoveries, watch, leading };
    let work = runtime::run(doors.api_server, context, shared, sources, stop.clone());
    lead.during(shutdown::in_time(work, stop.clone(), LAST_RECONCILES)).await?;
    if stop.is_cancelled() { Ok(()) } else { Err(RunError::Ended) }
}

/// The cluster id, whatever it takes; `None`: told to stop before.
async fn cluster_id(settings: &Settings, client: &Client, stop: &CancellationToken) -> Option<String> {
    match &settings.cluster_id {
        Some(given) => Some(given.clone()),
        None => stop.run_until_cancelled(asked_cluster_id(client, settings.timing.kubernetes_call_deadline)).await,
    }
}

async fn asked_cluster_id(client: &Client, deadline: Duration) -> String {
    loop {
        match cluster_uid(client, deadline).await {
            Ok(uid) => return uid,
            Err(KubernetesError::Forbidden(sentence)) => {
                warn!("the cluster id cannot be read: {sentence}; allow it, or give --cluster-id");
            }
            Err(error) => warn!("the cluster id cannot be read yet: {error}"),
        }
        sleep(CLUSTER_PAUSE).await;
    }
}

fn clients(settings: &CloudSettings, timing: &Timing, doors: &Doors, metrics: Metrics) -> Clients {
    let transport = Arc::new(MeteredTransport::new(Arc::clone(&doors.cloud), metrics, cloud::operation));
    Clients::of(settings, timing, Arc::clone(&doors.credentials), transport)
}

fn context(
    settings: &Settings,
    cluster: String,
    doors: &Doors,
    metrics: Metrics,
    requeuer: &Requeuer,
    schema: &Arc<InstalledSchema>,
) -> Result<Context, RunError> {
    let Settings { cloud, timing, .. } = settings;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let accounts = Accounts::new(accounts::Setup {
        clients: clients(cloud, timing, doors, metrics.clone()),
        account_id: cloud.account_id.clone(),
        home_region: cloud.region.clone(),
        cluster: cluster.clone(),
        process: Uuid::new_v4().to_string(),
        timing: *timing,
        rates: cloud.rates.clone(),
        requeuer: requeuer.clone(),
        clock: Arc::clone(&clock),
    });
    let freshness = Arc::<Freshness>::default();
    let server = ApiServer::new(
        doors.api_server.clone(),
        timing.kubernetes_call_deadline,
        settings.definition,
        Arc::clone(&freshness),
        metrics.clone(),
    )
    .with_schema(Arc::clone(schema));
    let shared = runtime::Context {
        kubernetes: Kubernetes::of(server),
        clock,
        timing: *timing,
        metrics,
        back_off: BackOff::new(timing.backoff_initial, timing.backoff_max),
        freshness,
        live: Arc::default(),
        status_memory: StatusMemory::default(),
    };
    Ok(Context {
        runtime: Arc::new(shared),
        accounts: accounts.map_err(RunError::BuildClient)?,
        cluster,
        default_region: cloud.region.clone(),
        deletes_orphans: settings.deletes_orphans,
        observation_times: ObservationTimes::default(),
        claims: Claims::default(),
        exports: Exports::default(),
        services: Arc::new(services(settings, doors, requeuer)),
        steps: Arc::clone(&doors.steps),
    })
}

/// Who stands for election knows the name of its pod.
fn pod_events(settings: &Settings, server: &Client) -> Option<PodEvents> {
    let election = settings.leader_election.as_ref()?;
    let namespace = server.default_namespace();
    Some(PodEvents::new(server.clone(), namespace, &election.pod, settings.timing.kubernetes_call_deadline))
}

/// Those of the namespaces whose objects are watched.
fn services(settings: &Settings, doors: &Doors, requeuer: &Requeuer) -> Services {
    let namespace = match &settings.scope {
        Scope::Cluster => None,
        Scope::Namespace(namespace) => Some(namespace.as_str()),
    };
    let requeuer = requeuer.clone();
    Services::new(doors.api_server.clone(), namespace, pace(&settings.timing), move |id| requeuer.enqueue(id))
}

/// The inventories count their lists themselves; the metrics add up what all of them counted.
fn count_lists(context: &Arc<Context>, orphans: Arc<AtomicUsize>) {
    let counted = Arc::downgrade(context);
    context.runtime.metrics.collect(InventoryCollector::of::<EndpointServices>(move || match counted.upgrade() {
        Some(context) => {
            let load = Load { orphans: orphans.load(Ordering::Relaxed), ..context.accounts.load() };
            (context.accounts.counted(), load)
        }
        None => Default::default(),
    }));
}
