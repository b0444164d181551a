//! The sockets: the simulated API on one, the admin API on another.

mod api;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

use crate::admin;
use crate::simulator::Simulator;

/// Longer than the longest call of the defaults, shorter than anybody waits for a program to end. What is silent on order
/// would otherwise hold it up for as long as the fault asked.
const PATIENCE: Duration = Duration::from_secs(2);

/// Two servers that run until they are stopped or dropped.
#[derive(Debug)]
pub struct Served {
    /// Address of the simulated API.
    pub api: SocketAddr,
    /// Address of the admin API.
    pub admin: SocketAddr,
    stop: watch::Sender<()>,
    tasks: [JoinHandle<()>; 2],
}

/// Why the servers cannot run.
#[derive(Debug, thiserror::Error)]
#[error("failed to listen on {address}: {source}")]
pub struct ServeError {
    address: SocketAddr,
    source: io::Error,
}

/// Serves a simulator; port 0 takes a free port. Returns once both listen.
pub async fn serve(simulator: Simulator, api: SocketAddr, admin: SocketAddr) -> Result<Served, ServeError> {
    let (api, api_address) = listen(api).await?;
    let (admin, admin_address) = listen(admin).await?;
    let (stop, stopped) = watch::channel(());
    let routes = admin::router(simulator.clone());
    let admin_stop = until(stopped.clone());
    let admin_task = tokio::spawn(async move {
        // The listener outlives every error that accepting can have.
        let _ = axum::serve(admin, routes).with_graceful_shutdown(admin_stop).await;
    });
    let api_task = tokio::spawn(api::run(api, simulator, stopped));
    Ok(Served { api: api_address, admin: admin_address, stop, tasks: [api_task, admin_task] })
}

impl Served {
    /// Base URL of the simulated API.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// Base URL of the admin API.
    pub fn admin_url(&self) -> String {
        format!("http://{}", self.admin)
    }

    /// Stops listening, ends idle connections, and waits up to two seconds for the answers that are under way.
    pub async fn stop(self) {
        drop(self.stop);
        let aborts = self.tasks.each_ref().map(JoinHandle::abort_handle);
        // A task that panicked is stopped as well.
        if tokio::time::timeout(PATIENCE, futures::future::join_all(self.tasks)).await.is_err() {
            aborts.iter().for_each(AbortHandle::abort);
        }
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source| ServeError { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Ends when the sender is gone.
async fn until(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}
