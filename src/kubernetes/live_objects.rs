//! Which objects exist, as far as the watch has shown.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kube::Resource;
use kube::runtime::watcher::Event;

/// The UIDs of the objects that exist, also of those that this version cannot read. Shared by the watch, which fills it, and by whoever must know that an
/// object is gone.
///
/// An object that was created since the watch heard last is missing, so that one is gone says something only of a UID that was met elsewhere before.
#[derive(Debug, Default)]
pub struct LiveObjects {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    uids: HashSet<Box<str>>,
    /// What a list has shown that has not ended.
    listed: HashSet<Box<str>>,
    /// A whole list was taken in.
    is_complete: bool,
}

impl LiveObjects {
    /// Takes in what the watch shows.
    pub fn take_in(&self, event: &Event<impl Resource>) {
        let mut known = self.known();
        match event {
            Event::Init => known.listed.clear(),
            Event::InitApply(object) => known.list(uid(object)),
            Event::InitDone => {
                known.uids = mem::take(&mut known.listed);
                known.is_complete = true;
            }
            Event::Apply(object) => {
                if !known.uids.contains(uid(object)) {
                    known.uids.insert(uid(object).into());
                }
            }
            Event::Delete(object) => {
                known.uids.remove(uid(object));
            }
        }
    }

    /// No object has this UID. What is not known is no such answer.
    pub fn is_gone(&self, uid: &str) -> bool {
        let known = self.known();
        known.is_complete && !known.uids.contains(uid)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// It exists from now on, whatever becomes of the list.
    fn list(&mut self, uid: &str) {
        self.uids.insert(uid.into());
        self.listed.insert(uid.into());
    }
}

fn uid(object: &impl Resource) -> &str {
    object.meta().uid.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::VpcEndpointService;

    fn object(uid: &str) -> VpcEndpointService {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1", "kind": "VpcEndpointService",
            "metadata": {"namespace": "team", "name": "service", "uid": uid}, "spec": {"serviceResourceType": "nlb"},
        }))
        .unwrap()
    }

    #[test]
    fn nobody_is_gone_before_the_first_whole_list() {
        let live = LiveObjects::default();
        live.take_in(&Event::<VpcEndpointService>::Init);
        live.take_in(&Event::InitApply(object("a")));
        assert!(!live.is_gone("a") && !live.is_gone("b"));
        live.take_in(&Event::<VpcEndpointService>::InitDone);
        assert!(!live.is_gone("a") && live.is_gone("b"));
    }

    #[test]
    fn objects_come_and_go_by_the_watch_and_by_the_next_list() {
        let live = LiveObjects::default();
        live.take_in(&Event::<VpcEndpointService>::InitDone);
        live.take_in(&Event::Apply(object("a")));
        live.take_in(&Event::Apply(object("b")));
        live.take_in(&Event::Delete(object("a")));
        assert!(live.is_gone("a") && !live.is_gone("b"));
        live.take_in(&Event::<VpcEndpointService>::Init);
        live.take_in(&Event::InitApply(object("c")));
        assert!(!live.is_gone("b") && !live.is_gone("c"));
        live.take_in(&Event::<VpcEndpointService>::InitDone);
        assert!(live.is_gone("b") && !live.is_gone("c"));
    }
}
