//! An object with what Kubernetes knows beside it.

use std::collections::BTreeSet;
use std::time::Duration;

use kube::Client;

use crate::crd::VpcEndpointService;
use crate::identity::{Definition, ObjectKey};
use crate::kubernetes::services::read_once;
use crate::kubernetes::{KubernetesError, definition};
use crate::vpc_endpoint_service::resolve::referred_names;
use crate::vpc_endpoint_service::show::Subject;

/// Reads what a reconcile of this object goes by.
pub(super) async fn read(
    client: &Client,
    object: VpcEndpointService,
    deadline: Duration,
) -> Result<Subject, KubernetesError> {
    let is_marked = object.metadata.deletion_timestamp.is_some();
    let names = if is_marked { BTreeSet::new() } else { referred_names(&object.spec) };
    let services = read_once(client, &ObjectKey::of(&object).namespace, &names, deadline).await?;
    let definition = if is_marked { definition_of(client, deadline).await } else { Definition::Stays };
    Ok(Subject { object, services, definition })
}

/// Who may not read the definition takes it that it stays: mostly it does.
async fn definition_of(client: &Client, deadline: Duration) -> Definition {
    definition::read::<VpcEndpointService>(client.clone(), deadline).await.unwrap_or_default()
}
