//! Taking over a service that this object did not create: one that `spec.adopt` names, or one that an earlier object of its name left.
//!
//! Both need consent from the cloud's side: the tag `privatelink-operator.adopt`, put on by somebody with rights there, names the object that the service is
//! given to. Only what an earlier object of this very cluster id, namespace and name left needs none, where the spec says `whenFormerExists: TakeOver`. What
//! belongs to an object that may exist is never taken.

use std::fmt::{self, Display, Formatter};

use jiff::Timestamp;
use privatelink::ServiceStatus;

use super::freshness::after;
use super::inputs::Inputs;
use super::{Next, Step, Wait, create};
use crate::cloud::services::observed::ServiceView;
use crate::cloud::services::{Field, Service, Value, Write};
use crate::crd::{VpcEndpointServiceSpec, WhenFormerExists};
use crate::names::{ADOPT_TAG, OBJECT_TAG, UID_TAG};
use crate::vpc_endpoint_service::observe::Look;

/// Why the service that `spec.adopt` names is not adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdoptionRefusal {
    /// No list shows it with our cluster tag and the tag that gives it to this object. Nothing else is said of such a service: it may be anybody's.
    NotHandedOver,
    /// It carries the UID of another object, and that was none of this name.
    OfAnotherObject,
    /// It is given to this object, and can never be what the spec wants.
    Differs(Vec<Misfit>),
    /// It is given to this object, and is being deleted.
    Leaving,
}

/// A value that the provider allows no change of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The name of the field in the spec.
    pub field: &'static str,
    pub wanted: String,
    pub found: String,
}

/// What the service has and can never be changed into what the spec wants. What the provider does not say is no obstacle.
pub fn misfits(spec: &VpcEndpointServiceSpec, service: &Service) -> Vec<Misfit> {
    let misfit = |field, wanted: &str, found: Option<&str>| {
        let found = found.filter(|found| *found != wanted)?;
        Some(Misfit { field, wanted: wanted.to_owned(), found: found.to_owned() })
    };
    let ip_version = service.attributes.get(&Field::AddressIpVersion).and_then(Value::as_text);
    let dual_stack = ip_version.filter(|found| *found == "DualStack");
    [
        misfit("serviceResourceType", spec.service_resource_type.as_str(), service.resource_type.as_deref()),
        misfit("payer", spec.payer.as_str(), service.payer.as_deref()),
        misfit("addressIpVersion", spec.address_ip_version.as_str(), dual_stack),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An object that adopts is about the service that its spec names, until that was its own once: it creates none instead.
pub(super) fn adoption(inputs: &Inputs<'_>) -> Option<Next> {
    let adopt = inputs.resolved.spec.adopt.as_ref()?;
    match &inputs.observed.service {
        ServiceView::ToAdopt(service) => Some(match refusal(inputs, service) {
            Some(refusal) => refused(inputs, &service.id, refusal),
            None => take_over(inputs, service),
        }),
        ServiceView::Absent { .. } | ServiceView::Former(_) if !was_managed(inputs) => {
            Some(refused(inputs, &adopt.service_id, AdoptionRefusal::NotHandedOver))
        }
        _ => None,
    }
}

/// The record is written when the service is taken over, so without one a status that names a service is not believed. A later incarnation stands for a
/// service that was created in place of the adopted one.
fn was_managed(inputs: &Inputs<'_>) -> bool {
    let Some(incarnation) = inputs.resolved.recorded_incarnation() else { return false };
    incarnation > 0 || inputs.created().is_some()
}

fn refusal(inputs: &Inputs<'_>, service: &Service) -> Option<AdoptionRefusal> {
    if !is_handed_over(inputs, service) && !is_left_to(inputs, service) {
        return Some(AdoptionRefusal::NotHandedOver);
    }
    if service.tags.contains_key(UID_TAG) && !is_former(inputs, service) {
        return Some(AdoptionRefusal::OfAnotherObject);
    }
    let misfits = misfits(&inputs.resolved.spec, service);
    if !misfits.is_empty() {
        return Some(AdoptionRefusal::Differs(misfits));
    }
    (service.status == ServiceStatus::Deleting).then_some(AdoptionRefusal::Leaving)
}

/// A lagging list may not show tags that were just put on.
fn refused(inputs: &Inputs<'_>, service_id: &str, refusal: AdoptionRefusal) -> Next {
    let service_id = service_id.to_owned();
    let sure = after(inputs.observed.own.first_seen, inputs.limits.consistency_window);
    let settled = inputs.observed.is_listed_since(sure);
    let look = (!settled).then_some(Look::List { not_before: sure });
    Next { look, ..Next::wait(Wait::AdoptionAllowed { service_id, refusal, settled }) }
}

/// A former service that is on its way out is only waited for; of one that stays, a lagging list may be the last trace.
pub(super) fn former_service(inputs: &Inputs<'_>) -> Option<Next> {
    let ServiceView::Former(service) = &inputs.observed.service else { return None };
    let is_leaving = service.status == ServiceStatus::Deleting;
    let is_given = is_handed_over(inputs, service) || is_left_to(inputs, service);
    if !is_leaving && is_given && !is_in_use(inputs, service) && misfits(&inputs.resolved.spec, service).is_empty() {
        return Some(take_over(inputs, service));
    }
    let service_id = service.id.clone();
    let sure = after(inputs.observed.own.first_seen, inputs.limits.consistency_window);
    let settled = !is_leaving && inputs.observed.is_listed_since(sure);
    let look = match (settled, is_leaving) {
        (true, _) => None,
        (false, true) => Some(inputs.observed.next_list_from(inputs.limits.blocked_poll_interval)),
        (false, false) => Some(Look::List { not_before: sure }),
    };
    Some(Next { look, ..Next::wait(Wait::FormerServiceGone { service_id, settled }) })
}

/// Somebody with rights in the cloud put the tag on it that gives it to this object.
fn is_handed_over(inputs: &Inputs<'_>, service: &Service) -> bool {
    service.tags.get(ADOPT_TAG) == Some(&inputs.resolved.owner.object)
}

/// An earlier object of this name left it, and this one is to have what that left.
fn is_left_to(inputs: &Inputs<'_>, service: &Service) -> bool {
    let is_wanted = inputs.resolved.spec.when_former_exists == WhenFormerExists::TakeOver;
    is_wanted && service.tags.contains_key(UID_TAG) && is_former(inputs, service)
}

/// The service is that of an earlier object of this name, which is known to exist no more.
fn is_former(inputs: &Inputs<'_>, service: &Service) -> bool {
    service.tags.get(OBJECT_TAG) == Some(&inputs.resolved.owner.object) && !is_in_use(inputs, service)
}

/// The object whose UID it carries may exist: somebody may have changed the name on the service, and not the UID.
fn is_in_use(inputs: &Inputs<'_>, service: &Service) -> bool {
    service.tags.contains_key(UID_TAG) && !inputs.observed.is_owner_gone
}

/// Our tags make it this object's. Before that nobody may be about to create one for the object, this process as little as another.
fn take_over(inputs: &Inputs<'_>, service: &Service) -> Next {
    let tag = || Step::write(&service.id, Write::Tag(inputs.resolved.owner.tags()));
    if !inputs.is_acting() {
        return Next::steps(vec![tag()]);
    }
    if let Some(first) = create::settle_others(inputs) {
        return first;
    }
    let last_create = inputs.observed.own.last_open_effect(inputs.limits);
    let settled = last_create.map_or(Timestamp::MIN, |last| after(last, inputs.limits.consistency_window));
    if !inputs.observed.is_listed_since(settled) {
        return Next::list_from(settled);
    }
    inputs
        .observed
        .awaits_proof(service, Timestamp::MIN, inputs.limits, inputs.now)
        .unwrap_or_else(|| Next::steps(vec![tag()]))
}

impl Display for Misfit {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let Self { field, wanted, found } = self;
        write!(formatter, "its {field} is {found}, the spec wants {wanted}")
    }
}
