//! What may wait before it is written.

use super::*;
use crate::vpc_endpoint_service::observe::AttachmentKey;

/// The converged scenario with one endpoint more on an attachment.
fn used() -> ReconcileState {
    let key = AttachmentKey { resource_id: "nlb-a".to_owned(), zone_id: Some("cn-hangzhou-i".to_owned()) };
    reached(&Scenario::converged().with_details(|details| {
        details.attachments.get_mut(&key).expect("it is attached").related_endpoint_count = 1;
    }))
}

fn count(status: Option<&VpcEndpointServiceStatus>) -> Option<i64> {
    status?.resources.first()?.related_endpoint_count
}

#[test]
fn the_reconcile_of_a_converged_object_says_and_does_nothing() {
    let expected = Report { status: Some(ready()), export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange };
    assert_eq!(report(&reached(&Scenario::converged()), &ready()), expected);
}

#[test]
fn progress_alone_waits_until_the_status_is_ten_seconds_old() {
    let reached = used();
    let early = conclude(&key_of(&reached), &reached, &ready(), &Timing::default(), at(507));
    assert_eq!(
        early,
        Report { status: Some(ready()), export: Vec::new(), events: Vec::new(), requeue: Requeue::After(seconds(3)) }
    );
    let due = conclude(&key_of(&reached), &reached, &ready(), &Timing::default(), at(510));
    assert_eq!((count(due.status.as_ref()), due.requeue), (Some(1), Requeue::OnChange));
}

#[test]
fn progress_goes_along_with_what_is_written_anyway() {
    let mut reached = used();
    let Some(Ok(resolved)) = &mut reached.resolved else { panic!("it is resolved") };
    resolved.key.generation += 1;
    let report = conclude(&key_of(&reached), &reached, &ready(), &Timing::default(), at(501));
    assert_eq!(count(report.status.as_ref()), Some(1));
}

#[test]
fn times_are_whole_seconds_and_move_with_the_status_only() {
    let half = at(600).checked_add(jiff::SignedDuration::from_millis(500)).expect("a moment");
    let edited = reached(&Scenario::converged().spec(serde_json::json!({"description": "new"})).edited());
    let report = conclude(&key_of(&edited), &edited, &ready(), &Timing::default(), half);
    let times = |status: &VpcEndpointServiceStatus| -> Vec<_> {
        status.conditions.iter().map(|condition| condition.last_transition_time.0).collect()
    };
    let updating = report.status.expect("it lives");
    assert_eq!(times(&updating), [at(600), at(600)]);

    let pending =
        reached(&Scenario::converged().edited().with_service(|service| service.status = ServiceStatus::Pending));
    let refused = pending.failed(refused(UPDATE, "EndpointServiceLocked"));
    let later = super::report(&refused, &updating).status.expect("it lives");
    assert_eq!(times(&later), [at(600), at(600)], "another reason is no other status");
}

#[test]
fn a_status_of_another_service_leaves_nothing_behind_but_the_incarnation_which_only_grows() {
    let mut forged = ready();
    forged.service_id = Some("epsrv-theirs".to_owned());
    forged.service_name = Some("theirs".to_owned());
    forged.incarnation = Some(9);
    let status = report(&reached(&Scenario::converged()), &forged).status.expect("it lives");
    assert_eq!(status, VpcEndpointServiceStatus { incarnation: Some(9), ..ready() });
}

#[test]
fn a_service_that_takes_the_place_of_a_forged_one_is_no_second_incarnation() {
    let mut forged = ready();
    forged.service_id = Some("epsrv-theirs".to_owned());
    forged.incarnation = Some(9);
    let reasons: Vec<_> =
        report(&reached(&Scenario::converged()), &forged).events.iter().map(|note| note.reason).collect();
    assert_eq!(reasons[0], EventReason::EndpointServiceCreated);
}

#[test]
fn what_an_observing_operator_would_do_is_not_told_by_one_that_acts() {
    let mut observing = ready();
    observing.plan = vec!["UpdateVpcEndpointServiceAttribute".to_owned()];
    let report = report(&reached(&Scenario::converged()), &observing);
    assert_eq!(report.status, Some(ready()));
}
