//! Which objects there are, and which have gone: what is remembered about an object is forgotten when it goes, however it went.

use std::collections::{HashMap, HashSet};
use std::mem;

use kube::ResourceExt;
use kube::runtime::watcher::Event;

use crate::identity::ObjectId;

/// Namespace and name.
type Place = (String, String);

/// The objects that the watch has shown, by place.
#[derive(Debug, Default)]
pub(super) struct UidTracker {
    uids: HashMap<Place, String>,
    /// The places that a list, begun and not yet ended, has shown.
    listed: HashSet<Place>,
}

impl UidTracker {
    /// Takes in one event of the watch and names the objects that have gone: deleted, replaced by another of the same name, or missing
    /// from a whole new list.
    pub(super) fn take_in<K: ResourceExt>(&mut self, event: &Event<K>) -> Vec<ObjectId> {
        match event {
            Event::Apply(object) => self.seen(object),
            Event::Delete(object) => self.gone(object),
            Event::Init => {
                self.listed.clear();
                Vec::new()
            }
            Event::InitApply(object) => {
                self.listed.insert(place(object));
                self.seen(object)
            }
            Event::InitDone => self.unlisted(),
        }
    }

    fn seen(&mut self, object: &impl ResourceExt) -> Vec<ObjectId> {
        let uid = object.uid().unwrap_or_default();
        match self.uids.insert(place(object), uid.clone()) {
            Some(before) if before != uid => vec![id(place(object), before)],
            _ => Vec::new(),
        }
    }

    fn gone(&mut self, object: &impl ResourceExt) -> Vec<ObjectId> {
        let place = place(object);
        self.uids.remove(&place).map(|uid| id(place, uid)).into_iter().collect()
    }

    fn unlisted(&mut self) -> Vec<ObjectId> {
        let listed = mem::take(&mut self.listed);
        self.uids.extract_if(|place, _| !listed.contains(place)).map(|(place, uid)| id(place, uid)).collect()
    }
}

fn place(object: &impl ResourceExt) -> Place {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn id((namespace, name): Place, uid: String) -> ObjectId {
    ObjectId { namespace, name, uid }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::VpcEndpointService;

    fn object(name: &str, uid: &str) -> VpcEndpointService {
        serde_json::from_value(serde_json::json!({
            "apiVersion": "privatelink.alibabacloud.com/v1alpha1",
            "kind": "VpcEndpointService",
            "metadata": {"namespace": "team", "name": name, "uid": uid},
            "spec": {"serviceResourceType": "nlb"},
        }))
        .unwrap()
    }

    fn id(name: &str, uid: &str) -> ObjectId {
        ObjectId { namespace: "team".into(), name: name.into(), uid: uid.into() }
    }

    fn listed(tracker: &mut UidTracker, objects: &[VpcEndpointService]) -> Vec<ObjectId> {
        let mut gone = tracker.take_in(&Event::<VpcEndpointService>::Init);
        for object in objects {
            gone.extend(tracker.take_in(&Event::InitApply(object.clone())));
        }
        gone.extend(tracker.take_in(&Event::<VpcEndpointService>::InitDone));
        gone
    }

    #[test]
    fn nothing_goes_while_objects_come_and_change() {
        let mut tracker = UidTracker::default();
        assert_eq!(listed(&mut tracker, &[object("a", "1")]), []);
        assert_eq!(tracker.take_in(&Event::Apply(object("a", "1"))), []);
        assert_eq!(tracker.take_in(&Event::Apply(object("b", "2"))), []);
    }

    #[test]
    fn a_deleted_object_goes_once() {
        let mut tracker = UidTracker::default();
        listed(&mut tracker, &[object("a", "1")]);
        assert_eq!(tracker.take_in(&Event::Delete(object("a", "1"))), [id("a", "1")]);
        assert_eq!(tracker.take_in(&Event::Delete(object("a", "1"))), []);
    }

    #[test]
    fn an_object_that_a_new_list_misses_has_gone() {
        let mut tracker = UidTracker::default();
        listed(&mut tracker, &[object("a", "1"), object("b", "2")]);
        assert_eq!(listed(&mut tracker, &[object("b", "2")]), [id("a", "1")]);
        assert_eq!(listed(&mut tracker, &[object("b", "2")]), []);
    }

    #[test]
    fn a_list_that_was_broken_off_says_nothing() {
        let mut tracker = UidTracker::default();
        listed(&mut tracker, &[object("a", "1"), object("b", "2")]);
        assert_eq!(tracker.take_in(&Event::<VpcEndpointService>::Init), []);
        assert_eq!(tracker.take_in(&Event::InitApply(object("a", "1"))), []);
        assert_eq!(listed(&mut tracker, &[object("a", "1"), object("b", "2")]), []);
    }

    #[test]
    fn a_successor_of_the_same_name_lets_the_former_one_go() {
        let mut tracker = UidTracker::default();
        listed(&mut tracker, &[object("a", "1")]);
        assert_eq!(tracker.take_in(&Event::Apply(object("a", "2"))), [id("a", "1")]);
        assert_eq!(listed(&mut tracker, &[object("a", "3")]), [id("a", "2")]);
    }
}
