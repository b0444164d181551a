//! Credentials of a role that other credentials may assume: `AssumeRole`.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::SignedDuration;

use super::issued::Issued;
use super::refresh::{FromIssuer, Issuer, Refreshed};
use super::sts_errors::from_sts;
use super::{CredentialContext, CredentialError, CredentialSource};
use crate::call::Engine;
use crate::clock::Clock;
use crate::sts::AssumeRoleRequest;

/// How long a session lasts if nobody says otherwise; STS's own default.
pub(super) const DURATION: Duration = Duration::from_hours(1);

/// What STS accepts. The longest is also bounded by the role's `MaxSessionDuration`, which only STS knows.
const DURATIONS: std::ops::RangeInclusive<Duration> = Duration::from_mins(15)..=Duration::from_hours(12);

/// Which role to assume, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRole {
    role_arn: String,
    session_name: Option<String>,
    duration: Duration,
    external_id: Option<String>,
    policy: Option<String>,
}

impl AssumeRole {
    /// The role with this ARN, `acs:ram::<account>:role/<name>`, for sessions of one hour.
    pub fn of(role_arn: impl Into<String>) -> Self {
        Self { role_arn: role_arn.into(), session_name: None, duration: DURATION, external_id: None, policy: None }
    }

    /// What the session is called in the provider's audit log: 2 to 64 letters, digits and `.@-_`. Default: that of the context.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into());
        self
    }

    /// How long a session lasts: 15 minutes to 12 hours, and no longer than the role allows. One hour by default.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// The external id that the role's trust policy asks for, of 2 to 1,224 characters.
    #[must_use]
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// A policy document that narrows the rights of the session further, of 2,048 characters at most.
    #[must_use]
    pub fn policy(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// The same, unless STS could make nothing of it. Called after each part, with the name of what was typed, it names just that.
    pub fn checked_as(self, setting: &str) -> Result<Self, CredentialError> {
        match self.clone().request("session".to_owned()) {
            Ok(_) => Ok(self),
            Err(CredentialError::Malformed { complaint, .. }) => Err(CredentialError::malformed(setting, complaint)),
            Err(other) => Err(other),
        }
    }

    fn request(self, default_session_name: String) -> Result<AssumeRoleRequest, CredentialError> {
        let Self { role_arn, session_name, duration, external_id, policy } = self;
        let fits = |value: &Option<String>, lengths: std::ops::RangeInclusive<usize>| {
            value.as_ref().is_none_or(|value| lengths.contains(&value.chars().count()))
        };
        if !fits(&external_id, 2..=1224) {
            return Err(CredentialError::malformed("the external id", "must have 2 to 1,224 characters"));
        }
        if !fits(&policy, 1..=2048) {
            return Err(CredentialError::malformed("the session policy", "must have 1 to 2,048 characters"));
        }
        Ok(AssumeRoleRequest {
            role_arn: checked_role_arn("the ARN of the role to assume", role_arn)?,
            role_session_name: checked_session_name(session_name.unwrap_or(default_session_name))?,
            duration_seconds: checked_duration(duration)?,
            external_id,
            policy,
        })
    }
}

pub(super) fn checked_role_arn(setting: &str, arn: String) -> Result<String, CredentialError> {
    let rest = arn.strip_prefix("acs:ram::").and_then(|rest| rest.split_once(":role/"));
    let digits = |account: &str| !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit());
    match rest {
        Some((account, name)) if digits(account) && is_plain(name) => Ok(arn),
        _ => Err(CredentialError::malformed(setting, "is no ARN of a role; give acs:ram::<account>:role/<name>")),
    }
}

/// Not empty, and without blanks or control characters.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

pub(super) fn checked_session_name(name: String) -> Result<String, CredentialError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte);
    let sound = (2..=64).contains(&name.len()) && name.bytes().all(fits);
    let complaint = "must have 2 to 64 letters, digits, and characters of .@-_";
    if sound { Ok(name) } else { Err(CredentialError::malformed("the role session name", complaint)) }
}

pub(super) fn checked_duration(duration: Duration) -> Result<u64, CredentialError> {
    let complaint = "must be 15 minutes to 12 hours";
    let fits = DURATIONS.contains(&duration);
    fits.then_some(duration.as_secs()).ok_or_else(|| CredentialError::malformed("the session duration", complaint))
}

/// Credentials that STS issues for a role, to another source's credentials: `AssumeRole` around any source.
///
/// They are renewed before they expire. When STS refuses the credentials below, those are fetched anew, once.
#[derive(Debug)]
pub struct AssumeRoleCredentials {
    refreshed: Refreshed<Assume>,
}

impl AssumeRoleCredentials {
    /// Assumes a role with the credentials of `base`. Asks nobody yet.
    pub fn new(
        context: &CredentialContext,
        base: Arc<dyn CredentialSource>,
        role: AssumeRole,
    ) -> Result<Self, CredentialError> {
        let request = role.request(context.default_session_name())?;
        let clock = context.shared_clock();
        let issuer = Assume { engine: context.sts_engine(base), request, clock: Arc::clone(&clock) };
        Ok(Self { refreshed: Refreshed::new(issuer, clock) })
    }
}

#[derive(Debug)]
pub(super) struct Assume {
    engine: Engine,
    request: AssumeRoleRequest,
    clock: Arc<dyn Clock>,
}

impl Assume {
    async fn exchange(&self) -> Result<Issued, CredentialError> {
        let asked = self.clock.now();
        let answer = self.engine.call(&self.request, &[]).await.map_err(|error| from_sts(&error))?;
        let issued = answer.credentials.issued("STS")?;
        Ok(issued.requested_for(seconds(self.request.duration_seconds), asked))
    }
}

pub(super) fn seconds(seconds: u64) -> SignedDuration {
    SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX))
}

impl Issuer for Assume {
    fn issue(&self) -> BoxFuture<'_, Result<Issued, CredentialError>> {
        Box::pin(self.exchange())
    }

    fn name(&self) -> &'static str {
        "assume-role"
    }

    fn origin(&self) -> String {
        format!("the role {}, which is assumed with {}", self.request.role_arn, self.engine.credentials.origin())
    }
}

impl FromIssuer for AssumeRoleCredentials {
    type Issuer = Assume;

    fn refreshed(&self) -> &Refreshed<Self::Issuer> {
        &self.refreshed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(role: AssumeRole) -> Option<String> {
        role.request("session".to_owned()).err().map(|error| error.to_string())
    }

    const ARN: &str = "acs:ram::1234567890123456:role/network";

    #[test]
    fn a_role_that_cannot_be_assumed_is_refused_before_anybody_is_asked() {
        let role = || AssumeRole::of(ARN);
        assert_eq!(complaint(role()), None);
        for good in [
            role().duration(Duration::from_mins(15)).session_name("a.@-_9"),
            role().duration(Duration::from_hours(12)).external_id("ab").policy("{}"),
            AssumeRole::of("acs:ram::1:role/path/of/a"),
        ] {
            assert_eq!(complaint(good.clone()), None, "{good:?}");
        }
        let bad = [
            (AssumeRole::of("network"), "the ARN"),
            (AssumeRole::of("acs:ram::x:role/a"), "the ARN"),
            (AssumeRole::of("acs:ram::1:role/"), "the ARN"),
            (AssumeRole::of("acs:ram::1:role/a\n"), "the ARN"),
            (AssumeRole::of("acs:ram::1:user/a"), "the ARN"),
            (role().session_name("a"), "the role session name"),
            (role().session_name("a b"), "the role session name"),
            (role().session_name("x".repeat(65)), "the role session name"),
            (role().duration(Duration::from_mins(14)), "the session duration"),
            (role().duration(Duration::from_hours(13)), "the session duration"),
            (role().external_id("a"), "the external id"),
            (role().policy("x".repeat(2049)), "the session policy"),
        ];
        for (role, setting) in bad {
            let found = complaint(role.clone()).unwrap_or_default();
            assert!(found.starts_with(&format!("failed to use {setting}")), "{role:?}: {found}");
        }
    }

    #[test]
    fn the_session_is_called_as_the_context_says_unless_the_role_says_otherwise() {
        let name = |role: AssumeRole| role.request("of-context".to_owned()).unwrap().role_session_name;
        assert_eq!([name(AssumeRole::of(ARN)), name(AssumeRole::of(ARN).session_name("own"))], ["of-context", "own"]);
    }
}
