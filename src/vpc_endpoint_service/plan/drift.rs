//! Which differences are drift that is only to be told, under `driftPolicy: Report`.
//!
//! A difference that is there while the status calls this very generation ready is drift: the spec was in force, and somebody changed the cloud.
//! After an edit, what the status told as drift before stays so, while the spec wants the same there as then. Everything else is the edit.

use std::mem;

use super::Difference;
use super::compare::Comparison;
use crate::cloud::services::Field;
use crate::crd::{Drift, DriftPolicy, ManagementPolicy};
use crate::names::OBJECT_TAG;
use crate::vpc_endpoint_service::resolve::Resolved;

/// The bounds of the schema.
const PATH_LENGTH: usize = 128;
const VALUE_LENGTH: usize = 256;

impl Difference {
    /// As the status tells it.
    pub fn drift(&self) -> Drift {
        let Self { field, wanted, found } = self;
        let text = |text: &str| (!text.is_empty()).then(|| clip(text, VALUE_LENGTH));
        Drift { field: Some(path(field)), wanted: text(wanted), found: text(found) }
    }
}

/// The path of a field in the spec, as a status and a message have room for it.
pub fn path(field: &Field) -> String {
    clip(&format!("spec.{field}"), PATH_LENGTH)
}

/// At most so many characters, the last of them an ellipsis where some are left out. A control character, which a terminal would obey, becomes a blank.
pub fn clip(text: &str, most: usize) -> String {
    let mut shown = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut clipped: String = shown.by_ref().take(most).collect();
    if shown.next().is_some() {
        clipped.pop();
        clipped.push('…');
    }
    clipped
}

/// Takes out of the comparison what is only to be told. `was_ready`: the status calls this generation ready.
pub(super) fn set_apart(comparison: &mut Comparison, resolved: &Resolved, was_ready: bool) -> Vec<Difference> {
    // What is only observed or planned is told whole: nothing of it was brought into force.
    let is_managed = resolved.spec.management_policy == ManagementPolicy::Manage;
    if resolved.spec.drift_policy != DriftPolicy::Report || !is_managed {
        return Vec::new();
    }
    let told = &resolved.hint.drift;
    let is_told = |difference: &Difference| {
        let drift = difference.drift();
        told.iter().any(|before| (&before.field, &before.wanted) == (&drift.field, &drift.wanted))
    };
    let mut reported =
        comparison.take(|difference| is_of_the_spec(&difference.field) && (was_ready || is_told(difference)));
    // What was told stays so whether its load balancer could be attached at the moment or not: otherwise it would be taken for an edit afterwards.
    reported.extend(mem::take(&mut comparison.withheld).into_iter().filter(is_told));
    reported
}

/// The operator's own tag is no field of the spec: it is put back under any policy.
fn is_of_the_spec(field: &Field) -> bool {
    !matches!(field, Field::Tag(key) if key == OBJECT_TAG)
}

impl Comparison {
    /// Gives back these differences. What would end them goes with them.
    fn take(&mut self, is_taken: impl Fn(&Difference) -> bool) -> Vec<Difference> {
        let (taken, kept) = mem::take(&mut self.differences).into_iter().partition(|difference| is_taken(difference));
        self.differences = kept;
        let taken: Vec<Difference> = taken;
        for difference in &taken {
            self.leave(&difference.field);
        }
        taken
    }

    /// Nothing is written to the field.
    fn leave(&mut self, field: &Field) {
        match field {
            Field::Tag(key) => {
                self.tag.remove(key);
                self.untag.remove(key);
            }
            Field::Resource(key) => {
                self.attach.remove(key);
                self.allocate.remove(key);
                self.keep_back.remove(key);
                self.unwanted.remove(key);
            }
            Field::Principal(account) => {
                self.add.remove(account);
                self.remove.remove(account);
            }
            Field::SupportedRegion(region) => {
                self.open_regions.remove(region);
                self.close_regions.remove(region);
            }
            // Who asks to be connected is answered: that is no difference.
            Field::Connection(endpoint_id) => {
                self.reshape.remove(endpoint_id);
                self.disconnect.remove(endpoint_id);
            }
            // No difference is ever noted of it.
            Field::ConnectionZone { .. } => {}
            Field::ResourceGroupId => self.resource_group_id = None,
            scalar => self.change = mem::take(&mut self.change).without(scalar),
        }
    }
}
