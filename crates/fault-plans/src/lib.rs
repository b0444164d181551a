//! Fault plans: what the operator does when every call, answer and watch event can go wrong.
//!
//! The operator runs as a process of its own. Between it and the API server, and between it and the cloud, stands a [`proxy`],
//! which does to the traffic what a plan says.

pub mod proxy;
