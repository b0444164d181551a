//! The client, tested from outside, with a product that has one operation of each kind.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail the test that calls them")]

mod credentials;
mod engine;
mod errors;
mod hedged_reads;
mod network;
mod pages;
mod product;
mod properties;
mod repairs;
mod secrets;
mod sources;
mod strategies;
#[allow(dead_code, reason = "shared by the tests of two crates, each of which uses a part")]
mod support;
mod vectors;
mod wire;

use product::API;
