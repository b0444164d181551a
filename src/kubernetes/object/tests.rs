use serde_json::json;

use super::*;
use crate::crd::VpcEndpointService;

fn object(record: &str) -> VpcEndpointService {
    serde_json::from_value(json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {
            "namespace": "team", "name": "service", "uid": "u-1", "generation": 3, "resourceVersion": "41",
            "finalizers": ["privatelink.alibabacloud.com/finalizer"],
            "annotations": {"privatelink.alibabacloud.com/create-record": record},
        },
        "spec": {"serviceResourceType": "nlb"},
    }))
    .unwrap()
}

fn recorded(uid: &str) -> String {
    json!({"uid": uid, "incarnation": 1, "region": "cn-hangzhou", "account": "1", "hash": "h", "time": "2026-11-25T00:00:00Z", "owner": "p-1"})
        .to_string()
}

#[test]
fn finalizer_and_record_of_the_object_are_read() {
    let latest = LatestObject::of(&object(&recorded("u-1")));
    assert!(latest.has_finalizer());
    assert_eq!(latest.record.map(|record| record.owner).as_deref(), Some("p-1"));
}

#[test]
fn a_record_of_another_object_counts_as_none() {
    assert_eq!(LatestObject::of(&object(&recorded("u-2"))).record, None);
}

#[test]
fn a_record_that_cannot_be_read_counts_as_none() {
    assert_eq!(LatestObject::of(&object("{")).record, None);
}

#[test]
fn the_deletion_mark_shows() {
    let mut object = object("{}");
    object.metadata.deletion_timestamp = Some(serde_json::from_value(json!("2026-11-25T00:00:00Z")).unwrap());
    assert!(LatestObject::of(&object).deleting);
}
