//! Calls that must not overlap.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What a serial call holds until its answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LockKey {
    /// A whole account in a region (whether regions share it is not documented).
    Account {
        account: String,
        region: String,
    },
    Service(String),
    Endpoint(String),
}

/// The locks that are held, each until its time.
#[derive(Debug, Default)]
pub(crate) struct Locks(BTreeMap<LockKey, Timestamp>);

impl Locks {
    /// Takes the lock until `until`; false while another call has it.
    pub(crate) fn take(&mut self, key: LockKey, now: Timestamp, until: Timestamp) -> bool {
        self.0.retain(|_, held_until| *held_until > now);
        if self.0.contains_key(&key) {
            return false;
        }
        self.0.insert(key, until);
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{LockKey, Locks};

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    #[test]
    fn a_lock_is_free_again_the_moment_the_answer_is_due() {
        let mut locks = Locks::default();
        let key = || LockKey::Service("epsrv-1".to_owned());
        assert!(locks.take(key(), second(0), second(1)));
        assert!(!locks.take(key(), second(0), second(1)));
        assert!(locks.take(LockKey::Service("epsrv-2".to_owned()), second(0), second(1)));
        assert!(locks.take(key(), second(1), second(2)));
    }
}
