//! Every metric: what it is called, which labels it has, what it says and what that is good for. Registered from here, and listed in
//! `docs/reference`.

/// What there is to know of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Described {
    /// With its prefix, before the encoder adds unit and suffix.
    pub(crate) base_name: &'static str,
    /// Without prefix, unit and what the type adds.
    pub(crate) name: &'static str,
    pub kind: Kind,
    in_seconds: bool,
    pub labels: &'static [&'static str],
    pub help: &'static str,
    /// What to watch it for.
    pub purpose: &'static str,
}

/// The type of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
    Info,
}

impl Kind {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Info => "info",
        }
    }

    /// What the encoder adds to a name.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Counter => "_total",
            Self::Info => "_info",
            Self::Gauge | Self::Histogram => "",
        }
    }
}

/// The names that controller-runtime gave to reconciles.
pub(super) const RUNTIME: &str = "controller_runtime";

/// The name that client-go gave to the election.
pub(super) const ELECTION: &str = "leader_election";
/// The names that it gave to its work queue.
pub(super) const QUEUE: &str = "workqueue";

/// The names that client-go gave to requests to the API server.
pub(super) const REST: &str = "rest_client";

/// Everything else.
pub(super) const OWN: &str = "privatelink_operator";

macro_rules! metrics {
    ($($constant:ident: $kind:ident $prefix:ident $name:literal $(in $unit:ident)? [$($label:literal),*] $help:literal, $purpose:literal;)+) => {
        $(pub(crate) const $constant: Described = Described {
            base_name: metrics!(@$prefix $name),
            name: $name,
            kind: Kind::$kind,
            in_seconds: metrics!(@$($unit)?),
            labels: &[$($label),*],
            help: $help,
            purpose: $purpose,
        };)+

        impl Described {
            /// Every metric.
            pub const ALL: &[Self] = &[$($constant),+];
        }
    };
    (@RUNTIME $name:literal) => { concat!("controller_runtime_", $name) };
    (@ELECTION $name:literal) => { concat!("leader_election_", $name) };
    (@QUEUE $name:literal) => { concat!("workqueue_", $name) };
    (@REST $name:literal) => { concat!("rest_client_", $name) };
    (@OWN $name:literal) => { concat!("privatelink_operator_", $name) };
    (@seconds) => { true };
    (@) => { false };
}

metrics! {
    RECONCILES: Counter RUNTIME "reconcile" ["controller", "result"]
        "Reconciles by result", "the rate of work; `result=\"error\"` objects are in back-off";
    RECONCILE_ERRORS: Counter RUNTIME "reconcile_errors" ["controller"]
        "Reconciles that failed", "an alert on a rate that stays above zero";
    RECONCILE_PANICS: Counter RUNTIME "reconcile_panics" ["controller"]
        "Reconciles that panicked", "an alert on any: each is a bug";
    RECONCILE_TIME: Histogram RUNTIME "reconcile_time" in seconds ["controller"]
        "Duration of reconciles", "latency; much of it is waiting for the provider";
    ACTIVE_WORKERS: Gauge RUNTIME "active_workers" ["controller"]
        "Reconciles that run now", "saturation, against the next";
    MAX_CONCURRENT: Gauge RUNTIME "max_concurrent_reconciles" ["controller"]
        "Reconciles that may run at a time", "`--max-concurrent-reconciles`";
    LEADER_STATUS: Gauge ELECTION "master_status" ["name"]
        "1 while this process leads, 0 while it waits; `name` is the lease's. Absent with `--leader-elect=false`", "an alert where the sum is not 1: nobody leads, or more than one does";
    QUEUE_DEPTH: Gauge QUEUE "depth" ["name", "controller"]
        "Objects that wait for a reconcile", "saturation: one that stays above zero has too few workers";
    QUEUE_ADDS: Counter QUEUE "adds" ["name", "controller"]
        "Reconciles that were asked for by a change of an object or of the cloud", "the rate of changes";
    QUEUE_TIME: Histogram QUEUE "queue_duration" in seconds ["name", "controller"]
        "Time from the request of a reconcile to its begin", "latency before any work; it holds the 20 ms in which requests are joined";
    REST_REQUESTS: Counter REST "requests" ["code", "method"]
        "Requests to the API server by HTTP status and method", "its refusals; `<error>` had no answer. There is one API server, so no label `host`";
    REST_REQUEST_TIME: Histogram REST "request_duration" in seconds ["verb"]
        "Time to the head of an answer of the API server", "its latency";
    QUEUE_AGE: Gauge OWN "work_queue_age" in seconds ["name", "controller"]
        "Time for which the first object of the work queue has waited", "an alert above a minute: reconciles hang, or there are too few workers";
    CLOUD_REQUESTS: Counter OWN "cloud_api_requests" ["operation", "code"]
        "Requests to the provider, each attempt of a call, by code", "the rate of calls and errors; `OK`, the provider's codes, `connect`, `timeout`, `interrupted`, `abandoned`, `unknown`";
    CLOUD_REQUEST_TIME: Histogram OWN "cloud_api_request_duration" in seconds ["operation"]
        "Time to an answer of the provider", "the provider's latency";
    CLOUD_THROTTLED: Counter OWN "cloud_api_throttled" ["operation"]
        "Answers of the provider that say that calls are too frequent", "who else uses the account's rate; see `--rate`";
    STALE_SYNC_SKIPS: Counter OWN "stale_sync_skips" []
        "Cached objects not used because this process knew a newer version", "how far the watch lags";
    KUBERNETES_WRITES: Counter OWN "kubernetes_writes" ["kind"]
        "Writes to Kubernetes by kind", "load on the API server; zero while nothing changes";
    BUILD: Info OWN "build" ["version"]
        "The version that runs", "which version runs where";
    CONDITIONS: Gauge OWN "resource_condition" ["type", "status"]
        "Objects by condition type and status", "an alert on `type=\"Stalled\",status=\"True\"` and on `type=\"Ready\",status!=\"True\"`";
    OLDEST_NOT_READY: Gauge OWN "oldest_not_ready" in seconds []
        "Time for which the object that is not Ready for longest has not been", "an alert on what nobody looks after; zero where all are Ready";
    SERVICES: Gauge OWN "services" []
        "Endpoint services of this cluster in the newest lists", "how much of the account's quota (200 by default, Quota Center: `pvl_quota_total_epsrv`) is ours";
    CONNECTIONS: Gauge OWN "connections" ["state"]
        "Connections of consumers to services whose objects manage them, by what became of them", "an alert on `state=\"held\"`: requests wait for a person";
    ORPHANS: Gauge OWN "orphaned_services" []
        "Endpoint services of this cluster whose object exists no more", "what is paid for and nobody manages; the log names them (`docs/adoption.md`)";
    CLOUD_QUEUE_DEPTH: Gauge OWN "cloud_queue_depth" []
        "Objects whose next call waits for a permit of the write scheduler", "how far the work is ahead of the provider's rates and locks";
    LISTS: Counter OWN "cloud_lists" ["scope"]
        "Lists of the inventory that were begun", "the operator's own load on the provider";
    LIST_FAILURES: Counter OWN "cloud_list_failures" []
        "Lists of the inventory that failed, each try counted", "an alert: while lists fail no drift is seen";
    DETAILS_REFRESHES: Counter OWN "details_refreshes" []
        "Services whose attachments and principals were read again by the inventory", "progress of the details refresh; see `detailsRefreshPeriod`";
    DETAILS_REFRESH_FAILURES: Counter OWN "details_refresh_failures" []
        "Details refreshes that failed", "an alert on a rate that stays above zero";
    UNKNOWN_STATES: Counter OWN "unknown_states" []
        "States of the provider that are in no documentation, each counted once", "a sign that a newer version is needed; the log has the value";
    WATCH_AGE: Gauge OWN "watch_age" in seconds []
        "Time since the API server last confirmed which objects exist", "an alert above `watchTimeout` and three `kubernetesCallDeadline` (`/readyz` fails as well)";
    TASK_RESTARTS: Counter OWN "task_restarts" ["task"]
        "Tasks that panicked or ended and were restarted", "an alert on any: each is a bug";
}

impl Described {
    /// As it is scraped.
    pub fn full_name(&self) -> String {
        let unit = if self.in_seconds { "_seconds" } else { "" };
        format!("{}{unit}{}", self.base_name, self.kind.suffix())
    }
}
