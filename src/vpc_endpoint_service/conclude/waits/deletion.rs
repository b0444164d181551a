//! Sentences on what blocks a deletion.

use std::collections::BTreeSet;

use cloud_core::ErrorKind;

use crate::crd::{VpcEndpointServiceSpec, WhenConnected};
use crate::identity::DefinitionUnknown;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::conclude::messages;
use crate::vpc_endpoint_service::connections::Consumer;

pub(super) fn not_owned(service_id: &str) -> String {
    format!(
        "The service {service_id} no longer carries this object's tags, so it is not deleted; restore the tags, or set \
         spec.deletionPolicy to Retain."
    )
}

pub(super) fn consumers(inputs: &Inputs<'_>, spec: &VpcEndpointServiceSpec, endpoints: &[Consumer]) -> String {
    let refusals = inputs.observed().map_or(&[][..], |observed| &observed.own.refusals);
    let codes: BTreeSet<&str> = refusals
        .iter()
        .filter(|refusal| refusal.kind == ErrorKind::DependencyFirst)
        .filter_map(|refusal| refusal.code.as_deref())
        .collect();
    let code = codes.first().map_or_else(String::new, |code| format!(" (the provider answers {code})"));
    let remedy = remedy(spec);
    if endpoints.is_empty() {
        return format!(
            "Deletion blocked: the provider reports connected endpoints{code}, but its list shows none. {remedy}"
        );
    }
    let count = connected(endpoints.len());
    format!("Deletion blocked by {count}{code}: {}. {remedy}", messages::consumers(endpoints))
}

fn remedy(spec: &VpcEndpointServiceSpec) -> &'static str {
    match spec.when_connected {
        WhenConnected::Block => {
            "Have their owners delete the endpoints, disconnect them in the provider's console, set spec.whenConnected to Disconnect, or set \
             spec.deletionPolicy to Retain."
        }
        // They are disconnected already.
        WhenConnected::Disconnect => "Have their owners delete the endpoints, or set spec.deletionPolicy to Retain.",
    }
}

/// The consumers have time to leave by themselves.
pub(super) fn disconnect_due(spec: &VpcEndpointServiceSpec, endpoints: &[Consumer]) -> String {
    let (count, seconds) = (connected(endpoints.len()), spec.disconnect_after_seconds.unwrap_or_default());
    format!(
        "Deletion waits for {count}: {}. They are disconnected {seconds} s after the deletion was requested \
         (spec.disconnectAfterSeconds).",
        messages::consumers(endpoints)
    )
}

pub(super) fn definition_unknown(why: &DefinitionUnknown) -> String {
    const NEEDED: &str = "Nothing is written to the cloud until the operator knows whether this object or its whole kind is being deleted.";
    match why {
        DefinitionUnknown::Refused(sentence) => format!(
            "{NEEDED} The API server refuses the read: {}. Grant the operator get on \
             customresourcedefinitions/vpcendpointservices.privatelink.alibabacloud.com, as config/rbac does; then the operator continues by itself.",
            messages::clip(sentence, 512)
        ),
        DefinitionUnknown::Missing => format!(
            "{NEEDED} The API server says that there is no CustomResourceDefinition vpcendpointservices.privatelink.alibabacloud.com; \
             install it again, or remove the finalizer by hand."
        ),
        DefinitionUnknown::Unanswered => {
            format!("{NEEDED} The API server gave no valid response; the operator retries by itself.")
        }
    }
}

pub(super) fn field_holds(inputs: &Inputs<'_>, field: &str) -> String {
    let service = messages::service(inputs.service_id());
    match field {
        "spec.suspend" => format!(
            "spec.suspend is true, so nothing is written to the cloud and {} stays as it is; set spec.suspend to false to continue the deletion.",
            messages::lower(&service)
        ),
        "spec.managementPolicy" => format!(
            "spec.managementPolicy is not Manage, so {} keeps the operator's tags, and --delete-orphans would delete it once the object is gone; set \
             spec.managementPolicy to Manage, with spec.deletionPolicy Retain to keep the service.",
            messages::lower(&service)
        ),
        _ => format!(
            "{field} is not acted on in this version, so {} is not deleted with credentials that the spec does not name; set {field} back to \
             default, or set spec.deletionPolicy to Retain.",
            messages::lower(&service)
        ),
    }
}

/// "7 connected endpoints".
fn connected(count: usize) -> String {
    match count {
        1 => "1 connected endpoint".to_owned(),
        _ => format!("{count} connected endpoints"),
    }
}
