//! Every object of a kind, listed once.

use std::time::Duration;

use kube::api::{ApiResource, DynamicObject, ListParams};
use kube::{Api, Client, Resource};

use super::KubernetesError;
use super::repeat::call;

/// Objects a page: what kubectl asks for.
const PAGE: u32 = 500;

/// All objects of the kind, of one namespace or of all, each page within the deadline. As JSON, because an object that today's types cannot read is
/// there all the same. [`KubernetesError::Gone`]: the kind is not served.
pub async fn all<K: Resource<DynamicType = ()>>(
    client: &Client,
    namespace: Option<&str>,
    deadline: Duration,
) -> Result<Vec<DynamicObject>, KubernetesError> {
    let resource = ApiResource::erase::<K>(&());
    let objects: Api<DynamicObject> = match namespace {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    };
    let mut found = Vec::new();
    let mut parameters = ListParams::default().limit(PAGE);
    loop {
        let page = call(deadline, || objects.list(&parameters)).await?;
        found.extend(page.items);
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => parameters = parameters.continue_token(&token),
            None => return Ok(found),
        }
    }
}
