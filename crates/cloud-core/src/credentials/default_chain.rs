//! The provider's default chain: which source is meant when nobody names one.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use futures::future::BoxFuture;

use super::instance_role::Presence;
use super::profile::{ReadFile, find, read_file};
use super::{
    CredentialContext, CredentialError, CredentialSource, Credentials, CredentialsUri, Environment,
    EnvironmentCredentials, InstanceRole, InstanceRoleCredentials, ProfileCredentials, Rrsa, RrsaCredentials,
    UriCredentials,
};

/// The source that is meant.
#[derive(Clone, PartialEq, Eq)]
enum Choice {
    Environment,
    Rrsa(Rrsa),
    Profile,
    /// The role that the environment names.
    NamedRole,
    /// The role of the instance, if it has one; else what the environment says of a URI.
    RoleOr(Option<CredentialsUri>),
    Uri(CredentialsUri),
}

/// The first source of the provider's order that is meant, by what the environment and the files say.
///
/// A source that is meant and cannot be used, because a part of it is missing or wrong, is an error: the next one, and in the end the role of
/// the node, would be somebody else.
fn choose(environment: &Environment, read: ReadFile<'_>) -> Result<Choice, CredentialError> {
    if EnvironmentCredentials::are_meant(environment) {
        return Ok(Choice::Environment);
    }
    if let Some(rrsa) = Rrsa::from_environment(environment)? {
        return Ok(Choice::Rrsa(rrsa));
    }
    if find(environment, read)?.is_some() {
        return Ok(Choice::Profile);
    }
    let uri = CredentialsUri::from_environment(environment)?;
    if !InstanceRole::is_disabled(environment) {
        let is_named = InstanceRole::from_environment(environment)?.has_name();
        return Ok(if is_named { Choice::NamedRole } else { Choice::RoleOr(uri) });
    }
    uri.map(Choice::Uri).ok_or_else(|| CredentialError::not_found(nothing("the instance's role is disabled")))
}

fn nothing(about_role: &str) -> String {
    format!(
        "neither ALIBABA_CLOUD_ACCESS_KEY_ID, nor ALIBABA_CLOUD_OIDC_TOKEN_FILE, nor ALIBABA_CLOUD_CREDENTIALS_URI is set, there is \
         no profile in the user's files, and {about_role}; set up one of them"
    )
}

/// Credentials of the first of these that is set up, in the order that the provider documents: a key in the environment; RRSA in the
/// environment; a profile of the CLI; one of the shared credentials file; the role of the ECS instance; a credentials URI.
///
/// A source that is set up and fails is an error, never a reason to go on to the next: the last but one of them, the role of the node, is
/// another identity. Only the instance's role, when the environment does not name it, is looked for: without a metadata service or a role
/// the URI counts. (In that order an instance with a role hides the URI; `ALIBABA_CLOUD_ECS_METADATA_DISABLED=true` uncovers it.)
///
/// The first source that gave credentials is kept; until then each load chooses anew.
pub struct DefaultCredentials {
    context: CredentialContext,
    chosen: Mutex<Option<Chosen>>,
    /// Held while a choice is made, so that many first loads look for a role once.
    choosing: tokio::sync::Mutex<()>,
}

#[derive(Clone)]
struct Chosen {
    choice: Choice,
    source: Arc<dyn CredentialSource>,
    /// It gave credentials once.
    is_settled: bool,
}

impl DefaultCredentials {
    /// Chooses by the environment of the context. Asks nothing yet.
    pub fn new(context: CredentialContext) -> Self {
        Self { context, chosen: Mutex::default(), choosing: tokio::sync::Mutex::default() }
    }

    /// The source that was chosen, for messages; `None`: none has given credentials yet.
    pub fn chosen(&self) -> Option<&'static str> {
        self.present().filter(|chosen| chosen.is_settled).map(|chosen| chosen.source.name())
    }

    async fn credentials(&self) -> Result<Credentials, CredentialError> {
        if let Some(chosen) = self.present().filter(|chosen| chosen.is_settled) {
            return chosen.source.load().await;
        }
        let chosen = {
            let _turn = self.choosing.lock().await;
            let chosen = self.choose().await?;
            self.keep(chosen.clone());
            chosen
        };
        let credentials = chosen.source.load().await?;
        self.keep(Chosen { is_settled: true, ..chosen });
        Ok(credentials)
    }

    /// Chooses. A source that was chosen before is kept, with what it remembers of failures.
    async fn choose(&self) -> Result<Chosen, CredentialError> {
        let choice = choose(self.context.environment(), &read_file)?;
        if let Some(chosen) = self.present().filter(|chosen| chosen.choice == choice) {
            return Ok(chosen);
        }
        let source = self.source(&choice).await?;
        Ok(Chosen { choice, source, is_settled: false })
    }

    async fn source(&self, choice: &Choice) -> Result<Arc<dyn CredentialSource>, CredentialError> {
        let context = &self.context;
        let role = || InstanceRoleCredentials::new(context, InstanceRole::from_environment(context.environment())?);
        Ok(match choice {
            Choice::Environment => Arc::new(EnvironmentCredentials::of(context.environment().clone())),
            Choice::Rrsa(rrsa) => Arc::new(RrsaCredentials::new(context, rrsa.clone())?),
            Choice::Profile => Arc::new(ProfileCredentials::new(context.clone())),
            Choice::NamedRole => Arc::new(role()?),
            Choice::Uri(uri) => Arc::new(UriCredentials::new(context, uri.clone())),
            Choice::RoleOr(uri) => {
                let role = role()?;
                match (role.presence().await?, uri) {
                    (Presence::Role, _) => Arc::new(role),
                    (_, Some(uri)) => Arc::new(UriCredentials::new(context, uri.clone())),
                    (Presence::NoRole, None) => {
                        return Err(CredentialError::not_found(nothing("the instance has no RAM role")));
                    }
                    // It may be that it only does not answer now.
                    (Presence::NoService(error), None) => {
                        let about = format!("no metadata service of an ECS instance answers ({error})");
                        return Err(CredentialError::fetch(nothing(&about)));
                    }
                }
            }
        })
    }

    fn present(&self) -> Option<Chosen> {
        self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a choice, unless another load settled one in the meantime.
    fn keep(&self, chosen: Chosen) {
        let mut present = self.chosen.lock().unwrap_or_else(PoisonError::into_inner);
        if !present.as_ref().is_some_and(|present| present.is_settled) {
            *present = Some(chosen);
        }
    }
}

impl fmt::Debug for DefaultCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultCredentials").field("chosen", &self.chosen()).finish_non_exhaustive()
    }
}

impl CredentialSource for DefaultCredentials {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(self.credentials())
    }

    fn invalidate(&self, refused: &Credentials) {
        if let Some(chosen) = self.present() {
            chosen.source.invalidate(refused);
        }
    }

    /// A profile's may, and it is not known yet which source it is.
    fn account_may_change(&self) -> bool {
        self.present().is_none_or(|chosen| chosen.source.account_may_change())
    }

    fn name(&self) -> &'static str {
        "default"
    }

    fn origin(&self) -> String {
        self.present().map_or_else(|| self.name().to_owned(), |chosen| chosen.source.origin())
    }
}

#[cfg(test)]
mod tests;
