//! Credentials that somebody hands over.

use futures::future::{self, BoxFuture};
use secrecy::{ExposeSecret, SecretString};

use super::{CredentialError, CredentialSource, Credentials, checked};

/// Credentials that never change.
#[derive(Clone, Debug)]
pub struct StaticCredentials {
    credentials: Credentials,
}

impl StaticCredentials {
    /// Takes credentials as they are. Refuses an empty part, and one with white space around it or other characters that
    /// no key has.
    pub fn new(credentials: Credentials) -> Result<Self, CredentialError> {
        checked("the AccessKey id", credentials.access_key_id.clone())?;
        checked_secret("the AccessKey secret", &credentials.access_key_secret)?;
        if let Some(token) = &credentials.security_token {
            checked_secret("the security token", token)?;
        }
        Ok(Self { credentials })
    }

    /// A long-lived key pair.
    pub fn key(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<String>,
    ) -> Result<Self, CredentialError> {
        Self::new(Credentials {
            access_key_id: access_key_id.into(),
            access_key_secret: SecretString::from(access_key_secret.into()),
            security_token: None,
        })
    }

    /// A temporary key pair with its security token, as STS issues them. It is never renewed.
    pub fn temporary(
        access_key_id: impl Into<String>,
        access_key_secret: impl Into<String>,
        security_token: impl Into<String>,
    ) -> Result<Self, CredentialError> {
        Self::new(Credentials {
            access_key_id: access_key_id.into(),
            access_key_secret: SecretString::from(access_key_secret.into()),
            security_token: Some(SecretString::from(security_token.into())),
        })
    }
}

fn checked_secret(setting: &str, secret: &SecretString) -> Result<(), CredentialError> {
    checked(setting, secret.expose_secret().to_owned()).map(drop)
}

impl CredentialSource for StaticCredentials {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(future::ready(Ok(self.credentials.clone())))
    }

    fn name(&self) -> &'static str {
        "static"
    }
}
