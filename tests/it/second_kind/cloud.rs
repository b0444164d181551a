//! A cloud in memory: buckets of some size, by the UID of the object that each belongs to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// Why every call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) retry_after: Duration,
}

#[derive(Debug, Default)]
pub(crate) struct Cloud(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    buckets: BTreeMap<String, i64>,
    writes: Vec<&'static str>,
    refusal: Option<Refusal>,
    panics: bool,
}

impl Cloud {
    pub(super) fn get(&self, uid: &str) -> Result<Option<i64>, Refusal> {
        let mut state = self.state();
        if std::mem::take(&mut state.panics) {
            drop(state);
            std::panic::resume_unwind(Box::new("planned"));
        }
        state.refusal.map_or(Ok(state.buckets.get(uid).copied()), Err)
    }

    pub(super) fn create(&self, uid: &str, size: i64) -> Result<(), Refusal> {
        self.put("create", uid, size)
    }

    pub(super) fn resize(&self, uid: &str, size: i64) -> Result<(), Refusal> {
        self.put("resize", uid, size)
    }

    pub(super) fn delete(&self, uid: &str) -> Result<(), Refusal> {
        self.write("delete", |buckets| {
            buckets.remove(uid);
        })
    }

    fn put(&self, operation: &'static str, uid: &str, size: i64) -> Result<(), Refusal> {
        self.write(operation, |buckets| {
            buckets.insert(uid.to_owned(), size);
        })
    }

    fn write(&self, operation: &'static str, change: impl FnOnce(&mut BTreeMap<String, i64>)) -> Result<(), Refusal> {
        let mut state = self.state();
        if let Some(refusal) = state.refusal {
            return Err(refusal);
        }
        state.writes.push(operation);
        change(&mut state.buckets);
        Ok(())
    }

    /// From now on every call is refused, or none.
    pub(super) fn refuse(&self, refusal: Option<Refusal>) {
        self.state().refusal = refusal;
    }

    /// The next read panics.
    pub(super) fn panic_once(&self) {
        self.state().panics = true;
    }

    pub(super) fn sizes(&self) -> Vec<i64> {
        self.state().buckets.values().copied().collect()
    }

    pub(super) fn writes(&self) -> Vec<&'static str> {
        self.state().writes.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}
