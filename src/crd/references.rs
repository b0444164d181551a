//! Parts of the spec that point at something else by name or id.

use kube::KubeSchema;
use serde::{Deserialize, Serialize};

/// Name of the provider config that is used when none is written.
pub const DEFAULT_PROVIDER_CONFIG: &str = "default";

/// The provider config, which holds region and credentials, of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderConfigRef {
    /// Name of the provider config. Default `default`: what the operator was started with. It is the only one that this version has: with
    /// another name nothing is done in the cloud, and `Ready` says `ProviderConfigUnavailable`.
    #[serde(default = "default_provider_config")]
    #[schemars(length(min = 1, max = 63), regex(pattern = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"))]
    pub name: String,
}

impl Default for ProviderConfigRef {
    fn default() -> Self {
        Self { name: default_provider_config() }
    }
}

fn default_provider_config() -> String {
    DEFAULT_PROVIDER_CONFIG.to_owned()
}

/// An endpoint service that already exists in the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdoptSpec {
    /// Id of the endpoint service to take over, `epsrv-…`.
    #[schemars(length(max = 64), regex(pattern = r"^epsrv-[a-z0-9]+$"))]
    pub service_id: String,
}

/// Where what consumers need to know is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, KubeSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExportTo {
    /// Name of a ConfigMap in the namespace of this object. One that exists and does not belong to this object is left as it is; the message of `Ready`
    /// says so. When the name changes, the earlier ConfigMap is deleted once the new one is there.
    #[schemars(length(min = 1, max = 253), regex(pattern = r"^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$"))]
    pub config_map_name: String,
}
