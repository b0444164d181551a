//! The bodies of the merge patches on the object. Pure.
//!
//! Both carry `metadata.uid` and `metadata.resourceVersion`: the API server answers 409 when either is no longer true. (A JSON patch
//! with a `test` would be answered 422, the same as a refusal by the schema.) The finalizers are a plain list, so the whole list is
//! sent; the resource version makes sure that it was the list we saw.

use serde_json::{Value, json};

use crate::controller::vpc_endpoint_service::record::CreateRecord;
use crate::controller::vpc_endpoint_service::resolve::ObjectKey;
use crate::mutant::Mutant;
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
    if Mutant::FinalizerWithoutUid.is_on() {
        return json!({ "metadata": { "finalizers": others } });
    }
    json!({
        "metadata": { "uid": key.uid, "resourceVersion": key.resource_version, "finalizers": others },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
            holder: "p-1".to_owned(),
            taken_over: None,
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
                    r#"{"uid":"u-1","incarnation":0,"region":"cn-hangzhou","account":"1","hash":"h","time":"2026-11-25T00:00:00Z","holder":"p-1"}"#},
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
