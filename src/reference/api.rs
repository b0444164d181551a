//! The page of the fields, from the schema that the API server has.

use std::fmt::Write as _;

use serde_json::Value;

use super::{code, table};
use crate::crd::generate;

/// A field as the page shows it.
struct Field<'a> {
    path: String,
    schema: &'a Value,
    is_required: bool,
}

pub(super) fn api() -> String {
    let definition = generate::vpc_endpoint_service();
    let spec = &definition["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let version = &spec["versions"][0];
    let root = &version["schema"]["openAPIV3Schema"];
    let mut page = format!(
        "`apiVersion: {}/{}`, `kind: {}`, short name `{}`. What `kubectl explain vpces.spec` says, on one page. The API server refuses a value that \
         breaks a bound or a rule, and names the field.\n",
        text(&spec["group"]),
        text(&version["name"]),
        text(&spec["names"]["kind"]),
        text(&spec["names"]["shortNames"][0]),
    );
    for (part, intro) in [
        (
            "spec",
            "Written by you. A field without a default that is left out is not managed: the cloud keeps what it has.",
        ),
        ("status", "Written by the operator. A field that is not known is left out."),
    ] {
        let schema = &root["properties"][part];
        let mut fields = Vec::new();
        collect(schema, part, &mut fields);
        let _ = write!(page, "\n## {part}\n\n{intro}\n\n");
        page += &table(["field", "type", "default", "bounds", "meaning"], fields.iter().map(row));
        let rules = rules(root, part, &fields);
        if !rules.is_empty() {
            let _ = write!(page, "\n### Rules on the {part}\n\n");
            page += &table(["field", "rule"], rules);
        }
    }
    page
}

/// Every field below this one; `[]` and `{}` stand for what is in a list and in a map.
fn collect<'a>(schema: &'a Value, path: &str, found: &mut Vec<Field<'a>>) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, inside) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        found.push(Field { path: path.clone(), schema: inside, is_required: required.contains(&name.as_str()) });
        collect(inside, &path, found);
        collect(&inside["items"], &format!("{path}[]"), found);
        collect(&inside["additionalProperties"], &format!("{path}{{}}"), found);
    }
}

fn row(field: &Field<'_>) -> [String; 5] {
    let Field { path, schema, is_required } = field;
    let default = match &schema["default"] {
        Value::Null if *is_required => "required".to_owned(),
        Value::Null => String::new(),
        value => code(&value.to_string()),
    };
    let meaning = schema["description"].as_str().unwrap_or_default().replace('\n', " ");
    [code(path), kind(schema), default, bounds(schema), meaning]
}

fn kind(schema: &Value) -> String {
    let name = |schema: &Value| schema["format"].as_str().or(schema["type"].as_str()).unwrap_or_default().to_owned();
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", name(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("map of {}", name(&schema["additionalProperties"]))
        }
        _ => name(schema),
    }
}

/// The values that are possible, as far as the schema says.
fn bounds(schema: &Value) -> String {
    const BOUNDS: [(&str, &str, &str); 4] = [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " entries"),
        ("minProperties", "maxProperties", " entries"),
    ];
    let values: Vec<_> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(code).collect();
    let ranges = BOUNDS.iter().filter_map(|(least, most, unit)| match (&schema[least], &schema[most]) {
        (Value::Null, Value::Null) => None,
        (Value::Null, most) => Some(format!("at most {}{unit}", number(most))),
        (least, Value::Null) => Some(format!("at least {}{unit}", number(least))),
        (least, most) => Some(format!("{} to {}{unit}", number(least), number(most))),
    });
    values.into_iter().chain(ranges).collect::<Vec<_>>().join(", ")
}

fn number(value: &Value) -> String {
    value.as_i64().map_or_else(|| value.as_f64().unwrap_or_default().to_string(), |whole| whole.to_string())
}

/// What the rules say when they are broken, by the field that is blamed.
fn rules(root: &Value, part: &str, fields: &[Field<'_>]) -> Vec<[String; 2]> {
    let of = |schema: &Value, path: &str| -> Vec<[String; 2]> {
        let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
        rules.map(|rule| [blamed(rule, path), rule["message"].as_str().unwrap_or_default().to_owned()]).collect()
    };
    let whole = of(root, "")
        .into_iter()
        .filter(|[path, _]| path.starts_with(&format!("`{part}")) || part == "spec" && path.starts_with("`metadata"));
    let inside = of(&root["properties"][part], part);
    let each = fields.iter().flat_map(|field| {
        let items = of(&field.schema["items"], &format!("{}[]", field.path));
        of(field.schema, &field.path).into_iter().chain(items)
    });
    whole.chain(inside).chain(each).collect()
}

fn blamed(rule: &Value, path: &str) -> String {
    let below = rule["fieldPath"].as_str().unwrap_or_default();
    code(format!("{path}{below}").trim_start_matches('.'))
}
