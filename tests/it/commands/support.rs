//! Running a command, as whom, and what it did.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use k8s_openapi::api::rbac::v1::{ClusterRole, RoleBinding};
use kube::api::{Patch, PatchParams};
use kube::{Api, Resource};
use local_control_plane::{AuditEvent, read_audit_log};
use local_stack::{CloudAccess, Programs, SIMULATED_KEY_SECRET};
use privatelink_operator::crd::VpcEndpointService;
use privatelink_sim::{Call, CallEffect};
use serde_json::{Value, json};

use crate::support::checkout::repository;
use crate::support::cluster::TEST_MANAGER;
use crate::support::rig::{REGION, Rig};

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    /// What a program reads of it.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).expect(&self.stdout)
    }
}

/// Who runs a command, and where the cloud is.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) kubeconfig: PathBuf,
    pub(super) cloud: CloudAccess,
}

impl Person {
    /// Who may do everything.
    pub(super) fn admin(rig: &Rig) -> Self {
        Self { kubeconfig: rig.control_plane.kubeconfig_path(), cloud: rig.simulator.access() }
    }

    /// Somebody new, bound in the namespace of the test to what these roles of the cluster, or of `config/rbac`, allow.
    pub(super) async fn with_roles(rig: &Rig, roles: &[&str]) -> Self {
        let user = format!("{}-{}", rig.namespace, roles.join("-").replace(':', "-"));
        for role in aggregated_roles() {
            apply(&Api::<ClusterRole>::all(rig.admin.clone()), &role).await;
        }
        for role in roles {
            let binding = json!({
                "metadata": {"name": format!("{user}-{}", role.replace(':', "-"))},
                "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
            });
            apply(&Api::<RoleBinding>::namespaced(rig.admin.clone(), &rig.namespace), &binding).await;
        }
        Self { kubeconfig: rig.control_plane.kubeconfig_for_user(&user, &[]).unwrap(), cloud: rig.simulator.access() }
    }

    /// Runs a command with the rig's cluster id and waiting times.
    pub(super) async fn run(&self, rig: &Rig, command: &str, arguments: &[&str], stdin: &str) -> Ran {
        let cluster_id = format!("--cluster-id={}", rig.namespace);
        let timing = rig.timing_arguments();
        let all = [command, &cluster_id].into_iter().chain(timing.iter().map(String::as_str));
        self.run_bare(&all.chain(arguments.iter().copied()).collect::<Vec<_>>(), stdin).await
    }

    /// Runs the program with these arguments and no other.
    pub(super) async fn run_bare(&self, arguments: &[&str], stdin: &str) -> Ran {
        let mut command = Command::new(Programs::locate().unwrap().operator);
        command.args(arguments).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env("KUBECONFIG", &self.kubeconfig).env("ALIBABA_CLOUD_REGION_ID", REGION);
        for (name, value) in [
            ("PRIVATELINK_ENDPOINT", &self.cloud.endpoint),
            ("LOAD_BALANCER_ENDPOINT", &self.cloud.endpoint),
            ("ALIBABA_CLOUD_STS_ENDPOINT", &self.cloud.endpoint),
            ("ALIBABA_CLOUD_ACCESS_KEY_ID", &self.cloud.key_id),
            ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", &self.cloud.key_secret),
        ] {
            command.env(name, value);
        }
        let stdin = stdin.to_owned();
        let run = move || {
            let mut process = command.spawn().unwrap();
            // One that does not read it ends before.
            let _ = process.stdin.take().unwrap().write_all(stdin.as_bytes());
            process.wait_with_output().unwrap()
        };
        let output = tokio::task::spawn_blocking(run).await.unwrap();
        let ran = Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!format!("{ran:?}").contains(SIMULATED_KEY_SECRET), "{ran:#?}");
        ran
    }
}

/// What people are granted beside the operator.
fn aggregated_roles() -> Vec<Value> {
    let text = std::fs::read_to_string(repository().join("config/rbac/aggregated-roles.yaml")).unwrap();
    serde_saphyr::from_multiple(&text).unwrap()
}

pub(super) async fn apply<K>(objects: &Api<K>, object: &Value)
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let typed: K = serde_json::from_value(object.clone()).unwrap();
    let name = object["metadata"]["name"].as_str().unwrap();
    objects.patch(name, &PatchParams::apply(TEST_MANAGER).force(), &Patch::Apply(&typed)).await.unwrap();
}

/// A manifest of the test's namespace, as YAML.
pub(super) fn manifest(rig: &Rig, name: &str, spec: &Value) -> String {
    let manifest = json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": name, "namespace": rig.namespace},
        "spec": spec,
    });
    serde_saphyr::to_string(&manifest).unwrap()
}

pub(super) fn stream(manifests: &[String]) -> String {
    manifests.join("---\n")
}

/// What must be the same before and after a command.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Untouched {
    services: Vec<privatelink_sim::ServiceView>,
    objects: Vec<VpcEndpointService>,
    effects: Vec<String>,
}

pub(super) async fn untouched(rig: &Rig) -> Untouched {
    Untouched { services: rig.services().await, objects: rig.all().await, effects: rig.effects().await }
}

/// The calls to the cloud from this one on, each a read or a dry run, or the test fails; answers the operations of the dry runs.
pub(super) async fn only_reads_and_dry_runs(rig: &Rig, from: usize) -> Vec<String> {
    let calls = rig.journal().await.split_off(from);
    let is_read = |call: &Call| {
        let reads = |operation: privatelink::Operation| !operation.mutates();
        let is_of_another_api =
            call.operation == "GetCallerIdentity" || call.operation.ends_with("LoadBalancerAttribute");
        is_of_another_api || privatelink::Operation::from_name(&call.operation).is_some_and(reads)
    };
    let mutating: Vec<&Call> = calls.iter().filter(|call| !is_read(call)).collect();
    for call in &mutating {
        let is_dry = call.parameters.get("DryRun").is_some_and(|value| value == "true");
        assert!(is_dry && call.effect == CallEffect::None, "{call:#?}");
    }
    mutating.into_iter().map(|call| call.operation.clone()).collect()
}

/// What this client asked the API server to write, of whatever kind. The user is asked for by the beginning of its name.
pub(super) fn writes_of(rig: &Rig, user: &str) -> Vec<AuditEvent> {
    let log = rig.control_plane.audit_log_path().expect("the shared control plane keeps an audit log");
    let theirs = |event: &AuditEvent| event.user.starts_with(user) && event.is_write();
    read_audit_log(log).unwrap().into_iter().filter(theirs).collect()
}

pub(super) fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}
