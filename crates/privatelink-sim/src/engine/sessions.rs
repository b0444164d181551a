//! Temporary keys that were issued for roles, and the tokens of the metadata service.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::admin::SessionView;
use crate::clock::{after, before, wire_time};
use crate::config::{AccessKey, Switch};
use crate::dice::Dice;

/// What every secret that is issued begins with: a text in which it occurs has a leak.
pub const ISSUED_SECRET: &str = "sim/Issued+Secret=";
/// The same for security tokens.
pub const ISSUED_TOKEN: &str = "sim/Issued+Token=";

/// How long an expired key is known as one; after that it is an unknown key.
const REMEMBERED: Duration = Duration::from_hours(1);

/// A session of a role.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The key and its token.
    pub(crate) key: AccessKey,
    pub(crate) account: String,
    pub(crate) role: String,
    /// `RoleSessionName`.
    pub(crate) name: String,
}

impl Session {
    /// What STS, the metadata service and a credentials URI say of the key.
    pub(crate) fn credentials(&self) -> Value {
        use secrecy::ExposeSecret;
        json!({
            "AccessKeyId": self.key.id,
            "AccessKeySecret": self.key.secret.expose_secret(),
            "SecurityToken": self.key.security_token.as_ref().map(ExposeSecret::expose_secret),
            "Expiration": wire_time(self.expires()),
        })
    }

    fn expires(&self) -> Timestamp {
        self.key.expires.unwrap_or(Timestamp::MAX)
    }
}

/// For whom a key is issued.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) account: String,
    pub(crate) role: String,
    pub(crate) name: String,
    pub(crate) denied: BTreeSet<String>,
}

/// All of them, by the id of the key.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    issued: BTreeMap<String, Session>,
    metadata_tokens: BTreeMap<String, Timestamp>,
}

impl Sessions {
    /// Issues a key.
    pub(crate) fn issue(&mut self, order: Order, lifetime: Duration, dice: &mut Dice, now: Timestamp) -> Session {
        self.issued.retain(|_, session| session.expires() > before(now, REMEMBERED));
        let Order { account, role, name, denied } = order;
        let key = AccessKey {
            expires: Some(after(now, lifetime)),
            active: Switch::On,
            denied,
            ..AccessKey::new(format!("STS.{}", dice.word(20)), format!("{ISSUED_SECRET}{}", dice.word(20)))
                .with_token(format!("{ISSUED_TOKEN}{}", dice.word(60)))
        };
        let session = Session { key, account, role, name };
        self.issued.insert(session.key.id.clone(), session.clone());
        session
    }

    /// The session with this key.
    pub(crate) fn find(&self, key_id: &str) -> Option<&Session> {
        self.issued.get(key_id)
    }

    /// Every token that is good now expires.
    pub(crate) fn expire_all(&mut self, now: Timestamp) {
        for session in self.issued.values_mut() {
            session.key.expires = Some(session.expires().min(now));
        }
    }

    pub(crate) fn views(&self) -> Vec<SessionView> {
        let view = |session: &Session| SessionView {
            access_key_id: session.key.id.clone(),
            account: session.account.clone(),
            role: session.role.clone(),
            name: session.name.clone(),
            expires: session.expires(),
        };
        self.issued.values().map(view).collect()
    }

    /// A token that the metadata service takes for so long.
    pub(crate) fn metadata_token(&mut self, ttl: Duration, dice: &mut Dice, now: Timestamp) -> String {
        self.metadata_tokens.retain(|_, expires| *expires > now);
        let token = format!("{ISSUED_TOKEN}{}", dice.word(20));
        self.metadata_tokens.insert(token.clone(), after(now, ttl));
        token
    }

    /// Whether the metadata service takes it now.
    pub(crate) fn takes_metadata_token(&self, token: &str, now: Timestamp) -> bool {
        self.metadata_tokens.get(token).is_some_and(|expires| *expires > now)
    }
}
