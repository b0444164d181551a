//! Credentials from a URI that serves them: a helper beside the program, or a service of the platform.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use http::{Method, StatusCode, Uri};
use url::{Host, Url};

use super::fetch::{refused, request, send, server_time, unanswered};
use super::issued::{Issued, IssuedFields};
use super::refresh::{FromIssuer, Issuer, Refreshed};
use super::{CredentialContext, CredentialError, Environment};
use crate::clock::Clock;
use crate::transport::Transport;

const VARIABLE: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// Who it is in messages: the URI itself may hold a secret.
const ISSUER: &str = "the credentials URI";

const REMEDY: &str = "correct ALIBABA_CLOUD_CREDENTIALS_URI, or what serves it";

/// For the one request; the provider's libraries wait as long to connect.
const DEADLINE: Duration = Duration::from_secs(5);

/// A URI that serves credentials. Its path and query may be secret, so only scheme and host are printed.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialsUri {
    uri: Uri,
    is_local: bool,
}

impl CredentialsUri {
    /// Checks a URI. It must be one with `https`, or with `http` to this very machine: who listens on the way would have the key.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let malformed = |complaint| CredentialError::malformed(VARIABLE, complaint);
        let url = Url::parse(text).map_err(|_| malformed("is no URL"))?;
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if !(url.scheme() == "https" && url.has_host() || url.scheme() == "http" && is_local) {
            return Err(malformed(
                "must begin with https://, or with http:// and name this machine, such as localhost",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(malformed("must not hold a user or password"));
        }
        let uri = url.as_str().split('#').next().unwrap_or_default().parse().map_err(|_| malformed("is no URL"))?;
        Ok(Self { uri, is_local })
    }

    /// What `ALIBABA_CLOUD_CREDENTIALS_URI` says; `None`: it is not set.
    pub fn from_environment(environment: &Environment) -> Result<Option<Self>, CredentialError> {
        environment.get(VARIABLE).map(|text| Self::parse(&text)).transpose()
    }

    /// The same, where there must be something.
    pub fn required_from_environment(environment: &Environment) -> Result<Self, CredentialError> {
        Self::from_environment(environment)?.ok_or_else(|| CredentialError::Missing { setting: VARIABLE.to_owned() })
    }
}

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsUri")
            .field("scheme", &self.uri.scheme_str())
            .field("host", &self.uri.host())
            .finish_non_exhaustive()
    }
}

/// Credentials that a URI serves, as a JSON object with `AccessKeyId`, `AccessKeySecret`, `SecurityToken` and `Expiration`.
///
/// They are renewed before they expire. A URI of this machine is never asked through a proxy.
#[derive(Debug)]
pub struct UriCredentials {
    refreshed: Refreshed<Server>,
}

impl UriCredentials {
    /// Asks this URI. Asks nothing yet.
    pub fn new(context: &CredentialContext, uri: CredentialsUri) -> Self {
        let clock = context.shared_clock();
        let transport = if uri.is_local { context.direct_transport() } else { context.transport() };
        let server = Server { uri, transport, clock: Arc::clone(&clock) };
        Self { refreshed: Refreshed::new(server, clock) }
    }
}

#[derive(Debug)]
pub(super) struct Server {
    uri: CredentialsUri,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

impl Server {
    async fn exchange(&self) -> Result<Issued, CredentialError> {
        let request = request(Method::GET, self.uri.uri.clone(), Vec::new());
        let answer = send(self.transport.as_ref(), request, DEADLINE)
            .await
            .map_err(|error| unanswered(ISSUER, &error, REMEDY))?;
        if answer.status() != StatusCode::OK {
            return Err(refused(ISSUER, &answer, REMEDY));
        }
        let issued = IssuedFields::parse(ISSUER, answer.body())?.issued(ISSUER)?;
        Ok(issued.by_clock_of_issuer(server_time(&answer), self.clock.now()))
    }
}

impl Issuer for Server {
    fn issue(&self) -> BoxFuture<'_, Result<Issued, CredentialError>> {
        Box::pin(self.exchange())
    }

    fn name(&self) -> &'static str {
        "uri"
    }

    fn origin(&self) -> String {
        format!("the URI in {VARIABLE}")
    }

    fn account_may_change(&self) -> bool {
        true
    }
}

impl FromIssuer for UriCredentials {
    type Issuer = Server;

    fn refreshed(&self) -> &Refreshed<Self::Issuer> {
        &self.refreshed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_may_be_asked_without_encryption() {
        let local = [
            "http://localhost:1/a?b=c",
            "http://127.0.0.1/",
            "http://127.9.9.9:80",
            "http://[::1]:8080/x",
            "https://localhost/",
        ];
        for text in local {
            assert!(CredentialsUri::parse(text).unwrap().is_local, "{text}");
        }
        assert!(!CredentialsUri::parse("https://keys.example/path#part").unwrap().is_local);
        let bad = [
            "http://10.0.0.1/",
            "http://keys.example/",
            "http://localhost.example/",
            "ftp://localhost/",
            "localhost:80",
            "file:///etc/key",
            "",
            "https://canary:canary@keys.example/",
        ];
        for text in bad {
            let error = CredentialsUri::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("failed to use ALIBABA_CLOUD_CREDENTIALS_URI: it "), "{text}: {error}");
            assert!(!error.contains("canary"), "{error}");
        }
    }

    #[test]
    fn path_and_query_are_not_printed() {
        let uri = CredentialsUri::parse("https://keys.example/canary?canary").unwrap();
        let text = format!("{uri:?} {uri:#?}");
        assert!(text.contains("keys.example") && !text.contains("canary"), "{text}");
    }
}
