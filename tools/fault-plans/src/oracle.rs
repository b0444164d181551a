//! The oracles: each looks at one thing and complains, or has nothing to say.

mod bound;
mod concurrency;
mod end;
mod exports;
mod finalizer;
mod foreign;
mod owners;
mod readiness;
mod reads;
mod secret;
mod tokens;
mod witness;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use self::readiness::KNOWLEDGE;
pub use self::secret::forms as forms_of_secret;
pub(crate) use self::witness::witnessed;

use crate::evidence::Evidence;
use crate::harness::CloudLog;
use crate::plan::Plan;
use crate::reference::Reference;
use crate::workload::Workload;

/// What an oracle looks at.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) workload: &'static Workload,
    /// `None`: a reference run.
    pub(crate) plan: Option<&'a Plan>,
    /// How it goes without faults; `None`: this is the run that shows it.
    pub(crate) reference: Option<&'a Reference>,
    pub(crate) evidence: &'a Evidence,
    pub(crate) cloud_log: &'a Arc<CloudLog>,
    /// How old the knowledge may be that a status is made of, and how late it may be shown.
    pub(crate) knowledge: Duration,
}

/// An oracle.
type Oracle = fn(&Case<'_>) -> Vec<String>;

const ORACLES: [Oracle; 12] = [
    witness::look,
    owners::look,
    foreign::look,
    readiness::look,
    end::look,
    bound::look,
    secret::look,
    tokens::look,
    finalizer::look,
    concurrency::look,
    reads::look,
    exports::look,
];

/// Those that hold whatever else goes wrong, and however much of it at once.
const ALWAYS: [Oracle; 5] = [witness::look, owners::look, foreign::look, readiness::look, secret::look];

/// What those have to say that hold whatever else goes wrong.
pub(crate) fn complaints_always(case: &Case<'_>) -> Vec<String> {
    ALWAYS.iter().flat_map(|oracle| oracle(case)).chain(readiness::at_rest(case)).collect()
}

/// What all of them have to say.
pub(crate) fn complaints(case: &Case<'_>) -> Vec<String> {
    ORACLES.iter().flat_map(|oracle| oracle(case)).collect()
}
