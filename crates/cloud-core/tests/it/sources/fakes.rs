//! The other side of every source, as it behaves: STS, the metadata service, a credentials URI. Each answers a request that is handed to it,
//! in memory on virtual time, or over a socket.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cloud_core::{Clock, Transport, TransportError, sign};
use futures::future::BoxFuture;
use http::{HeaderMap, Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::wire;

/// Part of every secret that is given or issued: nothing that is printed may hold it.
pub(crate) const CANARY: &str = "canary";

/// Answers requests.
pub(crate) trait Answer: Send + Sync + Debug + 'static {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes>;
}

/// Carries requests to a fake, and remembers them. Without one, nobody answers.
#[derive(Default)]
pub(crate) struct InMemory {
    fake: Option<Arc<dyn Answer>>,
    requests: Mutex<Vec<Request<Bytes>>>,
}

impl InMemory {
    pub(crate) fn to(fake: Arc<dyn Answer>) -> Arc<Self> {
        Arc::new(Self { fake: Some(fake), requests: Mutex::default() })
    }

    pub(crate) fn nowhere() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }
}

/// Without the requests: clients print their transport, and the requests hold secrets.
impl Debug for InMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InMemory").finish_non_exhaustive()
    }
}

impl Transport for InMemory {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, TransportError>> {
        let unreachable = || TransportError::Connect("no route to host".to_owned());
        let answer = self.fake.as_ref().map(|fake| fake.answer(&request)).ok_or_else(unreachable);
        self.requests.lock().unwrap().push(request);
        Box::pin(async move {
            tokio::task::yield_now().await;
            answer
        })
    }
}

/// A fake behind a socket of this machine, until it is dropped.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) url: String,
    pub(crate) requests: Arc<Mutex<Vec<Request<Bytes>>>>,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    pub(crate) async fn of(fake: Arc<dyn Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Request<Bytes>>>> = Arc::default();
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (fake, seen) = (Arc::clone(&fake), Arc::clone(&seen));
                tokio::spawn(serve_one(stream, fake, seen));
            }
        });
        Self { url, requests, task }
    }

    pub(crate) fn requests(&self) -> Vec<Request<Bytes>> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve_one(mut stream: TcpStream, fake: Arc<dyn Answer>, seen: Arc<Mutex<Vec<Request<Bytes>>>>) {
    let request = wire::read(&mut stream).await;
    let response = fake.answer(&request);
    seen.lock().unwrap().push(request);
    let (status, length) = (response.status(), response.body().len());
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(response.body()).await.unwrap();
}

fn respond(status: u16, body: impl Into<Bytes>) -> Response<Bytes> {
    Response::builder().status(status).body(body.into()).unwrap()
}

fn pairs(encoded: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(encoded).into_owned().collect()
}

pub(crate) fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    pairs(request.body())
}

pub(crate) fn query(request: &Request<Bytes>) -> Vec<(String, String)> {
    pairs(request.uri().query().unwrap_or_default().as_bytes())
}

fn of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap())
}

/// STS, and behind it an API that takes the newest credentials only.
///
/// It issues `STS.1`, `STS.2`, … A token is exchanged once it is the one that stands in `token`; `AssumeRole` must be signed with a key that
/// is known.
#[derive(Debug)]
pub(crate) struct Sts {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) state: Mutex<StsState>,
}

#[derive(Debug, Default)]
pub(crate) struct StsState {
    pub(crate) token: String,
    /// Key, secret and lifetime of whoever may sign.
    pub(crate) keys: Vec<(String, String)>,
    pub(crate) issued: u32,
    /// Credentials with a lower number are refused.
    pub(crate) oldest: u32,
    /// When those of a number end.
    pub(crate) ends: Vec<Timestamp>,
    /// Answered to every exchange, with everything that the request held as its message.
    pub(crate) failing: Option<(u16, &'static str)>,
    /// Calls of the API that were refused.
    pub(crate) refused: u32,
    /// What the clock of STS is ahead of the test's.
    pub(crate) ahead: SignedDuration,
}

impl Sts {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        let state = StsState { token: format!("{CANARY}.token.1"), ..StsState::default() };
        Arc::new(Self { clock, state: Mutex::new(state) })
    }

    pub(crate) fn issued(&self) -> u32 {
        self.state.lock().unwrap().issued
    }

    fn issue(&self, state: &mut StsState, seconds: &str) -> Response<Bytes> {
        let end = self.clock.now() + SignedDuration::from_secs(seconds.parse().unwrap());
        state.issued += 1;
        state.ends.push(end);
        let number = state.issued;
        let secret = format!("{CANARY}/Secret+{number}");
        state.keys.push((format!("STS.{number}"), secret.clone()));
        let body = json!({"RequestId": "R", "Credentials": {
            "AccessKeyId": format!("STS.{number}"), "AccessKeySecret": secret,
            "SecurityToken": format!("{CANARY}/Token={number}"), "Expiration": sign::format_date(end + state.ahead),
        }});
        respond(200, body.to_string())
    }

    fn exchange(&self, state: &mut StsState, request: &Request<Bytes>) -> Response<Bytes> {
        let form = form(request);
        let all = ["RoleArn", "OIDCProviderArn", "OIDCToken", "RoleSessionName", "DurationSeconds"];
        let is_signed = ["authorization", "x-acs-security-token", "x-acs-accesskey-id"];
        if all.iter().any(|name| of(&form, name).is_none())
            || is_signed.iter().any(|name| request.headers().contains_key(*name))
        {
            return error(400, "MissingParameter", "a parameter is missing, or the call is signed");
        }
        if of(&form, "OIDCToken") != Some(state.token.as_str()) {
            return error(400, "AuthenticationFail.OIDCToken.Expired", "This JWT has expired.");
        }
        self.issue(state, of(&form, "DurationSeconds").unwrap())
    }

    fn assume(&self, state: &mut StsState, request: &Request<Bytes>) -> Response<Bytes> {
        match self.refusal(state, request) {
            None => self.issue(state, of(&query(request), "DurationSeconds").unwrap()),
            Some(refusal) => refusal,
        }
    }

    /// What is wrong with the signature of a request.
    fn refusal(&self, state: &mut StsState, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let headers = request.headers();
        let authorization = header(headers, "authorization").unwrap();
        let part = |name: &str| {
            let (_, rest) = authorization.split_once(&format!("{name}=")).unwrap();
            rest.split(',').next().unwrap().to_owned()
        };
        let (id, signed, signature) = (part("Credential"), part("SignedHeaders"), part("Signature"));
        if let Some(number) = id.strip_prefix("STS.").and_then(|number| number.parse::<u32>().ok()) {
            let ended = state.ends.get(number as usize - 1).is_some_and(|end| *end <= self.clock.now());
            if number < state.oldest || ended {
                state.refused += 1;
                return Some(error(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."));
            }
        }
        let Some((_, secret)) = state.keys.iter().find(|(known, _)| *known == id) else {
            return Some(error(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."));
        };
        let headers: Vec<(String, String)> =
            signed.split(';').map(|name| (name.to_owned(), header(headers, name).unwrap().to_owned())).collect();
        let head = sign::Head {
            method: "POST",
            path: "/",
            query: request.uri().query().unwrap_or_default(),
            headers: &headers,
            payload_sha256: &sign::payload_hash(request.body()),
        };
        let expected = sign::signature(
            &SecretString::from(secret.clone()),
            &sign::string_to_sign(&sign::canonical_request(&head)),
        );
        (expected != signature).then(|| error(400, "SignatureDoesNotMatch", "it does not"))
    }
}

fn error(status: u16, code: &str, message: &str) -> Response<Bytes> {
    respond(status, json!({"RequestId": "R", "Code": code, "Message": message, "HostId": "h"}).to_string())
}

impl Answer for Sts {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let mut state = self.state.lock().unwrap();
        let in_query = query(request);
        let action = header(request.headers(), "x-acs-action").or_else(|| of(&in_query, "Action")).unwrap_or_default();
        if let (Some((status, code)), true) = (state.failing, action.starts_with("AssumeRole")) {
            let echo = format!("{}?{} {:?}", request.uri(), String::from_utf8_lossy(request.body()), form(request));
            return error(status, code, &echo);
        }
        match action {
            "AssumeRoleWithOIDC" => self.exchange(&mut state, request),
            "AssumeRole" => self.assume(&mut state, request),
            _ => match self.refusal(&mut state, request) {
                None => respond(200, json!({"RequestId": "R", "ThingId": "thing-1"}).to_string()),
                Some(refusal) => refusal,
            },
        }
    }
}

/// The metadata service of an instance, in its second version: whoever has no token gets nothing.
#[derive(Debug)]
pub(crate) struct Metadata {
    pub(crate) role: Option<&'static str>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Answered to every request for credentials.
    pub(crate) failing: Mutex<Option<(u16, &'static str)>>,
    pub(crate) issued: Mutex<u32>,
}

impl Metadata {
    pub(crate) fn new(role: Option<&'static str>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { role, clock, failing: Mutex::default(), issued: Mutex::default() })
    }
}

impl Metadata {
    fn credentials(&self) -> Response<Bytes> {
        if let Some((status, body)) = *self.failing.lock().unwrap() {
            return respond(status, body);
        }
        let mut count = self.issued.lock().unwrap();
        *count += 1;
        respond(200, issued(&format!("STS.node.{count}"), self.clock.now()).to_string())
    }
}

const ROLES: &str = "/latest/meta-data/ram/security-credentials/";

impl Answer for Metadata {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let (headers, path) = (request.headers(), request.uri().path());
        if request.method() == Method::PUT && path == "/latest/api/token" {
            let ttl = header(headers, "x-aliyun-ecs-metadata-token-ttl-seconds").and_then(|ttl| ttl.parse().ok());
            let fits = ttl.is_some_and(|ttl: u32| (1..=21600).contains(&ttl));
            return if fits { respond(200, format!("{CANARY}-metadata")) } else { respond(400, "ttl") };
        }
        if header(headers, "x-aliyun-ecs-metadata-token") != Some("canary-metadata") || request.method() != Method::GET
        {
            return respond(403, "token");
        }
        let Some(role) = self.role else { return respond(404, "<html>404</html>") };
        match path.strip_prefix(ROLES) {
            Some("") => respond(200, role),
            Some(name) if name == role => self.credentials(),
            _ => respond(404, "<html>404</html>"),
        }
    }
}

/// Credentials for an hour, as the metadata service and a credentials URI give them.
fn issued(id: &str, now: Timestamp) -> Value {
    json!({
        "Code": "Success", "AccessKeyId": id, "AccessKeySecret": format!("{CANARY}/Secret+"),
        "SecurityToken": format!("{CANARY}/Token="), "LastUpdated": sign::format_date(now),
        "Expiration": sign::format_date(now + SignedDuration::from_hours(1)),
    })
}

/// Serves credentials under a path that only who may have them knows.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) clock: Arc<dyn Clock>,
    /// Answered instead.
    pub(crate) failing: Mutex<Option<(u16, &'static str)>>,
}

impl Keys {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, failing: Mutex::default() })
    }
}

impl Answer for Keys {
    fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if let Some((status, body)) = *self.failing.lock().unwrap() {
            return respond(status, body);
        }
        match (request.method(), request.uri().path(), request.uri().query()) {
            (&Method::GET, "/canary", Some("canary=1")) => {
                respond(200, issued("STS.uri", self.clock.now()).to_string())
            }
            _ => respond(404, "nothing here"),
        }
    }
}
