//! Execution without its calls, for the model.

use cloud_core::Error;

use super::attempt;
pub(crate) use super::next::{Effect, Memory, Remember, next};
use crate::vpc_endpoint_service::observe::AttemptEnd;

pub(crate) fn end_of(answer: Result<Option<&str>, &Error>) -> Option<AttemptEnd> {
    attempt::end_of(answer)
}
