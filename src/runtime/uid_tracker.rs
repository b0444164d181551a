//! Which objects there are, and which have gone: what is remembered about an object is forgotten when it goes, however it went.

use std::collections::{HashMap, HashSet};
use std::mem;

use kube::ResourceExt;
use kube::runtime::watcher::Event;

use crate::crd::VpcEndpointService;
use crate::identity::ObjectId;

/// Namespace and name.
type Place = (String, String);

/// The objects that the watch has shown, by place.
#[derive(Debug, Default)]
pub(super) struct Roster {
    uids: HashMap<Place, String>,
    /// The places that a list, begun and not yet ended, has shown.
    listed: HashSet<Place>,
}

impl Roster {
    /// Takes in one event of the watch and names the objects that have gone: deleted, replaced by another of the same name, or missing
    /// from a whole new list.
    pub(super) fn take_in(&mut self, event: &Event<VpcEndpointService>) -> Vec<ObjectId> {
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

    fn seen(&mut self, object: &VpcEndpointService) -> Vec<ObjectId> {
        let uid = object.uid().unwrap_or_default();
        match self.uids.insert(place(object), uid.clone()) {
            Some(before) if before != uid => vec![id(place(object), before)],
            _ => Vec::new(),
        }
    }

    fn gone(&mut self, object: &VpcEndpointService) -> Vec<ObjectId> {
        let place = place(object);
        self.uids.remove(&place).map(|uid| id(place, uid)).into_iter().collect()
    }

    fn unlisted(&mut self) -> Vec<ObjectId> {
        let listed = mem::take(&mut self.listed);
        self.uids.extract_if(|place, _| !listed.contains(place)).map(|(place, uid)| id(place, uid)).collect()
    }
}

fn place(object: &VpcEndpointService) -> Place {
    (object.namespace().unwrap_or_default(), object.name_any())
}

fn id((namespace, name): Place, uid: String) -> ObjectId {
    ObjectId { namespace, name, uid }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    fn listed(roster: &mut Roster, objects: &[VpcEndpointService]) -> Vec<ObjectId> {
        let mut gone = roster.take_in(&Event::Init);
        for object in objects {
            gone.extend(roster.take_in(&Event::InitApply(object.clone())));
        }
        gone.extend(roster.take_in(&Event::InitDone));
        gone
    }

    #[test]
    fn nothing_goes_while_objects_come_and_change() {
        let mut roster = Roster::default();
        assert_eq!(listed(&mut roster, &[object("a", "1")]), []);
        assert_eq!(roster.take_in(&Event::Apply(object("a", "1"))), []);
        assert_eq!(roster.take_in(&Event::Apply(object("b", "2"))), []);
    }

    #[test]
    fn a_deleted_object_goes_once() {
        let mut roster = Roster::default();
        listed(&mut roster, &[object("a", "1")]);
        assert_eq!(roster.take_in(&Event::Delete(object("a", "1"))), [id("a", "1")]);
        assert_eq!(roster.take_in(&Event::Delete(object("a", "1"))), []);
    }

    #[test]
    fn an_object_that_a_new_list_misses_has_gone() {
        let mut roster = Roster::default();
        listed(&mut roster, &[object("a", "1"), object("b", "2")]);
        assert_eq!(listed(&mut roster, &[object("b", "2")]), [id("a", "1")]);
        assert_eq!(listed(&mut roster, &[object("b", "2")]), []);
    }

    #[test]
    fn a_list_that_was_broken_off_says_nothing() {
        let mut roster = Roster::default();
        listed(&mut roster, &[object("a", "1"), object("b", "2")]);
        assert_eq!(roster.take_in(&Event::Init), []);
        assert_eq!(roster.take_in(&Event::InitApply(object("a", "1"))), []);
        assert_eq!(listed(&mut roster, &[object("a", "1"), object("b", "2")]), []);
    }

    #[test]
    fn a_successor_of_the_same_name_lets_the_former_one_go() {
        let mut roster = Roster::default();
        listed(&mut roster, &[object("a", "1")]);
        assert_eq!(roster.take_in(&Event::Apply(object("a", "2"))), [id("a", "1")]);
        assert_eq!(listed(&mut roster, &[object("a", "3")]), [id("a", "2")]);
    }
}
