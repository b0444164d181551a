//! What this version promises to who upgrades, read off definition, chart and values: nothing that the release before had is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use privatelink_operator::crd::generate;
use serde_json::Value;

use super::frozen;
use crate::support::checkout::repository;

/// The schema of the one version that is served.
fn schema(definition: &Value) -> &Value {
    &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
}

/// Every field with its schema, by its path; `[]` and `{}` stand for what is in lists and maps.
fn fields(schema: &Value, path: &str, found: &mut BTreeMap<String, Value>) {
    found.insert(path.to_owned(), schema.clone());
    for (name, inside) in schema["properties"].as_object().into_iter().flatten() {
        fields(inside, &format!("{path}.{name}"), found);
    }
    for (keyword, suffix) in [("items", "[]"), ("additionalProperties", "{}")] {
        if schema[keyword].is_object() {
            fields(&schema[keyword], &format!("{path}{suffix}"), found);
        }
    }
}

fn all_fields(definition: &Value) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    fields(schema(definition), "", &mut found);
    found
}

fn words(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(ToString::to_string).collect()
}

#[test]
fn every_field_of_the_release_before_is_there_with_its_type_and_its_values() {
    let (before, now) = (frozen::document("crd.yaml"), generate::vpc_endpoint_service());
    let now = all_fields(&now);
    let mut broken = Vec::new();
    for (path, old) in all_fields(&before) {
        let Some(new) = now.get(&path) else {
            broken.push(format!("{path} is gone"));
            continue;
        };
        if old["type"] != new["type"] {
            broken.push(format!("{path} was of type {}, and is of type {}", old["type"], new["type"]));
        }
        if !words(&old["enum"]).is_subset(&words(&new["enum"])) {
            broken.push(format!("{path} had the values {}, and has {}", old["enum"], new["enum"]));
        }
        if !words(&new["required"]).is_subset(&words(&old["required"])) {
            broken.push(format!("{path} required {}, and requires {}", old["required"], new["required"]));
        }
    }
    assert_eq!(broken, [""; 0]);
}

/// New fields whose default is what the release before does anyway.
const AS_BEFORE: [&str; 3] = [".spec.principalsPolicy", ".spec.tagsPolicy", ".spec.whenFormerExists"];

#[test]
fn a_field_that_a_roll_back_prunes_means_not_managed() {
    let (before, now) = (frozen::document("crd.yaml"), generate::vpc_endpoint_service());
    let before = all_fields(&before);
    let is_new = |path: &String| path.starts_with(".spec.") && !before.contains_key(path);
    let parent_is_old = |path: &str| path.rsplit_once('.').is_some_and(|(parent, _)| before.contains_key(parent));
    let with_default: Vec<_> = all_fields(&now)
        .into_iter()
        .filter(|(path, new)| is_new(path) && parent_is_old(path) && !new["default"].is_null())
        .map(|(path, _)| path)
        .filter(|path| !AS_BEFORE.contains(&path.as_str()))
        .collect();
    assert_eq!(with_default, [""; 0], "their default would be carried out after a roll-back and an upgrade");
}

#[test]
fn kind_versions_and_scope_are_those_of_the_release_before() {
    let (before, now) = (frozen::document("crd.yaml"), generate::vpc_endpoint_service());
    for part in ["group", "names", "scope"] {
        assert_eq!(before["spec"][part], now["spec"][part], "{part}");
    }
    let served = |definition: &Value| {
        let versions = definition["spec"]["versions"].as_array().cloned().unwrap_or_default();
        versions
            .into_iter()
            .filter(|version| version["served"] == true)
            .map(|version| version["name"].to_string())
            .collect::<BTreeSet<_>>()
    };
    assert!(served(&before).is_subset(&served(&now)));
}

/// The objects of a rendered chart, by kind and name.
fn rendered(text: &str) -> BTreeMap<String, Value> {
    let documents: Vec<Value> = text
        .split("\n---\n")
        .filter(|part| part.lines().any(|line| !line.trim().is_empty() && !line.starts_with(['#', '-'])))
        .map(|part| serde_saphyr::from_str(part).unwrap())
        .collect();
    let name = |object: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        format!("{} {}", text(&object["kind"]), text(&object["metadata"]["name"]))
    };
    documents.into_iter().filter(Value::is_object).map(|object| (name(&object), object)).collect()
}

#[test]
fn every_object_of_the_chart_before_is_upgraded_in_place() {
    let before = rendered(&frozen::text("chart.yaml"));
    let now = rendered(&fs::read_to_string(repository().join("tests/chart/snapshots/default.yaml")).unwrap());
    assert!(before.len() > 10, "{:?}", before.keys());
    let gone: Vec<_> = before.keys().filter(|name| !now.contains_key(*name)).collect();
    assert_eq!(gone, [""; 0], "what is gone must stand in CHANGELOG.md, because kubectl apply -k leaves it behind");
    // What Kubernetes does not let anybody change.
    for (name, object) in before.iter().filter(|(name, _)| name.starts_with("Deployment ")) {
        assert_eq!(object["spec"]["selector"], now[name]["spec"]["selector"], "{name}");
    }
    for (name, object) in before.iter().filter(|(name, _)| name.contains("RoleBinding ")) {
        assert_eq!(object["roleRef"], now[name]["roleRef"], "{name}");
    }
}

#[test]
fn the_flags_of_the_deployment_before_are_flags_of_this_version() {
    let before = rendered(&frozen::text("chart.yaml"));
    let container = &before["Deployment privatelink-operator"]["spec"]["template"]["spec"]["containers"][0];
    let flags = fs::read_to_string(repository().join("docs/reference/flags.md")).unwrap();
    let arguments = container["args"].as_array().unwrap().iter().filter_map(Value::as_str);
    let names: Vec<_> = arguments.filter(|argument| argument.starts_with("--")).collect();
    assert!(!names.is_empty(), "{container}");
    let is_known = |name: &&str| flags.contains(&format!("`{}=", name.split('=').next().unwrap_or_default()));
    let unknown: Vec<_> = names.into_iter().filter(|name| !is_known(name)).collect();
    assert_eq!(unknown, [""; 0]);
}

/// Paths of all values, those within lists aside.
fn values(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    for (name, inside) in value.as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        values(inside, &path, found);
        found.insert(path);
    }
}

#[test]
fn every_value_of_the_chart_before_can_still_be_set() {
    let paths = |text: &str| {
        let values_of: Value = serde_saphyr::from_str(text).unwrap();
        let mut found = BTreeSet::new();
        values(&values_of, "", &mut found);
        found
    };
    let now = paths(&fs::read_to_string(repository().join("charts/privatelink-operator/values.yaml")).unwrap());
    let before = paths(&frozen::text("values.yaml"));
    let gone: Vec<_> = before.difference(&now).collect();
    assert_eq!(gone, [""; 0], "helm upgrade --reset-then-reuse-values refuses them");
}
