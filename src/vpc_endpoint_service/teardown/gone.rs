//! Nothing is shown: is nothing there?

use jiff::Timestamp;

use super::inputs::Inputs;
use crate::cloud::services::observed::{NamedId, ServiceView};
use crate::vpc_endpoint_service::observe::Look;
use crate::vpc_endpoint_service::plan::freshness::{after, believed_create_time, fate};
use crate::vpc_endpoint_service::plan::{Next, Step, Wait};

/// The last step.
pub(super) fn release() -> Next {
    Next::steps(vec![Step::ReleaseFinalizer])
}

/// Under `Delete`: a known service must be gone by Get as well; of an unknown one, the list must have begun late enough to show it.
pub(super) fn deleted(inputs: &Inputs<'_>) -> Option<Next> {
    if !inputs.services().is_empty() {
        return None;
    }
    let open = unproven(inputs).or_else(|| unsettled(inputs));
    Some(open.unwrap_or_else(release))
}

/// Under `Retain`: nothing may be shown that carries the object's UID, in a list that would show it.
pub(super) fn let_go(inputs: &Inputs<'_>) -> Next {
    let is_known = inputs.known_id().is_some();
    let hidden = if is_known { hidden_until(inputs) } else { Timestamp::MIN };
    if !inputs.observed.is_listed_since(hidden) {
        return Next::list_from(hidden);
    }
    unsettled(inputs).unwrap_or_else(release)
}

/// What is still to be asked about the service that is known by its id.
fn unproven(inputs: &Inputs<'_>) -> Option<Next> {
    let service_id = inputs.known_id()?.to_owned();
    match &inputs.observed.service {
        // It exists under somebody else's tags: ours must come back, or the policy must change.
        ServiceView::Former(service) if service.id == service_id => {
            Some(Next::wait(Wait::OwnershipRestored { service_id }))
        }
        // A former service is shown only once what is known of the object is gone by Get.
        ServiceView::Former(_) => None,
        ServiceView::Absent { named } => match fate(named, &service_id) {
            Some(NamedId::Gone(_)) => None,
            Some(_) => {
                let look = inputs.observed.next_list_from(inputs.limits.blocked_poll_interval);
                Some(Next { look: Some(look), ..Next::wait(Wait::ServiceDeleted) })
            }
            None => Some(Next { look: Some(Look::Judge { service_id }), ..Next::wait(Wait::ServiceDeleted) }),
        },
        ServiceView::NotYetListed
        | ServiceView::Ours(_)
        | ServiceView::Foreign(_)
        | ServiceView::ToAdopt(_)
        | ServiceView::Many(_) => Some(Next::list_from(inputs.since)),
    }
}

/// The list to wait for while a Create may have been sent whose service nobody knows. The last one left within a window and a call of the
/// mark, and the lists lag behind it; a restart does not begin the wait again. No wait if this process knows that nothing was created.
fn unsettled(inputs: &Inputs<'_>) -> Option<Next> {
    let (limits, own) = (inputs.limits, &inputs.observed.own);
    let created_nothing = |record| own.is_author(record) && own.created_nothing(record);
    let all_known = inputs.known_id().is_some() && !inputs.resolved.is_next_incarnation();
    if all_known || inputs.resolved.record.as_ref().is_some_and(created_nothing) {
        return None;
    }
    let last_create = after(after(inputs.since, limits.create_window), limits.cloud_call_deadline);
    let settled = after(last_create, limits.consistency_window);
    (!inputs.observed.is_listed_since(settled)).then(|| Next::list_from(settled))
}

/// Until when a list may not show a service that is there: it is new, or an earlier process wrote to it just before this one began.
fn hidden_until(inputs: &Inputs<'_>) -> Timestamp {
    let created = believed_create_time(inputs.resolved, inputs.limits, inputs.now).unwrap_or(Timestamp::MIN);
    after(created.max(inputs.observed.own.first_seen), inputs.limits.consistency_window)
}
