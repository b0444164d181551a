//! The gateway: which operation, who calls, may they.

use jiff::Timestamp;

use super::sessions::{Session, Sessions};
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
    if operations::named(&name).next().is_none() {
        return Err(gateway::unknown_operation(&name));
    }
    operations::find(&name, &incoming.version().unwrap_or_default()).ok_or_else(gateway::unknown_version)
}

/// Where keys are known: those of accounts, and those that were issued for roles.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys<'a> {
    pub(crate) config: &'a Config,
    pub(crate) sessions: &'a Sessions,
}

impl<'a> Keys<'a> {
    /// A key, and who calls with it.
    fn find(self, id: &str) -> Option<(Caller, &'a AccessKey)> {
        let keys =
            self.config.accounts.iter().flat_map(|account| account.access_keys.iter().map(move |key| (account, key)));
        let of_account = |(account, key): (&'a Account, &'a AccessKey)| (Caller::of(&account.id, &key.id), key);
        let of_session = |session: &'a Session| {
            let names = Some((session.role.clone(), session.name.clone()));
            (Caller { session: names, ..Caller::of(&session.account, &session.key.id) }, &session.key)
        };
        let mut owned = keys.filter(|(_, key)| key.id == id).map(of_account);
        owned.next().or_else(|| self.sessions.find(id).map(of_session))
    }
}

/// Who calls.
///
/// Without verification, and with a key that nobody knows, it is the first account: then any client may be tried. A call that nobody signs
/// is one of the account whose role it names.
pub(crate) fn authenticate(
    incoming: &Incoming,
    spec: &Spec,
    keys: Keys<'_>,
    nonces: &mut Nonces,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    if spec.is_anonymous {
        let role = incoming.params.get("RoleArn").and_then(|arn| operations::parse_role(arn));
        return Ok(Caller::of(role.map(|(account, _)| account).unwrap_or_default(), ""));
    }
    let rules = &keys.config.signatures;
    let presented = Presented::read(incoming);
    if !rules.verify.is_on() {
        let key_id = presented.ok().map(|presented| presented.key_id);
        let key_id = key_id.or_else(|| incoming.params.get("AccessKeyId").cloned());
        return Ok(unverified(keys, &key_id.unwrap_or_default()));
    }
    let presented = presented?;
    let (caller, key) = keys.find(&presented.key_id).ok_or_else(gateway::unknown_key)?;
    signature::check(incoming, &presented, key, rules, now)?;
    signature::check_replay(&presented, nonces, rules, now)?;
    Ok(caller)
}

/// Whether the key may call the operation.
pub(crate) fn authorize(keys: Keys<'_>, caller: &Caller, spec: &Spec) -> Result<(), Refusal> {
    let Some((_, key)) = keys.find(&caller.key_id) else { return Ok(()) };
    let action = spec.action();
    key.may_call(spec.name, &action).map_err(|denial| gateway::denied(caller, &action, denial))
}

fn unverified(keys: Keys<'_>, key_id: &str) -> Caller {
    let first = || keys.config.accounts.first().map(|account| account.id.clone()).unwrap_or_default();
    keys.find(key_id).map_or_else(|| Caller::of(first(), key_id), |(caller, _)| caller)
}
