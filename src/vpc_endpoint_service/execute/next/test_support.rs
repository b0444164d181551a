//! What the model asks of a memory, to cut execution into events and to tell states apart.

use jiff::Timestamp;

use super::{Memory, Outcome, Plan};

impl Memory {
    pub(crate) fn is_finished(&self, plan: &Plan) -> bool {
        self.step(plan).is_none()
    }

    /// When the object was asked for that permits the Create which is about to be sent.
    pub(crate) fn permitted_at(&self) -> Option<Timestamp> {
        self.read.filter(|_| self.is_permitted)
    }

    pub(crate) fn planned_at(&self) -> Timestamp {
        self.planned_at
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}
