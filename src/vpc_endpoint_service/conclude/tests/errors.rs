//! Refusals, and a cloud that cannot be read.

use super::*;
use crate::cloud::errors::verdict;
use crate::cloud::services::Field;
use crate::crd::LastError;
use crate::kubernetes::KubernetesError;
use crate::vpc_endpoint_service::observe::Look;

fn list() -> cloud_core::Error {
    lost_answer(Operation::ListVpcEndpointServices)
}

/// The newest good list is so old, and the last one failed.
fn unread(age: i64, error: cloud_core::Error) -> ReconcileState {
    let mut scenario = Scenario::converged();
    scenario.observed.as_of = Some(at(1000 - age));
    scenario.observed.list_error = Some(error);
    reached(&scenario)
}

#[test]
fn a_refused_create_says_what_the_verdict_says_and_backs_off() {
    for code in ["AlbNotFound", "QuotaMisMatched", "IllegalParamFormat.ResourceId", "NeedOpenProduct", "Bogus"] {
        let error = refused(CREATE, code);
        let verdict = verdict(&error);
        let report = report(&reached(&Scenario::recorded()).failed(error), &fresh());
        let conditions = if verdict.stalled { stalled } else { reconciling };
        assert_eq!(said(&report), conditions(verdict.reason, &verdict.message));
        assert_eq!(report.requeue, Requeue::BackOff { at_least: Duration::ZERO });
        let stalls = report.events.iter().filter(|note| note.reason == EventReason::Stalled).count();
        assert_eq!(stalls, usize::from(verdict.stalled), "{code}");
    }
}

#[test]
fn a_call_that_is_not_sent_again_yet_says_what_it_was_refused_for_and_comes_back_in_time() {
    for code in ["IllegalParamFormat.ResourceId", "Forbidden.RAM", "QuotaMisMatched", "LoadBalancerNotFound"] {
        let error = refused(CREATE, code);
        let first = report(&reached(&Scenario::recorded()).failed(error.clone()), &fresh()).status.expect("it lives");
        let outcome = Outcome {
            error: Some(ExecuteError::Withheld { until: at(1500), error: Box::new(error) }),
            ..Outcome::default()
        };
        let reached = ReconcileState { outcome: Some(outcome), ..reached(&Scenario::recorded()) };
        let again = conclude(&key_of(&reached), &reached, &first, &Timing::default(), at(1010));
        let requeue = Requeue::BackOff { at_least: seconds(490) };
        assert_eq!(again, Report { status: Some(first), export: Vec::new(), events: Vec::new(), requeue }, "{code}");
    }
}

#[test]
fn a_closed_door_says_what_closed_it() {
    let error = refused(CREATE, "NeedOpenProduct");
    let closed = NoPermit::Tripped { until: at(1300), error: Box::new(error.clone()) };
    let reached = || reached(&Scenario::recorded()).stopped(Stop::NoPermit(closed.clone()));
    let report = super::report(&reached(), &fresh());
    let message = "CreateVpcEndpointService waits: it is blocked for the whole account since it failed: NeedOpenProduct: PrivateLink is \
                   not activated in this account; activate it in the provider's console, which the operator never does by itself";
    assert_eq!(said(&report), stalled(Reason::NotActivated, message));
    assert_eq!(report.requeue, Requeue::After(seconds(300)));
    assert_eq!(report.status.expect("it lives").last_error, None, "it was another object's call");

    // Whoever got the answer itself goes on saying so.
    let own = super::report(&super::reached(&Scenario::recorded()).failed(error), &fresh()).status.expect("it lives");
    assert_eq!(super::report(&reached(), &own).status, Some(own));
}

#[test]
fn the_last_refusal_is_told_with_its_id_and_cleared_by_a_success() {
    let error = refused(UPDATE, "EndpointServiceLocked");
    let walk_of = |error: cloud_core::Error| reached(&Scenario::converged().edited()).failed(error);
    let first = report(&walk_of(error.clone()), &ready()).status.expect("it lives");
    let expected = LastError {
        code: Some("EndpointServiceLocked".to_owned()),
        message: Some("made for a test".to_owned()),
        request_id: Some("00000000-0000-0000-0000-000000000000".to_owned()),
        time: Some(Time(now())),
    };
    assert_eq!(first.last_error.as_ref(), Some(&expected));

    // The same refusal again is not worth a write.
    let again = walk_of(error);
    let again = conclude(&key_of(&again), &again, &first, &Timing::default(), at(1010));
    assert_eq!(again.status.as_ref(), Some(&first));

    // Another one is.
    let other = walk_of(refused(UPDATE, "EndpointServiceOperationDenied"));
    let other = conclude(&key_of(&other), &other, &first, &Timing::default(), at(1010)).status.expect("it lives");
    let other = other.last_error.expect("the newer refusal");
    assert_eq!(other.code.as_deref(), Some("EndpointServiceOperationDenied"));
    assert_eq!(other.time, Some(Time(at(1010))));

    let success = report(&reached(&Scenario::converged().edited()), &first).status.expect("it lives");
    assert_eq!(success.last_error, None);
}

#[test]
fn conditions_hold_neither_the_providers_words_nor_the_id_of_a_request() {
    let reached = reached(&Scenario::recorded()).failed(refused(CREATE, "AlbNotFound"));
    let status = report(&reached, &fresh()).status.expect("it lives");
    assert!(!said_text(&status).contains("made for a test"), "the provider's words belong to lastError");
    assert!(!said_text(&status).contains("00000000-0000"), "the id of a request belongs to lastError");
}

fn said_text(status: &VpcEndpointServiceStatus) -> String {
    serde_json::to_string(&status.conditions).expect("conditions are JSON")
}

#[test]
fn passing_trouble_does_not_touch_an_object_that_is_well() {
    let read =
        ReconcileState { observed: Some(Err(list())), plan: None, outcome: None, ..reached(&Scenario::converged()) };
    let expected = Report {
        status: Some(ready()),
        export: Vec::new(),
        events: Vec::new(),
        requeue: Requeue::BackOff { at_least: Duration::ZERO },
    };
    assert_eq!(report(&read, &ready()), expected);
}

/// A reconcile of a process that began to look so long ago and cannot say whose account it is.
fn account_unknown(age: i64, error: cloud_core::Error) -> ReconcileState {
    let resolved = Some(Err(ResolveError::AccountUnknown(Box::new(error))));
    ReconcileState { resolved, process_start: at(1000 - age), ..ReconcileState::default() }
}

#[test]
fn an_object_whose_account_nobody_can_say_is_stale_as_late_as_any_other() {
    let lost = || lost_answer(cloud_core::sts::GET_CALLER_IDENTITY);
    let denied = || refused(cloud_core::sts::GET_CALLER_IDENTITY, "InvalidAccessKeyId.NotFound");
    for error in [lost(), denied()] {
        let kept = report(&account_unknown(290, error), &ready());
        assert_eq!((kept.status, kept.events), (Some(ready()), Vec::new()));
        let Requeue::After(left) = kept.requeue else { panic!("it is told in time: {:?}", kept.requeue) };
        assert!(left <= seconds(70), "{left:?}");
    }
    let message = format!("The account of the credentials cannot be determined. {}", verdict(&lost()).message);
    let unknown =
        [format!("Ready=Unknown CloudUnreachable: {message}"), format!("Reconciling=True CloudUnreachable: {message}")];
    let blind = report(&account_unknown(361, lost()), &ready());
    assert_eq!(said(&blind), unknown);
    // So it stays, also for a process that has just begun.
    let blind = blind.status.expect("it lives");
    for age in [1, 400] {
        assert_eq!(report(&account_unknown(age, lost()), &blind).status, Some(blind.clone()));
    }
    let message = verdict(&denied()).message;
    let refused =
        [format!("Ready=Unknown InvalidCredentials: {message}"), format!("Stalled=True InvalidCredentials: {message}")];
    assert_eq!(said(&report(&account_unknown(361, denied()), &ready())), refused);
}

#[test]
fn a_new_object_whose_account_nobody_can_say_is_told_why_at_once() {
    let error = refused(cloud_core::sts::GET_CALLER_IDENTITY, "InvalidAccessKeyId.NotFound");
    let told = report(&account_unknown(1, error.clone()), &fresh());
    assert_eq!(said(&told), stalled(Reason::InvalidCredentials, &verdict(&error).message));
    assert_eq!(told.requeue, Requeue::BackOff { at_least: Duration::ZERO });
}

#[test]
fn trouble_with_the_api_server_says_nothing_unless_it_refuses() {
    let failing = |error| {
        let outcome = Outcome { error: Some(ExecuteError::Kubernetes(error)), ..Outcome::default() };
        ReconcileState { outcome: Some(outcome), ..reached(&Scenario::recorded()) }
    };
    for error in
        [KubernetesError::Conflict, KubernetesError::Gone, KubernetesError::Unavailable("timed out".to_owned())]
    {
        let report = report(&failing(error), &fresh());
        assert_eq!((report.status, report.requeue), (Some(fresh()), Requeue::BackOff { at_least: Duration::ZERO }));
    }
    let denied = "denied by policy \"names\":\nno";
    for error in [KubernetesError::Forbidden(denied.to_owned()), KubernetesError::Invalid(denied.to_owned())] {
        let message = format!("{} It says: denied by policy \"names\": no", Reason::KubernetesForbidden.sentence());
        assert_eq!(said(&report(&failing(error), &fresh())), stalled(Reason::KubernetesForbidden, &message));
    }
}

#[test]
fn the_api_servers_own_sentence_is_clipped() {
    let outcome = Outcome {
        error: Some(ExecuteError::Kubernetes(KubernetesError::Forbidden("x".repeat(5000)))),
        ..Outcome::default()
    };
    let reached = ReconcileState { outcome: Some(outcome), ..reached(&Scenario::recorded()) };
    let message = format!("{} It says: {}…", Reason::KubernetesForbidden.sentence(), "x".repeat(511));
    assert_eq!(said(&report(&reached, &fresh())), stalled(Reason::KubernetesForbidden, &message));
}

#[test]
fn one_failed_list_writes_nothing() {
    let report = report(&unread(5, list()), &ready());
    assert_eq!((report.status, report.events.len()), (Some(ready()), 0));
    let Requeue::After(left) = report.requeue else { panic!("it must be looked at again: {:?}", report.requeue) };
    assert!(left >= seconds(295) && left < seconds(355), "{left:?}");
}

#[test]
fn after_minutes_without_a_look_the_object_is_stale() {
    // The fifth that is added at most.
    let lost = report(&unread(360, list()), &ready());
    let message = format!("The account's services cannot be listed. {}", verdict(&list()).message);
    let expected =
        [format!("Ready=Unknown CloudUnreachable: {message}"), format!("Reconciling=True CloudUnreachable: {message}")];
    assert_eq!(said(&lost), expected);
    let lost = lost.status.expect("it lives");
    assert_eq!(report(&unread(500, list()), &lost).status, Some(lost.clone()));

    let found = report(&reached(&Scenario::converged()), &lost);
    assert_eq!(said(&found), ["Ready=True Available: The service epsrv-ours is Active."]);
    assert_eq!(found.events, []);

    let refused = refused(Operation::ListVpcEndpointServices, "InvalidAccessKeyId.NotFound");
    let message = verdict(&refused).message;
    let expected =
        [format!("Ready=Unknown InvalidCredentials: {message}"), format!("Stalled=True InvalidCredentials: {message}")];
    assert_eq!(said(&report(&unread(360, refused), &ready())), expected);
}

#[test]
fn not_all_objects_lose_their_ready_in_the_same_moment() {
    let moment = |uid: &str| {
        let mut reached = unread(0, list());
        let Some(Ok(resolved)) = &mut reached.resolved else { panic!("it is resolved") };
        uid.clone_into(&mut resolved.key.uid);
        let flips = |second: &i64| {
            let report = conclude(&key_of(&reached), &reached, &ready(), &Timing::default(), at(*second));
            said(&report)[0].starts_with("Ready=Unknown")
        };
        (1000..1400).find(flips).expect("it flips") - 1000
    };
    let moments: Vec<_> = (0..20).map(|n| moment(&format!("uid-{n}"))).collect();
    assert!(moments.iter().all(|moment| (300..=360).contains(moment)), "{moments:?}");
    let distinct: std::collections::BTreeSet<_> = moments.iter().collect();
    assert!(distinct.len() > 10, "{moments:?}");
}

#[test]
fn a_new_object_in_an_account_that_cannot_be_read_says_why() {
    let mut scenario = Scenario::recorded().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    let error = refused(Operation::ListVpcEndpointServices, "Forbidden.RAM");
    scenario.observed.list_error = Some(error.clone());
    assert_eq!(said(&report(&reached(&scenario), &fresh())), stalled(Reason::AccessDenied, &verdict(&error).message));
}

#[test]
fn a_new_object_that_nobody_could_look_for_is_stale() {
    let mut scenario = Scenario::recorded().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    scenario.observed.own.first_seen = at(600);
    scenario.observed.list_error = Some(list());
    let message = format!("The account's services cannot be listed. {}", verdict(&list()).message);
    let expected =
        [format!("Ready=Unknown CloudUnreachable: {message}"), format!("Reconciling=True CloudUnreachable: {message}")];
    assert_eq!(said(&report(&reached(&scenario), &fresh())), expected);
}

#[test]
fn a_restart_while_the_account_cannot_be_read_says_nothing_new_of_what_was_ready() {
    let mut scenario = Scenario::converged().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    scenario.observed.own.first_seen = at(999);
    scenario.observed.list_error = Some(refused(Operation::ListVpcEndpointServices, "Forbidden.RAM"));
    assert_eq!(report(&reached(&scenario), &ready()).status, Some(ready()));
}

#[test]
fn a_read_that_is_refused_is_told() {
    let error = refused(Operation::ListVpcEndpointServiceUsers, "Forbidden.RAM");
    let reached = ReconcileState {
        observed: Some(Err(error.clone())),
        plan: None,
        outcome: None,
        ..reached(&Scenario::converged())
    };
    assert_eq!(said(&report(&reached, &ready())), stalled(Reason::AccessDenied, &verdict(&error).message));
}

#[test]
fn what_was_seen_is_told_although_the_api_server_did_not_take_a_write_and_what_was_not_is_not() {
    let conflict = |scenario: &Scenario| {
        let outcome =
            Outcome { error: Some(ExecuteError::Kubernetes(KubernetesError::Conflict)), ..Outcome::default() };
        ReconcileState { outcome: Some(outcome), ..reached(scenario) }
    };
    let pending = Scenario::converged().with_service(|service| service.status = ServiceStatus::Pending);
    let updating = reconciling(Reason::Updating, "The service epsrv-ours is being changed to fit the spec.");
    assert_eq!(said(&report(&conflict(&pending), &ready())), updating);

    let drifted = Scenario::converged().with_service(|service| service.attributes.set(Field::Description, "theirs"));
    assert_eq!(report(&conflict(&drifted), &ready()).status, Some(ready()));
}

#[test]
fn the_same_refusal_of_another_generation_has_a_time_of_its_own() {
    let error = refused(UPDATE, "EndpointServiceLocked");
    let edited = Scenario::converged().edited();
    let first = report(&reached(&edited).failed(error.clone()), &ready()).status.expect("it lives");
    let again = reached(&edited.edited()).failed(error);
    let again = conclude(&key_of(&again), &again, &first, &Timing::default(), at(1010)).status.expect("it lives");
    assert_eq!(again.last_error.and_then(|error| error.time), Some(Time(at(1010))));
}

#[test]
fn an_account_that_cannot_be_listed_is_told_as_the_last_refusal_only_where_it_matters() {
    let error = || refused(Operation::ListVpcEndpointServices, "Forbidden.RAM");
    let mut unlisted = Scenario::recorded().see(ServiceView::NotYetListed);
    unlisted.observed.as_of = None;
    unlisted.observed.list_error = Some(error());
    let code = |reached: &ReconcileState, previous: &VpcEndpointServiceStatus| {
        report(reached, previous).status.expect("it lives").last_error.and_then(|error| error.code)
    };
    assert_eq!(code(&reached(&unlisted), &fresh()).as_deref(), Some("Forbidden.RAM"), "nobody has looked yet");
    assert_eq!(code(&unread(400, error()), &ready()).as_deref(), Some("Forbidden.RAM"), "nobody has looked for long");
    assert_eq!(code(&unread(5, error()), &ready()), None);
}

/// A new object that waits for a list, a minute after it was first seen.
fn waiting_for_a_list(error: Option<cloud_core::Error>) -> ReconcileState {
    let mut scenario = Scenario::brand_new();
    scenario.observed.own.first_seen = at(900);
    scenario.observed.list_error = error;
    let mut reached = reached(&scenario).waiting(Wait::List);
    reached.plan.as_mut().expect("there is one").look = Some(Look::List { not_before: at(1_000) });
    reached
}

#[test]
fn an_object_that_waits_for_a_list_that_fails_says_so() {
    let error = refused(Operation::ListVpcEndpointServices, "InternalError");
    let expected = verdict(&error);
    let said_of = report(&waiting_for_a_list(Some(error)), &fresh());
    assert_eq!(said(&said_of), reconciling(expected.reason, &expected.message));
    let code = said_of.status.expect("it lives").last_error.and_then(|error| error.code);
    assert_eq!(code.as_deref(), Some("InternalError"));
}

#[test]
fn what_is_ready_is_left_alone_while_a_list_fails_until_it_is_stale() {
    let mut reached = unread(30, list()).waiting(Wait::List);
    reached.plan.as_mut().expect("there is one").look = Some(Look::List { not_before: at(1_000) });
    assert_eq!(report(&reached, &ready()).status, Some(ready()));
}

#[test]
fn a_deletion_that_waits_for_a_list_that_fails_says_which() {
    let error = || refused(Operation::ListVpcEndpointConnections, "InternalError");
    let mut scenario = Scenario::converged().deleting();
    scenario.observed.connections_error = Some(error());
    let mut reached = reached(&scenario).waiting(Wait::List);
    reached.plan.as_mut().expect("there is one").look = Some(Look::Connections { not_before: at(1_000) });
    let message = format!("The deletion waits for a list that fails. {}", verdict(&error()).message);
    assert_eq!(said(&report(&reached, &ready())), reconciling(Reason::Deleting, &message));
}

#[test]
fn a_region_that_is_none_points_to_the_field_and_names_it() {
    let unread = |error| {
        let mut reached = waiting_for_a_list(Some(error));
        if let Some(Ok(observed)) = &mut reached.observed {
            observed.as_of = None;
            observed.service = ServiceView::NotYetListed;
        }
        said(&report(&reached, &fresh()))
    };
    let message = |cause: &str| {
        format!(
            "The region \"cn-hangzhou\" (spec.region, or else the operator's default region) cannot be used: {cause}. Recreate the object with \
             one of the provider's regions; where the region is right, correct the operator's network or endpoint flags."
        )
    };
    let no_host = message("its host is not known to the name service");
    let unknown = unread(cloud_core::test_support::unknown_host(Operation::ListVpcEndpointServices));
    assert_eq!(unknown, reconciling(Reason::RegionUnusable, &no_host));
    let denied = message("ListVpcEndpointServices failed: InvalidRegionId");
    let refused = unread(refused(Operation::ListVpcEndpointServices, "InvalidRegionId"));
    assert_eq!(refused, stalled(Reason::RegionUnusable, &denied));
}

#[test]
fn details_that_cannot_be_read_for_two_periods_are_stale() {
    let error = || refused(Operation::ListVpcEndpointServiceUsers, "InternalError");
    let read_at = |seconds| {
        let mut scenario = Scenario::converged();
        scenario.observed.details_error = Some(error());
        report(&reached(&scenario.with_details(|details| details.as_of = at(seconds))), &ready())
    };
    assert_eq!(read_at(1_000 - 11_999).status, Some(ready()));
    let message = format!("The service's attachments and principals cannot be read. {}", verdict(&error()).message);
    let expected =
        [format!("Ready=Unknown CloudUnreachable: {message}"), format!("Reconciling=True CloudUnreachable: {message}")];
    assert_eq!(said(&read_at(1_000 - 12_000)), expected);
}
