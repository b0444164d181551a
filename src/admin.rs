//! Probes and metrics, on a thread with a runtime of its own: however busy the operator is, it can say so.

mod health;
mod listener;
mod routes;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use serde::Serialize;
use tokio::runtime;

pub use health::{Health, WatchHealth};

use crate::metrics::Metrics;
use crate::settings::Listen;
use crate::supervise::{self, Task};
use routes::Routes;

/// Why probes and metrics cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("failed to listen on {address}: {source}; give another address with {flag}")]
    Listen { flag: &'static str, address: SocketAddr, source: io::Error },
    #[error("failed to start the thread of probes and metrics")]
    Start(#[source] io::Error),
    #[error("failed to write {path:?}: {source}; give another file with --port-file")]
    WritePorts { path: PathBuf, source: io::Error },
}

/// Where probes and metrics are served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Served {
    /// `http://<address>:<port>`, with `/healthz` and `/readyz`.
    pub health: String,
    /// The same, with `/metrics`.
    pub metrics: String,
}

/// Begins to serve, for the rest of the process's life, and says where.
pub fn start(listen: &Listen, health: Arc<Health>, metrics: Metrics) -> Result<Served, AdminError> {
    let Listen { health: health_address, metrics: metrics_address, port_file } = listen;
    let probes = bind("--health-probe-bind-address", *health_address)?;
    let scrapes = bind("--metrics-bind-address", *metrics_address)?;
    let served =
        Served { health: url(&probes).map_err(AdminError::Start)?, metrics: url(&scrapes).map_err(AdminError::Start)? };
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(AdminError::Start)?;
    thread::Builder::new()
        .name("admin".to_owned())
        .spawn(move || runtime.block_on(serve(&probes, &scrapes, &health, &metrics)))
        .map_err(AdminError::Start)?;
    if let Some(path) = port_file {
        write(path, &served).map_err(|source| AdminError::WritePorts { path: path.clone(), source })?;
    }
    Ok(served)
}

/// Serves both until the process ends. Neither can hold up the other, nor take it along.
async fn serve(probes: &TcpListener, scrapes: &TcpListener, health: &Arc<Health>, metrics: &Metrics) {
    let probes = || listener::serve(probes, Routes::Probes(Arc::clone(health)));
    let scrapes = || listener::serve(scrapes, Routes::Metrics(metrics.clone()));
    tokio::join!(supervise::forever(Task::Probes, probes), supervise::forever(Task::Probes, scrapes));
}

fn bind(flag: &'static str, address: SocketAddr) -> Result<TcpListener, AdminError> {
    let bound = TcpListener::bind(address).or_else(|error| match without_ipv6(address, &error) {
        Some(address) => TcpListener::bind(address),
        None => Err(error),
    });
    let listener = bound.and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    listener.map_err(|source| AdminError::Listen { flag, address, source })
}

/// `[::]` means every address; on a machine without IPv6 those are the IPv4 ones.
fn without_ipv6(address: SocketAddr, error: &io::Error) -> Option<SocketAddr> {
    let taken = [io::ErrorKind::AddrInUse, io::ErrorKind::PermissionDenied].contains(&error.kind());
    (address.is_ipv6() && address.ip().is_unspecified() && !taken)
        .then(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port())))
}

fn url(listener: &TcpListener) -> io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// In one step: whoever waits for the file never reads half of it.
fn write(path: &Path, served: &Served) -> io::Result<()> {
    let draft = path.with_extension("draft");
    fs::write(&draft, serde_json::to_vec(served)?)?;
    fs::rename(draft, path)
}

#[cfg(test)]
mod tests;
