//! The door to the API server, with something in it that changes what passes. It knows JSON and paths, and no type of the operator.

mod config_maps;
mod requests;
mod shown;

use std::error::Error;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::{FutureExt as _, TryStreamExt as _, future};
use http::header::{CONTENT_TYPE, HeaderMap};
use http::{Method, Request, Response, StatusCode, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use kube::Client;
use kube::client::Body;
use serde_json::Value;
use tower_service::Service;

pub(crate) use self::config_maps::ForeignConfigMapTaken;
pub(crate) use self::requests::{
    ApplyRecreates, FinalizerAfterCreate, FinalizerWithoutUid, ReadyBeforeActive, StatusLostOnConflict,
};
pub(crate) use self::shown::{HotLoopOnStatus, SilentRecreate, StaleCache, SuccessorSwallowed};

/// Every path with this in it is about objects of the kind.
const KIND: &str = "/vpcendpointservices";

/// Every path with this in it is about ConfigMaps.
const CONFIG_MAPS: &str = "/configmaps";

/// What a bug does to the traffic about objects of the kind, and about the ConfigMaps that they export to.
pub(crate) trait Traffic: Send + Sync {
    /// Answers a request about one object.
    fn ask<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move { server.send(&request).await }.boxed()
    }

    /// Answers a request about one ConfigMap.
    fn ask_config_map<'a>(&'a self, request: Ask, server: &'a ApiServer) -> BoxFuture<'a, kube::Result<Answer>> {
        async move { server.send(&request).await }.boxed()
    }

    /// Looks at an object on its way to the operator. `false`: it does not arrive.
    fn show(&self, how: Shown, object: &mut Value) -> bool {
        let _ = (how, object);
        true
    }
}

/// How the operator comes to see an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// In the answer to a request about it.
    Answered,
    Listed,
    /// In an event of the watch that does not tell of its end.
    Watched,
    /// In the event that tells of its end.
    Deleted,
}

/// A request about one object.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// The path of the object or of its status.
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    /// `Null`: none.
    pub(crate) body: Value,
}

impl Ask {
    /// A patch of the status.
    pub(crate) fn is_of_status(&self) -> bool {
        self.method == Method::PATCH && self.path.ends_with("/status")
    }

    /// A patch of the object that says which finalizers it is to have.
    pub(crate) fn is_of_finalizers(&self) -> bool {
        self.method == Method::PATCH && !self.is_of_status() && self.body["metadata"]["finalizers"].is_array()
    }

    /// The path of the object.
    pub(crate) fn object(&self) -> &str {
        self.path.strip_suffix("/status").unwrap_or(&self.path)
    }
}

/// The answer to a request about one object.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
}

/// The API server behind the door.
pub(crate) struct ApiServer(Client);

impl ApiServer {
    pub(crate) async fn send(&self, ask: &Ask) -> kube::Result<Answer> {
        let Ask { method, path, query, headers, body } = ask.clone();
        let text = if query.is_empty() { path } else { format!("{path}?{query}") };
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let mut request = Request::new(Body::from(bytes));
        *request.method_mut() = method;
        *request.uri_mut() = text.parse().expect("the path was one before");
        *request.headers_mut() = headers;
        let (head, body) = self.0.send(request).await?.into_parts();
        Ok(Answer { status: head.status, body: json(body).await? })
    }

    pub(crate) async fn get(&self, path: &str) -> kube::Result<Answer> {
        let (query, headers) = (String::new(), HeaderMap::new());
        self.send(&Ask { method: Method::GET, path: path.to_owned(), query, headers, body: Value::Null }).await
    }
}

/// The body of what came past the bug.
type Passed = UnsyncBoxBody<Bytes, kube::Error>;

/// A client whose requests pass the bug.
pub(crate) fn through(server: &Client, traffic: Arc<dyn Traffic>) -> Client {
    let namespace = server.default_namespace().to_owned();
    Client::new(Door { server: server.clone(), traffic }, namespace)
}

#[derive(Clone)]
struct Door {
    server: Client,
    traffic: Arc<dyn Traffic>,
}

impl Service<Request<Body>> for Door {
    type Response = Response<Passed>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let door = self.clone();
        async move { Ok(door.pass(request).await?) }.boxed()
    }
}

impl Door {
    async fn pass(&self, request: Request<Body>) -> kube::Result<Response<Passed>> {
        match About::of(request.uri()) {
            About::Other => Ok(self.server.send(request).await?.map(BodyExt::boxed_unsync)),
            About::Watch => {
                let (head, body) = self.server.send(request).await?.into_parts();
                if !head.status.is_success() {
                    return Ok(Response::from_parts(head, body.boxed_unsync()));
                }
                Ok(Response::from_parts(head, events(body, Arc::clone(&self.traffic))))
            }
            About::List => {
                let (head, body) = self.server.send(request).await?.into_parts();
                let mut list = json(body).await?;
                if let Some(items) = list["items"].as_array_mut() {
                    items.retain_mut(|object| self.traffic.show(Shown::Listed, object));
                }
                Ok(Response::from_parts(head, whole(&list)))
            }
            About::Object => {
                let ask = read(request).await?;
                let mut answer = self.traffic.ask(ask, &ApiServer(self.server.clone())).await?;
                if answer.status.is_success() {
                    self.traffic.show(Shown::Answered, &mut answer.body);
                }
                Ok(answered(&answer))
            }
            About::ConfigMap => {
                let ask = read(request).await?;
                Ok(answered(&self.traffic.ask_config_map(ask, &ApiServer(self.server.clone())).await?))
            }
        }
    }
}

/// What a request is about.
enum About {
    Object,
    List,
    Watch,
    ConfigMap,
    Other,
}

impl About {
    fn of(uri: &Uri) -> Self {
        let is_watch = uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "watch=true"));
        match uri.path().split_once(KIND) {
            Some((_, "")) if is_watch => Self::Watch,
            Some((_, "")) => Self::List,
            Some((_, rest)) if rest.starts_with('/') => Self::Object,
            None if uri.path().contains(CONFIG_MAPS) => Self::ConfigMap,
            Some(_) | None => Self::Other,
        }
    }
}

fn answered(answer: &Answer) -> Response<Passed> {
    let mut response = Response::new(whole(&answer.body));
    *response.status_mut() = answer.status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

async fn read(request: Request<Body>) -> kube::Result<Ask> {
    let (head, body) = request.into_parts();
    Ok(Ask {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: json(body).await?,
    })
}

/// What is no JSON is not there.
async fn json(body: Body) -> kube::Result<Value> {
    let bytes = body.collect().await?.to_bytes();
    Ok(serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

fn whole(body: &Value) -> Passed {
    Body::from(body.to_string().into_bytes()).boxed_unsync()
}

/// The events of a watch, line by line.
fn events(body: Body, traffic: Arc<dyn Traffic>) -> Passed {
    let mut begun = Vec::new();
    let chunks = body.into_data_stream().try_filter_map(move |chunk: Bytes| {
        let shown = lines(&mut begun, &chunk, &*traffic);
        future::ready(Ok((!shown.is_empty()).then(|| Frame::data(Bytes::from(shown)))))
    });
    StreamBody::new(chunks).boxed_unsync()
}

/// What arrives of the lines that end in this chunk. `begun` is the line that ends in none yet.
fn lines(begun: &mut Vec<u8>, chunk: &[u8], traffic: &dyn Traffic) -> Vec<u8> {
    begun.extend_from_slice(chunk);
    let mut shown = Vec::new();
    while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
        let line: Vec<u8> = begun.drain(..=end).collect();
        shown.extend(event(line, traffic).unwrap_or_default());
    }
    shown
}

/// One line of a watch; `None`: it does not arrive.
fn event(line: Vec<u8>, traffic: &dyn Traffic) -> Option<Vec<u8>> {
    let Ok(mut event) = serde_json::from_slice::<Value>(&line) else { return Some(line) };
    let how = match event["type"].as_str() {
        Some("ADDED" | "MODIFIED") => Shown::Watched,
        Some("DELETED") => Shown::Deleted,
        _ => return Some(line),
    };
    traffic.show(how, &mut event["object"]).then(|| format!("{event}\n").into_bytes())
}

#[cfg(test)]
mod tests;
