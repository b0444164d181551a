//! The program: a control plane for as long as it runs.

use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use local_control_plane::{Binaries, ControlPlane, Error, Version};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Starts a real etcd and kube-apiserver on this machine.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Runs a control plane until Ctrl-C or SIGTERM; then nothing of it is left.
    Run(Run),
    /// Builds the programs that are missing; about five minutes on two cores, once.
    Build(Which),
    /// Prints where the programs are; exit code 3 when they are not built yet.
    Paths(Which),
}

#[derive(Args)]
struct Which {
    /// The minor version of Kubernetes.
    #[arg(long, default_value_t)]
    kubernetes: Version,
}

#[derive(Args)]
struct Run {
    #[command(flatten)]
    which: Which,
    /// Writes an audit log to this file.
    #[arg(long, value_name = "FILE")]
    audit_log: Option<PathBuf>,
    /// Copies the admin's kubeconfig to this file once the API server is ready; removed at the end.
    #[arg(long, value_name = "FILE")]
    kubeconfig_out: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum MainError {
    #[error(transparent)]
    ControlPlane(#[from] Error),
    #[error("failed to wait for signals")]
    Signals(#[source] std::io::Error),
    #[error("failed to write {}", .0.display())]
    KubeconfigOut(PathBuf, #[source] std::io::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let filter = EnvFilter::builder().with_default_directive(tracing::Level::INFO.into()).from_env_lossy();
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr).init();
    let done = match Arguments::parse().command {
        Verb::Run(run) => run.carry_out().await,
        Verb::Build(which) => which.build().await,
        Verb::Paths(which) => which.paths().await,
    };
    done.unwrap_or_else(|error| {
        print_error(&error);
        ExitCode::FAILURE
    })
}

impl Which {
    async fn build(&self) -> Result<ExitCode, MainError> {
        let binaries = Binaries::build(self.kubernetes).await.map_err(Error::FindBinaries)?;
        println!("{}", binaries.folder().display());
        Ok(ExitCode::SUCCESS)
    }

    async fn paths(&self) -> Result<ExitCode, MainError> {
        let Some(binaries) = Binaries::find(self.kubernetes).await.map_err(Error::FindBinaries)? else {
            eprintln!("not built yet: local-control-plane build --kubernetes {}", self.kubernetes);
            return Ok(ExitCode::from(3));
        };
        for program in [binaries.kube_apiserver(), binaries.etcd(), binaries.kubectl()] {
            println!("{}", program.display());
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Run {
    async fn carry_out(self) -> Result<ExitCode, MainError> {
        let mut interrupt = signal(SignalKind::interrupt()).map_err(MainError::Signals)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(MainError::Signals)?;
        let stop = async {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        };
        tokio::select! {
            () = stop => Ok(ExitCode::SUCCESS),
            failed = self.run_for_ever() => failed.map(|never| match never {}),
        }
    }

    /// Dropped at a signal: with it go the control plane and the copy of the kubeconfig.
    async fn run_for_ever(&self) -> Result<std::convert::Infallible, MainError> {
        let mut builder = ControlPlane::builder().version(self.which.kubernetes);
        if let Some(path) = &self.audit_log {
            builder = builder.audit_log(path);
        }
        let control_plane = builder.start().await?;
        let _copy = self.kubeconfig_out.as_deref().map(|path| Copy::make(&control_plane, path)).transpose()?;
        announce(&control_plane);
        std::future::pending().await
    }
}

/// A copy of the admin's kubeconfig, removed when dropped.
struct Copy<'a>(&'a Path);

impl<'a> Copy<'a> {
    /// The file is there at once and whole, for somebody who waits for it.
    fn make(control_plane: &ControlPlane, path: &'a Path) -> Result<Self, MainError> {
        let failed = |source| MainError::KubeconfigOut(path.to_owned(), source);
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        fs::copy(control_plane.kubeconfig_path(), &part).map_err(failed)?;
        fs::rename(&part, path).map_err(failed)?;
        Ok(Self(path))
    }
}

impl Drop for Copy<'_> {
    fn drop(&mut self) {
        // Whoever removed it before us wanted the same.
        let _ = fs::remove_file(self.0);
    }
}

fn announce(control_plane: &ControlPlane) {
    println!("API server  {}", control_plane.server_url());
    println!("Folder      {}", control_plane.folder().display());
    println!();
    println!("    export KUBECONFIG={}", control_plane.kubeconfig_path().display());
    println!("    export PATH={}:$PATH", control_plane.bin_dir().display());
    println!("    kubectl get namespaces");
    println!();
    println!("Ctrl-C ends it and leaves nothing behind.");
}

/// What failed, and below it why.
fn print_error(error: &dyn std::error::Error) {
    eprintln!("{error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}
