//! The older signature (`SignatureVersion=1.0`): all parameters are signed, the result is one of them.
//!
//! The documentation calls it "signature method V2 for RPC" and discontinued; Terraform's provider, the command line and
//! the older SDKs still use it. Query and form are one map when it is made, in which the form wins: a parameter that comes in
//! both is signed once.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cloud_core::{encode, sign};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::Sha256;

use super::{Presented, Scheme, gateway};
use crate::error::Refusal;
use crate::wire::request::Incoming;

/// The one version there is.
const VERSION: &str = "1.0";

/// What the parameters say beside the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) algorithm: Algorithm,
    signature: String,
}

/// `SignatureMethod`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    HmacSha1,
    HmacSha256,
}

impl Algorithm {
    /// Its name on the wire.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::HmacSha1, Self::HmacSha256].into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(name))
    }
}

/// Reads the parameters of a signature.
pub(super) fn read(incoming: &Incoming) -> Result<Presented, Refusal> {
    let text = |name: &str| incoming.params.get(name).filter(|value| !value.is_empty()).cloned();
    let needed = |name: &str| text(name).ok_or_else(|| gateway::mandatory(name));
    let algorithm = needed("SignatureMethod")?;
    let algorithm = Algorithm::named(&algorithm).ok_or_else(gateway::unknown_signature_method)?;
    if needed("SignatureVersion")? != VERSION {
        let string_to_sign = string_to_sign(incoming.method.as_str(), &incoming.params);
        return Err(gateway::incomplete_old_signature(&string_to_sign));
    }
    Ok(Presented {
        key_id: needed("AccessKeyId")?,
        token: text("SecurityToken"),
        date: needed("Timestamp")?,
        nonce: needed("SignatureNonce")?,
        scheme: Scheme::Parameters(Claim { algorithm, signature: needed("Signature")? }),
    })
}

/// Whether the signature holds. The refusal ends in the string that the server signed: clients cut it off there and
/// compare it with their own.
pub(super) fn check(incoming: &Incoming, claim: &Claim, secret: &SecretString) -> Result<(), Refusal> {
    let string_to_sign = string_to_sign(incoming.method.as_str(), &incoming.params);
    if signature(claim.algorithm, secret, &string_to_sign) == claim.signature {
        return Ok(());
    }
    Err(gateway::wrong_old_signature(&string_to_sign))
}

/// The method, the path, and the encoded parameters encoded once more. Empty values take part.
fn string_to_sign(method: &str, params: &BTreeMap<String, String>) -> String {
    let signed = params.iter().filter(|(name, _)| *name != "Signature");
    let pairs: Vec<(String, String)> = signed.map(|(name, value)| (name.clone(), value.clone())).collect();
    format!("{method}&%2F&{}", encode::percent_encode(&sign::canonical_query(&pairs)))
}

/// The HMAC in Base64; its key is the secret with an ampersand behind.
fn signature(algorithm: Algorithm, secret: &SecretString, string_to_sign: &str) -> String {
    let key = format!("{}&", secret.expose_secret());
    let digest = match algorithm {
        Algorithm::HmacSha1 => hmac::<Hmac<Sha1>>(&key, string_to_sign),
        Algorithm::HmacSha256 => hmac::<Hmac<Sha256>>(&key, string_to_sign),
    };
    BASE64_STANDARD.encode(digest)
}

fn hmac<M: Mac + KeyInit>(key: &str, text: &str) -> Vec<u8> {
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests;
