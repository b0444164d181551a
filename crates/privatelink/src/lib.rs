//! The operations of the `PrivateLink` API of Alibaba Cloud, version 2020-04-15, on the client of `cloud-core`.
//!
//! ```no_run
//! use std::sync::Arc;
//! use cloud_core::{Client, EnvironmentCredentials};
//! use privatelink::{ListVpcEndpointServicesRequest, Reader};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .region("cn-hangzhou")
//!     .credentials(Arc::new(EnvironmentCredentials::from_process()))
//!     .build()?;
//! let services = Reader::new(&client).list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await?;
//! for service in services.items {
//!     println!("{:?} is {:?}", service.service_id, service.status());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What the client does by itself, and what it leaves to the caller, `cloud-core` says. Rates and the order among calls are
//! those of [`Operation::rate`] and [`Operation::serial`].
//!
//! Facts in the documentation are those of the provider's API reference unless they say otherwise.

mod codes;
mod dry_run;
mod model;
mod operation;
mod reader;
mod request;
mod writer;

pub use codes::{DocumentedCode, code, documented_codes};
pub use dry_run::{Checked, DryRun, DryRunner};
pub use model::*;
pub use operation::{API, Operation, Serial};
pub use reader::Reader;
pub use writer::Writer;
