//! For what a service that is not created yet waits, in words that stay the same while it waits for the same.

use std::time::Duration;

use cloud_core::Rate;

use super::inputs::Inputs;
use crate::cloud::scheduler::NoPermit;
use crate::crd::Reason;
use crate::vpc_endpoint_service::execute::Stop;
use crate::vpc_endpoint_service::observe::Look;
use crate::vpc_endpoint_service::plan::Wait;

/// A list that may begin sooner than this is not worth a word: it is there before anybody has read one.
const MOMENT: Duration = Duration::from_secs(2);

const QUEUED: &str = "The service is not created yet: it is queued";

/// What is said of an object whose service is not created yet.
pub(super) fn message(inputs: &Inputs<'_>) -> String {
    lasting(inputs).unwrap_or_else(|| "The service is not created yet.".to_owned())
}

/// It waits for something that lasts, and the status says something else.
pub(super) fn is_new(inputs: &Inputs<'_>) -> bool {
    let is_not_created = inputs.previous.service_id.is_none() && inputs.service().is_none();
    if !is_not_created || !matches!(inputs.reason(), Some(Reason::Creating | Reason::Pending)) {
        return false;
    }
    let said = inputs.said().unwrap_or_default();
    // Whether the rate or others are before it may change with each call.
    lasting(inputs).is_some_and(|message| message != said && !(message.starts_with(QUEUED) && said.starts_with(QUEUED)))
}

fn lasting(inputs: &Inputs<'_>) -> Option<String> {
    queued(inputs).or_else(|| look_up(inputs).map(|why| format!("The service is not created yet: {why}.")))
}

fn queued(inputs: &Inputs<'_>) -> Option<String> {
    let Some(Stop::NoPermit(NoPermit::Queued { operation, rate })) = &inputs.outcome()?.stopped else { return None };
    Some(match rate {
        Some(Rate { calls, per }) => {
            let seconds = per.as_secs();
            format!("{QUEUED}, because the account may call {operation} {calls} times in {seconds} s and has done so.")
        }
        None => format!("{QUEUED} behind other objects of the account."),
    })
}

/// A list that must begin later than now.
fn look_up(inputs: &Inputs<'_>) -> Option<&'static str> {
    let plan = inputs.plan().filter(|plan| plan.wait == Some(Wait::List))?;
    let Some(Look::List { not_before }) = plan.look else { return None };
    if Duration::try_from(not_before.duration_since(inputs.now)).unwrap_or_default() < MOMENT {
        return None;
    }
    let record = inputs.resolved().and_then(|resolved| resolved.record.as_ref());
    let process = inputs.observed().map(|observed| observed.own.process.as_str());
    let is_of_others =
        record.is_some_and(|record| record.taken_over.is_some() || Some(record.owner.as_str()) != process);
    Some(if is_of_others {
        "another process of the operator may have created it under the create record, so the operator waits for a list that would show it"
    } else {
        "an earlier call may have created it, so the operator waits for a list that would show it"
    })
}
