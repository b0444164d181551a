//! Whether the CustomResourceDefinition that the API server has knows every field of this version. One that is older must not stop the
//! operator: the API server refuses to apply a status with a field that it does not know (500), so such fields are left out.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::{Api, Client};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Notify;

use super::repeat::call;
use super::{Kind, KubernetesError};

/// What the API server says of a field in an apply that its schema does not have.
const UNKNOWN_FIELD: &str = "field not declared in schema";

/// What is known of the installed definition; shared by who reads it and who writes statuses.
#[derive(Debug, Default)]
pub struct InstalledSchema {
    /// Paths in a status, such as `resources[].zoneIds`: none before the definition was read.
    lacking: RwLock<Vec<String>>,
    doubted: Notify,
}

impl InstalledSchema {
    /// Takes in which fields of the definition are missing.
    pub fn learn(&self, missing: &[String]) {
        let of_status = missing.iter().filter_map(|path| path.strip_prefix("status."));
        let lacking = of_status.map(str::to_owned).collect();
        *self.lacking.write().unwrap_or_else(PoisonError::into_inner) = lacking;
    }

    /// Returns once the API server has refused a field that it was thought to know.
    pub async fn doubted(&self) {
        self.doubted.notified().await;
    }

    /// Looks at why a status was refused.
    pub(super) fn refused(&self, error: &KubernetesError) {
        if matches!(error, KubernetesError::Unavailable(text) | KubernetesError::Invalid(text) if text.contains(UNKNOWN_FIELD))
        {
            self.doubted.notify_one();
        }
    }

    /// The status without the fields that would have it refused.
    pub(super) fn fit<'a, S: Serialize + DeserializeOwned + Clone>(&self, status: &'a S) -> Cow<'a, S> {
        let lacking = self.lacking.read().unwrap_or_else(PoisonError::into_inner);
        if lacking.is_empty() {
            return Cow::Borrowed(status);
        }
        let Ok(mut value) = serde_json::to_value(status) else { return Cow::Borrowed(status) };
        for path in lacking.iter() {
            remove(&mut value, path);
        }
        serde_json::from_value(value).map_or(Cow::Borrowed(status), Cow::Owned)
    }
}

/// Takes the field of this path out, wherever it is.
fn remove(value: &mut Value, path: &str) {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let name = first.trim_end_matches("[]");
    let Some(rest) = rest else {
        if let Some(fields) = value.as_object_mut() {
            fields.remove(name);
        }
        return;
    };
    let inner: Vec<&mut Value> = match (name, value) {
        ("*", Value::Object(fields)) => fields.values_mut().collect(),
        (name, Value::Object(fields)) => fields.get_mut(name).into_iter().collect(),
        _ => Vec::new(),
    };
    for value in inner {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| remove(item, rest)),
            other => remove(other, rest),
        }
    }
}

/// The fields of this version's definition that the installed one lacks, as paths, such as `spec.resources[].zoneIds`.
pub async fn missing_fields<K: Kind>(client: &Client, deadline: Duration) -> Result<Vec<String>, KubernetesError> {
    let definitions: Api<CustomResourceDefinition> = Api::all(client.clone());
    let installed = call(deadline, || definitions.get(K::crd_name())).await?;
    Ok(missing(&K::crd(), &installed))
}

fn missing(ours: &CustomResourceDefinition, installed: &CustomResourceDefinition) -> Vec<String> {
    let mut found = Vec::new();
    for version in &ours.spec.versions {
        let Some(wanted) = schema(ours, &version.name) else { continue };
        match schema(installed, &version.name) {
            Some(known) => compare(wanted, known, "", &mut found),
            None => found.push(format!("version {}", version.name)),
        }
    }
    found
}

fn schema<'a>(definition: &'a CustomResourceDefinition, version: &str) -> Option<&'a JSONSchemaProps> {
    let version = definition.spec.versions.iter().find(|known| known.name == version)?;
    version.schema.as_ref()?.open_api_v3_schema.as_ref()
}

fn compare(wanted: &JSONSchemaProps, known: &JSONSchemaProps, path: &str, found: &mut Vec<String>) {
    if known.x_kubernetes_preserve_unknown_fields == Some(true) {
        return;
    }
    let empty = BTreeMap::new();
    let known_fields = known.properties.as_ref().unwrap_or(&empty);
    for (name, wanted) in wanted.properties.iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match known_fields.get(name) {
            Some(known) => compare(wanted, known, &path, found),
            None => found.push(path),
        }
    }
    if let (Some(wanted), Some(known)) = (items(wanted), items(known)) {
        compare(wanted, known, &format!("{path}[]"), found);
    }
    if let (Some(wanted), Some(known)) = (values(wanted), values(known)) {
        compare(wanted, known, &format!("{path}.*"), found);
    }
}

fn items(schema: &JSONSchemaProps) -> Option<&JSONSchemaProps> {
    match schema.items.as_ref()? {
        JSONSchemaPropsOrArray::Schema(items) => Some(items),
        JSONSchemaPropsOrArray::Schemas(_) => None,
    }
}

fn values(schema: &JSONSchemaProps) -> Option<&JSONSchemaProps> {
    match schema.additional_properties.as_ref()? {
        JSONSchemaPropsOrBool::Schema(values) => Some(values),
        JSONSchemaPropsOrBool::Bool(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use kube::CustomResourceExt;
    use serde_json::{Value, json};

    use super::*;
    use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};

    /// This version's definition, after a change.
    fn changed(change: impl FnOnce(&mut Value)) -> CustomResourceDefinition {
        let mut definition = serde_json::to_value(VpcEndpointService::crd()).unwrap();
        change(&mut definition);
        serde_json::from_value(definition).unwrap()
    }

    fn properties(definition: &mut Value) -> &mut Value {
        &mut definition["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]
    }

    fn remove(parent: &mut Value, name: &str) {
        assert!(parent.as_object_mut().unwrap().remove(name).is_some(), "{name}");
    }

    #[test]
    fn the_own_definition_lacks_nothing() {
        assert_eq!(missing(&VpcEndpointService::crd(), &VpcEndpointService::crd()), [""; 0]);
    }

    #[test]
    fn fields_of_spec_status_and_lists_are_named_by_their_path() {
        let older = changed(|definition| {
            let properties = properties(definition);
            remove(&mut properties["spec"]["properties"], "whenGone");
            remove(&mut properties["spec"]["properties"]["resources"]["items"]["properties"], "zoneIds");
            remove(&mut properties["status"]["properties"], "lastRefreshTime");
        });
        assert_eq!(
            missing(&VpcEndpointService::crd(), &older),
            ["spec.resources[].zoneIds", "spec.whenGone", "status.lastRefreshTime"]
        );
        assert_eq!(missing(&older, &VpcEndpointService::crd()), [""; 0], "a newer one is none the worse");
    }

    #[test]
    fn a_status_fits_without_what_is_lacking_in_fields_lists_and_maps() {
        let mut status = json!({
            "a": 1,
            "b": {"c": 1, "d": 2},
            "list": [{"x": 1, "y": 2}, {"y": 3}],
            "map": {"k1": {"x": 1, "y": 2}, "k2": {"x": 3}},
        });
        for path in ["a", "b.c", "list[].x", "map.*.x", "none", "none.x", "a.x"] {
            super::remove(&mut status, path);
        }
        let left = json!({"b": {"d": 2}, "list": [{"y": 2}, {"y": 3}], "map": {"k1": {"y": 2}, "k2": {}}});
        assert_eq!(status, left);
    }

    #[test]
    fn a_status_is_as_it_was_unless_the_definition_lacks_a_field_of_it() {
        let schema = InstalledSchema::default();
        let status = VpcEndpointServiceStatus {
            service_id: Some("epsrv-1".into()),
            service_name: Some("name".into()),
            ..Default::default()
        };
        assert!(matches!(schema.fit(&status), Cow::Borrowed(_)));
        schema.learn(&["spec.serviceName".into(), "status.serviceName".into()]);
        let fitting = VpcEndpointServiceStatus { service_name: None, ..status.clone() };
        assert_eq!(schema.fit(&status).into_owned(), fitting);
        schema.learn(&[]);
        assert_eq!(schema.fit(&status).into_owned(), status);
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_refused_field_is_doubt() {
        let schema = InstalledSchema::default();
        let doubted = async || tokio::time::timeout(Duration::from_secs(1), schema.doubted()).await.is_ok();
        schema.refused(&KubernetesError::Unavailable("500 the machine is on fire".into()));
        schema.refused(&KubernetesError::Conflict);
        assert!(!doubted().await);
        let text = "500 failed to create typed patch object: .status.new: field not declared in schema";
        schema.refused(&KubernetesError::Unavailable(text.into()));
        assert!(doubted().await);
    }

    #[test]
    fn what_keeps_unknown_fields_lacks_none() {
        let open = changed(|definition| {
            properties(definition)["status"] = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        });
        assert_eq!(missing(&VpcEndpointService::crd(), &open), [""; 0]);
    }

    #[test]
    fn a_version_that_is_not_there_is_named() {
        let older = changed(|definition| definition["spec"]["versions"][0]["name"] = json!("v1alpha0"));
        let name = VpcEndpointService::crd().spec.versions[0].name.clone();
        assert_eq!(missing(&VpcEndpointService::crd(), &older), [format!("version {name}")]);
    }
}
