//! Every field of the schema is acted on.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::*;
use crate::crd::generate;

/// What this version acts on. A new field of the schema belongs here.
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
    "spec.providerConfigRef.name",
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

/// The paths of a schema below `path`: those that hold others, and those that do not.
fn paths(path: &str, schema: &Value) -> Vec<String> {
    let below = schema["properties"].as_object().into_iter().flatten();
    let below = below.flat_map(|(name, schema)| paths(&format!("{path}.{name}"), schema));
    let items = schema["items"]["properties"].as_object().into_iter().flatten();
    let items = items.flat_map(|(name, schema)| paths(&format!("{path}[].{name}"), schema));
    std::iter::once(path.to_owned()).chain(below).chain(items).collect()
}

#[test]
fn every_field_of_the_schema_is_acted_on() {
    let definition = generate::vpc_endpoint_service();
    let schema = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let all: BTreeSet<String> = paths("spec", schema).into_iter().skip(1).collect();
    assert!(all.len() > 30, "{all:?}");
    let acted: BTreeSet<String> = ACTED_ON.iter().map(|path| (*path).to_owned()).collect();
    let forgotten: Vec<_> = all.iter().filter(|path| !acted.contains(*path)).collect();
    assert!(forgotten.is_empty(), "not acted on: {forgotten:?}");
    let gone: Vec<_> = acted.iter().filter(|path| !all.contains(*path)).collect();
    assert!(gone.is_empty(), "no longer in the schema: {gone:?}");
}

#[test]
fn an_object_of_another_provider_config_is_told_so() {
    let resolved = |name: &str| resolve(&object(json!({"spec": {"providerConfigRef": {"name": name}}})), &place());
    let name = "other".to_owned();
    assert_eq!(resolved("other").unwrap_err(), ResolveError::ProviderConfigUnavailable { name });
    assert!(resolved("default").is_ok());
    assert!(resolve(&object(json!({})), &place()).is_ok());
}
