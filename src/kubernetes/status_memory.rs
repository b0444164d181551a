//! What this process said last of each object, so that a status written by somebody else is told from its own.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The last status of each object that this process wrote, or found to need no write; by UID. Forgotten when the object goes.
#[derive(Debug)]
pub struct StatusMemory<S>(Mutex<HashMap<String, Said<S>>>);

#[derive(Debug)]
struct Said<S> {
    /// Known to have been stored.
    stored: Option<S>,
    /// Sent after that, and nobody knows whether it was stored.
    sent: Option<S>,
}

impl<S> Default for StatusMemory<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S> Default for Said<S> {
    fn default() -> Self {
        Self { stored: None, sent: None }
    }
}

impl<S: Clone + PartialEq> StatusMemory<S> {
    /// What was said last of an object whose status is `found` now, if this process said anything. A write that ended unknown counts, unless
    /// the status is what it was before: then it was not stored.
    pub fn said(&self, uid: &str, found: Option<&S>) -> Option<S> {
        let memory = self.lock();
        let Said { stored, sent } = memory.get(uid)?;
        let is_found = stored.is_some() && stored.as_ref() == found;
        if is_found { stored.clone() } else { sent.clone().or_else(|| stored.clone()) }
    }

    /// The status is stored as this process wants it.
    pub fn stored(&self, uid: &str, status: &S) {
        let mut memory = self.lock();
        let said = memory.entry(uid.to_owned()).or_default();
        said.sent = None;
        if said.stored.as_ref() != Some(status) {
            said.stored = Some(status.clone());
        }
    }

    /// The status was sent, and nobody knows whether it is stored. Forgotten, the next reconcile would go by what somebody else wrote meanwhile.
    pub fn sent(&self, uid: &str, status: &S) {
        self.lock().entry(uid.to_owned()).or_default().sent = Some(status.clone());
    }

    /// The object is gone.
    pub fn forget(&self, uid: &str) {
        self.lock().remove(uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Said<S>>> {
        // No code runs under the lock that could leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::VpcEndpointServiceStatus;

    fn status(service_id: &str) -> VpcEndpointServiceStatus {
        VpcEndpointServiceStatus { service_id: Some(service_id.to_owned()), ..VpcEndpointServiceStatus::default() }
    }

    #[test]
    fn the_last_word_about_each_object_is_kept_until_it_goes() {
        let memory = StatusMemory::default();
        assert_eq!(memory.said("a", None), None);
        memory.stored("a", &status("epsrv-1"));
        memory.stored("b", &status("epsrv-2"));
        memory.stored("a", &status("epsrv-3"));
        assert_eq!(
            (memory.said("a", None), memory.said("b", None)),
            (Some(status("epsrv-3")), Some(status("epsrv-2")))
        );
        memory.forget("a");
        assert_eq!((memory.said("a", None), memory.said("b", None)), (None, Some(status("epsrv-2"))));
    }

    #[test]
    fn a_write_that_ended_unknown_counts_unless_the_status_is_what_it_was_before() {
        let memory = StatusMemory::default();
        memory.stored("a", &status("epsrv-1"));
        memory.sent("a", &status("epsrv-2"));
        assert_eq!(memory.said("a", Some(&status("epsrv-1"))), Some(status("epsrv-1")));
        for found in [None, Some(&status("epsrv-2")), Some(&status("epsrv-evil"))] {
            assert_eq!(memory.said("a", found), Some(status("epsrv-2")), "{found:?}");
        }
        memory.stored("a", &status("epsrv-3"));
        assert_eq!(memory.said("a", Some(&status("epsrv-2"))), Some(status("epsrv-3")));
        memory.sent("b", &status("epsrv-4"));
        assert_eq!(memory.said("b", None), Some(status("epsrv-4")));
    }
}
