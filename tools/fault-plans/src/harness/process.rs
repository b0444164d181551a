//! The operator as a process that is killed and started again, at the same two proxies.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use local_stack::{CloudAccess, Operator, OperatorOptions, Programs};
use tokio::sync::Mutex as AsyncMutex;

use crate::error::HarnessError;
use crate::settings::{Key, REGION, TIMING};
use crate::timeline::{Actor, Timeline};

/// Where its proxies are.
#[derive(Clone, Debug)]
pub(crate) struct Addresses {
    /// Points at the proxy before the API server.
    pub(crate) kubeconfig: PathBuf,
    /// URL of the proxy before the cloud.
    pub(crate) cloud: String,
}

/// One operator, whichever process it is now.
#[derive(Debug)]
pub(crate) struct Process {
    name: &'static str,
    programs: Programs,
    namespace: String,
    arguments: Vec<String>,
    timeline: Arc<Timeline>,
    state: AsyncMutex<State>,
    logs: Mutex<String>,
}

#[derive(Debug)]
struct State {
    addresses: Option<Addresses>,
    key: Key,
    running: Option<Operator>,
    /// When each process was dead whose place another one took.
    deaths: Vec<Instant>,
}

impl Process {
    pub(crate) fn new(
        name: &'static str,
        programs: &Programs,
        namespace: &str,
        arguments: Vec<String>,
        timeline: Arc<Timeline>,
    ) -> Arc<Self> {
        let state = AsyncMutex::new(State { addresses: None, key: Key::First, running: None, deaths: Vec::new() });
        let (programs, namespace) = (programs.clone(), namespace.to_owned());
        Arc::new(Self { name, programs, namespace, arguments, timeline, state, logs: Mutex::default() })
    }

    /// Starts it for the first time.
    pub(crate) async fn start(&self, addresses: Addresses) -> Result<(), HarnessError> {
        let mut state = self.state.lock().await;
        state.addresses = Some(addresses);
        self.launch(&mut state).await
    }

    /// SIGKILL, and a new one in its place. One that does not run stays away.
    pub(crate) async fn crash(&self) -> Result<(), HarnessError> {
        let mut state = self.state.lock().await;
        if state.running.is_none() {
            return Ok(());
        }
        self.timeline.tell(Actor::Fault, format!("SIGKILL to operator {}", self.name));
        self.end(&mut state).await;
        self.launch(&mut state).await
    }

    /// Stops it where it is, for so long: a machine that is starved or moved. One that does not run is left alone.
    pub(crate) async fn stand_still(&self, span: Duration) -> Result<(), HarnessError> {
        let state = self.state.lock().await;
        let Some(operator) = &state.running else { return Ok(()) };
        self.timeline.tell(Actor::Fault, format!("operator {} stands still for {span:?}", self.name));
        let failed = |source| HarnessError::Pause { source };
        operator.pause().await.map_err(failed)?;
        tokio::time::sleep(span).await;
        operator.resume().map_err(failed)
    }

    /// Starts it again if it has ended by itself, as a kubelet does; says whether it had.
    pub(crate) async fn keep_alive(&self) -> Result<bool, HarnessError> {
        let mut state = self.state.lock().await;
        if state.running.as_ref().is_some_and(|operator| !operator.has_ended()) {
            return Ok(false);
        }
        self.timeline.tell(Actor::Seen, format!("operator {} has ended by itself", self.name));
        self.end(&mut state).await;
        self.launch(&mut state).await.map(|()| true)
    }

    /// SIGKILL, and a new one that calls with this key.
    pub(crate) async fn restart_with(&self, key: Key) -> Result<(), HarnessError> {
        let mut state = self.state.lock().await;
        self.timeline.tell(Actor::User, format!("restarts operator {} with {}", self.name, key.id()));
        self.end(&mut state).await;
        state.key = key;
        self.launch(&mut state).await
    }

    /// SIGKILL, for good.
    pub(crate) async fn stop(&self) {
        let mut state = self.state.lock().await;
        self.end(&mut state).await;
    }

    /// When each of its processes was dead.
    pub(crate) async fn deaths(&self) -> Vec<Instant> {
        self.state.lock().await.deaths.clone()
    }

    /// Where the process that runs now serves its metrics.
    pub(crate) async fn metrics_url(&self) -> Option<String> {
        let state = self.state.lock().await;
        state.running.as_ref().map(|operator| operator.metrics_url().to_owned())
    }

    /// What all its processes logged so far.
    pub(crate) async fn log(&self) -> String {
        let running = self.state.lock().await.running.as_ref().map(Operator::log).unwrap_or_default();
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone() + &running
    }

    async fn launch(&self, state: &mut State) -> Result<(), HarnessError> {
        let Some(addresses) = &state.addresses else { return Ok(()) };
        let options = OperatorOptions {
            kubeconfig: addresses.kubeconfig.clone(),
            cluster_id: self.namespace.clone(),
            namespace: Some(self.namespace.clone()),
            region: REGION.to_owned(),
            timing: TIMING.map(str::to_owned).into(),
            arguments: self.arguments.clone(),
            environment: Vec::new(),
        };
        let (key_id, key_secret) = (state.key.id().to_owned(), state.key.secret().to_owned());
        let cloud = CloudAccess { endpoint: addresses.cloud.clone(), key_id, key_secret };
        state.running = Some(Operator::start_at(&self.programs, &cloud, &options).await.map_err(HarnessError::Start)?);
        self.timeline.tell(Actor::Seen, format!("operator {} runs", self.name));
        Ok(())
    }

    async fn end(&self, state: &mut State) {
        let Some(operator) = state.running.take() else { return };
        let log = operator.log();
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).push_str(&log);
        // It waits for the death, which takes milliseconds. A task that cannot be waited for has panicked, and then it is dead as well.
        let _ = tokio::task::spawn_blocking(move || operator.kill()).await;
        state.deaths.push(Instant::now());
    }
}
