//! Resources with our cluster tag whose object exists no more.

use super::Inventory;
use super::resource::{Phase, Resource};
use super::state::State;
use super::view::is_of_cluster;
use crate::names::{OBJECT_TAG, UID_TAG};

/// A resource that carries our cluster tag and the UID of an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owned {
    pub id: String,
    /// The UID on it.
    pub uid: String,
    /// The `<namespace>.<name>` on it; empty where there is none.
    pub object: String,
}

impl<R: Resource> Inventory<R> {
    /// Those for which this holds, out of what the newest list shows. One that is being deleted is nobody's any more.
    pub fn owned(&self, is_meant: impl Fn(&Owned) -> bool) -> Vec<Owned> {
        self.shared.state().owned().filter(is_meant).collect()
    }
}

impl<R: Resource> State<R> {
    pub(super) fn owned(&self) -> impl Iterator<Item = Owned> {
        let stays = |resource: &&R::View| R::phase(R::status(resource)) != Phase::Deleting;
        let ours = self.view.all().filter(|resource| is_of_cluster::<R>(resource, &self.about.cluster)).filter(stays);
        ours.filter_map(|resource| {
            let tags = R::tags(resource);
            Some(Owned {
                id: R::id(resource).to_owned(),
                uid: tags.get(UID_TAG)?.clone(),
                object: tags.get(OBJECT_TAG).cloned().unwrap_or_default(),
            })
        })
    }
}
