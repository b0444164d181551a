//! The merge patch of a client-side apply, as kubectl makes it for custom resources: what was applied last and is in the manifest no more is taken out, what is in
//! the manifest and otherwise in the cluster is put in. Everything else belongs to others. Pure.

use serde_json::{Map, Value};

/// From what was applied last, what is there and what is to be.
pub(super) fn patch(last_applied: &Value, current: &Value, manifest: &Value) -> Value {
    merged(deletions(last_applied, manifest), changes(current, manifest))
}

/// `null` for each field of the earlier manifest that the new one lacks.
fn deletions(earlier: &Value, manifest: &Value) -> Value {
    let (Some(earlier), Some(manifest)) = (earlier.as_object(), manifest.as_object()) else { return empty() };
    let deleted = earlier.iter().filter_map(|(field, before)| match manifest.get(field) {
        None => Some((field.clone(), Value::Null)),
        Some(now) => Some((field.clone(), deletions(before, now))).filter(|(_, inside)| *inside != empty()),
    });
    Value::Object(deleted.collect())
}

/// Each field of the manifest that is otherwise now. Lists count as a whole. A field that is given as `null` says nothing.
fn changes(current: &Value, manifest: &Value) -> Value {
    let Some(manifest) = manifest.as_object() else { return empty() };
    let changed = manifest.iter().filter(|(_, wanted)| !wanted.is_null()).filter_map(|(field, wanted)| {
        let now = current.get(field).unwrap_or(&Value::Null);
        let change = match (now, wanted) {
            (Value::Object(_), Value::Object(_)) => Some(changes(now, wanted)).filter(|inside| *inside != empty()),
            _ => (now != wanted).then(|| wanted.clone()),
        };
        Some((field.clone(), change?))
    });
    Value::Object(changed.collect())
}

fn merged(one: Value, other: Value) -> Value {
    match (one, other) {
        (Value::Object(mut one), Value::Object(other)) => {
            for (field, value) in other {
                let value = match one.remove(&field) {
                    Some(before) => merged(before, value),
                    None => value,
                };
                one.insert(field, value);
            }
            Value::Object(one)
        }
        (_, other) => other,
    }
}

fn empty() -> Value {
    Value::Object(Map::new())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_applied_and_is_gone_goes_what_others_put_there_stays() {
        let last = json!({"spec": {"description": "a", "tags": {"team": "shop", "env": "prod"}, "suspend": true}});
        let now = json!({"spec": {"description": "a", "tags": {"team": "shop", "env": "prod", "theirs": "x"}, "suspend": true, "payer": "Endpoint"}});
        let manifest = json!({"spec": {"description": "b", "tags": {"team": "shop"}}});
        let expected = json!({"spec": {"description": "b", "suspend": null, "tags": {"env": null}}});
        assert_eq!(patch(&last, &now, &manifest), expected);
    }

    #[test]
    fn the_same_manifest_again_puts_right_what_others_changed_of_it() {
        let manifest = json!({"spec": {"description": "a", "resources": [{"resourceId": "nlb-1"}]}});
        assert_eq!(patch(&manifest, &manifest, &manifest), json!({}));
        let now = json!({"spec": {"description": "theirs", "resources": []}});
        assert_eq!(patch(&manifest, &now, &manifest), manifest);
    }

    #[test]
    fn a_whole_map_goes_and_a_null_says_nothing() {
        let last = json!({"spec": {"tags": {"team": "shop"}}});
        assert_eq!(patch(&last, &last, &json!({"spec": {}})), json!({"spec": {"tags": null}}));
        assert_eq!(patch(&json!({}), &last, &json!({"spec": {"tags": null}})), json!({}));
    }
}
