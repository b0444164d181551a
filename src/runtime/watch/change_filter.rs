//! Which events of the watch are news: an object as it was seen before needs no pass.
//!
//! The runtime's own filter remembers an object for an hour, gone or not. An object that a list left out, because a server lagged, and that
//! came again just as it was would then be kept from every pass: the one that its first sight asked for found nothing in the store.

use std::collections::HashMap;

use kube::runtime::Predicate;
use kube::runtime::watcher::Event;

use crate::crd::VpcEndpointService;
use crate::identity::ObjectId;

/// What a predicate made of each object that there is, by UID.
#[derive(Debug)]
pub(super) struct News<P> {
    predicate: P,
    seen: HashMap<String, u64>,
}

impl<P: Predicate<VpcEndpointService>> News<P> {
    pub(super) fn by(predicate: P) -> Self {
        Self { predicate, seen: HashMap::new() }
    }

    /// Takes in one event, and which objects it showed to be gone; the object, where there is something new about it.
    pub(super) fn take_in(
        &mut self,
        event: Event<VpcEndpointService>,
        gone: &[ObjectId],
    ) -> Option<VpcEndpointService> {
        for id in gone {
            self.seen.remove(&id.uid);
        }
        match event {
            Event::Apply(object) | Event::InitApply(object) => self.is_new(&object).then_some(object),
            Event::Delete(_) | Event::Init | Event::InitDone => None,
        }
    }

    fn is_new(&mut self, object: &VpcEndpointService) -> bool {
        // What cannot be told apart is looked at every time.
        let Some(now) = self.predicate.hash_property(object) else { return true };
        let uid = object.metadata.uid.clone().unwrap_or_default();
        self.seen.insert(uid, now) != Some(now)
    }
}

#[cfg(test)]
mod tests {
    use kube::runtime::predicates;

    use super::*;
    use crate::runtime::uid_tracker::Roster;

    /// What the watch says, and whether it deserves a pass.
    struct Watch {
        roster: Roster,
        news: News<fn(&VpcEndpointService) -> Option<u64>>,
    }

    impl Watch {
        fn new() -> Self {
            Self { roster: Roster::default(), news: News::by(predicates::generation) }
        }

        fn tells(&mut self, event: Event<VpcEndpointService>) -> bool {
            let gone = self.roster.take_in(&event);
            self.news.take_in(event, &gone).is_some()
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
    fn an_object_is_news_when_it_comes_and_when_it_changes() {
        let mut watch = Watch::new();
        assert_eq!(watch.lists(&[object("1", 1)]), [true]);
        assert!(!watch.tells(Event::Apply(object("1", 1))));
        assert!(watch.tells(Event::Apply(object("1", 2))));
        assert_eq!(watch.lists(&[object("1", 2)]), [false]);
    }

    #[test]
    fn a_successor_that_looks_the_same_is_news() {
        let mut watch = Watch::new();
        watch.lists(&[object("1", 1)]);
        assert!(watch.tells(Event::Apply(object("2", 1))));
    }

    #[test]
    fn an_object_that_a_list_left_out_is_news_when_it_comes_again_unchanged() {
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
        assert!(watch.news.seen.is_empty());
    }
}
