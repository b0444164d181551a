//! Which events of the watch are a change: an object as it was seen before needs no reconcile.
//!
//! The runtime's own filter remembers an object for an hour, gone or not. An object that a list left out, because a server lagged, and that
//! came again just as it was would then be kept from every reconcile: the one that its first sight asked for found nothing in the store.

use std::collections::HashMap;

use kube::Resource;
use kube::runtime::Predicate;
use kube::runtime::watcher::Event;

use crate::identity::ObjectId;

/// What a predicate made of each object that there is, by UID.
#[derive(Debug)]
pub(super) struct ChangeFilter<P> {
    predicate: P,
    seen: HashMap<String, u64>,
}

impl<P> ChangeFilter<P> {
    pub(super) fn by(predicate: P) -> Self {
        Self { predicate, seen: HashMap::new() }
    }

    /// Takes in one event, and which objects it showed to be gone; the object, where it changed.
    pub(super) fn take_in<K: Resource>(&mut self, event: Event<K>, gone: &[ObjectId]) -> Option<K>
    where
        P: Predicate<K>,
    {
        for id in gone {
            self.seen.remove(&id.uid);
        }
        match event {
            Event::Apply(object) | Event::InitApply(object) => self.is_changed(&object).then_some(object),
            Event::Delete(_) | Event::Init | Event::InitDone => None,
        }
    }

    fn is_changed<K: Resource>(&mut self, object: &K) -> bool
    where
        P: Predicate<K>,
    {
        // What cannot be told apart is looked at every time.
        let Some(now) = self.predicate.hash_property(object) else { return true };
        let uid = object.meta().uid.clone().unwrap_or_default();
        self.seen.insert(uid, now) != Some(now)
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::predicates;

    use super::*;
    use crate::crd::VpcEndpointService;
    use crate::runtime::uid_tracker::UidTracker;

    /// What the watch says, and whether it deserves a reconcile.
    struct Watch {
        tracker: UidTracker,
        filter: ChangeFilter<fn(&VpcEndpointService) -> Option<u64>>,
    }

    impl Watch {
        fn new() -> Self {
            Self { tracker: UidTracker::default(), filter: ChangeFilter::by(predicates::generation) }
        }

        fn tells(&mut self, event: Event<VpcEndpointService>) -> bool {
            let gone = self.tracker.take_in(&event);
            self.filter.take_in(event, &gone).is_some()
        }

        fn lists(&mut self, objects: &[VpcEndpointService]) -> Vec<bool> {
            self.tells(Event::Init);
            let news = objects.iter().map(|object| self.tells(Event::InitApply(object.clone()))).collect();
            self.tells(Event::InitDone);
            news
        }
    }

    fn object(uid: &str, generation: i64) -> VpcEndpointService {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"namespace": "team", "name": "a", "uid": uid, "generation": generation},
            "spec": {"serviceResourceType": "nlb"},
        }))
        .unwrap()
    }

    #[test]
    fn an_object_is_changed_when_it_comes_and_when_it_changes() {
        let mut watch = Watch::new();
        assert_eq!(watch.lists(&[object("1", 1)]), [true]);
        assert!(!watch.tells(Event::Apply(object("1", 1))));
        assert!(watch.tells(Event::Apply(object("1", 2))));
        assert_eq!(watch.lists(&[object("1", 2)]), [false]);
    }

    #[test]
    fn a_successor_that_looks_the_same_is_changed() {
        let mut watch = Watch::new();
        watch.lists(&[object("1", 1)]);
        assert!(watch.tells(Event::Apply(object("2", 1))));
    }

    #[test]
    fn an_object_that_a_list_left_out_is_changed_when_it_comes_again_unchanged() {
        let mut watch = Watch::new();
        watch.lists(&[]);
        assert!(watch.tells(Event::Apply(object("1", 1))));
        watch.lists(&[]);
        assert!(watch.tells(Event::Apply(object("1", 1))));
    }

    #[test]
    fn what_is_gone_takes_no_room() {
        let mut watch = Watch::new();
        watch.lists(&[object("1", 1)]);
        watch.tells(Event::Delete(object("1", 1)));
        assert!(watch.filter.seen.is_empty());
    }
}
