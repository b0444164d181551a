//! Which objects list which load balancer in which zone. Two that list one and the same are both told; nothing else comes of it.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::cloud::services::AttachmentKey;
use crate::identity::{ObjectId, Target};

/// What every object lists that there is.
#[derive(Debug, Default)]
pub struct Claims(Mutex<Memory>);

/// Attachments are kept as their hashes: with ten thousand objects, whole keys would take megabytes, and where two have one hash a warning too many is
/// all that comes of it.
#[derive(Debug, Default)]
struct Memory {
    objects: HashMap<String, Claim>,
    claimants: HashMap<u64, Vec<Arc<ObjectId>>>,
}

#[derive(Debug)]
struct Claim {
    id: Arc<ObjectId>,
    attachments: Box<[u64]>,
    /// When this process first saw it.
    was_at_rest: bool,
    /// That another object lists one of them.
    is_told: bool,
}

/// An attachment that another object lists as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub key: AttachmentKey,
    /// The other object, if it is of the same namespace. Whose it is otherwise is nobody's business.
    pub by: Option<String>,
}

impl Claims {
    /// Takes in what an object lists. Answers what others list as well, the first time that it is so, and which objects are to look again because they
    /// have to be told now. What a process finds at its beginning between objects that were at rest when it first saw them is no news: the process before
    /// told it.
    pub fn put(
        &self,
        id: &ObjectId,
        target: &Target,
        keys: &BTreeSet<AttachmentKey>,
        is_at_rest: bool,
        is_beginning: bool,
    ) -> (Vec<Shared>, Vec<ObjectId>) {
        let attachments: Box<[u64]> = keys.iter().map(|key| hash(target, key)).collect();
        let mut memory = self.lock();
        let is_same = memory.objects.get(&id.uid).is_some_and(|claim| claim.attachments == attachments);
        let concerned = if is_same { Vec::new() } else { memory.replace(id, attachments, is_at_rest) };
        if memory.objects.get(&id.uid).is_none_or(|claim| claim.is_told) {
            return (Vec::new(), concerned);
        }
        let shared: Vec<_> = keys.iter().filter_map(|key| memory.shared(id, key, hash(target, key))).collect();
        (if memory.is_news(&id.uid, &shared, is_beginning) { shared } else { Vec::new() }, concerned)
    }

    /// The object is gone.
    pub fn forget(&self, id: &ObjectId) {
        self.lock().remove(&id.uid);
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        // No code runs under the lock that could leave the maps half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// Answers who was alone with an attachment until now. However many list one and the same, nobody looks again but the second and the first.
    fn replace(&mut self, id: &ObjectId, attachments: Box<[u64]>, was_at_rest: bool) -> Vec<ObjectId> {
        self.remove(&id.uid);
        let id = Arc::new(id.clone());
        let mut concerned = Vec::new();
        for attachment in &attachments {
            let claimants = self.claimants.entry(*attachment).or_default();
            if let [alone] = claimants.as_slice() {
                concerned.push((**alone).clone());
            }
            claimants.push(Arc::clone(&id));
        }
        if !attachments.is_empty() {
            self.objects.insert(id.uid.clone(), Claim { id, attachments, was_at_rest, is_told: false });
        }
        concerned
    }

    fn remove(&mut self, uid: &str) {
        let Some(claim) = self.objects.remove(uid) else { return };
        for attachment in &claim.attachments {
            let Some(claimants) = self.claimants.get_mut(attachment) else { continue };
            claimants.retain(|other| other.uid != claim.id.uid);
            match claimants.as_slice() {
                [] => drop(self.claimants.remove(attachment)),
                // The next one is news again.
                [alone] => self.objects.get_mut(&alone.uid).into_iter().for_each(|claim| claim.is_told = false),
                _ => {}
            }
        }
    }

    /// Once for each time that an object comes to share something.
    fn is_news(&mut self, uid: &str, shared: &[Shared], is_beginning: bool) -> bool {
        let Some(claim) = self.objects.get_mut(uid).filter(|_| !shared.is_empty()) else { return false };
        let was_told = mem::replace(&mut claim.is_told, true);
        let is_old = claim.was_at_rest && is_beginning;
        !(was_told || is_old)
    }

    fn shared(&self, id: &ObjectId, key: &AttachmentKey, attachment: u64) -> Option<Shared> {
        let others = || self.claimants.get(&attachment).into_iter().flatten().filter(|other| other.uid != id.uid);
        others().next()?;
        let neighbours = others().filter(|other| other.namespace == id.namespace);
        Some(Shared { key: key.clone(), by: neighbours.map(|other| &other.name).min().cloned() })
    }
}

fn hash(target: &Target, key: &AttachmentKey) -> u64 {
    let mut hasher = DefaultHasher::new();
    (target, key).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(namespace: &str, name: &str) -> ObjectId {
        ObjectId { namespace: namespace.to_owned(), name: name.to_owned(), uid: format!("{namespace}-{name}") }
    }

    fn target(region: &str) -> Target {
        Target { account: "1".to_owned(), region: region.to_owned() }
    }

    fn key(resource_id: &str) -> AttachmentKey {
        AttachmentKey { resource_id: resource_id.to_owned(), zone_id: Some("h".to_owned()) }
    }

    fn put(claims: &Claims, id: &ObjectId, resources: &[&str]) -> (Vec<Shared>, Vec<ObjectId>) {
        claims.put(id, &target("r"), &resources.iter().map(|resource| key(resource)).collect(), false, true)
    }

    fn shared(resource: &str, by: Option<&str>) -> Vec<Shared> {
        vec![Shared { key: key(resource), by: by.map(str::to_owned) }]
    }

    #[test]
    fn an_object_alone_shares_nothing_in_another_region_as_little() {
        let claims = Claims::default();
        assert_eq!(put(&claims, &id("a", "x"), &["nlb-1", "nlb-2"]), (vec![], vec![]));
        assert_eq!(put(&claims, &id("a", "x"), &["nlb-1"]), (vec![], vec![]));
        assert_eq!(claims.put(&id("a", "y"), &target("other"), &[key("nlb-1")].into(), false, true), (vec![], vec![]));
    }

    #[test]
    fn both_hear_of_it_once_and_only_neighbours_are_named() {
        let claims = Claims::default();
        let (x, y, z) = (id("a", "x"), id("a", "y"), id("b", "z"));
        put(&claims, &x, &["nlb-1"]);
        assert_eq!(put(&claims, &z, &["nlb-1", "nlb-9"]), (shared("nlb-1", None), vec![x.clone()]));
        assert_eq!(put(&claims, &x, &["nlb-1"]), (shared("nlb-1", None), vec![]));
        assert_eq!(put(&claims, &x, &["nlb-1"]), (vec![], vec![]));
        // The third finds two who know already.
        assert_eq!(put(&claims, &y, &["nlb-1"]), (shared("nlb-1", Some("x")), vec![]));
        for gone in [&x, &y, &z] {
            claims.forget(gone);
        }
        let memory = claims.lock();
        assert!(memory.objects.is_empty() && memory.claimants.is_empty());
    }

    #[test]
    fn who_was_alone_again_hears_of_the_next_one() {
        let claims = Claims::default();
        let (x, y) = (id("a", "x"), id("a", "y"));
        for _ in 0..2 {
            put(&claims, &x, &["nlb-1"]);
            assert_eq!(put(&claims, &y, &["nlb-1"]), (shared("nlb-1", Some("x")), vec![x.clone()]));
            assert_eq!(put(&claims, &x, &["nlb-1"]), (shared("nlb-1", Some("y")), vec![]));
            assert_eq!(put(&claims, &y, &[]), (vec![], vec![]));
        }
    }

    #[test]
    fn what_an_earlier_process_told_is_not_told_again() {
        let claims = Claims::default();
        let put = |name: &str, is_beginning| {
            let keys: BTreeSet<_> = [key("nlb-1")].into();
            claims.put(&id("a", name), &target("r"), &keys, true, is_beginning)
        };
        assert_eq!(put("x", true), (vec![], vec![]));
        assert_eq!(put("y", true), (vec![], vec![id("a", "x")]));
        assert_eq!(put("x", true), (vec![], vec![]));
        assert_eq!(put("x", false), (vec![], vec![]));
    }

    #[test]
    fn who_was_at_rest_hears_of_one_that_comes_later() {
        let claims = Claims::default();
        let keys: BTreeSet<_> = [key("nlb-1")].into();
        claims.put(&id("a", "x"), &target("r"), &keys, true, true);
        put(&claims, &id("a", "y"), &["nlb-1"]);
        let (told, _) = claims.put(&id("a", "x"), &target("r"), &keys, true, false);
        assert_eq!(told, shared("nlb-1", Some("y")));
    }

    #[test]
    fn however_many_list_one_load_balancer_few_look_again() {
        let claims = Claims::default();
        let again: usize =
            (0..1_000).map(|number| put(&claims, &id("a", &number.to_string()), &["nlb-1"]).1.len()).sum();
        assert_eq!(again, 1);
    }
}
