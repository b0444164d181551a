//! Never back in time: a copy of an object that is older than one we have seen, or than our own last patch, is not trusted.
//!
//! Without this, a reconcile that begins before the watch has delivered our patch would work on a past that we know to be past; and after a
//! watch that began again at a server that lags, it would take the service back to what an earlier generation of the object asked for.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The newest resource version that this process has written or worked on, for each object, and the last one that it wrote.
#[derive(Debug, Default)]
pub struct Freshness {
    newest: Mutex<HashMap<String, String>>,
    own: Mutex<HashMap<String, String>>,
}

/// Whether a copy of the object may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheState {
    /// At least as new as everything that we know of it.
    Current,
    /// Older: read the object from the API server.
    Stale,
}

impl Freshness {
    /// Notes what the API server answered to a patch of ours.
    pub fn wrote(&self, uid: &str, resource_version: &str) {
        locked(&self.own).insert(uid.to_owned(), resource_version.to_owned());
        let mut written = self.lock();
        match written.get_mut(uid) {
            Some(newest) if is_older(newest, resource_version) => resource_version.clone_into(newest),
            Some(_) => {}
            None => drop(written.insert(uid.to_owned(), resource_version.to_owned())),
        }
    }

    /// Checks a copy from the watch; one that is trusted is what later ones are held against.
    pub fn check(&self, uid: &str, resource_version: &str) -> CacheState {
        let mut known = self.lock();
        let is_stale = known.get(uid).is_some_and(|newest| is_older(resource_version, newest));
        match order(resource_version) {
            Some(_) if is_stale => {}
            Some(_) => drop(known.insert(uid.to_owned(), resource_version.to_owned())),
            // Versions that cannot be compared: one look past the cache, then the watch is trusted again, or it never would be.
            None => drop(known.remove(uid)),
        }
        if is_stale { CacheState::Stale } else { CacheState::Current }
    }

    /// Takes in what a read past every cache showed: the truth, also where it is older than what was known. Such a read is never older
    /// than a write that was answered before it began, unless the API server's memory itself was set back.
    pub fn read(&self, uid: &str, resource_version: &str) {
        self.lock().insert(uid.to_owned(), resource_version.to_owned());
    }

    /// This process wrote the object last, and that made this version of it.
    pub fn is_own(&self, uid: &str, resource_version: &str) -> bool {
        locked(&self.own).get(uid).is_some_and(|own| own == resource_version)
    }

    /// The newest resource version that is known of an object: ours, or the one at hand.
    pub fn newest(&self, uid: &str, at_hand: &str) -> String {
        match self.lock().get(uid) {
            Some(ours) if is_older(at_hand, ours) => ours.clone(),
            _ => at_hand.to_owned(),
        }
    }

    /// The object is gone.
    pub fn forget(&self, uid: &str) {
        self.lock().remove(uid);
        locked(&self.own).remove(uid);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, String>> {
        locked(&self.newest)
    }
}

/// No code runs under the locks that could leave a map half changed.
fn locked(map: &Mutex<HashMap<String, String>>) -> MutexGuard<'_, HashMap<String, String>> {
    map.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Versions are compared as integers, which Kubernetes allows for the objects of one kind; others are older when they are not equal.
fn is_older(one: &str, other: &str) -> bool {
    match (order(one), order(other)) {
        (Some(one), Some(other)) => one < other,
        _ => one != other,
    }
}

fn order(resource_version: &str) -> Option<u64> {
    resource_version.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(writes: &[&str]) -> Freshness {
        let freshness = Freshness::default();
        for write in writes {
            freshness.wrote("a", write);
        }
        freshness
    }

    #[test]
    fn a_copy_is_trusted_before_the_first_patch_and_an_older_one_is_not_any_more() {
        let freshness = after(&[]);
        assert_eq!(freshness.check("a", "7"), CacheState::Current);
        assert_eq!(freshness.check("a", "6"), CacheState::Stale);
        assert_eq!(freshness.check("a", "7"), CacheState::Current);
    }

    #[test]
    fn a_copy_older_than_our_patch_is_not_trusted_however_often_one_asks() {
        let freshness = after(&["10"]);
        assert_eq!(freshness.check("a", "9"), CacheState::Stale);
        assert_eq!(freshness.check("a", "9"), CacheState::Stale);
    }

    #[test]
    fn a_copy_that_caught_up_is_trusted_and_raises_the_guard() {
        let freshness = after(&["10"]);
        assert_eq!(freshness.check("a", "11"), CacheState::Current);
        assert_eq!(freshness.check("a", "10"), CacheState::Stale);
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(after(&["100"]).check("a", "99"), CacheState::Stale);
        assert_eq!(after(&["99"]).check("a", "100"), CacheState::Current);
    }

    #[test]
    fn the_newest_patch_counts_whatever_the_order_of_the_answers() {
        assert_eq!(after(&["12", "10"]).check("a", "11"), CacheState::Stale);
        assert_eq!(after(&["10", "12"]).check("a", "11"), CacheState::Stale);
    }

    #[test]
    fn a_version_that_is_no_number_costs_one_look_and_no_more() {
        let freshness = after(&["b"]);
        assert_eq!(freshness.check("a", "a"), CacheState::Stale);
        assert_eq!(freshness.check("a", "c"), CacheState::Current);
    }

    #[test]
    fn the_newest_version_is_ours_or_the_one_at_hand() {
        assert_eq!(after(&[]).newest("a", "9"), "9");
        assert_eq!(after(&["10"]).newest("a", "9"), "10");
        assert_eq!(after(&["10"]).newest("a", "11"), "11");
    }

    #[test]
    fn after_a_restore_a_read_past_the_cache_sets_the_guard_back() {
        let freshness = after(&["1000"]);
        assert_eq!(freshness.check("a", "500"), CacheState::Stale);
        freshness.read("a", "500");
        assert_eq!(freshness.check("a", "500"), CacheState::Current);
        assert_eq!(freshness.newest("a", "500"), "500");
    }

    #[test]
    fn only_the_last_write_of_this_process_is_its_own() {
        let freshness = after(&["10", "12"]);
        assert_eq!(["10", "11", "12"].map(|version| freshness.is_own("a", version)), [false, false, true]);
        freshness.forget("a");
        assert!(!freshness.is_own("a", "12"));
    }

    #[test]
    fn objects_do_not_share_their_guard() {
        let freshness = after(&["10"]);
        assert_eq!(freshness.check("b", "1"), CacheState::Current);
        freshness.forget("a");
        assert_eq!(freshness.check("a", "1"), CacheState::Current);
    }
}
