//! The operator does not let go of an object that is to live: its finalizer stays on.

use std::collections::BTreeMap;

use super::Case;
use crate::fault::Family;
use crate::harness::object;

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    // Then somebody else takes it off.
    if case.plan.is_some_and(|plan| plan.fault.family() == Family::Strip) {
        return Vec::new();
    }
    let mut held = BTreeMap::new();
    let mut lost = Vec::new();
    for object in case.evidence.sightings.iter().map(|sighting| &sighting.object) {
        let holds = object::has_finalizer(object);
        let held_before = held.insert(object::uid(object), holds) == Some(true);
        if held_before && !holds && !object::is_deleting(object) {
            lost.push(format!("{} lost the operator's finalizer while it was to live", object["metadata"]["name"]));
        }
    }
    lost
}
