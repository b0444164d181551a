//! Integration tests, one binary: a file a feature, against a real Kubernetes API server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api_server;
mod architecture;
mod change;
mod crash;
mod crd_rules;
mod create;
mod credentials;
mod default_configuration;
mod delete;
mod details;
mod docs;
mod drift;
mod forged;
mod gitops;
mod heavy;
mod house;
mod https_proxy;
mod kubernetes_version;
mod leader;
mod log_keys;
mod missed;
mod paused;
mod places;
mod process;
mod protection;
mod ram;
mod recreate;
mod refusals;
mod remaining;
mod restored;
mod rights;
mod samples;
mod scenarios;
mod scripts;
mod second_kind;
mod skewed;
mod strict;
mod support;
mod swallowed;
mod tokens;
mod trouble;
mod uninstall;
mod unreadable;
mod upgrade;
