//! The transport over a real network.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use http::{Request, Response};

use super::guard::GuardLayer;
use super::{Guard, Transport, TransportError};

/// Time to connect, as in the provider's SDKs. A shorter one fails across regions, a longer one eats the attempt's 10 s.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The largest answer read. A page of 1,000 services with 20 tags each is about 4 MB; beyond four times that it is not this
/// API that answers.
const MAX_ANSWER: usize = 16 << 20;

/// HTTP/1.1 over TCP and TLS, with one pool of connections: share one among all clients of a process.
///
/// No redirects, no compression, no repetition. Honours `HTTPS_PROXY` and `NO_PROXY`. Takes 5 s to connect at most; the
/// deadline of the whole attempt is the caller's.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
}

/// Why there is no transport.
#[derive(Debug, thiserror::Error)]
#[error("failed to set up HTTPS")]
pub struct BuildTransportError(#[source] reqwest::Error);

impl HttpTransport {
    /// Sets up the pool; installs *ring* as the process's crypto provider if none is installed.
    pub fn new() -> Result<Self, BuildTransportError> {
        Self::of(reqwest::Client::builder())
    }

    /// The same, but whatever the environment says of proxies does not count: for addresses that only this machine can reach, such as
    /// its metadata service, and whose answers are nobody else's business.
    pub fn direct() -> Result<Self, BuildTransportError> {
        Self::of(reqwest::Client::builder().no_proxy())
    }

    /// The same, but a new connection is used only if the guard lets it pass at the moment at which it is there: whoever may send when a request is
    /// made may not any more when a connection has come about, some seconds later. A refusal is a [`TransportError::Connect`].
    pub fn guarded(guard: Guard) -> Result<Self, BuildTransportError> {
        Self::of(reqwest::Client::builder().connector_layer(GuardLayer(guard)))
    }

    fn of(builder: reqwest::ClientBuilder) -> Result<Self, BuildTransportError> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Somebody else may install one in between; theirs is as good.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = builder
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(BuildTransportError)?;
        Ok(Self { client })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(sort)?;
        let mut answer = self.client.execute(request).await.map_err(sort)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        *response.body_mut() = read_body(&mut answer).await?;
        Ok(response)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

async fn read_body(answer: &mut reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(interrupted)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(TransportError::Interrupted(format!("it is larger than {MAX_ANSWER} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn sort(error: reqwest::Error) -> TransportError {
    // A request that cannot be built never leaves either.
    if error.is_connect() || error.is_builder() {
        let text = chain(&error.without_url());
        if is_unknown_host(&text) { TransportError::UnknownHost(text) } else { TransportError::Connect(text) }
    } else if error.is_timeout() {
        TransportError::Timeout(chain(&error.without_url()))
    } else {
        interrupted(error)
    }
}

/// The name service answered that there is no such host. One that does not answer ("temporary failure") says nothing about the host. No
/// type tells the two apart, only the words of the C library.
fn is_unknown_host(text: &str) -> bool {
    let says_no =
        ["Name or service not known", "Name does not resolve", "nodename nor servname provided", "No such host"];
    text.contains("dns error") && says_no.iter().any(|words| text.contains(words))
}

fn interrupted(error: reqwest::Error) -> TransportError {
    TransportError::Interrupted(chain(&error.without_url()))
}

/// The whole chain of causes: the outermost one says little more than "error sending request". Without the URL, whose
/// query is long and holds what the user wrote.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::AsyncReadExt as _;

    use super::*;

    #[tokio::test]
    async fn a_connection_that_the_guard_refuses_is_not_written_to() {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let transport = HttpTransport::guarded(Arc::new(|| Err("too late".to_owned()))).unwrap();
        let sending = transport.send(Request::post(url).body(Bytes::from_static(b"all of it")).unwrap());
        let accepting = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut received = Vec::new();
            stream.read_to_end(&mut received).await.unwrap();
            received
        };
        let (answer, received) = tokio::join!(sending, accepting);
        assert!(matches!(&answer, Err(TransportError::Connect(cause)) if cause.contains("too late")), "{answer:?}");
        assert_eq!(received, b"");
    }

    #[test]
    fn a_host_is_unknown_only_where_the_name_service_says_so() {
        let of = |cause: &str| is_unknown_host(&format!("error sending request: client error (Connect): {cause}"));
        assert!(of("dns error: failed to lookup address information: Name or service not known"));
        assert!(of("dns error: failed to lookup address information: Name does not resolve"));
        assert!(!of("dns error: failed to lookup address information: Temporary failure in name resolution"));
        assert!(!of("tcp connect error: Connection refused (os error 111)"));
    }
}
