//! The gateway: which operation, who calls, may they.

use jiff::Timestamp;

use super::signature::{self, Nonces, Presented};
use super::{Caller, gateway};
use crate::config::{AccessKey, Account, Config};
use crate::error::Refusal;
use crate::operations::{self, Spec};
use crate::wire::request::{Incoming, LARGEST_BODY};

/// The operation that a request names.
pub(crate) fn operation(incoming: &Incoming) -> Result<&'static Spec, Refusal> {
    if incoming.body.len() > LARGEST_BODY {
        return Err(gateway::body_too_large());
    }
    if !matches!(incoming.method.as_str(), "GET" | "POST") {
        return Err(gateway::unsupported_method());
    }
    let name = incoming.action().unwrap_or_default();
    let spec = operations::find(&name).ok_or_else(|| gateway::unknown_operation(&name))?;
    if incoming.version().as_deref() == Some(spec.api.version) { Ok(spec) } else { Err(gateway::unknown_version()) }
}

/// Who calls.
///
/// Without verification, and with a key that nobody knows, it is the first account: then any client may be tried.
pub(crate) fn authenticate(
    incoming: &Incoming,
    config: &Config,
    nonces: &mut Nonces,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    let rules = &config.signatures;
    let presented = Presented::read(incoming);
    if !rules.verify.is_on() {
        let key_id = presented.ok().map(|presented| presented.key_id);
        let key_id = key_id.or_else(|| incoming.params.get("AccessKeyId").cloned());
        return Ok(unverified(config, key_id.as_deref().unwrap_or_default()));
    }
    let presented = presented?;
    let (account, key) = find_key(config, &presented.key_id).ok_or_else(gateway::unknown_key)?;
    signature::check(incoming, &presented, key, rules, now)?;
    signature::check_replay(&presented, nonces, rules, now)?;
    Ok(Caller { account: account.id.clone(), key_id: key.id.clone() })
}

/// Whether the key may call the operation.
pub(crate) fn authorize(config: &Config, caller: &Caller, spec: &Spec) -> Result<(), Refusal> {
    let Some((_, key)) = find_key(config, &caller.key_id) else { return Ok(()) };
    let prefix = spec.api.action_prefix;
    key.may_call(prefix, spec.name)
        .map_err(|denial| gateway::denied(caller, &format!("{prefix}:{}", spec.name), denial))
}

fn unverified(config: &Config, key_id: &str) -> Caller {
    let known = find_key(config, key_id).map(|(account, _)| account);
    let account = known.or_else(|| config.accounts.first()).map(|account| account.id.clone());
    Caller { account: account.unwrap_or_default(), key_id: key_id.to_owned() }
}

fn find_key<'a>(config: &'a Config, id: &str) -> Option<(&'a Account, &'a AccessKey)> {
    config.accounts.iter().find_map(|account| Some((account, account.access_keys.iter().find(|key| key.id == id)?)))
}
