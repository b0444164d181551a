//! One plan's world: a namespace, a simulated cloud, and operators between proxies.

mod bystanders;
pub(crate) mod object;
mod objects;
mod process;
mod sky;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use privatelink_sim::{Served, ServiceView, Simulator, serve};
use tempfile::TempDir;

use self::bystanders::settle;
pub(crate) use self::objects::{Objects, Shown, Sighting};
pub(crate) use self::process::{Addresses, Process};
use self::sky::Gaze;
pub(crate) use self::sky::{Moment, Sky};
use crate::ground::Ground;
use crate::judge::{Brief, Court, Hands};
use crate::proxy::{Proxy, Upstream};
use crate::settings;
use crate::story::Story;
use crate::trouble::Trouble;
use crate::workload::Workload;

/// Longer than anything in a plan takes on a busy machine; what takes longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// The parts, in the order in which they end.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) operators: Vec<Seat>,
    pub(crate) objects: Arc<Objects>,
    pub(crate) sky: Arc<Sky>,
    _gaze: Gaze,
    pub(crate) simulator: Simulator,
    served: Served,
    pub(crate) story: Arc<Story>,
    pub(crate) namespace: String,
    /// Services of other people, as they were when they were made.
    pub(crate) bystanders: Vec<ServiceView>,
    folder: TempDir,
}

/// An operator and what stands between it and the world.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) process: Arc<Process>,
    pub(crate) court: Arc<Court>,
    pub(crate) kubernetes: Proxy,
    pub(crate) cloud: Proxy,
}

impl World {
    /// Builds a world with no object, and lets its operators run. Only the first operator's traffic is struck.
    /// The guesses about the provider are drawn by a number.
    pub(crate) async fn build(
        ground: &Ground,
        workload: &Workload,
        guesses: u64,
        brief: Brief,
    ) -> Result<Self, Trouble> {
        let story = Arc::new(Story::begin());
        let namespace = ground.namespace().await?;
        let simulator = Simulator::new(settings::simulator(guesses));
        let bystanders = settle(&simulator, &namespace).await?;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let served = serve(simulator.clone(), any, any).await.map_err(Trouble::Serve)?;
        let sky = Sky::over(simulator.clone());
        let mut world = Self {
            operators: Vec::new(),
            objects: Arc::new(Objects::follow(ground.admin(), &namespace, Arc::clone(&story))),
            _gaze: Gaze::at(Arc::clone(&sky)),
            sky,
            simulator,
            served,
            story,
            namespace,
            bystanders,
            folder: tempfile::tempdir().map_err(Trouble::Folder)?,
        };
        let briefs = [brief.clone(), brief.of_another()];
        for (name, brief) in ["a", "b"].into_iter().zip(briefs).take(workload.operators) {
            let seat = world.seat(ground, name, workload.arguments(), brief).await?;
            world.operators.push(seat);
        }
        Ok(world)
    }

    async fn seat(
        &self,
        ground: &Ground,
        name: &'static str,
        arguments: Vec<String>,
        brief: Brief,
    ) -> Result<Seat, Trouble> {
        let process = Process::new(name, &ground.programs, &self.namespace, arguments, Arc::clone(&self.story));
        let hands = Hands {
            story: Arc::clone(&self.story),
            sky: Arc::clone(&self.sky),
            objects: Arc::clone(&self.objects),
            process: Arc::clone(&process),
        };
        let court = Court::new(hands, brief);
        let kubernetes = Proxy::start(ground.kubernetes.clone(), court.clone()).await.map_err(Trouble::Proxy)?;
        let upstream = Upstream::cloud(&self.served.api_url()).map_err(Trouble::Proxy)?;
        let cloud = Proxy::start(upstream, court.clone()).await.map_err(Trouble::Proxy)?;
        let kubeconfig = self.folder.path().join(format!("{name}.kubeconfig"));
        kubernetes.write_kubeconfig(&kubeconfig).map_err(Trouble::Proxy)?;
        process.start(Addresses { kubeconfig, cloud: cloud.url() }).await?;
        Ok(Seat { process, court, kubernetes, cloud })
    }

    /// The first operator.
    pub(crate) fn operator(&self) -> Option<&Seat> {
        self.operators.first()
    }

    /// From now on calls and events count.
    pub(crate) fn arm(&self) {
        for seat in &self.operators {
            seat.court.arm();
        }
    }

    /// Waits until the objects are as wanted.
    pub(crate) async fn until(&self, what: &str, wanted: impl Fn(&Shown) -> bool) -> Result<(), Trouble> {
        self.objects.until(what, PATIENCE, wanted).await
    }

    /// Waits until the cloud is as wanted, other people's services aside.
    pub(crate) async fn until_cloud(&self, what: &str, wanted: impl Fn(&[ServiceView]) -> bool) -> Result<(), Trouble> {
        let poll = async {
            while !wanted(&self.services()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let late = |_| Trouble::TooLate {
            what: what.to_owned(),
            within: PATIENCE,
            now: serde_json::to_string(&self.services()).unwrap_or_default(),
        };
        tokio::time::timeout(PATIENCE, poll).await.map_err(late)
    }

    /// What the cloud has now, other people's services aside.
    pub(crate) fn services(&self) -> Vec<ServiceView> {
        let is_ours = |service: &ServiceView| !self.bystanders.iter().any(|bystander| bystander.id == service.id);
        self.simulator.all_services().into_iter().filter(is_ours).collect()
    }

    /// Ends the operators and the servers.
    pub(crate) async fn end(self) {
        for seat in &self.operators {
            seat.process.stop().await;
        }
        drop(self.operators);
        self.served.stop().await;
    }
}
