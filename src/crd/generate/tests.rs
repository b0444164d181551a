//! The generated schema against the tried one, and the committed files against the generated ones.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Map, Value};

use super::*;

/// Every leaf of a document by its path, in a form in which equal means equal for the API server: descriptions are
/// dropped, and lists whose order means nothing are sorted.
fn facts(document: &Value) -> BTreeMap<String, Value> {
    let mut facts = BTreeMap::new();
    gather(document, String::new(), &mut facts);
    facts
}

fn gather(value: &Value, path: String, facts: &mut BTreeMap<String, Value>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => gather_fields(fields, &path, facts),
        Value::Array(items) if is_unordered(&path) => {
            facts.insert(path, sorted(items));
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                gather(item, format!("{path}[{index}]"), facts);
            }
        }
        leaf => {
            facts.insert(path, leaf.clone());
        }
    }
}

fn gather_fields(fields: &Map<String, Value>, path: &str, facts: &mut BTreeMap<String, Value>) {
    for (name, field) in fields {
        if name != "description" || path.ends_with(".properties") {
            gather(field, format!("{path}.{name}"), facts);
        }
    }
}

fn is_unordered(path: &str) -> bool {
    [".enum", ".required", ".shortNames", ".categories"].iter().any(|end| path.ends_with(end))
}

fn sorted(items: &[Value]) -> Value {
    let mut items = items.to_vec();
    items.sort_by_key(Value::to_string);
    Value::Array(items)
}

#[test]
fn the_schema_equals_the_tried_one_rule_for_rule() {
    let mut tried: Value = serde_saphyr::from_str(include_str!("../testdata/expected.yaml")).unwrap();
    // The sentences beside the patterns are looked at by every case of tests/it/crd_rules.yaml that breaks one.
    pattern::explain(&mut tried["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]);
    let (tried, generated) = (facts(&tried), facts(&vpc_endpoint_service()));
    let missing: Vec<_> = tried.iter().filter(|(path, fact)| generated.get(*path) != Some(fact)).collect();
    let added: Vec<_> = generated.iter().filter(|(path, fact)| tried.get(*path) != Some(fact)).collect();
    assert!(missing.is_empty() && added.is_empty(), "missing: {missing:#?}\nadded: {added:#?}");
    assert!(tried.len() > 300, "the comparison looked at {} facts only", tried.len());
}

#[test]
fn every_field_is_described_for_kubectl_explain() {
    let crd = vpc_endpoint_service();
    let root = &crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    let mut undescribed = Vec::new();
    for part in ["spec", "status"] {
        find_undescribed(&root["properties"][part], part, &mut undescribed);
    }
    assert_eq!(undescribed, Vec::<String>::new());
}

fn find_undescribed(schema: &Value, path: &str, undescribed: &mut Vec<String>) {
    if schema["description"].as_str().is_none_or(str::is_empty) {
        undescribed.push(path.to_owned());
    }
    let properties = [&schema["properties"], &schema["items"]["properties"]];
    for (name, property) in properties.into_iter().filter_map(Value::as_object).flatten() {
        find_undescribed(property, &format!("{path}.{name}"), undescribed);
    }
}

#[test]
fn the_printed_yaml_says_what_was_generated() {
    let [manifest] = manifests().try_into().unwrap();
    assert_eq!(manifest.file_name, "vpcendpointservices.privatelink.alibabacloud.com.yaml");
    assert_eq!(serde_saphyr::from_str::<Value>(&manifest.yaml).unwrap(), vpc_endpoint_service());
}

#[test]
fn the_committed_files_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crds");
    for manifest in manifests() {
        let committed = fs::read_to_string(folder.join(&manifest.file_name)).unwrap_or_default();
        assert!(committed == manifest.yaml, "crds/{} is out of date: run `make gen`", manifest.file_name);
    }
    let yaml_files = fs::read_dir(folder)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "yaml"));
    assert_eq!(yaml_files.count(), manifests().len(), "crds/ holds a file that nothing generates");
}

#[test]
fn no_field_of_the_spec_names_a_namespace() {
    let definition = vpc_endpoint_service();
    let spec = &definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let named = |path: &&String| path.to_lowercase().contains("namespace");
    let fields = facts(spec);
    assert!(fields.len() > 100, "{fields:?}");
    assert_eq!(fields.keys().filter(named).collect::<Vec<_>>(), Vec::<&String>::new());
}
