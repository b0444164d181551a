//! Reads of one resource, made by the reconcile that needs them, or by the refresh of details. What they find lands in the state and is in the
//! next `observed`.

use std::future::Future;

use cloud_core::{ApiOperation, Error};
use jiff::Timestamp;

use super::resource::Resource;
use super::state::Judgement;
use super::{Inventory, Shared};
use crate::cloud::errors::is_throttled;
use crate::identity::ObjectId;

/// Sends the reads of one resource, each behind the circuit breaker of its operation.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'a, R: Resource> {
    shared: &'a Shared<R>,
}

impl<R: Resource> Inventory<R> {
    /// Reads the details of a resource, those that are managed at least.
    pub async fn read_details(&self, resource_id: &str, managed: R::Managed) -> Result<(), Error> {
        let details = R::read_details(self.shared.reads(), resource_id, managed).await?;
        self.shared.state().read_details(resource_id, details);
        self.shared.details.notify_one();
        Ok(())
    }

    /// Reads the status of a resource by Get, which does not lag. That it does not exist is an answer, not an error: the
    /// lists will follow.
    pub async fn read_status(&self, resource_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let status = R::read_status(self.shared.reads(), resource_id).await?;
        self.shared.state().got(resource_id, as_of, status);
        self.shared.list.notify_one();
        Ok(())
    }

    /// Finds out what became of an id that no list shows as the object's, by the list and by Get.
    pub async fn judge(&self, id: &ObjectId, resource_id: &str) -> Result<(), Error> {
        let as_of = self.shared.now();
        let reads = self.shared.reads();
        let (listed, status) = tokio::try_join!(R::list_one(reads, resource_id), R::read_status(reads, resource_id))?;
        let judgement = Judgement { listed, exists: status.is_some() };
        self.shared.state().judged(id, resource_id, as_of, judgement);
        Ok(())
    }
}

impl<R: Resource> Shared<R> {
    pub(super) fn reads(&self) -> Reads<'_, R> {
        Reads { shared: self }
    }
}

impl<'a, R: Resource> Reads<'a, R> {
    pub fn reader(self) -> &'a R::Reader {
        &self.shared.setup.reader
    }

    pub fn now(self) -> Timestamp {
        self.shared.now()
    }

    /// Sends a read, unless its circuit breaker is tripped; in that case the error is the one that tripped it.
    pub async fn guarded<T>(
        self,
        operation: impl Into<ApiOperation>,
        call: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let shared = self.shared;
        let (operation, began) = (operation.into(), shared.now());
        shared.state().enter_breaker(operation, began)?;
        let answer = call.await;
        match &answer {
            Err(error) if is_throttled(error) || error.http_status().is_none() => {
                shared.state().note_failure(error, shared.now());
            }
            _ if shared.state().note_answer(operation, began) => {
                shared.setup.requeuer.recovered(&shared.setup.target);
            }
            _ => {}
        }
        answer
    }
}
