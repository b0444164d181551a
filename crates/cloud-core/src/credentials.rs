//! Who is calling: keys, and where they come from.
//!
//! A source is a [`CredentialSource`]. Those that need nobody (environment, files, static) read at each load; those that ask
//! somebody (RRSA, instance role, URI, `AssumeRole`) share one cache, which renews what it has before it expires. What they need to
//! ask is a [`CredentialContext`].

mod assume_role;
mod context;
mod default_chain;
mod environment;
mod fetch;
mod files;
mod fixed;
mod instance_role;
mod issued;
mod profile;
mod refresh;
mod rrsa;
mod sts_errors;
mod uri;

use std::fmt;

use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

pub use assume_role::{AssumeRole, AssumeRoleCredentials};
pub use context::{ContextError, CredentialContext};
pub use default_chain::DefaultCredentials;
pub use environment::{Environment, EnvironmentCredentials};
pub use files::FileCredentials;
pub use fixed::StaticCredentials;
pub use instance_role::{InstanceRole, InstanceRoleCredentials};
pub(crate) use issued::IssuedFields;
pub use profile::ProfileCredentials;
pub use rrsa::{Rrsa, RrsaCredentials};
pub use uri::{CredentialsUri, UriCredentials};

/// A key pair, with a security token when the key is a temporary one.
///
/// The secret and the token are unprintable: `Debug` shows neither.
#[derive(Clone)]
pub struct Credentials {
    /// `AccessKey` id. Not secret: it stands in every request.
    pub access_key_id: String,
    /// `AccessKey` secret, the key of the signature.
    pub access_key_secret: SecretString,
    /// Security token of a temporary key.
    pub security_token: Option<SecretString>,
}

impl Credentials {
    /// Whether they expire: keys from STS carry a token, and their id begins with `STS.`.
    pub fn are_temporary(&self) -> bool {
        self.security_token.is_some() || self.access_key_id.starts_with("STS.")
    }

    /// The parts that no text may show.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        std::iter::once(&self.access_key_secret).chain(&self.security_token)
    }

    /// Whether they are these to the letter.
    pub(crate) fn are(&self, others: &Self) -> bool {
        let token = |of: &Self| of.security_token.as_ref().map(|token| token.expose_secret().to_owned());
        self.access_key_id == others.access_key_id
            && self.access_key_secret.expose_secret() == others.access_key_secret.expose_secret()
            && token(self) == token(others)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("access_key_secret", &"[redacted]")
            .field("security_token", &self.security_token.as_ref().map(|_| "[redacted]"))
            .finish()
    }
}

/// A place that credentials come from.
pub trait CredentialSource: Send + Sync + fmt::Debug {
    /// The credentials to sign with now. Called before every attempt: a source that must ask somebody keeps what it got
    /// until it is about to expire.
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>>;

    /// Forgets what is kept: the provider said that the credentials are no good. The next `load` fetches again.
    ///
    /// `refused` are the credentials that the provider refused, so that a source which has fetched newer ones in the
    /// meantime can keep those.
    fn invalidate(&self, refused: &Credentials) {
        let _ = refused;
    }

    /// Whether the keys may be replaced by those of another account while the process runs. A program that works on the services of
    /// one account asks whose a new key is before it signs with it.
    fn account_may_change(&self) -> bool {
        false
    }

    /// A short name for messages, as in "failed to load credentials from environment".
    fn name(&self) -> &'static str;

    /// Where a person corrects a key that is refused: the variables, the files, or who issues it. For messages; never holds a secret.
    fn origin(&self) -> String {
        self.name().to_owned()
    }
}

/// Why a source has no credentials to give. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// A setting is not there.
    #[error("failed to find {setting}: it is not set; set it, or give credentials another way")]
    Missing {
        /// The variable, key or field.
        setting: String,
    },
    /// A setting cannot be what is meant.
    #[error("failed to use {setting}: it {complaint}")]
    Malformed {
        /// The variable, key or field.
        setting: String,
        /// What is wrong, as the end of a sentence.
        complaint: &'static str,
    },
    /// There is nothing of what the source needs, or not all of it.
    #[error("failed to find credentials: {message}")]
    NotFound {
        /// What is missing, and what to do.
        message: String,
    },
    /// The place that issues credentials could not be asked, or gave no answer that can be used. It may pass.
    #[error("failed to fetch credentials: {message}")]
    Fetch {
        /// What went wrong, without secrets.
        message: String,
    },
    /// The place that issues credentials refused. It stays so until somebody changes something.
    #[error("failed to get credentials: {message}")]
    Refused {
        /// What it said, without secrets, and what to do.
        message: String,
    },
}

impl CredentialError {
    pub(crate) fn malformed(setting: impl Into<String>, complaint: &'static str) -> Self {
        Self::Malformed { setting: setting.into(), complaint }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound { message: message.into() }
    }

    pub(crate) fn fetch(message: impl Into<String>) -> Self {
        Self::Fetch { message: message.into() }
    }

    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::Refused { message: message.into() }
    }
}

/// Checks one part of a key. A line feed at the end of a Secret's value is the usual cause of a signature that does not
/// match; nothing is trimmed silently, because then the key in the Secret and the key in use would differ.
fn checked(setting: &str, value: String) -> Result<String, CredentialError> {
    let malformed = |complaint| Err(CredentialError::Malformed { setting: setting.to_owned(), complaint });
    if value.is_empty() {
        return malformed("is empty");
    }
    if value.trim() != value {
        return malformed("has white space around it; remove that, a line feed at its end included");
    }
    if !value.chars().all(|character| character.is_ascii_graphic()) {
        return malformed("has characters that no key has");
    }
    Ok(value)
}
