//! The witness: at every create it looks whether the owner has a live service already, and it notes whenever a consumer is served no more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::WitnessTags;
use crate::machine::service::ServiceStatus;
use crate::world::{Endpoint, Service, World};

/// Two live services with one owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// When the later one was created.
    pub time: Timestamp,
    /// Account of both.
    pub account: String,
    /// Region of both.
    pub region: String,
    /// Value of the cluster tag.
    pub cluster: String,
    /// Value of the uid tag.
    pub uid: String,
    /// The services that were there already, and last the new one.
    pub services: Vec<String>,
    /// The call that created the last one.
    pub request_id: String,
}

/// An endpoint that was served by one of its zones at least, and then by none: its consumer is cut off, whoever wanted that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unserved {
    /// Since when.
    pub time: Timestamp,
    /// The endpoint.
    pub endpoint_id: String,
    /// The service that it points to.
    pub service_id: String,
}

impl Unserved {
    pub(crate) fn of(endpoint: &Endpoint, time: Timestamp) -> Self {
        Self { time, endpoint_id: endpoint.id.clone(), service_id: endpoint.service_id.clone() }
    }
}

/// Looks at a service that was just created. A service counts as live until its deletion begins.
pub(crate) fn look(world: &World, created: &Service, tags: &WitnessTags, request_id: &str) -> Option<Violation> {
    let owner =
        |service: &Service| Some((service.tags.get(&tags.cluster)?.clone(), service.tags.get(&tags.uid)?.clone()));
    let (cluster, uid) = owner(created)?;
    let siblings = world.services_at(Timestamp::MAX, &created.account, &created.region).into_iter().filter(|other| {
        let same = owner(other).is_some_and(|found| found == (cluster.clone(), uid.clone()));
        other.id != created.id && other.status != ServiceStatus::Deleting && same
    });
    let mut services: Vec<String> = siblings.map(|service| service.id.clone()).collect();
    if services.is_empty() {
        return None;
    }
    services.push(created.id.clone());
    let (account, region) = (created.account.clone(), created.region.clone());
    Some(Violation {
        time: created.created,
        account,
        region,
        cluster,
        uid,
        services,
        request_id: request_id.to_owned(),
    })
}
