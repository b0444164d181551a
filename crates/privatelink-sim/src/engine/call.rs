//! A call behind the gateway, and what it gets.

use jiff::Timestamp;

use super::Caller;
use crate::answer::Answer;
use crate::operations::Spec;
use crate::wire::params::Params;

/// What a call gets, and when.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) answer_at: Timestamp,
    pub(crate) answer: Answer,
}

/// A call that the gateway let in.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) spec: &'static Spec,
    pub(crate) caller: Caller,
    pub(crate) region: String,
    pub(crate) params: Params,
}
