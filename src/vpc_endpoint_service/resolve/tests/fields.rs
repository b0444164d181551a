//! Every field of the schema is acted on, or answered in every life of the object.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::fields::{FIELDS, Field, OnDeletion};
use super::*;
use crate::crd::generate;

/// What this version acts on. A new field of the schema belongs here, or among those that are answered.
const ACTED_ON: &[&str] = &[
    "spec.region",
    "spec.serviceResourceType",
    "spec.description",
    "spec.payer",
    "spec.autoAcceptEnabled",
    "spec.zoneAffinityEnabled",
    "spec.addressIpVersion",
    "spec.connectBandwidthMbps",
    "spec.supportedRegions",
    "spec.resourceGroupId",
    "spec.tags",
    "spec.tagsPolicy",
    "spec.resources",
    "spec.resources[].resourceId",
    "spec.resources[].serviceRef",
    "spec.resources[].serviceRef.name",
    "spec.resources[].zoneIds",
    "spec.resources[].autoAllocatedEnabled",
    "spec.resources[].whenReplaced",
    "spec.allowedPrincipals",
    "spec.principalsPolicy",
    "spec.deletionPolicy",
    "spec.whenGone",
    "spec.whenFormerExists",
    "spec.adopt",
    "spec.adopt.serviceId",
    "spec.suspend",
    "spec.driftPolicy",
    "spec.managementPolicy",
    "spec.providerConfigRef",
    "spec.whenConnected",
    "spec.connections",
    "spec.connections.default",
    "spec.connections.whenNoLongerAllowed",
    "spec.connections.rules",
    "spec.connections.rules[].accountId",
    "spec.connections.rules[].endpointId",
    "spec.connections.rules[].vpcId",
    "spec.connections.rules[].action",
    "spec.connections.rules[].bandwidthMbps",
    "spec.connections.rules[].trafficControlMode",
    "spec.disconnectAfterSeconds",
    "spec.exportTo",
    "spec.exportTo.configMapName",
];

/// A spec that uses the field.
fn using(path: &str) -> Value {
    match path {
        "spec.providerConfigRef.name" => json!({"providerConfigRef": {"name": "other"}}),
        _ => panic!("{path}: write down here how a spec uses it"),
    }
}

/// The paths of a schema below `path`: those that hold others, and those that do not.
fn paths(path: &str, schema: &Value) -> Vec<String> {
    let below = schema["properties"].as_object().into_iter().flatten();
    let below = below.flat_map(|(name, schema)| paths(&format!("{path}.{name}"), schema));
    let items = schema["items"]["properties"].as_object().into_iter().flatten();
    let items = items.flat_map(|(name, schema)| paths(&format!("{path}[].{name}"), schema));
    std::iter::once(path.to_owned()).chain(below).chain(items).collect()
}

fn is_answered(path: &str) -> bool {
    let is_part = |field: &Field| {
        path == field.path || path.strip_prefix(field.path).is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    FIELDS.iter().any(is_part)
}

#[test]
fn every_field_of_the_schema_is_acted_on_or_answered() {
    let definition = generate::vpc_endpoint_service();
    let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let all: BTreeSet<String> = paths("spec", schema).into_iter().skip(1).collect();
    assert!(all.len() > 30, "{all:?}");
    let acted: BTreeSet<String> = ACTED_ON.iter().map(|path| (*path).to_owned()).collect();
    let forgotten: Vec<_> = all.iter().filter(|path| !acted.contains(*path) && !is_answered(path)).collect();
    assert!(forgotten.is_empty(), "neither acted on nor answered: {forgotten:?}");
    let gone: Vec<_> = acted.iter().filter(|path| !all.contains(*path)).collect();
    assert!(gone.is_empty(), "no longer in the schema: {gone:?}");
}

#[test]
fn a_live_object_that_uses_a_field_which_is_not_acted_on_is_told_so() {
    for Field { path, .. } in FIELDS {
        let error = resolve(&object(json!({"spec": using(path)})), &place()).unwrap_err();
        assert_eq!(error, ResolveError::NotImplementedYet { field: path });
    }
    assert!(resolve(&object(json!({})), &place()).is_ok());
}

#[test]
fn what_a_field_says_of_a_deletion_is_settled_for_each() {
    let on_deletion: Vec<_> = FIELDS.iter().map(|field| (field.path, field.deletion)).collect();
    assert_eq!(on_deletion, [("spec.providerConfigRef.name", OnDeletion::HoldsDelete)]);
}

/// The description of a field of the spec, as `kubectl explain` shows it.
fn described(path: &str) -> String {
    let crd = generate::vpc_endpoint_service();
    let mut schema = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    for part in path.split('.') {
        let schema_of = &schema["properties"][part.trim_end_matches("[]")];
        schema = if part.ends_with("[]") { &schema_of["items"] } else { schema_of };
    }
    schema["description"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn what_kubectl_explain_says_of_a_field_that_is_not_acted_on_says_so() {
    let paths = FIELDS.iter().map(|field| field.path);
    let silent: Vec<_> = paths.filter(|path| !described(path).contains("`NotImplementedYet`")).collect();
    assert_eq!(silent, Vec::<&str>::new());
}

#[test]
fn what_kubectl_explain_calls_not_acted_on_is_answered_so() {
    let crd = generate::vpc_endpoint_service().to_string();
    assert_eq!(
        crd.matches("`NotImplementedYet`").count(),
        FIELDS.len(),
        "a description speaks of a field that is acted on"
    );
}
