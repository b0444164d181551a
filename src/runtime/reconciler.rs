//! What a kind hands to the runtime.

use std::sync::Arc;

use super::outcome::ReconcileOutcome;
use crate::identity::ObjectId;
use crate::kubernetes::{Kind, KubernetesError};

/// Reconciles the objects of one kind. Its futures end when they are dropped, and may be dropped at any await: the runtime bounds each in time.
pub trait Reconciler: Send + Sync + 'static {
    type Kind: Kind;

    /// One reconcile of an object, from a copy that can be trusted.
    ///
    /// An error is for what the kind cannot report in the object's status, which is mostly that the status could not be written.
    fn reconcile(
        &self,
        object: Arc<Self::Kind>,
    ) -> impl Future<Output = Result<ReconcileOutcome, KubernetesError>> + Send;

    /// Drops what the kind remembers of an object that no longer exists.
    fn forget(&self, id: &ObjectId);
}
