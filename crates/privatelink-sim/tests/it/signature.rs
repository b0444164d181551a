//! Who may call.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, TokioClock};
use http::Request;
use jiff::Timestamp;
use privatelink_sim::{AccessKey, Account, DEFAULT_PROVIDER, Policy, Switch};
use serde_json::json;

use crate::support::{Client, REGION, provider};

const GET: &str = "ListVpcEndpointServices";

async fn code(client: &Client) -> (u16, String) {
    let reply = client.call(GET, &[]).await;
    (reply.status, reply.code().to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_good_signature_says_who_calls() {
    let (_, client) = provider();
    assert_eq!(code(&client).await, (200, "good".to_owned()));
    let reply = client.try_call("GetCallerIdentity", &[]).await.unwrap();
    let expected = json!({
        "RequestId": reply.text("RequestId"), "AccountId": DEFAULT_PROVIDER,
        "Arn": format!("acs:ram::{DEFAULT_PROVIDER}:user/sim"), "IdentityType": "RAMUser",
        "PrincipalId": format!("2{DEFAULT_PROVIDER}"), "UserId": format!("2{DEFAULT_PROVIDER}"),
    });
    assert_eq!(reply.body, expected);
}

#[tokio::test(start_paused = true)]
async fn unknown_keys_and_wrong_secrets_are_refused() {
    let (_, client) = provider();
    let mut wrong = client.clone();
    wrong.key.access_key_secret = "another".into();
    let reply = wrong.call(GET, &[]).await;
    assert_eq!((reply.status, reply.code()), (400, "SignatureDoesNotMatch"));
    assert!(reply.text("Message").contains("server StringToSign is [ACS3-HMAC-SHA256\n"), "{reply:?}");
    wrong.key.access_key_id = "nobody".to_owned();
    assert_eq!(code(&wrong).await, refused(404, "InvalidAccessKeyId.NotFound"));
}

#[tokio::test(start_paused = true)]
async fn a_changed_request_does_not_match() {
    let (_, client) = provider();
    let change = |f: &dyn Fn(&mut Request<Bytes>), nonce: &str| {
        let mut request = client.request(GET, &[("RegionId", REGION)], nonce);
        f(&mut request);
        request
    };
    let url = format!("{}/?RegionId=cn-beijing", client.url);
    let changed = [
        change(&|request| *request.uri_mut() = url.parse().unwrap(), "1"),
        change(&|request| drop(request.headers_mut().insert("x-acs-accept", "no".parse().unwrap())), "2"),
        change(&|request| *request.body_mut() = Bytes::from_static(b"x"), "3"),
        change(&|request| drop(request.headers_mut().insert("host", "other".parse().unwrap())), "4"),
    ];
    let mut codes = Vec::new();
    for request in changed {
        codes.push(client.send(request).await.unwrap().code().to_owned());
    }
    // A header that is not among the signed ones is nobody's business.
    assert_eq!(codes, ["SignatureDoesNotMatch", "good", "SignatureDoesNotMatch", "SignatureDoesNotMatch"]);
}

#[tokio::test(start_paused = true)]
async fn a_query_with_plus_for_space_is_decoded_before_it_is_checked() {
    let (_, client) = provider();
    let mut request =
        client.request("CreateVpcEndpointService", &[("RegionId", REGION), ("ServiceDescription", "a b")], "1");
    let spaced = request.uri().to_string().replace("%20", "+");
    assert!(spaced.contains("a+b"));
    *request.uri_mut() = spaced.parse().unwrap();
    assert_eq!(client.send(request).await.unwrap().text("ServiceDescription"), "a b");
}

#[tokio::test(start_paused = true)]
async fn dates_may_be_off_by_fifteen_minutes() {
    let (simulator, client) = provider();
    let off_by = |seconds: i64| -> Client {
        let base: Timestamp = simulator.now() + jiff::SignedDuration::from_secs(seconds);
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(base));
        Client { clock, ..client.clone() }
    };
    for seconds in [-899, 899] {
        assert_eq!(code(&off_by(seconds)).await, (200, "good".to_owned()));
    }
    for seconds in [-902, 902] {
        assert_eq!(code(&off_by(seconds)).await, refused(400, "InvalidTimeStamp.Expired"));
    }
    simulator.change_config(|config| config.signatures.check_skew = Switch::Off);
    assert_eq!(code(&off_by(-86_400)).await, (200, "good".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_nonce_works_once_and_an_answer_tells_the_time() {
    let (simulator, client) = provider();
    let send = async || {
        let request = client.request(GET, &[("RegionId", REGION)], "again");
        client.send(request).await.unwrap()
    };
    let first = send().await;
    assert_eq!(first.code(), "good");
    let date = simulator.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    assert_eq!(first.headers["date"], date);
    assert_eq!(first.headers["x-acs-request-id"], first.text("RequestId"));
    assert_eq!(send().await.code(), "SignatureNonceUsed");
    tokio::time::sleep(Duration::from_mins(31)).await;
    assert_eq!(send().await.code(), "good", "forgotten with its date");
    simulator.change_config(|config| config.signatures.check_replay = Switch::Off);
    assert_eq!(send().await.code(), "good");
}

#[tokio::test(start_paused = true)]
async fn temporary_keys_need_their_token_until_it_expires() {
    let (simulator, client) = provider();
    let expires = Some(simulator.now() + jiff::SignedDuration::from_mins(1));
    let key = AccessKey { expires, ..AccessKey::new("STS.key", "secret").with_token("the-token") };
    simulator.put_account(Account::new(DEFAULT_PROVIDER, key));
    let with = |token: Option<&str>| {
        let mut client = client.clone();
        client.key.access_key_id = "STS.key".to_owned();
        client.key.access_key_secret = "secret".into();
        client.key.security_token = token.map(Into::into);
        client
    };
    assert_eq!(code(&with(Some("the-token"))).await, (200, "good".to_owned()));
    assert_eq!(code(&with(Some("other"))).await, refused(400, "InvalidSecurityToken.Malformed"));
    assert_eq!(code(&with(None)).await, refused(400, "MissingSecurityToken"));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(code(&with(Some("the-token"))).await, refused(400, "InvalidSecurityToken.Expired"));
    assert!(!serde_json::to_string(&simulator.journal()).unwrap().contains("the-token"), "no secret in the journal");
}

#[tokio::test(start_paused = true)]
async fn inactive_keys_denied_operations_and_unknown_ones_are_refused() {
    let (simulator, client) = provider();
    let key = || AccessKey::new("sim-provider-key", "sim-provider-secret");
    simulator.put_account(Account::new(DEFAULT_PROVIDER, AccessKey { active: Switch::Off, ..key() }));
    assert_eq!(code(&client).await, refused(400, "InvalidAccessKeyId.Inactive"));
    let denied = [GET.to_owned()].into();
    simulator.put_account(Account::new(DEFAULT_PROVIDER, AccessKey { denied, ..key() }));
    let reply = client.call(GET, &[]).await;
    assert_eq!((reply.status, reply.code()), (403, "Forbidden.RAM"));
    assert_eq!(reply.body["AccessDeniedDetail"]["AuthAction"], "privatelink:ListVpcEndpointServices");
    assert_eq!(client.call("ListVpcEndpointConnections", &[]).await.code(), "good");
    let reply = client.call("DescribeNothing", &[]).await;
    assert_eq!((reply.status, reply.code()), (404, "InvalidApi.NotFound"));
}

#[tokio::test(start_paused = true)]
async fn a_key_with_policies_may_do_what_they_allow_together() {
    let (simulator, client) = provider();
    let policies: Vec<Policy> = serde_json::from_value(json!([
        {"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["privatelink:List*"], "Resource": "*"}]},
        {"Version": "1", "Statement": [{"Effect": "Deny", "Action": "privatelink:ListVpcEndpointConnections", "Resource": "*"}]},
    ]))
    .unwrap();
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret").with_policies(policies);
    simulator.put_account(Account::new(DEFAULT_PROVIDER, key));
    assert_eq!(client.call(GET, &[]).await.code(), "good");
    for (operation, kind) in [("DescribeRegions", "ImplicitDeny"), ("ListVpcEndpointConnections", "ExplicitDeny")] {
        let reply = client.call(operation, &[]).await;
        assert_eq!((reply.status, reply.code()), (403, "Forbidden.RAM"));
        let detail = &reply.body["AccessDeniedDetail"];
        let expected = (&json!(format!("privatelink:{operation}")), &json!(kind));
        assert_eq!((&detail["AuthAction"], &detail["NoPermissionType"]), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_without_signature_is_refused_unless_signatures_are_off() {
    let (simulator, client) = provider();
    let bare = || {
        let url = format!("{}/?RegionId={REGION}&Action={GET}&Version=2020-04-15", client.url);
        Request::get(url).body(Bytes::new()).unwrap()
    };
    assert_eq!(client.send(bare()).await.unwrap().code(), "IncompleteSignature");
    simulator.change_config(|config| config.signatures.verify = Switch::Off);
    assert_eq!(client.send(bare()).await.unwrap().code(), "good");
    let old = format!("{}/?RegionId={REGION}&Action={GET}&Version=2014-01-01", client.url);
    let reply = client.send(Request::get(old).body(Bytes::new()).unwrap()).await.unwrap();
    assert_eq!(reply.code(), "NoSuchVersion");
}
