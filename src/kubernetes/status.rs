//! The status, by server-side apply: the operator owns every field that it writes, and takes back what it no longer says.

use std::fmt::Debug;

use futures::future::BoxFuture;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use super::repeat::call;
use super::{ApiServer, Kind, KindStatus, KubernetesError, ObjectReader, StatusOf, merge};
use crate::identity::ObjectKey;
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
pub trait StatusWriter<K: Kind>: Send + Sync + Debug {
    /// Makes `wanted` the status of the object, unless `stored`, the newest one known, is equal to it. Never makes an object and never
    /// writes to a successor of the same name: an object that is gone is [`KubernetesError::Gone`] or [`KubernetesError::Conflict`].
    fn put_status<'a>(
        &'a self,
        key: &'a ObjectKey,
        stored: Option<&'a StatusOf<K>>,
        wanted: &'a StatusOf<K>,
    ) -> BoxFuture<'a, Result<Written, KubernetesError>>;
}

impl<K: Kind> StatusWriter<K> for ApiServer<K> {
    fn put_status<'a>(
        &'a self,
        key: &'a ObjectKey,
        stored: Option<&'a StatusOf<K>>,
        wanted: &'a StatusOf<K>,
    ) -> BoxFuture<'a, Result<Written, KubernetesError>> {
        Box::pin(async move {
            let wanted = &*self.schema.fit(wanted);
            if stored == Some(wanted) {
                return Ok(Written::Unchanged);
            }
            let known = self.freshness.newest(&key.uid, &key.resource_version);
            let object = match self.apply(key, &known, wanted).await {
                // Somebody changed the object meanwhile, and the status is as true as before: ids must not be lost to a label.
                Err(KubernetesError::Conflict) => {
                    let current = self.read(&key.id()).await?;
                    // Unless it was made from an object that was old already: then the status of a newer generation is truer.
                    if observed_generation(current.status()) > wanted.observed_generation() {
                        return Err(KubernetesError::Conflict);
                    }
                    self.apply(key, current.meta().resource_version.as_deref().unwrap_or_default(), wanted).await?
                }
                answer => answer?,
            };
            self.wrote(&key.uid, &object, WriteKind::Status);
            if let Some(patch) = merge::leftovers(&object, wanted) {
                self.take_back(key, patch).await?;
            }
            Ok(Written::Changed)
        })
    }
}

impl<K: Kind> ApiServer<K> {
    async fn apply(&self, key: &ObjectKey, resource_version: &str, status: &StatusOf<K>) -> Result<K, KubernetesError> {
        let objects = self.objects(&key.namespace);
        let parameters = PatchParams::apply(STATUS_FIELD_MANAGER).force();
        let patch = Patch::Apply(apply::<K>(key, resource_version, status));
        let applied = call(self.deadline, || objects.patch_status(&key.name, &parameters, &patch)).await;
        applied.inspect_err(|error| self.schema.refused(error))
    }

    /// An apply takes back only what this operator applied. What somebody else put into the status needs a patch of its own.
    async fn take_back(&self, key: &ObjectKey, patch: Value) -> Result<(), KubernetesError> {
        let objects = self.objects(&key.namespace);
        let parameters = PatchParams { field_manager: Some(STATUS_FIELD_MANAGER.to_owned()), ..PatchParams::default() };
        let patch = Patch::Merge(patch);
        let object = call(self.deadline, || objects.patch_status(&key.name, &parameters, &patch)).await?;
        self.wrote(&key.uid, &object, WriteKind::Status);
        Ok(())
    }
}

fn observed_generation(status: Option<&impl KindStatus>) -> Option<i64> {
    status.and_then(KindStatus::observed_generation)
}

/// The UID keeps the apply from making an object that somebody just deleted. Where a successor of the same name is there already, the
/// API server ignores it on a status; then the resource version stands in the way.
fn apply<K: Kind>(key: &ObjectKey, resource_version: &str, status: &StatusOf<K>) -> Value {
    json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {
            "name": key.name, "namespace": key.namespace, "uid": key.uid, "resourceVersion": resource_version,
        },
        "status": status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};

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
            apply::<VpcEndpointService>(&key, "42", &status),
            json!({
                "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
                "kind": "VpcEndpointService",
                "metadata": {"name": "service", "namespace": "team", "uid": "u-1", "resourceVersion": "42"},
                "status": {"serviceId": "epsrv-1"},
            })
        );
    }
}
