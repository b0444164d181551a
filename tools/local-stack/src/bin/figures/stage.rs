//! Control plane, simulator and operator, on which one series of measurements is made.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use local_control_plane::{AuditEvent, ControlPlane, read_audit_log};
use local_stack::{Operator, OperatorOptions, Programs, Simulator, install};
use privatelink_sim::{Call, Config, JournalQuery, LoadBalancer, Span};
use serde_json::{Value, json};

use crate::objects::Objects;
use crate::{Outcome, probe};

const REGION: &str = "cn-hangzhou";
const ZONES: [&str; 2] = ["cn-hangzhou-h", "cn-hangzhou-i"];
const LOAD_BALANCER: &str = "nlb-a";

/// How long the simulator leaves a service `Creating`. Its default is a range; one value makes times comparable.
const CREATING: Duration = Duration::from_secs(4);
/// How long a service is `Pending` after a change.
const PENDING: Duration = Duration::from_secs(1);
/// How long a service is `Deleting`.
const DELETING: Duration = Duration::from_secs(3);

/// The parts. They end in this order.
#[derive(Debug)]
pub(crate) struct Stage {
    operator: Option<Operator>,
    pub(crate) objects: Objects,
    pub(crate) simulator: Simulator,
    control_plane: ControlPlane,
    programs: Programs,
    kubeconfig: PathBuf,
}

impl Stage {
    /// Everything but the operator, and no objects.
    pub(crate) async fn set() -> Outcome<Self> {
        let programs = Programs::locate()?;
        let control_plane = ControlPlane::builder().audit_log_in_folder().start().await?;
        let kubeconfig = install(&control_plane)?;
        let simulator = simulator(&programs).await?;
        let namespace = control_plane.create_namespace("figures").await?;
        let objects = Objects::follow(&control_plane.kubeconfig_path(), &namespace).await?;
        Ok(Self { operator: None, objects, simulator, control_plane, programs, kubeconfig })
    }

    /// Starts the operator as it is installed: every waiting time its default, all namespaces, account and cluster id asked for. Waits
    /// until it is ready.
    pub(crate) async fn start_operator(&mut self) -> Outcome<()> {
        let options = OperatorOptions {
            kubeconfig: self.kubeconfig.clone(),
            // Empty counts as not given.
            cluster_id: String::new(),
            namespace: None,
            region: REGION.to_owned(),
            timing: Vec::new(),
            arguments: Vec::new(),
            environment: Vec::new(),
        };
        let operator = Operator::start(&self.programs, &self.simulator, &options).await?;
        probe::until_ready(operator.health_url()).await?;
        self.operator = Some(operator);
        Ok(())
    }

    /// Ends the operator, and with it its connections.
    pub(crate) fn kill_operator(&mut self) {
        self.operator = None;
    }

    /// The number of the operator's process.
    pub(crate) fn pid(&self) -> Outcome<u32> {
        self.operator.as_ref().and_then(Operator::pid).ok_or_else(|| "the operator does not run".into())
    }

    pub(crate) fn operator_file(&self) -> &Path {
        &self.programs.operator
    }

    /// Every request that the API server has answered so far.
    pub(crate) fn requests(&self) -> Outcome<Vec<AuditEvent>> {
        let log = self.control_plane.audit_log_path().ok_or("the control plane keeps no audit log")?;
        Ok(read_audit_log(log)?)
    }

    /// The requests after the first so many.
    pub(crate) fn requests_after(&self, count: usize) -> Outcome<Vec<AuditEvent>> {
        Ok(self.requests()?.split_off(count))
    }

    /// The calls to the cloud after this time of the simulator.
    pub(crate) async fn calls_since(&self, time: Timestamp) -> Outcome<Vec<Call>> {
        let calls = self.simulator.admin.journal(&JournalQuery::default()).await?;
        Ok(calls.into_iter().filter(|call| call.time >= time).collect())
    }

    /// The simulator's time.
    pub(crate) async fn cloud_time(&self) -> Outcome<Timestamp> {
        Ok(self.simulator.admin.now().await?)
    }
}

/// Rates, locks and the duration of calls are its defaults.
async fn simulator(programs: &Programs) -> Outcome<Simulator> {
    let mut config = Config { seed: Some(1), ..Config::default() };
    config.timers.creating = Span::fixed(CREATING);
    config.timers.pending = Span::fixed(PENDING);
    config.timers.deleting = Span::fixed(DELETING);
    config.load_balancers = vec![LoadBalancer::new(LOAD_BALANCER, "nlb", REGION, &ZONES)];
    let mut file = tempfile::NamedTempFile::new()?;
    // JSON is YAML.
    serde_json::to_writer(&mut file, &config)?;
    file.flush()?;
    Ok(Simulator::start(programs, file.path()).await?)
}

/// What every object asks for: a service of one load balancer in two zones.
pub(crate) fn spec() -> Value {
    json!({
        "serviceResourceType": "nlb",
        "description": "made by the benchmark",
        "resources": [{"resourceId": LOAD_BALANCER, "zoneIds": ZONES}],
    })
}
