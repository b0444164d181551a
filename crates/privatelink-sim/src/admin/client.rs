//! A typed client of the admin API.

use std::time::Duration;

use bytes::Bytes;
use cloud_core::{HttpTransport, Transport, TransportError};
use http::{Method, Request, StatusCode};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use super::routes::{Advance, Complaint};
use super::types::{ConnectionChange, EndpointOrder, EndpointView, ServiceChange, ServiceView, SessionView};
use crate::config::{Account, LoadBalancer};
use crate::fault::Fault;
use crate::journal::{Call, JournalQuery};
use crate::witness::{Unserved, Violation};

/// One method for each route of the admin API.
#[derive(Clone, Debug)]
pub struct AdminClient {
    base: String,
    transport: HttpTransport,
}

/// Why the admin API did not do it.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is no way to speak HTTP.
    #[error("failed to set up the transport: {0}")]
    Setup(String),
    /// The request cannot be built, which an unusable base URL is the reason for.
    #[error("failed to build a request to {url}: {reason}")]
    Build {
        /// The URL.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No answer.
    #[error("failed to call {url}: {source}")]
    Send {
        /// The URL.
        url: String,
        /// What the transport says.
        source: TransportError,
    },
    /// The answer is no.
    #[error("failed at {url}: status {status}: {message}")]
    Refused {
        /// The URL.
        url: String,
        /// HTTP status.
        status: u16,
        /// What the simulator says; for an endpoint, the code of the simulated cloud.
        message: String,
    },
    /// The answer is not what this client knows.
    #[error("failed to read the answer of {url}: {reason}")]
    Read {
        /// The URL.
        url: String,
        /// Where and why.
        reason: String,
    },
}

impl AdminClient {
    /// A client of the admin API at a URL like `http://127.0.0.1:8081`.
    pub fn new(url: impl Into<String>) -> Result<Self, AdminError> {
        let transport = HttpTransport::new().map_err(|error| AdminError::Setup(error.to_string()))?;
        Ok(Self { base: url.into().trim_end_matches('/').to_owned(), transport })
    }

    /// Whether it answers.
    pub async fn health(&self) -> Result<(), AdminError> {
        self.exchange(Method::GET, "/healthz", Bytes::new()).await.map(drop)
    }

    /// The calls that fit, oldest first.
    pub async fn journal(&self, query: &JournalQuery) -> Result<Vec<Call>, AdminError> {
        let JournalQuery { operation, account, since, object } = query;
        let since = since.map(|since| since.to_string());
        let pairs = [("operation", operation), ("account", account), ("since", &since), ("object", object)];
        self.read(&format!("/v1/journal?{}", query_string(pairs))).await
    }

    /// Forgets all calls.
    pub async fn clear_journal(&self) -> Result<(), AdminError> {
        self.send(Method::DELETE, "/v1/journal", None::<&()>).await
    }

    /// Every time that an owner had two live services.
    pub async fn witness(&self) -> Result<Vec<Violation>, AdminError> {
        self.read("/v1/witness").await
    }

    /// Every time that an endpoint was served no more by any of its zones.
    pub async fn unserved(&self) -> Result<Vec<Unserved>, AdminError> {
        self.read("/v1/unserved").await
    }

    /// The services as they are now; an account or a region that is none does not narrow.
    pub async fn services(&self, account: Option<&str>, region: Option<&str>) -> Result<Vec<ServiceView>, AdminError> {
        let (account, region) = (account.map(str::to_owned), region.map(str::to_owned));
        self.read(&format!("/v1/services?{}", query_string([("account", &account), ("region", &region)]))).await
    }

    /// One service as it is now.
    pub async fn service(&self, id: &str) -> Result<ServiceView, AdminError> {
        self.read(&format!("/v1/services/{id}")).await
    }

    /// Changes a service past the API, at once.
    pub async fn change_service(&self, id: &str, change: &ServiceChange) -> Result<(), AdminError> {
        self.send(Method::PATCH, &format!("/v1/services/{id}"), Some(change)).await
    }

    /// Deletes a service past the API, whatever hangs on it.
    pub async fn delete_service(&self, id: &str) -> Result<(), AdminError> {
        self.send(Method::DELETE, &format!("/v1/services/{id}"), None::<&()>).await
    }

    /// The load balancers that were seeded.
    pub async fn load_balancers(&self) -> Result<Vec<LoadBalancer>, AdminError> {
        self.read("/v1/load-balancers").await
    }

    /// Makes a load balancer, or replaces the one with its id.
    pub async fn seed_load_balancer(&self, load_balancer: &LoadBalancer) -> Result<(), AdminError> {
        self.send(Method::POST, "/v1/load-balancers", Some(load_balancer)).await
    }

    /// Changes a load balancer by a JSON merge patch over its file form; a list is replaced as a whole.
    pub async fn patch_load_balancer(&self, id: &str, patch: &Value) -> Result<(), AdminError> {
        self.send(Method::PATCH, &format!("/v1/load-balancers/{id}"), Some(patch)).await
    }

    /// Removes a load balancer; what is attached stays attached.
    pub async fn remove_load_balancer(&self, id: &str) -> Result<(), AdminError> {
        self.send(Method::DELETE, &format!("/v1/load-balancers/{id}"), None::<&()>).await
    }

    /// Makes an account, or replaces the one with its id, keys included.
    pub async fn put_account(&self, account: &Account) -> Result<(), AdminError> {
        self.send(Method::POST, "/v1/accounts", Some(account)).await
    }

    /// The temporary keys that were issued.
    pub async fn sessions(&self) -> Result<Vec<SessionView>, AdminError> {
        self.read("/v1/sts/sessions").await
    }

    /// Lets every temporary key that was issued so far expire now.
    pub async fn expire_sessions(&self) -> Result<(), AdminError> {
        self.send(Method::POST, "/v1/sts/expire", None::<&()>).await
    }

    /// The endpoints as they are now.
    pub async fn endpoints(&self) -> Result<Vec<EndpointView>, AdminError> {
        self.read("/v1/endpoints").await
    }

    /// Makes an endpoint as a consumer would. Gives its id.
    pub async fn create_endpoint(&self, order: &EndpointOrder) -> Result<String, AdminError> {
        let body = self.exchange(Method::POST, "/v1/endpoints", self.body("/v1/endpoints", order)?).await?;
        let created: Value = self.parse("/v1/endpoints", &body)?;
        Ok(created["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Accepts, cuts off or changes the connection of an endpoint, as a person in the console of the service's owner would.
    pub async fn change_connection(&self, endpoint_id: &str, change: &ConnectionChange) -> Result<(), AdminError> {
        self.send(Method::PATCH, &format!("/v1/endpoints/{endpoint_id}"), Some(change)).await
    }

    /// Deletes an endpoint as its owner would, zones and all.
    pub async fn delete_endpoint(&self, id: &str) -> Result<(), AdminError> {
        self.send(Method::DELETE, &format!("/v1/endpoints/{id}"), None::<&()>).await
    }

    /// The faults that can still strike.
    pub async fn faults(&self) -> Result<Vec<Fault>, AdminError> {
        self.read("/v1/faults").await
    }

    /// Orders a fault.
    pub async fn fault(&self, fault: &Fault) -> Result<(), AdminError> {
        self.send(Method::POST, "/v1/faults", Some(fault)).await
    }

    /// Takes all orders for faults back.
    pub async fn clear_faults(&self) -> Result<(), AdminError> {
        self.send(Method::DELETE, "/v1/faults", None::<&()>).await
    }

    /// The simulated time.
    pub async fn now(&self) -> Result<Timestamp, AdminError> {
        let time: Value = self.read("/v1/time").await?;
        self.time("/v1/time", &time)
    }

    /// Moves simulated time forward and gives the new time.
    pub async fn advance(&self, by: Duration) -> Result<Timestamp, AdminError> {
        let path = "/v1/time/advance";
        let body = self.exchange(Method::POST, path, self.body(path, &Advance { by })?).await?;
        let time = self.parse(path, &body)?;
        self.time(path, &time)
    }

    /// The configuration in force, without accounts.
    pub async fn config(&self) -> Result<Value, AdminError> {
        self.read("/v1/config").await
    }

    /// Changes the configuration by a JSON merge patch over its file form.
    pub async fn patch_config(&self, patch: &Value) -> Result<(), AdminError> {
        self.send(Method::PATCH, "/v1/config", Some(patch)).await
    }

    async fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, AdminError> {
        let body = self.exchange(Method::GET, path, Bytes::new()).await?;
        self.parse(path, &body)
    }

    async fn send<T: Serialize>(&self, method: Method, path: &str, content: Option<&T>) -> Result<(), AdminError> {
        let body = content.map(|content| self.body(path, content)).transpose()?.unwrap_or_default();
        self.exchange(method, path, body).await.map(drop)
    }

    async fn exchange(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, AdminError> {
        let url = self.url(path);
        let request = Request::builder().method(method).uri(&url).header("content-type", "application/json").body(body);
        let request = request.map_err(|error| AdminError::Build { url: url.clone(), reason: error.to_string() })?;
        let answer = self.transport.send(request).await;
        let response = answer.map_err(|source| AdminError::Send { url: url.clone(), source })?;
        if response.status().is_success() {
            return Ok(response.into_body());
        }
        let (status, message) = (response.status(), complaint(response.status(), response.body()));
        Err(AdminError::Refused { url, status: status.as_u16(), message })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn body<T: Serialize>(&self, path: &str, content: &T) -> Result<Bytes, AdminError> {
        let reason = |error: serde_json::Error| AdminError::Build { url: self.url(path), reason: error.to_string() };
        serde_json::to_vec(content).map(Bytes::from).map_err(reason)
    }

    fn parse<T: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<T, AdminError> {
        let reason = |error: serde_json::Error| AdminError::Read { url: self.url(path), reason: error.to_string() };
        serde_json::from_slice(body).map_err(reason)
    }

    fn time(&self, path: &str, time: &Value) -> Result<Timestamp, AdminError> {
        let text = time["now"].as_str().unwrap_or_default();
        let reason = |error: jiff::Error| AdminError::Read { url: self.url(path), reason: error.to_string() };
        text.parse().map_err(reason)
    }
}

fn query_string<const N: usize>(pairs: [(&str, &Option<String>); N]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    query.finish()
}

fn complaint(status: StatusCode, body: &[u8]) -> String {
    match serde_json::from_slice::<Complaint>(body) {
        Ok(complaint) => complaint.error,
        Err(_) if body.is_empty() => status.to_string(),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}
