//! The operator as a process.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::process::{Launch, Process, StartError, folder, port_file};
use crate::programs::Programs;
use crate::simulator::{CloudAccess, Simulator};

/// With whom the operator talks, and how.
#[derive(Clone, Debug)]
pub struct OperatorOptions {
    /// Who it is to the API server.
    pub kubeconfig: PathBuf,
    /// The cluster id in its owner tags; empty: it reads the UID of `kube-system`.
    pub cluster_id: String,
    /// The only namespace that it watches; `None`: all.
    pub namespace: Option<String>,
    pub region: String,
    /// `key=duration`, as `--internal-timing` takes it.
    pub timing: Vec<String>,
    /// Further arguments. Without one about `--leader-elect` there is no election: what most tests count are the calls of one operator.
    pub arguments: Vec<String>,
    /// Further environment variables.
    pub environment: Vec<(String, String)>,
}

/// A running `privatelink-operator`.
#[derive(Debug)]
pub struct Operator {
    process: Process,
    ports: Ports,
}

#[derive(Debug, Deserialize)]
struct Ports {
    health: String,
    metrics: String,
}

impl Operator {
    /// Starts one against this simulator, with the simulator's made-up key, on free loopback ports.
    pub async fn start(
        programs: &Programs,
        simulator: &Simulator,
        options: &OperatorOptions,
    ) -> Result<Self, StartError> {
        Self::start_at(programs, &simulator.access(), options).await
    }

    /// The same against a cloud that is somewhere else, or with another key.
    pub async fn start_at(
        programs: &Programs,
        cloud: &CloudAccess,
        options: &OperatorOptions,
    ) -> Result<Self, StartError> {
        let folder = folder("operator")?;
        let launch = Launch {
            name: "operator",
            program: &programs.operator,
            arguments: arguments(options, &folder),
            environment: environment(options, cloud),
            folder,
        };
        let process = Process::start(launch)?;
        let ports = process.listening().await?;
        Ok(Self { process, ports })
    }

    /// Where `/healthz` and `/readyz` are served: `http://127.0.0.1:<port>`.
    pub fn health_url(&self) -> &str {
        &self.ports.health
    }

    /// Where `/metrics` is served.
    pub fn metrics_url(&self) -> &str {
        &self.ports.metrics
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// The number of its process.
    pub fn pid(&self) -> Option<u32> {
        self.process.guard.pid()
    }

    /// Ends it as a machine that loses power does: SIGKILL, and gone when this returns.
    pub fn kill(self) {
        drop(self);
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&self) -> bool {
        self.process.guard.has_ended()
    }

    /// Stops it where it is, and returns once it stands still.
    pub async fn pause(&self) -> std::io::Result<()> {
        self.process.pause().await
    }

    /// Lets it go on after a pause.
    pub fn resume(&self) -> std::io::Result<()> {
        self.process.guard.resume()
    }

    /// Asks it to stop, as Kubernetes does: SIGTERM.
    pub fn terminate(&self) -> std::io::Result<()> {
        self.process.guard.terminate()
    }
}

fn arguments(options: &OperatorOptions, folder: &Path) -> Vec<String> {
    let OperatorOptions { kubeconfig: _, cluster_id, namespace, region, timing, arguments, environment: _ } = options;
    let mut all: Vec<String> = [
        "run",
        "--health-probe-bind-address=127.0.0.1:0",
        "--metrics-bind-address=127.0.0.1:0",
        &format!("--port-file={}", port_file(folder).display()),
        &format!("--region={region}"),
    ]
    .map(str::to_owned)
    .into();
    all.extend((!cluster_id.is_empty()).then(|| format!("--cluster-id={cluster_id}")));
    all.extend(namespace.iter().map(|namespace| format!("--watch-namespace={namespace}")));
    all.extend(timing.iter().map(|setting| format!("--internal-timing={setting}")));
    if !arguments.iter().any(|argument| argument.starts_with("--leader-elect")) {
        all.push("--leader-elect=false".to_owned());
    }
    all.extend(arguments.iter().cloned());
    all
}

fn environment(options: &OperatorOptions, cloud: &CloudAccess) -> Vec<(String, String)> {
    [
        ("KUBECONFIG", options.kubeconfig.display().to_string()),
        ("PRIVATELINK_ENDPOINT", cloud.endpoint.clone()),
        ("LOAD_BALANCER_ENDPOINT", cloud.endpoint.clone()),
        ("ALIBABA_CLOUD_STS_ENDPOINT", cloud.endpoint.clone()),
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", cloud.key_id.clone()),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", cloud.key_secret.clone()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .chain(options.environment.iter().cloned())
    .collect()
}
