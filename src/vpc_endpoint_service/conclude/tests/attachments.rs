//! The attachments in the status, each with where it is going.

use serde_json::json;

use super::*;

#[test]
fn attachments_that_are_to_come_and_to_go_are_told_beside_those_that_stay() {
    let resources = json!([
        {"resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-j"]},
        {"resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-k"]},
    ]);
    let scenario = Scenario::converged().spec(json!({"resources": resources})).edited();
    let status = report(&reached(&scenario), &ready()).status.expect("it lives");
    let expected = json!([
        {"resourceId": "nlb-a", "zoneId": "cn-hangzhou-i", "state": "Detaching", "relatedEndpointCount": 0},
        {"resourceId": "nlb-a", "zoneId": "cn-hangzhou-j", "state": "Attached", "relatedEndpointCount": 0},
        {"resourceId": "nlb-b", "zoneId": "cn-hangzhou-k", "state": "Attaching"},
    ]);
    assert_eq!(serde_json::to_value(&status.resources).expect("JSON"), expected);
    assert_eq!(status.zone_ids, ["cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k"]);
}
