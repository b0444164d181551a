//! The client, tested from outside.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail the test that calls them")]

mod answers;
mod credentials;
mod engine;
mod errors;
mod network;
mod operations;
mod pages;
mod properties;
mod repairs;
mod requests;
mod secrets;
mod support;
mod vectors;
