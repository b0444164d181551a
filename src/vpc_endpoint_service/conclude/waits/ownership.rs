//! Sentences on services that an object does not have, or must not touch: gone, of an earlier object, without its tags, one too many.

use privatelink::ServiceStatus;

use crate::crd::Reason;
use crate::names::{ADOPT_TAG, CLUSTER_TAG};
use crate::vpc_endpoint_service::conclude::assessment::ConditionSet;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::conclude::messages;
use crate::vpc_endpoint_service::observe::ServiceView;
use crate::vpc_endpoint_service::plan::{Misfit, misfits};

pub(super) fn gone(service_id: &str) -> ConditionSet {
    ConditionSet::stalled(
        Reason::ServiceGone,
        format!(
            "The service {service_id} was deleted in the cloud; it is not recreated, because consumers use its name. Set whenGone to Recreate to \
             have it recreated, or delete the object."
        ),
    )
}

pub(super) fn many(others: &[String], is_live: bool) -> String {
    let only_one = if is_live { "" } else { ", and only one is this object's" };
    let others = messages::list(others);
    format!("More services carry this object's UID{only_one}; delete them or remove their tags: {others}.")
}

pub(super) fn former(inputs: &Inputs<'_>, service_id: &str, settled: bool) -> ConditionSet {
    let is_leaving = inputs.observed().is_some_and(|observed| {
        matches!(&observed.service, ServiceView::Former(service) if service.status == ServiceStatus::Deleting)
    });
    let message = former_message(inputs, service_id);
    match (is_leaving, settled) {
        (true, _) => ConditionSet::reconciling(
            Reason::WaitingForFormerService,
            format!("The service {service_id} of an earlier object of this namespace and name is being deleted."),
        ),
        (false, true) => ConditionSet::stalled(Reason::FormerServiceExists, message),
        (false, false) => ConditionSet::reconciling(Reason::FormerServiceExists, message),
    }
}

/// What to do about a former service. One that does not fit can never be this object's.
fn former_message(inputs: &Inputs<'_>, service_id: &str) -> String {
    let exists = format!("The service {service_id} of an earlier object of this namespace and name still exists");
    let remove = "delete it, or remove its privatelink-operator tags, to have a new one created";
    let misfits = former_misfits(inputs);
    if misfits.is_empty() {
        let (namespace, name) = (&inputs.key.namespace, &inputs.key.name);
        return format!("{exists}; tag it {ADOPT_TAG}={namespace}.{name} to have this object adopt it, or {remove}.");
    }
    format!("{exists}; this object cannot adopt it, because {}: {remove}.", messages::misfits(&misfits))
}

fn former_misfits(inputs: &Inputs<'_>) -> Vec<Misfit> {
    let service = inputs.observed().and_then(|observed| match &observed.service {
        ServiceView::Former(service) => Some(service),
        _ => None,
    });
    let fitted = service.zip(inputs.resolved());
    fitted.map(|(service, resolved)| misfits(&resolved.spec, service)).unwrap_or_default()
}

/// A service without our tags. One that carries another cluster's is that one's: its tags are not to be changed.
pub(super) fn not_owned(inputs: &Inputs<'_>, service_id: &str) -> String {
    let cluster = match inputs.observed().map(|observed| &observed.service) {
        Some(ServiceView::Foreign(service)) => service.tags.get(CLUSTER_TAG),
        _ => None,
    };
    let owner = inputs.resolved().map(|resolved| &resolved.owner.cluster);
    match cluster.filter(|cluster| Some(*cluster) != owner) {
        Some(cluster) => format!(
            "The service {service_id} that the status names belongs to another cluster ({}), so it is not touched; if this object was \
             copied from there, delete it with deletionPolicy Retain and apply it again without its status.",
            messages::clip(cluster, 64)
        ),
        None => format!(
            "The service {service_id} does not carry this object's tags, so it is not touched; restore the tags, or delete the \
             object with deletionPolicy Retain."
        ),
    }
}
