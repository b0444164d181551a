//! The reader, tested from outside.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail the test that calls them")]

mod answers;
mod properties;
mod refusals;
mod requests;
#[path = "../../../cloud-core/tests/it/strategies.rs"]
#[allow(dead_code, reason = "shared by the tests of several crates, each of which uses a part")]
mod strategies;
#[path = "../../../cloud-core/tests/it/support.rs"]
#[allow(dead_code, reason = "shared by the tests of several crates, each of which uses a part")]
mod support;

use cloud_core::{Client, Error};
use loadbalancers::{LoadBalancer, LoadBalancerId, NLB as API, Product, Reader};
use serde_json::Value;

use crate::support::{Reply, Script, client, ok};

/// The id of a load balancer of that product.
fn id_of(product: Product) -> LoadBalancerId {
    LoadBalancerId::parse(&format!("{}abc", product.prefix())).unwrap()
}

async fn read(client: &Client, id: &LoadBalancerId) -> Result<Option<LoadBalancer>, Error> {
    Reader::new(client).load_balancer(id).await
}

/// What comes of a reply.
async fn read_reply(id: &LoadBalancerId, reply: Reply) -> Result<Option<LoadBalancer>, Error> {
    read(&client(&Script::of([reply])), id).await
}

/// What comes of an answer.
async fn found(id: &LoadBalancerId, answer: &Value) -> LoadBalancer {
    read_reply(id, ok(answer)).await.unwrap().unwrap()
}
