//! Clients of the older kind: everything is a parameter, the signature too.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use cloud_core::{Clock, Credentials, Transport, encode};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use privatelink_sim::{AccessKey, Account, DEFAULT_PROVIDER, Simulator, Span};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::{NLB_SERVICE, REGION, ZONE_I, ZONE_J, credentials, provider};

type Params<'a> = &'a [(&'a str, &'a str)];

static NONCES: AtomicU64 = AtomicU64::new(0);

/// The older signature of some parameters, and the string that is signed.
pub(crate) fn signature(
    method: &str,
    algorithm: &str,
    secret: &str,
    merged: BTreeMap<String, String>,
) -> (String, String) {
    let canonical = encode::pairs(&merged.into_iter().collect::<Vec<_>>());
    let string_to_sign = format!("{method}&%2F&{}", encode::percent_encode(&canonical));
    let key = format!("{secret}&");
    let digest = if algorithm == "HMAC-SHA1" {
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(string_to_sign.as_bytes());
        mac.finalize().into_bytes().to_vec()
    } else {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(string_to_sign.as_bytes());
        mac.finalize().into_bytes().to_vec()
    };
    (BASE64_STANDARD.encode(digest), string_to_sign)
}

/// Signs as Terraform's provider and the command line do.
struct Older {
    key: Credentials,
    clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    method: &'static str,
    algorithm: &'static str,
}

impl Older {
    fn new(simulator: &Simulator) -> Self {
        let (clock, transport) = (simulator.clock(), simulator.transport());
        Self { key: credentials("provider"), clock, transport, method: "POST", algorithm: "HMAC-SHA1" }
    }

    /// The parameters that every call has.
    fn common(&self, action: &str) -> Vec<(String, String)> {
        let nonce = format!("older-{}", NONCES.fetch_add(1, Ordering::Relaxed));
        let mut common = vec![
            ("Action", action.to_owned()),
            ("Version", "2020-04-15".to_owned()),
            ("Format", "JSON".to_owned()),
            ("AccessKeyId", self.key.access_key_id.clone()),
            ("SignatureMethod", self.algorithm.to_owned()),
            ("SignatureVersion", "1.0".to_owned()),
            ("SignatureType", String::new()),
            ("SignatureNonce", nonce),
            ("Timestamp", self.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
        ];
        common
            .extend(self.key.security_token.as_ref().map(|token| ("SecurityToken", token.expose_secret().to_owned())));
        common.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn sign(&self, query: &[(String, String)], form: Params<'_>) -> (String, String) {
        let form = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let merged: BTreeMap<String, String> = query.iter().cloned().chain(form).collect();
        signature(self.method, self.algorithm, self.key.access_key_secret.expose_secret(), merged)
    }

    /// The request with these parameters in the query and those in the form, where a space is a plus.
    fn request(&self, mut query: Vec<(String, String)>, form: Params<'_>) -> Request<Bytes> {
        // Some of these clients send headers of the current kind as well, but never the one that decides.
        let action = query[0].1.clone();
        let (signature, _) = self.sign(&query, form);
        query.push(("Signature".to_owned(), signature));
        let form: Vec<_> = form.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let [query, form] = [query, form].map(|pairs| encode::pairs(&pairs).replace("%20", "+"));
        Request::builder()
            .method(self.method)
            .uri(format!("http://127.0.0.1:8080/?{query}"))
            .header("x-acs-action", action)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(form))
            .unwrap()
    }

    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.transport.send(request).await.unwrap()
    }

    async fn call(&self, action: &str, query: Params<'_>, form: Params<'_>) -> Value {
        let mut all = self.common(action);
        all.extend(query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let response = self.send(self.request(all, form)).await;
        assert_eq!(response.headers()["content-type"], "application/json;charset=utf-8");
        serde_json::from_slice(response.body()).unwrap()
    }

    /// Without some of the common parameters, or with others in their place.
    async fn with(&self, change: impl FnOnce(&mut Vec<(String, String)>)) -> Response<Bytes> {
        let mut all = self.common("ListVpcEndpointServices");
        all.push(("RegionId".to_owned(), REGION.to_owned()));
        change(&mut all);
        self.send(self.request(all, &[])).await
    }
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

/// The code of an answer in JSON.
fn code(response: &Response<Bytes>) -> String {
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    body["Code"].as_str().unwrap_or("good").to_owned()
}

#[tokio::test(start_paused = true)]
async fn parameters_may_come_in_the_query_in_the_form_or_in_both() {
    let (simulator, _) = provider();
    let older = Older::new(&simulator);
    let region = [("RegionId", REGION)];
    let named = [region[0], ("ServiceDescription", "a b+c"), ("ResourceGroupId", "")];
    let ways: [(Params<'_>, Params<'_>); 4] =
        [(&named, &[]), (&[], &named), (&region, &named[1..]), (&[("RegionId", "elsewhere")], &named)];
    for (query, form) in ways {
        let answer = older.call("CreateVpcEndpointService", query, form).await;
        assert_eq!(answer["ServiceDescription"], "a b+c", "{answer}");
    }
    assert_eq!(simulator.services(DEFAULT_PROVIDER, REGION).len(), 4, "the form wins where both name a region");
    let call = simulator.journal().pop().unwrap();
    assert_eq!((call.signature.as_deref(), call.signed_headers), (Some("HMAC-SHA1"), Vec::new()));
    let kept: Vec<&str> = call.parameters.keys().map(String::as_str).collect();
    assert_eq!(kept, ["Action", "Format", "RegionId", "ResourceGroupId", "ServiceDescription", "Version"]);
    assert_eq!(call.form, named.map(|(name, _)| name.to_owned()).into());
}

#[tokio::test(start_paused = true)]
async fn get_and_both_digests_work() {
    let (simulator, _) = provider();
    for method in ["GET", "POST"] {
        for algorithm in ["HMAC-SHA1", "HMAC-SHA256"] {
            let older = Older { method, algorithm, ..Older::new(&simulator) };
            let answer = older.call("ListVpcEndpointServices", &[("RegionId", REGION)], &[]).await;
            assert_eq!(answer["Services"], json!([]), "{method} {algorithm}: {answer}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn tag_calls_work_from_query_and_form_with_a_type_in_any_case() {
    let (simulator, client) = provider();
    let id = client.create().await;
    let thing = [("RegionId", REGION), ("ResourceType", "VpcEndpointService"), ("ResourceId.1", id.as_str())];
    let tag = |key| [thing[0], thing[1], thing[2], ("Tag.1.Key", key), ("Tag.1.Value", "v")];
    let (older, get) = (Older::new(&simulator), Older { method: "GET", ..Older::new(&simulator) });
    for answer in [
        older.call("TagResources", &[], &tag("form")).await,
        older.call("TagResources", &tag("query"), &[]).await,
        get.call("TagResources", &tag("get"), &[]).await,
    ] {
        assert_eq!(answer.as_object().unwrap().keys().collect::<Vec<_>>(), ["RequestId"]);
    }
    let tags = &simulator.services(DEFAULT_PROVIDER, REGION)[0].tags;
    assert_eq!(tags.keys().collect::<Vec<_>>(), ["form", "get", "query"]);
    let moved = [("ResourceId", id.as_str()), ("ResourceType", "VpcEndpointService"), ("ResourceGroupId", "rg-b")];
    older.call("ChangeResourceGroup", &[], &moved).await;
    assert_eq!(simulator.services(DEFAULT_PROVIDER, REGION)[0].resource_group, "rg-b", "in the region of the thing");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_told_what_the_server_signed() {
    let (simulator, _) = provider();
    let mut older = Older::new(&simulator);
    older.key.access_key_secret = "another".into();
    let query = older.common("ListVpcEndpointServices");
    let (_, string_to_sign) = older.sign(&query, &[("RegionId", REGION)]);
    let response = older.send(older.request(query, &[("RegionId", REGION)])).await;
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!((response.status().as_u16(), &body["Code"]), (400, &json!("SignatureDoesNotMatch")));
    let (_, told) = body["Message"].as_str().unwrap().split_once("server string to sign is:").unwrap();
    assert_eq!(told, string_to_sign, "what stands behind the colon is what both compare");
}

#[tokio::test(start_paused = true)]
async fn what_is_missing_or_unknown_in_a_signature_is_named() {
    let (simulator, _) = provider();
    let older = Older::new(&simulator);
    for name in ["SignatureMethod", "SignatureVersion", "SignatureNonce", "Timestamp", "AccessKeyId"] {
        let response = older.with(|all| all.retain(|(other, _)| other != name)).await;
        assert_eq!(code(&response), format!("Missing{name}"));
    }
    let set = |name: &'static str, value: &'static str| {
        move |all: &mut Vec<(String, String)>| {
            all.iter_mut().filter(|pair| pair.0 == name).for_each(|pair| value.clone_into(&mut pair.1));
        }
    };
    assert_eq!(code(&older.with(set("SignatureMethod", "MD5")).await), "InvalidSignatureMethod");
    assert_eq!(code(&older.with(set("SignatureVersion", "2.0")).await), "IncompleteSignature");
    assert_eq!(code(&older.with(set("Timestamp", "yesterday")).await), "InvalidTimeStamp.Format");
    assert_eq!(code(&older.with(set("Version", "2014-01-01")).await), "NoSuchVersion");
    let unknown = older.with(set("AccessKeyId", "nobody")).await;
    assert_eq!((unknown.status().as_u16(), code(&unknown).as_str()), (404, "InvalidAccessKeyId.NotFound"));
}

#[tokio::test(start_paused = true)]
async fn dates_nonces_and_tokens_are_checked_as_in_the_current_kind() {
    let (simulator, _) = provider();
    let older = Older::new(&simulator);
    let at = |seconds: i64| {
        let date: Timestamp = simulator.now() + SignedDuration::from_secs(seconds);
        move |all: &mut Vec<(String, String)>| {
            let stamp = date.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            all.iter_mut().filter(|pair| pair.0 == "Timestamp").for_each(|pair| pair.1.clone_from(&stamp));
        }
    };
    assert_eq!(code(&older.with(at(-899)).await), "good");
    assert_eq!(code(&older.with(at(-902)).await), "InvalidTimeStamp.Expired");
    let nonce = |all: &mut Vec<(String, String)>| {
        all.iter_mut().filter(|pair| pair.0 == "SignatureNonce").for_each(|pair| "again".clone_into(&mut pair.1));
    };
    assert_eq!([code(&older.with(nonce).await), code(&older.with(nonce).await)], ["good", "SignatureNonceUsed"]);
    let key = AccessKey { expires: None, ..AccessKey::new("STS.key", "secret").with_token("a+token/x==") };
    simulator.put_account(Account::new(DEFAULT_PROVIDER, key));
    let with = |token: Option<&str>| {
        let security_token = token.map(Into::into);
        let key = Credentials { access_key_id: "STS.key".into(), access_key_secret: "secret".into(), security_token };
        Older { key, ..Older::new(&simulator) }
    };
    assert_eq!(code(&with(Some("a+token/x==")).with(|_| ()).await), "good");
    assert_eq!(code(&with(Some("other")).with(|_| ()).await), "InvalidSecurityToken.Malformed");
    assert_eq!(code(&with(None).with(|_| ()).await), "MissingSecurityToken");
    assert!(!serde_json::to_string(&simulator.journal()).unwrap().contains("a+token"), "no secret in the journal");
}

#[tokio::test(start_paused = true)]
async fn without_a_format_or_with_format_xml_the_answer_is_xml() {
    let (simulator, _) = provider();
    let older = Older::new(&simulator);
    for format in [None, Some("xml"), Some("XML")] {
        let change = |all: &mut Vec<(String, String)>| {
            all.retain(|(name, _)| name != "Format");
            all.extend(format.map(|format| ("Format".to_owned(), format.to_owned())));
        };
        let response = older.with(change).await;
        assert_eq!(response.headers()["content-type"], "text/xml;charset=utf-8");
        let id = response.headers()["x-acs-request-id"].to_str().unwrap();
        let expected = format!(
            "<?xml version='1.0' encoding='UTF-8'?><ListVpcEndpointServicesResponse><MaxResults>50</MaxResults>\
             <RequestId>{id}</RequestId><TotalCount>0</TotalCount></ListVpcEndpointServicesResponse>"
        );
        assert_eq!(text(&response), expected);
    }
    let refused = older
        .with(|all| {
            all.retain(|(name, _)| name != "Format" && name != "RegionId");
        })
        .await;
    let id = refused.headers()["x-acs-request-id"].to_str().unwrap();
    let expected = format!(
        "<?xml version='1.0' encoding='UTF-8'?><Error><Code>MissingParam.RegionId</Code><HostId>127.0.0.1:8080</HostId>\
         <Message>The param of RegionId is missing.</Message>\
         <Recommend>https://api.aliyun.com/troubleshoot?q=MissingParam.RegionId&amp;product=Privatelink&amp;requestId={id}\
         </Recommend><RequestId>{id}</RequestId></Error>"
    );
    assert_eq!((refused.status().as_u16(), text(&refused)), (400, expected));
}

/// Writes that Terraform's provider makes side by side and does not repeat when they are denied.
#[tokio::test(start_paused = true)]
async fn what_terraform_does_not_repeat_works_while_a_service_is_pending() {
    let (simulator, current) = provider();
    let older = Older::new(&simulator);
    let id = current.create_active().await;
    simulator.change_config(|config| config.timers.pending = Span::secs(60, 60));
    let region = ("RegionId", REGION);
    let service = ("ServiceId", id.as_str());
    let resource = |id, zone| [("ResourceType", "nlb"), ("ResourceId", id), ("ZoneId", zone)];
    let attach = [&[region, service][..], &resource("nlb-b", ZONE_J)].concat();
    assert_eq!(older.call("AttachResourceToVpcEndpointService", &[], &attach).await.get("Code"), None);
    let tagged = [region, ("ResourceType", "VpcEndpointService"), ("ResourceId.1", id.as_str())];
    let user = [region, service, ("UserId", "7")];
    let moved = [("ResourceType", "VpcEndpointService"), ("ResourceId", id.as_str()), ("ResourceGroupId", "rg-b")];
    let calls = [
        ("AddUserToVpcEndpointService", user.to_vec()),
        ("RemoveUserFromVpcEndpointService", user.to_vec()),
        ("TagResources", [&tagged[..], &[("Tag.1.Key", "k"), ("Tag.1.Value", "v")]].concat()),
        ("UntagResources", [&tagged[..], &[("TagKey.1", "k")]].concat()),
        ("ChangeResourceGroup", moved.to_vec()),
        ("DetachResourceFromVpcEndpointService", [&[region, service][..], &resource("nlb-a", ZONE_I)].concat()),
        ("DetachResourceFromVpcEndpointService", attach),
        ("DeleteVpcEndpointService", vec![region, service]),
    ];
    for (action, params) in calls {
        assert_eq!(current.status(&id).await, "Pending", "before {action}");
        let answer = older.call(action, &[], &params).await;
        assert_eq!(answer.get("Code"), None, "{action}: {answer}");
    }
    assert_eq!(current.status(&id).await, "Deleting");
}

#[tokio::test(start_paused = true)]
async fn a_client_of_each_kind_sees_what_the_other_made() {
    let (simulator, current) = provider();
    let older = Older::new(&simulator);
    let made = older.call("CreateVpcEndpointService", &[("RegionId", REGION)], NLB_SERVICE).await;
    let id = made["ServiceId"].as_str().unwrap();
    assert_eq!(current.status(id).await, "Creating");
    current.settle(id).await;
    let seen = older.call("GetVpcEndpointServiceAttribute", &[], &[("RegionId", REGION), ("ServiceId", id)]).await;
    assert_eq!(seen["ServiceStatus"], "Active");
}
