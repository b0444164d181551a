//! The resources as they are known now, found by id, by owner and by the name of their object.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::resource::Resource;
use crate::names::{CLUSTER_TAG, OBJECT_TAG, UID_TAG};

/// Every resource that the newest list or our own Create shows, with pending writes overlaid; its tags are looked at again
/// here, because the server's filter proves nothing and our own Untag counts at once.
#[derive(Clone, Debug)]
pub(super) struct View<R: Resource> {
    cluster: String,
    resources: BTreeMap<String, R::View>,
    by_uid: HashMap<String, BTreeSet<String>>,
    by_object: HashMap<String, BTreeSet<String>>,
}

impl<R: Resource> View<R> {
    pub(super) fn new(cluster: String) -> Self {
        Self { cluster, resources: BTreeMap::new(), by_uid: HashMap::new(), by_object: HashMap::new() }
    }

    /// Puts a resource in, or takes it out.
    pub(super) fn put(&mut self, id: &str, resource: Option<R::View>) -> Change<R> {
        if self.resources.get(id) == resource.as_ref() {
            return Change { before: None, after: None };
        }
        let before = self.resources.remove(id);
        if let Some(before) = &before {
            self.unindex(before);
        }
        if let Some(resource) = &resource {
            self.index(resource);
            self.resources.insert(id.to_owned(), resource.clone());
        }
        Change { before, after: resource }
    }

    fn index(&mut self, resource: &R::View) {
        for (index, key) in keys::<R>(&self.cluster, resource, &mut self.by_uid, &mut self.by_object) {
            index.entry(key).or_default().insert(R::id(resource).to_owned());
        }
    }

    fn unindex(&mut self, resource: &R::View) {
        for (index, key) in keys::<R>(&self.cluster, resource, &mut self.by_uid, &mut self.by_object) {
            if let Some(ids) = index.get_mut(&key) {
                ids.remove(R::id(resource));
                if ids.is_empty() {
                    index.remove(&key);
                }
            }
        }
    }

    pub(super) fn get(&self, id: &str) -> Option<&R::View> {
        self.resources.get(id)
    }

    pub(super) fn ids(&self) -> BTreeSet<String> {
        self.resources.keys().cloned().collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &R::View> {
        self.resources.values()
    }

    pub(super) fn len(&self) -> usize {
        self.resources.len()
    }

    /// Those with our cluster tag and this UID.
    pub(super) fn of_uid<'a>(&'a self, uid: &str) -> impl Iterator<Item = &'a R::View> {
        self.found(self.by_uid.get(uid))
    }

    /// Those with our cluster tag that were made for an object of this `<namespace>.<name>`.
    pub(super) fn of_object<'a>(&'a self, object: &str) -> impl Iterator<Item = &'a R::View> {
        self.found(self.by_object.get(object))
    }

    fn found<'a>(&'a self, ids: Option<&'a BTreeSet<String>>) -> impl Iterator<Item = &'a R::View> {
        ids.into_iter().flatten().filter_map(|id| self.resources.get(id))
    }
}

type Index = HashMap<String, BTreeSet<String>>;

fn keys<'a, R: Resource>(
    cluster: &str,
    resource: &R::View,
    by_uid: &'a mut Index,
    by_object: &'a mut Index,
) -> impl Iterator<Item = (&'a mut Index, String)> {
    let ours = is_of_cluster::<R>(resource, cluster);
    let tag = |key: &str| R::tags(resource).get(key).filter(|_| ours).cloned();
    [(by_uid, tag(UID_TAG)), (by_object, tag(OBJECT_TAG))].into_iter().filter_map(|(index, key)| Some((index, key?)))
}

/// The indexes follow from the resources.
impl<R: Resource> std::hash::Hash for View<R> {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.resources.hash(hasher);
    }
}

/// The resource carries the tag of this cluster.
pub(super) fn is_of_cluster<R: Resource>(resource: &R::View, cluster: &str) -> bool {
    R::tags(resource).get(CLUSTER_TAG).is_some_and(|value| value == cluster)
}

/// A resource that is no longer what it was; both empty: nothing changed.
#[derive(Debug, PartialEq)]
pub(super) struct Change<R: Resource> {
    pub(super) before: Option<R::View>,
    pub(super) after: Option<R::View>,
}

impl<R: Resource> Change<R> {
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_none() && self.after.is_none()
    }

    /// The resource, as it was and as it is.
    pub(super) fn sides(&self) -> impl Iterator<Item = &R::View> {
        [&self.before, &self.after].into_iter().flatten()
    }
}
