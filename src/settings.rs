//! Settings: what was typed, made typed, once. Every waiting time of the operator stands here, in one struct.

mod duration;
mod rate;
mod timing;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use privatelink::Network;

use crate::args::{CloudArgs, ClusterArgs, ListenArgs, LogArgs, NetworkArg, RunArgs};
use crate::cloud::lanes::Rates;

/// What the operator runs with.
#[derive(Clone, Debug)]
pub struct Settings {
    pub cloud: CloudSettings,
    /// `None`: the UID of the namespace `kube-system`.
    pub cluster_id: Option<String>,
    pub scope: Scope,
    /// Passes at a time, at least 1.
    pub concurrency: u16,
    pub listen: Listen,
    pub log: LogArgs,
    pub timing: Timing,
}

/// Where the cloud is, and who we are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudSettings {
    /// Region of objects that name none.
    pub region: Option<String>,
    /// `None`: STS is asked.
    pub account_id: Option<String>,
    pub network: Network,
    pub endpoint: Option<String>,
    pub sts_endpoint: Option<String>,
    pub rates: Rates,
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
    #[error("failed to use --account-id {0:?}: give the digits of the account's id")]
    AccountId(String),
    #[error("failed to use --timing {text:?}: {complaint}")]
    Timing { text: String, complaint: String },
    #[error("failed to use --rate {text:?}: {complaint}")]
    Rate { text: String, complaint: String },
}

impl Settings {
    /// Checks what was typed. An empty text counts as not given: that is how an unset value of a chart arrives.
    pub fn of(args: RunArgs) -> Result<Self, SettingsError> {
        let RunArgs { cloud, cluster, listen, log, timing, rate } = args;
        let ListenArgs { health_listen, metrics_listen, port_file } = listen;
        let ClusterArgs { cluster_id, watch_namespace, concurrency } = cluster;
        let cluster_id = cluster_id.filter(given).map(checked_cluster_id).transpose()?;
        let scope = watch_namespace.filter(given).map_or(Scope::Cluster, Scope::Namespace);
        if scope != Scope::Cluster && cluster_id.is_none() {
            return Err(SettingsError::ClusterIdMissing);
        }
        Ok(Self {
            cloud: CloudSettings::of(cloud, &rate)?,
            cluster_id,
            scope,
            concurrency,
            listen: Listen { health: health_listen, metrics: metrics_listen, port_file },
            log,
            timing: Timing::with(&timing)?,
        })
    }
}

impl CloudSettings {
    fn of(args: CloudArgs, rates: &[String]) -> Result<Self, SettingsError> {
        let CloudArgs { region, account_id, network, privatelink_endpoint, sts_endpoint } = args;
        Ok(Self {
            region: region.filter(given),
            account_id: account_id.filter(given).map(checked_account_id).transpose()?,
            network: match network {
                NetworkArg::Public => Network::Public,
                NetworkArg::Vpc => Network::Vpc,
            },
            endpoint: privatelink_endpoint.filter(given),
            sts_endpoint: sts_endpoint.filter(given),
            rates: rate::rates(rates)?,
        })
    }
}

#[expect(clippy::ptr_arg, reason = "as `Option::filter` wants it")]
fn given(text: &String) -> bool {
    !text.is_empty()
}

/// It becomes the value of a cloud tag that services are found by.
fn checked_cluster_id(text: String) -> Result<String, SettingsError> {
    let letter_or_digit = |character: Option<char>| {
        character.is_some_and(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
    };
    let fits = text.len() <= 63
        && letter_or_digit(text.chars().next())
        && letter_or_digit(text.chars().next_back())
        && text.chars().all(|character| character == '-' || letter_or_digit(Some(character)));
    if fits { Ok(text) } else { Err(SettingsError::ClusterId(text)) }
}

fn checked_account_id(text: String) -> Result<String, SettingsError> {
    if text.chars().all(|character| character.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(SettingsError::AccountId(text))
    }
}

/// Every time that the operator waits or counts with.
///
/// Tests, fault plans and the demonstration set these to their simulator; at least one test runs the defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long the provider's lists may lag behind its writes. The one assumption about the provider's tokens is that they are
    /// remembered at least this long. Twice the value delays only recovery; half of it risks taking "not yet shown" for "not there".
    pub assumed_list_lag: Duration,
    /// A Create is sent at most this long after the object was read from the API server, so that a process that was paused wakes up
    /// powerless.
    pub create_window: Duration,
    /// The newest sweep may have begun this long before the create record is written and still count as a look-up.
    pub look_up_age: Duration,
    /// One cloud call with its quick attempts.
    pub call_deadline: Duration,
    /// One whole reconcile.
    pub reconcile_deadline: Duration,
    /// Sweeps of the services while nobody waits.
    pub sweep_period: Duration,
    /// Two sweeps begin at least this far apart; also the first step of the growing interval while services are on their way.
    pub sweep_spacing: Duration,
    /// Where the growing interval stops.
    pub sweep_spacing_max: Duration,
    /// Between two looks at one service that must be read by Get until it is Active.
    pub settle_poll: Duration,
    /// Between two looks at what blocks a deletion or a detach and is in other people's hands.
    pub blocked_poll: Duration,
    /// A turn that was given and not taken up passes on after this.
    pub turn_hold: Duration,
    /// Delays of an operation that the provider throttles without saying for how long: first step and last, doubling in between.
    pub throttle_first: Duration,
    pub throttle_max: Duration,
    /// The same for an operation that is refused for a reason that is the account's. One probe a delay is all that it costs.
    pub refused_first: Duration,
    pub refused_max: Duration,
    /// First step after a Create that found the quota used up; the last is `refused_max`.
    pub quota_first: Duration,
    /// After a collision with somebody else's call, a serial lane rests for this, and up to twice as much again.
    pub collision_rest: Duration,
    /// First and last step of the back-off of one object.
    pub backoff_first: Duration,
    pub backoff_max: Duration,
    /// How long `Ready` stays without a successful look, before the operator stops vouching for it.
    pub vouch: Duration,
    /// Drift that is being repaired leaves `Ready` alone for this long.
    pub drift_grace: Duration,
    /// Progress-only changes of the status are written at most this often.
    pub progress_period: Duration,
    /// One call to the Kubernetes API server.
    pub kubernetes_deadline: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            assumed_list_lag: Duration::from_mins(1),
            create_window: Duration::from_secs(30),
            look_up_age: Duration::from_secs(10),
            call_deadline: Duration::from_secs(25),
            reconcile_deadline: Duration::from_mins(1),
            sweep_period: Duration::from_mins(1),
            sweep_spacing: Duration::from_millis(500),
            sweep_spacing_max: Duration::from_secs(5),
            settle_poll: Duration::from_secs(1),
            blocked_poll: Duration::from_secs(15),
            turn_hold: Duration::from_secs(2),
            throttle_first: Duration::from_secs(1),
            throttle_max: Duration::from_mins(1),
            refused_first: Duration::from_secs(15),
            refused_max: Duration::from_mins(5),
            quota_first: Duration::from_secs(30),
            collision_rest: Duration::from_secs(1),
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_mins(5),
            vouch: Duration::from_mins(5),
            drift_grace: Duration::from_mins(5),
            progress_period: Duration::from_secs(10),
            kubernetes_deadline: Duration::from_secs(10),
        }
    }
}

#[cfg(test)]
mod tests;
