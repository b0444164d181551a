//! Errors of the gateway, which are the same for all products.

use std::time::Duration;

use serde_json::json;

use super::Caller;
use crate::config::Denial;
use crate::error::Refusal;
use crate::wire::request::{Incoming, LARGEST_BODY};

pub(crate) fn unsupported_method() -> Refusal {
    Refusal::with("UnsupportedHTTPMethod", 400, "This http method is not supported.")
}

/// Code and status are a guess: no document says how large a request may be.
pub(crate) fn body_too_large() -> Refusal {
    let text = format!("The request body is larger than {LARGEST_BODY} bytes.");
    Refusal::with("RequestBodyTooLarge", 413, text)
}

pub(crate) fn unknown_operation(name: &str) -> Refusal {
    Refusal::with("InvalidApi.NotFound", 404, format!("Specified api is not found: {name:.64}."))
}

pub(crate) fn unknown_version() -> Refusal {
    Refusal::with("NoSuchVersion", 400, "The specified version does not exist.")
}

pub(crate) fn incomplete_signature(why: &str) -> Refusal {
    Refusal::with("IncompleteSignature", 400, format!("The request signature does not conform to the standard: {why}."))
}

/// A parameter of the older signature that is not there.
pub(crate) fn mandatory(name: &str) -> Refusal {
    Refusal::with(format!("Missing{name}"), 400, format!("{name} is mandatory for this action."))
}

pub(crate) fn unknown_signature_method() -> Refusal {
    Refusal::with("InvalidSignatureMethod", 400, "Specified signature method is not valid.")
}

/// A signature of the older kind that cannot be one; it ends as [`wrong_old_signature`] does, for the same clients.
pub(crate) fn incomplete_old_signature(string_to_sign: &str) -> Refusal {
    let text =
        format!("The request signature does not conform to standards. server string to sign is:{string_to_sign}");
    Refusal::with("IncompleteSignature", 400, text)
}

pub(crate) fn unknown_key() -> Refusal {
    Refusal::with("InvalidAccessKeyId.NotFound", 404, "Specified access key is not found.")
}

pub(crate) fn inactive_key() -> Refusal {
    Refusal::with("InvalidAccessKeyId.Inactive", 400, "Specified access key is disabled.")
}

pub(crate) fn missing_token() -> Refusal {
    Refusal::with("MissingSecurityToken", 400, "SecurityToken is mandatory for this action.")
}

pub(crate) fn malformed_token() -> Refusal {
    Refusal::with("InvalidSecurityToken.Malformed", 400, "Specified SecurityToken is malformed.")
}

pub(crate) fn expired_token() -> Refusal {
    Refusal::with("InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired.")
}

pub(crate) fn malformed_date() -> Refusal {
    Refusal::with("InvalidTimeStamp.Format", 400, "Specified time stamp or date value is not well formatted.")
}

pub(crate) fn expired_date() -> Refusal {
    Refusal::with("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired.")
}

pub(crate) fn used_nonce() -> Refusal {
    Refusal::with("SignatureNonceUsed", 400, "Specified signature nonce was used already.")
}

/// The words of a refusal that quote a whole request, as those about signatures do.
pub(crate) fn echo(incoming: &Incoming) -> String {
    let headers =
        incoming.headers.iter().map(|(name, value)| format!("{name}:{}\n", String::from_utf8_lossy(value.as_bytes())));
    let (headers, body) = (headers.collect::<String>(), String::from_utf8_lossy(&incoming.body));
    format!("Specified signature does not match our calculation. server CanonicalRequest is [{headers}\n{body}]")
}

/// Echoes what the server signed, as the real gateway does: clients must not log it.
pub(crate) fn wrong_signature(string_to_sign: &str, canonical_request: &str) -> Refusal {
    let text = format!(
        "Specified signature does not match our calculation. server StringToSign is [{string_to_sign}], \
         server CanonicalRequest is [{canonical_request}]"
    );
    Refusal::with("SignatureDoesNotMatch", 400, text)
}

/// The same for the older signature. Nothing may follow the string: clients take what stands behind the colon.
pub(crate) fn wrong_old_signature(string_to_sign: &str) -> Refusal {
    let text =
        format!("Specified signature is not matched with our calculation. server string to sign is:{string_to_sign}");
    Refusal::with("SignatureDoesNotMatch", 400, text)
}

pub(crate) fn wrong_payload_hash() -> Refusal {
    Refusal::with("SignatureDoesNotMatch", 400, "Specified x-acs-content-sha256 is not that of the body.")
}

pub(crate) fn denied(caller: &Caller, action: &str, denial: Denial) -> Refusal {
    let why = match denial {
        Denial::Implicit => "ImplicitDeny",
        Denial::Explicit => "ExplicitDeny",
    };
    let (kind, name) = match &caller.session {
        Some((role, session)) => ("AssumedRoleUser", format!("{role}:{session}")),
        None => ("SubUser", caller.key_id.clone()),
    };
    let detail = json!({
        "AuthAction": action, "AuthPrincipalType": kind, "AuthPrincipalDisplayName": name,
        "AuthPrincipalOwnerId": caller.account, "NoPermissionType": why,
        "PolicyType": "AccountLevelIdentityBasedPolicy",
    });
    let refusal = Refusal::with("Forbidden.RAM", 403, "User not authorized to operate on the specified resource.");
    Refusal { access_denied: Some(detail), ..refusal }
}

/// `retry_after`: none to leave the header out.
pub(crate) fn throttled(status: u16, retry_after: Option<Duration>) -> Refusal {
    let refusal = Refusal::with("Throttling.User", status, "Request was denied due to user flow control.");
    Refusal { retry_after, ..refusal }
}
