//! The client: one account's credentials, one region, one pool of connections.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use tokio::sync::watch;

use crate::address::{Address, Network, ParseAddressError};
use crate::call::Engine;
use crate::clock::{Clock, SystemClock};
use crate::credentials::CredentialSource;
use crate::error::Error;
use crate::operation::Api;
use crate::paging::Listed;
use crate::request::{List, Request};
use crate::sts::{self, CallerIdentity};
use crate::timing::Timing;
use crate::transport::{BuildTransportError, HttpTransport, Transport};

/// A client for one region under one source of credentials. Cheap to clone; clones share everything.
///
/// It sends any request of any API. What is to read and not to write is handed the reader of a product's crate instead.
#[derive(Clone, Debug)]
pub struct Client {
    engine: Arc<Engine>,
}

impl Client {
    /// Begins a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// Carries out a request.
    ///
    /// One without a `ClientToken` gets a fresh one, the same for all quick attempts of the call. Rates and the order among
    /// calls are the caller's business. What is so already comes as an error of kind
    /// [`ErrorKind::AlreadyDone`](crate::ErrorKind::AlreadyDone), as the provider has it; so does a dry run that finds nothing
    /// wrong ([`Error::passed_dry_run`]).
    pub async fn call<R: Request>(&self, request: &R) -> Result<R::Answer, Error> {
        self.engine.call(request, &[]).await
    }

    /// Reads a list to its end: a page lost or repeated is an error.
    ///
    /// Where the provider counts more entries than came, the list is read again, up to three times; what two readings agree on
    /// is the list, since a count may look past the filter. Each page is a call of its own towards the rate.
    pub async fn list<L: List>(&self, request: &L) -> Result<Listed<L::Item>, Error> {
        self.engine.list(request).await
    }

    /// The host that is asked for an API, with its port.
    pub fn host(&self, api: &Api) -> String {
        self.engine.address(api).host().to_owned()
    }

    /// The region that every call is about.
    pub fn region(&self) -> &str {
        &self.engine.region
    }

    /// Asks STS to whom the credentials belong.
    pub async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        sts::caller_identity(&self.engine).await
    }
}

/// Collects what a client is made of.
#[derive(Default)]
pub struct ClientBuilder {
    region: String,
    network: Network,
    endpoints: Vec<(&'static Api, String)>,
    credentials: Option<Arc<dyn CredentialSource>>,
    transport: Option<Arc<dyn Transport>>,
    clock: Option<Arc<dyn Clock>>,
    timing: Timing,
    user_agent: Option<String>,
}

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// No region, or a text that is none.
    #[error("failed to use {0:?} as a region: give its id, such as cn-hangzhou")]
    Region(String),
    /// No source of credentials.
    #[error("failed to find credentials: no source was given")]
    Credentials,
    /// An address that cannot be.
    #[error("failed to use the {which} endpoint")]
    Endpoint {
        /// Of which API.
        which: &'static str,
        /// What is wrong with it.
        #[source]
        source: ParseAddressError,
    },
    /// HTTPS cannot be set up.
    #[error("failed to set up the connection pool")]
    Transport(#[source] BuildTransportError),
}

impl ClientBuilder {
    /// The region's id, such as `cn-hangzhou`. Required.
    #[must_use]
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = region.into();
        self
    }

    /// Where credentials come from. Required.
    #[must_use]
    pub fn credentials(mut self, source: Arc<dyn CredentialSource>) -> Self {
        self.credentials = Some(source);
        self
    }

    /// Which of the provider's hosts to ask, where no endpoint is given. The public ones by default.
    #[must_use]
    pub fn network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Another place to find an API: a bare host (asked over HTTPS) or a URL of scheme, host and port.
    #[must_use]
    pub fn endpoint(mut self, api: &'static Api, endpoint: impl Into<String>) -> Self {
        self.endpoints.push((api, endpoint.into()));
        self
    }

    /// The way to the network; share one among clients, so that they share its connections. By default an
    /// [`HttpTransport`] of the client's own.
    #[must_use]
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Where time and nonces come from; the system by default.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Deadlines and delays other than the default ones.
    #[must_use]
    pub fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// The `User-Agent` header; `cloud-core/<version>` by default.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// Makes the client. Opens no connection and loads no credentials yet.
    pub fn build(self) -> Result<Client, BuildError> {
        let Self { region, network, endpoints, credentials, transport, clock, timing, user_agent } = self;
        let region = parse_region(region)?;
        let transport = match transport {
            Some(transport) => transport,
            None => Arc::new(HttpTransport::new().map_err(BuildError::Transport)?),
        };
        let engine = Engine {
            region,
            network,
            endpoints: endpoints.into_iter().map(address).collect::<Result<_, _>>()?,
            credentials: credentials.ok_or(BuildError::Credentials)?,
            transport,
            clock: clock.unwrap_or_else(|| Arc::new(SystemClock)),
            timing,
            user_agent: user_agent.unwrap_or_else(|| concat!("cloud-core/", env!("CARGO_PKG_VERSION")).to_owned()),
            clock_offset: AtomicI64::new(0),
            answered: watch::Sender::new(None),
        };
        Ok(Client { engine: Arc::new(engine) })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("region", &self.region).finish_non_exhaustive()
    }
}

/// The region becomes part of a host name.
fn parse_region(region: String) -> Result<String, BuildError> {
    let fits = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    let sound = !region.is_empty() && region.chars().all(fits) && !region.starts_with('-') && !region.ends_with('-');
    if sound { Ok(region) } else { Err(BuildError::Region(region)) }
}

fn address((api, endpoint): (&'static Api, String)) -> Result<(&'static Api, Address), BuildError> {
    let address = Address::parse(&endpoint).map_err(|source| BuildError::Endpoint { which: api.name, source })?;
    Ok((api, address))
}
