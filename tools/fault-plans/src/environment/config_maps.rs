//! The ConfigMaps of the namespace: what objects export to, and what is somebody else's.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{ListParams, PostParams};
use kube::{Api, ResourceExt as _};

use super::Environment;
use crate::error::HarnessError;
use crate::harness::PATIENCE;

/// A ConfigMap of somebody else, which is in every plan and which some object wants to export to.
pub(crate) const FOREIGN_CONFIG_MAP: &str = "settings";

/// The API server's own, in every namespace.
const OF_THE_CLUSTER: &str = "kube-root-ca.crt";

/// Between two looks.
const PERIOD: Duration = Duration::from_millis(20);

/// ConfigMaps by name.
pub(crate) type ConfigMaps = BTreeMap<String, ConfigMap>;

/// Makes the one of somebody else, and gives it as it stays.
pub(super) async fn make_foreign(config_maps: &Api<ConfigMap>) -> Result<ConfigMap, HarnessError> {
    let data = Some([("serviceId".to_owned(), "epsrv-of-somebody-else".to_owned())].into());
    let mut config_map = ConfigMap { data, ..ConfigMap::default() };
    config_map.metadata.name = Some(FOREIGN_CONFIG_MAP.to_owned());
    let made = config_maps.create(&PostParams::default(), &config_map).await;
    made.map_err(HarnessError::kubernetes("make the ConfigMap of somebody else"))
}

impl Environment {
    /// The ConfigMaps that are there now.
    pub(crate) async fn config_maps(&self) -> Result<ConfigMaps, HarnessError> {
        let listed = self.config_maps.list(&ListParams::default()).await;
        let listed = listed.map_err(HarnessError::kubernetes("list the ConfigMaps"))?;
        let named = listed.items.into_iter().map(|config_map| (config_map.name_any(), config_map));
        Ok(named.filter(|(name, _)| name != OF_THE_CLUSTER).collect())
    }

    /// Waits until they are as wanted.
    pub(crate) async fn until_config_maps(
        &self,
        what: &str,
        wanted: impl Fn(&ConfigMaps) -> bool,
    ) -> Result<(), HarnessError> {
        let poll = async {
            while !wanted(&self.config_maps().await?) {
                tokio::time::sleep(PERIOD).await;
            }
            Ok(())
        };
        if let Ok(ended) = tokio::time::timeout(PATIENCE, poll).await {
            return ended;
        }
        let now = serde_json::to_string(&self.config_maps().await?).unwrap_or_default();
        Err(HarnessError::TooLate { what: what.to_owned(), within: PATIENCE, now })
    }
}
