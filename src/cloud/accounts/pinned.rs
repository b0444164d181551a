//! Keys that may be replaced while the operator runs, held to the account whose services are worked on.
//!
//! A key of another account would make everything look deleted: its lists show none of our services. So a key that is new is asked for its
//! account before it signs anything.

use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{CredentialError, CredentialSource, Credentials, Error, ErrorKind, StaticCredentials};
use futures::future::BoxFuture;

use super::Clients;

/// A source of keys of one account.
#[derive(Debug)]
pub(super) struct Pinned {
    clients: Clients,
    account: String,
    /// Whose STS is asked.
    region: String,
    /// The id of the key that was last found to be the account's. An id never passes to another account.
    known: Mutex<Option<String>>,
    /// Held while somebody asks, so that many calls with a new key ask once.
    asking: tokio::sync::Mutex<()>,
}

impl Pinned {
    /// Clients that sign with keys of this account only; unchanged, where a source has one account for good.
    pub(super) fn clients(clients: &Clients, account: &str, region: &str) -> Clients {
        if !clients.credentials.account_may_change() {
            return clients.clone();
        }
        let pinned = Self {
            clients: clients.clone(),
            account: account.to_owned(),
            region: region.to_owned(),
            known: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        };
        Clients { credentials: Arc::new(pinned), ..clients.clone() }
    }

    async fn checked(&self) -> Result<Credentials, CredentialError> {
        let credentials = self.clients.credentials.load().await?;
        if self.knows(&credentials) {
            return Ok(credentials);
        }
        let _turn = self.asking.lock().await;
        // Those from before the wait may have been replaced meanwhile.
        let credentials = self.clients.credentials.load().await?;
        if self.knows(&credentials) {
            return Ok(credentials);
        }
        match self.account_of(&credentials).await? {
            Some(account) if account == self.account => {
                let known = Some(credentials.access_key_id.clone());
                *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
                Ok(credentials)
            }
            Some(_) => Err(CredentialError::Malformed {
                setting: format!("the access key {}", credentials.access_key_id),
                complaint: "belongs to another account than the services of these objects",
            }),
            // Nothing that is signed with it has an effect, and the provider's own answer says best what is wrong with it.
            None => Ok(credentials),
        }
    }

    fn knows(&self, credentials: &Credentials) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&credentials.access_key_id)
    }

    /// The account of a key; `None`: the provider does not accept it.
    async fn account_of(&self, credentials: &Credentials) -> Result<Option<String>, CredentialError> {
        let source = StaticCredentials::new(credentials.clone())?;
        let clients = Clients { credentials: Arc::new(source), ..self.clients.clone() };
        let unasked = |message: String| CredentialError::Fetch { message };
        let client = clients.for_region(&self.region).map_err(|error| unasked(error.to_string()))?;
        match client.caller_identity().await {
            Ok(identity) => Ok(Some(identity.account_id)),
            Err(error) if is_of_the_key(&error) => Ok(None),
            Err(error) => Err(unasked(error.to_string())),
        }
    }
}

fn is_of_the_key(error: &Error) -> bool {
    error.kind() == ErrorKind::Credential
}

impl CredentialSource for Pinned {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(self.checked())
    }

    fn invalidate(&self, refused: &Credentials) {
        self.clients.credentials.invalidate(refused);
    }

    fn account_may_change(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        self.clients.credentials.name()
    }

    fn origin(&self) -> String {
        self.clients.credentials.origin()
    }
}
