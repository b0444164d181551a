//! What makes two states the same for the model: everything that is handed out, or decides what is. Not the schedule of the lists, the
//! breakers and the figures: the model itself says when a list begins.

use std::hash::{Hash, Hasher};

use super::State;
use crate::cloud::inventory::resource::Resource;

impl<R: Resource> Hash for State<R> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            about,
            snapshot,
            list_error: _,
            dependents_error: _,
            details_errors: _,
            pending,
            view,
            read,
            dependents,
            dependents_managers: _,
            are_dependents_moving: _,
            objects,
            schedule: _,
            refresh_requests: _,
            dependents_schedule: _,
            dependents_requests: _,
            details: _,
            breakers: _,
            unknown_states: _,
            figures: _,
        } = self;
        (&about.process, about.process_start).hash(hasher);
        (snapshot, pending, view, read, dependents, objects).hash(hasher);
    }
}
