//! From nothing to a control plane that is ready.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::time::{Duration, Instant};

use super::ControlPlane;
use super::part::{Part, Parts};
use crate::apiserver::{self, ApiserverCertificates, Ports};
use crate::binaries::Binaries;
use crate::certificates::{Authority, Credential};
use crate::client::AdminClient;
use crate::error::Error;
use crate::etcd::{self, EtcdCertificates};
use crate::guard::Guard;
use crate::kubeconfig::{Cluster, Proof};
use crate::port::ReservedPort;
use crate::version::Version;

pub(super) const ADMIN_KUBECONFIG: &str = "admin.kubeconfig";

/// Between two looks at `/readyz`: short against the start, which takes seconds; each look costs a millisecond.
const READY_POLL: Duration = Duration::from_millis(50);

/// Between two looks at a program that was killed: it dies in milliseconds.
const DEATH_POLL: Duration = Duration::from_millis(5);

/// Where the audit log goes.
#[derive(Clone, Debug)]
enum AuditLog {
    Off,
    InFolder,
    At(PathBuf),
}

/// How a control plane shall be.
#[derive(Clone, Debug)]
pub struct Builder {
    version: Version,
    audit_log: AuditLog,
    ready_within: Duration,
}

impl Default for Builder {
    fn default() -> Self {
        // Three seconds on an idle machine; a minute leaves room for one whose cores are shared by twenty others.
        Self { version: Version::default(), audit_log: AuditLog::Off, ready_within: Duration::from_mins(1) }
    }
}

impl Builder {
    /// The Kubernetes version of the API server.
    #[must_use]
    pub fn version(mut self, version: Version) -> Self {
        self.version = version;
        self
    }

    /// Writes an audit log to `path`: who asked for what and how it was answered, no bodies. It stays when the control plane
    /// is gone. An existing file is appended to.
    #[must_use]
    pub fn audit_log(mut self, path: impl Into<PathBuf>) -> Self {
        self.audit_log = AuditLog::At(path.into());
        self
    }

    /// The same in the control plane's own folder, with which it goes.
    #[must_use]
    pub fn audit_log_in_folder(mut self) -> Self {
        self.audit_log = AuditLog::InFolder;
        self
    }

    /// How long the start may take before it is given up; a first build of the programs is not counted.
    #[must_use]
    pub fn ready_within(mut self, limit: Duration) -> Self {
        self.ready_within = limit;
        self
    }

    /// Starts etcd and the API server and waits until they are ready. Nothing is left behind on failure, nor when the returned
    /// future is dropped before its end.
    ///
    /// Programs that are missing are built first, see [`Binaries::build`].
    pub async fn start(self) -> Result<ControlPlane, Error> {
        let binaries = Binaries::build(self.version).await.map_err(Error::FindBinaries)?;
        let started = Instant::now();
        let control_plane = self.launch(binaries)?;
        wait_until_ready(&control_plane, started, self.ready_within).await?;
        tracing::info!(server = control_plane.server_url, took = ?started.elapsed(), "control plane is ready");
        Ok(control_plane)
    }

    /// Keys, folder, processes: everything but the waiting.
    fn launch(&self, binaries: Binaries) -> Result<ControlPlane, Error> {
        let ports = [reserve()?, reserve()?];
        let server_url = format!("https://127.0.0.1:{}", ports[0].number());
        let keys = Keys::new()?;
        let ca_pem = keys.authority.certificate_pem();
        let admin = AdminClient::new(&server_url, &ca_pem, &keys.admin)
            .map_err(|source| Error::Request { what: "set up the admin client".to_owned(), source })?;

        // From here the owner's death could leave a folder behind, until the first guard has it: so only small writes between.
        let folder = make_folder()?;
        let audit_log = self.audit_log_path(&folder)?;
        let cluster = Cluster { server_url: &server_url, ca_pem: &ca_pem };
        let prepared = keys.write(&folder, &cluster);
        let port_numbers = Ports { apiserver: ports[0].number(), etcd: ports[1].number() };
        let started = prepared.and_then(|()| start_programs(&folder, &binaries, port_numbers, audit_log.as_deref()));
        let programs = started.inspect_err(|_| {
            // What was started has gone with its guard, and the folder with it.
            let _ = fs::remove_dir_all(&folder);
        })?;
        let Keys { authority, .. } = keys;
        let kubeconfigs = AtomicUsize::new(0);
        Ok(ControlPlane {
            version: self.version,
            parts: programs,
            folder,
            server_url,
            authority,
            admin,
            binaries,
            audit_log,
            kubeconfigs,
            ready_within: self.ready_within,
            ports,
        })
    }

    fn audit_log_path(&self, folder: &Path) -> Result<Option<PathBuf>, Error> {
        match &self.audit_log {
            AuditLog::Off => Ok(None),
            AuditLog::InFolder => Ok(Some(folder.join("audit.log"))),
            AuditLog::At(path) => std::path::absolute(path)
                .map(Some)
                .map_err(|source| Error::PrepareFolder { path: path.clone(), source }),
        }
    }
}

/// Everything that is made in memory before anything touches the disk.
struct Keys {
    authority: Authority,
    admin: Credential,
    apiserver: ApiserverCertificates,
    etcd: EtcdCertificates,
}

impl Keys {
    fn new() -> Result<Self, Error> {
        let authority = Authority::new("local-control-plane").map_err(Error::MakeCertificates)?;
        let admin = authority.client("admin", Some("system:masters")).map_err(Error::MakeCertificates)?;
        let apiserver = ApiserverCertificates::new(&authority).map_err(Error::MakeCertificates)?;
        let etcd = EtcdCertificates::new().map_err(Error::MakeCertificates)?;
        Ok(Self { authority, admin, apiserver, etcd })
    }

    fn write(&self, folder: &Path, cluster: &Cluster<'_>) -> Result<(), Error> {
        let failed = |source| Error::PrepareFolder { path: folder.to_owned(), source };
        self.etcd.write(folder).map_err(failed)?;
        self.apiserver.write(folder).map_err(failed)?;
        cluster
            .write(&folder.join(ADMIN_KUBECONFIG), "admin", &Proof::ClientCertificate(&self.admin))
            .map_err(Error::WriteKubeconfig)
    }
}

fn reserve() -> Result<ReservedPort, Error> {
    ReservedPort::reserve().map_err(Error::ReservePort)
}

/// A folder that only we can read.
fn make_folder() -> Result<PathBuf, Error> {
    tempfile::Builder::new()
        .prefix("local-control-plane-")
        .tempdir()
        .map(tempfile::TempDir::keep)
        .map_err(|source| Error::PrepareFolder { path: std::env::temp_dir(), source })
}

/// Both at once: the API server waits for its store by itself.
fn start_programs(folder: &Path, binaries: &Binaries, ports: Ports, audit_log: Option<&Path>) -> Result<Parts, Error> {
    let start = |part: Part| start_part(part, part.name(), folder, binaries, ports, audit_log);
    Ok(Parts::new(start(Part::Etcd)?, start(Part::ApiServer)?))
}

async fn wait_until_ready(control_plane: &ControlPlane, started: Instant, limit: Duration) -> Result<(), Error> {
    let ready = async {
        while !control_plane.admin.is_ready().await {
            if control_plane.parts.any_has_ended() {
                return Err(Error::Ended { after: started.elapsed(), logs: control_plane.log_tail() });
            }
            tokio::time::sleep(READY_POLL).await;
        }
        Ok(())
    };
    tokio::time::timeout(limit, ready)
        .await
        .unwrap_or_else(|_| Err(Error::NotReady { after: limit, logs: control_plane.log_tail() }))
}

/// See [`ControlPlane::crash`].
pub(super) async fn crash(control_plane: &ControlPlane, part: Part, limit: Duration) -> Result<(), Error> {
    let failed = |source| Error::Crash { program: part.name(), source };
    let ControlPlane { parts, folder, binaries, .. } = control_plane;
    parts.kill(part).map_err(failed)?;
    let begin = Instant::now();
    while !parts.has_ended(part) {
        if begin.elapsed() > limit {
            return Err(failed(std::io::ErrorKind::TimedOut.into()));
        }
        tokio::time::sleep(DEATH_POLL).await;
    }
    let name = parts.next_name(part);
    let guard = start_part(part, &name, folder, binaries, control_plane.ports(), control_plane.audit_log_path())?;
    parts.replace(part, guard);
    wait_until_ready(control_plane, begin, limit).await
}

fn start_part(
    part: Part,
    name: &str,
    folder: &Path,
    binaries: &Binaries,
    ports: Ports,
    audit_log: Option<&Path>,
) -> Result<Guard, Error> {
    let (program, arguments) = match part {
        Part::Etcd => (binaries.etcd(), etcd::arguments(folder, ports.etcd)),
        Part::ApiServer => (binaries.kube_apiserver(), apiserver::arguments(folder, ports, audit_log)),
    };
    Guard::start(folder, name, &program, &arguments).map_err(Error::StartProgram)
}
