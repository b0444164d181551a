use serde_json::json;

use super::*;
use crate::names::CREATE_RECORD_ANNOTATION;

mod fields;

fn object(changes: serde_json::Value) -> VpcEndpointService {
    let mut object = json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"namespace": "shop", "name": "orders", "uid": "u-1", "generation": 3, "resourceVersion": "7"},
        "spec": {"serviceResourceType": "nlb"},
    });
    merge(&mut object, changes);
    serde_json::from_value(object).unwrap()
}

fn merge(into: &mut serde_json::Value, from: serde_json::Value) {
    match (into, from) {
        (serde_json::Value::Object(into), serde_json::Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

fn place() -> Place {
    Place {
        cluster: "c1".into(),
        account: Ok("1001".into()),
        default_region: Some("cn-hangzhou".into()),
        definition: Definition::Stays,
        services: ReferredServices::default(),
    }
}

fn record(changes: serde_json::Value) -> serde_json::Value {
    let mut record = json!({
        "uid": "u-1", "incarnation": 0, "region": "cn-beijing", "account": "1001", "hash": "h", "time": "2026-01-02T03:04:05Z"
    });
    merge(&mut record, changes);
    json!({"metadata": {"annotations": {CREATE_RECORD_ANNOTATION: record.to_string()}}})
}

#[test]
fn an_object_without_a_record_lives_in_the_default_region() {
    let resolved = resolve(&object(json!({})), &place()).unwrap();
    assert_eq!(resolved.region_named_by, NamedBy::Default);
    assert_eq!(resolved.target, Target { account: "1001".into(), region: "cn-hangzhou".into() });
    assert_eq!(resolved.owner, Owner { cluster: "c1".into(), uid: "u-1".into(), object: "shop.orders".into() });
    assert_eq!(resolved.record, None);
    assert_eq!(resolved.life, Life::Live);
    assert!(!resolved.has_finalizer());
}

#[test]
fn the_spec_region_comes_before_the_default() {
    let resolved = resolve(&object(json!({"spec": {"region": "cn-shanghai"}})), &place()).unwrap();
    assert_eq!(resolved.target.region, "cn-shanghai");
}

#[test]
fn the_record_wins_over_spec_and_default() {
    let mut changes = record(json!({}));
    merge(&mut changes, json!({"spec": {"region": "cn-shanghai"}}));
    let resolved = resolve(&object(changes), &place()).unwrap();
    assert_eq!(resolved.target.region, "cn-beijing");
}

#[test]
fn a_record_of_another_uid_counts_as_none() {
    let resolved = resolve(&object(record(json!({"uid": "u-0"}))), &place()).unwrap();
    assert_eq!(resolved.record, None);
    assert_eq!(resolved.target.region, "cn-hangzhou");
}

#[test]
fn an_unreadable_record_counts_as_none() {
    let changes = json!({"metadata": {"annotations": {CREATE_RECORD_ANNOTATION: "{\"uid\": 5"}}});
    assert_eq!(resolve(&object(changes), &place()).unwrap().record, None);
}

#[test]
fn a_record_of_another_account_stops_everything() {
    let error = resolve(&object(record(json!({"account": "2002"}))), &place()).unwrap_err();
    assert_eq!(error, ResolveError::AccountMismatch { recorded: "2002".into(), actual: "1001".into() });
}

#[test]
fn a_status_region_that_differs_stops_everything() {
    let error = resolve(&object(json!({"status": {"region": "eu-west-1"}})), &place()).unwrap_err();
    let (wanted, status) = ("cn-hangzhou".into(), "eu-west-1".into());
    assert_eq!(error, ResolveError::RegionMismatch { wanted, named_by: NamedBy::Default, status });
}

#[test]
fn what_names_the_region_is_told_with_it() {
    let named_by = |changes| resolve(&object(changes), &place()).unwrap().region_named_by;
    assert_eq!(named_by(json!({})), NamedBy::Default);
    assert_eq!(named_by(json!({"spec": {"region": "cn-shanghai"}})), NamedBy::Spec);
    assert_eq!(named_by(record(json!({}))), NamedBy::Record);
}

#[test]
fn under_retain_a_status_region_that_differs_does_not_hold_the_object() {
    let deleted = |policy: &str| {
        resolve(
            &object(json!({
                "metadata": {"deletionTimestamp": "2026-01-02T03:04:05Z"},
                "spec": {"deletionPolicy": policy},
                "status": {"region": "eu-west-1"},
            })),
            &place(),
        )
    };
    assert_eq!(deleted("Retain").unwrap().target.region, "cn-hangzhou");
    assert!(matches!(deleted("Delete"), Err(ResolveError::RegionMismatch { .. })));
}

#[test]
fn a_status_that_names_the_very_region_stops_nothing() {
    let resolved = resolve(&object(json!({"status": {"region": "cn-hangzhou"}})), &place()).unwrap();
    assert_eq!(resolved.target.region, "cn-hangzhou");
}

#[test]
fn no_region_anywhere_is_said() {
    let place = Place { default_region: None, ..place() };
    assert_eq!(resolve(&object(json!({})), &place).unwrap_err(), ResolveError::RegionMissing);
}

#[test]
fn a_marked_object_is_resolved_whatever_is_not_acted_on() {
    let changes = json!({
        "metadata": {"deletionTimestamp": "2026-01-02T03:04:05Z"},
        "spec": {"driftPolicy": "Report", "providerConfigRef": {"name": "other"}},
    });
    let resolved = resolve(&object(changes), &place()).unwrap();
    assert_eq!(resolved.life, Life::Deleting { since: "2026-01-02T03:04:05Z".parse().unwrap() });
}

#[test]
fn ready_counts_for_the_generation_that_it_was_said_of() {
    let status = json!({"observedGeneration": 3, "serviceId": "epsrv-1", "createTime": "2026-01-02T03:04:05Z", "conditions": [
        {"type": "Ready", "status": "True", "reason": "Available", "message": "", "lastTransitionTime": "2026-01-02T03:04:05Z"}
    ]});
    let ready = resolve(&object(json!({"status": status})), &place()).unwrap();
    assert!(ready.was_ready());
    assert_eq!(ready.hint.create_time, Some("2026-01-02T03:04:05Z".parse().unwrap()));
    let edited = resolve(&object(json!({"status": status, "metadata": {"generation": 4}})), &place()).unwrap();
    assert!(!edited.was_ready());
}

/// A status from somewhere else: another account, another region, another service.
fn with_status(mut object: serde_json::Value) -> VpcEndpointService {
    merge(
        &mut object,
        json!({"metadata": {"creationTimestamp": "2026-02-01T00:00:00Z"}, "status": {
            "serviceId": "epsrv-elsewhere", "incarnation": 4, "region": "cn-shanghai", "accountId": "2002", "observedGeneration": 3,
            "conditions": [{
                "type": "Ready", "status": "True", "reason": "Available", "message": "", "lastTransitionTime": "2026-01-02T03:04:05Z",
            }],
        }}),
    );
    self::object(object)
}

#[test]
fn a_status_that_came_with_another_objects_record_neither_forbids_nor_names_a_place() {
    let resolved = resolve(&with_status(record(json!({"uid": "u-elsewhere"}))), &place()).unwrap();
    assert_eq!((resolved.record, resolved.hint), (None, StatusHint::default()));
    assert_eq!(resolved.target, Target { account: "1001".into(), region: "cn-hangzhou".into() });
    assert_eq!(resolved.not_ours.as_deref(), Some("epsrv-elsewhere"));
}

#[test]
fn what_came_along_is_known_from_the_objects_own_record_once_that_took_the_others_place() {
    let resolved = resolve(&with_status(record(json!({"notOurs": "epsrv-elsewhere"}))), &place()).unwrap();
    assert_eq!(resolved.hint, StatusHint::default());
    assert_eq!(resolved.target, Target { account: "1001".into(), region: "cn-beijing".into() });
    assert_eq!(resolved.not_ours.as_deref(), Some("epsrv-elsewhere"));
}

#[test]
fn without_such_a_record_a_status_forbids() {
    let resolve = |object| resolve(&with_status(object), &place());
    let mismatch = ResolveError::AccountMismatch { recorded: "2002".into(), actual: "1001".into() };
    assert_eq!(resolve(json!({})), Err(mismatch));
    let mismatch = ResolveError::RegionMismatch {
        wanted: "cn-beijing".into(),
        named_by: NamedBy::Record,
        status: "cn-shanghai".into(),
    };
    assert_eq!(resolve(record(json!({"notOurs": "epsrv-another"}))), Err(mismatch));
}

#[test]
fn status_tells_in_which_zones_what_was_wanted_was_attached() {
    let entry = |id: &str, zone: &str, state: &str| json!({"resourceId": id, "zoneId": zone, "state": state});
    let status = json!({
        "resources": [
            entry("nlb-1", "h", "Attached"), entry("nlb-1", "i", "Attaching"), entry("nlb-1", "j", "Detaching"),
            entry("nlb-1", "k", "Attached"), entry("nlb-2", "h", "Attached"),
        ],
        "drift": [{"field": "spec.resources[nlb-1 in k]", "found": "attached"}],
    });
    let resolved = resolve(&object(json!({"status": status})), &place()).unwrap();
    let zones = |zones: &[&str]| zones.iter().map(|zone| (*zone).to_owned()).collect::<BTreeSet<_>>();
    let attached = [("nlb-1".to_owned(), zones(&["h", "i"])), ("nlb-2".to_owned(), zones(&["h"]))];
    assert_eq!(resolved.hint.attached, attached.into());
}
