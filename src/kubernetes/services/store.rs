//! What is known of the Services, and which objects refer to which.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem;

use kube::ResourceExt;
use kube::runtime::watcher::Event;

use super::trimmed::{LoadBalancerService, Shown};
use super::{ReferredServices, Unlisted};
use crate::identity::ObjectId;

/// Namespace and name.
type Key = (String, String);

/// As many Services as the cluster has of the type, and as many references as live objects have.
#[derive(Debug, Default)]
pub(super) struct Store {
    services: HashMap<Key, LoadBalancerService>,
    /// What a list that has not ended has shown so far.
    listing: HashMap<Key, LoadBalancerService>,
    /// Why nothing is known; `None`: everything is listed.
    unlisted: Option<Unlisted>,
    users: HashMap<Key, BTreeSet<ObjectId>>,
    /// By the UID of the object.
    references: HashMap<String, BTreeSet<Key>>,
}

impl Store {
    pub(super) fn new() -> Self {
        Self { unlisted: Some(Unlisted::NotYet), ..Self::default() }
    }

    /// Notes that the object refers to these Services of its namespace and to no others, and says what is known of them.
    pub(super) fn refer(&mut self, id: &ObjectId, names: &BTreeSet<String>) -> ReferredServices {
        let keys: BTreeSet<Key> = names.iter().map(|name| (id.namespace.clone(), name.clone())).collect();
        if self.references.get(&id.uid) != Some(&keys) {
            self.forget(id);
            for key in &keys {
                self.users.entry(key.clone()).or_default().insert(id.clone());
            }
            self.references.insert(id.uid.clone(), keys.clone());
        }
        if let Some(unlisted) = &self.unlisted {
            ReferredServices::Unlisted(unlisted.clone())
        } else {
            let found = keys.into_iter().map(|key| {
                let service = self.services.get(&key).cloned();
                (key.1, service)
            });
            ReferredServices::Listed(found.collect::<BTreeMap<_, _>>())
        }
    }

    pub(super) fn forget(&mut self, id: &ObjectId) {
        for key in self.references.remove(&id.uid).into_iter().flatten() {
            let Some(users) = self.users.get_mut(&key) else { continue };
            users.retain(|user| user.uid != id.uid);
            if users.is_empty() {
                self.users.remove(&key);
            }
        }
    }

    /// Takes in what the watch shows, and answers the objects to which it means something.
    pub(super) fn take_in(&mut self, event: &Event<Shown>) -> BTreeSet<ObjectId> {
        match event {
            Event::Init => self.listing.clear(),
            Event::InitApply(shown) => {
                self.listing.extend(shown.trimmed().map(|service| (key(shown), service)));
            }
            Event::InitDone => return self.listed(),
            Event::Apply(shown) => return self.changed(&key(shown), shown.trimmed().as_ref()),
            Event::Delete(shown) => return self.changed(&key(shown), None),
        }
        BTreeSet::new()
    }

    /// The list failed. What was listed before stays as it is known.
    pub(super) fn failed(&mut self, why: Unlisted) -> BTreeSet<ObjectId> {
        match &mut self.unlisted {
            Some(before) if *before != why => {
                *before = why;
                self.users.values().flatten().cloned().collect()
            }
            Some(_) | None => BTreeSet::new(),
        }
    }

    fn listed(&mut self) -> BTreeSet<ObjectId> {
        let before = mem::replace(&mut self.services, mem::take(&mut self.listing));
        let was_unlisted = self.unlisted.take().is_some();
        let is_changed = |key: &Key| was_unlisted || before.get(key) != self.services.get(key);
        self.users.iter().filter(|(key, _)| is_changed(key)).flat_map(|(_, users)| users).cloned().collect()
    }

    fn changed(&mut self, key: &Key, now: Option<&LoadBalancerService>) -> BTreeSet<ObjectId> {
        let before = match now {
            Some(service) => self.services.insert(key.clone(), service.clone()),
            None => self.services.remove(key),
        };
        let users = self.users.get(key).filter(|_| before.as_ref() != now);
        users.cloned().unwrap_or_default()
    }
}

fn key(shown: &Shown) -> Key {
    (shown.metadata.namespace.clone().unwrap_or_default(), shown.name_any())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn id(name: &str) -> ObjectId {
        ObjectId { namespace: "shop".into(), name: name.into(), uid: format!("uid-{name}") }
    }

    fn shown(name: &str, kind: &str, load_balancer: &str) -> Shown {
        let service = json!({
            "metadata": {"namespace": "shop", "name": name, "labels": {"service.k8s.alibaba/loadbalancer-id": load_balancer}},
            "spec": {"type": kind},
        });
        serde_json::from_value(service).unwrap()
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn known(load_balancer: &str) -> LoadBalancerService {
        LoadBalancerService { load_balancer_id: Some(load_balancer.into()), ..LoadBalancerService::default() }
    }

    fn listed(services: &[(&str, Option<LoadBalancerService>)]) -> ReferredServices {
        let known = services.iter().map(|(name, service)| ((*name).to_owned(), service.clone()));
        ReferredServices::Listed(known.collect())
    }

    /// What a list shows, and who is to be told.
    fn list(store: &mut Store, services: &[Shown]) -> BTreeSet<ObjectId> {
        assert_eq!(store.take_in(&Event::Init), BTreeSet::new());
        for service in services {
            assert_eq!(store.take_in(&Event::InitApply(service.clone())), BTreeSet::new());
        }
        store.take_in(&Event::InitDone)
    }

    #[test]
    fn before_the_first_list_nothing_is_known_and_after_it_all_who_refer_are_told() {
        let mut store = Store::new();
        let (a, b) = (id("a"), id("b"));
        assert_eq!(store.refer(&a, &names(&["web"])), ReferredServices::Unlisted(Unlisted::NotYet));
        store.refer(&b, &names(&["gone"]));
        let told = list(&mut store, &[shown("web", "LoadBalancer", "nlb-1"), shown("plain", "ClusterIP", "")]);
        assert_eq!(told, [a.clone(), b.clone()].into());
        assert_eq!(store.refer(&a, &names(&["web"])), listed(&[("web", Some(known("nlb-1")))]));
        assert_eq!(store.refer(&b, &names(&["gone", "plain"])), listed(&[("gone", None), ("plain", None)]));
    }

    #[test]
    fn only_a_change_that_counts_is_told_and_only_to_those_who_refer() {
        let mut store = Store::new();
        list(&mut store, &[shown("web", "LoadBalancer", "nlb-1")]);
        store.refer(&id("a"), &names(&["web"]));
        store.refer(&id("b"), &names(&["other"]));
        let mut told = |event| store.take_in(&event);
        assert_eq!(told(Event::Apply(shown("web", "LoadBalancer", "nlb-1"))), BTreeSet::new());
        assert_eq!(told(Event::Apply(shown("web", "LoadBalancer", "nlb-2"))), [id("a")].into());
        assert_eq!(told(Event::Apply(shown("web", "ClusterIP", "nlb-2"))), [id("a")].into());
        assert_eq!(told(Event::Delete(shown("web", "ClusterIP", "nlb-2"))), BTreeSet::new());
        assert_eq!(list(&mut store, &[shown("other", "LoadBalancer", "nlb-3")]), [id("b")].into());
        assert_eq!(list(&mut store, &[]), [id("b")].into(), "what a list leaves out is gone");
    }

    #[test]
    fn a_refusal_is_told_once_and_does_not_undo_what_is_listed() {
        let mut store = Store::new();
        let refused = || Unlisted::Refused("no".into());
        store.refer(&id("a"), &names(&["web"]));
        assert_eq!(store.failed(refused()), [id("a")].into());
        assert_eq!(store.failed(refused()), BTreeSet::new());
        assert_eq!(store.refer(&id("a"), &names(&["web"])), ReferredServices::Unlisted(refused()));
        assert_eq!(list(&mut store, &[]), [id("a")].into());
        assert_eq!(store.failed(refused()), BTreeSet::new());
        assert_eq!(store.refer(&id("a"), &names(&["web"])), listed(&[("web", None)]));
    }

    #[test]
    fn nothing_is_kept_of_objects_that_are_forgotten_or_refer_to_something_else() {
        let mut store = Store::new();
        list(&mut store, &[shown("web", "LoadBalancer", "nlb-1")]);
        store.refer(&id("a"), &names(&["web", "old"]));
        store.refer(&id("a"), &names(&["web"]));
        assert_eq!(store.users.len(), 1);
        store.forget(&id("a"));
        assert!(store.users.is_empty() && store.references.is_empty(), "{store:?}");
        assert_eq!(store.take_in(&Event::Apply(shown("web", "LoadBalancer", "nlb-2"))), BTreeSet::new());
    }
}
