//! Sentences on the service that the spec wants adopted and that is not to be had.

use crate::crd::Reason;
use crate::names::{ADOPT_TAG, CLUSTER_TAG};
use crate::vpc_endpoint_service::conclude::assessment::ConditionSet;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::conclude::messages;
use crate::vpc_endpoint_service::handover::command;
use crate::vpc_endpoint_service::plan::AdoptionRefusal;

pub(super) fn refused(inputs: &Inputs<'_>, service_id: &str, refusal: &AdoptionRefusal, settled: bool) -> ConditionSet {
    let message = match refusal {
        AdoptionRefusal::NotHandedOver => not_handed_over(inputs, service_id),
        AdoptionRefusal::OfAnotherObject => format!(
            "The service {service_id} belongs to another object, so it is not adopted; delete that object with deletionPolicy Retain, then tag the \
             service again."
        ),
        AdoptionRefusal::Differs(misfits) => format!(
            "The service {service_id} cannot be adopted, because {}; delete this object, and create it again with what the service has.",
            messages::misfits(misfits)
        ),
        AdoptionRefusal::Leaving => format!(
            "The service {service_id} is being deleted, so it is not adopted; delete this object, and create it again without adopt."
        ),
    };
    if settled {
        ConditionSet::stalled(Reason::AdoptionRefused, message)
    } else {
        ConditionSet::reconciling(Reason::AdoptionRefused, message)
    }
}

/// Says nothing of the service itself: whoever writes a spec need not know what else the account has.
fn not_handed_over(inputs: &Inputs<'_>, service_id: &str) -> String {
    let owner = inputs.resolved().map(|resolved| (&resolved.owner, &resolved.target.region));
    let Some((owner, region)) = owner else { return Reason::AdoptionRefused.sentence().to_owned() };
    let (cluster, object) = (&owner.cluster, &owner.object);
    let command = command(region, service_id, cluster, object);
    format!(
        "In {region} no service {service_id} carries the tags {CLUSTER_TAG}={cluster} and {ADOPT_TAG}={object}, so it is not adopted. Somebody with rights \
         in the cloud sets them: {command}"
    )
}
