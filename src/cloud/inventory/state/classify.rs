//! Which resource is whose.

use jiff::Timestamp;

use super::State;
use crate::cloud::inventory::object_state::{Finding, ObjectState};
use crate::cloud::inventory::observed::{NamedId, Ownership};
use crate::cloud::inventory::resource::Resource;
use crate::cloud::inventory::view::is_of_cluster;
use crate::names::{OBJECT_TAG, UID_TAG};

impl<R: Resource> State<R> {
    /// The resource of an object. What carries its UID comes first; then the id that is to be accounted for; then what
    /// the spec wants adopted, or an earlier object of the same name left behind.
    pub(super) fn ownership(&self, object: &ObjectState<R>, now: Timestamp) -> Ownership<R::View> {
        let mut ours: Vec<&R::View> = self.view.of_uid(&object.owner.uid).collect();
        match ours.as_slice() {
            [] if self.snapshot.is_none() => Ownership::NotYetListed,
            [] => self.without_own(object, now),
            [resource] => Ownership::Ours(Box::new((*resource).clone())),
            _ => {
                ours.sort_by_key(|resource| (Some(R::id(resource)) != object.named.as_deref(), age_key::<R>(resource)));
                Ownership::Many(ours.into_iter().cloned().collect())
            }
        }
    }

    fn without_own(&self, object: &ObjectState<R>, now: Timestamp) -> Ownership<R::View> {
        let Some(id) = object.expected_id() else { return self.to_adopt_or_former(object) };
        if let Some(resource) = self.view.get(id) {
            return self.foreign_or_former(object, resource);
        }
        match object.finding(id, &self.about.timing, now) {
            Some(Finding::Foreign(resource)) => self.foreign_or_former(object, resource),
            Some(Finding::Gone) => self.former_or(object, NamedId::Gone(id.to_owned())),
            Some(Finding::Hidden) => Ownership::Absent { named: NamedId::Hidden(id.to_owned()) },
            None => Ownership::Absent { named: NamedId::Unjudged(id.to_owned()) },
        }
    }

    /// An object that adopts is about the one resource that its spec names, whatever an earlier object of its name left.
    fn to_adopt_or_former(&self, object: &ObjectState<R>) -> Ownership<R::View> {
        let Some(id) = &object.adopt else { return self.former_or(object, NamedId::None) };
        match self.view.get(id) {
            Some(resource) => Ownership::ToAdopt(Box::new(resource.clone())),
            None => Ownership::Absent { named: NamedId::None },
        }
    }

    fn former_or(&self, object: &ObjectState<R>, named: NamedId) -> Ownership<R::View> {
        match self.former(object) {
            Some(resource) => Ownership::Former(Box::new(resource.clone())),
            None => Ownership::Absent { named },
        }
    }

    /// The oldest resource of an earlier object of this name.
    fn former(&self, object: &ObjectState<R>) -> Option<&R::View> {
        let others = self.view.of_object(&object.owner.object).filter(|resource| self.is_former_of(object, resource));
        others.min_by_key(|resource| age_key::<R>(resource))
    }

    /// A resource that status names can belong to an earlier object of the name: an object that was restored from a backup,
    /// status and all. One of another cluster cannot, whatever it is called there.
    fn foreign_or_former(&self, object: &ObjectState<R>, resource: &R::View) -> Ownership<R::View> {
        let resource = Box::new(resource.clone());
        let named_by_tag = R::tags(&resource).get(OBJECT_TAG) == Some(&object.owner.object);
        if named_by_tag && self.is_former_of(object, &resource) {
            Ownership::Former(resource)
        } else {
            Ownership::Foreign(resource)
        }
    }

    /// It carries the tag of this cluster and no UID of an object of another name. One that was proven to be this very object's was taken from it.
    fn is_former_of(&self, object: &ObjectState<R>, resource: &R::View) -> bool {
        let lives = |uid: &String| {
            let others = self.objects.get(uid).map(|other| (&other.id.namespace, &other.id.name));
            others.is_some_and(|other| other != (&object.id.namespace, &object.id.name))
        };
        is_of_cluster::<R>(resource, &self.about.cluster)
            && !R::tags(resource).get(UID_TAG).is_some_and(lives)
            && object.proven_id.as_deref() != Some(R::id(resource))
    }
}

/// Orders by age, the oldest first; one that the provider gave no time for is the youngest.
fn age_key<R: Resource>(resource: &R::View) -> (Timestamp, String) {
    (R::created_at(resource).unwrap_or(Timestamp::MAX), R::id(resource).to_owned())
}
