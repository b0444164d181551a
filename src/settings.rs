//! Settings: what was typed, made typed, once.

mod assume_role;
mod election;
mod rate;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::ValueEnum;
use cloud_core::{CredentialError, Network};

pub use self::assume_role::AssumedRole;
pub use self::election::LeaderElection;
use crate::args::{
    CloudArgs, ClusterArgs, CredentialsArg, ListenArgs, LogArgs, NetworkArg, Proxies, RunArgs, pod_name,
};
use crate::cloud::scheduler::Rates;
use crate::kubernetes::DefinitionReads;
use crate::timing::{Timing, UnreadableTime};

/// What the operator runs with.
#[derive(Clone, Debug)]
pub struct Settings {
    pub cloud: CloudSettings,
    /// `None`: the UID of the namespace `kube-system`.
    pub cluster_id: Option<String>,
    pub scope: Scope,
    pub definition: DefinitionReads,
    /// Services whose object exists no more are deleted, not only reported.
    pub deletes_orphans: bool,
    /// `None`: this operator runs alone.
    pub leader_election: Option<LeaderElection>,
    /// Reconciles at a time, at least 1.
    pub max_concurrent_reconciles: u16,
    pub listen: Listen,
    pub log: LogArgs,
    pub timing: Timing,
    pub proxies: Proxies,
}

/// Where the cloud is, and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudSettings {
    /// Region of objects that name none.
    pub region: Option<String>,
    /// `None`: STS is asked.
    pub account_id: Option<String>,
    pub credentials: CredentialsFrom,
    /// The role that is assumed with them.
    pub assume_role: Option<AssumedRole>,
    pub network: Network,
    pub endpoint: Option<String>,
    pub load_balancer_endpoint: Option<String>,
    pub sts_endpoint: Option<String>,
    pub rates: Rates,
}

/// Where the credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialsFrom {
    Environment,
    Rrsa,
    InstanceRole,
    Uri,
    /// The files of this folder.
    Files(PathBuf),
    Profile,
    /// The provider's default chain.
    Default,
}

/// Whose objects are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    Cluster,
    Namespace(String),
}

/// Where probes and scrapes are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    pub health: SocketAddr,
    pub metrics: SocketAddr,
    pub port_file: Option<PathBuf>,
}

/// What cannot be meant, by flag, with what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error(
        "failed to use --cluster-id {0:?}: give up to 63 lower-case letters, digits and dashes, with a letter or digit at both ends"
    )]
    ClusterId(String),
    #[error(
        "failed to use --watch-namespace without --cluster-id: give one, because the cluster's own cannot be read then"
    )]
    ClusterIdMissing,
    #[error(
        "failed to use --delete-orphans with --cluster-id: leave one of them out, because the services of another cluster with the same id would be taken for orphans"
    )]
    OrphansOfGivenCluster,
    #[error(
        "failed to use --delete-orphans with --ignore-crd-deletion: leave one of them out, because services that were left with an earlier CustomResourceDefinition would be taken for orphans"
    )]
    OrphansOfUnreadDefinition,
    #[error(
        "failed to use --credentials=files without --credentials-dir: name the folder that the Secret is mounted at"
    )]
    CredentialsDirMissing,
    #[error(
        "failed to use --credentials={0} with --credentials-dir: leave one of them out, or say --credentials=files"
    )]
    CredentialsDirIdle(String),
    #[error("{0}")]
    AssumeRole(CredentialError),
    #[error("failed to use {0} without --assume-role-arn: name the role, as acs:ram::<account>:role/<name>")]
    AssumeRoleArnMissing(&'static str),
    #[error("failed to use --account-id {0:?}: give the digits of the account's id")]
    AccountId(String),
    #[error("failed to use --leader-elect-namespace {0:?}: give the name of a namespace, a DNS label")]
    LeaderElectNamespace(String),
    #[error("failed to use --timing {key}: {complaint}")]
    LeaseTimes { key: &'static str, complaint: String },
    #[error("{0}")]
    Timing(UnreadableTime),
    #[error("failed to use --rate {text:?}: {complaint}")]
    Rate { text: String, complaint: String },
}

impl Settings {
    /// Checks what was typed. An empty text counts as not given: that is how an unset value of a chart arrives.
    pub fn of(args: RunArgs) -> Result<Self, SettingsError> {
        let RunArgs { cloud, cluster, leader, listen, log, timing, internal_timing, rate } = args;
        let ListenArgs { health_probe_bind_address, metrics_bind_address, port_file } = listen;
        let ClusterArgs { cluster_id, watch_namespace, ignore_crd_deletion, delete_orphans, max_concurrent_reconciles } =
            cluster;
        let cluster_id = cluster_id.filter(given).map(checked_cluster_id).transpose()?;
        if delete_orphans {
            check_orphans(cluster_id.as_deref(), ignore_crd_deletion)?;
        }
        let scope = watch_namespace.filter(given).map_or(Scope::Cluster, Scope::Namespace);
        if scope != Scope::Cluster && cluster_id.is_none() {
            return Err(SettingsError::ClusterIdMissing);
        }
        let timing = Timing::with(&timing, &internal_timing).map_err(SettingsError::Timing)?;
        let leader_election = LeaderElection::of(leader, &scope, &timing, pod_name())?;
        Ok(Self {
            cloud: CloudSettings::of(cloud, &rate)?,
            cluster_id,
            scope,
            definition: if ignore_crd_deletion { DefinitionReads::Ignored } else { DefinitionReads::Needed },
            deletes_orphans: delete_orphans,
            leader_election,
            max_concurrent_reconciles,
            listen: Listen { health: health_probe_bind_address, metrics: metrics_bind_address, port_file },
            log,
            timing,
            proxies: Proxies::from_process(),
        })
    }
}

impl CloudSettings {
    /// Checks what was typed of the cloud; `rates` are those of --rate.
    pub fn of(args: CloudArgs, rates: &[String]) -> Result<Self, SettingsError> {
        let CloudArgs {
            region,
            account_id,
            credentials,
            credentials_dir,
            assume_role,
            network,
            privatelink_endpoint,
            load_balancer_endpoint,
            sts_endpoint,
        } = args;
        Ok(Self {
            region: region.filter(given),
            account_id: account_id.filter(given).map(checked_account_id).transpose()?,
            credentials: CredentialsFrom::of(credentials, credentials_dir)?,
            assume_role: AssumedRole::of(assume_role)?,
            network: match network {
                NetworkArg::Public => Network::Public,
                NetworkArg::Vpc => Network::Vpc,
            },
            endpoint: privatelink_endpoint.filter(given),
            load_balancer_endpoint: load_balancer_endpoint.filter(given),
            sts_endpoint: sts_endpoint.filter(given),
            rates: rate::rates(rates)?,
        })
    }
}

impl CredentialsFrom {
    fn of(source: Option<CredentialsArg>, folder: Option<PathBuf>) -> Result<Self, SettingsError> {
        Ok(match (source, folder) {
            (None | Some(CredentialsArg::Files), Some(folder)) => Self::Files(folder),
            (Some(CredentialsArg::Files), None) => return Err(SettingsError::CredentialsDirMissing),
            (Some(other), Some(_)) => {
                let name = other.to_possible_value().map(|value| value.get_name().to_owned());
                return Err(SettingsError::CredentialsDirIdle(name.unwrap_or_default()));
            }
            (None | Some(CredentialsArg::Environment), None) => Self::Environment,
            (Some(CredentialsArg::Rrsa), None) => Self::Rrsa,
            (Some(CredentialsArg::InstanceRole), None) => Self::InstanceRole,
            (Some(CredentialsArg::Uri), None) => Self::Uri,
            (Some(CredentialsArg::Profile), None) => Self::Profile,
            (Some(CredentialsArg::Default), None) => Self::Default,
        })
    }
}

/// An orphan is deleted only where its tags can be of this cluster alone, and of objects of the definition that is installed.
fn check_orphans(cluster_id: Option<&str>, ignore_crd_deletion: bool) -> Result<(), SettingsError> {
    match (cluster_id, ignore_crd_deletion) {
        (Some(_), _) => Err(SettingsError::OrphansOfGivenCluster),
        (None, true) => Err(SettingsError::OrphansOfUnreadDefinition),
        (None, false) => Ok(()),
    }
}

#[expect(clippy::ptr_arg, reason = "as `Option::filter` wants it")]
fn given(text: &String) -> bool {
    !text.is_empty()
}

/// It becomes the value of a cloud tag that services are found by.
pub fn checked_cluster_id(text: String) -> Result<String, SettingsError> {
    if is_label(&text) { Ok(text) } else { Err(SettingsError::ClusterId(text)) }
}

/// A DNS label: up to 63 lower-case letters, digits and dashes, with a letter or digit at both ends.
fn is_label(text: &str) -> bool {
    let letter_or_digit = |character: Option<char>| {
        character.is_some_and(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
    };
    text.len() <= 63
        && letter_or_digit(text.chars().next())
        && letter_or_digit(text.chars().next_back())
        && text.chars().all(|character| character == '-' || letter_or_digit(Some(character)))
}

fn checked_account_id(text: String) -> Result<String, SettingsError> {
    if text.chars().all(|character| character.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(SettingsError::AccountId(text))
    }
}

#[cfg(test)]
mod tests;
