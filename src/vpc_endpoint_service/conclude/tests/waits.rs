//! What the plan waits for, and what stands in the way before there is one.

use super::*;
use crate::vpc_endpoint_service::observe::{AttachmentKey, Look, NamedId};
use crate::vpc_endpoint_service::plan::{AdoptionRefusal, Misfit};
use crate::vpc_endpoint_service::resolve::NamedBy;

fn edited() -> ReconcileState {
    reached(&Scenario::converged().edited())
}

fn some(id: &str) -> String {
    id.to_owned()
}

#[test]
fn every_wait_has_its_condition_and_its_net() {
    use Reason::*;
    let key = AttachmentKey { resource_id: some("nlb-a"), zone_id: Some(some("cn-hangzhou-i")) };
    let former = |settled| Wait::FormerServiceGone { service_id: some("epsrv-old"), settled };
    let exists = "The service epsrv-old of an earlier object of this namespace and name still exists; tag it \
                  privatelink-operator.adopt=shop.web to have this object adopt it, or delete it, or remove its \
                  privatelink-operator tags, to have a new one created.";
    let updating = reconciling(Updating, "The service epsrv-ours is being changed to fit the spec.");
    let table = [
        (Wait::List, updating.clone(), 15),
        (Wait::Visible([crate::cloud::services::Field::Description].into()), updating.clone(), 15),
        (Wait::ServiceActive(ServiceStatus::Pending), updating, 15),
        (
            Wait::ServiceActive(ServiceStatus::Unknown(some("Odd"))),
            reconciling(
                UnknownAnswer,
                "The service epsrv-ours is in the state \"Odd\", which this operator does not know; it waits for Active.",
            ),
            15,
        ),
        (
            Wait::ServiceDeleted,
            reconciling(ProviderBusy, "The service epsrv-ours is being deleted, and not by this operator."),
            15,
        ),
        (
            Wait::BusinessStatus(some("FinancialLocked")),
            stalled(
                AccountRestricted,
                "The service epsrv-ours is locked for a payment that is overdue (FinancialLocked) by the provider; settle it with \
                 the provider.",
            ),
            60,
        ),
        (
            unused(key, 7),
            reconciling(AttachmentInUse, "nlb-a in cn-hangzhou-i is not detached yet: 7 endpoints use it."),
            15,
        ),
        (former(false), reconciling(FormerServiceExists, exists), 15),
        (former(true), stalled(FormerServiceExists, exists), 60),
        (
            Wait::OwnershipRestored { service_id: some("epsrv-ours") },
            stalled(
                OwnershipLost,
                "The service epsrv-ours does not carry this object's tags, so it is not touched; restore the tags, or delete the \
                 object with deletionPolicy Retain.",
            ),
            60,
        ),
        (
            Wait::Recreation { service_id: some("epsrv-ours") },
            stalled(
                ServiceGone,
                "The service epsrv-ours was deleted in the cloud; it is not recreated, because consumers use its name. Set whenGone to Recreate to have it recreated, or delete the object.",
            ),
            60,
        ),
        (
            Wait::DuplicateResolved { others: vec![some("epsrv-c"), some("epsrv-b")] },
            stalled(
                DuplicateOwner,
                "More services carry this object's UID; delete them or remove their tags: epsrv-b, epsrv-c.",
            ),
            60,
        ),
    ];
    said_with_nets(table);
}

#[test]
fn every_refusal_of_an_adoption_has_its_condition_and_its_net() {
    use Reason::*;
    let refused = |refusal, settled| Wait::AdoptionAllowed { service_id: some("epsrv-old"), refusal, settled };
    let misfit = |field, found: &str| Misfit { field, wanted: some("w"), found: some(found) };
    let not_given = "In cn-hangzhou no service epsrv-old carries the tags privatelink-operator.cluster=cluster-1 and \
                     privatelink-operator.adopt=shop.web, so it is not adopted. Somebody with rights in the cloud sets them: aliyun privatelink \
                     TagResources --RegionId cn-hangzhou --ResourceType vpcendpointservice --ResourceId.1 epsrv-old --Tag.1.Key \
                     privatelink-operator.cluster --Tag.1.Value cluster-1 --Tag.2.Key privatelink-operator.adopt --Tag.2.Value shop.web";
    said_with_nets([
        (refused(AdoptionRefusal::NotHandedOver, false), reconciling(AdoptionRefused, not_given), 15),
        (refused(AdoptionRefusal::NotHandedOver, true), stalled(AdoptionRefused, not_given), 60),
        (
            refused(AdoptionRefusal::OfAnotherObject, true),
            stalled(
                AdoptionRefused,
                "The service epsrv-old belongs to another object, so it is not adopted; delete that object with deletionPolicy Retain, then \
                 tag the service again.",
            ),
            60,
        ),
        (
            refused(AdoptionRefusal::Differs(vec![misfit("serviceResourceType", "alb"), misfit("payer", "x")]), true),
            stalled(
                AdoptionRefused,
                "The service epsrv-old cannot be adopted, because its serviceResourceType is alb, the spec wants w; its payer is x, the spec \
                 wants w; delete this object, and create it again with what the service has.",
            ),
            60,
        ),
        (
            refused(AdoptionRefusal::Leaving, true),
            stalled(
                AdoptionRefused,
                "The service epsrv-old is being deleted, so it is not adopted; delete this object, and create it again without adopt.",
            ),
            60,
        ),
    ]);
}

fn said_with_nets<const ROWS: usize>(table: [(Wait, Vec<String>, u64); ROWS]) {
    for (wait, conditions, net) in table {
        let report = report(&edited().waiting(wait.clone()), &ready());
        assert_eq!(said(&report), conditions, "{wait:?}");
        assert_eq!(report.requeue, Requeue::After(seconds(net)), "{wait:?}");
        let stalls: Vec<_> = report.events.iter().map(|note| note.reason).collect();
        let expected: &[_] = if conditions[1].starts_with("Stalled") { &[EventReason::Stalled] } else { &[] };
        assert_eq!(stalls, expected, "{wait:?}");
    }
}

#[test]
fn a_former_service_on_its_way_out_is_only_waited_for() {
    let leaving =
        Scenario::converged().with_service(|service| service.status = ServiceStatus::Deleting).service().clone();
    let scenario = Scenario::recorded().see(ServiceView::Former(Box::new(leaving)));
    let wait = Wait::FormerServiceGone { service_id: some("epsrv-old"), settled: false };
    let message = "The service epsrv-old of an earlier object of this namespace and name is being deleted.";
    assert_eq!(
        said(&report(&reached(&scenario).waiting(wait), &fresh())),
        reconciling(Reason::WaitingForFormerService, message)
    );
}

#[test]
fn a_service_that_went_keeps_its_id_and_loses_its_state() {
    let named = NamedId::Gone(some("epsrv-ours"));
    let scenario = Scenario::converged().see(ServiceView::Absent { named });
    let wait = Wait::Recreation { service_id: some("epsrv-ours") };
    let status = report(&reached(&scenario).waiting(wait), &ready()).status.expect("it lives");
    assert_eq!((status.service_id.as_deref(), status.service_status), (Some("epsrv-ours"), None));
}

#[test]
fn a_look_or_a_turn_that_is_waited_for_takes_nothing_back() {
    let refusal = reached(&Scenario::recorded()).failed(refused(CREATE, "AlbNotFound"));
    let waiting = report(&refusal, &fresh()).status.expect("it lives");
    let reconciles = [
        reached(&Scenario::recorded()).waiting(Wait::List),
        reached(&Scenario::recorded()).stopped(Stop::NoPermit(queued_behind_others())),
        reached(&Scenario::recorded()).stopped(Stop::Stale),
        reached(&Scenario::recorded().see(ServiceView::NotYetListed)),
    ];
    for reached in reconciles {
        let report = report(&reached, &waiting);
        assert_eq!((report.status.as_ref(), report.events.len()), (Some(&waiting), 0), "{reached:?}");
    }
}

#[test]
fn a_restart_says_nothing_new_of_what_was_ready() {
    let mut scenario = Scenario::converged().see(ServiceView::NotYetListed);
    scenario.observed.as_of = None;
    scenario.observed.own.first_seen = at(999);
    let expected =
        Report { status: Some(ready()), export: Vec::new(), events: Vec::new(), requeue: Requeue::After(seconds(15)) };
    assert_eq!(report(&reached(&scenario), &ready()), expected);
    // What nobody has looked at becomes stale, whether a list failed or none ever ended.
    scenario.observed.own.first_seen = at(600);
    let unknown = "The account's services were not listed for minutes.";
    let expected =
        [format!("Ready=Unknown CloudUnreachable: {unknown}"), format!("Reconciling=True CloudUnreachable: {unknown}")];
    assert_eq!(said(&report(&reached(&scenario), &ready())), expected);
}

#[test]
fn an_object_whose_service_is_not_active_is_not_ready_whatever_is_waited_for() {
    let pending = Scenario::converged().with_service(|service| service.status = ServiceStatus::Pending);
    let updating = reconciling(Reason::Updating, "The service epsrv-ours is being changed to fit the spec.");
    assert_eq!(said(&report(&reached(&pending).waiting(Wait::List), &ready())), updating);
}

#[test]
fn what_cannot_be_resolved_is_told_with_its_remedy() {
    let recorded = || ResolveError::AccountMismatch { recorded: some("1"), actual: some("2") };
    let table = [
        (
            ResolveError::ProviderConfigUnavailable { name: "other".to_owned() },
            Reason::ProviderConfigUnavailable,
            "spec.providerConfigRef.name is other, and this operator has only the provider config default, which it was started with; remove \
             providerConfigRef from the spec, then the object is reconciled.",
        ),
        (ResolveError::RegionMissing, Reason::RegionMissing, Reason::RegionMissing.sentence()),
        (
            ResolveError::RegionUnusable { region: some("mars"), named_by: NamedBy::Spec, reason: some("no host") },
            Reason::RegionUnusable,
            "The operator cannot call region mars, which spec.region names: no host. Delete the object and create it again with a region of the \
             provider's in spec.region. Or set spec.deletionPolicy to Retain and delete the object: the object is released, and the service stays in the cloud with the operator's tags.",
        ),
        (
            recorded(),
            Reason::AccountMismatch,
            "The service was created in account 1, and the operator's credentials belong to account 2, so nothing is written. Give the operator \
             credentials of account 1. Or set spec.deletionPolicy to Retain and delete the object: the object is released, and the service stays in the cloud with the operator's tags.",
        ),
        (
            ResolveError::RegionMismatch { wanted: some("a"), named_by: NamedBy::Default, status: some("b") },
            Reason::RegionMismatch,
            "Region a is named by the operator's --region, region b by the status, so nothing is written in either. If the service is in a, \
             clear the status: kubectl -n shop patch vpces web --subresource=status --type merge -p '{\"status\":{\"region\":null}}'. If it is \
             in b, set the operator's --region to b. Or set spec.deletionPolicy to Retain and delete the object: the object is released, and the service stays in the cloud with the operator's tags.",
        ),
    ];
    for (error, reason, message) in table {
        let reached = ReconcileState { resolved: Some(Err(error)), ..ReconcileState::default() };
        let report = report(&reached, &fresh());
        assert_eq!(said(&report), stalled(reason, message));
        assert_eq!(report.events, [event(EventReason::Stalled, &format!("{reason}: {message}"))]);
        assert_eq!(report.requeue, Requeue::OnChange);
        assert_eq!(report.status.expect("it lives").observed_generation, Some(3));
    }
}

#[test]
fn a_reconcile_that_did_not_begin_says_nothing() {
    let expected = Report { status: Some(ready()), export: Vec::new(), events: Vec::new(), requeue: Requeue::OnChange };
    assert_eq!(report(&ReconcileState::default(), &ready()), expected);
}

/// The status of an edit that was refused.
fn refused_edit() -> VpcEndpointServiceStatus {
    report(&edited().failed(refused(UPDATE, "EndpointServiceLocked")), &ready()).status.expect("it lives")
}

#[test]
fn work_that_was_done_is_news_whatever_was_said_before() {
    let updating = reconciling(Reason::Updating, "The service epsrv-ours is being changed to fit the spec.");
    let spec = || Scenario::converged().spec(serde_json::json!({"tags": {"team": "other"}})).edited();
    assert_eq!(said(&report(&reached(&spec()).done(), &refused_edit())), updating);
    let waiting = edited().waiting(Wait::ServiceActive(ServiceStatus::Pending));
    assert_eq!(said(&report(&waiting, &refused_edit())), updating);
}

#[test]
fn what_was_done_is_looked_at_a_second_later() {
    let reached = reached(&Scenario::converged().spec(serde_json::json!({"tags": {"team": "other"}})).edited()).done();
    assert!(reached.outcome.as_ref().is_some_and(|outcome| outcome.stopped.is_none()), "it is not awaited");
    assert_eq!(report(&reached, &ready()).requeue, Requeue::After(seconds(1)));
}

#[test]
fn what_only_own_calls_show_is_looked_at_a_second_later() {
    let mut looking = edited().waiting(Wait::List);
    looking.plan.as_mut().expect("there is one").look = Some(Look::Details { service_id: some("epsrv-ours") });
    assert_eq!(report(&looking, &ready()).requeue, Requeue::After(seconds(1)));

    let settling = Scenario::converged().edited().with_service(|service| service.settling = true);
    let settling = reached(&settling).waiting(Wait::ServiceActive(ServiceStatus::Pending));
    assert_eq!(report(&settling, &ready()).requeue, Requeue::After(seconds(1)));
}

#[test]
fn a_list_that_does_not_show_the_service_takes_nothing_back_although_a_record_is_to_be_written() {
    let named = NamedId::Unjudged(some("epsrv-ours"));
    let mut reached = reached(&Scenario::converged().see(ServiceView::Absent { named }));
    let record =
        reached.resolved.as_ref().and_then(|resolved| resolved.as_ref().ok()?.record.clone()).expect("a record");
    reached.plan = Some(Plan { steps: vec![Step::Record(record)], ..Plan::default() });
    assert_eq!(report(&reached, &ready()).status, Some(ready()));
}

#[test]
fn twenty_names_are_told_and_of_more_that_there_are_others() {
    let message = |count: usize| {
        let others = (0..count).map(|n| format!("epsrv-{n:02}")).collect();
        said(&report(&edited().waiting(Wait::DuplicateResolved { others }), &ready())).remove(0)
    };
    assert!(message(20).ends_with("epsrv-18, epsrv-19."), "{}", message(20));
    for count in [21, 22] {
        assert!(message(count).ends_with("epsrv-18, epsrv-19 and others."), "{}", message(count));
    }
}

#[test]
fn a_look_that_is_waited_for_takes_nothing_back_but_what_was_known_of_another_service() {
    let mut forged = refused_edit();
    forged.service_id = Some(some("epsrv-theirs"));
    forged.service_name = Some(some("theirs"));
    forged.drift = vec![crate::crd::Drift { field: Some(some("spec.description")), wanted: None, found: None }];
    let status = report(&edited().waiting(Wait::List), &forged).status.expect("it lives");
    assert_eq!((status.service_id.as_deref(), status.service_name.as_deref()), (Some("epsrv-ours"), None));
    assert!(forged.last_error.is_some());
    let kept = |status: VpcEndpointServiceStatus| {
        (status.observed_generation, status.conditions, status.last_error, status.drift)
    };
    assert_eq!(kept(status), kept(forged));
}
