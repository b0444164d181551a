//! Accounts and their access keys.

use std::collections::BTreeSet;
use std::fmt;

use cloud_core::sts;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::policy::{self, Denial, Policy};
use super::{Role, Switch};

/// Id of the account that the default configuration gives to the provider of services.
pub const DEFAULT_PROVIDER: &str = "1111222233334444";
/// Id of the account that the default configuration gives to their consumer.
pub const DEFAULT_CONSUMER: &str = "5555666677778888";

/// One Alibaba Cloud account as far as `PrivateLink` sees it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Account id, decimal digits.
    pub id: String,
    /// Keys with which it calls.
    #[serde(default)]
    pub access_keys: Vec<AccessKey>,
    /// Whether `PrivateLink` is activated; off: writes answer `NeedOpenProduct`.
    #[serde(default = "on")]
    pub product_open: Switch,
    /// Whether it may create services with `Payer=EndpointService`; off: `EndpointServicePayerForbidden`.
    #[serde(default = "off")]
    pub payer_allowed: Switch,
    /// Whether it may say which resource serves a zone of a connection (a privilege that is applied for); off: the code of
    /// `guesses.migration.refusal`.
    #[serde(default = "off")]
    pub resources_by_hand: Switch,
    /// Shown as `ServiceBusinessStatus`; the two locks bear no change of its services, any other word is only shown.
    #[serde(default)]
    pub business_status: BusinessStatus,
    /// The resource groups it has; empty: every id that begins with `rg-` counts as one.
    #[serde(default)]
    pub resource_groups: BTreeSet<String>,
    /// The RAM roles it has; empty: every role there may be, open to all its keys and to every token for the provider's audience.
    #[serde(default)]
    pub roles: Vec<Role>,
}

fn on() -> Switch {
    Switch::On
}

fn off() -> Switch {
    Switch::Off
}

impl Account {
    /// An account with one key, product open.
    pub fn new(id: impl Into<String>, key: AccessKey) -> Self {
        Self {
            id: id.into(),
            access_keys: vec![key],
            product_open: Switch::On,
            payer_allowed: Switch::Off,
            resources_by_hand: Switch::Off,
            business_status: BusinessStatus::Normal,
            resource_groups: BTreeSet::new(),
            roles: Vec::new(),
        }
    }

    /// Where its services and endpoints are when nobody says otherwise.
    pub(crate) fn default_resource_group(&self) -> String {
        match self.resource_groups.first() {
            Some(group) => group.clone(),
            None => format!("rg-acfm{}", self.id),
        }
    }

    pub(crate) fn has_resource_group(&self, id: &str) -> bool {
        if self.resource_groups.is_empty() { id.starts_with("rg-") } else { self.resource_groups.contains(id) }
    }

    /// Provider `sim-provider-key`/`sim-provider-secret`, consumer `sim-consumer-key`/`sim-consumer-secret`.
    pub(super) fn defaults() -> Vec<Self> {
        vec![
            Self::new(DEFAULT_PROVIDER, AccessKey::new("sim-provider-key", "sim-provider-secret")),
            Self::new(DEFAULT_CONSUMER, AccessKey::new("sim-consumer-key", "sim-consumer-secret")),
        ]
    }
}

/// `ServiceBusinessStatus` and `EndpointBusinessStatus` (`SecurityLocked` is known from Terraform's filter only).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum BusinessStatus {
    /// In order.
    #[default]
    Normal,
    /// Overdue payment.
    FinancialLocked,
    /// Locked by the provider's security.
    SecurityLocked,
    /// Any other word, also an empty one or one in another case; it locks nothing.
    Word(String),
}

impl BusinessStatus {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Normal => "Normal",
            Self::FinancialLocked => "FinancialLocked",
            Self::SecurityLocked => "SecurityLocked",
            Self::Word(word) => word,
        }
    }

    /// Whether what bears it cannot be changed.
    pub(crate) fn is_locked(&self) -> bool {
        matches!(self, Self::FinancialLocked | Self::SecurityLocked)
    }
}

impl From<String> for BusinessStatus {
    fn from(word: String) -> Self {
        let known = [Self::Normal, Self::FinancialLocked, Self::SecurityLocked];
        known.into_iter().find(|known| known.as_str() == word).unwrap_or(Self::Word(word))
    }
}

impl From<BusinessStatus> for String {
    fn from(status: BusinessStatus) -> Self {
        status.as_str().to_owned()
    }
}

/// An access key of an account: permanent, or temporary (STS) when it has a token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// Key id.
    pub id: String,
    /// Key secret.
    #[serde(serialize_with = "expose", deserialize_with = "conceal")]
    pub secret: SecretString,
    /// The security token that must come with it.
    #[serde(default, serialize_with = "expose_some", deserialize_with = "conceal_some")]
    pub security_token: Option<SecretString>,
    /// From when on the token answers `InvalidSecurityToken.Expired`.
    #[serde(default)]
    pub expires: Option<Timestamp>,
    /// Off: `InvalidAccessKeyId.Inactive`.
    #[serde(default = "on")]
    pub active: Switch,
    /// Operations that answer `Forbidden.RAM`, by name or by RAM action; `*` is all of them.
    #[serde(default)]
    pub denied: BTreeSet<String>,
    /// RAM policies of whom the key belongs to; none: everything is allowed. No policy is asked about `GetCallerIdentity`.
    #[serde(default)]
    pub policies: Vec<Policy>,
}

impl AccessKey {
    /// A permanent key that may do everything.
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: SecretString::from(secret.into()),
            security_token: None,
            expires: None,
            active: Switch::On,
            denied: BTreeSet::new(),
            policies: Vec::new(),
        }
    }

    /// The same key as a temporary one.
    #[must_use]
    pub fn with_token(self, token: impl Into<String>) -> Self {
        Self { security_token: Some(SecretString::from(token.into())), ..self }
    }

    /// The same key with exactly the rights of these policies.
    #[must_use]
    pub fn with_policies(self, policies: impl IntoIterator<Item = Policy>) -> Self {
        Self { policies: policies.into_iter().collect(), ..self }
    }

    /// Whether it may call the operation, by its name and by its RAM action.
    pub(crate) fn may_call(&self, operation: &str, action: &str) -> Result<(), Denial> {
        if ["*", operation, action].into_iter().any(|name| self.denied.contains(name)) {
            return Err(Denial::Implicit);
        }
        if self.policies.is_empty() || operation == sts::GET_CALLER_IDENTITY.name {
            return Ok(());
        }
        policy::decide(&self.policies, action)
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).field("active", &self.active).finish_non_exhaustive()
    }
}

// A key goes out in clear only towards the admin API of the caller's own simulator; no route gives it back.
fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "serde hands the field over by reference")]
fn expose_some<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

fn conceal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    Ok(SecretString::from(String::deserialize(deserializer)?))
}

fn conceal_some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.map(SecretString::from))
}

#[cfg(test)]
mod tests {
    use super::AccessKey;

    #[test]
    fn a_key_does_not_print_its_secret_or_token() {
        let key = AccessKey::new("the-id", "the-secret").with_token("the-token");
        let shown = format!("{key:?}");
        assert!(shown.contains("the-id") && !shown.contains("the-secret") && !shown.contains("the-token"), "{shown}");
    }
}
