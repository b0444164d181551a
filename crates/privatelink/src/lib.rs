//! A client for the `PrivateLink` API of Alibaba Cloud, version 2020-04-15.
//!
//! ```no_run
//! use std::sync::Arc;
//! use privatelink::{Client, EnvironmentCredentials, ListVpcEndpointServicesRequest};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .region("cn-hangzhou")
//!     .credentials(Arc::new(EnvironmentCredentials::from_process()))
//!     .build()?;
//! let services = client.reader().list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await?;
//! for service in services.items {
//!     println!("{:?} is {:?}", service.service_id, service.status());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What it does by itself: it signs (ACS3-HMAC-SHA256, afresh for each attempt), keeps deadlines, sends a request again
//! when a connection fails or the server breaks down, repairs a wrong clock and stale credentials once, reads lists to
//! their end, and says of every error what it means and whether the change may have happened all the same.
//!
//! What it leaves to the caller: rates, the order among calls ([`Operation::rate`], [`Operation::serial`]), waiting for
//! asynchronous changes. A throttled answer is handed back at once with its delay.
//!
//! Facts in the documentation are those of the provider's API reference unless they say otherwise.

mod address;
mod call;
mod client;
pub mod clock;
pub mod credentials;
pub mod encode;
pub mod error;
pub mod model;
pub mod operation;
mod paging;
mod reader;
pub mod request;
pub mod sign;
mod sts;
pub mod testing;
mod timing;
pub mod transport;
mod writer;

pub use address::{Network, ParseAddressError};
pub use client::{BuildError, Client, ClientBuilder};
pub use clock::{Clock, SystemClock, TokioClock, WallClock};
pub use credentials::{
    CredentialError, CredentialSource, Credentials, EnvironmentCredentials, FileCredentials, StaticCredentials,
};
pub use error::{
    AccessDenied, Classified, Error, ErrorKind, Fate, Retry, RetryClass, TokenState, classify, code, token_state,
};
pub use model::*;
pub use operation::{Api, Operation, Placement, Rate, Serial};
pub use paging::Listed;
pub use reader::Reader;
pub use request::{List, Page, Request};
pub use sts::CallerIdentity;
pub use timing::Timing;
pub use transport::{BuildTransportError, HttpTransport, Transport, TransportError};
pub use writer::Writer;
