//! One plan's environment: a namespace, a simulated cloud, and operators between proxies.

mod balanced;
mod config_maps;
mod made_outside;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Service};
use kube::Api;
use privatelink_sim::{Served, ServiceView, Simulator, serve};
use tempfile::TempDir;

pub(crate) use self::config_maps::{ConfigMaps, FOREIGN_CONFIG_MAP};
pub(crate) use self::made_outside::OFFERED_TAG;
use self::made_outside::create_unrelated;
use crate::error::HarnessError;
use crate::fixture::Fixture;
use crate::harness::{Addresses, CloudLog, CloudRecorder, Harness, Objects, PATIENCE, Process, Shown};
use crate::injector::{FaultInjector, Injection};
use crate::proxy::{Proxy, Seen, Upstream};
use crate::settings;
use crate::timeline::Timeline;

/// How a leader begins where nobody has led yet.
const MAKE_LEASE: &str = "POST leases";

/// The parts, in the order in which they end.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) operators: Vec<Instance>,
    pub(crate) objects: Arc<Objects>,
    pub(crate) cloud_log: Arc<CloudLog>,
    _recorder: CloudRecorder,
    pub(crate) simulator: Simulator,
    served: Served,
    pub(crate) timeline: Arc<Timeline>,
    pub(crate) namespace: String,
    /// The Services of the namespace, for an administrator.
    kubernetes_services: Api<Service>,
    /// The ConfigMaps of the namespace, for an administrator.
    config_maps: Api<ConfigMap>,
    /// The ConfigMap of somebody else, as it was when it was made.
    pub(crate) foreign_config_map: ConfigMap,
    /// Services of other people, as they were when they were made.
    pub(crate) unrelated: Vec<ServiceView>,
    folder: TempDir,
}

/// An operator and what stands between it and its two sides.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) process: Arc<Process>,
    pub(crate) injector: Arc<FaultInjector>,
    pub(crate) kubernetes: Proxy,
    pub(crate) cloud: Proxy,
}

/// What runs in an environment.
#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    /// How many operators.
    pub(crate) operators: usize,
    /// They elect a leader, which is the first.
    pub(crate) elects: bool,
    /// What each is told beside the usual.
    pub(crate) arguments: Vec<String>,
}

impl Environment {
    /// Builds an environment with no object, and lets its operators run. A single fault is for the first operator's traffic. The guesses about
    /// the provider are drawn by a number.
    pub(crate) async fn build(
        fixture: &Fixture,
        deployment: Deployment,
        guesses: u64,
        injection: Injection,
    ) -> Result<Self, HarnessError> {
        let timeline = Arc::new(Timeline::begin());
        let namespace = fixture.namespace().await?;
        let simulator = Simulator::new(settings::simulator(guesses));
        let unrelated = create_unrelated(&simulator, &namespace).await?;
        let config_maps = Api::namespaced(fixture.admin(), &namespace);
        let foreign_config_map = config_maps::make_foreign(&config_maps).await?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let served = serve(simulator.clone(), any, any).await.map_err(HarnessError::Serve)?;
        let cloud_log = CloudLog::over(simulator.clone());
        let mut environment = Self {
            operators: Vec::new(),
            objects: Arc::new(Objects::follow(fixture.admin(), &namespace, Arc::clone(&timeline))),
            _recorder: CloudRecorder::at(Arc::clone(&cloud_log)),
            cloud_log,
            simulator,
            served,
            timeline,
            kubernetes_services: Api::namespaced(fixture.admin(), &namespace),
            config_maps,
            foreign_config_map,
            namespace,
            unrelated,
            folder: tempfile::tempdir().map_err(HarnessError::Folder)?,
        };
        let injections = [injection.clone(), injection.of_another()];
        for (name, injection) in ["a", "b"].into_iter().zip(injections).take(deployment.operators) {
            let instance = environment.instance(fixture, name, deployment.arguments.clone(), injection).await?;
            environment.operators.push(instance);
            if deployment.elects {
                environment.until_led().await?;
            }
        }
        Ok(environment)
    }

    /// Waits until the first operator has made the lease.
    async fn until_led(&self) -> Result<(), HarnessError> {
        let has_made = |call: &Seen| call.kind == MAKE_LEASE && call.answered.is_some();
        let leads = || self.operator().is_some_and(|instance| instance.kubernetes.calls().iter().any(has_made));
        self.until_cloud("the first operator leads", |_| leads()).await
    }

    async fn instance(
        &self,
        fixture: &Fixture,
        name: &'static str,
        arguments: Vec<String>,
        injection: Injection,
    ) -> Result<Instance, HarnessError> {
        let process = Process::new(name, &fixture.programs, &self.namespace, arguments, Arc::clone(&self.timeline));
        let harness = Harness {
            timeline: Arc::clone(&self.timeline),
            cloud_log: Arc::clone(&self.cloud_log),
            objects: Arc::clone(&self.objects),
            process: Arc::clone(&process),
        };
        let injector = FaultInjector::new(harness, injection);
        let kubernetes =
            Proxy::start(fixture.kubernetes.clone(), injector.clone()).await.map_err(HarnessError::Proxy)?;
        let upstream = Upstream::cloud(&self.served.api_url()).map_err(HarnessError::Proxy)?;
        let cloud = Proxy::start(upstream, injector.clone()).await.map_err(HarnessError::Proxy)?;
        let kubeconfig = self.folder.path().join(format!("{name}.kubeconfig"));
        kubernetes.write_kubeconfig(&kubeconfig).map_err(HarnessError::Proxy)?;
        process.start(Addresses { kubeconfig, cloud: cloud.url() }).await?;
        Ok(Instance { process, injector, kubernetes, cloud })
    }

    /// The first operator.
    pub(crate) fn operator(&self) -> Option<&Instance> {
        self.operators.first()
    }

    /// From now on calls and events count.
    pub(crate) fn arm(&self) {
        for instance in &self.operators {
            instance.injector.arm();
        }
    }

    /// Waits until the objects are as wanted.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Shown) -> bool) -> Result<(), HarnessError> {
        self.objects.until(what, PATIENCE, wanted).await
    }

    /// Waits until the cloud is as wanted, other people's services aside.
    pub(crate) async fn until_cloud(
        &self,
        what: &str,
        wanted: impl Fn(&[ServiceView]) -> bool,
    ) -> Result<(), HarnessError> {
        let poll = async {
            while !wanted(&self.services()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let late = |_| HarnessError::TooLate {
            what: what.to_owned(),
            within: PATIENCE,
            now: serde_json::to_string(&self.services()).unwrap_or_default(),
        };
        tokio::time::timeout(PATIENCE, poll).await.map_err(late)
    }

    /// What the cloud has now, other people's services aside.
    pub(crate) fn services(&self) -> Vec<ServiceView> {
        let is_ours = |service: &ServiceView| !self.unrelated.iter().any(|other| other.id == service.id);
        self.simulator.all_services().into_iter().filter(is_ours).collect()
    }

    /// Ends the operators and the servers.
    pub(crate) async fn end(self) {
        for instance in &self.operators {
            instance.process.stop().await;
        }
        drop(self.operators);
        self.served.stop().await;
    }
}
