//! The table of operations against the provider's metadata.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cloud_core::{Placement, Rate};
use privatelink::{Operation, Serial};
use serde_json::Value;

/// What the provider's metadata says of an operation.
pub(crate) struct Documented {
    pub(crate) positions: BTreeSet<String>,
    /// By name.
    pub(crate) parameters: BTreeMap<String, Parameter>,
}

/// What it says of a parameter.
pub(crate) struct Parameter {
    pub(crate) required: bool,
    /// `String`, `Boolean`, `Integer`, `Long`, `Array` or `RepeatList`.
    pub(crate) kind: String,
    /// Name and kind of the fields of a list's entries; empty for a list of texts.
    pub(crate) items: BTreeMap<String, String>,
}

impl Parameter {
    fn of(parameter: &Value) -> Self {
        let field = |item: &Value| (text(&item["name"]), text(&item["type"]));
        Self {
            required: parameter["required"].as_bool().unwrap(),
            kind: text(&parameter["type"]),
            items: parameter["items"].as_array().into_iter().flatten().map(field).collect(),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The operations of the provider's metadata, by name.
pub(crate) fn documented() -> BTreeMap<String, Documented> {
    let file: Value = serde_json::from_str(include_str!("../data/privatelink-operations.json")).unwrap();
    let operation = |operation: &Value| {
        let parameters = operation["parameters"].as_array().unwrap();
        let documented = Documented {
            positions: parameters.iter().map(|parameter| text(&parameter["position"])).collect(),
            parameters: parameters.iter().map(|p| (text(&p["name"]), Parameter::of(p))).collect(),
        };
        (text(&operation["name"]), documented)
    };
    file["operations"].as_array().unwrap().iter().map(operation).collect()
}

fn of_privatelink() -> Vec<Operation> {
    Operation::ALL.to_vec()
}

fn named(wanted: impl Fn(&Operation) -> bool) -> BTreeSet<&'static str> {
    of_privatelink().iter().filter(|operation| wanted(operation)).map(|operation| operation.name()).collect()
}

#[test]
fn all_39_operations_of_the_metadata_are_there_and_no_other() {
    let names: Vec<String> = documented().into_keys().collect();
    assert_eq!(names.len(), 39);
    assert_eq!(named(|_| true), names.iter().map(String::as_str).collect());
}

#[test]
fn placement_region_token_and_dry_run_are_those_of_the_metadata() {
    for operation in of_privatelink() {
        let documented = &documented()[operation.name()];
        let form = documented.positions.contains("Body");
        let has = |name: &str| documented.parameters.contains_key(name);
        let expected = (
            if form { Placement::Form } else { Placement::Query },
            has("RegionId"),
            documented.parameters.get("RegionId").is_some_and(|region| region.required),
            has("ClientToken"),
            has("DryRun"),
        );
        let found = (
            operation.placement(),
            operation.has_region(),
            operation.needs_region(),
            operation.has_client_token(),
            operation.has_dry_run(),
        );
        assert_eq!(found, expected, "{operation}");
    }
}

#[test]
fn an_operation_is_found_by_its_exact_name_only() {
    for operation in Operation::ALL {
        assert_eq!(Operation::from_name(operation.name()), Some(*operation));
    }
    assert_eq!(Operation::from_name("createvpcendpointservice"), None);
    assert_eq!(Operation::from_name(""), None);
}

#[test]
fn what_reads_by_its_name_does_not_mutate() {
    let reading = ["Get", "List", "Describe", "Check"];
    let reads = named(|operation| reading.iter().any(|verb| operation.name().starts_with(verb)));
    assert_eq!(named(|operation| !operation.mutates()), reads);
}

#[test]
fn seven_operations_must_not_overlap_in_the_account() {
    let expected = BTreeSet::from([
        "UpdateVpcEndpointServiceAttribute",
        "DeleteVpcEndpointService",
        "AddUserToVpcEndpointService",
        "EnableVpcEndpointConnection",
        "DisableVpcEndpointConnection",
        "UpdateVpcEndpointConnectionAttribute",
        "UpdateVpcEndpointAttribute",
    ]);
    assert_eq!(named(|operation| operation.serial() == Serial::Account), expected);
}

#[test]
fn four_operations_must_not_overlap_at_a_service_and_seven_at_an_endpoint() {
    let service = BTreeSet::from([
        "AttachResourceToVpcEndpointService",
        "DetachResourceFromVpcEndpointService",
        "RemoveUserFromVpcEndpointService",
        "UpdateVpcEndpointServiceResourceAttribute",
    ]);
    let endpoint = BTreeSet::from([
        "AddZoneToVpcEndpoint",
        "RemoveZoneFromVpcEndpoint",
        "AttachSecurityGroupToVpcEndpoint",
        "DetachSecurityGroupFromVpcEndpoint",
        "EnableVpcEndpointZoneConnection",
        "DisableVpcEndpointZoneConnection",
        "UpdateVpcEndpointZoneConnectionResourceAttribute",
    ]);
    let found = [Serial::Service, Serial::Endpoint].map(|scope| named(|operation| operation.serial() == scope));
    assert_eq!(found, [service, endpoint]);
}

#[test]
fn rates_are_the_documented_ones() {
    let minute = Duration::from_mins(1);
    let at = |calls, per| named(|operation| operation.rate() == Rate { calls, per });
    assert_eq!(at(100, minute), BTreeSet::from(["UpdateVpcEndpointZoneConnectionResourceAttribute"]));
    let half_thousand = ["TagResources", "UntagResources", "CheckProductOpen", "DetachSecurityGroupFromVpcEndpoint"];
    assert_eq!(at(500, minute), BTreeSet::from(half_thousand));
    let three_thousand = ["ListVpcEndpointServiceUsers", "ListVpcEndpointSecurityGroups"];
    assert_eq!(at(3000, minute), BTreeSet::from(three_thousand));
    assert_eq!(at(100, Duration::from_secs(1)), BTreeSet::from(["ListTagResources"]));
    assert_eq!(at(5, Duration::from_secs(1)), BTreeSet::from(["OpenPrivateLinkService"]));
    // 16 documented and four writes whose figure is that of their siblings; nine and one read.
    assert_eq!((at(200, minute).len(), at(1000, minute).len()), (20, 10));
}
