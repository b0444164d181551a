//! Integration tests, one binary: a file a story, against a real Kubernetes API server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cluster;
mod crd_rules;
mod default_configuration;
mod house;
mod rights;
mod samples;
