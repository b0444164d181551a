//! RRSA, RAM roles for service accounts: the token of a Kubernetes service account is exchanged for credentials of a role.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::{self, BoxFuture};
use secrecy::SecretString;

use super::assume_role::{DURATION, checked_duration, checked_role_arn, checked_session_name, seconds};
use super::issued::Issued;
use super::refresh::{FromIssuer, Issuer, Refreshed};
use super::sts_errors::from_sts;
use super::{CredentialContext, CredentialError, CredentialSource, Credentials, Environment, checked};
use crate::call::Engine;
use crate::clock::Clock;
use crate::sts::{AssumeRoleWithOidcRequest, assume_role_with_oidc};

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";
const SESSION_NAME: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";

/// Which role, by which identity provider, with which token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rrsa {
    role_arn: String,
    provider_arn: String,
    token_file: PathBuf,
    session_name: Option<String>,
    duration: Duration,
}

impl Rrsa {
    /// The role's ARN, the identity provider's ARN (`acs:ram::<account>:oidc-provider/<name>`), and the file with the token, for sessions
    /// of one hour.
    pub fn of(role_arn: impl Into<String>, provider_arn: impl Into<String>, token_file: impl Into<PathBuf>) -> Self {
        Self {
            role_arn: role_arn.into(),
            provider_arn: provider_arn.into(),
            token_file: token_file.into(),
            session_name: None,
            duration: DURATION,
        }
    }

    /// What the session is called in the provider's audit log: 2 to 64 letters, digits and `.@-_`. Default: that of the context.
    #[must_use]
    pub fn session_name(mut self, name: impl Into<String>) -> Self {
        self.session_name = Some(name.into());
        self
    }

    /// How long a session lasts: 15 minutes to 12 hours, and no longer than the role allows. One hour by default.
    #[must_use]
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = duration;
        self
    }

    /// What `ack-pod-identity-webhook` puts into the environment of a pod: `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
    /// `ALIBABA_CLOUD_OIDC_TOKEN_FILE`; also `ALIBABA_CLOUD_ROLE_SESSION_NAME`.
    ///
    /// `None`: none of the three is set. One or two of them are an error that names what is missing: whoever set them wants RRSA, and not
    /// the role of the node.
    pub fn from_environment(environment: &Environment) -> Result<Option<Self>, CredentialError> {
        let of = |name: &'static str| environment.get(name).ok_or(name);
        match (of(ROLE_ARN), of(PROVIDER_ARN), of(TOKEN_FILE)) {
            (Ok(role_arn), Ok(provider_arn), Ok(token_file)) => Ok(Some(Self {
                session_name: environment.get(SESSION_NAME),
                ..Self::of(role_arn, provider_arn, token_file)
            })),
            (Err(_), Err(_), Err(_)) => Ok(None),
            (role, provider, file) => {
                let missing: Vec<&str> = [role, provider, file].into_iter().filter_map(Result::err).collect();
                Err(not_set(&missing.join(" and ")))
            }
        }
    }

    /// The same, where there must be something.
    pub fn required_from_environment(environment: &Environment) -> Result<Self, CredentialError> {
        Self::from_environment(environment)?.ok_or_else(|| not_set("none of them"))
    }
}

fn not_set(missing: &str) -> CredentialError {
    let set = if missing.starts_with("none") { "is set" } else { "is not set" };
    CredentialError::not_found(format!(
        "RRSA needs {ROLE_ARN}, {PROVIDER_ARN} and {TOKEN_FILE}, and {missing} {set}; let ack-pod-identity-webhook set them, or \
         set them and mount the token"
    ))
}

/// Credentials that STS issues to a service account of Kubernetes: `AssumeRoleWithOIDC`.
///
/// The exchange is not signed; the token goes in the body, so that no log of URLs holds it. The token's file is read for each exchange,
/// because the kubelet replaces it. The credentials are renewed before they expire.
#[derive(Debug)]
pub struct RrsaCredentials {
    refreshed: Refreshed<Exchange>,
}

impl RrsaCredentials {
    /// Exchanges the token as `rrsa` says. Reads and asks nothing yet.
    pub fn new(context: &CredentialContext, rrsa: Rrsa) -> Result<Self, CredentialError> {
        let Rrsa { role_arn, provider_arn, token_file, session_name, duration } = rrsa;
        let is_provider = provider_arn.starts_with("acs:ram::") && provider_arn.contains(":oidc-provider/");
        if !is_provider {
            let complaint = "is no ARN of an identity provider; give acs:ram::<account>:oidc-provider/<name>";
            return Err(CredentialError::malformed(PROVIDER_ARN, complaint));
        }
        let clock = context.shared_clock();
        let issuer = Exchange {
            engine: context.sts_engine(Arc::new(Nobody)),
            role_arn: checked_role_arn(ROLE_ARN, role_arn)?,
            provider_arn: checked(PROVIDER_ARN, provider_arn)?,
            token_file,
            session_name: checked_session_name(session_name.unwrap_or_else(|| context.default_session_name()))?,
            duration_seconds: checked_duration(duration)?,
            clock: Arc::clone(&clock),
        };
        Ok(Self { refreshed: Refreshed::new(issuer, clock) })
    }
}

#[derive(Debug)]
pub(super) struct Exchange {
    engine: Engine,
    role_arn: String,
    provider_arn: String,
    token_file: PathBuf,
    session_name: String,
    duration_seconds: u64,
    clock: Arc<dyn Clock>,
}

impl Exchange {
    async fn exchange(&self) -> Result<Issued, CredentialError> {
        let asked = self.clock.now();
        let request = AssumeRoleWithOidcRequest {
            role_arn: self.role_arn.clone(),
            provider_arn: self.provider_arn.clone(),
            session_name: self.session_name.clone(),
            duration_seconds: self.duration_seconds,
            token: read_token(&self.token_file)?,
        };
        let answer = assume_role_with_oidc(&self.engine, request).await.map_err(|error| from_sts(&error))?;
        Ok(answer.credentials.issued("STS")?.requested_for(seconds(self.duration_seconds), asked))
    }
}

/// The token, without the line feed that an editor may have put behind it: a token in base64 has none.
fn read_token(file: &Path) -> Result<SecretString, CredentialError> {
    let place = format!("the token file {}", file.display());
    let text = std::fs::read_to_string(file).map_err(|error| {
        // The system's words name neither the file nor what is in it.
        let remedy = "mount a projected service account token with the audience sts.aliyuncs.com there";
        CredentialError::not_found(format!("{place} ({TOKEN_FILE}) cannot be read: {error}; {remedy}"))
    })?;
    checked(&place, text.trim_end_matches(['\r', '\n']).to_owned()).map(SecretString::from)
}

impl Issuer for Exchange {
    fn issue(&self) -> BoxFuture<'_, Result<Issued, CredentialError>> {
        Box::pin(self.exchange())
    }

    fn name(&self) -> &'static str {
        "rrsa"
    }

    fn origin(&self) -> String {
        format!("the role {}, for the token in the file {}", self.role_arn, self.token_file.display())
    }
}

/// Who signs calls that nobody signs.
#[derive(Debug)]
struct Nobody;

impl CredentialSource for Nobody {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(future::ready(Err(CredentialError::not_found("this call is not signed"))))
    }

    fn name(&self) -> &'static str {
        "nobody"
    }
}

impl FromIssuer for RrsaCredentials {
    type Issuer = Exchange;

    fn refreshed(&self) -> &Refreshed<Self::Issuer> {
        &self.refreshed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &'static [(&'static str, &'static str)]) -> Result<Option<Rrsa>, String> {
        let environment = Environment::from_lookup(move |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        });
        Rrsa::from_environment(&environment).map_err(|error| error.to_string())
    }

    #[test]
    fn three_variables_or_none() {
        let all = &[(ROLE_ARN, "r"), (PROVIDER_ARN, "p"), (TOKEN_FILE, "/t"), (SESSION_NAME, "s")];
        assert_eq!(from(all), Ok(Some(Rrsa::of("r", "p", "/t").session_name("s"))));
        assert_eq!(
            from(&[(ROLE_ARN, "r"), (PROVIDER_ARN, "p"), (TOKEN_FILE, "/t")]),
            Ok(Some(Rrsa::of("r", "p", "/t")))
        );
        assert_eq!(from(&[(SESSION_NAME, "s"), (ROLE_ARN, "")]), Ok(None));
    }

    #[test]
    fn what_is_missing_of_the_three_is_named() {
        let table: [(&'static [(&'static str, &'static str)], &str); 4] = [
            (&[(PROVIDER_ARN, "p"), (TOKEN_FILE, "/t")], "and ALIBABA_CLOUD_ROLE_ARN is not set;"),
            (&[(ROLE_ARN, "r"), (TOKEN_FILE, "/t")], "and ALIBABA_CLOUD_OIDC_PROVIDER_ARN is not set;"),
            (
                &[(ROLE_ARN, "r"), (PROVIDER_ARN, "p"), (TOKEN_FILE, "")],
                "and ALIBABA_CLOUD_OIDC_TOKEN_FILE is not set;",
            ),
            (&[(ROLE_ARN, "r")], "and ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE is not set;"),
        ];
        for (variables, expected) in table {
            let found = from(variables).unwrap_err();
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn a_token_file_that_is_missing_or_holds_no_token_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let found = || read_token(&file).map(|_| ()).unwrap_err().to_string();
        assert!(found().contains(&format!("the token file {} (ALIBABA_CLOUD_OIDC_TOKEN_FILE)", file.display())));
        std::fs::write(&file, "\n").unwrap();
        assert!(found().ends_with("token: it is empty"), "{}", found());
        std::fs::write(&file, "a b").unwrap();
        assert!(found().ends_with("it has characters that no key has"), "{}", found());
        std::fs::write(&file, "a.b.c\n").unwrap();
        assert!(read_token(&file).is_ok());
    }
}
