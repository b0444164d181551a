//! The rules of execution without its calls, for the model: what permits a Create, how one ended, what is remembered of a write.

use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;
use privatelink::{CreateVpcEndpointServiceRequest, EndpointService};

use super::{attempt, send};
use crate::cloud::services::Created;
use crate::identity::CreateRecord;
use crate::kubernetes::LatestObject;
use crate::vpc_endpoint_service::observe::AttemptEnd;
use crate::vpc_endpoint_service::resolve::Resolved;

pub(crate) fn permits_create(held: &LatestObject, resolved: &Resolved, record: &CreateRecord) -> bool {
    super::permits_create(held, resolved, record)
}

pub(crate) fn is_in_time(began: Timestamp, since: Timestamp, window: Duration) -> bool {
    super::is_in_time(began, since, window)
}

pub(crate) fn end_of(answer: Result<Option<&str>, &Error>) -> Option<AttemptEnd> {
    attempt::end_of(answer)
}

pub(crate) fn already_done(answer: Result<Option<String>, Error>) -> Result<Option<String>, Error> {
    super::already_done(answer)
}

pub(crate) fn created(answer: EndpointService, request: &CreateVpcEndpointServiceRequest) -> Option<Created> {
    send::created(answer, request)
}
