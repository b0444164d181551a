//! What the API server would make of a manifest, without storing it: an apply that is only tried.

mod three_way;

use std::fmt;
use std::time::Duration;

use kube::api::{ApiResource, DynamicObject, Patch, PatchParams, ValidationDirective};
use kube::{Api, Client, Resource, ResourceExt};
use serde_json::Value;

use super::KubernetesError;
use super::repeat::call;
use three_way::patch;

/// Where `kubectl apply` keeps what it applied last, unless it applies on the server's side.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The manager of those who apply on the server's side and say nothing else.
const KUBECTL: &str = "kubectl";

/// How a manifest comes into force. Only what was applied in the same way before is taken out when the manifest has it no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    ServerSide {
        manager: String,
    },
    /// From what was applied last, as `kubectl apply` and Argo CD do.
    ClientSide {
        last_applied: Value,
    },
}

/// Why nothing is known of what the manifest would become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untried {
    /// The API server does not serve the kind.
    NoKind,
    /// There is no such namespace, so there is no object either.
    NoNamespace,
    /// Whoever asks may not apply, with the API server's sentence.
    Forbidden(String),
    /// The manifest is refused: by the schema, by a rule, by an admission policy.
    Refused(String),
    Unavailable(String),
}

impl Manner {
    /// How this object was applied until now; a new one is applied on the server's side.
    pub fn of(live: Option<&DynamicObject>) -> Self {
        let Some(live) = live else { return Self::server_side(KUBECTL) };
        let entries = live.metadata.managed_fields.iter().flatten();
        let owns_spec = |fields: &Value| fields.get("f:spec").is_some();
        let mut appliers = entries.filter(|entry| {
            entry.operation.as_deref() == Some("Apply")
                && entry.subresource.is_none()
                && entry.fields_v1.as_ref().is_some_and(|fields| owns_spec(&fields.0))
        });
        if let Some(manager) = appliers.find_map(|entry| entry.manager.as_deref()) {
            return Self::server_side(manager);
        }
        let last_applied = live.annotations().get(LAST_APPLIED).and_then(|text| serde_json::from_str(text).ok());
        last_applied.map_or_else(|| Self::server_side(KUBECTL), |last_applied| Self::ClientSide { last_applied })
    }

    fn server_side(manager: &str) -> Self {
        Self::ServerSide { manager: manager.to_owned() }
    }
}

impl fmt::Display for Manner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ServerSide { manager } => write!(f, "server-side apply as {manager}"),
            Self::ClientSide { .. } => f.write_str("client-side apply"),
        }
    }
}

/// The object as it would be after the manifest was applied in this manner. Nothing is stored; unknown fields are refused, as kubectl has it.
pub async fn apply<K: Resource<DynamicType = ()>>(
    client: &Client,
    namespace: &str,
    manifest: &Value,
    live: Option<&DynamicObject>,
    deadline: Duration,
) -> Result<(DynamicObject, Manner), Untried> {
    let resource = ApiResource::erase::<K>(&());
    let objects: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
    let name = manifest["metadata"]["name"].as_str().unwrap_or_default();
    let manner = Manner::of(live);
    let parameters = PatchParams {
        dry_run: true,
        field_validation: Some(ValidationDirective::Strict),
        field_manager: Some(match &manner {
            Manner::ServerSide { manager } => manager.clone(),
            Manner::ClientSide { .. } => "kubectl-client-side-apply".to_owned(),
        }),
        // Whoever applies again and again (Flux, Argo CD) takes what others changed.
        force: matches!(manner, Manner::ServerSide { .. }),
    };
    let patch = match &manner {
        Manner::ServerSide { .. } => Patch::Apply(manifest.clone()),
        Manner::ClientSide { last_applied } => {
            let current = live.and_then(|live| serde_json::to_value(live).ok()).unwrap_or_default();
            Patch::Merge(patch(last_applied, &current, manifest))
        }
    };
    match call(deadline, || objects.patch(name, &parameters, &patch)).await {
        Ok(object) => Ok((object, manner)),
        Err(KubernetesError::Gone) => Err(missing(client, &resource, deadline).await),
        Err(error) => Err(Untried::of(error)),
    }
}

/// What was not found: the kind, or else the namespace. Everybody may ask what there is.
async fn missing(client: &Client, resource: &ApiResource, deadline: Duration) -> Untried {
    match call(deadline, || client.list_api_group_resources(&resource.api_version)).await {
        Ok(served) if served.resources.iter().any(|known| known.name == resource.plural) => Untried::NoNamespace,
        Ok(_) | Err(KubernetesError::Gone) => Untried::NoKind,
        Err(error) => Untried::of(error),
    }
}

impl Untried {
    fn of(error: KubernetesError) -> Self {
        match error {
            KubernetesError::Forbidden(sentence) if is_about_rights(&sentence) => Self::Forbidden(sentence),
            KubernetesError::Forbidden(sentence) | KubernetesError::Invalid(sentence) => Self::Refused(sentence),
            KubernetesError::Unavailable(sentence) if is_about_fields(&sentence) => Self::Refused(sentence),
            error @ KubernetesError::NamespaceTerminating => Self::Refused(error.to_string()),
            error @ (KubernetesError::Conflict | KubernetesError::Gone | KubernetesError::Unavailable(_)) => {
                Self::Unavailable(error.to_string())
            }
        }
    }
}

/// To a server-side apply with a field that the schema does not have, the API server answers 500.
fn is_about_fields(sentence: &str) -> bool {
    sentence.contains("failed to create typed patch object")
}

/// An admission webhook answers 403 as well. Only the API server's own sentence names the user.
fn is_about_rights(sentence: &str) -> bool {
    sentence.contains("User \"") && sentence.contains(" cannot ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn live(metadata: &Value) -> DynamicObject {
        let mut object = json!({"apiVersion": "a/v1", "kind": "K", "metadata": {"name": "orders"}});
        object["metadata"].as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
        serde_json::from_value(object).unwrap()
    }

    fn managed(manager: &str, operation: &str, fields: &Value) -> Value {
        json!({"manager": manager, "operation": operation, "apiVersion": "a/v1", "fieldsType": "FieldsV1", "fieldsV1": fields})
    }

    #[test]
    fn an_object_is_applied_as_it_was_before() {
        let spec = || json!({"f:spec": {"f:description": {}}});
        let operator = managed("privatelink-operator", "Update", &json!({"f:metadata": {}}));
        let edited = managed("kubectl-edit", "Update", &spec());
        let flux = managed("kustomize-controller", "Apply", &spec());
        let annotations = json!({LAST_APPLIED: "{\"spec\":{\"description\":\"a\"}}"});
        let client_side = Manner::ClientSide { last_applied: json!({"spec": {"description": "a"}}) };
        let table = [
            (json!({}), Manner::server_side("kubectl")),
            (json!({"managedFields": [operator, edited, flux]}), Manner::server_side("kustomize-controller")),
            (json!({"managedFields": [operator, edited], "annotations": annotations}), client_side),
            (json!({"managedFields": [edited], "annotations": {LAST_APPLIED: "{"}}), Manner::server_side("kubectl")),
            (json!({"managedFields": [flux], "annotations": annotations}), Manner::server_side("kustomize-controller")),
        ];
        for (metadata, expected) in table {
            assert_eq!(Manner::of(Some(&live(&metadata))), expected, "{metadata}");
        }
        assert_eq!(Manner::of(None), Manner::server_side("kubectl"));
    }

    #[test]
    fn a_missing_right_is_told_from_an_admission_policy() {
        let right = "vpcendpointservices.privatelink.alibabacloud.com \"orders\" is forbidden: User \"ann\" cannot patch resource \"vpcendpointservices\"";
        let policy = "admission webhook \"team.example\" denied the request: no descriptions";
        let untried = |sentence: &str| Untried::of(KubernetesError::Forbidden(sentence.to_owned()));
        assert_eq!(untried(right), Untried::Forbidden(right.to_owned()));
        assert_eq!(untried(policy), Untried::Refused(policy.to_owned()));
    }

    #[test]
    fn an_unknown_field_is_told_from_an_api_server_in_trouble() {
        let field = "500 failed to create typed patch object (shop/orders; a/v1, Kind=K): .spec.descripton: field not declared in schema";
        let trouble = "500 etcdserver: request timed out";
        let untried = |sentence: &str| Untried::of(KubernetesError::Unavailable(sentence.to_owned()));
        assert_eq!(untried(field), Untried::Refused(field.to_owned()));
        assert_eq!(untried(trouble), Untried::Unavailable(format!("the API server cannot be reached: {trouble}")));
    }
}
