//! The programs of a control plane: those that run, and those that were killed and have been replaced.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::guard::Guard;

/// A program of a control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The store.
    Etcd,
    /// What everybody talks to.
    ApiServer,
}

impl Part {
    /// The name of its first process; a later one has a number behind it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Etcd => "etcd",
            Self::ApiServer => "kube-apiserver",
        }
    }
}

/// Every process of a control plane. A guard removes the folder of all when it ends, so that of a killed program stays to the end.
#[derive(Debug)]
pub(super) struct Parts(Mutex<State>);

#[derive(Debug)]
struct State {
    running: BTreeMap<Part, Guard>,
    killed: Vec<Guard>,
}

impl Parts {
    pub(super) fn new(etcd: Guard, apiserver: Guard) -> Self {
        let running = [(Part::Etcd, etcd), (Part::ApiServer, apiserver)].into();
        Self(Mutex::new(State { running, killed: Vec::new() }))
    }

    /// Whether a program has ended that should run.
    pub(super) fn any_has_ended(&self) -> bool {
        self.state().running.values().any(Guard::has_ended)
    }

    pub(super) fn has_ended(&self, part: Part) -> bool {
        self.state().running.get(&part).is_none_or(Guard::has_ended)
    }

    /// SIGKILL; it does not wait for the end.
    pub(super) fn kill(&self, part: Part) -> std::io::Result<()> {
        self.state().running.get(&part).map_or(Ok(()), Guard::kill)
    }

    /// A name for the next process of this part: no two processes may share their files.
    pub(super) fn next_name(&self, part: Part) -> String {
        format!("{}-{}", part.name(), self.state().killed.len() + 2)
    }

    /// Another process stands in for one that was killed.
    pub(super) fn replace(&self, part: Part, guard: Guard) {
        let mut state = self.state();
        let killed = state.running.insert(part, guard);
        state.killed.extend(killed);
    }

    /// The last 30 lines that each running program wrote.
    pub(super) fn log_tail(&self) -> String {
        self.state().running.values().map(|guard| guard.log_tail(30)).collect::<Vec<_>>().join("\n")
    }

    /// Ends all programs together, waits for them, and sees to it that the folder is gone.
    pub(super) fn end(&self, folder: &Path) {
        let mut state = self.state();
        state.running.values_mut().for_each(Guard::release);
        state.running.clear();
        state.killed.clear();
        // The guards have done it, unless somebody killed them.
        let _ = fs::remove_dir_all(folder);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock can panic half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
