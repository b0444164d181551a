//! Which objects list which load balancer in which zone. Two that list one and the same are both told; nothing else comes of it.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
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
}

/// An attachment that another object lists as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    pub key: AttachmentKey,
    /// The other object, if it is of the same namespace. Whose it is otherwise is nobody's business.
    pub by: Option<String>,
}

impl Claims {
    /// Takes in what an object lists. Answers what others list as well, and which objects have to look again because of it.
    pub fn put(&self, id: &ObjectId, target: &Target, keys: &BTreeSet<AttachmentKey>) -> (Vec<Shared>, Vec<ObjectId>) {
        let attachments: Box<[u64]> = keys.iter().map(|key| hash(target, key)).collect();
        let mut memory = self.lock();
        let is_same = memory.objects.get(&id.uid).is_some_and(|claim| claim.attachments == attachments);
        let mut concerned = Vec::new();
        if !is_same {
            concerned = memory.remove(&id.uid);
            let id = Arc::new(id.clone());
            for attachment in &attachments {
                let claimants = memory.claimants.entry(*attachment).or_default();
                concerned.extend(claimants.iter().map(|other| (**other).clone()));
                claimants.push(Arc::clone(&id));
            }
            if !attachments.is_empty() {
                memory.objects.insert(id.uid.clone(), Claim { id, attachments });
            }
        }
        let shared = keys.iter().filter_map(|key| memory.shared(id, key, hash(target, key))).collect();
        (shared, concerned)
    }

    /// The object is gone. Answers which objects have to look again because of it.
    pub fn forget(&self, id: &ObjectId) -> Vec<ObjectId> {
        self.lock().remove(&id.uid)
    }

    fn lock(&self) -> MutexGuard<'_, Memory> {
        // No code runs under the lock that could leave the maps half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn remove(&mut self, uid: &str) -> Vec<ObjectId> {
        let Some(claim) = self.objects.remove(uid) else { return Vec::new() };
        let mut others = Vec::new();
        for attachment in &claim.attachments {
            let Some(claimants) = self.claimants.get_mut(attachment) else { continue };
            claimants.retain(|other| other.uid != claim.id.uid);
            others.extend(claimants.iter().map(|other| (**other).clone()));
            if claimants.is_empty() {
                self.claimants.remove(attachment);
            }
        }
        others
    }

    fn shared(&self, id: &ObjectId, key: &AttachmentKey, attachment: u64) -> Option<Shared> {
        let others = || self.claimants.get(&attachment).into_iter().flatten().filter(|other| other.uid != id.uid);
        others().next()?;
        let neighbours = others().filter(|other| other.namespace == id.namespace);
        Some(Shared { key: key.clone(), by: neighbours.map(|other| other.name.clone()).min() })
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
        claims.put(id, &target("r"), &resources.iter().map(|resource| key(resource)).collect())
    }

    fn shared(resource: &str, by: Option<&str>) -> Vec<Shared> {
        vec![Shared { key: key(resource), by: by.map(str::to_owned) }]
    }

    #[test]
    fn an_object_alone_shares_nothing_in_another_region_as_little() {
        let claims = Claims::default();
        assert_eq!(put(&claims, &id("a", "x"), &["nlb-1", "nlb-2"]), (vec![], vec![]));
        assert_eq!(put(&claims, &id("a", "x"), &["nlb-1"]), (vec![], vec![]));
        assert_eq!(claims.put(&id("a", "y"), &target("other"), &[key("nlb-1")].into()), (vec![], vec![]));
    }

    #[test]
    fn both_hear_of_it_and_of_its_end_and_only_neighbours_are_named() {
        let claims = Claims::default();
        let (x, y, z) = (id("a", "x"), id("a", "y"), id("b", "z"));
        put(&claims, &x, &["nlb-1"]);
        assert_eq!(put(&claims, &z, &["nlb-1", "nlb-9"]), (shared("nlb-1", None), vec![x.clone()]));
        assert_eq!(put(&claims, &x, &["nlb-1"]), (shared("nlb-1", None), vec![]));
        assert_eq!(put(&claims, &y, &["nlb-1"]), (shared("nlb-1", Some("x")), vec![x.clone(), z.clone()]));
        assert_eq!(put(&claims, &x, &["nlb-1"]), (shared("nlb-1", Some("y")), vec![]));
        assert_eq!(put(&claims, &y, &[]), (vec![], vec![x.clone(), z.clone()]));
        assert_eq!(claims.forget(&z), std::slice::from_ref(&x));
        assert_eq!(put(&claims, &x, &["nlb-1"]), (vec![], vec![]));
        claims.forget(&x);
        let memory = claims.lock();
        assert!(memory.objects.is_empty() && memory.claimants.is_empty());
    }
}
