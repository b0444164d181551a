//! Credentials of a named profile, for runs on a person's machine: the configuration of the provider's CLI, and the shared credentials file.
//!
//! What a profile means is worked out from the text of the files alone ([`find`]); [`ProfileCredentials`] reads them.

mod cli;
mod ini;
mod section;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;
use secrecy::{ExposeSecret, SecretString};

use super::{
    AssumeRole, AssumeRoleCredentials, CredentialContext, CredentialError, CredentialSource, Credentials,
    CredentialsUri, Environment, InstanceRole, InstanceRoleCredentials, Rrsa, RrsaCredentials, StaticCredentials,
    UriCredentials,
};
use crate::sts::StsEndpoint;

const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";
const CLI_FILE: &str = "ALIBABA_CLOUD_CONFIG_FILE";
const CLI_DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";
const SHARED_FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";
const IGNORED: &str = "ALIBABA_CLOUD_IGNORE_PROFILE";

/// Where the CLI keeps its configuration, in a user's folder.
const CLI_PATH: &str = ".aliyun/config.json";

/// Where the shared file is, in a user's folder: under the name that most of the provider's libraries know, and that of the Python one.
const SHARED_PATHS: [&str; 2] = [".alibabacloud/credentials", ".alibabacloud/credentials.ini"];

/// How to get credentials, as a profile says.
pub(super) enum Recipe {
    Key(Credentials),
    InstanceRole(Option<String>),
    Rrsa(Rrsa),
    AssumeRole(AssumeRole, Box<Recipe>),
    Uri(CredentialsUri),
}

/// A profile that was found.
pub(super) struct Found {
    path: PathBuf,
    /// The whole file: another one is another profile.
    text: SecretString,
    recipe: Recipe,
    /// Where its roles are assumed, if not where everybody else's are.
    sts: Option<StsEndpoint>,
}

/// Reads a file; `None`: there is none.
pub(super) type ReadFile<'a> = &'a dyn Fn(&Path) -> Result<Option<String>, CredentialError>;

/// The profile that `ALIBABA_CLOUD_PROFILE` names, or else the current one of the CLI, or `default` of the shared file.
///
/// `None`: there is none, and nobody says that there should be. A file or profile that is named and not there is an error, and so is one
/// that cannot be used.
pub(super) fn find(environment: &Environment, read: ReadFile<'_>) -> Result<Option<Found>, CredentialError> {
    if environment.is_true(IGNORED) {
        return Ok(None);
    }
    let name = environment.get(PROFILE);
    if !environment.is_true(CLI_DISABLED)
        && let Some((path, text)) = open(environment, CLI_FILE, &[CLI_PATH], read)?
        && let Some((recipe, sts)) = cli::profile(&path, &text, name.as_deref())?
    {
        return Ok(Some(Found { path, text: SecretString::from(text), recipe, sts }));
    }
    if let Some((path, text)) = open(environment, SHARED_FILE, &SHARED_PATHS, read)?
        && let Some(recipe) = ini::profile(&path, &text, name.as_deref())?
    {
        return Ok(Some(Found { path, text: SecretString::from(text), recipe, sts: None }));
    }
    match name {
        Some(name) => {
            let message = format!(
                "no file has the profile {name:?} that {PROFILE} names; add it to ~/{CLI_PATH} or ~/{}",
                SHARED_PATHS[0]
            );
            Err(CredentialError::not_found(message))
        }
        None => Ok(None),
    }
}

/// The file that a variable names, or the first of these of the user's.
fn open(
    environment: &Environment,
    variable: &str,
    paths: &[&str],
    read: ReadFile<'_>,
) -> Result<Option<(PathBuf, String)>, CredentialError> {
    if let Some(path) = environment.get(variable).map(PathBuf::from) {
        let missing = || format!("the file {} that {variable} names is not there", path.display());
        let text = read(&path)?.ok_or_else(|| CredentialError::not_found(missing()))?;
        return Ok(Some((path, text)));
    }
    let Some(home) = CredentialContext::home(environment) else { return Ok(None) };
    for path in paths.iter().map(|path| home.join(path)) {
        if let Some(text) = read(&path)? {
            return Ok(Some((path, text)));
        }
    }
    Ok(None)
}

/// Reads a file of the machine.
pub(super) fn read_file(path: &Path) -> Result<Option<String>, CredentialError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        // The system's words name neither the file nor what is in it.
        Err(error) => Err(CredentialError::fetch(format!("the file {} cannot be read: {error}", path.display()))),
    }
}

/// Credentials of a profile of `~/.aliyun/config.json` (the provider's CLI) or `~/.alibabacloud/credentials`, as the environment names it.
///
/// Of the CLI's modes those that need no person and no other program are understood: `AK`, `StsToken`, `RamRoleArn`,
/// `ChainableRamRoleArn`, `EcsRamRole`, `OIDC` and `CredentialsURI`. The files are read at each load; one that has changed counts from then on.
/// They are never written.
pub struct ProfileCredentials {
    context: CredentialContext,
    current: Mutex<Option<Current>>,
}

/// The source that a file's text led to.
#[derive(Clone)]
struct Current {
    path: PathBuf,
    text: SecretString,
    source: Arc<dyn CredentialSource>,
}

impl ProfileCredentials {
    /// Looks where the environment of the context says. Reads nothing yet.
    pub fn new(context: CredentialContext) -> Self {
        Self { context, current: Mutex::default() }
    }

    fn source(&self) -> Result<Arc<dyn CredentialSource>, CredentialError> {
        let found = find(self.context.environment(), &read_file)?;
        let missing = || {
            let (shared, variable) = (SHARED_PATHS[0], PROFILE);
            format!("there is no profile in ~/{CLI_PATH} or ~/{shared}; add one, or name it in {variable}")
        };
        let Found { path, text, recipe, sts } = found.ok_or_else(|| CredentialError::not_found(missing()))?;
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |current: &&Current| current.path == path && current.text.expose_secret() == text.expose_secret();
        if let Some(current) = current.as_ref().filter(is_same) {
            return Ok(Arc::clone(&current.source));
        }
        let context = match sts {
            Some(endpoint) => self.context.clone().sts(endpoint),
            None => self.context.clone(),
        };
        let source = build(&context, recipe)?;
        *current = Some(Current { path, text, source: Arc::clone(&source) });
        Ok(source)
    }
}

fn build(context: &CredentialContext, recipe: Recipe) -> Result<Arc<dyn CredentialSource>, CredentialError> {
    Ok(match recipe {
        Recipe::Key(credentials) => Arc::new(StaticCredentials::new(credentials)?),
        Recipe::InstanceRole(name) => Arc::new(InstanceRoleCredentials::new(context, InstanceRole::of(name))?),
        Recipe::Rrsa(rrsa) => Arc::new(RrsaCredentials::new(context, rrsa)?),
        Recipe::AssumeRole(role, base) => Arc::new(AssumeRoleCredentials::new(context, build(context, *base)?, role)?),
        Recipe::Uri(uri) => Arc::new(UriCredentials::new(context, uri)),
    })
}

impl fmt::Debug for ProfileCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileCredentials").finish_non_exhaustive()
    }
}

impl CredentialSource for ProfileCredentials {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(async { self.source()?.load().await })
    }

    fn invalidate(&self, refused: &Credentials) {
        if let Some(current) = self.current.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            current.source.invalidate(refused);
        }
    }

    fn account_may_change(&self) -> bool {
        true
    }

    fn name(&self) -> &'static str {
        "profile"
    }

    fn origin(&self) -> String {
        let current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let file = |current: &Current| format!("the profile in {}", current.path.display());
        current.as_ref().map_or_else(|| format!("the profile in ~/{CLI_PATH} or ~/{}", SHARED_PATHS[0]), file)
    }
}

#[cfg(test)]
mod tests;
