//! What is said of an object whose account or region cannot be worked in, with the ways out.

use super::inputs::Inputs;
use super::messages;
use crate::crd::Reason;
use crate::vpc_endpoint_service::resolve::{NamedBy, ResolveError};

/// What is the matter, and what to do.
pub(super) fn message(inputs: &Inputs<'_>, error: &ResolveError) -> String {
    let (matter, remedy) = match error {
        ResolveError::AccountMismatch { recorded, actual } => (
            format!(
                "{} was created in account {recorded}, and the operator's credentials belong to account {actual}, so nothing is written.",
                messages::service(inputs.service_id())
            ),
            format!("Give the operator credentials of account {recorded}."),
        ),
        ResolveError::RegionMissing => (Reason::RegionMissing.sentence().to_owned(), String::new()),
        ResolveError::RegionUnusable { region, named_by, reason } => (
            format!("The operator cannot call region {region}, which {named_by} names: {reason}."),
            unusable(*named_by).to_owned(),
        ),
        ResolveError::RegionMismatch { wanted, named_by, status } => (
            format!(
                "Region {wanted} is named by {named_by}, region {status} by the status, so nothing is written in either."
            ),
            mismatch(inputs, wanted, *named_by, status),
        ),
        ResolveError::ProviderConfigUnavailable { .. } | ResolveError::AccountUnknown(_) => {
            (format!("{error}."), String::new())
        }
    };
    [matter, remedy, retain(inputs)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn unusable(named_by: NamedBy) -> &'static str {
    match named_by {
        NamedBy::Record => {
            "Correct the region in the annotation, or remove the annotation: then spec.region counts, or else the operator's --region."
        }
        // It is immutable, and nothing was created in a region that cannot be called.
        NamedBy::Spec => "Delete the object and create it again with a region of the provider's in spec.region.",
        NamedBy::Default => "Correct the operator's --region or its endpoint flags.",
    }
}

fn mismatch(inputs: &Inputs<'_>, wanted: &str, named_by: NamedBy, status: &str) -> String {
    let other = match named_by {
        NamedBy::Record => format!("put {status} into the annotation"),
        NamedBy::Spec => format!("create another object with spec.region {status}, and let this one go"),
        NamedBy::Default => format!("set the operator's --region to {status}"),
    };
    format!(
        "If the service is in {wanted}, clear the status: kubectl -n {} patch vpces {} --subresource=status --type merge -p \
         '{{\"status\":{{\"region\":null}}}}'. If it is in {status}, {other}.",
        inputs.key.namespace, inputs.key.name
    )
}

/// The way out that needs no cloud.
pub(super) fn retain(inputs: &Inputs<'_>) -> String {
    let how = if inputs.deleting().is_some() {
        "Or set spec.deletionPolicy to Retain"
    } else {
        "Or set spec.deletionPolicy to Retain and delete the object"
    };
    format!("{how}: the object is released, and the service stays in the cloud with the operator's tags.")
}
