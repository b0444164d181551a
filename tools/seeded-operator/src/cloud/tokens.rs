//! Bugs in the client tokens of Create.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::encode;
use cloud_core::sign::{Unsigned, sign};
use cloud_core::{CredentialSource, Credentials, Transport, TransportError};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header};
use jiff::Timestamp;
use privatelink_operator::app::Doors;
use uuid::Uuid;

use super::action;

/// Makes the token that is sent from the one that was meant.
pub(crate) type Token = fn(&str) -> String;

/// The doors with tokens that are made so.
pub(crate) fn with_tokens(doors: Doors, token: Token) -> Doors {
    let credentials = Arc::clone(&doors.credentials);
    Doors { cloud: Arc::new(Tokens { cloud: doors.cloud, credentials, token }), ..doors }
}

/// One of its own for each request, also for a repetition.
pub(crate) fn fresh(_: &str) -> String {
    Uuid::new_v4().to_string()
}

/// That of the object's first service, which is the object's UID.
pub(crate) fn of_the_first(meant: &str) -> String {
    meant.chars().take(Uuid::nil().to_string().len()).collect()
}

/// Signs every Create again, with another token.
#[derive(Debug)]
struct Tokens {
    cloud: Arc<dyn Transport>,
    credentials: Arc<dyn CredentialSource>,
    token: Token,
}

impl Transport for Tokens {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        async move {
            if action(&request) != "CreateVpcEndpointService" {
                return self.cloud.send(request).await;
            }
            let unsent = |why: String| TransportError::Connect(why);
            let credentials = self.credentials.load().await.map_err(|error| unsent(error.to_string()))?;
            let signed =
                resigned(&request, &credentials, self.token).ok_or_else(|| unsent("another request".into()))?;
            self.cloud.send(signed).await
        }
        .boxed()
    }
}

/// The request with another token; `None`: it is not built as it was when this was written.
fn resigned(request: &Request<Bytes>, credentials: &Credentials, token: Token) -> Option<Request<Bytes>> {
    let text = |name: &str| request.headers().get(name)?.to_str().ok();
    let is_form = !request.body().is_empty();
    let sent = if is_form { request.body() } else { request.uri().query()?.as_bytes() };
    let pairs = url::form_urlencoded::parse(sent).into_owned().map(|(name, value)| {
        let value = if name == "ClientToken" { token(&value) } else { value };
        (name, value)
    });
    let pairs: Vec<(String, String)> = pairs.collect();
    let (params, body) = if is_form { (&[][..], encode::pairs(&pairs)) } else { (&pairs[..], String::new()) };
    let unsigned = Unsigned {
        method: request.method().as_str(),
        host: text("host")?,
        action: text("x-acs-action")?,
        version: text("x-acs-version")?,
        params,
        body: body.as_bytes(),
        content_type: text("content-type"),
        accept: text("accept"),
    };
    let date: Timestamp = text("x-acs-date")?.parse().ok()?;
    let signed = sign(credentials, &unsigned, date, &Uuid::new_v4().to_string());
    let mut changed = request.clone();
    *changed.uri_mut() = at(request.uri(), &signed.query)?;
    *changed.headers_mut() = headers(request.headers(), &signed.headers, body.len())?;
    *changed.body_mut() = Bytes::from(body);
    Some(changed)
}

fn at(uri: &Uri, query: &str) -> Option<Uri> {
    let path = if query.is_empty() { uri.path().to_owned() } else { format!("{}?{query}", uri.path()) };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path.parse().ok()?);
    Uri::from_parts(parts).ok()
}

fn headers(before: &HeaderMap, signed: &[(String, String)], length: usize) -> Option<HeaderMap> {
    let mut headers = before.clone();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    for (name, value) in signed {
        headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests;
