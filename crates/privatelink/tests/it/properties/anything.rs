//! Texts, JSON, bodies and headers of every kind, with a liking for what the readers look for.

use privatelink::{Operation, documented_codes};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value};

use crate::strategies;

/// Fields that some reader looks for.
const FIELDS: [&str; 34] = [
    "RequestId",
    "Code",
    "Message",
    "AccessDeniedDetail",
    "NextToken",
    "TotalCount",
    "MaxResults",
    "Services",
    "Connections",
    "Resources",
    "Users",
    "UserARNs",
    "TagResources",
    "Endpoints",
    "SecurityGroups",
    "Zones",
    "Zone",
    "Regions",
    "Region",
    "ServiceResourceTypes",
    "ServiceResourceType",
    "SupportedRegionSet",
    "Tags",
    "Key",
    "Value",
    "ServiceId",
    "ServiceStatus",
    "ZoneId",
    "EndpointOwnerId",
    "ConnectBandwidth",
    "AutoAcceptEnabled",
    "ServiceSupportIPv6",
    "Success",
    "AccountId",
];

pub(super) fn json() -> impl Strategy<Value = Value> {
    strategies::json(name())
}

fn object_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    strategies::object(name(), value)
}

fn name() -> BoxedStrategy<String> {
    prop_oneof![4 => select(&FIELDS[..]).prop_map(ToOwned::to_owned), 1 => "[A-Za-z]{0,8}"].boxed()
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    select(Operation::ALL)
}

/// Bodies that are JSON objects, JSON of any kind, JSON cut somewhere, and anything at all.
pub(super) fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => object_of(json()).prop_map(|fields| Value::from(fields).to_string().into_bytes()),
        1 => json().prop_map(|value| value.to_string().into_bytes()),
        1 => (object_of(json()), any::<Index>()).prop_map(|(fields, index)| {
            let mut bytes = Value::from(fields).to_string().into_bytes();
            bytes.truncate(index.index(bytes.len()));
            bytes
        }),
        1 => prop::collection::vec(any::<u8>(), 0..64),
    ]
}

pub(super) fn status() -> impl Strategy<Value = u16> {
    select(vec![200_u16, 204, 302, 400, 403, 404, 429, 500, 503, 599])
}

pub(super) type Headers = Vec<(&'static str, Vec<u8>)>;

pub(super) fn headers() -> impl Strategy<Value = Headers> {
    let name = select(vec![
        "x-acs-retry-after",
        "x-ratelimit-user",
        "x-ratelimit-user-api",
        "date",
        "content-type",
        "x-acs-request-id",
    ]);
    let value = prop_oneof![
        "[0-9]{1,12}".prop_map(String::into_bytes),
        "Limit:[0-9]{1,3},TimeLeft:[0-9]{1,9}".prop_map(String::into_bytes),
        prop::collection::vec(prop_oneof![Just(b'\t'), 32_u8..=126, 128_u8..=255], 0..40),
    ];
    prop::collection::vec((name, value), 0..4)
}

/// Codes that are documented, that come from the gateway, and any others.
pub(super) fn code() -> impl Strategy<Value = String> {
    let documented: Vec<&str> = documented_codes().map(|known| known.code).collect();
    let gateway =
        vec!["Throttling.User", "Forbidden.RAM", "SignatureDoesNotMatch", "IdempotentFailed", "InternalError"];
    prop_oneof![
        4 => select(documented).prop_map(ToOwned::to_owned),
        2 => select(gateway).prop_map(ToOwned::to_owned),
        1 => "[A-Z][A-Za-z]{0,12}\\.[A-Za-z]{0,12}",
        1 => ".{1,40}",
        1 => "\\PC{490,520}",
    ]
}
