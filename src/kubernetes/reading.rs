//! Reads for somebody who asks once: an object, its events, the lease of an operator. Nothing here writes.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Event;
use kube::api::{ApiResource, DynamicObject, ListParams};
use kube::{Api, Client, Resource};

use super::KubernetesError;
use super::repeat::call;

/// The object of that name, as JSON, because one that today's types cannot read is there all the same. `None`: there is none, or the kind is not
/// served.
pub async fn object<K: Resource<DynamicType = ()>>(
    client: &Client,
    namespace: &str,
    name: &str,
    deadline: Duration,
) -> Result<Option<DynamicObject>, KubernetesError> {
    let resource = ApiResource::erase::<K>(&());
    let objects: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
    match call(deadline, || objects.get(name)).await {
        Ok(object) => Ok(Some(object)),
        Err(KubernetesError::Gone) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The events about an object of that name, also about those that had it before. By the older of the two APIs, which the role `view` may read.
pub async fn events_about<K: Resource<DynamicType = ()>>(
    client: &Client,
    namespace: &str,
    name: &str,
    deadline: Duration,
) -> Result<Vec<Event>, KubernetesError> {
    let events: Api<Event> = Api::namespaced(client.clone(), namespace);
    let selector = format!("involvedObject.kind={},involvedObject.name={name}", K::kind(&()));
    let parameters = ListParams::default().fields(&selector);
    Ok(call(deadline, || events.list(&parameters)).await?.items)
}

/// The lease of that name; `None`: there is none.
pub async fn lease(
    client: &Client,
    namespace: &str,
    name: &str,
    deadline: Duration,
) -> Result<Option<Lease>, KubernetesError> {
    let leases: Api<Lease> = Api::namespaced(client.clone(), namespace);
    match call(deadline, || leases.get(name)).await {
        Ok(lease) => Ok(Some(lease)),
        Err(KubernetesError::Gone) => Ok(None),
        Err(error) => Err(error),
    }
}
