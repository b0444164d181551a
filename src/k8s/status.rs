//! The status, by server-side apply: the operator owns every field that it writes, and takes back what it no longer says.

use std::fmt::Debug;

use futures::future::BoxFuture;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::repeat::call;
use super::{ApiServer, KubernetesError};
use crate::controller::vpc_endpoint_service::resolve::ObjectKey;
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::metrics::WriteKind;
use crate::names::STATUS_FIELD_MANAGER;

/// Whether a status had to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Changed,
    /// The stored one says the same already: nothing was sent.
    Unchanged,
}

/// Writes statuses.
pub trait StatusWriter: Send + Sync + Debug {
    /// Makes `wanted` the status of the object, unless `stored`, the newest one known, is equal to it. Never makes an object: the
    /// apply carries the UID, and an object that is gone is [`KubernetesError::Gone`] or [`KubernetesError::Conflict`].
    fn put_status<'a>(
        &'a self,
        key: &'a ObjectKey,
        stored: Option<&'a VpcEndpointServiceStatus>,
        wanted: &'a VpcEndpointServiceStatus,
    ) -> BoxFuture<'a, Result<Written, KubernetesError>>;
}

impl StatusWriter for ApiServer {
    fn put_status<'a>(
        &'a self,
        key: &'a ObjectKey,
        stored: Option<&'a VpcEndpointServiceStatus>,
        wanted: &'a VpcEndpointServiceStatus,
    ) -> BoxFuture<'a, Result<Written, KubernetesError>> {
        Box::pin(async move {
            if stored == Some(wanted) {
                return Ok(Written::Unchanged);
            }
            let objects = self.objects(&key.namespace);
            let parameters = PatchParams::apply(STATUS_FIELD_MANAGER).force();
            let patch = Patch::Apply(apply(key, wanted));
            let object = call(self.deadline, || objects.patch_status(&key.name, &parameters, &patch)).await?;
            self.wrote(&key.uid, &object, WriteKind::Status);
            Ok(Written::Changed)
        })
    }
}

/// An apply without the UID would be an upsert: it could make an object that somebody just deleted.
fn apply(key: &ObjectKey, status: &VpcEndpointServiceStatus) -> Value {
    use kube::Resource;
    json!({
        "apiVersion": VpcEndpointService::api_version(&()),
        "kind": VpcEndpointService::kind(&()),
        "metadata": { "name": key.name, "namespace": key.namespace, "uid": key.uid },
        "status": status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_apply_names_the_very_object_and_nothing_but_its_status() {
        let key = ObjectKey {
            namespace: "team".into(),
            name: "service".into(),
            uid: "u-1".into(),
            generation: 2,
            resource_version: "41".into(),
        };
        let status = VpcEndpointServiceStatus { service_id: Some("epsrv-1".into()), ..Default::default() };
        assert_eq!(
            apply(&key, &status),
            json!({
                "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
                "kind": "VpcEndpointService",
                "metadata": {"name": "service", "namespace": "team", "uid": "u-1"},
                "status": {"serviceId": "epsrv-1"},
            })
        );
    }
}
