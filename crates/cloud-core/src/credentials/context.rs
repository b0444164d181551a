//! What sources need that ask somebody.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use tokio::sync::watch;

use super::{CredentialError, CredentialSource, Environment};
use crate::address::Network;
use crate::call::Engine;
use crate::clock::{Clock, SystemClock};
use crate::sts::{self, StsEndpoint};
use crate::timing::Timing;
use crate::transport::{BuildTransportError, HttpTransport, Transport};

/// An exchange with STS. It must leave room for the call that waits for the credentials (25 s in all): STS answers in well under a second
/// or not at all, and 4 s an attempt have room for a second one.
const STS: Timing = Timing {
    attempt: Duration::from_secs(4),
    call: Duration::from_secs(10),
    attempts: 3,
    first_delay: Duration::from_millis(500),
    longest_delay: Duration::from_secs(2),
};

/// What a role session is called in the provider's audit log if nobody says otherwise.
const SESSION_NAME: &str = "cloud-core";

/// What the sources that ask somebody have in common: the ways to the network, the clock, the environment, and where STS is.
///
/// Cheap to clone; clones share the connections.
#[derive(Clone, Debug)]
pub struct CredentialContext {
    environment: Environment,
    transport: Arc<dyn Transport>,
    direct: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    sts: StsEndpoint,
    session_name: String,
    user_agent: String,
}

impl CredentialContext {
    /// The environment of this process, with connections and a clock of its own, and STS where the environment says.
    pub fn from_process() -> Result<Self, ContextError> {
        let environment = Environment::from_process();
        let transport = Arc::new(HttpTransport::new().map_err(ContextError::Transport)?);
        let direct = Arc::new(HttpTransport::direct().map_err(ContextError::Transport)?);
        let sts = StsEndpoint::from_environment(&environment).map_err(ContextError::Sts)?;
        Ok(Self::new(environment, transport, direct).sts(sts))
    }

    /// The environment, the way to the provider, and the way to addresses that only this machine can reach: `direct` must use no proxy
    /// ([`HttpTransport::direct`]). STS is asked at its central host unless [`sts`](Self::sts) says otherwise.
    pub fn new(environment: Environment, transport: Arc<dyn Transport>, direct: Arc<dyn Transport>) -> Self {
        Self {
            environment,
            transport,
            direct,
            clock: Arc::new(SystemClock),
            sts: StsEndpoint::central(),
            session_name: SESSION_NAME.to_owned(),
            user_agent: concat!("cloud-core/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Another clock than the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Where STS is asked.
    #[must_use]
    pub fn sts(mut self, endpoint: StsEndpoint) -> Self {
        self.sts = endpoint;
        self
    }

    /// What role sessions are called where nothing else names them: it is what the provider's audit log shows. Up to 64 letters, digits and
    /// `.@-_`.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = name.into();
        self
    }

    /// The `User-Agent` header for STS.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The variables that sources are set up by.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(super) fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport)
    }

    pub(super) fn direct_transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.direct)
    }

    pub(super) fn shared_clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    pub(super) fn default_session_name(&self) -> String {
        self.session_name.clone()
    }

    /// A file of the user who runs this process; `None`: nobody says where such files are.
    pub(super) fn home(environment: &Environment) -> Option<PathBuf> {
        ["HOME", "USERPROFILE"].iter().find_map(|name| environment.get(name)).map(PathBuf::from)
    }

    /// Asks STS, signing with these credentials where a call is signed.
    pub(super) fn sts_engine(&self, credentials: Arc<dyn CredentialSource>) -> Engine {
        Engine {
            region: String::new(),
            network: Network::Public,
            endpoints: vec![(&sts::API, self.sts.address().clone())],
            credentials,
            transport: self.transport(),
            clock: self.shared_clock(),
            timing: STS,
            user_agent: self.user_agent.clone(),
            clock_offset: AtomicI64::new(0),
            answered: watch::Sender::new(None),
        }
    }
}

/// Why there is no context.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// HTTPS cannot be set up.
    #[error("failed to set up the connection pool")]
    Transport(#[source] BuildTransportError),
    /// The environment does not say clearly where STS is.
    #[error("failed to find STS")]
    Sts(#[source] CredentialError),
}
