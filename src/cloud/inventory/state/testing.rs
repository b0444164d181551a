//! What makes two states the same for the model: everything that is handed out, or decides what is. Not the rhythm of the sweeps, the
//! breakers and the figures: the model itself says when a sweep begins.

use std::hash::{Hash, Hasher};

use super::State;

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self {
            about,
            swept,
            sweep_error: _,
            connections_error: _,
            details_errors: _,
            own,
            view,
            deep,
            connections,
            objects,
            services_rhythm: _,
            services_wishes: _,
            connections_rhythm: _,
            connections_wishes: _,
            details: _,
            breakers: _,
            words: _,
            figures: _,
        } = self;
        (&about.process, about.process_start).hash(hasher);
        (swept, own, view, deep, connections, objects).hash(hasher);
    }
}
