//! Bugs of the apply.

use kube::api::{Patch, PatchParams};
use kube::{Api, Resource, ResourceExt};
use serde_json::json;

use super::Mutant;
use crate::crd::VpcEndpointService;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::client::connect;
use crate::names::STATUS_FIELD_MANAGER;

/// An object that was not there when its status was written is applied as a whole and by name, as a server-side apply does that names
/// no UID. That makes it anew where the rights allow it: those of `config/rbac` do not, so they are a defence of their own.
pub(crate) async fn upsert(object: &VpcEndpointService, written: &Result<(), KubernetesError>) {
    if !Mutant::ApplyRecreates.is_on() || *written != Err(KubernetesError::Gone) {
        return;
    }
    let body = json!({
        "apiVersion": VpcEndpointService::api_version(&()),
        "kind": VpcEndpointService::kind(&()),
        "metadata": { "name": object.name_any() },
        "spec": object.spec,
    });
    let Ok(client) = connect(&crate::args::Proxies::from_process()).await else { return };
    let objects = Api::<VpcEndpointService>::namespaced(client, &object.namespace().unwrap_or_default());
    let parameters = PatchParams::apply(STATUS_FIELD_MANAGER).force();
    if let Err(error) = objects.patch(&object.name_any(), &parameters, &Patch::Apply(body)).await {
        tracing::warn!(%error, "the mutant could not apply the object");
    }
}
