//! An explicit-state model: every order of events of a small world, searched for one that breaks a promise.
//!
//! Decisions are made by the functions that ship: `resolve`, `desired`, `plan`, `teardown`, `conclude`, the inventory's state with its
//! lists and pending writes, the rules of a Create. The model writes the world around them: a provider whose lists lag, whose answers get lost
//! and which forgets tokens; an API server; processes that die; people who edit, delete and strip; and time.

mod action;
mod cloud;
mod ending;
mod flaw;
mod kubernetes;
mod moment;
mod operator;
mod setup;
mod step;
mod tests;
mod world;

use stateright::{Model, Property};

use action::Action;
use setup::Setup;
use world::World;

impl Setup {
    /// Where the search begins.
    fn begin(&self) -> World {
        self.past.iter().fold(World::new(self), |mut world, action| {
            let mut possible = Vec::new();
            self.actions(&world, &mut possible);
            assert!(possible.contains(action), "{action:?} cannot happen, only {possible:?}");
            world.take(self, action);
            world
        })
    }
}

impl Model for Setup {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![self.begin()]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if world.broken.is_none() {
            action::possible(self, world, actions);
        }
    }

    fn next_state(&self, world: &World, action: Action) -> Option<World> {
        let mut next = world.clone();
        next.take(self, &action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("at most one live service for each UID", |_, world: &World| world.is_single()),
            Property::always("no service without an object whose finalizer is gone", |_, world: &World| {
                world.leaves_nothing()
            }),
            Property::always("every write and every Ready is justified", |_, world: &World| world.broken.is_none()),
            Property::always("without further faults it ends well", |setup, world: &World| world.ends_well(setup)),
            Property::sometimes("a second incarnation", |_, world: &World| world.is_in_second_incarnation()),
            Property::sometimes("two processes near a Create", |_, world: &World| world.are_two_near_a_create()),
            Property::sometimes("a service of a second object of the name", |_, world: &World| world.cloud.exists(1)),
            Property::sometimes("at rest with a reason", |_, world: &World| world.says("Stalled").is_some()),
            Property::sometimes("Ready", |_, world: &World| world.says("Ready").is_some()),
            Property::sometimes("gone after a deletion", |_, world: &World| world.released[0]),
            Property::sometimes("a Create repeated under its token", |_, world: &World| world.has_repeated()),
        ]
    }
}
