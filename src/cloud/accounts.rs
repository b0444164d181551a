//! Accounts: per account and region, made when first needed, what reads it, what writes to it, and what is known of it. One that has had no
//! object for a while goes again: regions are what people type.

mod account_resolver;
mod clients;
mod open;
mod pinned;
mod read_only;

use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_core::{BuildError, Client, Clock, Error};
use jiff::Timestamp;
use privatelink::Writer;

pub use clients::Clients;
pub use read_only::{ReadOnlyAccount, ReadOnlyAccounts};
use tokio_util::task::AbortOnDropHandle;

use self::account_resolver::AccountResolver;
use self::open::{Open, evict_unused, kept_for};
use self::pinned::Pinned;
use super::inventory::{Figures, Owned};
use super::metrics::Load;
use super::requeuer::Requeuer;
use super::scheduler::Rates;
use crate::identity::{ObjectId, Target};
use crate::supervise::{self, Task};
use crate::timing::Timing;

/// Everything for one account and region. It lives for as long as objects live there, and a while longer.
#[derive(Debug)]
pub struct Account {
    /// All of it that changes nothing.
    looking: ReadOnlyAccount,
    pub writer: Writer,
}

impl Deref for Account {
    type Target = ReadOnlyAccount;

    fn deref(&self) -> &ReadOnlyAccount {
        &self.looking
    }
}

/// What accounts are made of.
#[derive(Clone, Debug)]
pub struct Setup {
    pub clients: Clients,
    /// The account of the credentials, where it was set; else STS is asked.
    pub account_id: Option<String>,
    /// Whose STS is asked.
    pub home_region: Option<String>,
    /// The cluster id, the value of the cluster tag.
    pub cluster: String,
    /// The id of this process, unlike that of any other, before or beside it.
    pub process: String,
    pub timing: Timing,
    pub rates: Rates,
    pub requeuer: Requeuer,
    pub clock: Arc<dyn Clock>,
}

impl Setup {
    /// Signs in one region with keys of this account only.
    fn client_of(&self, target: &Target) -> Result<Client, BuildError> {
        // Where the account was set, nobody is asked whose a key is.
        if self.account_id.is_some() {
            return self.clients.for_region(&target.region);
        }
        Pinned::clients(&self.clients, &target.account, self.home()).for_region(&target.region)
    }

    fn resolver(&self) -> Result<AccountResolver, BuildError> {
        let client = self.clients.for_region(self.home())?;
        Ok(AccountResolver::new(client, self.account_id.clone(), self.requeuer.clone()))
    }

    fn home(&self) -> &str {
        self.home_region.as_deref().unwrap_or(FIRST_REGION)
    }
}

/// The account of the operator's credentials, in every region that objects name. Shared by reference or in an `Arc`.
#[derive(Debug)]
pub struct Accounts {
    setup: Setup,
    process_start: Timestamp,
    resolver: AccountResolver,
    /// Held for look-ups only.
    open: Arc<Mutex<Open>>,
    /// The task that lets go of those without objects; started with the first.
    evictor: Mutex<Option<AbortOnDropHandle<()>>>,
}

/// The provider's first region, whose STS knows every account.
const FIRST_REGION: &str = "cn-hangzhou";

impl Accounts {
    /// The id of this process, as create records name it.
    pub fn process(&self) -> &str {
        &self.setup.process
    }

    /// Begins with none. Sends nothing; that the client's settings fit together is checked.
    pub fn new(setup: Setup) -> Result<Self, BuildError> {
        Ok(Self {
            process_start: setup.clock.now(),
            resolver: setup.resolver()?,
            open: Arc::default(),
            evictor: Mutex::default(),
            setup,
        })
    }

    /// When this process began to look.
    pub fn process_start(&self) -> Timestamp {
        self.process_start
    }

    /// The account id of the credentials.
    ///
    /// The first who asks starts the question to STS; whoever asks meanwhile waits for the same answer. Once it failed,
    /// it is asked again in the background with growing delays, everybody gets the newest error at once, and is requeued
    /// when the account is known, or the error is another.
    pub async fn account_id(&self, id: &ObjectId) -> Result<String, Error> {
        self.resolver.account_id(id).await
    }

    /// Asks for a reconcile of this object.
    pub fn requeue(&self, id: &ObjectId) {
        self.setup.requeuer.enqueue(id);
    }

    /// What serves a target; made when first asked for. Must be called on a tokio runtime.
    pub fn at(&self, target: &Target) -> Result<Arc<Account>, BuildError> {
        let mut open = self.open();
        if let Some(account) = open.find(target) {
            return Ok(account);
        }
        let account = Arc::new(self.build(target)?);
        open.put(Arc::clone(&account));
        drop(open);
        self.start_evictor();
        Ok(account)
    }

    fn start_evictor(&self) {
        let mut evictor = self.evictor.lock().unwrap_or_else(PoisonError::into_inner);
        let kept_for = kept_for(&self.setup.timing);
        evictor.get_or_insert_with(|| {
            let open = Arc::clone(&self.open);
            let evicting = supervise::forever(Task::Accounts, move || evict_unused(Arc::clone(&open), kept_for));
            AbortOnDropHandle::new(tokio::spawn(evicting))
        });
    }

    fn build(&self, target: &Target) -> Result<Account, BuildError> {
        let client = self.setup.client_of(target)?;
        let looking = ReadOnlyAccount::over(&client, &self.setup, target, self.process_start);
        Ok(Account { looking, writer: Writer::new(&client) })
    }

    /// Drops what is remembered of an object that no longer exists, wherever its service was.
    pub fn forget(&self, id: &ObjectId) {
        self.resolver.forget(id);
        for account in self.open().all() {
            account.inventory.forget(id);
            account.load_balancers.forget(id);
            account.scheduler.forget(id);
            account.dry_runs.forget(id);
        }
    }

    /// Gives up every place in a queue that the object has, wherever its service is.
    pub fn leave(&self, id: &ObjectId) {
        for account in self.open().all() {
            account.scheduler.leave(id);
        }
    }

    /// The numbers of every inventory that there is.
    pub fn figures(&self) -> Vec<(Target, Figures)> {
        self.open().all().map(|account| (account.target.clone(), account.inventory.figures())).collect()
    }

    /// What all inventories counted, those that are no more among them.
    pub fn counted(&self) -> Figures {
        self.open().counted()
    }

    pub fn load(&self) -> Load {
        let open = self.open();
        open.all().fold(Load::default(), |Load { resources, queued, orphans }, account| Load {
            orphans,
            resources: resources + account.inventory.figures().resources,
            queued: queued + account.scheduler.queued(),
        })
    }

    /// The services for which this holds, in every account and region that objects live in.
    pub fn owned(&self, is_meant: impl Fn(&Owned) -> bool) -> Vec<(Target, Owned)> {
        let open = self.open();
        let of_account = |account: &Arc<Account>| -> Vec<_> {
            let owned = account.inventory.owned(&is_meant).into_iter();
            owned.map(|service| (account.target.clone(), service)).collect()
        };
        open.all().flat_map(of_account).collect()
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
