//! Each source of credentials against a fake of the endpoint that it asks.

mod canary;
mod chain;
mod fakes;
mod rotation;

use std::sync::Arc;
use std::time::Duration;

use cloud_core::sts::StsEndpoint;
use cloud_core::{
    AssumeRole, AssumeRoleCredentials, Clock, ContextError, CredentialContext, CredentialError, CredentialSource,
    CredentialsUri, DefaultCredentials, Environment, HttpTransport, InstanceRole, InstanceRoleCredentials,
    ProfileCredentials, Rrsa, RrsaCredentials, StaticCredentials, SystemClock, TokioClock, Transport, TransportError,
    UriCredentials,
};
use futures::future::BoxFuture;
use jiff::SignedDuration;
use secrecy::ExposeSecret;

use crate::support::{noon, timed};
use fakes::{CANARY, Keys, Metadata, Served, Sts, form, query};

const ROLE: &str = "acs:ram::1234567890123456:role/test-role";
const PROVIDER: &str = "acs:ram::1234567890123456:oidc-provider/ack-rrsa-c1";

fn system() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// Over real sockets, never through a proxy of whoever runs the tests.
fn context(variables: &[(&str, &str)], sts: &str) -> CredentialContext {
    let transport = Arc::new(HttpTransport::direct().unwrap());
    CredentialContext::new(environment(variables), transport.clone(), transport)
        .sts(StsEndpoint::parse(sts).unwrap())
        .session_name("test-session")
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables: Vec<(String, String)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Environment::from_lookup(move |name| {
        variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    })
}

async fn id(source: &dyn CredentialSource) -> String {
    source.load().await.unwrap().access_key_id
}

async fn complaint(source: &dyn CredentialSource) -> CredentialError {
    source.load().await.unwrap_err()
}

fn sorted(mut pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    pairs.sort();
    pairs
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A folder with a token file.
fn token(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, text).unwrap();
    (folder, file)
}

#[tokio::test]
async fn a_service_account_s_token_is_exchanged_unsigned_and_in_the_body() {
    let sts = Sts::new(system());
    let served = Served::of(sts.clone()).await;
    let (_folder, file) = token("canary.token.1\n");
    let source = RrsaCredentials::new(&context(&[], &served.url), Rrsa::of(ROLE, PROVIDER, file)).unwrap();
    let credentials = source.load().await.unwrap();
    assert_eq!(credentials.access_key_id, "STS.1");
    assert_eq!(credentials.access_key_secret.expose_secret(), "canary/Secret+1");
    assert_eq!(credentials.security_token.unwrap().expose_secret(), "canary/Token=1");
    // The second load asks nobody.
    assert_eq!(id(&source).await, "STS.1");
    let [request] = &served.requests()[..] else { panic!("{:?}", served.requests()) };
    let expected = [
        ("DurationSeconds", "3600"),
        ("OIDCProviderArn", PROVIDER),
        ("OIDCToken", "canary.token.1"),
        ("RoleArn", ROLE),
        ("RoleSessionName", "test-session"),
    ];
    assert_eq!(sorted(form(request)), owned(&expected));
    let names: Vec<String> = sorted(query(request)).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Action", "Format", "SignatureNonce", "Timestamp", "Version"]);
    let in_query = query(request);
    for (name, value) in [("Action", "AssumeRoleWithOIDC"), ("Format", "JSON"), ("Version", "2015-04-01")] {
        assert!(in_query.contains(&(name.to_owned(), value.to_owned())), "{in_query:?}");
    }
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(format!("http://{}", request.headers()["host"].to_str().unwrap()), served.url);
}

#[tokio::test]
async fn the_token_file_is_read_for_each_exchange() {
    let sts = Sts::new(system());
    let served = Served::of(sts.clone()).await;
    let (_folder, file) = token("canary.token.1");
    let rrsa = Rrsa::of(ROLE, PROVIDER, &file).session_name("own").duration(Duration::from_mins(15));
    let source = RrsaCredentials::new(&context(&[], &served.url), rrsa).unwrap();
    let first = source.load().await.unwrap();
    // As the kubelet does.
    std::fs::write(&file, "canary.token.2").unwrap();
    sts.state.lock().unwrap().token = "canary.token.2".to_owned();
    assert_eq!(id(&source).await, "STS.1");
    source.invalidate(&first);
    assert_eq!(id(&source).await, "STS.2");
    let sent = form(&served.requests()[1]);
    for pair in [("OIDCToken", "canary.token.2"), ("RoleSessionName", "own"), ("DurationSeconds", "900")] {
        assert!(sent.contains(&(pair.0.to_owned(), pair.1.to_owned())), "{sent:?}");
    }
}

#[tokio::test]
async fn an_exchange_that_is_refused_says_why_and_what_to_do() {
    let sts = Sts::new(system());
    let served = Served::of(sts.clone()).await;
    let (_folder, file) = token("canary.token.1");
    let told = async |status, code| {
        sts.state.lock().unwrap().failing = Some((status, code));
        let rrsa = Rrsa::of(ROLE, PROVIDER, &file);
        complaint(&RrsaCredentials::new(&context(&[], &served.url), rrsa).unwrap()).await
    };
    let error = told(400, "AuthenticationFail.NoPermission").await;
    let expected = "failed to get credentials: failed to AssumeRoleWithOIDC: AuthenticationFail.NoPermission (request R); \
                    create the identity provider in RAM, and let the role's trust policy name it and this service account";
    assert_eq!(error.to_string(), expected);
    for (status, code) in
        [(400, "Throttling.User"), (400, "AuthenticationFail.OIDCToken.Expired"), (400, "SomethingNew")]
    {
        assert!(matches!(told(status, code).await, CredentialError::Fetch { .. }), "{code}");
    }
    let before = served.requests().len();
    assert!(matches!(told(503, "ServiceUnavailable").await, CredentialError::Fetch { .. }));
    assert_eq!(served.requests().len() - before, 3, "a server that breaks down is asked again");
}

#[tokio::test]
async fn a_role_is_assumed_with_a_signature_of_the_source_below() {
    let sts = Sts::new(system());
    sts.state.lock().unwrap().keys.push(("LTAI".to_owned(), "canary-secret".to_owned()));
    let served = Served::of(sts.clone()).await;
    let base = Arc::new(StaticCredentials::key("LTAI", "canary-secret").unwrap());
    let role = AssumeRole::of(ROLE)
        .external_id("abcd:1234/x=")
        .policy("{\"Version\":\"1\"}")
        .session_name("own")
        .duration(Duration::from_mins(30));
    let source = AssumeRoleCredentials::new(&context(&[], &served.url), base, role).unwrap();
    assert_eq!([id(&source).await, id(&source).await], ["STS.1", "STS.1"]);
    let [request] = &served.requests()[..] else { panic!("{:?}", served.requests()) };
    let expected = [
        ("DurationSeconds", "1800"),
        ("ExternalId", "abcd:1234/x="),
        ("Policy", "{\"Version\":\"1\"}"),
        ("RoleArn", ROLE),
        ("RoleSessionName", "own"),
    ];
    assert_eq!((sorted(query(request)), request.body().len()), (owned(&expected), 0));
    let wrong = Arc::new(StaticCredentials::key("LTAI", "canary-wrong").unwrap());
    let source = AssumeRoleCredentials::new(&context(&[], &served.url), wrong, AssumeRole::of(ROLE)).unwrap();
    let expected = "failed to get credentials: failed to AssumeRole: SignatureDoesNotMatch (request R)";
    assert_eq!(complaint(&source).await.to_string(), expected);
}

#[tokio::test]
async fn a_role_behind_a_role_renews_the_lower_one_when_sts_refuses_it() {
    let sts = Sts::new(system());
    let served = Served::of(sts.clone()).await;
    let (_folder, file) = token("canary.token.1");
    let context = context(&[], &served.url);
    let lower = Arc::new(RrsaCredentials::new(&context, Rrsa::of(ROLE, PROVIDER, file)).unwrap());
    let source = AssumeRoleCredentials::new(&context, lower.clone(), AssumeRole::of(ROLE)).unwrap();
    assert_eq!([id(&source).await, id(lower.as_ref()).await], ["STS.2", "STS.1"]);
    // Everything that was issued is revoked.
    sts.state.lock().unwrap().oldest = 3;
    let refused = source.load().await.unwrap();
    source.invalidate(&refused);
    assert_eq!([id(&source).await, id(lower.as_ref()).await], ["STS.4", "STS.3"]);
}

fn role_at(url: &str, name: Option<&str>) -> InstanceRoleCredentials {
    let role = InstanceRole::of(name.map(str::to_owned)).address(url);
    InstanceRoleCredentials::new(&context(&[], "sts.example"), role).unwrap()
}

#[tokio::test]
async fn the_metadata_service_is_asked_with_a_token() {
    let served = Served::of(Metadata::new(Some("NodeRole-1"), system())).await;
    let source = role_at(&served.url, None);
    assert_eq!([id(&source).await, id(&source).await], ["STS.node.1", "STS.node.1"]);
    let lines = |served: &Served| -> Vec<String> {
        served.requests().iter().map(|request| format!("{} {}", request.method(), request.uri())).collect()
    };
    let path = "/latest/meta-data/ram/security-credentials/";
    let expected = ["PUT /latest/api/token".to_owned(), format!("GET {path}"), format!("GET {path}NodeRole-1")];
    assert_eq!(lines(&served), expected);
    // Whoever names the role saves one request.
    let named = Served::of(Metadata::new(Some("NodeRole-1"), system())).await;
    assert_eq!(id(&role_at(&named.url, Some("NodeRole-1"))).await, "STS.node.1");
    assert_eq!(lines(&named), [expected[0].clone(), expected[2].clone()]);
}

#[tokio::test]
async fn a_metadata_service_without_credentials_says_what_to_do() {
    let none = Served::of(Metadata::new(None, system())).await;
    let expected = "failed to get credentials: the metadata service of the instance names no role; attach a RAM role to the \
                    instance, or give credentials another way";
    assert_eq!(complaint(&role_at(&none.url, None)).await.to_string(), expected);
    let other = Served::of(Metadata::new(Some("NodeRole-1"), system())).await;
    let error = complaint(&role_at(&other.url, Some("gone"))).await.to_string();
    assert!(error.contains("has no role gone; correct ALIBABA_CLOUD_ECS_METADATA"), "{error}");
    // Port 1 is privileged and unused.
    let error = complaint(&role_at("http://127.0.0.1:1", None)).await;
    assert!(matches!(&error, CredentialError::Fetch { message } if message.contains("gave no answer")), "{error}");
    let metadata = Metadata::new(Some("NodeRole-1"), system());
    let served = Served::of(metadata.clone()).await;
    for (status, body) in [(500, "canary"), (200, "canary"), (200, "{}"), (200, "[]")] {
        *metadata.failing.lock().unwrap() = Some((status, body));
        let error = complaint(&role_at(&served.url, None)).await;
        assert!(matches!(&error, CredentialError::Fetch { message } if !message.contains(CANARY)), "{error}");
    }
    for (status, body) in [(403, "canary"), (200, "{\"Code\": \"canary\"}")] {
        *metadata.failing.lock().unwrap() = Some((status, body));
        let error = complaint(&role_at(&served.url, None)).await;
        assert!(matches!(&error, CredentialError::Refused { message } if !message.contains(CANARY)), "{error}");
    }
}

#[tokio::test]
async fn a_uri_is_asked_for_credentials() {
    let keys = Keys::new(system());
    let served = Served::of(keys.clone()).await;
    let uri = CredentialsUri::parse(&format!("{}/canary?canary=1", served.url)).unwrap();
    let source = UriCredentials::new(&context(&[], "sts.example"), uri.clone());
    assert_eq!([id(&source).await, id(&source).await], ["STS.uri", "STS.uri"]);
    assert_eq!(served.requests().len(), 1);
    assert!(source.account_may_change());
    for (status, body, passes) in
        [(500, "canary", true), (200, "canary", true), (404, "canary", false), (302, "", false)]
    {
        *keys.failing.lock().unwrap() = Some((status, body));
        let error = complaint(&UriCredentials::new(&context(&[], "sts.example"), uri.clone())).await;
        assert_eq!(matches!(error, CredentialError::Fetch { .. }), passes, "{error}");
        assert!(!format!("{error} {error:?}").contains(CANARY), "{error}");
    }
}

#[tokio::test]
async fn a_profile_that_changes_counts_from_the_next_load_on() {
    let sts = Sts::new(system());
    sts.state.lock().unwrap().keys.push(("LTAI".to_owned(), "canary-secret".to_owned()));
    let served = Served::of(sts.clone()).await;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aliyun");
    std::fs::create_dir(&folder).unwrap();
    let write = |profile: serde_json::Value| {
        let file = serde_json::json!({"current": "p", "profiles": [profile]});
        std::fs::write(folder.join("config.json"), file.to_string()).unwrap();
    };
    let context = context(&[("HOME", home.path().to_str().unwrap())], "sts.example");
    let source = ProfileCredentials::new(context);
    let error = complaint(&source).await.to_string();
    assert!(error.contains("there is no profile in ~/.aliyun/config.json"), "{error}");
    write(
        serde_json::json!({"name": "p", "mode": "AK", "access_key_id": "LTAI", "access_key_secret": "canary-secret"}),
    );
    assert_eq!(id(&source).await, "LTAI");
    write(serde_json::json!({"name": "p", "mode": "RamRoleArn", "access_key_id": "LTAI", "sts_endpoint": served.url,
                             "access_key_secret": "canary-secret", "ram_role_arn": ROLE}));
    // What is issued is kept as long as the file stays as it is.
    assert_eq!([id(&source).await, id(&source).await], ["STS.1", "STS.1"]);
    let refused = source.load().await.unwrap();
    source.invalidate(&refused);
    assert_eq!(id(&source).await, "STS.2");
    assert!(source.account_may_change());
}

#[tokio::test]
async fn a_machine_whose_clock_is_hours_off_has_credentials_all_the_same() {
    for ahead in [SignedDuration::from_hours(5), SignedDuration::from_hours(-5)] {
        let sts = Sts::new(system());
        sts.state.lock().unwrap().ahead = ahead;
        let served = Served::of(sts.clone()).await;
        let (_folder, file) = token("canary.token.1");
        let source = RrsaCredentials::new(&context(&[], &served.url), Rrsa::of(ROLE, PROVIDER, file)).unwrap();
        assert_eq!([id(&source).await, id(&source).await], ["STS.1", "STS.1"]);
        assert_eq!(sts.issued(), 1);
    }
}

/// Takes every request, and never answers.
#[derive(Debug)]
struct Hanging;

impl Transport for Hanging {
    fn send(
        &self,
        _: http::Request<bytes::Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<bytes::Bytes>, TransportError>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_is_asked_has_a_deadline() {
    let (_folder, file) = token("canary.token.1");
    let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(noon()));
    let context = CredentialContext::new(environment(&[]), Arc::new(Hanging), Arc::new(Hanging)).clock(clock);
    let key = Arc::new(StaticCredentials::key("LTAI", "canary-secret").unwrap());
    let uri = CredentialsUri::parse("https://keys.example").unwrap();
    let sources: [(Arc<dyn CredentialSource>, u64); 6] = [
        (Arc::new(RrsaCredentials::new(&context, Rrsa::of(ROLE, PROVIDER, file)).unwrap()), 10),
        (Arc::new(AssumeRoleCredentials::new(&context, key, AssumeRole::of(ROLE)).unwrap()), 10),
        (Arc::new(InstanceRoleCredentials::new(&context, InstanceRole::of(None)).unwrap()), 2),
        (Arc::new(UriCredentials::new(&context, uri)), 5),
        (Arc::new(DefaultCredentials::new(context.clone())), 2),
        // A role by a role: the lower one is given up first.
        (
            Arc::new(
                AssumeRoleCredentials::new(
                    &context,
                    Arc::new(InstanceRoleCredentials::new(&context, InstanceRole::of(None)).unwrap()),
                    AssumeRole::of(ROLE),
                )
                .unwrap(),
            ),
            10,
        ),
    ];
    for (source, longest) in sources {
        let (error, elapsed) = timed(complaint(source.as_ref())).await;
        assert!(matches!(error, CredentialError::Fetch { .. }), "{}: {error}", source.name());
        assert!(elapsed <= Duration::from_secs(longest), "{} took {elapsed:?}", source.name());
    }
}

#[test]
fn sts_is_where_the_environment_says() {
    let found = |variables: &[(&str, &str)]| {
        let endpoint = StsEndpoint::from_environment(&environment(variables)).map_err(|error| error.to_string());
        endpoint.map(|endpoint| format!("{endpoint:?}"))
    };
    let (endpoint, region, vpc) =
        ("ALIBABA_CLOUD_STS_ENDPOINT", "ALIBABA_CLOUD_STS_REGION", "ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED");
    let at = |host: &str| Ok(format!("{:?}", StsEndpoint::parse(host).unwrap()));
    assert_eq!(found(&[]), at("sts.aliyuncs.com"));
    assert_eq!(found(&[(vpc, "true")]), at("sts.aliyuncs.com"));
    assert_eq!(found(&[(region, "cn-hangzhou")]), at("sts.cn-hangzhou.aliyuncs.com"));
    assert_eq!(found(&[(region, "cn-hangzhou"), (vpc, "true")]), at("sts-vpc.cn-hangzhou.aliyuncs.com"));
    assert_eq!(found(&[(region, "cn-hangzhou"), (endpoint, "sts.example")]), at("sts.example"));
    assert!(found(&[(endpoint, "a b")]).unwrap_err().starts_with("failed to use ALIBABA_CLOUD_STS_ENDPOINT"));
    assert!(found(&[(region, "a/b")]).unwrap_err().starts_with("failed to use ALIBABA_CLOUD_STS_REGION"));
}

/// Run by the next test, in a process of its own whose environment names a proxy.
#[tokio::test]
#[ignore = "run by another test, in an environment of its own"]
async fn behind_a_proxy() -> Result<(), ContextError> {
    let context = CredentialContext::from_process()?;
    let address = context.environment().get("TEST_METADATA").unwrap();
    let source = InstanceRoleCredentials::new(&context, InstanceRole::of(None).address(&address)).unwrap();
    assert_eq!(id(&source).await, "STS.node.1");
    // The control: another request of this process does go through the proxy.
    let request = http::Request::get(format!("{address}/control")).body(bytes::Bytes::new()).unwrap();
    cloud_core::Transport::send(&HttpTransport::new().unwrap(), request).await.unwrap();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metadata_service_is_never_asked_through_a_proxy() {
    let served = Served::of(Metadata::new(Some("NodeRole-1"), system())).await;
    let proxy = Served::of(Keys::new(system())).await;
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "sources::behind_a_proxy", "--ignored"]).env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, &proxy.url);
    }
    let output = child.env("TEST_METADATA", &served.url).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(served.requests().len(), 3);
    let through: Vec<String> = proxy.requests().iter().map(|request| request.uri().to_string()).collect();
    assert_eq!(through, [format!("{}/control", served.url)]);
}
