use cloud_core::Error;
use privatelink_operator::cloud::inventory::observed::{NamedId, Observation, Ownership};
use privatelink_operator::cloud::inventory::{DetailsQuery, Inventory, Query};

use super::resolve::Resolved;
use super::resource::CloudBuckets;
use crate::second_kind::cloud::CloudBucket;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Observed {
    /// Nothing may be concluded yet.
    Unknown,
    /// There is no bucket of this object.
    Absent,
    Present(CloudBucket),
}

/// What the inventory knows. It requeues the object when that changes.
pub(super) async fn observe(inventory: &Inventory<CloudBuckets>, resolved: &Resolved) -> Result<Observed, Error> {
    let mut observation = look(inventory, resolved);
    if let Ownership::Absent { named: NamedId::Unjudged(id) } = &observation.ownership {
        inventory.judge(&resolved.id, id).await?;
        observation = look(inventory, resolved);
    }
    if let Some(error) = observation.list_error {
        return Err(error);
    }
    Ok(match observation.ownership {
        Ownership::Ours(bucket) => Observed::Present(*bucket),
        Ownership::Absent { named: NamedId::None | NamedId::Gone(_) } => Observed::Absent,
        Ownership::NotYetListed
        | Ownership::Absent { .. }
        | Ownership::Foreign(_)
        | Ownership::Former(_)
        | Ownership::ToAdopt(_)
        | Ownership::Many(_) => Observed::Unknown,
    })
}

fn look(inventory: &Inventory<CloudBuckets>, resolved: &Resolved) -> Observation<CloudBuckets> {
    inventory.observed(&Query {
        id: &resolved.id,
        owner: &resolved.owner,
        generation: resolved.key.generation,
        named: None,
        adopt: None,
        record: None,
        details: DetailsQuery::default(),
    })
}
