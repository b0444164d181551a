//! The services as they are known now, found by id, by owner and by the name of their object.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::cloud::services::Service;
use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};

/// Every service that the newest sweep or our own Create shows, with own writes laid over; its tags are looked at again
/// here, because the server's filter proves nothing and our own Untag counts at once.
#[derive(Clone, Debug)]
pub(super) struct View {
    cluster: String,
    services: BTreeMap<String, Service>,
    by_uid: HashMap<String, BTreeSet<String>>,
    by_object: HashMap<String, BTreeSet<String>>,
}

impl View {
    pub(super) fn new(cluster: String) -> Self {
        Self { cluster, services: BTreeMap::new(), by_uid: HashMap::new(), by_object: HashMap::new() }
    }

    /// Puts a service in, or takes it out.
    pub(super) fn put(&mut self, id: &str, service: Option<Service>) -> Change {
        if self.services.get(id) == service.as_ref() {
            return Change::default();
        }
        let before = self.services.remove(id);
        if let Some(before) = &before {
            self.unindex(before);
        }
        if let Some(service) = &service {
            self.index(service);
            self.services.insert(id.to_owned(), service.clone());
        }
        Change { before, after: service }
    }

    fn index(&mut self, service: &Service) {
        for (index, key) in keys(&self.cluster, service, &mut self.by_uid, &mut self.by_object) {
            index.entry(key).or_default().insert(service.id.clone());
        }
    }

    fn unindex(&mut self, service: &Service) {
        for (index, key) in keys(&self.cluster, service, &mut self.by_uid, &mut self.by_object) {
            if let Some(ids) = index.get_mut(&key) {
                ids.remove(&service.id);
                if ids.is_empty() {
                    index.remove(&key);
                }
            }
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Service> {
        self.services.get(id)
    }

    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.services.keys().cloned().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.services.len()
    }

    /// The services with our cluster tag and this UID.
    pub(super) fn of_uid<'a>(&'a self, uid: &str) -> impl Iterator<Item = &'a Service> {
        self.found(self.by_uid.get(uid))
    }

    /// The services with our cluster tag that were made for an object of this `<namespace>.<name>`.
    pub(super) fn of_object<'a>(&'a self, object: &str) -> impl Iterator<Item = &'a Service> {
        self.found(self.by_object.get(object))
    }

    fn found<'a>(&'a self, ids: Option<&'a BTreeSet<String>>) -> impl Iterator<Item = &'a Service> {
        ids.into_iter().flatten().filter_map(|id| self.services.get(id))
    }
}

type Index = HashMap<String, BTreeSet<String>>;

fn keys<'a>(
    cluster: &str,
    service: &Service,
    by_uid: &'a mut Index,
    by_object: &'a mut Index,
) -> impl Iterator<Item = (&'a mut Index, String)> {
    let ours = is_of_cluster(service, cluster);
    let tag = |key: &str| service.tags.get(key).filter(|_| ours).cloned();
    [(by_uid, tag(UID_TAG)), (by_object, tag(OBJECT_TAG))].into_iter().filter_map(|(index, key)| Some((index, key?)))
}

/// The indexes follow from the services.
impl std::hash::Hash for View {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.services.hash(hasher);
    }
}

/// The service carries the tag of this cluster.
pub(super) fn is_of_cluster(service: &Service, cluster: &str) -> bool {
    service.tags.get(CLUSTER_TAG).is_some_and(|value| value == cluster)
}

/// A service that is no longer what it was; both empty: nothing changed.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Change {
    pub(super) before: Option<Service>,
    pub(super) after: Option<Service>,
}

impl Change {
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }

    /// The service, as it was and as it is.
    pub(super) fn sides(&self) -> impl Iterator<Item = &Service> {
        [&self.before, &self.after].into_iter().flatten()
    }
}
