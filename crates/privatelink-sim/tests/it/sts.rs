//! Temporary keys: how they are issued, what they open, and how they end.

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use cloud_core::Credentials;
use http::Request;
use jiff::SignedDuration;
use privatelink_sim::{
    AccessKey, Account, AdminClient, Config, DEFAULT_CONSUMER, DEFAULT_PROVIDER, Fault, FaultKind, ISSUED_SECRET,
    ISSUED_TOKEN, OidcTrust, Role, Simulator, serve,
};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::support::{Client, Reply, provider};

const GET: &str = "ListVpcEndpointServices";
const PROVIDER_ARN: &str = "acs:ram::1111222233334444:oidc-provider/ack-rrsa-c1";
const SUBJECT: &str = "system:serviceaccount:privatelink-system:privatelink-operator";
const ISSUER: &str = "https://oidc.example.com/c1";

fn arn(role: &str) -> String {
    format!("acs:ram::{DEFAULT_PROVIDER}:role/{role}")
}

/// The account of the provider with these roles.
fn with_roles(simulator: &Simulator, roles: Vec<Role>) {
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    simulator.put_account(Account { roles, ..Account::new(DEFAULT_PROVIDER, key) });
}

async fn assume(client: &Client, role: &str, more: &[(&str, &str)]) -> Reply {
    assume_as(client, &arn(role), "it-is-me", more).await
}

async fn assume_as(client: &Client, arn: &str, name: &str, more: &[(&str, &str)]) -> Reply {
    let all = [&[("RoleArn", arn), ("RoleSessionName", name)], more].concat();
    client.try_call("AssumeRole", &all).await.unwrap()
}

/// A client that calls with the key in an answer of STS.
fn holder(client: &Client, answer: &Value) -> Client {
    let text = |field: &str| answer[field].as_str().unwrap().to_owned();
    let key = Credentials {
        access_key_id: text("AccessKeyId"),
        access_key_secret: text("AccessKeySecret").into(),
        security_token: Some(text("SecurityToken").into()),
    };
    Client { key, ..client.clone() }
}

async fn code(client: &Client) -> String {
    client.call(GET, &[]).await.code().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_role_s_key_works_with_its_token_until_it_expires_and_is_forgotten_an_hour_later() {
    let (simulator, client) = provider();
    let reply = assume(&client, "network", &[("DurationSeconds", "900")]).await;
    assert_eq!(
        reply.body["AssumedRoleUser"]["Arn"],
        format!("acs:ram::{DEFAULT_PROVIDER}:assumed-role/network/it-is-me")
    );
    let issued = &reply.body["Credentials"];
    let expires: jiff::Timestamp = issued["Expiration"].as_str().unwrap().parse().unwrap();
    let left = expires.duration_since(simulator.now());
    assert!((SignedDuration::from_secs(898)..=SignedDuration::from_secs(900)).contains(&left), "{left}");
    assert!(issued["AccessKeyId"].as_str().unwrap().starts_with("STS."));
    assert!(issued["AccessKeySecret"].as_str().unwrap().starts_with(ISSUED_SECRET));
    assert!(issued["SecurityToken"].as_str().unwrap().starts_with(ISSUED_TOKEN));
    let holder = holder(&client, issued);
    assert_eq!(code(&holder).await, "good");
    let identity = holder.try_call("GetCallerIdentity", &[]).await.unwrap().body;
    assert_eq!(
        (&identity["AccountId"], &identity["IdentityType"]),
        (&json!(DEFAULT_PROVIDER), &json!("AssumedRoleUser"))
    );
    let mut without = holder.clone();
    without.key.security_token = None;
    assert_eq!(code(&without).await, "MissingSecurityToken");
    without.key.security_token = Some("another".to_owned().into());
    assert_eq!(code(&without).await, "InvalidSecurityToken.Malformed");
    tokio::time::sleep(Duration::from_mins(15)).await;
    assert_eq!(code(&holder).await, "InvalidSecurityToken.Expired");
    tokio::time::sleep(Duration::from_mins(61)).await;
    assume(&client, "network", &[]).await;
    assert_eq!(code(&holder).await, "InvalidAccessKeyId.NotFound");
    let journal = serde_json::to_string(&simulator.journal()).unwrap();
    assert!(!journal.contains(ISSUED_SECRET) && !journal.contains(ISSUED_TOKEN), "no secret in the journal");
}

#[tokio::test(start_paused = true)]
async fn a_role_is_given_to_whom_its_trust_policy_names() {
    let (simulator, client) = provider();
    let shared = Role {
        trusted_accounts: [DEFAULT_CONSUMER.to_owned()].into(),
        external_id: Some("tenant-42".to_owned()),
        ..Role::new("shared")
    };
    let reader = Role { denied: ["CreateVpcEndpointService".to_owned()].into(), ..Role::new("reader") };
    with_roles(&simulator, vec![shared, reader]);
    let consumer = Client::in_process(&simulator, "consumer");
    let id = [("ExternalId", "tenant-42")];
    let codes = [
        assume(&client, "shared", &id).await,
        assume(&consumer, "shared", &id).await,
        assume(&consumer, "shared", &[]).await,
        assume(&consumer, "shared", &[("ExternalId", "tenant-43")]).await,
        assume(&consumer, "reader", &[]).await,
        assume(&client, "nobody", &[]).await,
        assume(&client, "reader", &[("DurationSeconds", "899")]).await,
        assume(&client, "reader", &[("DurationSeconds", "3601")]).await,
        assume_as(&client, "reader", "it-is-me", &[]).await,
        assume_as(&client, &arn("reader"), "a b", &[]).await,
    ];
    let expected = [
        "good",
        "good",
        "NoPermission",
        "NoPermission",
        "NoPermission",
        "EntityNotExist.Role",
        "InvalidParameter.DurationSeconds",
        "InvalidParameter.DurationSeconds",
        "InvalidParameter.RoleArn",
        "InvalidParameter.RoleSessionName",
    ];
    assert_eq!(codes.each_ref().map(Reply::code), expected);
    // Who got it acts as the role's account, with the role's rights.
    let foreign = holder(&consumer, &codes[1].body["Credentials"]);
    assert_eq!(foreign.try_call("GetCallerIdentity", &[]).await.unwrap().text("AccountId"), DEFAULT_PROVIDER);
    let reader = holder(&client, &assume(&client, "reader", &[]).await.body["Credentials"]);
    let denied = reader.call("CreateVpcEndpointService", &[]).await;
    assert_eq!((denied.status, denied.code()), (403, "Forbidden.RAM"));
    assert_eq!(denied.body["AccessDeniedDetail"]["AuthPrincipalDisplayName"], "reader:it-is-me");
}

/// A token as an API server issues it, signed by nobody.
fn token(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmF0dXJl", part(&json!({"alg": "RS256"})), part(claims))
}

fn claims(simulator: &Simulator) -> Value {
    json!({
        "iss": ISSUER, "sub": SUBJECT, "aud": ["sts.aliyuncs.com"],
        "exp": (simulator.now() + SignedDuration::from_mins(10)).as_second(),
    })
}

async fn exchange(client: &Client, role: &str, token: &str, provider: &str) -> Reply {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("RoleArn", &arn(role)).append_pair("OIDCProviderArn", provider);
    form.append_pair("OIDCToken", token).append_pair("RoleSessionName", "it-is-me");
    let url = format!("{}/?Action=AssumeRoleWithOIDC&Version=2015-04-01&Format=JSON", client.url);
    let request = Request::post(url).header("content-type", "application/x-www-form-urlencoded");
    client.send(request.body(Bytes::from(form.finish())).unwrap()).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_exchanged_unsigned_for_the_key_of_a_role_that_trusts_it() {
    let (simulator, client) = provider();
    let trust = OidcTrust {
        provider: Some(PROVIDER_ARN.to_owned()),
        issuer: Some(ISSUER.to_owned()),
        subjects: [SUBJECT.to_owned()].into(),
        ..OidcTrust::default()
    };
    with_roles(&simulator, vec![Role { oidc: Some(trust), ..Role::new("operator") }, Role::new("closed")]);
    let good = claims(&simulator);
    let with = |field: &str, value: Value| {
        let mut changed = good.clone();
        changed[field] = value;
        token(&changed)
    };
    let reply = exchange(&client, "operator", &token(&good), PROVIDER_ARN).await;
    assert_eq!(reply.code(), "good", "{reply:?}");
    assert_eq!(code(&holder(&client, &reply.body["Credentials"])).await, "good");
    let table = [
        ("operator", with("exp", json!(simulator.now().as_second())), "AuthenticationFail.OIDCToken.Expired"),
        ("operator", with("iss", json!("https://other")), "AuthenticationFail.OIDCToken.IssuerNotMatch"),
        ("operator", with("aud", json!("other")), "AuthenticationFail.OIDCToken.AudienceNotMatch"),
        ("operator", with("sub", json!("system:serviceaccount:a:b")), "AuthenticationFail.NoPermission"),
        ("operator", "a.b.c".to_owned(), "AuthenticationFail.OIDCToken.Invalid"),
        ("operator", "token".to_owned(), "AuthenticationFail.OIDCToken.Invalid"),
        ("closed", token(&good), "AuthenticationFail.NoPermission"),
        ("nobody", token(&good), "EntityNotExist.Role"),
    ];
    for (role, token, expected) in table {
        assert_eq!(exchange(&client, role, &token, PROVIDER_ARN).await.code(), expected, "{role} {token}");
    }
    let other = "acs:ram::1111222233334444:oidc-provider/other";
    let codes = [
        exchange(&client, "operator", &token(&good), other).await,
        exchange(&client, "operator", &token(&good), "other").await,
    ];
    assert_eq!(
        codes.each_ref().map(Reply::code),
        ["AuthenticationFail.NoPermission", "InvalidParameter.OIDCProviderArn"]
    );
    let journal = serde_json::to_string(&simulator.journal()).unwrap();
    assert!(journal.contains("[withheld]") && !journal.contains(&token(&good)), "no token in the journal");
}

#[tokio::test(start_paused = true)]
async fn keys_last_as_long_as_the_configuration_says_and_expire_on_order() {
    let (simulator, client) = provider();
    simulator.change_config(|config| config.sts.lifetime = Some(Duration::from_secs(5)));
    let short = holder(&client, &assume(&client, "network", &[]).await.body["Credentials"]);
    assert_eq!(code(&short).await, "good");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(code(&short).await, "InvalidSecurityToken.Expired");
    simulator.change_config(|config| config.sts.lifetime = None);
    let long = holder(&client, &assume(&client, "network", &[]).await.body["Credentials"]);
    let by_uri = holder(&client, &simulator.issue(DEFAULT_PROVIDER, "node").unwrap());
    assert_eq!([code(&long).await, code(&by_uri).await], ["good", "good"]);
    simulator.expire_sessions();
    let expired = "InvalidSecurityToken.Expired";
    assert_eq!([code(&long).await, code(&by_uri).await], [expired, expired]);
    let next = holder(&client, &assume(&client, "network", &[]).await.body["Credentials"]);
    assert_eq!((code(&next).await, simulator.sessions().len()), ("good".to_owned(), 4));
}

#[tokio::test(start_paused = true)]
async fn a_signature_that_is_refused_on_order_is_refused_in_words_that_quote_the_token() {
    let (simulator, client) = provider();
    let holder = holder(&client, &assume(&client, "network", &[]).await.body["Credentials"]);
    simulator.fault(Fault::next(GET, FaultKind::error("SignatureDoesNotMatch")));
    let refused = holder.call(GET, &[]).await;
    assert_eq!((refused.status, refused.code()), (400, "SignatureDoesNotMatch"));
    assert!(refused.text("Message").contains(ISSUED_TOKEN), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_its_account_lost_is_refused_and_what_was_issued_to_it_lasts() {
    let (simulator, client) = provider();
    let issued = holder(&client, &assume(&client, "network", &[]).await.body["Credentials"]);
    simulator.put_account(Account::new(DEFAULT_PROVIDER, AccessKey::new("new-key", "new-secret")));
    assert_eq!([code(&client).await, code(&issued).await], ["InvalidAccessKeyId.NotFound", "good"]);
    assert_eq!(assume(&client, "network", &[]).await.code(), "InvalidAccessKeyId.NotFound");
    assert_eq!(simulator.issue("42", "node"), None);
}

#[tokio::test]
async fn the_admin_port_plays_the_metadata_service_and_a_credentials_uri() {
    let simulator = Simulator::new(Config::fast());
    let any = "127.0.0.1:0".parse().unwrap();
    let served = serve(simulator.clone(), any, any).await.unwrap();
    let client = Client::over_http(&simulator, "provider", &served.api_url());
    let (http, roles) =
        (reqwest::Client::builder().no_proxy().build().unwrap(), "/latest/meta-data/ram/security-credentials/");
    let url = |path: &str| format!("{}{path}", served.admin_url());
    let put = async |ttl: &str| {
        let asked = http.put(url("/latest/api/token")).header("X-aliyun-ecs-metadata-token-ttl-seconds", ttl);
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let get = async |path: &str, token: &str| {
        let answer = http.get(url(path)).header("X-aliyun-ecs-metadata-token", token).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!([put("0").await.0, put("21601").await.0, put("soon").await.0], [400; 3]);
    let (_, token) = put("60").await;
    assert_eq!((get(roles, "another").await.0, get(roles, &token).await.0), (403, 404), "no role is attached");
    simulator.change_config(|config| config.sts.instance_role = Some("NodeRole".to_owned()));
    assert_eq!(get(roles, &token).await, (200, "NodeRole".to_owned()));
    assert_eq!(get(&format!("{roles}Other"), &token).await.0, 404);
    let issued = |(status, text): (u16, String)| {
        let body: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, &body["Code"]), (200, &json!("Success")));
        body
    };
    for body in
        [get(&format!("{roles}NodeRole"), &token).await, get(&format!("/v1/credentials/{DEFAULT_PROVIDER}"), "").await]
    {
        assert_eq!(code(&holder(&client, &issued(body))).await, "good");
    }
    assert_eq!(get("/v1/credentials/42", "").await.0, 404);

    let admin = AdminClient::new(served.admin_url()).unwrap();
    let names: Vec<String> = admin.sessions().await.unwrap().into_iter().map(|session| session.role).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let held = holder(&client, &issued(get(&format!("/v1/credentials/{DEFAULT_PROVIDER}"), "").await));
    admin.expire_sessions().await.unwrap();
    assert_eq!(code(&held).await, "InvalidSecurityToken.Expired");
    served.stop().await;
}
