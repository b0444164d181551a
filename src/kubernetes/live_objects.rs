//! Which objects exist, as far as the watch has shown.

use std::collections::HashSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kube::Resource;
use kube::runtime::watcher::Event;
use tokio::time::Instant;

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
    /// When the list began that has not ended.
    began: Option<Instant>,
    /// When the newest whole list began; `None`: none was taken in.
    listed_at: Option<Instant>,
}

impl LiveObjects {
    /// Takes in what the watch shows.
    pub fn take_in(&self, event: &Event<impl Resource>) {
        let mut known = self.known();
        match event {
            Event::Init => {
                known.listed.clear();
                known.began = Some(Instant::now());
            }
            Event::InitApply(object) => known.list(uid(object)),
            Event::InitDone => {
                known.uids = mem::take(&mut known.listed);
                known.listed_at = known.began.take().or(known.listed_at);
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
        known.listed_at.is_some() && !known.uids.contains(uid)
    }

    /// Every object was listed, by a list that began after this moment.
    pub fn is_listed_since(&self, moment: Instant) -> bool {
        self.known().listed_at.is_some_and(|listed_at| listed_at > moment)
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
        live.take_in(&Event::<VpcEndpointService>::Init);
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

    #[tokio::test(start_paused = true)]
    async fn a_list_counts_from_when_it_began_and_only_once_it_is_whole() {
        let (live, second) = (LiveObjects::default(), std::time::Duration::from_secs(1));
        let start = Instant::now();
        tokio::time::advance(second).await;
        live.take_in(&Event::<VpcEndpointService>::Init);
        let began = Instant::now();
        tokio::time::advance(second).await;
        assert!(!live.is_listed_since(start));
        live.take_in(&Event::<VpcEndpointService>::InitDone);
        assert!(live.is_listed_since(start) && !live.is_listed_since(began));
        live.take_in(&Event::<VpcEndpointService>::Init);
        assert!(live.is_listed_since(start) && !live.is_listed_since(began));
        live.take_in(&Event::<VpcEndpointService>::InitDone);
        assert!(live.is_listed_since(began));
    }
}
