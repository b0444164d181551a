//! Where the programs are, built first when they are not there yet.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use crate::version::Version;

/// Builds the programs; it alone knows the names of the cache folders and when `KUBEBUILDER_ASSETS` counts.
const BUILD_SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/control-plane/build.sh");

/// The exit code of `build.sh --dir` for a folder that is not there yet.
const NOT_BUILT: i32 = 3;

/// The programs could not be found or built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BinariesError {
    /// The script that builds them did not start.
    #[error("failed to run {BUILD_SCRIPT}")]
    RunScript(#[source] std::io::Error),
    /// It ran and failed; what it had to say is on standard error.
    #[error("failed to build the control plane of Kubernetes {0}; the reason is in the output above")]
    Build(Version),
}

/// Where `kube-apiserver`, `etcd` and `kubectl` are. The last two are always of the newest version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
    apiserver: PathBuf,
    tools: PathBuf,
}

impl Binaries {
    /// Finds the programs, and builds them where they are missing: about five minutes on two cores, with progress on standard
    /// error. Whoever comes while a build runs waits for it.
    ///
    /// `KUBEBUILDER_ASSETS`, the folder that envtest uses, goes first when it holds all of them.
    pub async fn build(version: Version) -> Result<Self, BinariesError> {
        let tools = build_folder(Version::default()).await?;
        let apiserver = if version == Version::default() { tools.clone() } else { build_folder(version).await? };
        Ok(Self { apiserver, tools })
    }

    /// Finds the programs without building anything; `None` when they are not there.
    pub async fn find(version: Version) -> Result<Option<Self>, BinariesError> {
        let (apiserver, tools) = (find_folder(version).await?, find_folder(Version::default()).await?);
        Ok(apiserver.zip(tools).map(|(apiserver, tools)| Self { apiserver, tools }))
    }

    /// The folder of `kubectl`, good for a `PATH`.
    pub fn folder(&self) -> &Path {
        &self.tools
    }

    /// The API server.
    pub fn kube_apiserver(&self) -> PathBuf {
        self.apiserver.join("kube-apiserver")
    }

    /// The store behind the API server.
    pub fn etcd(&self) -> PathBuf {
        self.tools.join("etcd")
    }

    /// The command line client.
    pub fn kubectl(&self) -> PathBuf {
        self.tools.join("kubectl")
    }
}

async fn build_folder(version: Version) -> Result<PathBuf, BinariesError> {
    let output = script().arg(version.as_str()).output().await.map_err(BinariesError::RunScript)?;
    if output.status.success() { Ok(printed(&output.stdout)) } else { Err(BinariesError::Build(version)) }
}

async fn find_folder(version: Version) -> Result<Option<PathBuf>, BinariesError> {
    let output = script().args(["--dir", version.as_str()]).output().await.map_err(BinariesError::RunScript)?;
    match output.status.code() {
        Some(0) => Ok(Some(printed(&output.stdout))),
        Some(NOT_BUILT) => Ok(None),
        _ => Err(BinariesError::Build(version)),
    }
}

fn printed(stdout: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(stdout).trim_end())
}

fn script() -> Command {
    let mut command = Command::new(BUILD_SCRIPT);
    command.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    command
}
