//! Whatever comes: nothing panics, nothing gets lost.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use privatelink::*;
use proptest::prelude::*;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::support::{Reply, Script, client, noon};

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object_of(inner).prop_map(Value::from),
        ]
    })
}

/// Objects whose fields are likely to be ones that the readers look for.
fn object_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![
        prop::sample::select(vec![
            "RequestId",
            "Code",
            "Message",
            "Services",
            "Connections",
            "Resources",
            "Users",
            "UserARNs",
            "TagResources",
            "Endpoints",
            "Zones",
            "Tags",
            "Key",
            "Value",
            "NextToken",
            "TotalCount",
            "ServiceId",
            "ServiceStatus",
            "ConnectBandwidth",
            "AutoAcceptEnabled",
            "SupportedRegionSet",
            "EndpointOwnerId",
            "AccessDeniedDetail",
            "AccountId",
        ])
        .prop_map(ToOwned::to_owned),
        "[A-Za-z]{0,8}",
    ];
    prop::collection::btree_map(name, value, 0..6)
        .prop_map(|fields: BTreeMap<String, Value>| fields.into_iter().collect())
}

fn operation() -> impl Strategy<Value = Operation> {
    prop::sample::select(Operation::ALL)
}

/// Bodies that are JSON objects, JSON of any kind, JSON cut somewhere, and anything at all.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => object_of(json()).prop_map(|fields| Value::from(fields).to_string().into_bytes()),
        1 => json().prop_map(|value| value.to_string().into_bytes()),
        1 => (object_of(json()), any::<prop::sample::Index>()).prop_map(|(fields, index)| {
            let mut bytes = Value::from(fields).to_string().into_bytes();
            bytes.truncate(index.index(bytes.len()));
            bytes
        }),
        1 => prop::collection::vec(any::<u8>(), 0..64),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let name = prop::sample::select(vec![
        "x-acs-retry-after",
        "x-ratelimit-user",
        "x-ratelimit-user-api",
        "date",
        "content-type",
        "x-acs-request-id",
    ]);
    prop::collection::vec((name, prop::collection::vec(32_u8..=126, 0..40)), 0..4)
}

/// Calls every kind of reader with the same answer, as often as it asks for it.
async fn read_everything(status: u16, headers: &[(&'static str, Vec<u8>)], body: &[u8]) -> Vec<Result<(), Error>> {
    let reply = || {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, value.as_slice());
        }
        Reply::Answer(response.body(Bytes::copy_from_slice(body)).unwrap())
    };
    let client = || client(&Script::of((0..8).map(|_| reply())));
    let reader = || client().reader();
    let id = || "x".to_owned();
    let get = GetVpcEndpointServiceAttributeRequest { service_id: id() };
    let endpoint = GetVpcEndpointAttributeRequest { endpoint_id: id() };
    let resources = ListVpcEndpointServiceResourcesRequest { service_id: id() };
    vec![
        reader().get_vpc_endpoint_service_attribute(&get).await.map(drop),
        reader().get_vpc_endpoint_attribute(&endpoint).await.map(drop),
        reader().list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await.map(drop),
        reader().list_vpc_endpoint_service_resources(&resources).await.map(drop),
        reader().list_vpc_endpoint_service_users(&ListVpcEndpointServiceUsersRequest::default()).await.map(drop),
        reader().list_vpc_endpoint_connections(&ListVpcEndpointConnectionsRequest::default()).await.map(drop),
        reader().list_tag_resources(&ListTagResourcesRequest::default()).await.map(drop),
        reader().list_vpc_endpoints(&ListVpcEndpointsRequest::default()).await.map(drop),
        client().writer().create_vpc_endpoint_service(&CreateVpcEndpointServiceRequest::default()).await.map(drop),
        client().writer().delete_vpc_endpoint_service(&DeleteVpcEndpointServiceRequest::default()).await.map(drop),
        client().caller_identity().await.map(drop),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_encoded_text_is_unreserved_and_decodes_to_itself(text in any::<String>()) {
        let encoded = encode::percent_encode(&text);
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte);
        prop_assert!(encoded.bytes().all(unreserved));
        let decoded = percent_encoding::percent_decode_str(&encoded).decode_utf8().unwrap();
        prop_assert_eq!(decoded, text);
    }

    #[test]
    fn a_canonical_query_decodes_to_its_parameters(
        parameters in prop::collection::btree_map("[A-Za-z0-9.]{1,12}", any::<String>(), 0..8)
    ) {
        let pairs: Vec<(String, String)> = parameters.clone().into_iter().collect();
        let query = sign::canonical_query(&pairs);
        let decoded: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        prop_assert_eq!(decoded, parameters);
    }

    #[test]
    fn flattening_gives_each_leaf_a_name_of_its_own_in_order(value in json()) {
        let names: Vec<String> = encode::flatten(&value).into_iter().map(|(name, _)| name).collect();
        prop_assert!(names.is_sorted());
    }

    #[test]
    fn signing_is_deterministic_and_signs_what_is_sent(
        id in any::<String>(), secret in any::<String>(), token in any::<Option<String>>(), host in any::<String>(),
        params in prop::collection::vec((any::<String>(), any::<String>()), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..64), nonce in any::<String>(), seconds in any::<u32>(),
    ) {
        let credentials = Credentials {
            access_key_id: id,
            access_key_secret: SecretString::from(secret),
            security_token: token.map(SecretString::from),
        };
        let unsigned = sign::Unsigned {
            method: "POST", host: &host, action: "A", version: "V", params: &params, body: &body, content_type: None,
        };
        let date = noon() + std::time::Duration::from_secs(seconds.into());
        let [first, second] = [0, 1].map(|_| sign::sign(&credentials, &unsigned, date, &nonce));
        prop_assert_eq!(&first.signature, &second.signature);
        prop_assert_eq!(first.signature.len(), 64);
        let signed: Vec<&str> = first.signed_headers.split(';').collect();
        let sent: Vec<&str> = first.headers.iter().map(|(name, _)| name.as_str()).filter(|n| sign::is_signed_header(n)).collect();
        prop_assert!(sent.iter().all(|name| signed.contains(name)));
        prop_assert_eq!(sent.len(), signed.len());
    }

    #[test]
    fn any_code_is_classified_and_only_known_ones_are_terminal(operation in operation(), code in any::<String>()) {
        let found = classify(operation, &code);
        prop_assert_eq!(found.kind == ErrorKind::AlreadyDone, found.retry == RetryClass::Done);
    }

    #[test]
    fn a_code_in_no_family_is_unknown_and_backs_off(operation in operation(), code in "[XYZ][A-Za-z0-9.]{0,20}") {
        prop_assume!(!is_known_family(&code));
        let expected = Classified { kind: ErrorKind::Unknown, retry: RetryClass::Backoff };
        prop_assert_eq!(classify(operation, &code), expected);
    }

    #[test]
    fn states_keep_every_word(word in any::<String>()) {
        let (service, connection) = (ServiceStatus::from_wire(Some(&word)), ConnectionStatus::from_wire(Some(&word)));
        prop_assert_eq!((service.as_str(), connection.as_str()), (word.as_str(), word.as_str()));
    }

    #[test]
    fn an_endpoint_of_any_text_is_taken_or_refused(text in any::<String>()) {
        let source: Arc<dyn CredentialSource> = crate::support::key();
        let transport: Arc<dyn Transport> = Script::of([]);
        let _ = Client::builder().region("r").credentials(source).transport(transport).endpoint(text).build();
    }
}

fn is_known_family(code: &str) -> bool {
    code.contains("Throttling") || code.contains("QPSLimitExceeded")
}

proptest! {
    // Each case makes eleven calls.
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_answer_is_read_or_is_an_error_and_never_refused_without_a_code(
        status in prop::sample::select(vec![200_u16, 204, 302, 400, 403, 404, 429, 500, 503, 599]),
        headers in headers(), body in body(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let outcomes = runtime.block_on(read_everything(status, &headers, &body));
        for error in outcomes.into_iter().filter_map(Result::err) {
            prop_assert!(!error.to_string().is_empty());
            if error.code().is_none() {
                prop_assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
            }
            if error.fate() == Fate::Refused {
                prop_assert!((400..500).contains(&error.http_status().unwrap()));
            }
        }
    }
}
