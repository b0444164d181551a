//! The three parts, started one after the other, with a line for each.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use local_control_plane::ControlPlane;
use local_stack::{Operator, OperatorOptions, Programs, Simulator, checkout, install};

use super::shell::Shell;

/// The region of the samples.
pub(super) const REGION: &str = "cn-hangzhou";

/// The parts. They end in this order.
#[derive(Debug)]
pub(super) struct Stack {
    _operator: Operator,
    pub(super) simulator: Simulator,
    pub(super) control_plane: ControlPlane,
    pub(super) repository: PathBuf,
}

impl Stack {
    pub(super) async fn start() -> Result<Self, Box<dyn Error>> {
        let repository = checkout()?;
        let programs = Programs::locate()?;
        super::title("Three programs, on this machine only");
        let control_plane = control_plane().await?;
        let simulator = simulator(&programs, &repository).await?;
        let operator = operator(&programs, &simulator, &control_plane).await?;
        Ok(Self { _operator: operator, simulator, control_plane, repository })
    }

    pub(super) fn shell(&self) -> Shell<'_> {
        Shell { control_plane: &self.control_plane, folder: self.repository.clone() }
    }
}

async fn control_plane() -> Result<ControlPlane, Box<dyn Error>> {
    let begin = Instant::now();
    let control_plane = ControlPlane::builder().start().await?;
    report("Kubernetes: a real kube-apiserver and etcd", control_plane.server_url(), begin);
    Ok(control_plane)
}

async fn simulator(programs: &Programs, repository: &Path) -> Result<Simulator, Box<dyn Error>> {
    let begin = Instant::now();
    let simulator = Simulator::start(programs, &repository.join("config/simulator/simulator.yaml")).await?;
    report("Alibaba Cloud: the PrivateLink simulator", simulator.endpoint(), begin);
    Ok(simulator)
}

async fn operator(
    programs: &Programs,
    simulator: &Simulator,
    control_plane: &ControlPlane,
) -> Result<Operator, Box<dyn Error>> {
    let begin = Instant::now();
    let options = OperatorOptions {
        kubeconfig: install(control_plane)?,
        cluster_id: "demo".to_owned(),
        namespace: None,
        region: REGION.to_owned(),
        // The simulator's lists do not lag; see `lists` in its configuration.
        timing: vec!["consistencyWindow=1s".to_owned()],
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    let operator = Operator::start(programs, simulator, &options).await?;
    report("The operator: privatelink-operator run", operator.health_url(), begin);
    Ok(operator)
}

fn report(what: &str, url: &str, begin: Instant) {
    println!("  {what:<46} {url:<28} {:>4.1} s", begin.elapsed().as_secs_f64());
}
