//! Who signed a request, and whether the signature holds.
//!
//! There are two kinds: the current one in headers ([`acs3`]) and the older one in parameters ([`rpc`]). Both name a key,
//! a date and a nonce, for which the same rules hold. Limits and codes: "Request syntax and signature method" of the
//! provider's documentation, V3 and V2.

mod acs3;
mod nonces;
mod rpc;
#[cfg(test)]
mod vectors;

use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;

pub(super) use self::nonces::Nonces;
use super::gateway;
use crate::config::{AccessKey, Signatures};
use crate::error::Refusal;
use crate::wire::request::Incoming;

/// What a request says about who signed it, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Presented {
    pub(crate) key_id: String,
    token: Option<String>,
    date: String,
    nonce: String,
    scheme: Scheme,
}

/// The kind of the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Scheme {
    /// In the `Authorization` header.
    Header(acs3::Claim),
    /// Among the parameters.
    Parameters(rpc::Claim),
}

impl Presented {
    /// Reads the signature. The `Authorization` header decides which kind it is: older clients send some of the headers of
    /// the current kind as well, but never that one.
    pub(crate) fn read(incoming: &Incoming) -> Result<Self, Refusal> {
        if incoming.header("authorization").is_some() {
            acs3::read(incoming)
        } else if incoming.is_signed_by_parameters() {
            rpc::read(incoming)
        } else {
            Err(gateway::incomplete_signature("there is neither an Authorization header nor a Signature parameter"))
        }
    }

    /// The algorithm, by its name on the wire.
    pub(crate) fn algorithm(&self) -> &'static str {
        match &self.scheme {
            Scheme::Header(_) => cloud_core::sign::ALGORITHM,
            Scheme::Parameters(claim) => claim.algorithm.name(),
        }
    }

    /// Names of the headers that are signed; the older kind signs none.
    pub(crate) fn signed_headers(&self) -> &[String] {
        match &self.scheme {
            Scheme::Header(claim) => &claim.signed_headers,
            Scheme::Parameters(_) => &[],
        }
    }
}

/// Checks a request that presents a known key.
pub(super) fn check(
    incoming: &Incoming,
    presented: &Presented,
    key: &AccessKey,
    rules: &Signatures,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !key.active.is_on() {
        return Err(gateway::inactive_key());
    }
    check_token(presented.token.as_deref(), key, now)?;
    if rules.check_skew.is_on() {
        check_date(&presented.date, now, rules.max_skew)?;
    }
    match &presented.scheme {
        _ if !rules.verify.is_on() => Ok(()),
        Scheme::Header(claim) => acs3::check(incoming, claim, &key.secret),
        Scheme::Parameters(claim) => rpc::check(incoming, claim, &key.secret),
    }
}

/// Enters the nonce of a request whose signature holds.
pub(super) fn check_replay(
    presented: &Presented,
    nonces: &mut Nonces,
    rules: &Signatures,
    now: Timestamp,
) -> Result<(), Refusal> {
    // A date may lie as far in the future as in the past, so a replay can come for twice the skew.
    let is_new = nonces.enter(&presented.key_id, &presented.nonce, now, rules.max_skew * 2);
    if is_new || !rules.check_replay.is_on() { Ok(()) } else { Err(gateway::used_nonce()) }
}

fn check_token(token: Option<&str>, key: &AccessKey, now: Timestamp) -> Result<(), Refusal> {
    match (&key.security_token, token) {
        (Some(_), None) => Err(gateway::missing_token()),
        (None, Some(_)) => Err(gateway::malformed_token()),
        (Some(expected), Some(given)) if expected.expose_secret() != given => Err(gateway::malformed_token()),
        (Some(_), Some(_)) if key.expires.is_some_and(|expires| expires <= now) => Err(gateway::expired_token()),
        (Some(_), Some(_)) | (None, None) => Ok(()),
    }
}

fn check_date(text: &str, now: Timestamp, max_skew: Duration) -> Result<(), Refusal> {
    let date: Timestamp = text.parse().map_err(|_| gateway::malformed_date())?;
    if date.duration_since(now).unsigned_abs() > max_skew {
        return Err(gateway::expired_date());
    }
    Ok(())
}
