//! The cases, as `crd_rules.yaml` lists them.

use serde::Deserialize;
use serde_json::{Value, json};

/// `crd_rules.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Table {
    pub(super) refused: Vec<Refused>,
    pub(super) accepted: Vec<Accepted>,
    pub(super) refused_updates: Vec<RefusedUpdate>,
    pub(super) accepted_updates: Vec<AcceptedUpdate>,
}

/// A spec that is refused, and what for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Refused {
    pub(super) case: String,
    pub(super) spec: Value,
    pub(super) field: String,
    pub(super) says: String,
    /// What a server-side apply is told where that differs, the field included.
    pub(super) server_side: Option<String>,
}

/// A spec that is accepted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Accepted {
    pub(super) case: String,
    pub(super) spec: Value,
    /// What a server-side apply is told that is refused all the same.
    pub(super) server_side: Option<String>,
}

/// A change that is refused, and what for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefusedUpdate {
    pub(super) case: String,
    pub(super) spec: Value,
    pub(super) status: Option<Value>,
    pub(super) patch: Value,
    pub(super) field: String,
    pub(super) says: String,
}

/// A change that is accepted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptedUpdate {
    pub(super) case: String,
    pub(super) spec: Value,
    pub(super) status: Option<Value>,
    pub(super) patch: Value,
}

pub(super) fn table() -> Table {
    serde_saphyr::from_str(include_str!("../crd_rules.yaml")).unwrap()
}

/// The manifest after a JSON merge patch (RFC 7396): what a user who edits the file applies.
pub(super) fn merged(mut target: Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    if !target.is_object() {
        target = json!({});
    }
    for (key, change) in changes {
        let fields = target.as_object_mut().expect("it is an object by now");
        match (change, fields.remove(key)) {
            (Value::Null, _) => {}
            (change, before) => drop(fields.insert(key.clone(), merged(before.unwrap_or_default(), change))),
        }
    }
    target
}

#[test]
fn a_merge_patch_replaces_lists_goes_into_maps_and_takes_nulls_out() {
    let before = json!({"kept": 1, "gone": 2, "map": {"kept": 3, "gone": 4}, "list": [5, 6]});
    let patch = json!({"gone": null, "map": {"gone": null, "new": 7}, "list": [8], "fresh": {"map": 9}});
    let after = json!({"kept": 1, "map": {"kept": 3, "new": 7}, "list": [8], "fresh": {"map": 9}});
    assert_eq!(merged(before, &patch), after);
}
