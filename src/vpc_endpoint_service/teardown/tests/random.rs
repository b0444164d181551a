//! What holds in every world, however odd.

use proptest::prelude::*;

use super::*;
use crate::vpc_endpoint_service::plan::fixtures::random::{any_world, owned_ids};

fn dying_world() -> impl Strategy<Value = World> {
    any_world().prop_map(|mut world| {
        if world.resolved.life == Life::Live {
            world.resolved.life = Life::Deleting { since: at(990) };
        }
        world
    })
}

fn managed(world: World, policy: &str) -> World {
    world.spec(json!({ "managementPolicy": "Manage", "deletionPolicy": policy }))
}

/// The ids of all services that are shown as the object's, whatever tags they carry.
fn shown(world: &World) -> usize {
    match &world.observed.service {
        ServiceView::Ours(_) => 1,
        ServiceView::Many(services) => services.len(),
        _ => 0,
    }
}

fn is_released(plan: &Plan) -> bool {
    plan.steps.contains(&Step::ReleaseFinalizer)
}

fn any_obstacle() -> impl Strategy<Value = fn(&mut World)> {
    prop_oneof![
        Just(refuse as fn(&mut World)),
        Just(miss as fn(&mut World)),
        Just(silence as fn(&mut World)),
        Just(suspend as fn(&mut World)),
        Just(kind_goes as fn(&mut World)),
    ]
}

fn refuse(world: &mut World) {
    world.resolved.definition = Definition::Unknown(DefinitionUnknown::Refused("no".to_owned()));
}

fn miss(world: &mut World) {
    world.resolved.definition = Definition::Unknown(DefinitionUnknown::Missing);
}

fn silence(world: &mut World) {
    world.resolved.definition = Definition::Unknown(DefinitionUnknown::Unanswered);
}

fn suspend(world: &mut World) {
    world.resolved.spec.suspend = true;
}

fn kind_goes(world: &mut World) {
    world.resolved.definition = Definition::Goes;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_service_is_written_to_that_does_not_carry_both_tags_in_a_list_after_the_mark(world in dying_world()) {
        let Life::Deleting { since } = world.resolved.life else { unreachable!() };
        let plan = world.teardown();
        for id in plan.steps.iter().filter_map(Step::service_id) {
            prop_assert!(owned_ids(&world).contains(id), "{plan:?}");
            prop_assert!(world.observed.as_of >= Some(since));
        }
    }

    #[test]
    fn under_delete_the_finalizer_stays_while_a_service_is_shown(world in dying_world()) {
        let world = managed(world, "Delete");
        let plan = world.teardown();
        prop_assert!(!is_released(&plan) || shown(&world) == 0);
        prop_assert!(!is_released(&plan) || !matches!(world.observed.service, ServiceView::NotYetSwept | ServiceView::Foreign(_)));
    }

    #[test]
    fn under_retain_the_finalizer_goes_only_after_every_untag(world in dying_world()) {
        let world = managed(world, "Retain");
        let plan = world.teardown();
        let untagged = plan.steps.iter().filter(|step| matches!(step, Step::Write { write: Write::Untag(_), .. })).count();
        let is_refused = world.observed.own.refusals.iter().any(|one| one.operation == Operation::UntagResources);
        prop_assert!(!is_released(&plan) || untagged == shown(&world) || is_refused);
    }

    #[test]
    fn nothing_is_made_and_nobody_let_in_by_a_teardown(world in dying_world()) {
        for step in world.teardown().steps {
            match step {
                Step::Write { write: Write::Attributes(change), .. } => {
                    let off = Attributes::default().with(Field::AutoAcceptEnabled, false);
                    prop_assert_eq!(change, off);
                }
                Step::Write { write: Write::Untag(_) | Write::Detach { .. } | Write::Delete, .. }
                | Step::ReleaseFinalizer => {}
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn what_is_unknown_and_what_forbids_permits_no_write_to_the_cloud_and_no_look_at_it(
        world in dying_world(), obstruct in any_obstacle()
    ) {
        let mut world = world;
        obstruct(&mut world);
        let plan = world.teardown();
        prop_assert!(plan.steps.iter().all(|step| *step == Step::ReleaseFinalizer), "{plan:?}");
        prop_assert_eq!(plan.look, None);
    }

    #[test]
    fn releasing_is_the_last_step(world in dying_world()) {
        let steps = world.teardown().steps;
        let position = steps.iter().position(|step| *step == Step::ReleaseFinalizer);
        prop_assert!(position.is_none_or(|position| position == steps.len() - 1));
    }

    #[test]
    fn nothing_is_taken_down_while_a_consumer_is_live(world in dying_world()) {
        let live = world.observed.connections.as_ref().is_some_and(|connections| {
            connections.list.iter().any(|one| one.status == ConnectionStatus::Connected)
        });
        let is_end = |step: &Step| matches!(step, Step::Write { write: Write::Detach { .. } | Write::Delete, .. });
        prop_assert!(!live || !world.teardown().steps.iter().any(is_end));
    }

    #[test]
    fn an_object_with_the_finalizer_always_has_something_to_do_or_to_wait_for(world in dying_world()) {
        let mut world = world;
        world.resolved.finalizers = vec![crate::names::FINALIZER.to_owned()];
        prop_assert!(!world.teardown().is_empty());
    }
}
