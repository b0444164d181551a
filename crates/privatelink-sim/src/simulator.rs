//! The simulator as a value: what the program serves, and what tests hold.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use cloud_core::{Clock, SystemClock, Transport};
use http::Request;
use jiff::Timestamp;

use crate::admin::{
    self, ConfigPatchError, ConnectionChange, EndpointOrder, EndpointView, LoadBalancerPatchError, ServiceChange,
    ServiceView, SessionView,
};
use crate::answer::Answer;
use crate::clock::SimClock;
use crate::config::{Account, Config, LoadBalancer};
use crate::engine::State;
use crate::fault::Fault;
use crate::journal::{Call, JournalQuery};
use crate::witness::{Unserved, Violation};

/// A simulated `PrivateLink`, of all accounts and regions. Clones are handles to the same one.
///
/// Make it inside a tokio runtime when that runtime's time is paused: its clock is tokio's.
#[derive(Clone, Debug)]
pub struct Simulator {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Arc<SimClock>,
    state: Mutex<State>,
    seed: u64,
}

impl Simulator {
    /// A simulator in which nothing has happened yet.
    pub fn new(config: Config) -> Self {
        let start = config.start_time.unwrap_or_else(|| SystemClock.now());
        let seed = config.seed.unwrap_or_else(rand::random);
        let clock = Arc::new(SimClock::starting_at(start));
        Self { inner: Arc::new(Inner { clock, state: Mutex::new(State::new(config, seed)), seed }) }
    }

    /// Answers a request, when the answer is due in simulated time. What the request does, it does at once, and it stays
    /// done when the future is dropped.
    pub async fn answer(&self, request: Request<Bytes>) -> Answer {
        let decision = self.state().arrive(request, self.now());
        self.inner.clock.sleep_until(decision.answer_at).await;
        decision.answer
    }

    /// A transport for a client in the same process: no socket, faults included.
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(self.clone())
    }

    /// The simulated clock, for a client that must sign with the same time.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::<SimClock>::clone(&self.inner.clock)
    }

    /// The simulated time.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The seed in use; the same seed and the same calls at the same times give the same world.
    pub fn seed(&self) -> u64 {
        self.inner.seed
    }

    /// Moves simulated time forward: what falls due in between happens, answers that fall due are given.
    pub fn advance(&self, by: Duration) {
        self.inner.clock.advance(by);
    }

    /// Makes a load balancer, or replaces the one with its id.
    pub fn seed_load_balancer(&self, load_balancer: LoadBalancer) {
        self.state().world.seed_load_balancer(load_balancer);
    }

    /// Changes a load balancer by a JSON merge patch over its file form. False: there is none.
    pub fn patch_load_balancer(&self, id: &str, patch: &serde_json::Value) -> Result<bool, LoadBalancerPatchError> {
        let mut state = self.state();
        let Some(found) = state.world.load_balancers().find(|found| found.id == id).cloned() else { return Ok(false) };
        state.world.seed_load_balancer(admin::patched_load_balancer(&found, patch)?);
        Ok(true)
    }

    /// Removes a load balancer; what is attached stays attached. False: there was none.
    pub fn remove_load_balancer(&self, id: &str) -> bool {
        self.state().world.remove_load_balancer(id).is_some()
    }

    /// The load balancers that were seeded.
    pub fn load_balancers(&self) -> Vec<LoadBalancer> {
        self.state().world.load_balancers().cloned().collect()
    }

    /// Makes an account, or replaces the one with its id, keys included.
    pub fn put_account(&self, account: Account) {
        let mut state = self.state();
        state.config.accounts.retain(|old| old.id != account.id);
        state.config.accounts.push(account);
    }

    /// Issues a temporary key of an account for a role, as a credentials URI and the metadata service do: the JSON object that they give.
    /// None: there is no such account.
    pub fn issue(&self, account: &str, role: &str) -> Option<serde_json::Value> {
        let now = self.now();
        self.state().issue(account, role, now)
    }

    /// Lets every temporary key that was issued so far expire now.
    pub fn expire_sessions(&self) {
        let now = self.now();
        self.state().sessions.expire_all(now);
    }

    /// The temporary keys that were issued, without what is secret of them. Those that expired more than an hour ago are forgotten.
    pub fn sessions(&self) -> Vec<SessionView> {
        self.state().sessions.views()
    }

    pub(crate) fn metadata_token(&self, ttl: Duration) -> String {
        let now = self.now();
        let mut state = self.state();
        let State { sessions, dice, .. } = &mut *state;
        sessions.metadata_token(ttl, dice, now)
    }

    pub(crate) fn takes_metadata_token(&self, token: &str) -> bool {
        let now = self.now();
        self.state().sessions.takes_metadata_token(token, now)
    }

    /// Orders a fault.
    pub fn fault(&self, fault: Fault) {
        self.state().faults.order(fault);
    }

    /// The faults that can still strike.
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.pending()
    }

    /// Takes all orders for faults back.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Every call that came, oldest first.
    pub fn journal(&self) -> Vec<Call> {
        self.journal_of(&JournalQuery::default())
    }

    /// The calls that fit a query, oldest first.
    pub fn journal_of(&self, query: &JournalQuery) -> Vec<Call> {
        self.state().journal.read(query)
    }

    /// Forgets all calls; numbering goes on.
    pub fn clear_journal(&self) {
        self.state().journal.clear();
    }

    /// Every time that an owner had two live services.
    pub fn witness(&self) -> Vec<Violation> {
        self.state().violations.clone()
    }

    /// Every time that an endpoint was served no more by any of its zones.
    pub fn unserved(&self) -> Vec<Unserved> {
        self.current().world.unserved.clone()
    }

    /// The services of an account in a region as they are now, oldest first.
    pub fn services(&self, account: &str, region: &str) -> Vec<ServiceView> {
        let mut services = self.all_services();
        services.retain(|service| service.account == account && service.region == region);
        services
    }

    /// The services of all accounts and regions as they are now, oldest first.
    pub fn all_services(&self) -> Vec<ServiceView> {
        let state = self.current();
        let mut services: Vec<_> = state.world.all_services().collect();
        services.sort_unstable_by_key(|service| service.number);
        services
            .into_iter()
            .map(|service| ServiceView::of(service, &state.world, state.config.guesses.user_lists))
            .collect()
    }

    /// The endpoints of all accounts and regions as they are now, oldest first.
    pub fn endpoints(&self) -> Vec<EndpointView> {
        let state = self.current();
        state.world.endpoints_at(Timestamp::MAX).into_iter().map(|endpoint| EndpointView::of(endpoint)).collect()
    }

    /// Makes an endpoint as a consumer would, without a signature, a rate or a token. Gives its id, or the error code.
    pub fn create_endpoint(&self, order: &EndpointOrder) -> Result<String, String> {
        let now = self.now();
        let mut state = self.current();
        state.order_endpoint(order, now)
    }

    /// Deletes an endpoint as its owner would, zones and all. False: there is none, or it goes already.
    pub fn delete_endpoint(&self, id: &str) -> bool {
        let now = self.now();
        self.current().drop_endpoint(id, now)
    }

    /// Accepts, cuts off or changes a connection past the API. False: there is none, or it cannot be accepted or cut off now.
    pub fn change_connection(&self, endpoint_id: &str, change: &ConnectionChange) -> bool {
        let now = self.now();
        self.current().change_connection(endpoint_id, change, now)
    }

    /// Changes a service past the API, at once. False: there is none.
    pub fn change_service(&self, id: &str, change: &ServiceChange) -> bool {
        let now = self.now();
        self.current().change_outside(id, change, now)
    }

    /// Deletes a service past the API, whatever hangs on it: `Deleting`, then gone. False: there is none.
    pub fn delete_service(&self, id: &str) -> bool {
        let now = self.now();
        self.current().delete_outside(id, now)
    }

    /// The configuration in force.
    pub fn config(&self) -> Config {
        self.state().config.clone()
    }

    /// Changes the configuration; [`Config::seed`], `start_time` and `load_balancers` mean nothing any more.
    pub fn change_config(&self, change: impl FnOnce(&mut Config)) {
        let mut state = self.state();
        change(&mut state.config);
        state.apply_config();
    }

    /// Changes the configuration by a JSON merge patch over its file form.
    pub fn patch_config(&self, patch: &serde_json::Value) -> Result<(), ConfigPatchError> {
        let mut state = self.state();
        state.config = admin::patched(&state.config, patch)?;
        state.apply_config();
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held would be a bug of an operation; the state is consistent all the same.
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state with everything done that is due.
    fn current(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        state.world.run_until(self.now());
        state
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}
