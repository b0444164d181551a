//! A proxy between the operator and one of the two sides it talks to, whose [`Interceptor`] decides about everything that passes.
//!
//! The operator speaks plain HTTP/1.1 to it, on loopback; it forwards to the [`Upstream`]. What the interceptor lets pass arrives as it
//! was sent: method, path, query, headers and body. Watches of the API server are passed on event by event.
//!
//! A call that is to be forwarded is forwarded to its end, even when its caller is gone by then: "sent, applied, and the answer
//! lost" is what most plans are about. Only watches end with their caller.

mod answer;
mod arrival;
mod body;
mod caller;
mod error;
mod event;
mod exchange;
mod interceptor;
mod journal;
mod kind;
mod kubeconfig;
mod lines;
mod receipt;
mod reply;
mod route;
mod upstream;
pub mod view;
mod watch;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

pub use answer::Answer;
pub use arrival::{Arrival, CallKind, Side};
pub use error::ProxyError;
pub use interceptor::{EventType, Interceptor, OnAnswer, OnArrival, OnEvent, PassEverything, WatchEvent};
use journal::Journal;
pub use journal::{Seen, SeenEvent};
pub(crate) use kind::writes;
use route::Route;
pub use upstream::Upstream;

/// A running proxy. Dropping it ends everything about it: it no longer listens, connections close, interceptors stop.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    journal: Arc<Journal>,
    _running: DropGuard,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start(upstream: Upstream, interceptor: Arc<dyn Interceptor>) -> Result<Self, ProxyError> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(ProxyError::Listen)?;
        let address = listener.local_addr().map_err(ProxyError::Listen)?;
        let journal = Arc::new(Journal::default());
        let running = CancellationToken::new();
        let route = Arc::new(Route { upstream, interceptor, journal: journal.clone() });
        let accepting = caller::accept(listener, route, running.clone());
        tokio::spawn(running.clone().run_until_cancelled_owned(accepting));
        Ok(Self { address, journal, _running: running.drop_guard() })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Writes a kubeconfig that points here and carries no credentials. It is readable by its owner only: whoever reaches this
    /// proxy has the rights of the upstream's user.
    pub fn write_kubeconfig(&self, path: &Path) -> Result<(), ProxyError> {
        kubeconfig::write(path, &self.url())
            .map_err(|source| ProxyError::WriteKubeconfig { path: path.to_owned(), source })
    }

    /// Every call so far, in the order in which they came in.
    pub fn calls(&self) -> Vec<Seen> {
        self.journal.calls()
    }

    /// Looks at every call so far, in the order in which they came in; without a copy of them all, which grow to many thousands.
    pub fn each_call(&self, look: impl FnMut(&Seen)) {
        self.journal.each_call(look);
    }

    /// Every event of a watch so far, in the order in which they came in.
    pub fn events(&self) -> Vec<SeenEvent> {
        self.journal.events()
    }
}
