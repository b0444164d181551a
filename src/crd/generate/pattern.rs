//! A sentence in place of each pattern: of a value that does not match, the API server says only the pattern, which few people read.

use serde_json::{Map, Value, json};

/// What a value of each pattern looks like. A pattern without a line here is a mistake that the generation does not survive.
const SENTENCES: &[(&str, &str)] = &[
    (
        r"^[a-z]{2}(-[a-z0-9]+)+$",
        "must be an id of the provider in lower case, such as the region cn-hangzhou or the zone cn-hangzhou-h",
    ),
    (r"^rg-[a-z0-9]+$", "must be the id of a resource group: rg- and lower-case letters and digits"),
    (
        r"^(lb|alb|nlb|gwlb)-[a-z0-9]+$",
        "must be the id of a load balancer: lb-, alb-, nlb- or gwlb- and lower-case letters and digits",
    ),
    (
        r"^([1-9][0-9]{0,18}|acs:ram:\*:[1-9][0-9]{0,18}:\*)$",
        "must be an account id of up to 19 digits without a leading zero, or acs:ram:*:<account id>:* for the same account; single \
         users and everybody are not possible",
    ),
    (r"^[0-9]+$", "must be an account id in digits"),
    (r"^ep-[a-z0-9]+$", "must be the id of an endpoint: ep- and lower-case letters and digits"),
    (r"^vpc-[a-z0-9]+$", "must be the id of a VPC: vpc- and lower-case letters and digits"),
    (r"^epsrv-[a-z0-9]+$", "must be the id of an endpoint service: epsrv- and lower-case letters and digits"),
    (
        r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        "must be the name of a ClusterProviderConfig: lower-case letters, digits and dashes, with a letter or digit at both ends",
    ),
    (
        r"^[a-z]([-a-z0-9]*[a-z0-9])?$",
        "must be the name of a Service: lower-case letters, digits and dashes, beginning with a letter and not ending in a dash",
    ),
    (
        r"^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$",
        "must be the name of a ConfigMap: lower-case letters, digits, dashes and dots, with a letter or digit at both ends",
    ),
];

/// Puts a rule with the sentence in place of every pattern of a schema and of those inside it. The rule refuses the same values.
pub(super) fn explain(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    if let Some(Value::String(pattern)) = keywords.remove("pattern") {
        add_rule(keywords, &pattern);
    }
    if let Some(items) = keywords.get_mut("items") {
        explain(items);
    }
    let properties = keywords.get_mut("properties").and_then(Value::as_object_mut);
    properties.into_iter().flat_map(Map::values_mut).for_each(explain);
}

fn add_rule(keywords: &mut Map<String, Value>, pattern: &str) {
    let sentence = SENTENCES.iter().find(|(known, _)| *known == pattern).map(|(_, sentence)| *sentence);
    let message = sentence.expect("every pattern of the spec has a sentence");
    // A raw string of CEL: no pattern has a quotation mark.
    let rule = json!({"rule": format!("self.matches(r'{pattern}')"), "message": message});
    match keywords.entry("x-kubernetes-validations").or_insert_with(|| json!([])) {
        Value::Array(rules) => rules.push(rule),
        other => *other = json!([rule]),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{SENTENCES, explain};

    #[test]
    fn a_pattern_anywhere_becomes_its_sentence_beside_the_rules_that_are_there() {
        let (pattern, sentence) = SENTENCES[1];
        let rule = json!({"rule": format!("self.matches(r'{pattern}')"), "message": sentence});
        let mut schema = json!({"properties": {
            "list": {"items": {"pattern": pattern}},
            "id": {"pattern": pattern, "x-kubernetes-validations": [{"rule": "self == oldSelf"}]},
            "free": {"type": "string"},
        }});
        explain(&mut schema);
        assert_eq!(
            schema,
            json!({"properties": {
                "list": {"items": {"x-kubernetes-validations": [rule]}},
                "id": {"x-kubernetes-validations": [{"rule": "self == oldSelf"}, rule]},
                "free": {"type": "string"},
            }})
        );
    }

    #[test]
    fn no_pattern_ends_the_raw_string_that_it_stands_in() {
        assert!(SENTENCES.iter().all(|(pattern, sentence)| !pattern.contains('\'') && !sentence.contains('\n')));
    }
}
