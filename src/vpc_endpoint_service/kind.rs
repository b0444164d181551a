//! `VpcEndpointService` as the runtime sees it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, ObjectMeta};
use serde_json::json;

use crate::crd::{ConnectionCounts, VpcEndpointService, VpcEndpointServiceStatus};
use crate::kubernetes::{Kind, KindStatus};

impl Kind for VpcEndpointService {
    fn unreadable(metadata: ObjectMeta) -> Self {
        let smallest =
            serde_json::from_value(json!({"serviceResourceType": "nlb"})).expect("it is all that a spec must have");
        Self { metadata, spec: smallest, status: None }
    }
}

impl KindStatus for VpcEndpointServiceStatus {
    fn observed_generation(&self) -> Option<i64> {
        self.observed_generation
    }

    fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    fn connections_by_state(&self) -> Vec<(&'static str, u32)> {
        let ConnectionCounts { connected, held, rejected, in_transition } = self.connection_counts.unwrap_or_default();
        let counts =
            [("connected", connected), ("held", held), ("rejected", rejected), ("in_transition", in_transition)];
        counts.into_iter().filter_map(|(state, count)| Some((state, count?))).collect()
    }
}
