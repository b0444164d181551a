//! The token of a service account: what it says. Nobody's keys are here, so its signature is not looked at.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::Deserialize;

use crate::config::OidcTrust;
use crate::error::Refusal;

/// The claims of a JSON web token, as far as a trust policy looks at them.
#[derive(Debug, Deserialize)]
pub(super) struct Token {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
}

/// One audience, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

impl Token {
    /// Takes a token apart.
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let invalid = || Refusal::of("AuthenticationFail.OIDCToken.Invalid");
        let parts: Vec<&str> = text.split('.').collect();
        let [_, claims, signature] = parts[..] else { return Err(invalid()) };
        let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).map_err(|_| invalid())?;
        if signature.is_empty() {
            return Err(invalid());
        }
        serde_json::from_slice(&claims).map_err(|_| invalid())
    }

    /// Whether it opens a role, by its trust policy.
    pub(super) fn check(&self, trust: &OidcTrust, provider: &str, now: Timestamp) -> Result<(), Refusal> {
        let Self { iss, sub, aud, exp } = self;
        if *exp <= now.as_second() {
            return Err(Refusal::of("AuthenticationFail.OIDCToken.Expired"));
        }
        if trust.issuer.as_ref().is_some_and(|issuer| issuer != iss) {
            return Err(Refusal::of("AuthenticationFail.OIDCToken.IssuerNotMatch"));
        }
        if !aud.all().iter().any(|audience| trust.audiences.contains(audience)) {
            return Err(Refusal::of("AuthenticationFail.OIDCToken.AudienceNotMatch"));
        }
        let is_other = trust.provider.as_ref().is_some_and(|trusted| trusted != provider);
        if is_other || !(trust.subjects.is_empty() || trust.subjects.contains(sub)) {
            return Err(Refusal::of("AuthenticationFail.NoPermission"));
        }
        Ok(())
    }
}
