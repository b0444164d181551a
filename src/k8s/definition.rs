//! Our own CustomResourceDefinition: whether it is being deleted, and with it every object at once.

use futures::future::BoxFuture;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, CustomResourceExt};

use super::repeat::call;
use super::{ApiServer, KubernetesError};
use crate::controller::vpc_endpoint_service::resolve::Definition;
use crate::crd::VpcEndpointService;

impl ApiServer {
    /// Reads the definition. Without the right to (an operator of one namespace has none) its deletion cannot be told from that of every
    /// object, and counts as such.
    pub(super) fn read_definition(&self) -> BoxFuture<'_, Result<Definition, KubernetesError>> {
        Box::pin(async move {
            let definitions: Api<CustomResourceDefinition> = Api::all(self.client.clone());
            let name = VpcEndpointService::crd_name();
            match call(self.deadline, || definitions.get_metadata(name)).await {
                Ok(definition) if definition.metadata.deletion_timestamp.is_none() => Ok(Definition::Stays),
                Ok(_) | Err(KubernetesError::Gone) => Ok(Definition::Goes),
                Err(KubernetesError::Forbidden(_)) => Ok(Definition::Stays),
                Err(error) => Err(error),
            }
        })
    }
}
