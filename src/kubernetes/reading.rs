//! Reads for somebody who asks once. Nothing here writes.

use std::time::Duration;

use kube::api::{ApiResource, DynamicObject};
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
