//! What makes two states the same for the model: everything that is handed out, or decides what is. Not the rhythm of the sweeps, the
//! breakers and the figures: the model itself says when a sweep begins.

use std::hash::{Hash, Hasher};

use super::State;
use crate::cloud::inventory::resource::Resource;

impl<R: Resource> Hash for State<R> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            about,
            swept,
            sweep_error: _,
            dependents_error: _,
            details_errors: _,
            own,
            view,
            read,
            dependents,
            objects,
            rhythm: _,
            wishes: _,
            dependents_rhythm: _,
            dependents_wishes: _,
            details: _,
            breakers: _,
            words: _,
            figures: _,
        } = self;
        (&about.process, about.process_start).hash(hasher);
        (swept, own, view, read, dependents, objects).hash(hasher);
    }
}
