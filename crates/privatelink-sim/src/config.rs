//! The configuration: what the file holds, and what tests set in code.
//!
//! Everything has a default, and the defaults are provider-like: documented rates and quotas, slow transitions,
//! signatures checked. [`Config::fast`] is the same with short timers, for tests.

mod account;
mod drawn;
mod guesses;
mod limits;
mod load_balancer;
mod migration;
mod policy;
mod role;
mod span;
mod switch;
mod timers;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use self::account::{AccessKey, Account, BusinessStatus, DEFAULT_CONSUMER, DEFAULT_PROVIDER};
pub use self::guesses::{
    DeletionBlockedBy, EmptyDescription, Guesses, MissingParameterStyle, OtherConnectBandwidth, OwnerAmong, StoredText,
    TooManyResources, UserLists, UserTotal,
};
pub use self::limits::{AfterDeletion, Lists, Quotas, Rate, Rates, Signatures, TokenMemory, WitnessTags};
pub use self::load_balancer::{LoadBalancer, LoadBalancerZone, NetworkType};
pub use self::migration::{CloseWithoutMigration, MigratingShows, Migration, MigrationEnds};
pub(crate) use self::policy::Denial;
pub use self::policy::{OneOrMany, Policy, PolicyEffect, PolicyVersion, Statement};
pub use self::role::{OidcTrust, Role, Sts};
pub use self::span::{ParseSpanError, Span};
pub(crate) use self::span::{duration, durations};
pub use self::switch::Switch;
pub use self::timers::Timers;

/// All that can be said to the simulator before it starts; most of it can be changed later through the admin API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Seed of ids and of durations within their ranges; none: another one at each start.
    pub seed: Option<u64>,
    /// What the simulated clock shows at the start; none: the real time.
    pub start_time: Option<Timestamp>,
    /// Region of a call that names none and comes to a host that names none (`ChangeResourceGroup` on loopback).
    pub default_region: String,
    /// Who may call, with which keys.
    pub accounts: Vec<Account>,
    /// The load balancers that exist at the start.
    pub load_balancers: Vec<LoadBalancer>,
    /// Whether a load balancer that nobody seeded comes into being when a call first names it; only ids with the
    /// prefix of their type (`nlb-…`), in the caller's account and region.
    pub auto_create_load_balancers: Switch,
    /// How many calls the journal keeps; the oldest go first.
    pub journal_limit: usize,
    /// What is checked of a signature.
    pub signatures: Signatures,
    /// What is issued for roles.
    pub sts: Sts,
    /// How long things take.
    pub timers: Timers,
    /// Lag and page size of lists.
    pub lists: Lists,
    /// How often each operation may be called.
    pub rates: Rates,
    /// What must not overlap answers `ConcurrentCallNotSupported`; off: everything may overlap.
    pub serial_locks: Switch,
    /// How long a `ClientToken` is remembered.
    pub tokens: TokenMemory,
    /// How many of a thing there may be.
    pub quotas: Quotas,
    /// Decisions that no document settles.
    pub guesses: Guesses,
    /// Which tags name the owner of a service.
    pub witness: WitnessTags,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: None,
            start_time: None,
            default_region: "cn-hangzhou".to_owned(),
            accounts: Account::defaults(),
            load_balancers: Vec::new(),
            auto_create_load_balancers: Switch::Off,
            journal_limit: 100_000,
            signatures: Signatures::default(),
            sts: Sts::default(),
            timers: Timers::default(),
            lists: Lists::default(),
            rates: Rates::default(),
            serial_locks: Switch::On,
            tokens: TokenMemory::default(),
            quotas: Quotas::default(),
            guesses: Guesses::default(),
            witness: WitnessTags::default(),
        }
    }
}

impl Config {
    /// The defaults with short fixed timers (tens of milliseconds) and seed 1: for tests that run in real time.
    pub fn fast() -> Self {
        Self { seed: Some(1), timers: Timers::fast(), ..Self::default() }
    }

    /// Reads a YAML file; a key that is not known is an error.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// The same for a text. An empty text is the default configuration.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
            return Ok(Self::default());
        }
        serde_saphyr::from_str(text).map_err(|error| ConfigError::Parse { reason: error.to_string() })
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("failed to read configuration file {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no configuration.
    #[error("failed to parse configuration: {reason}")]
    Parse {
        /// Where and why.
        reason: String,
    },
}
