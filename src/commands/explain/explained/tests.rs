use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Event;
use serde_json::{Value, json};

use super::*;
use crate::commands::explain::ask::AskedLease;
use crate::crd::VpcEndpointService;
use crate::vpc_endpoint_service::conclude::Requeue;

fn object() -> VpcEndpointService {
    let ready = json!({
        "type": "Ready", "status": "False", "reason": "WaitingForQuota", "message": "no more", "lastTransitionTime": "2026-12-01T10:00:00Z",
    });
    let object = json!({
        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
        "kind": "VpcEndpointService",
        "metadata": {"namespace": "shop", "name": "orders", "uid": "u-2", "generation": 3},
        "spec": {"serviceResourceType": "nlb", "adopt": {"serviceId": "epsrv-1"}},
        "status": {"observedGeneration": 2, "conditions": [ready]},
    });
    serde_json::from_value(object).unwrap()
}

fn event(reason: &str, more: &Value) -> Event {
    let mut event = json!({
        "metadata": {"name": reason}, "involvedObject": {"uid": "u-2"}, "type": "Normal", "reason": reason, "message": "m",
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(event).unwrap()
}

fn lease(name: &str, found: Result<Option<Value>, KubernetesError>) -> AskedLease {
    let found = found.map(|spec| spec.map(|spec| serde_json::from_value::<Lease>(json!({"spec": spec})).unwrap()));
    AskedLease { namespace: "privatelink-system".to_owned(), name: name.to_owned(), found }
}

fn kubernetes(object: Object) -> Kubernetes {
    Kubernetes { object, events: Ok(Vec::new()), leases: Vec::new() }
}

fn explained(kubernetes: &Kubernetes, cloud: &Cloud) -> Explained {
    Explained::of("shop", "orders", kubernetes, cloud)
}

fn unread(kubernetes: &Kubernetes, cloud: &Cloud) -> Vec<(&'static str, String)> {
    explained(kubernetes, cloud).unread.into_iter().map(|unread| (unread.what, unread.message)).collect()
}

#[test]
fn without_the_cloud_the_status_says_how_it_stands_and_what_to_do() {
    let told = explained(&kubernetes(Object::There(Box::new(object()))), &Cloud::NotAsked);
    let standing = told.standing.unwrap();
    assert_eq!(
        (standing.is_fresh, standing.ready.as_str(), standing.reason.as_str()),
        (false, "False", "WaitingForQuota")
    );
    assert_eq!(standing.remedy, Some("delete what is not needed, or ask the provider for more"));
    let status = told.status.unwrap();
    assert_eq!((status.observed_generation, status.is_current), (Some(2), false));
    let object = told.object.unwrap();
    assert_eq!((object.adopts.as_deref(), object.deletion_policy), (Some("epsrv-1"), "Retain"));
    assert_eq!((told.wanted, told.found, told.intent, told.unread), (None, None, None, Vec::new()));
}

#[test]
fn the_newest_events_come_first_and_those_of_an_earlier_object_are_marked() {
    let events = [
        event("Told", &json!({"lastTimestamp": "2026-12-01T10:00:00Z", "count": 2})),
        event(
            "Repeated",
            &json!({
                "eventTime": "2026-12-01T09:00:00.000000Z", "series": {"count": 5, "lastObservedTime": "2026-12-01T11:00:00.000000Z"},
            }),
        ),
        event("Once", &json!({"eventTime": "2026-12-01T10:30:00.000000Z"})),
        event("Earlier", &json!({"involvedObject": {"uid": "u-1"}, "eventTime": "2026-12-01T08:00:00.000000Z"})),
    ];
    let told = news::events(&events, Some("u-2"));
    let told: Vec<_> = told.iter().map(|one| (one.reason.as_str(), one.count, one.is_of_earlier_object)).collect();
    assert_eq!(told, [("Repeated", 5, false), ("Once", 1, false), ("Told", 2, false), ("Earlier", 1, true)]);
    let many: Vec<_> = (0..20).map(|_| events[0].clone()).collect();
    assert_eq!(news::events(&many, None).len(), 10);
    assert!(news::events(&many, None)[0].is_of_earlier_object, "there is no object now");
}

#[test]
fn a_lease_is_held_run_out_or_given_back() {
    let state =
        |spec: Value, now: &str| LeaseSeen::of(&lease("a", Ok(Some(spec)))).unwrap().state(now.parse().unwrap());
    let spec =
        json!({"holderIdentity": "pod_1", "renewTime": "2026-12-01T10:00:00.000000Z", "leaseDurationSeconds": 15});
    assert_eq!(state(spec.clone(), "2026-12-01T10:00:15Z"), LeaseState::Held);
    assert_eq!(state(spec, "2026-12-01T10:00:16Z"), LeaseState::Expired);
    assert_eq!(
        state(json!({"holderIdentity": "", "leaseDurationSeconds": 1}), "2026-12-01T10:00:00Z"),
        LeaseState::Free
    );
    assert_eq!(LeaseSeen::of(&lease("a", Ok(None))), None);
}

#[test]
fn each_thing_that_could_not_be_read_is_named_with_the_right_that_is_missing() {
    let forbidden = |what: &str| KubernetesError::Forbidden(format!("no {what}"));
    let asked = Kubernetes {
        object: Object::Unread("no object".to_owned()),
        events: Err(forbidden("events")),
        leases: vec![lease("a", Ok(None)), lease("b", Err(forbidden("leases")))],
    };
    let expected = [
        ("object", "no object".to_owned()),
        ("cloud", "no key".to_owned()),
        ("events", "no events; for that you need list on events".to_owned()),
        ("lease", "no leases; for that you need get on leases in the namespace privatelink-system".to_owned()),
    ];
    assert_eq!(unread(&asked, &Cloud::Unread("no key".to_owned())), expected);
    let led = Kubernetes {
        leases: vec![lease("a", Err(forbidden("leases"))), lease("b", Ok(Some(json!({}))))],
        ..kubernetes(Object::Missing)
    };
    assert_eq!(unread(&led, &Cloud::NotAsked), []);
    assert_eq!(explained(&led, &Cloud::NotAsked).leases.len(), 1);
}

#[test]
fn the_time_of_the_next_look_is_written_as_programs_read_it() {
    let written = |requeue: Requeue| serde_json::to_value(LooksAgain::from(requeue)).unwrap();
    let seconds = std::time::Duration::from_secs;
    assert_eq!(written(Requeue::OnChange), json!({"when": "onChange"}));
    assert_eq!(written(Requeue::After(seconds(30))), json!({"when": "after", "seconds": 30}));
    assert_eq!(written(Requeue::BackOff { at_least: seconds(2) }), json!({"when": "backOff", "atLeastSeconds": 2}));
}
