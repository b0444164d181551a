//! One look at one orphan, and the next step of its deletion, where nothing keeps it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::decision::{Kept, Known, Shown, kept_by_known, kept_by_shown, kind_since};
use super::departed::Departed;
use super::owner::{key, owner, resolved};
use super::sightings::Orphan;
use crate::admin::Health;
use crate::cloud::accounts::Account;
use crate::cloud::scheduler::NoPermit;
use crate::cloud::services::Write;
use crate::crd::VpcEndpointService;
use crate::identity::ObjectKey;
use crate::kubernetes::departed::Departures;
use crate::runtime::backoff::Revision;
use crate::runtime::leader::Leading;
use crate::runtime::watch::longest_silence;
use crate::timing::Timing;
use crate::vpc_endpoint_service::context::Context;
use crate::vpc_endpoint_service::execute::{Basis, Means, Outcome, Powers, Stop, execute};
use crate::vpc_endpoint_service::observe::{Look, Observed, look};
use crate::vpc_endpoint_service::plan::{Limits, Plan, Step};
use crate::vpc_endpoint_service::resolve::Resolved;
use crate::vpc_endpoint_service::understand::{Sight, understand};

/// What it takes.
#[derive(Clone, Debug)]
pub(in crate::app) struct Tools {
    pub(in crate::app) context: Arc<Context>,
    pub(in crate::app) departures: Arc<Departures<VpcEndpointService>>,
    pub(in crate::app) leading: Leading,
    pub(in crate::app) health: Arc<Health>,
}

/// What became of one look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    Kept(Kept),
    /// Something is awaited that comes within moments.
    Pending,
    /// The provider accepted the deletion.
    Deleted,
    /// A call failed, or what was decided holds no longer.
    Failed,
}

impl Tools {
    /// Between two looks while a deletion is under way.
    pub(super) fn pause(&self) -> Duration {
        self.timing().active_poll_interval
    }

    /// Between two looks otherwise.
    pub(super) fn rest(&self) -> Duration {
        self.timing().resync_period
    }

    pub(super) fn now(&self) -> Timestamp {
        self.context.runtime.clock.now()
    }

    fn timing(&self) -> &Timing {
        &self.context.runtime.timing
    }

    /// Looks, and does what comes next. `absent_since`: from then on every look found it without its object; `since`: its deletion began then.
    pub(super) async fn attempt(&self, orphan: &Orphan, absent_since: Instant, since: Timestamp) -> Attempt {
        match self.decided(orphan, absent_since).await {
            Ok((key, kind_since)) => self.advanced(orphan, &key, kind_since, since).await,
            Err(kept) => Attempt::Kept(kept),
        }
    }

    /// The key of the object that is gone, and since when its kind is there.
    async fn decided(&self, orphan: &Orphan, absent_since: Instant) -> Result<(ObjectKey, Timestamp), Kept> {
        if let Some(kept) = kept_by_known(&self.known(orphan, absent_since)) {
            return Err(kept);
        }
        let key = key(orphan).ok_or(Kept::OwnerUnnamed)?;
        let departure = self.departures.of(&key.id()).await.map_err(|error| {
            debug!(service_id = orphan.service.id, %error, "failed to ask whether an object is gone");
            Kept::ApiServerSilent
        })?;
        Ok((key, kind_since(departure)?))
    }

    fn known(&self, orphan: &Orphan, absent_since: Instant) -> Known {
        let live = &self.context.runtime.live;
        Known {
            is_leading: self.leading.is_true(),
            silence: self.health.watch_age(),
            longest_silence: longest_silence(self.timing()),
            is_gone: live.is_gone(&orphan.service.uid),
            is_listed_since: live.is_listed_since(absent_since),
            absent_for: absent_since.elapsed(),
            delay: self.timing().orphan_deletion_delay,
        }
    }

    async fn advanced(&self, orphan: &Orphan, key: &ObjectKey, kind_since: Timestamp, since: Timestamp) -> Attempt {
        let Ok(account) = self.context.accounts.at(&orphan.target) else { return Attempt::Kept(Kept::CloudSilent) };
        let Some(resolved) = self.marked(orphan, key, &account, since) else { return Attempt::Kept(Kept::NotShown) };
        let sight = Sight {
            inventory: &account.inventory,
            load_balancers: &account.load_balancers,
            live: &self.context.runtime.live,
            steps: &*self.context.steps,
            limits: Limits::from(self.timing()),
            clock: &*self.context.runtime.clock,
        };
        let (observed, plan, thought_at) = match Box::pin(understand(&resolved, &sight)).await {
            Ok(understood) => understood,
            Err(error) => return failed(orphan, &error),
        };
        let shown =
            Shown { observed: &observed, owner: &resolved.owner, service_id: &orphan.service.id, kind_since, since };
        if let Some(attempt) = self.kept(&shown, &resolved, &account).await {
            return attempt;
        }
        let understood = Understood { resolved: &resolved, observed: &observed, plan: &plan, thought_at, kind_since };
        self.executed(orphan, &account, &understood).await
    }

    /// The object as the teardown knows one, with the type that the cloud shows.
    fn marked(&self, orphan: &Orphan, key: &ObjectKey, account: &Account, since: Timestamp) -> Option<Resolved> {
        let owner = owner(orphan, &self.context.cluster);
        let of_type = |resource_type: &str| resolved(orphan, key.clone(), owner.clone(), resource_type, since);
        // Which service it is does not depend on the type.
        let observed = self.context.steps.observe(&account.inventory, &of_type("nlb")?);
        let service = observed.service.ours().first()?;
        of_type(service.resource_type.as_deref()?)
    }

    /// Why nothing is done now; `None`: nothing keeps the service.
    async fn kept(&self, shown: &Shown<'_>, resolved: &Resolved, account: &Account) -> Option<Attempt> {
        let observed = shown.observed;
        let is_unreadable = observed.list_error.is_some() || observed.connections_error.is_some();
        match kept_by_shown(shown) {
            Some(_) if is_unreadable => Some(Attempt::Kept(Kept::CloudSilent)),
            // `understand` asked for the list.
            Some(Kept::NotShown) if observed.as_of < Some(shown.since) => Some(Attempt::Pending),
            Some(Kept::ConnectionsUnknown) => {
                let wanted = Look::Connections { not_before: shown.since };
                let asked = look(&account.inventory, resolved, &wanted).await;
                Some(if asked.is_ok() { Attempt::Pending } else { Attempt::Kept(Kept::CloudSilent) })
            }
            kept => kept.map(Attempt::Kept),
        }
    }

    async fn executed(&self, orphan: &Orphan, account: &Account, understood: &Understood<'_>) -> Attempt {
        let Understood { resolved, observed, plan, thought_at, kind_since } = *understood;
        if plan.steps.is_empty() {
            return Attempt::Pending;
        }
        let departed = Departed { departures: &self.departures, kind_since };
        let means = Means {
            account,
            objects: &departed,
            clock: &*self.context.runtime.clock,
            thought_at,
            create_window: self.timing().create_window,
            dry_run_lifetime: self.timing().details_refresh_period,
            basis: Basis::of(&Revision { generation: resolved.key.generation, requested_at: None }, observed),
        };
        let outcome = execute(plan, resolved, &Powers::of(plan.mode, means)).await;
        if !matches!(outcome.stopped, Some(Stop::NoPermit(_))) {
            self.context.accounts.leave(&resolved.key.id());
        }
        became(orphan, &outcome)
    }
}

/// What was found and planned.
#[derive(Clone, Copy, Debug)]
struct Understood<'a> {
    resolved: &'a Resolved,
    observed: &'a Observed,
    plan: &'a Plan,
    thought_at: Timestamp,
    kind_since: Timestamp,
}

/// One line for each call that was answered.
fn became(orphan: &Orphan, outcome: &Outcome) -> Attempt {
    let (service_id, owner) = (&orphan.service.id, &orphan.service.object);
    for done in &outcome.done {
        if let Some(operation) = done.step.operation() {
            info!(
                service_id,
                owner,
                request_id = done.request_id,
                "{operation} of an endpoint service without its object"
            );
        }
    }
    let is_delete = |step: &Step| matches!(step, Step::Write { write: Write::Delete, .. });
    match outcome {
        Outcome { done, .. } if done.iter().any(|done| is_delete(&done.step)) => Attempt::Deleted,
        Outcome { error: Some(error), .. } => failed(orphan, error),
        Outcome {
            stopped: Some(Stop::Stale | Stop::NoPermit(NoPermit::Tripped { .. } | NoPermit::Withheld { .. })),
            ..
        } => Attempt::Failed,
        Outcome { set_aside, .. } if !set_aside.is_empty() => Attempt::Failed,
        Outcome { .. } => Attempt::Pending,
    }
}

fn failed(orphan: &Orphan, error: &dyn std::error::Error) -> Attempt {
    let (service_id, owner) = (&orphan.service.id, &orphan.service.object);
    warn!(service_id, owner, "failed to delete an endpoint service without its object: {error}");
    Attempt::Failed
}
