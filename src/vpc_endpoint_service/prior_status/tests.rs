use serde_json::{Value, json};

use super::*;
use crate::names::CREATE_RECORD_ANNOTATION;

const PROCESS: &str = "process-2";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn condition(kind: &str, status: &str, reason: &str, since: i64) -> Value {
    json!({
        "type": kind, "status": status, "reason": reason, "message": "as it is", "observedGeneration": 1,
        "lastTransitionTime": at(since).to_string(),
    })
}

/// A status with everything in it, Ready since then.
fn status(since: i64) -> VpcEndpointServiceStatus {
    serde_json::from_value(json!({
        "observedGeneration": 1, "serviceId": "epsrv-1", "serviceName": "com.aliyuncs.privatelink.cn-hangzhou.epsrv-1",
        "serviceDomain": "epsrv-1.cn-hangzhou.privatelink.aliyuncs.com",
        "region": "cn-hangzhou", "accountId": "1001", "incarnation": 0,
        "conditions": [condition("Ready", "True", "Available", since)],
    }))
    .unwrap()
}

fn changed(
    status: &VpcEndpointServiceStatus,
    change: impl FnOnce(&mut VpcEndpointServiceStatus),
) -> VpcEndpointServiceStatus {
    let mut status = status.clone();
    change(&mut status);
    status
}

/// The status as the operator names a service in it.
fn named(status: &VpcEndpointServiceStatus, id: Option<&str>) -> VpcEndpointServiceStatus {
    changed(status, |status| {
        status.service_id = id.map(str::to_owned);
        status.service_name = id.map(|id| format!("com.aliyuncs.privatelink.cn-hangzhou.{id}"));
        status.service_domain = id.map(|id| format!("{id}.cn-hangzhou.privatelink.aliyuncs.com"));
    })
}

/// An object created at 100 that carries a record of this UID, if any, whose owner is this process.
fn object(record_of: Option<&str>, status: &VpcEndpointServiceStatus) -> VpcEndpointService {
    carrying(record_of, PROCESS, None, status)
}

fn carrying(
    record_of: Option<&str>,
    owner: &str,
    taken_over: Option<Timestamp>,
    status: &VpcEndpointServiceStatus,
) -> VpcEndpointService {
    let record = record_of.map(|uid| {
        json!({
            "uid": uid, "incarnation": 0, "region": "cn-hangzhou", "account": "1001", "hash": "h", "owner": owner,
            "time": at(101).to_string(), "takenOver": taken_over.map(|time| time.to_string()),
        })
    });
    let annotations = record.map(|record| json!({ CREATE_RECORD_ANNOTATION: record.to_string() }));
    serde_json::from_value(json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {
            "namespace": "shop", "name": "orders", "uid": "u-1", "creationTimestamp": at(100).to_string(),
            "annotations": annotations,
        },
        "spec": {"serviceResourceType": "nlb"},
        "status": status,
    }))
    .unwrap()
}

fn prior(object: &VpcEndpointService, said: Option<&VpcEndpointServiceStatus>) -> VpcEndpointServiceStatus {
    prior_status(object, said, PROCESS, at(500))
}

/// Nothing is believed but what stands in `status` beside the conditions.
fn unknown(status: &VpcEndpointServiceStatus) -> VpcEndpointServiceStatus {
    let mut ready = condition("Ready", "Unknown", "Pending", 500);
    ready["message"] = json!("The operator has not looked at this object's service yet.");
    ready.as_object_mut().unwrap().remove("observedGeneration");
    let conditions = vec![serde_json::from_value(ready).unwrap()];
    VpcEndpointServiceStatus { observed_generation: None, conditions, ..status.clone() }
}

#[test]
fn what_this_process_said_is_believed() {
    assert_eq!(prior(&object(Some("u-1"), &status(200)), Some(&status(200))), status(200));
}

#[test]
fn after_a_restart_the_status_of_an_object_with_a_record_of_its_own_is_believed() {
    assert_eq!(prior(&object(Some("u-1"), &status(200)), None), status(200));
    assert_eq!(prior(&carrying(Some("u-1"), "process-1", None, &status(100)), None), status(100));
}

#[test]
fn a_status_that_came_with_another_objects_record_is_not_this_objects() {
    let nothing = unknown(&VpcEndpointServiceStatus::default());
    assert_eq!(prior(&object(Some("u-elsewhere"), &status(99)), None), nothing);
}

#[test]
fn a_copied_record_on_an_object_that_has_a_status_of_its_own_makes_it_no_strangers() {
    let copied = object(Some("u-elsewhere"), &status(200));
    assert_eq!(prior(&copied, None), unknown(&status(200)));
    assert_eq!(prior(&copied, Some(&status(200))), status(200));
    assert!(!is_brought_along(&copied));
}

#[test]
fn a_ready_from_before_the_object_or_without_a_record_is_none_until_somebody_looked() {
    assert_eq!(prior(&object(None, &status(200)), None), unknown(&status(200)));
    assert_eq!(prior(&object(Some("u-1"), &status(99)), None), unknown(&status(99)));
}

#[test]
fn without_a_record_whatever_is_not_ready_forbids_as_before() {
    let stalled = changed(&status(50), |status| status.conditions[0].status = "False".to_owned());
    assert_eq!(prior(&object(None, &stalled), None), stalled);
}

#[test]
fn whatever_somebody_else_wrote_is_set_right() {
    let said = status(200);
    let forgeries: [fn(&mut VpcEndpointServiceStatus); 8] = [
        |status| status.service_domain = Some("evil.example.com".to_owned()),
        |status| status.service_name = None,
        |status| status.service_id = Some("epsrv-evil".to_owned()),
        |status| status.service_id = None,
        |status| status.incarnation = Some(7),
        |status| status.region = Some("cn-beijing".to_owned()),
        |status| status.conditions.clear(),
        |status| *status = VpcEndpointServiceStatus::default(),
    ];
    for forge in forgeries {
        assert_eq!(prior(&object(Some("u-1"), &changed(&said, forge)), Some(&said)), said);
    }
}

#[test]
fn a_ready_that_the_status_denies_keeps_its_time_and_permits_nothing() {
    let said = status(200);
    let expected = changed(&said, |status| status.observed_generation = None);
    for denial in ["False", "Unknown"] {
        let found = changed(&said, |status| status.conditions[0].status = denial.to_owned());
        assert_eq!(prior(&object(Some("u-1"), &found), Some(&said)), expected, "{denial}");
        // The other way round, the status permits nothing that this process did not say.
        assert_eq!(prior(&object(Some("u-1"), &said), Some(&found)), found, "{denial}");
    }
}

#[test]
fn an_id_that_another_process_may_have_written_goes_on_forbidding() {
    let said = named(&status(200), None);
    let other = named(&status(300), Some("epsrv-2"));
    let expected = changed(&other, |status| status.conditions = said.conditions.clone());
    assert_eq!(prior(&carrying(Some("u-1"), PROCESS, Some(at(150)), &other), Some(&said)), expected);
    // Who does not own the record takes over the owner's times as well.
    assert_eq!(prior(&carrying(Some("u-1"), "process-1", None, &other), Some(&said)), other);
    assert_eq!(prior(&object(None, &other), Some(&said)), other);
    assert_eq!(prior(&object(Some("u-1"), &other), Some(&said)), said, "the author knows better");
}

#[test]
fn two_processes_that_say_the_same_at_different_times_agree_on_the_owners() {
    let (ours, theirs) = (status(200), status(300));
    assert_eq!(prior(&object(Some("u-1"), &theirs), Some(&ours)), ours);
    assert_eq!(prior(&carrying(Some("u-1"), "process-1", None, &theirs), Some(&ours)), theirs);
}

#[test]
fn a_region_that_a_person_was_asked_to_change_is_taken_from_the_person_and_no_other() {
    let said = status(200);
    let cleared = changed(&said, |status| status.region = None);
    assert_eq!(prior(&object(Some("u-1"), &cleared), Some(&said)), said);
    let disputed = changed(&said, |status| status.conditions[0].reason = "RegionMismatch".to_owned());
    let cleared = changed(&disputed, |status| status.region = None);
    assert_eq!(prior(&object(Some("u-1"), &cleared), Some(&disputed)), cleared);
}

#[test]
fn an_id_that_neither_name_nor_domain_knows_is_not_believed() {
    let right = status(200);
    for forged in [Some("epsrv-forged".to_owned()), None] {
        let forged = changed(&right, |status| status.service_id = forged);
        assert_eq!(prior(&object(Some("u-1"), &forged), None), right);
    }
    for change in [
        |status: &mut VpcEndpointServiceStatus| status.service_name = Some("com.example.epsrv-2".to_owned()),
        |status: &mut VpcEndpointServiceStatus| status.service_domain = Some("epsrv-2.example.com".to_owned()),
        |status: &mut VpcEndpointServiceStatus| status.service_name = None,
    ] {
        assert_eq!(as_named(changed(&right, change)), changed(&right, change), "one of them alone says nothing");
    }
}
