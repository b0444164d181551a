//! The accounts and regions that are in use, and how those that are not are let go.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Account;
use crate::cloud::inventory::Figures;
use crate::identity::Target;
use crate::timing::Timing;

/// What there is, by target: as many as have objects, or had some a moment ago.
#[derive(Debug, Default)]
pub(super) struct Open {
    accounts: BTreeMap<Target, InUse>,
    /// What those that were let go had counted.
    counted: Figures,
}

#[derive(Debug)]
struct InUse {
    account: Arc<Account>,
    /// When it was asked for last, or was last seen with an object.
    used: Instant,
}

impl Open {
    pub(super) fn find(&mut self, target: &Target) -> Option<Arc<Account>> {
        let found = self.accounts.get_mut(target)?;
        found.used = Instant::now();
        Some(Arc::clone(&found.account))
    }

    pub(super) fn put(&mut self, account: Arc<Account>) {
        self.accounts.insert(account.target.clone(), InUse { account, used: Instant::now() });
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.accounts.values().map(|open| &open.account)
    }

    pub(super) fn counted(&self) -> Figures {
        self.all().fold(self.counted, |sum, account| sum.plus(account.inventory.figures()))
    }

    /// Evicts those that have had no object for so long and that no reconcile holds. Client, inventory and task go with them.
    fn evict(&mut self, unused_for: Duration) {
        let now = Instant::now();
        for open in self.accounts.values_mut() {
            let is_used = open.account.inventory.figures().objects > 0 || Arc::strong_count(&open.account) > 1;
            if is_used {
                open.used = now;
            }
        }
        let unused = self.accounts.extract_if(.., |_, open| now.duration_since(open.used) >= unused_for);
        for (_, open) in unused {
            self.counted = self.counted.plus(open.account.inventory.figures());
        }
    }
}

/// How long what is not used is kept.
///
/// What an inventory remembers of writes must outlast the lag of the lists, or the next object of a name would see them undone; and who
/// deletes an object and makes it again keeps what there is.
pub(super) fn kept_for(timing: &Timing) -> Duration {
    timing.consistency_window.max(timing.resync_period).saturating_mul(2)
}

/// Evicts what is not used, again and again.
pub(super) async fn evict_unused(open: Arc<Mutex<Open>>, kept_for: Duration) {
    loop {
        sleep(kept_for / 2).await;
        open.lock().unwrap_or_else(PoisonError::into_inner).evict(kept_for);
    }
}
