//! What every client of an Alibaba Cloud API needs, whatever the product: the signature (ACS3-HMAC-SHA256), credentials,
//! STS, the transport, retries and hedged reads, errors and their kinds, lists of many pages, the clock.
//!
//! A product is an [`Api`]: name, version, host and what its error codes mean. Its crate has the operations as
//! [`ApiOperation`]s, and for each a struct that is a [`Request`]; a [`Client`] sends them.
//!
//! What the client does by itself: it signs (afresh for each attempt), keeps deadlines, sends a request again when a
//! connection fails or the server breaks down, repairs a wrong clock and stale credentials once, reads lists to their end,
//! and says of every error what it means and whether the change may have happened all the same.
//!
//! What it leaves to the caller: rates, the order among calls, waiting for asynchronous changes. A throttled answer is
//! handed back at once with its delay.

mod address;
mod call;
mod client;
mod clock;
mod credentials;
pub mod encode;
mod error;
pub mod lenient;
mod operation;
mod paging;
mod request;
pub mod sign;
mod states;
pub mod sts;
pub mod test_support;
mod timing;
mod transport;

pub use address::{Network, ParseAddressError};
pub use client::{BuildError, Client, ClientBuilder};
pub use clock::{Clock, SystemClock, TokioClock, WallClock};
pub use credentials::{
    AssumeRole, AssumeRoleCredentials, ContextError, CredentialContext, CredentialError, CredentialSource, Credentials,
    CredentialsUri, DefaultCredentials, Environment, EnvironmentCredentials, FileCredentials, InstanceRole,
    InstanceRoleCredentials, ProfileCredentials, Rrsa, RrsaCredentials, StaticCredentials, UriCredentials,
};
pub use error::{
    AccessDenied, Classified, CodeEntry, Error, ErrorCodes, ErrorKind, Fate, Retry, RetryClass, TokenState, classify,
    code, platform_codes, token_state,
};
pub use operation::{Api, ApiOperation, Concurrency, Effect, Placement, Rate};
pub use paging::Listed;
pub use request::{List, Page, Request};
pub use timing::Timing;
pub use transport::{BuildTransportError, Guard, HttpTransport, Transport, TransportError};
