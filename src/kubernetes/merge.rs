//! The bodies of the merge patches on the object. Pure.
//!
//! Both carry `metadata.uid` and `metadata.resourceVersion`: the API server answers 409 when either is no longer true. (A JSON patch
//! with a `test` would be answered 422, the same as a refusal by the schema.) The finalizers are a plain list, so the whole list is
//! sent; the resource version makes sure that it was the list we saw.

use serde_json::{Map, Value, json};

use super::{Kind, KindStatus, StatusOf};
use crate::crd::ConditionType;
use crate::identity::CreateRecord;
use crate::identity::ObjectKey;
use crate::names::{CREATE_RECORD_ANNOTATION, FINALIZER};

/// Our finalizer and the record, in one.
pub(super) fn put_record(key: &ObjectKey, finalizers: &[String], record: &CreateRecord) -> Value {
    let ours = Some(FINALIZER).filter(|ours| !finalizers.iter().any(|name| name == ours));
    let finalizers: Vec<&str> = finalizers.iter().map(String::as_str).chain(ours).collect();
    let record = serde_json::to_string(record).expect("a record of strings and numbers can be written as JSON");
    json!({
        "metadata": {
            "uid": key.uid,
            "resourceVersion": key.resource_version,
            "finalizers": finalizers,
            "annotations": { CREATE_RECORD_ANNOTATION: record },
        },
    })
}

/// All finalizers but ours.
pub(super) fn release_finalizer(key: &ObjectKey, finalizers: &[String]) -> Value {
    let others: Vec<&String> = finalizers.iter().filter(|name| *name != FINALIZER).collect();
    json!({
        "metadata": { "uid": key.uid, "resourceVersion": key.resource_version, "finalizers": others },
    })
}

/// What the status holds after our apply that is not in it, because somebody else put it there; `None`: nothing. Conditions are a list that
/// others may add to, but none of our types.
pub(super) fn leftovers<K: Kind>(applied: &K, wanted: &StatusOf<K>) -> Option<Value> {
    let found = applied.status().filter(|found| *found != wanted)?;
    let conditions = conditions(found, wanted).map(|conditions| ("conditions".to_owned(), conditions));
    let (found, wanted) = (fields(found), fields(wanted));
    let differs = |name: &&String| *name != "conditions" && found.get(*name) != wanted.get(*name);
    let wrong: Map<String, Value> = found
        .keys()
        .filter(differs)
        .map(|name| (name.clone(), wanted.get(name).cloned().unwrap_or(Value::Null)))
        .chain(conditions)
        .collect();
    let metadata = json!({"uid": applied.meta().uid, "resourceVersion": applied.meta().resource_version});
    (!wrong.is_empty()).then(|| json!({"metadata": metadata, "status": wrong}))
}

/// The conditions without those of our types that we do not say; `None`: there are none of them.
fn conditions<S: KindStatus>(found: &S, wanted: &S) -> Option<Value> {
    let is_ours = |kind: &str| ConditionType::ALL.iter().any(|ours| ours.as_str() == kind);
    let is_said = |kind: &str| wanted.conditions().iter().any(|said| said.type_ == kind);
    let (forged, kept): (Vec<_>, Vec<_>) =
        found.conditions().iter().partition(|found| is_ours(&found.type_) && !is_said(&found.type_));
    (!forged.is_empty()).then(|| json!(kept))
}

fn fields(status: &impl KindStatus) -> Map<String, Value> {
    match serde_json::to_value(status) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};

    #[test]
    fn what_others_put_into_a_status_is_taken_back_but_for_their_conditions() {
        let status = |fields: Value| serde_json::from_value::<VpcEndpointServiceStatus>(fields).unwrap();
        let object = |fields: Value| -> VpcEndpointService {
            serde_json::from_value(json!({
                "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
                "kind": "VpcEndpointService",
                "metadata": {"namespace": "team", "name": "service", "uid": "u-1", "resourceVersion": "42"},
                "spec": {"serviceResourceType": "nlb"},
                "status": fields,
            }))
            .unwrap()
        };
        let condition = json!({
            "type": "Theirs", "status": "True", "reason": "Any", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z",
        });
        let wanted = status(json!({"serviceId": "epsrv-1", "zoneIds": ["a"]}));
        let as_wanted = json!({"serviceId": "epsrv-1", "zoneIds": ["a"]});
        assert_eq!(leftovers(&object(as_wanted), &wanted), None);
        let added = json!({"serviceId": "epsrv-1", "zoneIds": ["a"], "conditions": [condition.clone()]});
        assert_eq!(leftovers(&object(added), &wanted), None);
        let mut stalled = condition.clone();
        stalled["type"] = json!("Stalled");
        let both = json!({"serviceId": "epsrv-1", "zoneIds": ["a"], "conditions": [stalled, condition]});
        assert_eq!(leftovers(&object(both), &wanted).unwrap()["status"], json!({"conditions": [condition]}));
        let forged = json!({
            "serviceId": "epsrv-1", "zoneIds": ["a", "b"], "serviceDomain": "evil.example.com", "drift": [{"field": "spec.x"}],
        });
        assert_eq!(
            leftovers(&object(forged), &wanted),
            Some(json!({
                "metadata": {"uid": "u-1", "resourceVersion": "42"},
                "status": {"zoneIds": ["a"], "serviceDomain": null, "drift": null},
            }))
        );
    }

    fn key() -> ObjectKey {
        ObjectKey {
            namespace: "team".into(),
            name: "service".into(),
            uid: "u-1".into(),
            generation: 2,
            resource_version: "41".into(),
        }
    }

    fn record() -> CreateRecord {
        CreateRecord {
            uid: "u-1".into(),
            incarnation: 0,
            region: "cn-hangzhou".into(),
            account: "1".into(),
            hash: "h".into(),
            time: "2026-11-25T00:00:00Z".parse().unwrap(),
            owner: "p-1".to_owned(),
            taken_over: None,
            not_ours: None,
        }
    }

    #[test]
    fn finalizer_and_record_go_in_one_patch_that_names_the_very_object() {
        let patch = put_record(&key(), &["other/finalizer".into()], &record());
        assert_eq!(
            patch,
            json!({"metadata": {
                "uid": "u-1",
                "resourceVersion": "41",
                "finalizers": ["other/finalizer", "privatelink.alibabacloud.com/finalizer"],
                "annotations": {"privatelink.alibabacloud.com/create-record":
                    r#"{"uid":"u-1","incarnation":0,"region":"cn-hangzhou","account":"1","hash":"h","time":"2026-11-25T00:00:00Z","owner":"p-1"}"#},
            }})
        );
    }

    #[test]
    fn our_finalizer_is_put_on_once() {
        let patch = put_record(&key(), &[FINALIZER.into()], &record());
        assert_eq!(patch["metadata"]["finalizers"], json!([FINALIZER]));
    }

    #[test]
    fn only_our_finalizer_is_taken_off() {
        let patch = release_finalizer(&key(), &["a/one".into(), FINALIZER.into(), "b/two".into()]);
        assert_eq!(
            patch,
            json!({"metadata": {"uid": "u-1", "resourceVersion": "41", "finalizers": ["a/one", "b/two"]}})
        );
    }

    #[test]
    fn the_last_finalizer_leaves_an_empty_list() {
        assert_eq!(release_finalizer(&key(), &[FINALIZER.into()])["metadata"]["finalizers"], json!([]));
    }
}
