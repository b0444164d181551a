//! The user's tool, as a user runs it: one process a command.

use std::io::Write as _;
use std::process::Stdio;

use local_control_plane::{AuditEvent, ControlPlane, read_audit_log};
use serde_json::{Value, json};

/// At a time. Each waits for the API server half of its life.
pub(crate) const PROCESSES: usize = 4;

/// How `kubectl apply` finds out what changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apply {
    /// From what it wrote into an annotation the last time.
    ClientSide,
    /// The API server does, from the fields that each manager owns.
    ServerSide,
}

impl Apply {
    pub(crate) const BOTH: [Self; 2] = [Self::ClientSide, Self::ServerSide];

    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::ClientSide => &[],
            Self::ServerSide => &["--server-side"],
        }
    }
}

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    /// Nothing if it succeeded, without a warning, else what it said.
    pub(crate) fn failure(&self) -> Option<String> {
        (self.code != Some(0) || !self.stderr.is_empty()).then(|| format!("{self:?}"))
    }
}

/// What `kubectl diff` answers when the manifest is in force.
pub(crate) const NO_DIFFERENCE: Answer = Answer { code: Some(0), stdout: String::new(), stderr: String::new() };

/// `kubectl`, as admin, in one namespace.
#[derive(Clone, Debug)]
pub(crate) struct Kubectl {
    control_plane: &'static ControlPlane,
    namespace: String,
}

impl Kubectl {
    pub(crate) fn new(control_plane: &'static ControlPlane, namespace: &str) -> Self {
        Self { control_plane, namespace: namespace.to_owned() }
    }

    /// With its default validation, which the API server does: kubectl asks it to be strict about unknown fields.
    pub(crate) async fn apply(&self, how: Apply, manifest: &Value) -> Answer {
        self.on_manifest("apply", how, manifest).await
    }

    /// Exit code 0 for no difference, 1 for some, more for trouble.
    pub(crate) async fn diff(&self, how: Apply, manifest: &Value) -> Answer {
        self.on_manifest("diff", how, manifest).await
    }

    /// What kubectl, whoever ran it, asked the API server to write in this namespace, refused or not.
    pub(crate) fn writes(&self) -> Vec<AuditEvent> {
        let log = self.control_plane.audit_log_path().expect("the control planes of the tests keep an audit log");
        let ours = |event: &AuditEvent| {
            event.namespace == self.namespace && event.is_write() && event.user_agent.starts_with("kubectl/")
        };
        read_audit_log(log).unwrap().into_iter().filter(ours).collect()
    }

    async fn on_manifest(&self, verb: &str, how: Apply, manifest: &Value) -> Answer {
        self.run(&[&[verb, "-f", "-"], how.flags()].concat(), &manifest.to_string()).await
    }

    /// Any command; `stdin` may be empty.
    pub(crate) async fn run(&self, arguments: &[&str], stdin: &str) -> Answer {
        let mut command = self.control_plane.kubectl(["--namespace", &self.namespace]);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_remove("KUBECTL_EXTERNAL_DIFF");
        let stdin = stdin.to_owned();
        let run = move || {
            let mut process = command.spawn().unwrap();
            // A manifest is far smaller than a pipe, and kubectl reads it whole before it writes.
            process.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
            process.wait_with_output().unwrap()
        };
        let output = tokio::task::spawn_blocking(run).await.unwrap();
        Answer {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A manifest of our kind.
pub(crate) fn manifest(name: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"name": name},
        "spec": spec,
    })
}

/// Several manifests in one.
pub(crate) fn list(items: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}
