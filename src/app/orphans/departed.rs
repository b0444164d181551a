//! The object of an orphan, as execution asks for it: gone, which the API server says again before anything is taken away.

use futures::future::BoxFuture;
use jiff::Timestamp;

use crate::crd::VpcEndpointService;
use crate::identity::{CreateRecord, ObjectKey};
use crate::kubernetes::departed::{Departure, Departures};
use crate::kubernetes::{KubernetesError, LatestObject, ObjectWriter};
use crate::names::FINALIZER;

/// Stands in for an object that is being deleted. Nothing is written to it.
#[derive(Debug)]
pub(super) struct Departed<'a> {
    pub(super) departures: &'a Departures<VpcEndpointService>,
    /// The definition that was there when the deletion was decided.
    pub(super) kind_since: Timestamp,
}

impl ObjectWriter for Departed<'_> {
    fn put_record<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a [String],
        _: &'a CreateRecord,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        Box::pin(async { Err(KubernetesError::Gone) })
    }

    /// A name that is taken, or a definition that is another by now, is a conflict: what was decided holds no longer.
    fn read_latest<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<LatestObject, KubernetesError>> {
        Box::pin(async move {
            match self.departures.of(&key.id()).await? {
                Departure::Gone { kind_since } if kind_since == self.kind_since => Ok(gone(key)),
                Departure::Gone { .. } | Departure::NameTaken | Departure::KindGoes => Err(KubernetesError::Conflict),
            }
        })
    }

    /// There is none left.
    fn release_finalizer<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a [String],
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        Box::pin(async { Ok(()) })
    }
}

/// What a deletion may go on with: marked, and of the generation that the plan was made for.
fn gone(key: &ObjectKey) -> LatestObject {
    LatestObject {
        uid: key.uid.clone(),
        resource_version: key.resource_version.clone(),
        generation: key.generation,
        deleting: true,
        finalizers: vec![FINALIZER.to_owned()],
        record: None,
    }
}
