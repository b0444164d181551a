//! An account to look at: what every account of the operator is made of but for the power to write, and all that the commands have.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_core::{BuildError, Client, Error};
use jiff::Timestamp;
use privatelink::{DryRunner, Reader};

use super::Setup;
use super::account_resolver::AccountResolver;
use crate::cloud::dry_runs::DryRuns;
use crate::cloud::load_balancers::{self, LoadBalancerCache};
use crate::cloud::scheduler::Scheduler;
use crate::cloud::services::{Inventory, InventorySetup};
use crate::identity::{ObjectId, Target};

/// One account and region, without a writer: nothing in here can change anything in the cloud.
#[derive(Debug)]
pub struct ReadOnlyAccount {
    pub target: Target,
    pub reader: Reader,
    pub dry_runner: DryRunner,
    /// What the provider said to dry runs.
    pub dry_runs: DryRuns,
    pub inventory: Inventory,
    /// What is known of the load balancers that objects list.
    pub load_balancers: LoadBalancerCache,
    /// Dry runs wait for their turn like what they stand for.
    pub scheduler: Scheduler,
}

impl ReadOnlyAccount {
    /// Must be called on a tokio runtime. Sends nothing before somebody asks.
    pub(super) fn over(client: &Client, setup: &Setup, target: &Target, process_start: Timestamp) -> Self {
        let Setup { clients: _, account_id: _, home_region: _, cluster, process, timing, rates, requeuer, clock } =
            setup;
        let inventory = Inventory::start(InventorySetup {
            target: target.clone(),
            reader: Reader::new(client),
            cluster: cluster.clone(),
            timing: *timing,
            requeuer: requeuer.clone(),
            clock: Arc::clone(clock),
            process: process.clone(),
            process_start,
        });
        let load_balancers = LoadBalancerCache::start(load_balancers::Setup {
            target: target.clone(),
            reader: loadbalancers::Reader::new(client),
            timing: *timing,
            requeuer: requeuer.clone(),
            clock: Arc::clone(clock),
        });
        Self {
            target: target.clone(),
            reader: Reader::new(client),
            dry_runner: DryRunner::new(client),
            dry_runs: DryRuns::default(),
            inventory,
            load_balancers,
            scheduler: Scheduler::new(rates.clone(), timing, requeuer.clone(), Arc::clone(clock)),
        }
    }
}

/// The account of the credentials, in every region that is asked for, to be looked at.
#[derive(Debug)]
pub struct ReadOnlyAccounts {
    setup: Setup,
    process_start: Timestamp,
    resolver: AccountResolver,
    open: Mutex<BTreeMap<Target, Arc<ReadOnlyAccount>>>,
}

impl ReadOnlyAccounts {
    /// Begins with none. What happened before `settled` counts as shown by the lists: whoever looks once has nothing of its own that they could lag behind.
    pub fn new(setup: Setup, settled: Timestamp) -> Result<Self, BuildError> {
        Ok(Self { process_start: settled, resolver: setup.resolver()?, open: Mutex::default(), setup })
    }

    /// The id under which these look, as create records name processes: no record names it.
    pub fn process(&self) -> &str {
        &self.setup.process
    }

    /// See [`Self::new`].
    pub fn process_start(&self) -> Timestamp {
        self.process_start
    }

    /// The account id of the credentials. See [`Accounts::account_id`](super::Accounts::account_id).
    pub async fn account_id(&self, id: &ObjectId) -> Result<String, Error> {
        self.resolver.account_id(id).await
    }

    /// What there is of a target; made when first asked for. Must be called on a tokio runtime.
    pub fn at(&self, target: &Target) -> Result<Arc<ReadOnlyAccount>, BuildError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = open.get(target) {
            return Ok(Arc::clone(account));
        }
        let client = self.setup.client_of(target)?;
        let account = Arc::new(ReadOnlyAccount::over(&client, &self.setup, target, self.process_start));
        open.insert(target.clone(), Arc::clone(&account));
        Ok(account)
    }
}
