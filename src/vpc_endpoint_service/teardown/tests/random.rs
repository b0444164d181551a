//! What holds in every scenario, however odd.

use proptest::prelude::*;

use super::*;
use crate::crd::{DeletionPolicy, WhenConnected};
use crate::vpc_endpoint_service::plan::fixtures::now;
use crate::vpc_endpoint_service::plan::fixtures::random::{any_scenario, owned_ids};

fn dying_scenario() -> impl Strategy<Value = Scenario> {
    any_scenario().prop_map(|mut scenario| {
        if scenario.resolved.life == Life::Live {
            scenario.resolved.life = Life::Deleting { since: at(990) };
        }
        scenario
    })
}

fn managed(scenario: Scenario, policy: &str) -> Scenario {
    scenario.spec(json!({ "managementPolicy": "Manage", "deletionPolicy": policy }))
}

/// The ids of all services that are shown as the object's, whatever tags they carry.
fn shown(scenario: &Scenario) -> usize {
    match &scenario.observed.service {
        ServiceView::Ours(_) => 1,
        ServiceView::Many(services) => services.len(),
        _ => 0,
    }
}

fn is_released(plan: &Plan) -> bool {
    plan.steps.contains(&Step::ReleaseFinalizer)
}

fn any_obstacle() -> impl Strategy<Value = fn(&mut Scenario)> {
    prop_oneof![
        Just(refuse as fn(&mut Scenario)),
        Just(miss as fn(&mut Scenario)),
        Just(silence as fn(&mut Scenario)),
        Just(suspend as fn(&mut Scenario)),
        Just(kind_goes as fn(&mut Scenario)),
    ]
}

fn refuse(scenario: &mut Scenario) {
    scenario.resolved.definition = Definition::Unknown(DefinitionUnknown::Refused("no".to_owned()));
}

fn miss(scenario: &mut Scenario) {
    scenario.resolved.definition = Definition::Unknown(DefinitionUnknown::Missing);
}

fn silence(scenario: &mut Scenario) {
    scenario.resolved.definition = Definition::Unknown(DefinitionUnknown::Unanswered);
}

fn suspend(scenario: &mut Scenario) {
    scenario.resolved.spec.suspend = true;
}

fn kind_goes(scenario: &mut Scenario) {
    scenario.resolved.definition = Definition::Goes;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_service_is_written_to_that_does_not_carry_both_tags_in_a_list_after_the_mark(scenario in dying_scenario()) {
        let Life::Deleting { since } = scenario.resolved.life else { unreachable!() };
        let plan = scenario.teardown();
        for id in plan.steps.iter().filter_map(Step::service_id) {
            prop_assert!(owned_ids(&scenario).contains(id), "{plan:?}");
            prop_assert!(scenario.observed.as_of >= Some(since));
        }
    }

    #[test]
    fn under_delete_the_finalizer_stays_while_a_service_is_shown(scenario in dying_scenario()) {
        let scenario = managed(scenario, "Delete");
        let plan = scenario.teardown();
        prop_assert!(!is_released(&plan) || shown(&scenario) == 0);
        prop_assert!(!is_released(&plan) || !matches!(scenario.observed.service, ServiceView::NotYetListed | ServiceView::Foreign(_)));
    }

    #[test]
    fn under_retain_the_finalizer_goes_only_after_every_untag(scenario in dying_scenario()) {
        let scenario = managed(scenario, "Retain");
        let plan = scenario.teardown();
        let untagged = plan.steps.iter().filter(|step| matches!(step, Step::Write { write: Write::Untag(_), .. })).count();
        let is_refused = scenario.observed.own.refusals.iter().any(|one| one.operation == Operation::UntagResources.into());
        prop_assert!(!is_released(&plan) || untagged == shown(&scenario) || is_refused);
    }

    #[test]
    fn nothing_is_created_and_nobody_let_in_by_a_teardown(scenario in dying_scenario()) {
        for step in scenario.teardown().steps {
            match step {
                Step::Write { write: Write::Attributes(change), .. } => {
                    let off = Attributes::default().with(Field::AutoAcceptEnabled, false);
                    prop_assert_eq!(change, off);
                }
                Step::Write { write: Write::Untag(_) | Write::Detach { .. } | Write::Disconnect(_) | Write::Delete, .. }
                | Step::ReleaseFinalizer => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_unknown_and_what_forbids_permits_no_write_to_the_cloud_and_no_look_at_it(
        scenario in dying_scenario(), obstruct in any_obstacle()
    ) {
        let mut scenario = scenario;
        obstruct(&mut scenario);
        let plan = scenario.teardown();
        prop_assert!(plan.steps.iter().all(|step| *step == Step::ReleaseFinalizer), "{plan:?}");
        prop_assert_eq!(plan.look, None);
    }

    #[test]
    fn releasing_is_the_last_step(scenario in dying_scenario()) {
        let steps = scenario.teardown().steps;
        let position = steps.iter().position(|step| *step == Step::ReleaseFinalizer);
        prop_assert!(position.is_none_or(|position| position == steps.len() - 1));
    }

    #[test]
    fn nothing_is_taken_down_while_a_consumer_is_live(scenario in dying_scenario()) {
        let live = scenario.observed.connections.as_ref().is_some_and(|connections| {
            connections.list.iter().any(|one| one.status == ConnectionStatus::Connected)
        });
        let is_end = |step: &Step| matches!(step, Step::Write { write: Write::Detach { .. } | Write::Delete, .. });
        prop_assert!(!live || !scenario.teardown().steps.iter().any(is_end));
    }

    #[test]
    fn nobody_is_cut_off_but_under_disconnect_when_it_is_time_and_who_is_connected_by_a_look_after_the_mark(
        scenario in dying_scenario()
    ) {
        let Life::Deleting { since } = scenario.resolved.life else { unreachable!() };
        let spec = &scenario.resolved.spec;
        let cut: Vec<_> = scenario.teardown().steps.into_iter().filter_map(|step| match step {
            Step::Write { write: Write::Disconnect(endpoint_id), .. } => Some(endpoint_id),
            _ => None,
        }).collect();
        if !cut.is_empty() {
            let seconds = i64::from(spec.disconnect_after_seconds.unwrap_or_default());
            let due = since.saturating_add(jiff::SignedDuration::from_secs(seconds)).unwrap();
            prop_assert!(spec.when_connected == WhenConnected::Disconnect && due <= now());
            prop_assert!(spec.effective_deletion_policy() == DeletionPolicy::Delete && !spec.suspend);
            let connections = scenario.observed.connections.as_ref().unwrap();
            prop_assert!(connections.as_of >= since);
            let is_connected = |id: &String| {
                connections.list.iter().any(|one| one.endpoint_id == *id && one.status == ConnectionStatus::Connected)
            };
            prop_assert!(cut.iter().all(is_connected));
        }
    }

    #[test]
    fn an_object_with_the_finalizer_always_has_something_to_do_or_to_wait_for(scenario in dying_scenario()) {
        let mut scenario = scenario;
        scenario.resolved.finalizers = vec![crate::names::FINALIZER.to_owned()];
        prop_assert!(!scenario.teardown().is_empty());
    }
}
