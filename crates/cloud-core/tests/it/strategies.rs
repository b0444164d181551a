//! What the properties of two crates are tried with.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// Any JSON, of moderate size, whose objects have fields with these names.
pub(crate) fn json(name: impl Strategy<Value = String> + Clone + 'static) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object(name.clone(), inner).prop_map(Value::from),
        ]
    })
}

/// An object with such names and values.
pub(crate) fn object(
    name: impl Strategy<Value = String>,
    value: impl Strategy<Value = Value>,
) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::btree_map(name, value, 0..6).prop_map(|fields| fields.into_iter().collect())
}

/// What a secret may look like; no real one is shorter.
pub(crate) fn secret() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Za-z0-9]{30}", "[A-Za-z0-9+/=]{12,60}", "[!-~]{12,40}"]
}
