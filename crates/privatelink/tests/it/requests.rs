//! What typed requests hold, against the provider's metadata.

use std::collections::{BTreeMap, BTreeSet};

use cloud_core::*;
use privatelink::*;
use serde_json::Value;

use crate::operations::{Parameter, documented};
use crate::surface::{Given, methods};

/// Parameters that the client fills in by itself: where it is, and where it is in a list.
const FILLED_IN: [&str; 3] = ["RegionId", "MaxResults", "NextToken"];

/// Parameters that are newer than the metadata, or that it hides, with their kinds.
pub(crate) const NEWER: [(&str, &str, &str); 3] = [
    ("DescribeZones", "CrossRegion", "Boolean"),
    ("DescribeZones", "CrossRegionSide", "String"),
    ("OpenPrivateLinkService", "OwnerId", "Long"),
];

/// Parameters that are sent though they may be left out, because the provider's default is not what callers mean.
const ALWAYS_SENT: [(&str, &str); 2] =
    [("ChangeResourceGroup", "ResourceType"), ("ListVpcEndpointServiceUsers", "UserListType")];

/// What a parameter can hold.
#[derive(Debug, PartialEq, Eq)]
enum Shape {
    Text,
    Whole,
    Flag,
    Texts,
    Entries(BTreeMap<String, Shape>),
    /// No parameter is like this.
    Strange(String),
}

impl Shape {
    fn of(value: &Value) -> Self {
        match value {
            Value::Bool(_) => Self::Flag,
            Value::Number(number) if number.is_i64() => Self::Whole,
            // An account id, which is a number to the provider and a text here, lest anybody calculates with it.
            Value::String(text) if text.parse::<i64>().is_ok() => Self::Whole,
            Value::String(_) => Self::Text,
            Value::Array(entries) if entries[0].is_object() => Self::Entries(fields_of(&entries[0])),
            Value::Array(entries) if entries[0].is_string() => Self::Texts,
            other => Self::Strange(other.to_string()),
        }
    }

    fn documented(name: &str, Parameter { kind, items, .. }: &Parameter) -> Self {
        match kind.as_str() {
            "Array" | "RepeatList" if !items.is_empty() => {
                Self::Entries(items.iter().map(|(name, kind)| (name.clone(), Self::of_kind(kind))).collect())
            }
            // Where the metadata is terse about tags, they are what they are everywhere else.
            "Array" if name == "Tag" => {
                Self::Entries(["Key", "Value"].map(|field| (field.to_owned(), Self::Text)).into())
            }
            "Array" | "RepeatList" => Self::Texts,
            kind => Self::of_kind(kind),
        }
    }

    fn of_kind(kind: &str) -> Self {
        match kind {
            "String" => Self::Text,
            "Boolean" => Self::Flag,
            "Integer" | "Long" => Self::Whole,
            other => Self::Strange(other.to_owned()),
        }
    }
}

fn fields_of(value: &Value) -> BTreeMap<String, Shape> {
    value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), Shape::of(value))).collect()
}

/// `CreateVpcEndpoint` as `create_vpc_endpoint`.
fn in_snake_case(name: &str) -> String {
    let lower = |letter: char| match letter {
        'A'..='Z' => format!("_{}", letter.to_ascii_lowercase()),
        other => other.to_string(),
    };
    name.chars().map(lower).collect::<String>().trim_start_matches('_').to_owned()
}

#[test]
fn each_of_the_39_operations_has_one_method_in_the_half_that_may_carry_it_out() {
    let expected: Vec<(String, String, &str)> = documented()
        .into_keys()
        .map(|name| {
            let half = if Operation::from_name(&name).unwrap().mutates() { "writer" } else { "reader" };
            let method = in_snake_case(&name);
            (name, method, half)
        })
        .collect();
    let mut found: Vec<(String, String, &str)> = methods()
        .into_iter()
        .map(|method| (method.operation.name().to_owned(), method.name.to_owned(), method.half))
        .collect();
    found.sort();
    assert_eq!((found.len(), found), (39, expected));
}

#[test]
fn requests_hold_every_parameter_of_the_metadata_in_its_shape_and_no_other() {
    for method in methods() {
        let name = method.operation.name();
        let of_metadata = documented().remove(name).unwrap().parameters;
        let own_region = method.operation.has_region() && !method.operation.needs_region();
        let filled_in = |parameter: &str| FILLED_IN.contains(&parameter) && !(own_region && parameter == "RegionId");
        let mut expected: BTreeMap<String, Shape> = of_metadata
            .iter()
            .filter(|(parameter, _)| !filled_in(parameter))
            .map(|(parameter, said)| (parameter.clone(), Shape::documented(parameter, said)))
            .collect();
        let newer = NEWER.iter().filter(|(operation, _, _)| *operation == name);
        expected.extend(newer.map(|(_, parameter, kind)| ((*parameter).to_owned(), Shape::of_kind(kind))));
        assert_eq!(fields_of(method.fields(Given::Everything)), expected, "{name}");
    }
}

#[test]
fn what_is_newer_than_the_metadata_is_not_in_it() {
    for (operation, parameter, _) in NEWER {
        assert!(!documented()[operation].parameters.contains_key(parameter), "{operation} {parameter}");
    }
}

#[test]
fn what_is_required_is_always_sent_and_what_is_optional_can_be_left_out() {
    for method in methods() {
        let name = method.operation.name();
        let is_list = |parameter: &Parameter| matches!(parameter.kind.as_str(), "Array" | "RepeatList");
        let sent = |parameter: &str, said: &Parameter| {
            (said.required && !is_list(said)) || ALWAYS_SENT.contains(&(name, parameter))
        };
        let of_metadata = documented().remove(name).unwrap().parameters;
        let expected: BTreeSet<String> = of_metadata
            .iter()
            .filter(|(parameter, said)| !FILLED_IN.contains(&parameter.as_str()) && sent(parameter, said))
            .map(|(parameter, _)| parameter.clone())
            .collect();
        let found: BTreeSet<String> =
            encode::flatten(method.fields(Given::Required)).into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands where a parameter is optional")]
fn text() -> Option<String> {
    Some("x".to_owned())
}

#[test]
fn a_creation_is_flattened_as_the_provider_s_sdk_flattens_it() {
    let nlb = |zone: &str| Resource {
        resource_type: Some("nlb".to_owned()),
        resource_id: Some("nlb-aaa".to_owned()),
        zone_id: Some(zone.to_owned()),
    };
    let request = CreateVpcEndpointServiceRequest {
        client_token: Some("tok-1".to_owned()),
        service_resource_type: Some("nlb".to_owned()),
        auto_accept_enabled: Some(false),
        resources: vec![nlb("cn-hangzhou-i"), nlb("cn-hangzhou-j")],
        tags: vec![Tag { key: "env".to_owned(), value: "prod".to_owned() }],
        ..Default::default()
    };
    let expected = "AutoAcceptEnabled=false&ClientToken=tok-1&Resource.1.ResourceId=nlb-aaa&Resource.1.ResourceType=nlb\
                    &Resource.1.ZoneId=cn-hangzhou-i&Resource.2.ResourceId=nlb-aaa&Resource.2.ResourceType=nlb\
                    &Resource.2.ZoneId=cn-hangzhou-j&ServiceResourceType=nlb&Tag.1.Key=env&Tag.1.Value=prod";
    assert_eq!(sign::canonical_query(&request.parameters()), expected);
}

#[test]
fn nested_names_with_strange_case_are_spelled_as_the_provider_spells_them() {
    let zone = EndpointZone { zone_id: text(), v_switch_id: text(), ip: text(), ipv6_address: text() };
    let request = CreateVpcEndpointRequest { vpc_id: "v".to_owned(), zones: vec![zone], ..Default::default() };
    let names: Vec<String> = request.parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["VpcId", "Zone.1.Ipv6Address", "Zone.1.VSwitchId", "Zone.1.ZoneId", "Zone.1.ip"]);
}

#[test]
fn an_empty_description_is_sent_and_a_missing_one_is_not() {
    let with = |service_description: Option<&str>| UpdateVpcEndpointServiceAttributeRequest {
        service_id: "s".to_owned(),
        service_description: service_description.map(ToOwned::to_owned),
        ..Default::default()
    };
    assert_eq!(sign::canonical_query(&with(Some("")).parameters()), "ServiceDescription=&ServiceId=s");
    assert_eq!(sign::canonical_query(&with(None).parameters()), "ServiceId=s");
}

#[test]
fn tags_name_the_type_in_lower_case_and_groups_in_pascal_case() {
    let type_of =
        |parameters: Vec<(String, String)>| parameters.into_iter().find(|(name, _)| name == "ResourceType").unwrap().1;
    let found = [
        type_of(TagResourcesRequest::default().parameters()),
        type_of(ListTagResourcesRequest { resource_type: TaggedType::VpcEndpoint, ..Default::default() }.parameters()),
        type_of(ChangeResourceGroupRequest::default().parameters()),
    ];
    assert_eq!(found, ["vpcendpointservice", "vpcendpoint", "VpcEndpointService"]);
}

#[test]
fn a_tag_is_looked_for_with_any_value_or_with_this_one() {
    let filters = vec![
        TagFilter { key: "a".to_owned(), value: None },
        TagFilter::from(Tag { key: "b".to_owned(), value: String::new() }),
    ];
    let request = ListTagResourcesRequest { tags: filters, ..Default::default() };
    let expected = "ResourceType=vpcendpointservice&Tag.1.Key=a&Tag.2.Key=b&Tag.2.Value=";
    assert_eq!(sign::canonical_query(&request.parameters()), expected);
}
