//! One lease on an API server that stores, and refuses and keeps silent as it is told.

use std::future;
use std::sync::{Arc, Mutex, MutexGuard};

use futures::future::BoxFuture;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};

use crate::kubernetes::KubernetesError;
use crate::kubernetes::lease::Leases;

/// What is stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Server(Arc<Mutex<Stored>>);

#[derive(Debug, Default)]
struct Stored {
    lease: Option<Lease>,
    version: u64,
    mood: Mood,
    calls: Vec<&'static str>,
}

/// How the server deals with a call.
#[derive(Clone, Debug, Default)]
pub(super) enum Mood {
    #[default]
    Answers,
    /// Nothing is stored.
    Refuses(KubernetesError),
    /// Nothing is stored, and nobody is answered.
    Silent,
    /// Writes are stored, and nobody hears of it.
    LosesAnswers,
}

impl Server {
    pub(super) fn set(&self, mood: Mood) {
        self.stored().mood = mood;
    }

    pub(super) fn lease(&self) -> Option<Lease> {
        self.stored().lease.clone()
    }

    pub(super) fn spec(&self) -> LeaseSpec {
        self.lease().and_then(|lease| lease.spec).unwrap_or_default()
    }

    pub(super) fn holder(&self) -> Option<String> {
        self.spec().holder_identity
    }

    /// The calls since the last time, each by its verb.
    pub(super) fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.stored().calls)
    }

    /// Somebody else writes it.
    pub(super) fn put(&self, lease: Lease) -> Lease {
        self.stored().store(lease)
    }

    /// Somebody deletes it.
    pub(super) fn delete(&self) {
        self.stored().lease = None;
    }

    pub(super) fn create_now(&self, lease: Lease) -> Result<Lease, KubernetesError> {
        let mut stored = self.stored();
        if stored.lease.is_some() { Err(KubernetesError::Conflict) } else { Ok(stored.store(lease)) }
    }

    pub(super) fn replace_now(&self, lease: Lease) -> Result<Lease, KubernetesError> {
        let mut stored = self.stored();
        let Some(there) = &stored.lease else { return Err(KubernetesError::Gone) };
        if there.metadata.resource_version != lease.metadata.resource_version {
            return Err(KubernetesError::Conflict);
        }
        Ok(stored.store(lease))
    }

    fn call<'a, T: Send + 'a>(
        &'a self,
        verb: &'static str,
        make: impl FnOnce() -> Result<T, KubernetesError> + Send + 'a,
    ) -> BoxFuture<'a, Result<T, KubernetesError>> {
        Box::pin(async move {
            let mood = {
                let mut stored = self.stored();
                stored.calls.push(verb);
                stored.mood.clone()
            };
            match mood {
                Mood::Answers => make(),
                Mood::Refuses(error) => Err(error),
                Mood::Silent => future::pending().await,
                Mood::LosesAnswers => {
                    let _ = make();
                    Err(KubernetesError::Unavailable("the answer got lost".to_owned()))
                }
            }
        })
    }

    fn stored(&self) -> MutexGuard<'_, Stored> {
        self.0.lock().unwrap()
    }
}

impl Stored {
    fn store(&mut self, mut lease: Lease) -> Lease {
        self.version += 1;
        lease.metadata.resource_version = Some(self.version.to_string());
        self.lease = Some(lease.clone());
        lease
    }
}

impl Leases for Server {
    fn read(&self) -> BoxFuture<'_, Result<Option<Lease>, KubernetesError>> {
        self.call("get", || Ok(self.lease()))
    }

    fn create(&self, lease: Lease) -> BoxFuture<'_, Result<Lease, KubernetesError>> {
        self.call("create", || self.create_now(lease))
    }

    fn replace(&self, lease: Lease) -> BoxFuture<'_, Result<Lease, KubernetesError>> {
        self.call("update", || self.replace_now(lease))
    }
}
