//! Any reconcile after any other.

use std::collections::BTreeMap;

use proptest::collection::{btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::cloud::services::{Field, Write};
use crate::kubernetes::{ConfigMapVersion, FoundConfigMap, KubernetesError};
use crate::vpc_endpoint_service::connections::Consumer;
use crate::vpc_endpoint_service::exports::{ExportRefusal, ExportView, ExportViews, KnownExport};
use crate::vpc_endpoint_service::observe::{DetailsView, NamedId};
use crate::vpc_endpoint_service::plan::fixtures::UID;
use crate::vpc_endpoint_service::plan::{AdoptionRefusal, Difference, Part};
use crate::vpc_endpoint_service::resolve::Unresolved;

fn status() -> impl Strategy<Value = ServiceStatus> {
    prop_oneof![
        3 => Just(ServiceStatus::Active),
        1 => Just(ServiceStatus::Creating),
        1 => Just(ServiceStatus::Pending),
        1 => Just(ServiceStatus::Deleting),
        1 => Just(ServiceStatus::Unknown("Odd".to_owned())),
    ]
}

fn error() -> impl Strategy<Value = cloud_core::Error> {
    let codes =
        vec!["AlbNotFound", "NeedOpenProduct", "EndpointServiceLocked", "Bogus", "EndpointServiceConnectionDependence"];
    prop_oneof![
        4 => prop::sample::select(codes).prop_map(|code| refused(UPDATE, code)),
        1 => Just(throttled(UPDATE, Duration::from_secs(7))),
        1 => Just(lost_answer(UPDATE)),
    ]
}

fn view() -> impl Strategy<Value = ServiceView> {
    let service = status()
        .prop_map(|status| Scenario::converged().with_service(|service| service.status = status).service().clone());
    (service, 0..9_u8).prop_map(|(service, n)| match n {
        0 => ServiceView::NotYetListed,
        1 => ServiceView::Absent { named: NamedId::None },
        2 => ServiceView::Absent { named: NamedId::Gone(service.id) },
        3 => ServiceView::Foreign(Box::new(service)),
        4 => ServiceView::Former(Box::new(service)),
        8 => ServiceView::ToAdopt(Box::new(service)),
        5 => ServiceView::Many(vec![service.clone(), Service { id: "epsrv-other".to_owned(), ..service }]),
        _ => ServiceView::Ours(Box::new(service)),
    })
}

fn wait() -> impl Strategy<Value = Wait> {
    let id = || "epsrv-ours".to_owned();
    prop_oneof![
        Just(Wait::List),
        Just(Wait::Visible([Field::Description].into())),
        status().prop_map(Wait::ServiceActive),
        Just(Wait::LoadBalancers(vec![leads_nowhere("web", Unresolved::Missing)])),
        Just(Wait::ServiceDeleted),
        Just(Wait::BusinessStatus("FinancialLocked".to_owned())),
        Just(Wait::ConsumersGone { endpoints: vec![Consumer { endpoint_id: "ep-1".to_owned(), account_id: None }] }),
        Just(Wait::ConnectionsSettled),
        any::<bool>().prop_map(move |settled| Wait::FormerServiceGone { service_id: id(), settled }),
        any::<bool>().prop_map(move |settled| Wait::AdoptionAllowed {
            service_id: id(),
            refusal: AdoptionRefusal::NotHandedOver,
            settled
        }),
        Just(Wait::OwnershipRestored { service_id: id() }),
        Just(Wait::Recreation { service_id: id() }),
        Just(Wait::DuplicateResolved { others: vec!["epsrv-other".to_owned()] }),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let difference = Difference { field: Field::Description, wanted: "a".to_owned(), found: "b".to_owned() };
    let tag = Step::write("epsrv-ours", Write::Tag([("a".to_owned(), "b".to_owned())].into()));
    let delete = Step::write("epsrv-ours", Write::Delete);
    let parts = prop::sample::select(vec![Part::Resources, Part::Principals]);
    (
        vec(Just(difference), 0..2),
        vec(prop::sample::select(vec![tag, delete]), 0..3),
        option::weighted(0.4, wait()),
        btree_set(parts, 0..2),
    )
        .prop_map(|(differences, steps, wait, unknown)| Plan {
            differences,
            steps,
            wait,
            unknown,
            ..Plan::default()
        })
}

/// How much of the plan was carried out, and what ended it.
fn outcome(plan: Plan) -> impl Strategy<Value = (Plan, Outcome)> {
    let stop = prop_oneof![
        Just(Stop::Awaited),
        Just(Stop::Stale),
        Just(Stop::NoPermit(queued_behind_others())),
        error().prop_map(|error| Stop::NoPermit(NoPermit::Tripped { until: at(2000), error: Box::new(error) })),
    ];
    let error = prop_oneof![
        3 => error().prop_map(ExecuteError::Cloud),
        1 => Just(ExecuteError::Kubernetes(KubernetesError::Conflict)),
        1 => Just(ExecuteError::Kubernetes(KubernetesError::Forbidden("no".to_owned()))),
    ];
    let count = 0..=plan.steps.len();
    (Just(plan), count, option::of(stop), option::weighted(0.3, error)).prop_map(|(plan, count, stopped, error)| {
        let done = plan.steps[..count].iter().map(done).collect();
        (plan, Outcome { done, stopped, error, ..Outcome::default() })
    })
}

/// What is known of the ConfigMap of the export.
fn exports() -> impl Strategy<Value = ExportViews> {
    let found = FoundConfigMap {
        version: ConfigMapVersion { uid: "c-1".to_owned(), resource_version: "1".to_owned() },
        data: BTreeMap::new(),
        owners: vec![UID.to_owned()],
        exported_by: None,
    };
    let views = vec![ExportView::Unknown, ExportView::Absent, ExportView::Foreign, ExportView::Own(found)];
    let refusal = ExportRefusal { verb: "create", is_right: true, said: "no".to_owned() };
    let known = (prop::sample::select(views), option::weighted(0.3, Just(refusal)), any::<bool>());
    option::weighted(0.8, known).prop_map(|known| {
        let known = known.map(|(view, refusal, is_due)| ("facts".to_owned(), KnownExport { view, refusal, is_due }));
        ExportViews { known: known.into_iter().collect(), next_look: None }
    })
}

/// A reconcile, and how long after the one before it.
fn reconcile() -> impl Strategy<Value = (ReconcileState, i64)> {
    let scenario = (view(), any::<bool>(), option::weighted(0.2, error()), 0..600_i64, 3..5_i64, any::<bool>());
    let ends = (option::weighted(0.1, error()), 0..400_i64, exports());
    (scenario, plan().prop_flat_map(outcome), ends).prop_map(
        |((view, is_read, list_error, age, generation, is_deleting), (plan, outcome), (read_error, pause, exports))| {
            let export_to = serde_json::json!({"exportTo": {"configMapName": "facts"}});
            let mut scenario = Scenario::converged().spec(export_to).see(view);
            if is_deleting && age % 5 == 0 {
                scenario = scenario.deleting();
            }
            scenario.resolved.key.generation = generation;
            scenario.observed.list_error = list_error;
            if !is_read {
                scenario.observed.details = DetailsView::Unknown;
            }
            scenario.observed.as_of = (age > 20).then(|| at(1000 - age));
            let observed = match read_error {
                Some(error) => Err(error),
                None => Ok(scenario.observed),
            };
            let reached = ReconcileState {
                process_start: Timestamp::UNIX_EPOCH,
                marked: None,
                resolved: Some(Ok(scenario.resolved)),
                observed: Some(observed),
                plan: Some(plan),
                outcome: Some(outcome),
                shared: Vec::new(),
                exports,
            };
            (reached, pause)
        },
    )
}

fn is_ready(status: &VpcEndpointServiceStatus) -> bool {
    status.conditions[0].status == "True"
}

fn check(reached: &ReconcileState, before: &VpcEndpointServiceStatus, after: &VpcEndpointServiceStatus) {
    let types: Vec<_> = after.conditions.iter().map(|condition| condition.type_.as_str()).collect();
    let count = |kind: &str| types.iter().filter(|known| **known == kind).count();
    assert_eq!(types.first(), Some(&"Ready"));
    assert!(types.iter().all(|kind| count(kind) == 1), "{types:?}");
    assert!(count("Reconciling") + count("Stalled") <= 1, "{types:?}");
    if after != before && !is_ready(after) && after.conditions != before.conditions {
        assert_eq!(count("Reconciling") + count("Stalled"), 1, "{types:?}");
    }
    if !is_ready(after) {
        return;
    }
    let key = key_of(reached);
    let plan = reached.plan.as_ref().expect("every random reconcile has one");
    let was_ready = is_ready(before) && before.observed_generation == Some(key.generation);
    let described = after.observed_generation == Some(key.generation);
    if let Some(Ok(Observed { service: ServiceView::Ours(service), .. })) = &reached.observed {
        assert!(!described || service.status == ServiceStatus::Active, "ready in the state {:?}", service.status);
    }
    if described && !was_ready {
        assert!(plan.is_empty() && plan.unknown.is_empty(), "newly ready with {plan:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn ready_tells_the_truth_and_saying_it_twice_changes_nothing(
        reconciles in vec(reconcile(), 1..8),
        begun in prop::sample::select(vec![fresh(), ready()]),
    ) {
        let mut status = begun;
        let mut now = now();
        for (reached, pause) in &reconciles {
            now = at(now.as_second() - at(0).as_second() + pause);
            let key = key_of(reached);
            let first = conclude(&key, reached, &status, &Timing::default(), now);
            let Some(next) = first.status else { continue };
            check(reached, &status, &next);
            let again = conclude(&key, reached, &next, &Timing::default(), now);
            prop_assert_eq!(again.status.as_ref(), Some(&next));
            prop_assert_eq!(again.events, []);
            status = next;
        }
    }
}
