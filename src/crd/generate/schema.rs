//! One walk over a schema that puts right what the derive writes in a form Kubernetes does not want.

use serde_json::{Map, Value};

/// Tidies a schema and every schema inside it: no `nullable` or `title`, descriptions without the line breaks of the
/// source, integral bounds, the two integer formats that Kubernetes knows. Defaults and enum values are data, not schemas, and stay as they are.
pub(super) fn tidy(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else { return };
    for unwanted in ["nullable", "title"] {
        keywords.remove(unwanted);
    }
    join_lines(keywords);
    for bound in ["minimum", "maximum"] {
        make_integral(keywords, bound);
    }
    make_format_known(keywords);
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = keywords.get_mut(inner) {
            tidy(inner);
        }
    }
    for property in keywords.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut)
    {
        tidy(property);
    }
}

/// `kubectl explain` wraps the text itself and keeps the breaks it is given.
fn join_lines(keywords: &mut Map<String, Value>) {
    if let Some(Value::String(description)) = keywords.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}

/// 100.0 becomes 100: the `CustomResourceDefinition` type holds bounds as floating point.
#[expect(clippy::cast_possible_truncation, reason = "only whole numbers in the range of i32 are cast")]
fn make_integral(keywords: &mut Map<String, Value>, bound: &str) {
    let number = keywords.get(bound).and_then(Value::as_f64);
    if let Some(number) = number.filter(|number| number.fract() == 0.0 && number.abs() <= f64::from(i32::MAX)) {
        keywords.insert(bound.to_owned(), Value::from(number as i64));
    }
}

/// Unsigned numbers of Rust are signed numbers with a minimum in Kubernetes.
fn make_format_known(keywords: &mut Map<String, Value>) {
    let known = match keywords.get("format").and_then(Value::as_str) {
        Some("uint32") => "int32",
        Some("uint64") => "int64",
        _ => return,
    };
    keywords.insert("format".to_owned(), Value::from(known));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_kubernetes_does_not_want_is_put_right_at_every_depth() {
        let mut schema = json!({
            "type": "object", "nullable": true, "title": "Thing", "description": "one\ntwo",
            "properties": {"list": {"type": "array", "items": {"type": "integer", "format": "uint32", "minimum": 100.0}}},
            "additionalProperties": {"type": "number", "maximum": 0.5, "nullable": true},
        });
        tidy(&mut schema);
        assert_eq!(
            schema,
            json!({
                "type": "object", "description": "one two",
                "properties": {"list": {"type": "array", "items": {"type": "integer", "format": "int32", "minimum": 100}}},
                "additionalProperties": {"type": "number", "maximum": 0.5},
            })
        );
    }

    #[test]
    fn a_default_and_a_property_named_like_a_keyword_are_left_alone() {
        let schema =
            json!({"properties": {"nullable": {"type": "boolean"}}, "default": {"nullable": true, "minimum": 1.0}});
        let mut tidied = schema.clone();
        tidy(&mut tidied);
        assert_eq!(tidied, schema);
    }
}
