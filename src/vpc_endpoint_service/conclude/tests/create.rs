//! From nothing to Ready.

use serde_json::json;

use super::*;
use crate::cloud::services::Field;

/// A new object, first seen two seconds ago, whose record is written.
fn recorded() -> Scenario {
    let mut scenario = Scenario::recorded();
    scenario.observed.own.first_seen = at(998);
    scenario
}

fn made(status: ServiceStatus) -> Service {
    let mut service = Scenario::converged().service().clone();
    service.name = Some("com.aliyuncs.privatelink.cn-hangzhou.epsrv-ours".to_owned());
    service.domain = Some("epsrv-ours.cn-hangzhou.privatelink.aliyuncs.com".to_owned());
    service.status = status;
    service
}

/// The reconcile that sends the Create.
fn creation() -> ReconcileState {
    let mut reached = reached(&recorded()).done();
    let step = reached.outcome.as_mut().and_then(|outcome| outcome.done.last_mut()).expect("a step");
    assert_eq!(step.step.operation(), Some(CREATE));
    step.created = Some(Box::new(made(ServiceStatus::Creating)));
    reached
}

fn seen(status: ServiceStatus) -> ReconcileState {
    let mut scenario = recorded().see(ServiceView::Ours(Box::new(made(status))));
    scenario.observed.details = Scenario::converged().observed.details;
    reached(&scenario)
}

/// The status after the Create.
fn creating() -> VpcEndpointServiceStatus {
    report(&creation(), &fresh()).status.expect("it lives")
}

#[test]
fn a_new_object_says_nothing_for_five_seconds() {
    let expected =
        Report { status: Some(fresh()), export: Vec::new(), events: Vec::new(), requeue: Requeue::After(seconds(3)) };
    let mut unlisted = recorded().see(ServiceView::NotYetListed);
    unlisted.observed.as_of = None;
    for reached in [reached(&unlisted), reached(&recorded()).stopped(Stop::NoPermit(queued_behind_others()))] {
        assert_eq!(report(&reached, &fresh()), expected);
    }
}

#[test]
fn a_new_object_that_waits_longer_says_for_what() {
    let mut unlisted = recorded().see(ServiceView::NotYetListed);
    unlisted.observed.as_of = None;
    unlisted.observed.own.first_seen = at(994);
    let report = report(&reached(&unlisted), &fresh());
    let message = "The account's services have not been listed yet.";
    let expected = [format!("Ready=Unknown Pending: {message}"), format!("Reconciling=True Pending: {message}")];
    assert_eq!(said(&report), expected);
    assert_eq!(report.requeue, Requeue::After(seconds(15)));

    let mut queued = recorded();
    queued.observed.own.first_seen = at(994);
    let report = super::report(&reached(&queued).stopped(Stop::NoPermit(queued_behind_others())), &fresh());
    let message = "The service is not created yet: it is queued behind other objects of the account.";
    assert_eq!(said(&report), reconciling(Reason::Creating, message));
    assert_eq!(report.requeue, Requeue::After(seconds(60)));
    let status = report.status.expect("it lives");
    assert_eq!((status.region, status.service_id), (None, None), "nothing is settled before there is a service");
}

#[test]
fn the_answer_of_the_create_goes_into_the_status_at_once() {
    let report = report(&creation(), &fresh());
    let time = "2027-01-15T08:16:40Z";
    let message = "The service epsrv-ours is being created.";
    let condition = |kind: &str, status: &str| {
        json!({
            "type": kind, "status": status, "reason": "Creating", "message": message,
            "observedGeneration": 3, "lastTransitionTime": time,
        })
    };
    let resource =
        |zone: &str| json!({"resourceId": "nlb-a", "zoneId": zone, "state": "Attaching", "relatedEndpointCount": 0});
    let expected = json!({
        "observedGeneration": 3,
        "serviceId": "epsrv-ours",
        "serviceName": "com.aliyuncs.privatelink.cn-hangzhou.epsrv-ours",
        "serviceDomain": "epsrv-ours.cn-hangzhou.privatelink.aliyuncs.com",
        "serviceStatus": "Creating",
        "serviceBusinessStatus": "Normal",
        "addressIpVersion": "IPv4",
        "region": "cn-hangzhou",
        "accountId": "1000000000000001",
        "zoneIds": ["cn-hangzhou-i", "cn-hangzhou-j"],
        "incarnation": 0,
        "resources": [resource("cn-hangzhou-i"), resource("cn-hangzhou-j")],
        "conditions": [condition("Ready", "False"), condition("Reconciling", "True")],
    });
    assert_eq!(serde_json::to_value(report.status).expect("a status is JSON"), expected);
    let created = "The endpoint service epsrv-ours was created in cn-hangzhou.";
    assert_eq!(report.events, [event(EventReason::EndpointServiceCreated, created)]);
    assert_eq!(report.requeue, Requeue::After(seconds(1)));
}

#[test]
fn nothing_is_written_while_the_service_is_creating() {
    let expected = Report {
        status: Some(creating()),
        export: Vec::new(),
        events: Vec::new(),
        requeue: Requeue::After(seconds(15)),
    };
    assert_eq!(report(&seen(ServiceStatus::Creating), &creating()), expected);
    // Nor when the list adds what the answer did not say.
    let mut later = seen(ServiceStatus::Creating);
    if let Some(Ok(Observed { service: ServiceView::Ours(service), .. })) = &mut later.observed {
        service.create_time = Some("2027-01-15T08:16:40Z".to_owned());
    }
    let key = key_of(&later);
    assert_eq!(conclude(&key, &later, &creating(), &Timing::default(), at(1100)), expected);
}

#[test]
fn an_active_service_that_is_as_it_should_be_makes_the_object_ready() {
    let report = report(&seen(ServiceStatus::Active), &creating());
    assert_eq!(said(&report), ["Ready=True Available: The service epsrv-ours is Active."]);
    let status = report.status.expect("it lives");
    assert_eq!((status.observed_generation, status.service_status.as_deref()), (Some(3), Some("Active")));
    assert_eq!(serde_json::to_value(&status.resources).expect("JSON")[0]["state"], "Attached");
    let active = "The service epsrv-ours is Active as epsrv-ours.cn-hangzhou.privatelink.aliyuncs.com.";
    assert_eq!(report.events, [event(EventReason::EndpointServiceActive, active)]);
    assert_eq!(report.requeue, Requeue::OnChange);
}

#[test]
fn a_create_writes_the_status_twice() {
    let reconciles = [
        reached(&recorded()).stopped(Stop::NoPermit(queued_behind_others())),
        creation(),
        seen(ServiceStatus::Creating),
        seen(ServiceStatus::Creating),
        seen(ServiceStatus::Active),
        seen(ServiceStatus::Active),
    ];
    let mut status = fresh();
    let mut writes = 0;
    for reached in &reconciles {
        let next = report(reached, &status).status.expect("it lives");
        writes += u32::from(next != status);
        status = next;
    }
    assert_eq!(writes, 2);
}

#[test]
fn an_active_service_whose_parts_nobody_has_seen_is_not_ready() {
    let mut scenario = Scenario::converged().edited();
    scenario.observed.details = crate::vpc_endpoint_service::observe::DetailsView::Unknown;
    let message = "The service epsrv-ours is being changed to fit the spec.";
    assert_eq!(said(&report(&reached(&scenario), &creating())), reconciling(Reason::Updating, message));
}

#[test]
fn what_a_create_cannot_carry_is_part_of_the_making() {
    let scenario = Scenario::converged().spec(serde_json::json!({"allowedPrincipals": ["2000000000000001"]}));
    let adding = report(&reached(&scenario).done(), &creating());
    assert_eq!(said(&adding), reconciling(Reason::Creating, "The service epsrv-ours is being created."));
    let made = report(&reached(&Scenario::converged()), &adding.status.expect("it lives"));
    assert_eq!(said(&made), ["Ready=True Available: The service epsrv-ours is Active."]);
}

#[test]
fn unknown_parts_leave_an_object_ready_and_keep_what_was_said_of_them() {
    let mut scenario = Scenario::converged();
    scenario.observed.details = crate::vpc_endpoint_service::observe::DetailsView::Unknown;
    let expected = Report { status: Some(ready()), export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange };
    assert_eq!(report(&reached(&scenario), &ready()), expected);
    assert_eq!(ready().zone_ids, ["cn-hangzhou-i", "cn-hangzhou-j"]);
}

#[test]
fn an_edit_that_changes_nothing_in_the_cloud_is_one_write_without_an_event() {
    let report = report(&reached(&Scenario::converged().edited()), &ready());
    let mut expected = ready();
    expected.observed_generation = Some(4);
    expected.conditions[0].observed_generation = Some(4);
    assert_eq!(
        report,
        Report { status: Some(expected), export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange }
    );
}

#[test]
fn an_edit_is_updating_until_it_is_in_force() {
    let edited = Scenario::converged().spec(serde_json::json!({"description": "new"})).edited();
    let message = "The service epsrv-ours is being changed to fit the spec.";
    let sent = report(&reached(&edited).done(), &ready());
    assert_eq!(said(&sent), reconciling(Reason::Updating, message));
    assert_eq!((sent.events.len(), sent.requeue), (0, Requeue::After(seconds(1))));

    let updating = sent.status.expect("it lives");
    let pending = reached(&edited.clone().with_service(|service| service.status = ServiceStatus::Pending));
    assert_eq!(said(&report(&pending, &updating)), reconciling(Reason::Updating, message));

    let settled = reached(&edited.with_service(|service| service.attributes.set(Field::Description, "new")));
    let settled = report(&settled, &updating);
    assert_eq!(said(&settled), ["Ready=True Available: The service epsrv-ours is Active."]);
    let updated = "The service epsrv-ours was changed to fit the spec.";
    assert_eq!(settled.events, [event(EventReason::EndpointServiceUpdated, updated)]);
}

#[test]
fn an_edited_object_is_not_ready_while_it_waits_for_its_turn() {
    let edited = Scenario::converged().spec(serde_json::json!({"description": "new"})).edited();
    let queued = report(&reached(&edited).stopped(Stop::NoPermit(queued_behind_others())), &ready());
    let message = "The service epsrv-ours is being changed to fit the spec.";
    assert_eq!(said(&queued), reconciling(Reason::Updating, message));
}

#[test]
fn a_service_that_an_earlier_process_created_is_being_created_and_is_not_passed_over_in_silence() {
    let report = report(&seen(ServiceStatus::Creating), &fresh());
    assert_eq!(said(&report), reconciling(Reason::Creating, "The service epsrv-ours is being created."));
    assert_eq!(report.requeue, Requeue::After(seconds(15)));
}

#[test]
fn an_object_that_was_refused_is_no_longer_a_new_one() {
    let refusal = reached(&recorded()).failed(refused(CREATE, "AlbNotFound"));
    let status = report(&refusal, &fresh()).status.expect("it lives");
    let queued = report(&reached(&recorded()).stopped(Stop::NoPermit(queued_behind_others())), &status);
    assert_eq!(queued.requeue, Requeue::After(seconds(60)));
}
