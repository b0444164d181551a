//! The cloud side: accounts and their clients, the inventory (shared reads), the write scheduler (permits for writes), and what an error means to a user.

pub mod accounts;
mod breaker;
pub mod credentials;
pub mod dry_runs;
pub mod errors;
pub mod inventory;
pub mod load_balancers;
pub mod metrics;
pub mod requeuer;
pub mod scheduler;
pub mod services;
mod spread;

use cloud_core::{ApiOperation, sts};
use loadbalancers::Product;
use privatelink::Operation;

/// The operation of that name, of all APIs that the operator calls. Of the reads of load balancers, some of which share a name, it is the first.
pub fn operation(name: &str) -> Option<ApiOperation> {
    let of_sts = (name == sts::GET_CALLER_IDENTITY.name).then_some(sts::GET_CALLER_IDENTITY);
    let of_load_balancers =
        || Product::ALL.map(Product::operation).into_iter().find(|operation| operation.name == name);
    Operation::from_name(name).map(ApiOperation::from).or(of_sts).or_else(of_load_balancers)
}
