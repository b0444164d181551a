//! Whether the CustomResourceDefinition that the API server has knows every field of this version. The API server silently drops what it does
//! not know: of a status the operator's word, of a spec the user's.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use kube::{Api, Client};

use super::repeat::call;
use super::{Kind, KubernetesError};

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
    use crate::crd::VpcEndpointService;

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
