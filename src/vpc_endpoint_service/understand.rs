//! Looks and thinks, and where the thought asks for a closer look, does both once more. The operator and the commands understand an object alike.

use cloud_core::Clock;
use jiff::Timestamp;

use super::load_balancers::wanted;
use super::observe::{Observed, look};
use super::plan::{Limits, Plan};
use super::resolve::Resolved;
use super::steps::Steps;
use crate::cloud::load_balancers::LoadBalancerCache;
use crate::cloud::services::Inventory;
use crate::kubernetes::live_objects::LiveObjects;

/// What it takes. None of it changes anything.
#[derive(Clone, Copy, Debug)]
pub struct Sight<'a> {
    pub inventory: &'a Inventory,
    pub load_balancers: &'a LoadBalancerCache,
    /// Which objects exist, as far as that is known.
    pub live: &'a LiveObjects,
    /// What decides.
    pub steps: &'a dyn Steps,
    pub limits: Limits,
    pub clock: &'a dyn Clock,
}

/// What is known, the plan that follows from it, and when the thought began that counts. The error is that of a single read.
pub async fn understand(
    resolved: &Resolved,
    sight: &Sight<'_>,
) -> Result<(Observed, Plan, Timestamp), cloud_core::Error> {
    let (observed, plan, now) = sight.think(resolved);
    let Some(closer) = &plan.look else { return Ok((observed, plan, now)) };
    look(sight.inventory, resolved, closer).await?;
    let (observed, plan, now) = sight.think(resolved);
    // What is only requested costs nothing now, and nobody would requeue the object for a request that it did not register.
    if let Some(request) = plan.look.as_ref().filter(|next| next.is_refresh_request()) {
        look(sight.inventory, resolved, request).await?;
    }
    Ok((observed, plan, now))
}

impl Sight<'_> {
    fn think(&self, resolved: &Resolved) -> (Observed, Plan, Timestamp) {
        let now = self.clock.now();
        let observed = self.seen(resolved);
        let plan = self.steps.plan(resolved, &observed, &self.limits, now);
        (observed, plan, now)
    }

    /// What the inventory knows, what is known of the load balancers, and whether the object is gone that a service on offer belonged to.
    fn seen(&self, resolved: &Resolved) -> Observed {
        let observed = self.steps.observe(self.inventory, resolved);
        let is_owner_gone = observed.earlier_owner().is_some_and(|uid| self.live.is_gone(uid));
        let load_balancers = self.load_balancers.seen(&resolved.key.id(), &wanted(resolved, &observed));
        Observed { is_owner_gone, ..observed }.with_load_balancers(load_balancers)
    }
}
