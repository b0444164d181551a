//! RAM roles, and what STS makes of them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::duration;

/// The longest session of a role, unless it says otherwise; the default of RAM.
const MAX_SESSION: Duration = Duration::from_hours(1);

/// The one audience that the provider's tools ask a token for.
const AUDIENCE: &str = "sts.aliyuncs.com";

/// A RAM role: who may assume it, and what it may not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// `acs:ram::<account>:role/<name>`.
    pub name: String,
    /// Other accounts whose keys may assume it (`AssumeRole`); those of its own may always.
    #[serde(default)]
    pub trusted_accounts: BTreeSet<String>,
    /// The external id that its trust policy asks for.
    #[serde(default)]
    pub external_id: Option<String>,
    /// Which service accounts may assume it (`AssumeRoleWithOIDC`); none: no token opens it.
    #[serde(default)]
    pub oidc: Option<OidcTrust>,
    /// `MaxSessionDuration`. Default 1h.
    #[serde(default = "max_session", with = "duration")]
    pub max_session: Duration,
    /// Operations that answer `Forbidden.RAM` to its sessions, by name or by RAM action; `*` is all of them.
    #[serde(default)]
    pub denied: BTreeSet<String>,
}

fn max_session() -> Duration {
    MAX_SESSION
}

impl Role {
    /// A role that may do everything, and that only keys of its own account may assume.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            trusted_accounts: BTreeSet::new(),
            external_id: None,
            oidc: None,
            max_session: MAX_SESSION,
            denied: BTreeSet::new(),
        }
    }

    /// The role that an account without any stands for: everybody may have it.
    pub(crate) fn open(name: &str) -> Self {
        Self { oidc: Some(OidcTrust::default()), max_session: Duration::from_hours(12), ..Self::new(name) }
    }
}

/// What the trust policy of a role says of tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OidcTrust {
    /// `acs:ram::<account>:oidc-provider/<name>`; none: any.
    pub provider: Option<String>,
    /// `iss` of the tokens; none: any.
    pub issuer: Option<String>,
    /// `aud`, one of which a token must have.
    pub audiences: BTreeSet<String>,
    /// `sub`, such as `system:serviceaccount:<namespace>:<name>`; empty: any.
    pub subjects: BTreeSet<String>,
}

impl Default for OidcTrust {
    fn default() -> Self {
        Self { provider: None, issuer: None, audiences: [AUDIENCE.to_owned()].into(), subjects: BTreeSet::new() }
    }
}

/// What STS and the metadata service of an instance do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sts {
    /// How long issued keys last, whatever was asked for and is said; none: as long as was asked for.
    #[serde(with = "lifetime")]
    pub lifetime: Option<Duration>,
    /// The role that the metadata service names, of the first account; none: the instance has no role.
    pub instance_role: Option<String>,
}

/// A duration that may be missing.
mod lifetime {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Given(#[serde(with = "super::duration")] Duration);

    #[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
    pub(super) fn serialize<S: Serializer>(given: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
        given.map(Given).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<Given>::deserialize(deserializer)?.map(|Given(duration)| duration))
    }
}
