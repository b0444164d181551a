//! An explicit-state model: every order of events of a small system, searched for one that breaks a promise.
//!
//! Decisions are made by the functions that ship: `resolve`, `desired`, `plan`, `teardown`, `conclude`, the inventory's state with its
//! lists and own writes, the rules of a Create. The model supplies what is around them: a provider whose lists lag, whose answers get lost
//! and which forgets tokens; an API server; processes that die; people who edit, delete and strip; and time.

mod action;
mod cloud;
mod ending;
mod endpoint;
mod event;
mod flaw;
mod kubernetes;
mod manifest;
mod moment;
mod operator;
mod promises;
mod setup;
mod state;
mod step;
mod tests;

use stateright::{Model, Property};

use action::Action;
use setup::Setup;
use state::State;

impl Setup {
    /// Where the search begins.
    fn begin(&self) -> State {
        self.past.iter().fold(State::new(self), |mut state, action| {
            let mut possible = Vec::new();
            self.actions(&state, &mut possible);
            assert!(possible.contains(action), "{action:?} cannot happen, only {possible:?}");
            state.take(self, action);
            state
        })
    }
}

impl Model for Setup {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.begin()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.broken.is_none() {
            action::possible(self, state, actions);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        next.take(self, &action);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("at most one live service for each UID", |_, state: &State| state.is_single()),
            Property::always("no service without an object whose finalizer is gone", |_, state: &State| {
                state.leaves_nothing()
            }),
            Property::always("every write and every Ready is justified", |_, state: &State| state.broken.is_none()),
            Property::always("without further faults it ends well", |setup, state: &State| state.ends_well(setup)),
            Property::sometimes("a second incarnation", |_, state: &State| state.is_in_second_incarnation()),
            Property::sometimes("two processes near a Create", |_, state: &State| state.are_two_near_a_create()),
            Property::sometimes("a service of a second object of the name", |_, state: &State| state.cloud.exists(1)),
            Property::sometimes("at rest with a reason", |_, state: &State| state.says("Stalled").is_some()),
            Property::sometimes("Ready", |_, state: &State| state.says("Ready").is_some()),
            Property::sometimes("gone after a deletion", |_, state: &State| state.released[0]),
            Property::sometimes("a service left behind", |_, state: &State| state.has_left_a_service()),
            Property::sometimes("an adopted service", |_, state: &State| state.has_adopted()),
            Property::sometimes("a consumer cut off", |_, state: &State| state.has_cut_off()),
            Property::sometimes("a load balancer replaced", |_, state: &State| state.has_replaced()),
            Property::sometimes("a principal of the edited spec", |_, state: &State| state.has_allowed_another()),
            Property::sometimes("a Create repeated under its token", |_, state: &State| state.has_repeated()),
        ]
    }
}
