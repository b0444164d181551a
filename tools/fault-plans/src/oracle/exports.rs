//! At rest, an object that exports has the one ConfigMap that its spec names, which says what is so of its service, and no other one is of any object.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::ResourceExt as _;
use privatelink_sim::ServiceView;
use serde_json::Value;

use super::Case;
use crate::environment::FOREIGN_CONFIG_MAP;
use crate::harness::object;
use crate::settings::REGION;

const EXPORTED_BY: &str = "privatelink.alibabacloud.com/exported-by";

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let evidence = case.evidence;
    let wanted: Vec<_> = evidence.objects.values().filter_map(|object| Some((object, exported_to(object)?))).collect();
    let missing = wanted.iter().filter_map(|(object, name)| {
        let Some(found) = evidence.config_maps.get(*name) else {
            return Some(format!("the ConfigMap {name} is missing"));
        };
        complaint(object, name, found, &evidence.services)
    });
    let is_left = |name: &str, found: &ConfigMap| {
        found.labels().contains_key(EXPORTED_BY) && !wanted.iter().any(|(_, wanted)| *wanted == name)
    };
    let left = evidence.config_maps.iter().filter(|(name, found)| is_left(name, found));
    let left = left.map(|(name, _)| format!("the ConfigMap {name} is left, and no object names it"));
    missing.chain(left).chain(touched(case)).collect()
}

/// The API server gives every version of it another resource version.
fn touched(case: &Case<'_>) -> Option<String> {
    let before = &case.evidence.foreign_config_map;
    let now = case.evidence.config_maps.get(FOREIGN_CONFIG_MAP);
    (now != Some(before)).then(|| format!("the ConfigMap of somebody else was {before:?} and is {now:?}"))
}

fn exported_to(object: &Value) -> Option<&str> {
    object["spec"]["exportTo"]["configMapName"].as_str()
}

fn complaint(object: &Value, name: &str, found: &ConfigMap, services: &[ServiceView]) -> Option<String> {
    let is_own = found.owner_references().iter().any(|owner| owner.uid == object::uid(object));
    if !is_own {
        return Some(format!("the ConfigMap {name} is not the object's own: {found:?}"));
    }
    let service = services.iter().find(|service| object::service_id(object) == Some(&service.id))?;
    let (expected, data) = (facts(service), found.data.clone().unwrap_or_default());
    (data != expected).then(|| format!("the ConfigMap {name} says {data:?}, and it is {expected:?}"))
}

/// What is so of a service that is at rest.
fn facts(service: &ServiceView) -> BTreeMap<String, String> {
    let mut zones: Vec<_> = service.attachments.iter().map(|attachment| attachment.zone_id.as_str()).collect();
    zones.sort_unstable();
    zones.dedup();
    let facts = [
        ("serviceId", service.id.clone()),
        ("serviceName", service.name.clone()),
        ("serviceDomain", service.domain.clone()),
        ("region", REGION.to_owned()),
        ("zoneIds", zones.join(",")),
    ];
    facts.map(|(key, value)| (key.to_owned(), value)).into()
}
