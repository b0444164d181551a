//! One running control plane.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::OnceCell;

mod builder;
mod part;

pub use builder::Builder;
pub use part::Part;
use part::Parts;

use crate::apiserver::Ports;
use crate::binaries::Binaries;
use crate::certificates::Authority;
use crate::client::AdminClient;
use crate::error::Error;
use crate::kubeconfig::{Cluster, Proof};
use crate::port::ReservedPort;
use crate::version::Version;

/// How long the token of a `ServiceAccount` is good, in seconds: a day, longer than any test or demonstration.
const TOKEN_SECONDS: u32 = 24 * 60 * 60;

/// A running etcd and kube-apiserver. See the [crate's description](crate).
///
/// Dropping it kills both and removes their folder, kubeconfig files included; it returns when that is done, after some
/// milliseconds.
#[derive(Debug)]
pub struct ControlPlane {
    version: Version,
    parts: Parts,
    folder: PathBuf,
    server_url: String,
    authority: Authority,
    admin: AdminClient,
    binaries: Binaries,
    audit_log: Option<PathBuf>,
    kubeconfigs: AtomicUsize,
    ready_within: Duration,
    /// Of the API server and of etcd.
    ports: [ReservedPort; 2],
}

impl ControlPlane {
    /// A control plane with the defaults: the newest version, no audit log, 60 s to become ready.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The control plane that all tests of this process share, of the [chosen version](Version::chosen) and with an audit log;
    /// started by whoever asks first, gone when the process is. Give each test a namespace of its own: [`create_namespace`](Self::create_namespace).
    pub async fn shared() -> Result<&'static Self, Error> {
        static SHARED: OnceCell<ControlPlane> = OnceCell::const_new();
        let start = async || {
            let version = Version::chosen().map_err(Error::ChooseVersion)?;
            Self::builder().version(version).audit_log_in_folder().start().await
        };
        SHARED.get_or_try_init(start).await
    }

    /// The version of the API server that was ordered. A folder in `KUBEBUILDER_ASSETS` may hold another one; the API server's
    /// `/version` says what really runs.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Where the API server listens: `https://127.0.0.1:<port>`.
    pub fn server_url(&self) -> &str {
        &self.server_url
    }

    /// The certificate, in PEM, that the API server's is signed with.
    pub fn ca_pem(&self) -> String {
        self.authority.certificate_pem()
    }

    /// The kubeconfig of a member of `system:masters`, who may do everything.
    pub fn kubeconfig_path(&self) -> PathBuf {
        self.folder.join(builder::ADMIN_KUBECONFIG)
    }

    /// The folder of `kubectl`, good for a `PATH`.
    pub fn bin_dir(&self) -> &Path {
        self.binaries.folder()
    }

    /// The audit log, if one was ordered; [`read_audit_log`](crate::read_audit_log) reads it.
    pub fn audit_log_path(&self) -> Option<&Path> {
        self.audit_log.as_deref()
    }

    /// The temporary folder with data, logs and certificates; it goes with the control plane.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A new kubeconfig for a user with a client certificate, who has no rights but those that RBAC gives to `user`, to `group`
    /// and to `system:authenticated`.
    ///
    /// A certificate made here carries at most one group; more are refused with [`Error::TooManyGroups`]. A user called
    /// `system:serviceaccount:<namespace>:<name>` has the roles that are bound to that `ServiceAccount`.
    pub fn kubeconfig_for_user(&self, user: &str, groups: &[&str]) -> Result<PathBuf, Error> {
        let group = match groups {
            [] => None,
            [group] => Some(*group),
            _ => return Err(Error::TooManyGroups { user: user.to_owned(), groups: groups.len() }),
        };
        let certificate = self.authority.client(user, group).map_err(Error::MakeCertificates)?;
        self.write_kubeconfig(user, &Proof::ClientCertificate(&certificate))
    }

    /// A new kubeconfig for a `ServiceAccount` that exists, with a token that is good for a day: what a pod would use.
    pub async fn kubeconfig_for_service_account(&self, namespace: &str, name: &str) -> Result<PathBuf, Error> {
        let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token");
        let request = json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": { "expirationSeconds": TOKEN_SECONDS },
        });
        let what = || format!("get a token for the ServiceAccount {namespace}/{name}");
        let token = self
            .admin
            .post(&path, &request, "/status/token")
            .await
            .map_err(|source| Error::Request { what: what(), source })?;
        self.write_kubeconfig(name, &Proof::Token(&token))
    }

    /// Makes a namespace that nobody else uses and returns its name: `prefix`, a dash, and a few characters that the API
    /// server chooses. `prefix` must be a valid start of a name, at most 57 characters long.
    pub async fn create_namespace(&self, prefix: &str) -> Result<String, Error> {
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": { "generateName": format!("{prefix}-") },
        });
        self.admin
            .post("/api/v1/namespaces", &namespace, "/metadata/name")
            .await
            .map_err(|source| Error::Request { what: format!("create a namespace {prefix}-…"), source })
    }

    /// `kubectl` as admin; set `KUBECONFIG` to be somebody else. It reads and leaves nothing in the caller's home.
    pub fn kubectl<I, S>(&self, arguments: I) -> Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = Command::new(self.binaries.kubectl());
        command
            .args(arguments)
            .env("KUBECONFIG", self.kubeconfig_path())
            .env("KUBECACHEDIR", self.folder.join("kubectl-cache"))
            .env("KUBERC", "off");
        command
    }

    /// Kills a part as a machine that loses power does, SIGKILL, and starts it again at once, at the same port and with the same data. Returns
    /// when the API server is ready again; that may take as long as it may take to start.
    pub async fn crash(&self, part: Part) -> Result<(), Error> {
        builder::crash(self, part, self.ready_within).await
    }

    /// The last 30 lines that etcd and the API server wrote.
    pub fn log_tail(&self) -> String {
        self.parts.log_tail()
    }

    fn ports(&self) -> Ports {
        let [apiserver, etcd] = &self.ports;
        Ports { apiserver: apiserver.number(), etcd: etcd.number() }
    }

    fn write_kubeconfig(&self, user: &str, proof: &Proof<'_>) -> Result<PathBuf, Error> {
        let number = self.kubeconfigs.fetch_add(1, Ordering::Relaxed);
        let path = self.folder.join(format!("user-{number}.kubeconfig"));
        let cluster = Cluster { server_url: &self.server_url, ca_pem: &self.ca_pem() };
        cluster.write(&path, user, proof).map_err(Error::WriteKubeconfig)?;
        Ok(path)
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        self.parts.end(&self.folder);
    }
}
