//! Credentials of the role of the ECS instance, from its metadata service.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::header::{HeaderName, HeaderValue};
use http::{Method, Response, StatusCode, Uri};

use super::fetch::{refused, request, send, server_time, unanswered};
use super::issued::{Issued, IssuedFields};
use super::refresh::{FromIssuer, Issuer, Refreshed};
use super::{CredentialContext, CredentialError, Environment};
use crate::address::Address;
use crate::clock::Clock;
use crate::transport::{Transport, TransportError};

const ROLE: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";

const ENDPOINT: &str = "ALIBABA_CLOUD_IMDS_ENDPOINT";

/// Where the metadata service of an instance is.
const ADDRESS: &str = "http://100.100.100.200";

/// Who it is in messages.
const SERVICE: &str = "the metadata service of the instance";

/// For one request. It is answered on the same host, in milliseconds; the provider's libraries wait for 1 s, and a machine without that
/// service has only this to wait for.
const DEADLINE: Duration = Duration::from_secs(2);

const TTL_HEADER: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token-ttl-seconds");
const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token");

/// How long the metadata token is good, in seconds. It is used for two requests that follow at once.
const TTL: HeaderValue = HeaderValue::from_static("60");

const ROLES: &str = "/latest/meta-data/ram/security-credentials/";

const NO_SERVICE: &str = "run on an ECS instance whose pods may reach 100.100.100.200, name another address in \
                          ALIBABA_CLOUD_IMDS_ENDPOINT, or give credentials another way";

const NO_ROLE: &str = "attach a RAM role to the instance, or give credentials another way";

/// Which role of the instance, and where its metadata service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceRole {
    name: Option<String>,
    address: String,
}

impl InstanceRole {
    /// The role with this name; `None`: the service says its name, an instance has one at most.
    pub fn of(name: Option<String>) -> Self {
        Self { name, address: ADDRESS.to_owned() }
    }

    /// What the environment says: `ALIBABA_CLOUD_ECS_METADATA` is the role's name, `ALIBABA_CLOUD_IMDS_ENDPOINT` another address of the
    /// service. `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is an error.
    pub fn from_environment(environment: &Environment) -> Result<Self, CredentialError> {
        if Self::is_disabled(environment) {
            let complaint = "is set, so the instance's role may not be used; unset it, or give credentials another way";
            return Err(CredentialError::malformed(DISABLED, complaint));
        }
        let role = Self::of(environment.get(ROLE));
        match environment.get(ENDPOINT) {
            Some(text) => Ok(role.address(checked_address(&text)?)),
            None => Ok(role),
        }
    }

    /// Another address of the service, as scheme, host and port, such as `http://127.0.0.1:8080`.
    #[must_use]
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    pub(super) fn is_disabled(environment: &Environment) -> bool {
        environment.is_true(DISABLED)
    }

    pub(super) fn has_name(&self) -> bool {
        self.name.is_some()
    }
}

/// Credentials of the role that is attached to the ECS instance.
///
/// The metadata service is asked in its second version only, with a token, and never through a proxy: a proxy would answer for another
/// machine, and see the credentials. They are renewed before they expire. In a pod this is the role of the node, which all of its pods share.
#[derive(Debug)]
pub struct InstanceRoleCredentials {
    service: Arc<MetadataService>,
    refreshed: Refreshed<Arc<MetadataService>>,
}

/// Whether a role can be had here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// The service names a role.
    Role,
    /// The service answers, and no role is attached.
    NoRole,
    /// Nobody answers at its address.
    NoService(String),
}

impl InstanceRoleCredentials {
    /// Asks the service as `role` says. Asks nothing yet.
    pub fn new(context: &CredentialContext, role: InstanceRole) -> Result<Self, CredentialError> {
        let InstanceRole { name, address } = role;
        let clock = context.shared_clock();
        let service = Arc::new(MetadataService {
            role: name.map(|name| checked_name(ROLE, name)).transpose()?,
            address,
            transport: context.direct_transport(),
            clock: Arc::clone(&clock),
        });
        Ok(Self { refreshed: Refreshed::new(Arc::clone(&service), clock), service })
    }

    /// Looks whether there is a role. An answer that is neither yes nor no is an error.
    pub(super) async fn presence(&self) -> Result<Presence, CredentialError> {
        let asked = async { self.service.role_name(&self.service.token().await?).await }.await;
        match asked {
            Ok(_) => Ok(Presence::Role),
            Err(Failure::NoRole) => Ok(Presence::NoRole),
            Err(Failure::NoAnswer(error)) => Ok(Presence::NoService(error.to_string())),
            Err(Failure::Other(error)) => Err(error),
        }
    }
}

#[derive(Debug)]
pub(super) struct MetadataService {
    role: Option<String>,
    address: String,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
}

/// Why there is nothing from the service.
enum Failure {
    NoAnswer(TransportError),
    NoRole,
    Other(CredentialError),
}

impl Failure {
    fn into_error(self) -> CredentialError {
        match self {
            Self::NoAnswer(error) => unanswered(SERVICE, &error, NO_SERVICE),
            Self::NoRole => CredentialError::refused(format!("{SERVICE} names no role; {NO_ROLE}")),
            Self::Other(error) => error,
        }
    }
}

impl MetadataService {
    async fn exchange(&self) -> Result<Issued, CredentialError> {
        let token = self.token().await.map_err(Failure::into_error)?;
        let role = self.role_name(&token).await.map_err(Failure::into_error)?;
        let answer = self.get(&format!("{ROLES}{role}"), &token).await.map_err(Failure::into_error)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => {
                let message = format!("{SERVICE} has no role {role}; correct {ROLE}, or {NO_ROLE}");
                return Err(CredentialError::refused(message));
            }
            _ => return Err(refused(SERVICE, &answer, NO_ROLE)),
        }
        let issued = IssuedFields::parse(SERVICE, answer.body())?.issued(SERVICE)?;
        Ok(issued.by_clock_of_issuer(server_time(&answer), self.clock.now()))
    }

    /// The token that every other request must carry.
    async fn token(&self) -> Result<HeaderValue, Failure> {
        let uri = self.uri("/latest/api/token")?;
        let answer = self.send(request(Method::PUT, uri, vec![(TTL_HEADER, TTL)])).await?;
        if answer.status() != StatusCode::OK {
            let remedy = "enable version 2 of the instance's metadata service";
            return Err(Failure::Other(refused(SERVICE, &answer, remedy)));
        }
        let unusable = |_| Failure::Other(CredentialError::fetch(format!("the token of {SERVICE} is no text")));
        HeaderValue::from_bytes(answer.body().trim_ascii()).map_err(unusable)
    }

    async fn role_name(&self, token: &HeaderValue) -> Result<String, Failure> {
        if let Some(name) = &self.role {
            return Ok(name.clone());
        }
        let answer = self.get(ROLES, token).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Err(Failure::NoRole),
            _ => return Err(Failure::Other(refused(SERVICE, &answer, NO_ROLE))),
        }
        let text = String::from_utf8_lossy(answer.body()).trim().to_owned();
        if text.is_empty() {
            return Err(Failure::NoRole);
        }
        let unusable = |_| Failure::Other(CredentialError::fetch(format!("what {SERVICE} names is no role")));
        checked_name(ROLE, text).map_err(unusable)
    }

    async fn get(&self, path: &str, token: &HeaderValue) -> Result<Response<Bytes>, Failure> {
        let uri = self.uri(path)?;
        self.send(request(Method::GET, uri, vec![(TOKEN_HEADER, token.clone())])).await
    }

    fn uri(&self, path: &str) -> Result<Uri, Failure> {
        let complaint = "is no URL of scheme, host and port";
        let malformed =
            |_| Failure::Other(CredentialError::malformed("the address of the metadata service", complaint));
        format!("{}{path}", self.address.trim_end_matches('/')).parse().map_err(malformed)
    }

    async fn send(&self, request: http::Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        send(self.transport.as_ref(), request, DEADLINE).await.map_err(Failure::NoAnswer)
    }
}

/// A bare host speaks plain HTTP, as the service itself does.
fn checked_address(text: &str) -> Result<String, CredentialError> {
    let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let complaint = "is no host; give one, or a URL of scheme, host and port";
    Address::parse(&url).map(|_| url).map_err(|_| CredentialError::malformed(ENDPOINT, complaint))
}

/// The name becomes a part of a path.
fn checked_name(setting: &str, name: String) -> Result<String, CredentialError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let sound = (1..=64).contains(&name.len()) && name.bytes().all(fits) && name != "." && name != "..";
    let complaint = "is no name of a role: up to 64 letters, digits, and characters of .-_";
    if sound { Ok(name) } else { Err(CredentialError::malformed(setting, complaint)) }
}

impl Issuer for Arc<MetadataService> {
    fn issue(&self) -> BoxFuture<'_, Result<Issued, CredentialError>> {
        Box::pin(self.exchange())
    }

    fn name(&self) -> &'static str {
        "instance-role"
    }

    fn origin(&self) -> String {
        self.role
            .as_ref()
            .map_or_else(|| "the role of the instance".to_owned(), |role| format!("the role {role} of the instance"))
    }
}

impl FromIssuer for InstanceRoleCredentials {
    type Issuer = Arc<MetadataService>;

    fn refreshed(&self) -> &Refreshed<Self::Issuer> {
        &self.refreshed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_names_the_role_or_forbids_it() {
        let from = |variable: &'static str, value: &'static str| {
            let environment = Environment::from_lookup(move |name| (name == variable).then(|| value.to_owned()));
            InstanceRole::from_environment(&environment).map_err(|error| error.to_string())
        };
        assert_eq!(from(ROLE, "node"), Ok(InstanceRole::of(Some("node".to_owned()))));
        assert_eq!(from(ROLE, ""), Ok(InstanceRole::of(None)));
        assert_eq!(from(DISABLED, "false"), Ok(InstanceRole::of(None)));
        let at = |address: &str| InstanceRole::of(None).address(address);
        assert_eq!(from(ENDPOINT, "127.0.0.1:8080"), Ok(at("http://127.0.0.1:8080")));
        assert_eq!(from(ENDPOINT, "http://127.0.0.1:8080"), Ok(at("http://127.0.0.1:8080")));
        for bad in ["http://host/path", "ftp://host", "a b"] {
            assert!(from(ENDPOINT, bad).unwrap_err().starts_with("failed to use ALIBABA_CLOUD_IMDS_ENDPOINT"), "{bad}");
        }
        for on in ["true", "TRUE", "1"] {
            assert!(from(DISABLED, on).unwrap_err().starts_with("failed to use ALIBABA_CLOUD_ECS_METADATA_DISABLED"));
        }
    }

    #[test]
    fn a_role_s_name_is_no_path() {
        for good in ["KubernetesWorkerRole-0a1b", "a.b_c", &"x".repeat(64)] {
            assert!(checked_name(ROLE, good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "..", ".", "a/b", "a b", "<html>", "a\nb", &"x".repeat(65)] {
            assert!(checked_name(ROLE, bad.to_owned()).is_err(), "{bad}");
        }
    }
}
