//! What this client reads of an answer, against what the provider's own Python SDK reads of it.
//!
//! `tests/conformance/recorded/python-answers.json` has one answer of each operation with every field that the SDK's types
//! have; the conformance programs see to it that it is up to date.

use std::collections::{BTreeMap, BTreeSet};

use privatelink::Operation;
use serde_json::Value;

use crate::surface::methods;

fn recorded() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../../../../tests/conformance/recorded/python-answers.json")).unwrap()
}

/// The JSON pointers of all that is no list and no object.
fn leaves(value: &Value, here: &str) -> Vec<String> {
    match value {
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(index, item)| leaves(item, &format!("{here}/{index}"))).collect()
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, field)| leaves(field, &format!("{here}/{name}"))).collect()
        }
        _ => vec![here.to_owned()],
    }
}

/// Another value of the same kind.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::from(!flag),
        Value::Number(_) => Value::from(2),
        Value::String(_) => Value::from("2"),
        other => unreachable!("{other} is no leaf"),
    }
}

#[test]
fn the_recording_has_an_answer_of_each_of_the_39_operations() {
    let expected: BTreeSet<String> = Operation::ALL.iter().map(|operation| operation.name().to_owned()).collect();
    let found: BTreeSet<String> = recorded().into_keys().collect();
    assert_eq!((found.len(), found), (39, expected));
}

#[test]
fn every_field_of_an_answer_that_the_python_sdk_reads_is_read() {
    let (mut looked_at, mut passed_over) = (0, Vec::<String>::new());
    for method in methods() {
        let answer = recorded().remove(method.operation.name()).unwrap();
        let read = method.read(&answer);
        for place in leaves(&answer, "") {
            let mut other = answer.clone();
            let leaf = other.pointer_mut(&place).unwrap();
            *leaf = another(leaf);
            looked_at += 1;
            if method.read(&other) == read {
                passed_over.push(format!("{} {place}", method.operation));
            }
        }
    }
    assert_eq!((looked_at, passed_over), (262, vec![]));
}
