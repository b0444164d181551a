//! Rates, quotas, lists, tokens, signatures: the numbers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Switch, duration, durations};

/// What is checked of a signature. All off: the key id alone says who calls, and without one the first account does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signatures {
    /// Whether the signature must match.
    pub verify: Switch,
    /// Whether the date must be within `max_skew`.
    pub check_skew: Switch,
    /// Whether a nonce may come only once.
    pub check_replay: Switch,
    /// How far the date may be from the simulated time; nonces are remembered as long. Default 15m, as documented.
    #[serde(with = "duration")]
    pub max_skew: Duration,
}

impl Default for Signatures {
    fn default() -> Self {
        Self { verify: Switch::On, check_skew: Switch::On, check_replay: Switch::On, max_skew: Duration::from_mins(15) }
    }
}

/// How lists behave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Lists {
    /// Lists show the state of so long ago; Get is always current. Default 0s.
    #[serde(with = "duration")]
    pub lag: Duration,
    /// Another lag for single list operations, by their name.
    #[serde(with = "durations")]
    pub lag_for: BTreeMap<String, Duration>,
    /// Lists show tags so much later than what bears them: a new service comes without them, and no tag filter finds it.
    /// Default 0s.
    #[serde(with = "duration")]
    pub tags_late: Duration,
    /// Pages are at most so long, whatever `MaxResults` says; none: as asked.
    pub page_size_cap: Option<usize>,
}

impl Lists {
    /// The lag of one list operation.
    pub fn lag_of(&self, operation: &str) -> Duration {
        self.lag_for.get(operation).copied().unwrap_or(self.lag)
    }

    /// How far back any list looks.
    pub(crate) fn longest_lag(&self) -> Duration {
        self.lag_for.values().copied().fold(self.lag, Duration::max).saturating_add(self.tags_late)
    }
}

/// So many calls in so much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// Calls.
    pub calls: u32,
    /// The window, as `60s`.
    #[serde(with = "duration")]
    pub per: Duration,
}

/// How the documented rates are kept: per account, region and operation, in windows that begin with their first call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rates {
    /// Off: nothing is ever throttled.
    pub enforce: Switch,
    /// HTTP status of `Throttling.User`: 400 (default) or 429.
    pub status: u16,
    /// Whether the answer says when to come again, in `x-acs-retry-after` (milliseconds).
    pub retry_after: Switch,
    /// Other rates than the documented ones, by name of the operation or by RAM action, which counts first.
    pub overrides: BTreeMap<String, Rate>,
}

impl Rates {
    /// The rate of an operation, where it is another one.
    pub(crate) fn of(&self, operation: &str, action: &str) -> Option<Rate> {
        self.overrides.get(action).or_else(|| self.overrides.get(operation)).copied()
    }
}

impl Default for Rates {
    fn default() -> Self {
        Self { enforce: Switch::On, status: 400, retry_after: Switch::On, overrides: BTreeMap::new() }
    }
}

/// The memory of `ClientToken`s, per account, region and operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokenMemory {
    /// Off: tokens have no meaning.
    pub enforce: Switch,
    /// How long after its answer a token still gives the same answer. Default 10m; the provider documents none.
    #[serde(with = "duration")]
    pub retention: Duration,
    /// Whether a token remembers a definite refusal as well: repeated with it, the call is refused again for as long as the token
    /// is remembered, also once the cause is gone. Default off: only what took effect is remembered.
    pub remember_refusals: Switch,
    /// Code for a token whose first call is still at work. Default `IdempotentProcessing`; [`Self::AT_WORK`] has the others.
    pub at_work: String,
    /// What the token of a create answers once the service that it made is gone. Default `answer`.
    pub after_deletion: AfterDeletion,
}

impl TokenMemory {
    /// How this product and its sisters spell that a token is at work.
    pub const AT_WORK: [&str; 5] = [
        "IdempotentProcessing",
        "LastTokenProcessing",
        "OperationFailed.LastTokenProcessing",
        "OperationFailed.IdempotentTokenProcessing",
        "IdempotenceProcessing",
    ];
}

/// What the token of a create answers once the service that it made is gone; no document says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterDeletion {
    /// What it answered before, as of a service that lives.
    Answer,
    /// `EndpointServiceDeleted`.
    Refuse,
    /// The token counts as new: another service is made.
    Forget,
}

impl Default for TokenMemory {
    fn default() -> Self {
        Self {
            enforce: Switch::On,
            retention: Duration::from_mins(10),
            remember_refusals: Switch::Off,
            at_work: Self::AT_WORK[0].to_owned(),
            after_deletion: AfterDeletion::Answer,
        }
    }
}

/// The documented default quotas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Endpoint services per account and region. Default 200.
    pub services: usize,
    /// Attachments per service. Default 500.
    pub resources_per_service: usize,
    /// Attachments per zone of a service. Default 100.
    pub resources_per_zone: usize,
    /// Resources in one create call. Default 10.
    pub resources_per_create: usize,
    /// Tags per service or endpoint. Default 20.
    pub tags: usize,
    /// Endpoints per VPC. Default 1000.
    pub endpoints_per_vpc: usize,
    /// Zones of one endpoint. Default 10.
    pub zones_per_endpoint: usize,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            services: 200,
            resources_per_service: 500,
            resources_per_zone: 100,
            resources_per_create: 10,
            tags: 20,
            endpoints_per_vpc: 1000,
            zones_per_endpoint: 10,
        }
    }
}

/// The two tags that together name the owner of a service to the witness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WitnessTags {
    /// Default `privatelink-operator.uid`.
    pub uid: String,
    /// Default `privatelink-operator.cluster`.
    pub cluster: String,
}

impl Default for WitnessTags {
    fn default() -> Self {
        Self { uid: "privatelink-operator.uid".to_owned(), cluster: "privatelink-operator.cluster".to_owned() }
    }
}
