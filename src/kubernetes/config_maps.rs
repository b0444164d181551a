//! ConfigMaps that an object owns: read one at a time, and written only as what was read. There is no list and no watch of ConfigMaps.

use std::collections::BTreeMap;
use std::fmt::Debug;

use futures::future::BoxFuture;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{DeleteParams, ObjectMeta, Patch, PatchParams, PostParams, Preconditions};
use kube::{Api, ResourceExt};
use serde_json::{Value, json};

use super::repeat::call;
use super::{ApiServer, Kind, KubernetesError};
use crate::identity::ObjectKey;
use crate::metrics::WriteKind;
use crate::names::{EXPORTED_BY_LABEL, OBJECT_FIELD_MANAGER};

/// A ConfigMap as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundConfigMap {
    pub version: ConfigMapVersion,
    pub data: BTreeMap<String, String>,
    /// The UIDs in its ownerReferences.
    pub owners: Vec<String>,
    /// The name of the object that the label says it is exported by.
    pub exported_by: Option<String>,
}

/// One version of one ConfigMap: a successor of the same name has another UID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigMapVersion {
    pub uid: String,
    pub resource_version: String,
}

/// Reads and writes the ConfigMaps of an object.
///
/// Nothing here overwrites what somebody else put there: a create fails where there is one, and a change or a deletion where it is not the very
/// version that was read.
pub trait ConfigMaps: Send + Sync + Debug {
    /// `None`: there is none of that name.
    fn read_config_map<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundConfigMap>, KubernetesError>>;

    /// Makes one that the object owns. [`KubernetesError::Conflict`]: there is one of that name.
    fn create_config_map<'a>(
        &'a self,
        owner: &'a ObjectKey,
        name: &'a str,
        data: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>>;

    /// Sets these keys, and takes those away that are `None`; all others stay. [`KubernetesError::Conflict`] or [`KubernetesError::Gone`]: it is not
    /// at this version any more.
    fn change_config_map<'a>(
        &'a self,
        owner: &'a ObjectKey,
        name: &'a str,
        version: &'a ConfigMapVersion,
        data: &'a BTreeMap<String, Option<String>>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>>;

    /// Deletes it. [`KubernetesError::Conflict`]: it is not at this version any more. One that is gone already is a success.
    fn delete_config_map<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
        version: &'a ConfigMapVersion,
    ) -> BoxFuture<'a, Result<(), KubernetesError>>;
}

impl FoundConfigMap {
    /// From an answer of the API server.
    pub fn of(config_map: ConfigMap) -> Self {
        let uid = config_map.uid().unwrap_or_default();
        let resource_version = config_map.resource_version().unwrap_or_default();
        Self {
            version: ConfigMapVersion { uid, resource_version },
            owners: config_map.owner_references().iter().map(|owner| owner.uid.clone()).collect(),
            exported_by: config_map.labels().get(EXPORTED_BY_LABEL).cloned(),
            data: config_map.data.unwrap_or_default(),
        }
    }
}

impl<K: Kind> ConfigMaps for ApiServer<K> {
    fn read_config_map<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundConfigMap>, KubernetesError>> {
        Box::pin(async move {
            let config_maps = self.config_maps(namespace);
            match call(self.deadline, || config_maps.get(name)).await {
                Ok(found) => Ok(Some(FoundConfigMap::of(found))),
                Err(KubernetesError::Gone) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn create_config_map<'a>(
        &'a self,
        owner: &'a ObjectKey,
        name: &'a str,
        data: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        Box::pin(async move {
            let config_maps = self.config_maps(&owner.namespace);
            let parameters =
                PostParams { field_manager: Some(OBJECT_FIELD_MANAGER.to_owned()), ..PostParams::default() };
            let wanted = config_map::<K>(owner, name, data);
            let made = call(self.deadline, || config_maps.create(&parameters, &wanted)).await?;
            self.metrics.kubernetes_write(WriteKind::Export);
            Ok(FoundConfigMap::of(made))
        })
    }

    fn change_config_map<'a>(
        &'a self,
        owner: &'a ObjectKey,
        name: &'a str,
        version: &'a ConfigMapVersion,
        data: &'a BTreeMap<String, Option<String>>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        Box::pin(async move {
            let config_maps = self.config_maps(&owner.namespace);
            let parameters =
                PatchParams { field_manager: Some(OBJECT_FIELD_MANAGER.to_owned()), ..PatchParams::default() };
            let patch = Patch::Merge(change(owner, version, data));
            let changed = call(self.deadline, || config_maps.patch(name, &parameters, &patch)).await?;
            self.metrics.kubernetes_write(WriteKind::Export);
            Ok(FoundConfigMap::of(changed))
        })
    }

    fn delete_config_map<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
        version: &'a ConfigMapVersion,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        Box::pin(async move {
            let config_maps = self.config_maps(namespace);
            let ConfigMapVersion { uid, resource_version } = version.clone();
            let preconditions = Preconditions { uid: Some(uid), resource_version: Some(resource_version) };
            let parameters = DeleteParams { preconditions: Some(preconditions), ..DeleteParams::default() };
            match call(self.deadline, || config_maps.delete(name, &parameters)).await {
                Ok(_) => {
                    self.metrics.kubernetes_write(WriteKind::Export);
                    Ok(())
                }
                Err(KubernetesError::Gone) => Ok(()),
                Err(error) => Err(error),
            }
        })
    }
}

impl<K: Kind> ApiServer<K> {
    fn config_maps(&self, namespace: &str) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), namespace)
    }
}

/// Owned by the object as its controller, so that the garbage collector takes it away with the object. It does not hold up the object's own deletion, for
/// which nothing of it is needed.
fn config_map<K: Kind>(owner: &ObjectKey, name: &str, data: &BTreeMap<String, String>) -> ConfigMap {
    let reference = OwnerReference {
        api_version: K::api_version(&()).into_owned(),
        kind: K::kind(&()).into_owned(),
        name: owner.name.clone(),
        uid: owner.uid.clone(),
        controller: Some(true),
        block_owner_deletion: Some(false),
    };
    ConfigMap {
        metadata: ObjectMeta {
            name: Some(name.to_owned()),
            namespace: Some(owner.namespace.clone()),
            labels: Some([(EXPORTED_BY_LABEL.to_owned(), owner.name.clone())].into()),
            owner_references: Some(vec![reference]),
            ..ObjectMeta::default()
        },
        data: Some(data.clone()),
        ..ConfigMap::default()
    }
}

/// A merge patch that carries UID and resource version: the API server answers 409 when either is no longer true.
fn change(owner: &ObjectKey, version: &ConfigMapVersion, data: &BTreeMap<String, Option<String>>) -> Value {
    let ConfigMapVersion { uid, resource_version } = version;
    json!({
        "metadata": {"uid": uid, "resourceVersion": resource_version, "labels": {EXPORTED_BY_LABEL: owner.name}},
        "data": data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::VpcEndpointService;

    fn owner() -> ObjectKey {
        ObjectKey {
            namespace: "team".into(),
            name: "orders".into(),
            uid: "u-1".into(),
            generation: 2,
            resource_version: "41".into(),
        }
    }

    #[test]
    fn a_new_one_names_the_very_object_as_its_controller() {
        let data = [("serviceId".to_owned(), "epsrv-1".to_owned())].into();
        let made = config_map::<VpcEndpointService>(&owner(), "facts", &data);
        assert_eq!(
            serde_json::to_value(&made).unwrap(),
            json!({
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": "facts",
                    "namespace": "team",
                    "labels": {"privatelink.alibabacloud.com/exported-by": "orders"},
                    "ownerReferences": [{
                        "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
                        "kind": "VpcEndpointService",
                        "name": "orders",
                        "uid": "u-1",
                        "controller": true,
                        "blockOwnerDeletion": false,
                    }],
                },
                "data": {"serviceId": "epsrv-1"},
            })
        );
    }

    #[test]
    fn a_change_names_the_version_that_was_read_and_takes_away_what_is_not_known_any_more() {
        let version = ConfigMapVersion { uid: "u-2".into(), resource_version: "7".into() };
        let data = [("serviceId".to_owned(), Some("epsrv-2".to_owned())), ("zoneIds".to_owned(), None)].into();
        assert_eq!(
            change(&owner(), &version, &data),
            json!({
                "metadata": {
                    "uid": "u-2",
                    "resourceVersion": "7",
                    "labels": {"privatelink.alibabacloud.com/exported-by": "orders"},
                },
                "data": {"serviceId": "epsrv-2", "zoneIds": null},
            })
        );
    }
}
