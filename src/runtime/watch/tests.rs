use kube::core::Status;

use super::*;
use crate::crd::VpcEndpointService;

fn answered(code: u16) -> watcher::Error {
    watcher::Error::InitialListFailed(kube::Error::Api(Status::failure("no", "No").with_code(code).boxed()))
}

#[test]
fn only_an_unknown_path_means_a_missing_definition() {
    assert!(is_missing_definition(&answered(404)));
    assert!(!is_missing_definition(&answered(403)));
    assert!(!is_missing_definition(&answered(503)));
    assert!(!is_missing_definition(&watcher::Error::NoResourceVersion));
}

#[test]
fn the_store_keeps_neither_managed_fields_nor_the_applied_copy() {
    let mut object: VpcEndpointService = serde_json::from_value(serde_json::json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {
            "name": "service",
            "annotations": {LAST_APPLIED_ANNOTATION: "{}", "mine": "stays"},
            "managedFields": [{"manager": "kubectl"}],
        },
        "spec": {"serviceResourceType": "nlb"},
    }))
    .unwrap();
    prune(&mut object);
    assert_eq!(object.metadata.managed_fields, Some(Vec::new()));
    assert_eq!(object.metadata.annotations, Some([("mine".into(), "stays".into())].into()));
}
