//! A client for the `PrivateLink` API of Alibaba Cloud, version 2020-04-15.

pub mod clock;
pub mod credentials;
pub mod encode;
pub mod operation;
pub mod sign;
pub mod transport;

pub use clock::{Clock, SystemClock, TokioClock};
pub use credentials::{CredentialError, CredentialSource, Credentials, EnvironmentCredentials, StaticCredentials};
pub use operation::{Api, Operation, Placement, Rate, Serial};
pub use transport::{HttpTransport, Transport, TransportError};
