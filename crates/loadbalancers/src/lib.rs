//! Reads load balancers of Alibaba Cloud, on the client of `cloud-core`. Four products, each with an API of its own, give one type.
//!
//! ```no_run
//! use std::sync::Arc;
//! use cloud_core::{Client, EnvironmentCredentials};
//! use loadbalancers::{LoadBalancerId, Reader};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .region("cn-hangzhou")
//!     .credentials(Arc::new(EnvironmentCredentials::from_process()))
//!     .build()?;
//! let id = LoadBalancerId::parse("nlb-83ckzc8d4xlp8oexample")?;
//! match Reader::new(&client).load_balancer(&id).await {
//!     Ok(Some(found)) => println!("{id} is {:?} in {:?}", found.status, found.zones),
//!     Ok(None) => println!("there is no {id}"),
//!     Err(error) if error.is_access_denied() => println!("grant {}", id.product().action()),
//!     Err(error) => println!("{error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A word that is in no documentation is kept as it came, and so is one that is missing where the product has it: neither is ever taken for a
//! good one. What a product does not have at all is `None`.
//!
//! Facts in the documentation are those of the products' API references and of the provider's own clients unless they say otherwise.

mod codes;
mod id;
mod load_balancer;
mod product;
mod reader;
mod state;
mod wire;

pub use id::{LoadBalancerId, ParseIdError};
pub use load_balancer::{LoadBalancer, Lock, Zone};
pub use product::{ALB, APIS, CLB, GWLB, NLB, Product};
pub use reader::Reader;
pub use state::{
    AddressAllocatedMode, AddressType, BusinessStatus, Edition, IpVersion, LockType, NetworkType, PayType, Status,
    ZoneStatus,
};
