//! What this process said last of each object, so that a status written by somebody else is told from its own.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::crd::VpcEndpointServiceStatus;

/// The last status of each object that this process wrote, or found to need no write; by UID. Forgotten when the object goes, and when a write
/// ended so that nobody knows what is stored.
#[derive(Debug, Default)]
pub struct StatusMemory(Mutex<HashMap<String, VpcEndpointServiceStatus>>);

impl StatusMemory {
    /// What was said last, if this process said anything and knows that it is stored.
    pub fn said(&self, uid: &str) -> Option<VpcEndpointServiceStatus> {
        self.lock().get(uid).cloned()
    }

    /// The status is stored as this process wants it.
    pub fn stored(&self, uid: &str, status: &VpcEndpointServiceStatus) {
        let mut said = self.lock();
        match said.get_mut(uid) {
            Some(before) if before == status => {}
            Some(before) => before.clone_from(status),
            None => drop(said.insert(uid.to_owned(), status.clone())),
        }
    }

    /// The object is gone, or nobody knows what is stored.
    pub fn forget(&self, uid: &str) {
        self.lock().remove(uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, VpcEndpointServiceStatus>> {
        // No code runs under the lock that could leave the map half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(service_id: &str) -> VpcEndpointServiceStatus {
        VpcEndpointServiceStatus { service_id: Some(service_id.to_owned()), ..VpcEndpointServiceStatus::default() }
    }

    #[test]
    fn the_last_word_about_each_object_is_kept_until_it_goes() {
        let memory = StatusMemory::default();
        assert_eq!(memory.said("a"), None);
        memory.stored("a", &status("epsrv-1"));
        memory.stored("b", &status("epsrv-2"));
        memory.stored("a", &status("epsrv-3"));
        assert_eq!((memory.said("a"), memory.said("b")), (Some(status("epsrv-3")), Some(status("epsrv-2"))));
        memory.forget("a");
        assert_eq!((memory.said("a"), memory.said("b")), (None, Some(status("epsrv-2"))));
    }
}
