//! The client, tested from outside.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail the test that calls them")]

mod answers;
mod consumer_answers;
mod credentials;
mod engine;
mod errors;
mod hanging;
mod network;
mod operations;
mod pages;
mod placement;
mod properties;
mod repairs;
mod requests;
mod sdk_answers;
mod sdk_requests;
mod secrets;
mod support;
mod surface;
mod vectors;
