//! The proxies: what the caller sees and what the upstream sees, for everything that an interceptor can answer.

#![expect(clippy::unwrap_used, clippy::panic, reason = "every function here is part of a test")]

mod answers;
mod arrivals;
mod caller;
mod kubernetes;
mod lifecycle;
mod script;
mod simulator;
mod streams;
mod support;
mod upstream;
mod views;
