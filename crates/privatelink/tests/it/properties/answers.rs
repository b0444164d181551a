//! Answers of any kind to any call.

use std::sync::Arc;

use bytes::Bytes;
use cloud_core::{Client, Error};
use http::Response;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::anything::{Headers, body, headers, json as any_json, status};
use super::{METHODS, block_on, check};
use crate::support::{Reply, Script, client};
use crate::surface::Given;

/// Every answer of the reference in one, so that it answers any call. Zones come in three forms.
fn answer(name: &str) -> Value {
    let region =
        json!({"SupportedRegionId": "r", "RegionServiceStatus": "Available", "RegionBusinessStatus": "Normal"});
    let tags = json!([{"Key": "k", "Value": "v"}]);
    let service = json!({"ServiceId": "s", "ServiceStatus": "Active", "ConnectBandwidth": 3072, "AutoAcceptEnabled": true,
        "SupportedRegionSet": [region], "Zones": ["z"], "Tags": tags});
    let zone = json!({"ZoneId": "z", "ZoneStatus": "Connected", "EniIp": "10.0.0.1"});
    let connection = json!({"ServiceId": "s", "EndpointId": "e", "EndpointOwnerId": 7, "Zones": [zone]});
    let resource = json!({"ResourceId": "l", "ZoneId": "z", "RelatedEndpointCount": 1, "AutoAllocatedEnabled": true});
    let region = json!({"RegionId": "r", "ServiceResourceTypes": {"ServiceResourceType": ["nlb"]}});
    let zones = match name {
        "create_vpc_endpoint_service" | "get_vpc_endpoint_service_attribute" => json!(["z"]),
        "describe_zones" => json!({"Zone": [zone]}),
        _ => json!([zone]),
    };
    json!({"RequestId": "R", "MaxResults": 50, "TotalCount": "1", "NextToken": "", "Services": [service],
        "Connections": [connection], "Resources": [resource], "Users": [{"UserId": 7}], "UserARNs": [{"UserARN": "a"}],
        "TagResources": [{"ResourceId": "s", "TagKey": "k"}], "Endpoints": [{"EndpointId": "e", "Tags": tags}],
        "SecurityGroups": [{"SecurityGroupId": "g"}], "Zones": zones, "Regions": {"Region": [region]},
        "ServiceId": "s", "EndpointId": "e", "Success": true, "OrderId": 1, "AccountId": "7"})
}

/// The JSON pointers of everything in a value, itself included.
fn pointers(value: &Value, here: &str, found: &mut Vec<String>) {
    found.push(here.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, &format!("{here}/{index}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| pointers(field, &format!("{here}/{name}"), found));
        }
        _ => {}
    }
}

/// A method's name. One more than there are operations: the caller's identity, of another API.
fn name(which: Index) -> &'static str {
    METHODS.with(|methods| methods.get(which.index(methods.len() + 1)).map_or("caller_identity", |method| method.name))
}

/// One call, whose every request is answered in the same way.
fn call(name: &str, status: u16, headers: &Headers, body: &[u8]) -> Result<(), Error> {
    let body = Bytes::copy_from_slice(body);
    let reply = || {
        let response = Response::builder().status(status);
        let response =
            headers.iter().fold(response, |response, (name, value)| response.header(*name, value.as_slice()));
        Reply::Answer(response.body(body.clone()).unwrap())
    };
    let script: Arc<Script> = Script::of((0..8).map(|_| reply()));
    let client: Client = client(&script);
    METHODS.with(|methods| match methods.iter().find(|method| method.name == name) {
        Some(method) => block_on(method.call(client, Given::Required)),
        None => block_on(client.caller_identity()).map(drop),
    })
}

proptest! {
    #[test]
    fn any_answer_is_read_or_is_an_error_and_never_refused_without_a_code(
        which in any::<Index>(), status in status(), headers in headers(), body in body(),
    ) {
        if let Err(error) = call(name(which), status, &headers, &body) {
            check(&error)?;
        }
    }

    #[test]
    fn an_answer_with_one_part_replaced_is_read_or_is_ambiguous(
        which in any::<Index>(), part in any::<Index>(), instead in any_json(),
    ) {
        let (mut answer, mut all) = (answer(name(which)), Vec::new());
        pointers(&answer, "", &mut all);
        *answer.pointer_mut(part.get::<String>(&all)).unwrap() = instead;
        if let Err(error) = call(name(which), 200, &Vec::new(), answer.to_string().as_bytes()) {
            check(&error)?;
        }
    }

    #[test]
    fn an_answer_with_any_bytes_spoilt_is_read_or_is_an_error(
        which in any::<Index>(), spoilt in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4), end in any::<Index>(),
    ) {
        let mut body = answer(name(which)).to_string().into_bytes();
        for (place, byte) in spoilt {
            *place.get_mut(&mut body) = byte;
        }
        body.truncate(body.len() - end.index(body.len()) / 8);
        if let Err(error) = call(name(which), 200, &Vec::new(), &body) {
            check(&error)?;
        }
    }
}

#[test]
fn the_answer_that_is_spoilt_here_is_a_good_one_for_every_call() {
    let names: Vec<&str> = METHODS.with(|methods| methods.iter().map(|method| method.name).collect());
    for name in names.into_iter().chain(["caller_identity"]) {
        let outcome = call(name, 200, &Vec::new(), answer(name).to_string().as_bytes());
        assert_eq!(outcome, Ok(()), "{name}");
    }
}

#[test]
fn an_answer_nested_however_deep_is_an_error_and_no_overflow() {
    for depth in [1, 126, 128, 1_000, 1_000_000] {
        for (open, close) in [("[", "]"), ("{\"Zones\":", "}")] {
            let nest = open.repeat(depth) + "7" + &close.repeat(depth);
            let body = format!("{{\"Services\":[{nest}]}}");
            let error = call("list_vpc_endpoint_services", 200, &Vec::new(), body.as_bytes()).unwrap_err();
            assert!(error.message().unwrap().starts_with("failed to read the answer: "), "{error}");
        }
    }
}
