//! Somebody else changed the service.

use serde_json::json;

use super::*;
use crate::cloud::services::Field;
use crate::crd::AttachmentState;
use crate::vpc_endpoint_service::observe::AttachmentKey;

const CHANGED: &str = "spec.description was changed in the cloud; it is being corrected.";

fn drifted() -> Scenario {
    Scenario::converged().with_service(|service| service.attributes.set(Field::Description, "theirs"))
}

fn repairing() -> Vec<String> {
    vec![
        "Ready=True Available: The service epsrv-ours is Active.".to_owned(),
        format!("Reconciling=True Drifted: {CHANGED}"),
        format!("Drifted=True Drifted: {CHANGED}"),
    ]
}

#[test]
fn drift_leaves_ready_alone_while_it_is_being_repaired() {
    let report = report(&reached(&drifted()).done(), &ready());
    assert_eq!(said(&report), repairing());
    assert_eq!((report.events.len(), report.requeue), (0, Requeue::After(seconds(1))));
    let status = report.status.expect("it lives");
    let drift = json!([{"field": "spec.description", "wanted": "web shop", "found": "theirs"}]);
    assert_eq!(serde_json::to_value(&status.drift).expect("JSON"), drift);
    assert_eq!(status.conditions[0].last_transition_time, ready().conditions[0].last_transition_time);
}

#[test]
fn a_load_balancer_that_was_detached_costs_the_object_its_ready_as_soon_as_it_is_seen() {
    let detached = Scenario::converged().with_details(|details| details.attachments.clear());
    let queued = reached(&detached).stopped(Stop::NoPermit(queued_behind_others()));
    let seen = report(&queued, &ready());
    assert!(said(&seen)[0].starts_with("Ready=False Drifted: spec.resources["), "{:?}", said(&seen));
    let resources = seen.status.expect("it lives").resources;
    let states: Vec<_> = resources.iter().map(|resource| resource.state).collect();
    assert_eq!(states, [Some(AttachmentState::Attaching); 2]);
}

#[test]
fn an_account_that_was_added_leaves_ready_alone_while_it_is_taken_off() {
    let added = Scenario::converged().with_details(|details| {
        details.principals.get_or_insert_default().insert("3".to_owned());
    });
    let seen = report(&reached(&added).stopped(Stop::NoPermit(queued_behind_others())), &ready());
    assert!(said(&seen)[0].starts_with("Ready=True Available"), "{:?}", said(&seen));
    assert_eq!(said(&seen).len(), 3, "it is told as drift: {:?}", said(&seen));
}

#[test]
fn a_drift_that_began_in_the_future_has_no_grace() {
    let queued = reached(&drifted()).stopped(Stop::NoPermit(queued_behind_others()));
    let mut first = report(&queued, &ready()).status.expect("it lives");
    let drifted = first.conditions.iter_mut().find(|condition| condition.type_ == "Drifted").expect("it says so");
    drifted.last_transition_time.0 = at(1_000_000);
    assert_eq!(said(&report(&queued, &first))[0], format!("Ready=False Drifted: {CHANGED}"));
}

#[test]
fn drift_that_lasts_costs_the_object_its_ready_and_stays_drift() {
    let queued = reached(&drifted()).stopped(Stop::NoPermit(queued_behind_others()));
    let first = report(&queued, &ready());
    assert_eq!(first.requeue, Requeue::After(seconds(60)));
    let first = first.status.expect("it lives");

    let at_the_end = |moment: i64, status| {
        let queued = reached(&drifted().listed(moment)).stopped(Stop::NoPermit(queued_behind_others()));
        conclude(&key_of(&queued), &queued, status, &Timing::default(), at(moment))
    };
    assert_eq!(
        at_the_end(1299, &first),
        Report {
            status: Some(first.clone()),
            export: Vec::new(),
            events: Vec::new(),
            requeue: Requeue::After(seconds(1))
        }
    );
    let expected = [
        format!("Ready=False Drifted: {CHANGED}"),
        format!("Reconciling=True Drifted: {CHANGED}"),
        format!("Drifted=True Drifted: {CHANGED}"),
    ];
    let late = at_the_end(1300, &first);
    assert_eq!(said(&late), expected);
    // No longer ready, and yet no edit.
    let late = late.status.expect("it lives");
    assert_eq!(at_the_end(1400, &late).status, Some(late));
}

#[test]
fn a_repair_that_makes_the_service_pending_is_not_ready_but_still_drift() {
    let status = report(&reached(&drifted()).done(), &ready()).status.expect("it lives");
    let pending = reached(&Scenario::converged().with_service(|service| service.status = ServiceStatus::Pending));
    let message = "The service epsrv-ours is being changed to fit the spec.";
    let mut expected = reconciling(Reason::Updating, message);
    expected.push(format!("Drifted=True Drifted: {CHANGED}"));
    assert_eq!(said(&report(&pending, &status)), expected);
}

#[test]
fn a_repair_that_is_done_is_told_once() {
    let drifting = report(&reached(&drifted()).done(), &ready()).status.expect("it lives");
    let pending = reached(&Scenario::converged().with_service(|service| service.status = ServiceStatus::Pending));
    let updating = report(&pending, &drifting).status.expect("it lives");
    let corrected =
        event(EventReason::DriftCorrected, "Corrected drift in spec.description of the service epsrv-ours.");
    for status in [drifting, updating] {
        let done = report(&reached(&Scenario::converged()), &status);
        assert_eq!(said(&done), ["Ready=True Available: The service epsrv-ours is Active."]);
        assert_eq!(done.events, std::slice::from_ref(&corrected));
        let status = done.status.expect("it lives");
        assert_eq!((status.drift.len(), status.last_error), (0, None));
    }
}

#[test]
fn an_edit_is_no_drift() {
    let drifting = report(&reached(&drifted()).done(), &ready()).status.expect("it lives");
    let edited = report(&reached(&drifted().edited()).done(), &drifting);
    let message = "The service epsrv-ours is being changed to fit the spec.";
    assert_eq!(said(&edited), reconciling(Reason::Updating, message));
    assert_eq!(edited.status.expect("it lives").drift, []);
}

#[test]
fn a_repair_that_only_a_person_can_make_possible_is_stalled() {
    let error = refused(UPDATE, "Forbidden.RAM");
    let report = report(&reached(&drifted()).failed(error.clone()), &ready());
    let mut expected = stalled(Reason::AccessDenied, &crate::cloud::errors::verdict(&error).message);
    expected.push(format!("Drifted=True Drifted: {CHANGED}"));
    assert_eq!(said(&report), expected);
}

#[test]
fn a_repair_that_meets_passing_trouble_goes_on() {
    let report = report(&reached(&drifted()).failed(throttled(UPDATE, seconds(3))), &ready());
    assert_eq!(said(&report), repairing());
    assert_eq!(report.requeue, Requeue::BackOff { at_least: seconds(3) });
}

#[test]
fn drift_that_is_repaired_while_endpoints_hold_an_attachment_is_told_as_drift() {
    let mut reached = reached(&drifted());
    let key = AttachmentKey { resource_id: "nlb-a".to_owned(), zone_id: None };
    reached.plan.as_mut().expect("there is one").wait = Some(unused(key, 1));
    assert_eq!(said(&report(&reached, &ready())), repairing());
}

#[test]
fn a_service_that_drifted_and_is_not_active_is_not_ready_whatever_is_waited_for() {
    let mut reached = reached(&drifted());
    reached.observed = Some(Ok(drifted().with_service(|service| service.status = ServiceStatus::Pending).observed));
    reached.plan.as_mut().expect("there is one").wait = Some(Wait::List);
    let mut expected = reconciling(Reason::Updating, "The service epsrv-ours is being changed to fit the spec.");
    expected.push(format!("Drifted=True Drifted: {CHANGED}"));
    assert_eq!(said(&report(&reached, &ready())), expected);
}

fn reporting() -> Scenario {
    drifted().spec(json!({ "driftPolicy": "Report" }))
}

#[test]
fn drift_that_is_only_told_leaves_ready_true_and_nobody_at_work() {
    let first = report(&reached(&reporting()), &ready());
    let expected = [
        "Ready=True AvailableDrifted: The service epsrv-ours is Active and differs from the spec in spec.description.",
        "Drifted=True Drifted: Changed in the cloud: spec.description. It is not corrected, because spec.driftPolicy is Report.",
    ];
    assert_eq!(said(&first), expected);
    let detected = "Changed in the cloud: spec.description of the service epsrv-ours.";
    assert_eq!((first.events, first.requeue), (vec![event(EventReason::DriftDetected, detected)], Requeue::OnChange));
    let status = first.status.expect("it lives");
    let again = report(&reached(&reporting()), &status);
    assert_eq!((again.status.as_ref(), again.events.len()), (Some(&status), 0));

    // Whoever changed it changes it back.
    let converged = Scenario::converged().spec(json!({ "driftPolicy": "Report" }));
    let over = report(&reached(&converged), &status);
    assert_eq!(
        (said(&over), over.events.len()),
        (vec!["Ready=True Available: The service epsrv-ours is Active.".to_owned()], 0)
    );
}

#[test]
fn what_was_told_stays_told_when_a_reconcile_gets_no_plan() {
    let status = report(&reached(&reporting()), &ready()).status.expect("it lives");
    let mut blind = reached(&reporting());
    (blind.observed, blind.plan) = (Some(Err(refused(UPDATE, "Forbidden.RAM"))), None);
    let denied = report(&blind, &status).status.expect("it lives");
    assert_eq!(denied.drift, status.drift);
    assert!(denied.conditions.iter().any(|condition| condition.type_ == "Drifted"));
}

#[test]
fn a_correction_says_which_tags_were_removed_and_what_stood_there() {
    let strange = || {
        Scenario::converged().with_service(|service| {
            service.tags.insert("strange".to_owned(), "yes".to_owned());
        })
    };
    let drifting = report(&reached(&strange()).done(), &ready()).status.expect("it lives");
    let done = report(&reached(&Scenario::converged()), &drifting);
    let text = "Corrected drift in spec.tags[strange] (removed, was \"yes\") of the service epsrv-ours.";
    assert_eq!(done.events, [event(EventReason::DriftCorrected, text)]);
}
