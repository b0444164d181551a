//! Credentials from environment variables.

use std::fmt;
use std::sync::Arc;

use futures::future::{self, BoxFuture};
use secrecy::SecretString;

use super::{CredentialError, CredentialSource, Credentials, checked};

/// The variables that a source is set up by: those of the process, or of any other place.
///
/// An empty variable counts as one that is not set, as in the provider's own libraries.
#[derive(Clone)]
pub struct Environment {
    lookup: Arc<Lookup>,
}

impl Environment {
    /// The environment of this process.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads credentials from the environment")]
    pub fn from_process() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Any other place that has a text for a variable's name.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { lookup: Arc::new(lookup) }
    }

    /// A variable's value, unless it is empty.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// Whether a variable is a switch that is on: `true` in any case, or `1`.
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value == "1" || value.eq_ignore_ascii_case("true"))
    }
}

/// No values: one of them may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

const ACCESS_KEY_ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const ACCESS_KEY_SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const SECURITY_TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// A key pair from `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`; with
/// `ALIBABA_CLOUD_SECURITY_TOKEN` set and not empty, a temporary one.
///
/// The variables are read at each load. A value with white space around it is refused with an error that names the
/// variable.
#[derive(Clone)]
pub struct EnvironmentCredentials {
    environment: Environment,
}

impl EnvironmentCredentials {
    /// The environment of this process.
    pub fn from_process() -> Self {
        Self::of(Environment::from_process())
    }

    /// Any other place that has a text for a variable's name.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self::of(Environment::from_lookup(lookup))
    }

    /// The variables of this environment.
    pub fn of(environment: Environment) -> Self {
        Self { environment }
    }

    /// Whether any of the variables is set.
    pub(super) fn are_meant(environment: &Environment) -> bool {
        [ACCESS_KEY_ID, ACCESS_KEY_SECRET, SECURITY_TOKEN].iter().any(|name| environment.get(name).is_some())
    }

    fn read(&self) -> Result<Credentials, CredentialError> {
        Ok(Credentials {
            access_key_id: self.required(ACCESS_KEY_ID)?,
            access_key_secret: SecretString::from(self.required(ACCESS_KEY_SECRET)?),
            security_token: self.optional(SECURITY_TOKEN)?.map(SecretString::from),
        })
    }

    fn required(&self, name: &str) -> Result<String, CredentialError> {
        self.optional(name)?.ok_or_else(|| CredentialError::Missing { setting: name.to_owned() })
    }

    fn optional(&self, name: &str) -> Result<Option<String>, CredentialError> {
        self.environment.get(name).map(|value| checked(name, value)).transpose()
    }
}

impl fmt::Debug for EnvironmentCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentCredentials").finish_non_exhaustive()
    }
}

impl CredentialSource for EnvironmentCredentials {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(future::ready(self.read()))
    }

    fn name(&self) -> &'static str {
        "environment"
    }

    fn origin(&self) -> String {
        format!("the variables {ACCESS_KEY_ID} and {ACCESS_KEY_SECRET}")
    }
}
