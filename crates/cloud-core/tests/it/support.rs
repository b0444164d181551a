//! A transport that plays a script, and a client on virtual time that uses it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{
    Client, ClientBuilder, Clock, CredentialSource, StaticCredentials, TokioClock, Transport, TransportError, sts,
};
use futures::future::BoxFuture;
use http::{Request, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::API;

/// What the other side does with one request.
#[derive(Debug)]
pub(crate) enum Reply {
    Answer(Response<Bytes>),
    Fail(TransportError),
    /// Takes that long to answer.
    Slow(Duration, Response<Bytes>),
    /// Takes the request and never answers.
    Hang,
}

/// Plays its replies in order and remembers every request. Asked for more than it has, it fails the test.
#[derive(Debug, Default)]
pub(crate) struct Script {
    replies: Mutex<VecDeque<Reply>>,
    requests: Mutex<Vec<Request<Bytes>>>,
}

impl Script {
    pub(crate) fn of(replies: impl IntoIterator<Item = Reply>) -> Arc<Self> {
        Arc::new(Self { replies: Mutex::new(replies.into_iter().collect()), requests: Mutex::default() })
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }

    /// The values that a header had, request by request.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        self.requests().iter().map(|request| request.headers()[name].to_str().unwrap().to_owned()).collect()
    }

    /// The parameters of all requests, in the order they were sent.
    pub(crate) fn sent(&self) -> Vec<Parameters> {
        self.requests().iter().map(Parameters::of).collect()
    }

    /// The values that a parameter of the query had, request by request; `-` where it was missing.
    pub(crate) fn parameters(&self, name: &str) -> Vec<String> {
        let value = |request: &Request<Bytes>| {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let found = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
            found.map_or_else(|| "-".to_owned(), |(_, value)| value.into_owned())
        };
        self.requests().iter().map(value).collect()
    }
}

/// The parameters of one request, by where they stood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) form: BTreeMap<String, String>,
}

impl Parameters {
    fn of(request: &Request<Bytes>) -> Self {
        let pairs = |encoded: &[u8]| {
            let pairs: Vec<(String, String)> = url::form_urlencoded::parse(encoded).into_owned().collect();
            let map: BTreeMap<String, String> = pairs.iter().cloned().collect();
            assert_eq!(map.len(), pairs.len(), "a parameter came twice: {pairs:?}");
            map
        };
        Self { query: pairs(request.uri().query().unwrap_or_default().as_bytes()), form: pairs(request.body()) }
    }

    /// Wherever it stood.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.query.get(name).or_else(|| self.form.get(name)).map(String::as_str)
    }
}

impl Transport for Script {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        self.requests.lock().unwrap().push(request);
        let reply = self.replies.lock().unwrap().pop_front().expect("the script has a reply for every request");
        Box::pin(async move {
            match reply {
                Reply::Answer(response) => Ok(response),
                Reply::Fail(error) => Err(error),
                Reply::Slow(time, response) => {
                    tokio::time::sleep(time).await;
                    Ok(response)
                }
                Reply::Hang => futures::future::pending().await,
            }
        })
    }
}

/// A success.
pub(crate) fn ok(body: &Value) -> Reply {
    raw(200, &[], &body.to_string())
}

/// The answer that most operations give.
pub(crate) fn acknowledged() -> Reply {
    ok(&json!({"RequestId": "R-OK"}))
}

/// An error in the provider's envelope.
pub(crate) fn error(status: u16, code: &str) -> Reply {
    error_with(status, code, &[])
}

/// The same with headers.
pub(crate) fn error_with(status: u16, code: &str, headers: &[(&str, &str)]) -> Reply {
    let body = json!({
        "RequestId": "R-ERROR", "HostId": "h.test", "Code": code, "Message": "the text", "Recommend": "a link",
    });
    raw(status, headers, &body.to_string())
}

pub(crate) fn raw(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Reply::Answer(response.body(Bytes::from(body.to_owned())).unwrap())
}

pub(crate) fn refused_connection() -> Reply {
    Reply::Fail(TransportError::Connect("connection refused".to_owned()))
}

pub(crate) fn cut() -> Reply {
    Reply::Fail(TransportError::Interrupted("connection reset".to_owned()))
}

pub(crate) fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

pub(crate) fn key() -> Arc<dyn CredentialSource> {
    Arc::new(StaticCredentials::key("testAccessKeyId", "testAccessKeySecret").unwrap())
}

/// A client on the runtime's time, beginning at noon, that speaks to `transport`.
pub(crate) fn builder(transport: Arc<dyn Transport>) -> ClientBuilder {
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(noon()));
    Client::builder()
        .region("cn-hangzhou")
        .credentials(key())
        .endpoint(&API, format!("http://{}.test", API.host))
        .endpoint(&sts::API, "http://sts.test")
        .transport(transport)
        .clock(clock)
}

pub(crate) fn client(script: &Arc<Script>) -> Client {
    let transport: Arc<dyn Transport> = script.clone();
    builder(transport).build().unwrap()
}

/// Runs a future and says how long it took on the runtime's time.
pub(crate) async fn timed<T>(future: impl Future<Output = T>) -> (T, Duration) {
    let begun = tokio::time::Instant::now();
    (future.await, begun.elapsed())
}
