//! Whether a manifest fits the schema of this version, without an API server. Pure.
//!
//! Types, required and unknown fields, bounds, words and patterns are compared. Rules over maps, lists and more than one field, and those that compare with the object
//! as it was, are the API server's to hold.

use regex_automata::Input;
use regex_automata::dfa::Automaton;
use regex_automata::dfa::dense::DFA;
use serde_json::Value;

use crate::crd::generate;
use crate::vpc_endpoint_service::plan::clip;

/// More than so many complaints help nobody.
const MOST: usize = 10;

/// What the schema has against a manifest, a line each, with the path of the field; empty: nothing.
pub(super) fn complaints(manifest: &Value) -> Vec<String> {
    let manifest = &without_nulls(manifest);
    let definition = generate::vpc_endpoint_service();
    let version = &definition["spec"]["versions"][0];
    let expected = format!("{}/{}", text(&definition["spec"]["group"]), text(&version["name"]));
    if manifest["apiVersion"] != expected.as_str() {
        return vec![format!(
            "apiVersion: {} is not known to this version, which has {expected}",
            manifest["apiVersion"]
        )];
    }
    let schema = &version["schema"]["openAPIV3Schema"];
    let mut found = name_complaint(manifest).into_iter().collect();
    // The status is the operator's; what a manifest says of it is dropped.
    check(&schema["properties"]["spec"], &manifest["spec"], "spec", &mut found);
    found.truncate(MOST);
    found
}

/// A field that is given as `null` is one that is left out.
pub(super) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(given.map(|(name, value)| (name.clone(), without_nulls(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        value => value.clone(),
    }
}

/// The root's rule on the name, which is no bound of the schema.
fn name_complaint(manifest: &Value) -> Option<String> {
    let name = text(&manifest["metadata"]["name"]);
    let is_valid =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '.';
    let (first, last) = (name.chars().next()?, name.chars().next_back()?);
    let is_name = name.chars().all(is_valid) && first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric();
    (name.len() > 63 || !is_name).then(|| {
        format!("metadata.name: {name:?} must be lower-case letters, digits, dashes and dots, no more than 63, with a letter or digit at both ends")
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn check(schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(complaint) = type_complaint(schema, value).or_else(|| bound_complaint(schema, value)) {
        return found.push(format!("{path}: {complaint}"));
    }
    found.extend(pattern_complaints(schema, value).map(|complaint| format!("{path}: {complaint}")));
    match value {
        Value::Object(fields) => {
            for name in schema["required"].as_array().into_iter().flatten().map(text) {
                if !fields.contains_key(name) {
                    found.push(format!("{path}.{name}: is required"));
                }
            }
            for (name, inside) in fields {
                let path = format!("{path}.{name}");
                match (&schema["properties"][name.as_str()], &schema["additionalProperties"]) {
                    (known @ Value::Object(_), _) | (Value::Null, known @ Value::Object(_)) => {
                        check(known, inside, &path, found);
                    }
                    _ => found.push(format!("{path}: is no field of this version")),
                }
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                check(&schema["items"], item, &format!("{path}[{number}]"), found);
            }
        }
        _ => {}
    }
}

fn type_complaint(schema: &Value, value: &Value) -> Option<String> {
    let wanted = text(&schema["type"]);
    let is_of_type = match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        _ => true,
    };
    if !is_of_type {
        let found = if value.is_null() { "nothing".to_owned() } else { value.to_string() };
        return Some(format!("must be of type {wanted}, found {}", clip(&found, 64)));
    }
    let words = schema["enum"].as_array()?;
    (!words.contains(value)).then(|| {
        let words: Vec<_> = words.iter().map(text).collect();
        format!("must be one of {}, found {value}", words.join(", "))
    })
}

/// How large the value is, in the unit of the bounds that its type has.
fn bound_complaint(schema: &Value, value: &Value) -> Option<String> {
    let (size, least, most, unit) = match value {
        Value::String(text) => (count(text.chars().count()), "minLength", "maxLength", " characters"),
        Value::Array(items) => (count(items.len()), "minItems", "maxItems", " entries"),
        Value::Object(fields) => (count(fields.len()), "minProperties", "maxProperties", " entries"),
        Value::Number(number) => (number.as_i64()?, "minimum", "maximum", ""),
        Value::Null | Value::Bool(_) => return None,
    };
    let (least, most) = (schema[least].as_i64(), schema[most].as_i64());
    if let Some(least) = least.filter(|least| size < *least) {
        return Some(format!("must be at least {least}{unit}, found {size}"));
    }
    most.filter(|most| size > *most).map(|most| format!("must be at most {most}{unit}, found {size}"))
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The rules that hold a text to a pattern, each with its own sentence.
fn pattern_complaints<'a>(schema: &'a Value, value: &'a Value) -> impl Iterator<Item = String> + 'a {
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    rules.filter_map(move |rule| {
        let pattern = text(&rule["rule"]).strip_prefix("self.matches(r'")?.strip_suffix("')")?;
        (!is_matched(pattern, value.as_str()?)).then(|| format!("{}, found {value}", text(&rule["message"])))
    })
}

fn is_matched(pattern: &str, value: &str) -> bool {
    let found = DFA::new(pattern).ok().map(|dfa| dfa.try_search_fwd(&Input::new(value)));
    matches!(found, Some(Ok(Some(_))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn manifest(spec: &Value) -> Value {
        json!({"apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService", "metadata": {"name": "orders"}, "spec": spec})
    }

    fn of(spec: &Value) -> Vec<String> {
        complaints(&manifest(spec))
    }

    #[test]
    fn what_fits_is_not_complained_of() {
        let spec = json!({
            "serviceResourceType": "nlb", "region": "cn-hangzhou", "tags": {"team": "shop"}, "allowedPrincipals": ["acs:ram:*:12:*"],
            "resources": [{"resourceId": "nlb-1", "zoneIds": ["cn-hangzhou-h"]}], "connections": {},
        });
        assert_eq!(of(&spec), [""; 0]);
    }

    #[test]
    fn each_complaint_names_the_field_and_what_is_possible() {
        let table = [
            (json!({}), "spec.serviceResourceType: is required"),
            (
                json!({"serviceResourceType": "elb"}),
                "spec.serviceResourceType: must be one of slb, alb, nlb, gwlb, found \"elb\"",
            ),
            (json!({"serviceResourceType": "nlb", "descripton": "x"}), "spec.descripton: is no field of this version"),
            (
                json!({"serviceResourceType": "nlb", "suspend": "yes"}),
                "spec.suspend: must be of type boolean, found \"yes\"",
            ),
            (
                json!({"serviceResourceType": "nlb", "description": "x".repeat(257)}),
                "spec.description: must be at most 256 characters, found 257",
            ),
            (
                json!({"serviceResourceType": "slb", "connectBandwidthMbps": 5}),
                "spec.connectBandwidthMbps: must be at least 100, found 5",
            ),
            (
                json!({"serviceResourceType": "nlb", "resources": [{"resourceId": "NLB-1"}]}),
                "spec.resources[0].resourceId: must be the id of a load balancer: lb-, alb-, nlb- or gwlb- and lower-case letters and digits, found \
                 \"NLB-1\"",
            ),
            (
                json!({"serviceResourceType": "nlb", "tags": {"team": 1}}),
                "spec.tags.team: must be of type string, found 1",
            ),
            (Value::Null, "spec: must be of type object, found nothing"),
        ];
        for (spec, complaint) in table {
            assert_eq!(of(&spec), [complaint], "{spec}");
        }
    }

    #[test]
    fn another_version_and_a_name_that_is_none_are_told() {
        let mut other = manifest(&json!({"serviceResourceType": "nlb"}));
        other["apiVersion"] = json!("privatelink.alibabacloud.com/v9");
        assert!(complaints(&other)[0].starts_with("apiVersion: "), "{:?}", complaints(&other));
        for name in ["Orders", "-a", "a_b", &"a".repeat(64)] {
            let mut named = manifest(&json!({"serviceResourceType": "nlb"}));
            named["metadata"]["name"] = json!(name);
            assert!(complaints(&named)[0].starts_with("metadata.name: "), "{name}");
        }
    }
    /// What the real API server says to many a spec (`tests/it/crd_rules.rs`).
    fn rules() -> Value {
        serde_saphyr::from_str(include_str!("../../tests/it/crd_rules.yaml")).unwrap()
    }

    #[test]
    fn what_the_api_server_accepts_is_not_complained_of() {
        let rules = rules();
        let accepted = ["accepted", "acceptedUpdates"].iter().flat_map(|table| rules[*table].as_array().unwrap());
        let wrong: Vec<_> = accepted.filter(|case| !of(&case["spec"]).is_empty()).collect();
        assert_eq!(wrong, Vec::<&Value>::new());
    }

    #[test]
    fn what_the_api_server_refuses_is_complained_of_at_the_same_field_where_one_value_alone_is_wrong() {
        let rules = rules();
        let refused = rules["refused"].as_array().unwrap();
        let mut unseen = Vec::new();
        for case in refused {
            let complaints = of(&case["spec"]);
            let field = text(&case["field"]);
            let is_there = |complaint: &String| {
                complaint.starts_with(field) || field.starts_with(complaint.split(": ").next().unwrap())
            };
            match complaints.as_slice() {
                [] => unseen.push(text(&case["case"])),
                complaints => assert!(complaints.iter().any(is_there), "{case}: {complaints:?}"),
            }
        }
        assert!(unseen.len() * 2 < refused.len(), "{unseen:#?}");
    }
}
