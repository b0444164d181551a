//! The operations, tested from outside.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail the test that calls them")]

mod answers;
mod consumer_answers;
mod errors;
mod operations;
mod pages;
mod placement;
mod properties;
mod requests;
mod sdk_answers;
mod sdk_requests;
mod secrets;
#[path = "../../../cloud-core/tests/it/strategies.rs"]
mod strategies;
#[path = "../../../cloud-core/tests/it/support.rs"]
#[allow(dead_code, reason = "shared by the tests of two crates, each of which uses a part")]
mod support;
mod surface;

use privatelink::API;
