//! The environment of one test: a namespace, a simulator and an operator of its own, on the control plane that all tests share.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::{Api, Client};
use local_control_plane::{AuditEvent, ControlPlane, read_audit_log};
use local_stack::{CloudAccess, OPERATOR_USER, Operator, OperatorOptions, Programs, SIMULATED_KEY_SECRET, Simulator};
use privatelink_operator::crd::{ConditionType, VpcEndpointService, VpcEndpointServiceStatus};
use privatelink_sim::{
    Call, CallEffect, Config, EndpointOrder, Fault, FaultKind, JournalQuery, LoadBalancer, Moment, ServiceView,
};
use serde_json::{Value, json};

use crate::support::cluster;

/// Longer than any test takes on a loaded machine; a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Between two looks. Each is one read of the API server.
const POLL: Duration = Duration::from_millis(25);

/// How much longer than the lists lag the operator takes them to lag, in the usual setup: all of `consistencyWindow` where they do not lag.
pub(crate) const CONSISTENCY_WINDOW: Duration = Duration::from_secs(1);

/// How far the lists lag in [`Setup::lagging`].
pub(crate) const LIST_LAG: Duration = Duration::from_millis(400);

/// `resyncPeriod` in the usual setup.
pub(crate) const RESYNC_PERIOD: Duration = Duration::from_secs(2);

/// `resyncPeriod` in [`Setup::watchful`].
pub(crate) const FREQUENT_RESYNC_PERIOD: Duration = Duration::from_millis(300);

/// The operator gives up every call before that, whatever its setup: the longest `cloudCallDeadline` is the default of 25 seconds.
const LONGER_THAN_ANY_CALL: Duration = Duration::from_secs(30);

/// The region of every test.
pub(crate) const REGION: &str = "cn-hangzhou";

/// What a create costs in Kubernetes: the record, the ids, Ready.
pub(crate) const CREATE_WRITES: usize = 3;

/// What a list of the services calls, once a page.
pub(crate) const LIST_SERVICES: &str = "ListVpcEndpointServices";

/// The zones of every load balancer of the tests.
pub(crate) const ZONES: [&str; 2] = ["cn-hangzhou-h", "cn-hangzhou-i"];

/// How the environment of a test differs from the usual one.
pub(crate) struct Setup {
    pub(crate) simulator: Config,
    /// Waiting times of the operator, by the keys that `--internal-timing` takes.
    pub(crate) timing: BTreeMap<&'static str, Duration>,
    pub(crate) arguments: Vec<String>,
    /// Further environment variables of the operator.
    pub(crate) environment: Vec<(String, String)>,
    /// A test that waits so long for anything has failed.
    pub(crate) patience: Duration,
    /// The operator serves every namespace: only on a control plane of its own.
    pub(crate) everywhere: bool,
    /// The operator takes the UID of `kube-system` for the cluster id, instead of an id that no other test has.
    pub(crate) reads_cluster_id: bool,
}

impl Default for Setup {
    /// A simulator in a hurry, and an operator whose waiting times fit it.
    fn default() -> Self {
        let mut simulator = Config::fast();
        simulator.seed = Some(1);
        simulator.load_balancers = load_balancers();
        let timing = [
            ("consistencyWindow", CONSISTENCY_WINDOW),
            ("resyncPeriod", RESYNC_PERIOD),
            ("resyncIntervalMin", Duration::from_millis(20)),
            ("resyncIntervalMax", Duration::from_millis(100)),
            ("activePollInterval", Duration::from_millis(50)),
            ("blockedPollInterval", Duration::from_millis(200)),
            ("backoffInitial", Duration::from_millis(50)),
            ("backoffMax", Duration::from_millis(500)),
            ("specErrorBackoffInitial", Duration::from_millis(50)),
            ("specErrorBackoffMax", Duration::from_millis(500)),
        ];
        Self {
            simulator,
            timing: timing.into(),
            arguments: Vec::new(),
            environment: Vec::new(),
            patience: PATIENCE,
            everywhere: false,
            reads_cluster_id: false,
        }
    }
}

impl Setup {
    /// The usual setup, with lists in quick succession: for tests that wait for what nobody asked the operator to look at.
    pub(crate) fn watchful() -> Self {
        let mut setup = Self::default();
        setup.timing.insert("resyncPeriod", FREQUENT_RESYNC_PERIOD);
        setup
    }

    /// The usual setup, with lists that show what was so a while ago, as the provider's may.
    pub(crate) fn lagging() -> Self {
        let mut setup = Self::default();
        setup.simulator.lists.lag = LIST_LAG;
        setup.timing.insert("consistencyWindow", LIST_LAG + CONSISTENCY_WINDOW);
        setup
    }

    /// The same setup with seven seconds instead of 55 for what a killed process may still have under way.
    pub(crate) fn soon_sure(mut self) -> Self {
        self.timing.extend([("createWindow", Duration::from_secs(2)), ("cloudCallDeadline", Duration::from_secs(5))]);
        self
    }
}

/// `nlb-1` to `nlb-12` and `lb-1` to `lb-3`, in both zones.
fn load_balancers() -> Vec<LoadBalancer> {
    let network = (1..=12).map(|number| LoadBalancer::new(format!("nlb-{number}"), "nlb", REGION, &ZONES));
    let classic = (1..=3).map(|number| LoadBalancer::new(format!("lb-{number}"), "slb", REGION, &ZONES[..1]));
    network.chain(classic).collect()
}

/// The environment of a test.
pub(crate) struct Rig {
    pub(crate) control_plane: &'static ControlPlane,
    /// Who may do everything in Kubernetes.
    pub(crate) admin: Client,
    pub(crate) namespace: String,
    pub(crate) simulator: Simulator,
    operator: Option<Operator>,
    /// Operators beside it.
    others: Vec<Operator>,
    patience: Duration,
    programs: Programs,
    options: OperatorOptions,
    /// Logs of operators that are no more.
    logs: String,
}

impl Rig {
    /// The usual environment, with the operator running.
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    /// An environment with a setup of its own, and the operator running.
    pub(crate) async fn with(setup: Setup) -> Self {
        let mut rig = Self::without_operator(setup).await;
        rig.start_operator().await;
        rig
    }

    /// An environment in which the operator has yet to be started.
    pub(crate) async fn without_operator(setup: Setup) -> Self {
        let (control_plane, admin) = cluster::prepared().await;
        let kubeconfig = cluster::operator_kubeconfig(control_plane).await;
        Self::on(control_plane, admin, kubeconfig, setup).await
    }

    /// An environment on a control plane of its own, for tests that others would not survive; with the operator running.
    pub(crate) async fn alone(setup: Setup) -> Self {
        let control_plane = cluster::another().await;
        let kubeconfig = local_stack::install(control_plane).unwrap();
        let admin = cluster::client(&control_plane.kubeconfig_path()).await;
        let mut rig = Self::on(control_plane, admin, kubeconfig, setup).await;
        rig.start_operator().await;
        rig
    }

    /// An environment on this control plane, whose operator has yet to be started as the user of this kubeconfig.
    pub(crate) async fn on(
        control_plane: &'static ControlPlane,
        admin: Client,
        kubeconfig: PathBuf,
        setup: Setup,
    ) -> Self {
        let Setup { simulator, timing, arguments, environment, patience, everywhere, reads_cluster_id } = setup;
        let namespace = control_plane.create_namespace("test").await.unwrap();
        let programs = Programs::locate().unwrap();
        let simulator = start_simulator(&programs, &simulator).await;
        let options = OperatorOptions {
            kubeconfig,
            cluster_id: if reads_cluster_id { String::new() } else { namespace.clone() },
            namespace: (!everywhere).then(|| namespace.clone()),
            region: REGION.to_owned(),
            timing: timing.iter().map(|(key, time)| format!("{key}={}ms", time.as_millis())).collect(),
            arguments,
            environment,
        };
        Self {
            control_plane,
            admin,
            namespace,
            simulator,
            operator: None,
            others: Vec::new(),
            patience,
            programs,
            options,
            logs: String::new(),
        }
    }

    /// Starts the operator; it goes on with what it finds.
    pub(crate) async fn start_operator(&mut self) {
        let operator = Operator::start(&self.programs, &self.simulator, &self.options).await.unwrap();
        self.operator = Some(operator);
    }

    /// Starts another version's operator in place of this one's.
    pub(crate) async fn start_program(&mut self, operator: &Path) {
        let programs = Programs { operator: operator.to_owned(), ..self.programs.clone() };
        self.operator = Some(Operator::start(&programs, &self.simulator, &self.options).await.unwrap());
    }

    /// Starts another operator beside the one that runs: both serve the same objects and know nothing of each other.
    pub(crate) async fn start_another_operator(&mut self) {
        let operator = Operator::start(&self.programs, &self.simulator, &self.options).await.unwrap();
        self.others.push(operator);
    }

    /// Every operator that is started from now on stands for election, with its lease in this namespace, where it has these rights on leases.
    pub(crate) async fn elect(&mut self, verbs: &[&str]) {
        self.grant_lease(verbs).await;
        self.options
            .arguments
            .extend(["--leader-elect".to_owned(), format!("--leader-elect-namespace={}", self.namespace)]);
    }

    /// More arguments of every operator that is started from now on.
    pub(crate) fn arguments(&mut self, arguments: &[&str]) {
        self.options.arguments.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    }

    /// The waiting times of its operators, as flags.
    pub(crate) fn timing_arguments(&self) -> Vec<String> {
        self.options.timing.iter().map(|setting| format!("--internal-timing={setting}")).collect()
    }

    /// The operator's user may do exactly this with leases in this namespace.
    pub(crate) async fn grant_lease(&self, verbs: &[&str]) {
        self.grant("leader-election", ("coordination.k8s.io", "leases"), verbs).await;
    }

    /// The operator's user may do exactly this with ConfigMaps in this namespace.
    pub(crate) async fn grant_config_maps(&self, verbs: &[&str]) {
        self.grant("export-to", ("", "configmaps"), verbs).await;
    }

    async fn grant(&self, name: &str, (group, resource): (&str, &str), verbs: &[&str]) {
        const GROUP: &str = "rbac.authorization.k8s.io";
        // A rule without verbs is refused.
        let allowed: Vec<Value> = (!verbs.is_empty())
            .then(|| json!({"apiGroups": [group], "resources": [resource], "verbs": verbs}))
            .into_iter()
            .collect();
        let rights = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": name}, "rules": allowed,
        });
        let binding = json!({
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": name},
            "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": name},
            "subjects": [{"apiGroup": GROUP, "kind": "User", "name": OPERATOR_USER}],
        });
        let parameters = PatchParams::apply(cluster::TEST_MANAGER).force();
        let roles: Api<Role> = Api::namespaced(self.admin.clone(), &self.namespace);
        roles.patch(name, &parameters, &Patch::Apply(&rights)).await.unwrap();
        let bindings: Api<RoleBinding> = Api::namespaced(self.admin.clone(), &self.namespace);
        bindings.patch(name, &parameters, &Patch::Apply(&binding)).await.unwrap();
    }

    /// The lease of the operators of this namespace.
    pub(crate) async fn lease(&self) -> LeaseSpec {
        self.leases().get_opt(&self.lease_name()).await.unwrap().and_then(|lease| lease.spec).unwrap_or_default()
    }

    pub(crate) fn lease_name(&self) -> String {
        format!("privatelink-operator-{}", self.namespace)
    }

    pub(crate) fn leases(&self) -> Api<Lease> {
        Api::namespaced(self.admin.clone(), &self.namespace)
    }

    /// The operators that were started beside the first.
    pub(crate) fn others(&self) -> &[Operator] {
        &self.others
    }

    /// Starts the operator with something between it and the two sides that it talks to.
    pub(crate) async fn start_operator_behind(&mut self, kubeconfig: PathBuf, cloud: &CloudAccess) {
        let options = OperatorOptions { kubeconfig, ..self.options.clone() };
        self.operator = Some(Operator::start_at(&self.programs, cloud, &options).await.unwrap());
    }

    /// Adds a variable to the environment of the operator that is started next.
    pub(crate) fn add_environment(&mut self, name: &str, value: String) {
        self.options.environment.push((name.to_owned(), value));
    }

    /// Who the operator is to the API server.
    pub(crate) fn operator_kubeconfig(&self) -> &Path {
        &self.options.kubeconfig
    }

    /// Whether an operator was started and not killed since.
    pub(crate) fn has_operator(&self) -> bool {
        self.operator.is_some()
    }

    /// SIGKILL: gone when this returns.
    pub(crate) fn kill_operator(&mut self) {
        let operator = self.operator.take().expect("the operator runs");
        self.logs += &operator.log();
        operator.kill();
    }

    pub(crate) fn operator(&self) -> &Operator {
        self.operator.as_ref().expect("the operator runs")
    }

    pub(crate) fn objects(&self) -> Api<VpcEndpointService> {
        Api::namespaced(self.admin.clone(), &self.namespace)
    }

    /// Creates an object as a user does, by server-side apply.
    pub(crate) async fn apply(&self, name: &str, spec: Value) -> VpcEndpointService {
        let object = json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"name": name},
            "spec": spec,
        });
        let parameters = PatchParams::apply("user").force();
        self.objects().patch(name, &parameters, &Patch::Apply(&object)).await.unwrap()
    }

    /// Changes a part of the spec, by merge patch.
    pub(crate) async fn edit(&self, name: &str, spec: Value) -> VpcEndpointService {
        let patch = Patch::Merge(json!({"spec": spec}));
        self.objects().patch(name, &PatchParams::default(), &patch).await.unwrap()
    }

    /// Marks an object for deletion, and does not wait.
    pub(crate) async fn delete(&self, name: &str) {
        self.objects().delete(name, &DeleteParams::default()).await.unwrap();
    }

    pub(crate) async fn object(&self, name: &str) -> Option<VpcEndpointService> {
        self.objects().get_opt(name).await.unwrap()
    }

    /// Every object of this test, by name.
    pub(crate) async fn all(&self) -> Vec<VpcEndpointService> {
        self.objects().list(&ListParams::default()).await.unwrap().items
    }

    /// Looks again and again until what is seen is as wanted.
    pub(crate) async fn poll<T: Debug>(&self, what: &str, look: impl AsyncFn() -> T, wanted: impl Fn(&T) -> bool) -> T {
        let begin = Instant::now();
        loop {
            let found = look().await;
            if wanted(&found) {
                return found;
            }
            if begin.elapsed() > self.patience {
                self.give_up(what, &found).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until the object is as wanted.
    pub(crate) async fn until(
        &self,
        name: &str,
        what: &str,
        wanted: impl Fn(&VpcEndpointService) -> bool,
    ) -> VpcEndpointService {
        let look = async || self.object(name).await;
        let found = self.poll(&format!("{name} is {what}"), look, |object| object.as_ref().is_some_and(&wanted)).await;
        found.expect("it is as wanted")
    }

    /// Waits until the object is Ready for its newest generation.
    pub(crate) async fn ready(&self, name: &str) -> VpcEndpointService {
        self.until(name, "Ready", is_ready).await
    }

    /// Waits until `Ready` is False for this reason.
    pub(crate) async fn not_ready(&self, name: &str, reason: &str) -> VpcEndpointService {
        let wanted = |object: &VpcEndpointService| {
            ready_condition(object).is_some_and(|(status, found)| status != "True" && found == reason)
        };
        self.until(name, &format!("not Ready for {reason}"), wanted).await
    }

    /// Waits until the object is gone from Kubernetes.
    pub(crate) async fn gone(&self, name: &str) {
        self.poll(&format!("{name} is gone"), async || self.object(name).await, Option::is_none).await;
    }

    /// Waits until the cloud is as wanted.
    pub(crate) async fn cloud(&self, what: &str, wanted: impl Fn(&[ServiceView]) -> bool) -> Vec<ServiceView> {
        let what = format!("the cloud is {what}");
        self.poll(&what, async || self.services().await, |services| wanted(services)).await
    }

    /// Waits until so many lists of the services have begun from now on. All but the last have ended by then.
    pub(crate) async fn until_listed(&self, times: usize) {
        let wanted = self.calls(LIST_SERVICES).await.len() + times;
        self.until_calls(LIST_SERVICES, wanted).await;
    }

    /// Waits until the operation was called so many times in all.
    pub(crate) async fn until_calls(&self, operation: &str, times: usize) {
        let what = format!("{operation} was called {times} times");
        self.poll(&what, async || self.calls(operation).await.len(), |found| *found >= times).await;
    }

    /// Waits until the connection of a consumer's endpoint is in this state.
    pub(crate) async fn until_connection(&self, endpoint_id: &str, state: &str) {
        let what = format!("{endpoint_id} is {state}");
        self.poll(&what, async || self.connection(endpoint_id).await, |found| found == state).await;
    }

    /// The state of the connection of a consumer's endpoint.
    pub(crate) async fn connection(&self, endpoint_id: &str) -> String {
        let endpoints = self.simulator.admin.endpoints().await.unwrap();
        endpoints.into_iter().find(|endpoint| endpoint.id == endpoint_id).unwrap().connection_status
    }

    /// What the simulated cloud has.
    pub(crate) async fn services(&self) -> Vec<ServiceView> {
        self.simulator.admin.services(None, None).await.unwrap()
    }

    /// The one service that the simulated cloud has.
    pub(crate) async fn service(&self) -> ServiceView {
        let mut services = self.services().await;
        assert_eq!(services.len(), 1, "{services:#?}");
        services.remove(0)
    }

    /// A consumer's endpoint to a service; answers its id.
    pub(crate) async fn connect(&self, account: &str, service_id: &str) -> String {
        self.simulator.admin.create_endpoint(&EndpointOrder::new(account, service_id)).await.unwrap()
    }

    pub(crate) async fn fault(&self, fault: Fault) {
        self.simulator.admin.fault(&fault).await.unwrap();
    }

    /// Every call to the cloud so far.
    pub(crate) async fn journal(&self) -> Vec<Call> {
        self.simulator.admin.journal(&JournalQuery::default()).await.unwrap()
    }

    /// The calls of one operation.
    pub(crate) async fn calls(&self, operation: &str) -> Vec<Call> {
        let query = JournalQuery { operation: Some(operation.to_owned()), ..JournalQuery::default() };
        self.simulator.admin.journal(&query).await.unwrap()
    }

    /// The calls about one thing.
    pub(crate) async fn journal_about(&self, id: &str) -> Vec<Call> {
        let query = JournalQuery { object: Some(id.to_owned()), ..JournalQuery::default() };
        self.simulator.admin.journal(&query).await.unwrap()
    }

    /// The operations that changed something in the cloud, in order.
    pub(crate) async fn effects(&self) -> Vec<String> {
        self.journal().await.into_iter().filter(is_applied).map(|call| call.operation).collect()
    }

    /// What the operator wrote to Kubernetes in this namespace, events aside.
    pub(crate) fn kubernetes_writes(&self) -> Vec<AuditEvent> {
        let log = self.control_plane.audit_log_path().expect("the shared control plane keeps an audit log");
        let ours = |event: &AuditEvent| {
            event.user == OPERATOR_USER
                && event.namespace == self.namespace
                && event.resource == "vpcendpointservices"
                && event.is_write()
        };
        read_audit_log(log).unwrap().into_iter().filter(ours).collect()
    }

    /// How often the operator asked this of the API server about ConfigMaps in this namespace.
    pub(crate) fn config_map_calls(&self, verb: &str) -> usize {
        let log = self.control_plane.audit_log_path().expect("the shared control plane keeps an audit log");
        let ours = |event: &AuditEvent| {
            event.user == OPERATOR_USER
                && event.namespace == self.namespace
                && event.resource == "configmaps"
                && event.verb == verb
        };
        read_audit_log(log).unwrap().into_iter().filter(ours).count()
    }

    /// What every test ends with: no owner ever had two live services, and no secret is in a log or in Kubernetes.
    pub(crate) async fn end(self) {
        assert_eq!(self.simulator.admin.witness().await.unwrap(), []);
        assert!(!self.log().contains(SIMULATED_KEY_SECRET), "the log holds the secret");
        for object in self.all().await {
            assert!(
                !serde_json::to_string(&object).unwrap().contains(SIMULATED_KEY_SECRET),
                "an object holds the secret"
            );
        }
    }

    /// The log of all operators of this test.
    pub(crate) fn log(&self) -> String {
        std::iter::once(self.logs.clone()).chain(self.running_logs()).collect()
    }

    /// The log of each operator that runs, the first one's first.
    pub(crate) fn running_logs(&self) -> Vec<String> {
        self.operator.iter().chain(&self.others).map(Operator::log).collect()
    }

    #[expect(clippy::panic, reason = "a test that waits in vain has failed")]
    async fn give_up(&self, what: &str, found: &impl Debug) -> ! {
        let log = self.log();
        let tail = log.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
        let calls = self.journal().await;
        let calls = calls[calls.len().saturating_sub(25)..].iter().map(|call| {
            let Call { time, operation, http_status, code, effect, fault, .. } = call;
            format!("{time} {operation} {http_status:?} {code:?} {effect:?} {fault:?}")
        });
        let calls = calls.collect::<Vec<_>>().join("\n");
        let patience = self.patience;
        panic!("after {patience:?} not yet: {what}: {found:#?}\n--- operator ---\n{tail}\n--- calls ---\n{calls}");
    }
}

async fn start_simulator(programs: &Programs, config: &Config) -> Simulator {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    // JSON is YAML.
    serde_json::to_writer(&mut file, config).unwrap();
    file.flush().unwrap();
    Simulator::start(programs, file.path()).await.unwrap()
}

/// The next call of this operation is never answered.
pub(crate) fn hang(operation: &str, moment: Moment) -> Fault {
    Fault::next(operation, FaultKind::TimeOut { moment, after: LONGER_THAN_ANY_CALL })
}

/// The call changed something in the cloud.
pub(crate) fn is_applied(call: &Call) -> bool {
    call.effect == CallEffect::Applied
}

/// Status and reason of `Ready`.
pub(crate) fn ready_condition(object: &VpcEndpointService) -> Option<(&str, &str)> {
    let conditions = &object.status.as_ref()?.conditions;
    let ready = conditions.iter().find(|condition| condition.type_ == ConditionType::Ready.as_str())?;
    Some((&ready.status, &ready.reason))
}

/// Ready for the newest generation.
pub(crate) fn is_ready(object: &VpcEndpointService) -> bool {
    let status = status(object);
    status.observed_generation == object.metadata.generation
        && ready_condition(object).is_some_and(|(status, _)| status == "True")
}

/// The status, empty where there is none.
pub(crate) fn status(object: &VpcEndpointService) -> VpcEndpointServiceStatus {
    object.status.clone().unwrap_or_default()
}

/// The message of a condition, empty where there is none.
pub(crate) fn message(object: &VpcEndpointService, condition: ConditionType) -> String {
    let conditions = status(object).conditions;
    let found = conditions.into_iter().find(|found| found.type_ == condition.as_str());
    found.map(|condition| condition.message).unwrap_or_default()
}

/// The spec of most tests: one network load balancer in both zones.
pub(crate) fn nlb_spec() -> Value {
    json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "nlb-1", "zoneIds": ZONES}]})
}
