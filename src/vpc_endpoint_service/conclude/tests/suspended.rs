//! Nothing is written to the cloud, because the spec says so.

use serde_json::json;

use super::*;
use crate::cloud::services::Field;
use crate::vpc_endpoint_service::observe::NamedId;

const READY: &str = "Ready=True Available: The service epsrv-ours is Active.";
const NOT_IN_FORCE: &str = "Ready=False Suspended: spec.suspend is true, so nothing is written to the cloud. Outstanding: \
                            UpdateVpcEndpointServiceAttribute. Set spec.suspend to false to have the spec applied.";

fn suspended() -> Scenario {
    Scenario::converged().spec(json!({ "suspend": true }))
}

fn changed(scenario: Scenario) -> Scenario {
    scenario.with_service(|service| service.attributes.set(Field::Description, "theirs"))
}

#[test]
fn what_is_as_the_spec_wants_it_is_ready_in_the_generation_that_suspends_it() {
    let report = report(&reached(&suspended().edited()), &ready());
    assert_eq!(said(&report), [READY]);
    assert_eq!(report.status.expect("it lives").observed_generation, Some(4));
}

#[test]
fn what_was_ready_stays_so_and_says_what_was_changed_in_the_cloud() {
    let report = report(&reached(&changed(suspended())), &ready());
    let drifted = "Drifted=True Drifted: spec.description was changed in the cloud; it is not corrected, because spec.suspend is true.";
    assert_eq!(said(&report), [READY, drifted]);
    let status = report.status.expect("it lives");
    let drift = json!([{"field": "spec.description", "wanted": "web shop", "found": "theirs"}]);
    assert_eq!(serde_json::to_value(&status.drift).expect("JSON"), drift);
    let later = at(1_000_000);
    let again = reached(&changed(suspended()).listed(999_999));
    let again = conclude(&key_of(&again), &again, &status, &Timing::default(), later);
    assert_eq!((again.status, again.events.len()), (Some(status), 0), "the grace of a repair is not for this");
}

#[test]
fn a_newer_spec_that_is_not_in_force_is_not_ready_and_nobody_is_at_work() {
    assert_eq!(said(&report(&reached(&changed(suspended()).edited()), &ready())), [NOT_IN_FORCE]);
}

#[test]
fn an_object_that_was_created_suspended_says_what_is_outstanding() {
    let report = report(&reached(&Scenario::brand_new().spec(json!({ "suspend": true }))), &fresh());
    let message = "Ready=False Suspended: spec.suspend is true, so nothing is written to the cloud. Outstanding: \
                   CreateVpcEndpointService. Set spec.suspend to false to have the spec applied.";
    assert_eq!(said(&report), [message]);
    assert_eq!(report.requeue, Requeue::OnChange);
}

#[test]
fn a_service_that_is_gone_is_told_all_the_same() {
    let gone = suspended().see(ServiceView::Absent { named: NamedId::Gone("epsrv-ours".to_owned()) });
    assert!(said(&report(&reached(&gone), &ready()))[0].starts_with("Ready=False ServiceGone"));
}

#[test]
fn a_service_that_is_not_active_is_not_ready() {
    let pending = suspended().with_service(|service| service.status = ServiceStatus::Pending);
    assert!(said(&report(&reached(&pending), &ready()))[0].starts_with("Ready=False Suspended"));
}

#[test]
fn what_is_not_known_yet_changes_nothing() {
    let unlisted = suspended().edited().see(ServiceView::NotYetListed);
    assert_eq!(report(&reached(&unlisted), &ready()).status, Some(ready()));
}
