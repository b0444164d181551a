//! The side behind a proxy.

use std::fmt;
use std::path::Path;

use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header, response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::config::{KubeConfigOptions, Kubeconfig};
use url::Url;

use super::arrival::Side;
use super::error::ProxyError;

/// Whom a proxy forwards to. It keeps connections open, and is cheap to clone: one for all proxies of a runtime is enough.
#[derive(Clone)]
pub struct Upstream(pub(super) Target);

#[derive(Clone)]
pub(super) enum Target {
    Kubernetes(kube::Client),
    Cloud {
        client: HttpClient<HttpConnector, Full<Bytes>>,
        /// `host:port`.
        authority: String,
    },
}

impl Upstream {
    /// The API server of a kubeconfig, as its current user.
    ///
    /// Whoever reaches a proxy in front of it has the rights of that user.
    pub async fn kubernetes(kubeconfig: &Path) -> Result<Self, ProxyError> {
        let unreadable = |source| ProxyError::ReadKubeconfig { path: kubeconfig.to_owned(), source: Box::new(source) };
        let file = Kubeconfig::read_from(kubeconfig).map_err(unreadable)?;
        let options = KubeConfigOptions::default();
        let mut config = kube::Config::from_custom_kubeconfig(file, &options).await.map_err(unreadable)?;
        // What is sent twice here would look like the operator's doing.
        config.default_retry = false;
        // Only the caller knows how long it wants to wait.
        config.read_timeout = None;
        let client = kube::Client::try_from(config)
            .map_err(|source| ProxyError::MakeClient { path: kubeconfig.to_owned(), source: Box::new(source) })?;
        Ok(Self(Target::Kubernetes(client)))
    }

    /// The provider's API at `http://host:port`.
    pub fn cloud(base_url: &str) -> Result<Self, ProxyError> {
        let unusable = || ProxyError::ParseUrl { url: base_url.to_owned() };
        let url = Url::parse(base_url).map_err(|_| unusable())?;
        if url.scheme() != "http" || url.path() != "/" || !url.has_host() {
            return Err(unusable());
        }
        let mut connector = HttpConnector::new();
        // Calls are small and complete: waiting for more to send helps nobody.
        connector.set_nodelay(true);
        let client = HttpClient::builder(TokioExecutor::new()).build(connector);
        Ok(Self(Target::Cloud { client, authority: url.authority().to_owned() }))
    }

    /// Which side it is.
    pub fn side(&self) -> Side {
        match self.0 {
            Target::Kubernetes(_) => Side::Kubernetes,
            Target::Cloud { .. } => Side::Cloud,
        }
    }
}

impl fmt::Debug for Upstream {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Upstream").field(&self.side()).finish()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer; dropping it before its end closes the upstream's connection.
pub(super) type UpstreamBody = UnsyncBoxBody<Bytes, BoxError>;

/// The upstream did not answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum UpstreamError {
    #[error("failed to make the request: {0}")]
    Request(http::Error),
    #[error("failed to send the request: {0}")]
    Send(BoxError),
    #[error("failed to read the answer: {0}")]
    Read(BoxError),
}

impl Upstream {
    /// Sends a call on as it is, and returns when the head of the answer is there.
    pub(super) async fn send(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> Result<(response::Parts, UpstreamBody), UpstreamError> {
        let answer = match &self.0 {
            Target::Kubernetes(client) => {
                let answer = client.send(to_kubernetes(head, body)?).await;
                answer.map_err(|error| UpstreamError::Send(error.into()))?.map(box_body)
            }
            Target::Cloud { client, authority } => {
                let answer = client.request(to_cloud(head, authority, body)?).await;
                answer.map_err(|error| UpstreamError::Send(error.into()))?.map(box_body)
            }
        };
        let (mut head, body) = answer.into_parts();
        remove_connection_headers(&mut head.headers);
        head.headers.remove(header::CONTENT_LENGTH);
        Ok((head, body))
    }
}

fn to_kubernetes(head: &Parts, body: Bytes) -> Result<Request<kube::client::Body>, UpstreamError> {
    let mut headers = head.headers.clone();
    remove_connection_headers(&mut headers);
    // The proxy's own name means nothing there.
    headers.remove(header::HOST);
    // Events are read here.
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    request(head.method.clone(), head.uri.clone(), headers, body.into())
}

/// The host stays that of the caller's: it is signed.
fn to_cloud(head: &Parts, authority: &str, body: Bytes) -> Result<Request<Full<Bytes>>, UpstreamError> {
    let mut headers = head.headers.clone();
    remove_connection_headers(&mut headers);
    let path_and_query = head.uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let uri = Uri::builder().scheme("http").authority(authority).path_and_query(path_and_query).build();
    request(head.method.clone(), uri.map_err(UpstreamError::Request)?, headers, Full::new(body))
}

fn request<B>(method: Method, uri: Uri, headers: HeaderMap, body: B) -> Result<Request<B>, UpstreamError> {
    let mut request = Request::builder().method(method).uri(uri).body(body).map_err(UpstreamError::Request)?;
    *request.headers_mut() = headers;
    Ok(request)
}

/// What is about one connection only (RFC 9110, section 7.6.1).
fn remove_connection_headers(headers: &mut HeaderMap) {
    const ABOUT_CONNECTION: [&str; 7] =
        ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];
    for name in ABOUT_CONNECTION {
        headers.remove(name);
    }
}

fn box_body<B>(body: B) -> UpstreamBody
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    body.map_err(Into::into).boxed_unsync()
}
