//! From the mark to the end.

use cloud_core::ErrorKind;
use privatelink::ConnectionStatus;
use serde_json::json;

use super::*;
use crate::cloud::services::Write;
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::observe::{Connection, Connections, Refusal};

const DELETE: Operation = Operation::DeleteVpcEndpointService;
const REMEDY: &str = "Have their owners delete the endpoints, disconnect them in the provider's console, set spec.whenConnected to Disconnect, \
                      or set spec.deletionPolicy to Retain.";
const RETAIN: &str = "Or set spec.deletionPolicy to Retain: the object is released, and the service stays in the cloud with the operator's tags.";
const GOING: &str = "Deleting endpoint service epsrv-ours; the finalizer is removed when the provider confirms it.";

fn deleting() -> Scenario {
    Scenario::converged().deleting().edited()
}

fn consumer(endpoint: &str, account: Option<&str>) -> Consumer {
    Consumer { endpoint_id: endpoint.to_owned(), account_id: account.map(str::to_owned) }
}

fn blocked() -> Wait {
    Wait::ConsumersGone { endpoints: vec![consumer("ep-b", None), consumer("ep-a", Some("2000000000000002"))] }
}

#[test]
fn a_deletion_says_so_at_once() {
    let mut unlisted = deleting().see(ServiceView::NotYetListed);
    unlisted.observed.as_of = None;
    let report = report(&reached(&unlisted), &ready());
    assert_eq!(said(&report), reconciling(Reason::Deleting, GOING));
    assert_eq!((report.events, report.requeue), (Vec::new(), Requeue::After(seconds(15))));
    assert_eq!(report.status.expect("it lives").observed_generation, Some(4));
}

#[test]
fn a_deletion_that_goes_on_writes_no_second_status() {
    let status = report(&reached(&deleting()), &ready()).status.expect("it lives");
    let reconciles = [
        reached(&deleting()).stopped(Stop::NoPermit(queued_behind_others())),
        reached(&deleting()).waiting(Wait::ConnectionsSettled),
        reached(&deleting()).waiting(Wait::ServiceActive(ServiceStatus::Pending)),
        reached(&deleting()).waiting(Wait::List),
        reached(&deleting()).waiting(Wait::ServiceDeleted),
        reached(&deleting()).stopped(Stop::Stale),
    ];
    for reached in reconciles {
        assert_eq!(report(&reached, &status).status.as_ref(), Some(&status), "{reached:?}");
    }
}

#[test]
fn consumers_that_block_a_deletion_are_named_with_one_event() {
    let message =
        &format!("Deletion blocked by 2 connected endpoints: ep-a of account 2000000000000002, ep-b. {REMEDY}");
    let first = report(&reached(&deleting()).waiting(blocked()), &ready());
    assert_eq!(said(&first), reconciling(Reason::DeletionBlocked, message));
    assert_eq!(first.events, [event(EventReason::DeletionBlocked, message)]);
    assert_eq!(first.requeue, Requeue::After(seconds(15)));

    let status = first.status.expect("it lives");
    let again = Report {
        status: Some(status.clone()),
        export: Vec::new(),
        events: Vec::new(),
        requeue: Requeue::After(seconds(15)),
    };
    assert_eq!(report(&reached(&deleting()).waiting(blocked()), &status), again);
    // A look in between does not take it back.
    assert_eq!(report(&reached(&deleting()).waiting(Wait::List), &status), again);
    // Consumers that left do.
    let mut on = reached(&deleting()).stopped(Stop::NoPermit(queued_behind_others()));
    on.plan = Some(Plan { steps: vec![Step::write("epsrv-ours", Write::Delete)], ..Plan::default() });
    let on = report(&on, &status);
    assert_eq!(said(&on), reconciling(Reason::Deleting, GOING));
}

#[test]
fn a_refused_deletion_names_the_code_and_the_endpoints() {
    let mut scenario = deleting();
    scenario.observed.own.refusals.push(Refusal {
        operation: DELETE.into(),
        kind: ErrorKind::DependencyFirst,
        code: Some("EndpointServiceConnectionDependence".to_owned()),
        at: at(999),
    });
    let answer = "(the provider answers EndpointServiceConnectionDependence)";
    let named = report(&reached(&scenario).waiting(blocked()), &ready());
    let message =
        format!("Deletion blocked by 2 connected endpoints {answer}: ep-a of account 2000000000000002, ep-b. {REMEDY}");
    assert_eq!(said(&named), reconciling(Reason::DeletionBlocked, &message));

    let nobody = report(&reached(&scenario).waiting(Wait::ConsumersGone { endpoints: Vec::new() }), &ready());
    let message = format!(
        "Deletion blocked: the provider reports connected endpoints {answer}, but its list shows none. {REMEDY}"
    );
    assert_eq!(said(&nobody), reconciling(Reason::DeletionBlocked, &message));
}

#[test]
fn consumers_that_are_about_to_be_disconnected_are_named_and_the_object_comes_back_in_time() {
    let scenario = deleting().spec(json!({"whenConnected": "Disconnect", "disconnectAfterSeconds": 600}));
    let due = |seconds| Wait::DisconnectDue { endpoints: vec![consumer("ep-a", Some("2"))], at: at(seconds) };
    let message = "Deletion waits for 1 connected endpoint: ep-a of account 2. They are disconnected 600 s after the deletion was requested \
                   (spec.disconnectAfterSeconds).";
    for (at, again) in [(1_590, 15), (1_004, 4)] {
        let report = report(&reached(&scenario).waiting(due(at)), &ready());
        assert_eq!(said(&report), reconciling(Reason::DeletionBlocked, message));
        assert_eq!(report.events, [event(EventReason::DeletionBlocked, message)]);
        assert_eq!(report.requeue, Requeue::After(seconds(again)));
    }
}

#[test]
fn what_the_provider_still_blocks_under_disconnect_is_for_the_owners_of_the_endpoints() {
    let scenario = deleting().spec(json!({"whenConnected": "Disconnect"}));
    let message = "Deletion blocked by 2 connected endpoints: ep-a of account 2000000000000002, ep-b. Have their owners delete the endpoints, or \
                   set spec.deletionPolicy to Retain.";
    let report = report(&reached(&scenario).waiting(blocked()), &ready());
    assert_eq!(said(&report), reconciling(Reason::DeletionBlocked, message));
}

#[test]
fn what_only_a_person_can_settle_blocks_a_deletion() {
    let lost = "The service epsrv-ours no longer carries this object's tags, so it is not deleted; restore the tags, or set \
                spec.deletionPolicy to Retain.";
    let twice = "More services carry this object's UID, and only one is this object's; delete them or remove their tags: epsrv-x.";
    let waits = [
        (Wait::OwnershipRestored { service_id: "epsrv-ours".to_owned() }, lost),
        (Wait::DuplicateResolved { others: vec!["epsrv-x".to_owned()] }, twice),
    ];
    for (wait, message) in waits {
        let report = report(&reached(&deleting()).waiting(wait), &ready());
        assert_eq!(said(&report), reconciling(Reason::DeletionBlocked, message));
        assert_eq!(report.requeue, Requeue::After(seconds(60)));
    }
    for code in ["Forbidden.RAM", "EndpointServiceConnectionDependence"] {
        let report = report(&reached(&deleting()).failed(refused(DELETE, code)), &ready());
        let verdict = crate::cloud::errors::verdict(&refused(DELETE, code));
        let way_out = if verdict.stalled { format!(". {RETAIN}") } else { String::new() };
        let message = format!("{}{way_out}", verdict.message);
        assert_eq!(said(&report), reconciling(Reason::DeletionBlocked, &message));
        assert_eq!(report.requeue, Requeue::BackOff { at_least: Duration::ZERO });
    }
}

#[test]
fn passing_trouble_does_not_block_a_deletion_but_is_told() {
    let report = report(&reached(&deleting()).failed(throttled(DELETE, seconds(7))), &ready());
    assert_eq!(said(&report), reconciling(Reason::Deleting, GOING));
    assert_eq!(report.requeue, Requeue::BackOff { at_least: seconds(7) });
    let error = report.status.and_then(|status| status.last_error).expect("the refusal is told");
    assert_eq!(error.code.as_deref(), Some("Throttling.User"));
}

#[test]
fn the_connections_of_a_deleting_object_are_listed_and_counted() {
    let each_state = [
        ConnectionStatus::Connected,
        ConnectionStatus::Disconnected,
        ConnectionStatus::Disconnecting,
        ConnectionStatus::ServiceDeleted,
        ConnectionStatus::Unknown("Odd".to_owned()),
    ];
    let connection = |(n, status): (usize, ConnectionStatus)| Connection {
        endpoint_id: format!("ep-{n}"),
        account_id: Some("2000000000000002".to_owned()),
        vpc_id: None,
        status,
        bandwidth_mbps: None,
        traffic_control_mode: None,
        zones: Vec::new(),
    };
    let mut scenario = deleting();
    let list = each_state.into_iter().enumerate().map(connection).collect();
    scenario.observed.connections = Some(Connections { as_of: now(), list });
    let status = report(&reached(&scenario), &ready()).status.expect("it lives");
    let counts = json!({"connected": 1, "held": 1, "rejected": 0, "inTransition": 2});
    assert_eq!(serde_json::to_value(status.connection_counts).expect("JSON"), counts);
    let odd = json!({"endpointId": "ep-4", "accountId": "2000000000000002", "status": "Odd"});
    assert_eq!(serde_json::to_value(&status.connections[4]).expect("JSON"), odd);
}

#[test]
fn the_end_writes_nothing_and_tells_what_became_of_the_service() {
    let end = |scenario: Scenario| {
        let mut reached = reached(&scenario);
        reached.plan = Some(Plan { steps: vec![Step::ReleaseFinalizer], ..Plan::default() });
        reached.done()
    };
    let gone = event(EventReason::EndpointServiceDeleted, "The endpoint service epsrv-ours is deleted.");
    let stays = event(EventReason::EndpointServiceRetained, "The endpoint service epsrv-ours stays in the cloud.");
    let unseen =
        ServiceView::Absent { named: crate::cloud::services::observed::NamedId::Gone("epsrv-ours".to_owned()) };
    let retained = deleting().spec(json!({"deletionPolicy": "Retain"})).see(unseen);
    for (scenario, expected) in [(deleting(), gone), (retained, stays)] {
        let report = report(&end(scenario), &ready());
        assert_eq!(
            report,
            Report { status: None, export: Vec::new(), events: vec![expected], requeue: Requeue::OnChange }
        );
    }
    // Nothing was ever created.
    let nothing = Report { status: None, export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange };
    assert_eq!(report(&end(deleting()), &fresh()), nothing);
}

#[test]
fn a_deleting_object_without_our_finalizer_is_left_alone() {
    let mut scenario = deleting();
    scenario.resolved.finalizers.clear();
    let nothing = Report { status: None, export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange };
    assert_eq!(report(&reached(&scenario), &ready()), nothing);
}

#[test]
fn an_account_that_cannot_be_listed_blocks_a_deletion_if_only_a_person_can_help_or_nobody_has_looked_for_minutes() {
    let list = Operation::ListVpcEndpointServices;
    let table =
        [(5, refused(list, "Forbidden.RAM"), true), (400, lost_answer(list), true), (5, lost_answer(list), false)];
    for (age, error, is_blocked) in table {
        let mut scenario = deleting().listed(1000 - age);
        scenario.observed.list_error = Some(error.clone());
        let verdict = crate::cloud::errors::verdict(&error);
        let expected = if is_blocked {
            let way_out = if verdict.stalled { format!(". {RETAIN}") } else { String::new() };
            reconciling(Reason::DeletionBlocked, &format!("{}{way_out}", verdict.message))
        } else {
            reconciling(Reason::Deleting, GOING)
        };
        assert_eq!(said(&report(&reached(&scenario), &ready())), expected, "{age} s ago, {error}");
    }
}

#[test]
fn a_deletion_is_told_of_the_newest_generation_whatever_was_told_of_another() {
    let looking = reached(&deleting()).waiting(Wait::List);
    // Of this generation, but of its life.
    let mut alive = ready();
    alive.observed_generation = Some(4);
    assert_eq!(said(&report(&looking, &alive)), reconciling(Reason::Deleting, GOING));
    // Of the deletion, but of an older generation.
    let status = report(&looking, &ready()).status.expect("it lives");
    let edited = report(&reached(&deleting().edited()).waiting(Wait::List), &status);
    assert_eq!(edited.status.expect("it lives").observed_generation, Some(5));
}

#[test]
fn the_status_of_a_deletion_never_moves_to_the_duplicate_that_a_person_must_judge() {
    let other = Service { id: "epsrv-a".to_owned(), ..Scenario::converged().service().clone() };
    let both = ServiceView::Many(vec![other, Scenario::converged().service().clone()]);
    let wait = Wait::DuplicateResolved { others: vec!["epsrv-a".to_owned()] };
    let status = report(&reached(&deleting().see(both)).waiting(wait), &ready()).status.expect("it lives");
    assert_eq!(status.service_id.as_deref(), Some("epsrv-ours"));
}
