//! What would become of a manifest in the cluster: asked of the API server by a dry run, or else worked out from the schema of this version.

use kube::api::DynamicObject;
use serde_json::{Value, json};
use uuid::Uuid;

use super::manifests::Manifest;
use crate::commands::cluster::Cluster;
use crate::commands::{schema, subject};
use crate::crd::VpcEndpointService;
use crate::identity::Definition;
use crate::kubernetes::dry_run::{Untried, apply};
use crate::kubernetes::services::ReferredServices;
use crate::kubernetes::{KubernetesError, reading};
use crate::vpc_endpoint_service::resolve::referred_names;
use crate::vpc_endpoint_service::show::Subject;

/// The object as it would be.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) subject: Subject,
    /// It is there already.
    pub(super) is_there: bool,
    /// Who checked the manifest, and how.
    pub(super) by: String,
}

/// Why a manifest cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unchecked {
    /// It would not be accepted.
    Refused(String),
    /// Nobody can say.
    Unknown(String),
}

const OFFLINE: &str = "the schema of this version, without its rules over maps, lists and more than one field, which are the API server's";

/// Checks the manifest as one of this namespace.
pub(super) async fn check(cluster: &Cluster, namespace: &str, manifest: &Manifest) -> Result<Checked, Unchecked> {
    let Manifest { name, value, .. } = manifest;
    let mut value = value.clone();
    value["metadata"]["namespace"] = json!(namespace);
    let (object, is_there, by) = match &cluster.client {
        None => (by_schema(&value, None)?, false, format!("by {OFFLINE}")),
        Some(client) => {
            let live = reading::object::<VpcEndpointService>(client, namespace, name, cluster.deadline).await;
            let live = live.map_err(|error| unread(&error))?;
            let tried = apply::<VpcEndpointService>(client, namespace, &value, live.as_ref(), cluster.deadline).await;
            let (object, by) = match tried {
                Ok((object, manner)) => (typed(object)?, format!("by the API server: {manner}, dry run")),
                Err(Untried::Refused(sentence)) => return Err(Unchecked::Refused(sentence)),
                Err(Untried::Unavailable(sentence)) => return Err(Unchecked::Unknown(sentence)),
                Err(untried) => (by_schema(&value, live.as_ref())?, format!("by {OFFLINE}: {}", why(&untried))),
            };
            (object, live.is_some(), by)
        }
    };
    Ok(Checked { subject: subject(cluster, object).await?, is_there, by })
}

fn why(untried: &Untried) -> String {
    match untried {
        Untried::NoKind => "the cluster has no definition of the kind yet".to_owned(),
        Untried::NoNamespace => "the namespace does not exist yet".to_owned(),
        Untried::Forbidden(said) | Untried::Refused(said) | Untried::Unavailable(said) => {
            format!("the API server tries nothing for you ({said})")
        }
    }
}

fn unread(error: &KubernetesError) -> Unchecked {
    let remedy = match error {
        KubernetesError::Forbidden(_) => "; to plan you need get on vpcendpointservices, as the role view has it",
        _ => "; to plan without the cluster, give --offline and --cluster-id",
    };
    Unchecked::Unknown(format!("{error}{remedy}"))
}

fn typed(object: DynamicObject) -> Result<VpcEndpointService, Unchecked> {
    object.try_parse().map_err(|error| Unchecked::Unknown(format!("this version cannot read the object: {error}")))
}

/// The manifest as an object, with everything of the one that is there but its spec.
fn by_schema(manifest: &Value, live: Option<&DynamicObject>) -> Result<VpcEndpointService, Unchecked> {
    let complaints = schema::complaints(manifest);
    if !complaints.is_empty() {
        return Err(Unchecked::Refused(complaints.join("; ")));
    }
    let mut object: VpcEndpointService = serde_json::from_value(schema::without_nulls(manifest))
        .map_err(|error| Unchecked::Refused(format!("the spec cannot be read: {error}")))?;
    if let Some(live) = live {
        let live = typed(live.clone())?;
        let is_edit = live.spec != object.spec;
        object.metadata = live.metadata;
        object.metadata.generation = object.metadata.generation.map(|was| was + i64::from(is_edit));
        object.status = live.status;
    } else {
        // Nobody else has it, as nobody else has that of the object to come.
        object.metadata.uid = Some(Uuid::new_v4().to_string());
        object.metadata.generation = Some(1);
        object.status = None;
    }
    Ok(object)
}

async fn subject(cluster: &Cluster, object: VpcEndpointService) -> Result<Subject, Unchecked> {
    let Some(client) = &cluster.client else { return without_cluster(object) };
    let read = subject::read(client, object, cluster.deadline).await;
    read.map_err(|error| Unchecked::Unknown(format!("failed to list Services: {error}")))
}

fn without_cluster(object: VpcEndpointService) -> Result<Subject, Unchecked> {
    match referred_names(&object.spec).first() {
        None => Ok(Subject { object, services: ReferredServices::default(), definition: Definition::Stays }),
        Some(name) => Err(Unchecked::Unknown(format!(
            "spec.resources names the Service {name}, which only the cluster knows; plan it without --offline, or give resourceId"
        ))),
    }
}
