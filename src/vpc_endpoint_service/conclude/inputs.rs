//! What an assessment is made from: the state of the reconcile and the status before it, with the questions that more than one check asks.

use std::time::Duration;

use cloud_core::Error;
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;
use privatelink::ServiceStatus;

use super::connections::is_of_consumer;
use super::{ReconcileState, export, pacing, unapplied};
use crate::cloud::errors::{Verdict, is_about_region, region, verdict};
use crate::cloud::load_balancers::Purpose;
use crate::cloud::scheduler::NoPermit;
use crate::crd::{
    ConditionType, DriftPolicy, ManagementPolicy, Reason, VpcEndpointServiceSpec, VpcEndpointServiceStatus,
};
use crate::identity::{Definition, Life, ObjectKey};
use crate::timing::Timing;
use crate::vpc_endpoint_service::execute::{Done, ExecuteError, Outcome, SetAside, Stop};
use crate::vpc_endpoint_service::exports::KnownExport;
use crate::vpc_endpoint_service::load_balancers::{Obstacle, Why, has_other_zones, unusable};
use crate::vpc_endpoint_service::observe::{Look, NamedId, Observed, Service, ServiceView};
use crate::vpc_endpoint_service::plan::{Difference, Plan, Step, Wait};
use crate::vpc_endpoint_service::resolve::{ResolveError, Resolved, has_finalizer};

#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) key: &'a ObjectKey,
    pub(super) reached: &'a ReconcileState,
    pub(super) previous: &'a VpcEndpointServiceStatus,
    pub(super) timing: &'a Timing,
    pub(super) now: Timestamp,
}

/// The reconcile itself.
impl<'a> Inputs<'a> {
    pub(super) fn resolved(&self) -> Option<&'a Resolved> {
        self.reached.resolved.as_ref()?.as_ref().ok()
    }

    pub(super) fn observed(&self) -> Option<&'a Observed> {
        self.reached.observed.as_ref()?.as_ref().ok()
    }

    pub(super) fn plan(&self) -> Option<&'a Plan> {
        self.reached.plan.as_ref()
    }

    pub(super) fn wait(&self) -> Option<&'a Wait> {
        self.plan()?.wait.as_ref()
    }

    pub(super) fn outcome(&self) -> Option<&'a Outcome> {
        self.reached.outcome.as_ref()
    }

    pub(super) fn done(&self) -> &'a [Done] {
        self.outcome().map_or(&[], |outcome| &outcome.done)
    }

    /// The spec of an object that is marked.
    pub(super) fn deleting(&self) -> Option<&'a VpcEndpointServiceSpec> {
        let marked = self.reached.marked.as_ref().map(|marked| &marked.spec);
        let resolved = || self.resolved().filter(|resolved| matches!(resolved.life, Life::Deleting { .. }));
        marked.or_else(|| Some(&resolved()?.spec))
    }

    /// The kind itself is being deleted.
    pub(super) fn is_kind_going(&self) -> bool {
        self.reached.marked.as_ref().is_some_and(|marked| marked.definition == Definition::Goes)
    }

    /// Our finalizer holds the object.
    pub(super) fn has_finalizer(&self) -> bool {
        let marked = self.reached.marked.as_ref().map(|marked| &marked.finalizers);
        let finalizers = marked.or_else(|| Some(&self.resolved()?.finalizers));
        finalizers.is_some_and(|finalizers| has_finalizer(finalizers))
    }

    /// Why account or region cannot be worked in.
    pub(super) fn resolve_error(&self) -> Option<&'a ResolveError> {
        self.reached.resolved.as_ref()?.as_ref().err()
    }

    /// Our finalizer went in this reconcile.
    pub(super) fn is_released(&self) -> bool {
        self.done().iter().any(|done| done.step == Step::ReleaseFinalizer)
    }

    /// Something was changed in the cloud in this reconcile.
    pub(super) fn has_written(&self) -> bool {
        self.done().iter().any(|done| done.step.operation().is_some())
    }

    /// The Create of this reconcile, and the service that it created.
    pub(super) fn created(&self) -> Option<(&'a Step, &'a Service)> {
        self.done().iter().find_map(|done| Some((&done.step, done.created.as_deref()?)))
    }

    /// The object's own service as the inventory shows it.
    pub(super) fn seen(&self) -> Option<&'a Service> {
        self.observed()?.service.ours().first().filter(|service| !self.is_passed_over(service))
    }

    /// A duplicate that a deletion leaves to a person. The status must go on naming the other one, or the next reconcile would delete this one too.
    fn is_passed_over(&self, service: &Service) -> bool {
        matches!(self.wait(), Some(Wait::DuplicateResolved { others }) if others.contains(&service.id))
    }

    /// The service that this reconcile took over.
    pub(super) fn taken_over(&self) -> Option<&'a Service> {
        let (ServiceView::Former(service) | ServiceView::ToAdopt(service)) = &self.observed()?.service else {
            return None;
        };
        let is_done =
            self.done().iter().any(|done| done.step.takes_over() && done.step.service_id() == Some(&service.id));
        is_done.then_some(&**service)
    }

    /// The object's own service: the one that this reconcile created or took over, else the one that is seen.
    pub(super) fn service(&self) -> Option<&'a Service> {
        self.created().map(|(_, service)| service).or_else(|| self.taken_over()).or_else(|| self.seen())
    }

    /// The id of the service, for messages.
    pub(super) fn service_id(&self) -> Option<&'a str> {
        self.service().map(|service| service.id.as_str()).or(self.previous.service_id.as_deref())
    }

    /// The error of the tripped circuit breaker that stopped this reconcile.
    pub(super) fn tripped(&self) -> Option<&'a Error> {
        match &self.outcome()?.stopped {
            Some(Stop::NoPermit(NoPermit::Tripped { error, .. })) => Some(error),
            Some(Stop::NoPermit(NoPermit::Queued { .. } | NoPermit::Withheld { .. }) | Stop::Awaited | Stop::Stale)
            | None => None,
        }
    }

    /// The call that was refused in this reconcile.
    pub(super) fn refused(&self) -> Option<&'a Error> {
        let unresolved = match &self.reached.resolved {
            Some(Err(ResolveError::AccountUnknown(error))) => Some(&**error),
            _ => None,
        };
        let unread = || self.reached.observed.as_ref()?.as_ref().err();
        let unwritten = || match self.outcome()?.error.as_ref()? {
            ExecuteError::Cloud(error) => Some(error),
            ExecuteError::Withheld { error, .. } => Some(&**error),
            ExecuteError::Kubernetes(_) => None,
        };
        unresolved.or_else(unread).or_else(unwritten)
    }

    /// The first step of this reconcile that was refused for what it asks.
    pub(super) fn set_aside(&self) -> Option<&'a Error> {
        self.all_set_aside().next().map(|set_aside| &set_aside.error)
    }

    /// The first connection of this reconcile that the provider refused to move.
    pub(super) fn unmoved(&self) -> Option<&'a Error> {
        let all = self.outcome().into_iter().flat_map(|outcome| &outcome.set_aside);
        all.filter(|set_aside| set_aside.step.is_move()).map(|set_aside| &set_aside.error).next()
    }

    /// The steps of this reconcile that were refused for what they ask. A consumer's request that cannot be accepted is told of beside, and so is a
    /// connection that cannot be moved.
    pub(super) fn all_set_aside(&self) -> impl Iterator<Item = &'a SetAside> {
        let all = self.outcome().into_iter().flat_map(|outcome| &outcome.set_aside);
        let is_beside = |set_aside: &&SetAside| {
            set_aside.step.answers_request() && is_of_consumer(&verdict(&set_aside.error)) || set_aside.step.is_move()
        };
        all.filter(move |set_aside| !is_beside(set_aside))
    }
}

/// What cannot be listed.
impl<'a> Inputs<'a> {
    /// The list that is waited for fails again and again, so that what is waited for cannot be seen.
    pub(super) fn failing_list(&self) -> Option<&'a Error> {
        let (observed, plan) = (self.observed()?, self.plan()?);
        match (&plan.wait, &plan.look) {
            (None, _) | (_, Some(Look::Details { .. } | Look::Service { .. } | Look::Judge { .. })) => None,
            (Some(_), Some(Look::Connections { .. })) => observed.connections_error.as_ref(),
            (Some(_), Some(Look::List { .. }) | None) => observed.list_error.as_ref(),
        }
    }

    /// Why the connections, which the spec manages, cannot be listed, and how much longer what was last listed counts.
    pub(super) fn unlisted_connections(&self) -> Option<(&'a Error, Option<Duration>)> {
        self.resolved()?.spec.connections.as_ref().filter(|_| self.deleting().is_none())?;
        let observed = self.observed()?;
        let listed = observed.connections.as_ref().map_or(observed.own.first_seen, |connections| connections.as_of);
        Some((observed.connections_error.as_ref()?, self.left(listed, self.stale_after())))
    }

    /// A load balancer that was not read for longest of those whose zones are wanted and that cannot be read, why, and how much longer what was read
    /// of it counts.
    pub(super) fn unread_load_balancer(&self) -> Option<(&'a str, &'a Error, Option<Duration>)> {
        let sights = &self.observed()?.load_balancers.each;
        let counts = self.timing.load_balancer_refresh_period.saturating_mul(2);
        let unread = sights.iter().filter(|(_, sight)| sight.purpose == Purpose::Zones).filter_map(|(id, sight)| {
            let read = sight.answer.as_ref().map_or(sight.since, |answer| answer.as_of);
            Some((id.as_str(), sight.error.as_ref()?, self.left(read, counts)))
        });
        unread.min_by_key(|(_, _, left)| left.unwrap_or_default())
    }

    /// A load balancer has other zones than when the status was written.
    fn has_other_zones(&self) -> bool {
        let pair = self.resolved().zip(self.observed());
        pair.is_some_and(|(resolved, observed)| has_other_zones(resolved, &observed.load_balancers))
    }

    /// An entry of the spec cannot be attached.
    pub(super) fn is_any_load_balancer_unusable(&self) -> bool {
        let pair = self.resolved().zip(self.observed());
        pair.is_some_and(|(resolved, observed)| !unusable(resolved, &observed.load_balancers).is_empty())
    }

    /// The read without which the zones of a load balancer are not known.
    pub(super) fn unreadable_load_balancer(&self) -> Option<&'a Error> {
        let Some(Wait::LoadBalancers(unusable)) = self.wait() else { return None };
        unusable.iter().find_map(|one| match &one.why {
            Why::LoadBalancer { obstacle: Obstacle::Unreadable(error), .. } => Some(&**error),
            _ => None,
        })
    }

    /// What the failure of a list means to this object.
    pub(super) fn verdict_of_list(&self, error: &Error) -> Verdict {
        let was_listed = self.observed().is_some_and(|observed| observed.as_of.is_some());
        match self.resolved().filter(|_| is_about_region(error) && !was_listed) {
            Some(resolved) => region(error, &resolved.target.region),
            None => verdict(error),
        }
    }
}

/// The ConfigMaps of the export.
impl<'a> Inputs<'a> {
    /// What is known of the ConfigMap of this name; `None`: nobody looked.
    pub(super) fn export(&self, name: &str) -> Option<&'a KnownExport> {
        self.reached.exports.known.get(name)
    }
}

/// What was said before.
impl<'a> Inputs<'a> {
    pub(super) fn condition(&self, kind: ConditionType) -> Option<&'a Condition> {
        self.previous.condition(kind)
    }

    /// The message of `Ready`, but for what it says of the export.
    pub(super) fn said(&self) -> Option<&'a str> {
        Some(export::without_sentence(&self.condition(ConditionType::Ready)?.message))
    }

    /// The status speaks of this very generation of the spec.
    pub(super) fn is_described(&self) -> bool {
        self.previous.observed_generation == Some(self.key.generation)
    }

    /// `Ready` was True for this generation, for the load balancers that it leads to, and of the service that is seen now.
    pub(super) fn was_ready(&self) -> bool {
        let named = self.previous.service_id.as_ref();
        !self.resolved().is_some_and(Resolved::leads_elsewhere)
            && !self.has_other_zones()
            && self.is_called_ready()
            && self.seen().is_none_or(|service| named == Some(&service.id))
    }

    /// The status says `Ready=True` of this generation, whatever the service that it names. Of none, nobody but a forger says so.
    pub(super) fn is_called_ready(&self) -> bool {
        self.is_described()
            && self.previous.service_id.is_some()
            && self.condition(ConditionType::Ready).is_some_and(|ready| ready.status == "True")
    }

    /// The service that status names is gone, and another one is to come in its place.
    pub(super) fn is_being_replaced(&self) -> bool {
        let recorded = self.resolved().and_then(Resolved::recorded_incarnation);
        let is_planned = || self.plan().is_some_and(|plan| plan.steps.iter().any(is_record));
        let is_recorded = recorded > Some(self.previous.incarnation.unwrap_or_default());
        self.previous.service_id.is_some()
            && self.service().is_none()
            && (is_recorded || self.is_gone() && is_planned())
    }

    /// The provider denies the service that is to be accounted for.
    pub(super) fn is_gone(&self) -> bool {
        let view = self.observed().map(|observed| &observed.service);
        matches!(view, Some(ServiceView::Absent { named: NamedId::Gone(_) }))
    }

    /// The reason that `Ready` had.
    pub(super) fn reason(&self) -> Option<Reason> {
        Reason::from_name(&self.condition(ConditionType::Ready)?.reason)
    }

    /// Since when this generation has drifted, and in what.
    pub(super) fn drifted(&self) -> Option<(Timestamp, &'a str)> {
        let drifted = self.condition(ConditionType::Drifted).filter(|_| self.is_described())?;
        (drifted.status == "True").then_some((drifted.last_transition_time.0, drifted.message.as_str()))
    }
}

/// Time.
impl Inputs<'_> {
    /// How long ago.
    pub(super) fn since(&self, moment: Timestamp) -> Duration {
        Duration::try_from(self.now.duration_since(moment)).unwrap_or(Duration::ZERO)
    }

    /// What is left of a span that began then; `None`: nothing.
    pub(super) fn left(&self, began: Timestamp, span: Duration) -> Option<Duration> {
        span.checked_sub(self.since(began)).filter(|left| !left.is_zero())
    }

    /// The same by a time that stands in status. One that another machine's clock, or somebody's hand, put further ahead than the span is
    /// long is no reason to wait.
    pub(super) fn left_by_status(&self, began: Timestamp, span: Duration) -> Option<Duration> {
        let is_absurd = Duration::try_from(began.duration_since(self.now)).is_ok_and(|ahead| ahead > span);
        self.left(began, span).filter(|_| !is_absurd)
    }

    /// How much longer what was last seen counts; `None`: it is stale.
    pub(super) fn fresh_for(&self, observed: &Observed) -> Option<Duration> {
        let newest = observed.as_of.unwrap_or(observed.own.first_seen);
        self.left(newest, self.stale_after())
    }

    /// The same while nobody can even say whose account it is: since this process began to look.
    pub(super) fn fresh_without_account(&self) -> Option<Duration> {
        self.left(self.reached.process_start, self.stale_after())
    }

    /// At least two resync periods, whatever is set: a status must not flip between two lists.
    fn stale_after(&self) -> Duration {
        let stale_after = self.timing.stale_after.max(self.timing.resync_period.saturating_mul(2));
        pacing::spread(stale_after, &self.key.uid)
    }
}

/// What a look at the service allows to be said.
impl Inputs<'_> {
    /// `Ready` was True, and what was seen does not speak against it.
    pub(super) fn is_still_ready(&self) -> bool {
        let is_doubted = self.is_gone() || self.is_being_replaced();
        self.was_ready() && !is_doubted && self.seen().is_none_or(|service| service.status == ServiceStatus::Active)
    }

    /// What differs and is only told, where drift is only told at all.
    pub(super) fn reported(&self) -> Option<&[Difference]> {
        let spec = &self.resolved()?.spec;
        let is_reporting =
            spec.drift_policy == DriftPolicy::Report && spec.management_policy == ManagementPolicy::Manage;
        self.plan().filter(|_| is_reporting).map(|plan| &plan.reported[..])
    }

    /// The service is seen, and Active.
    pub(super) fn is_active(&self) -> bool {
        self.seen().is_some_and(|service| service.status == ServiceStatus::Active)
    }

    /// Something of the spec cannot be brought into force, now or before.
    pub(super) fn has_unapplied(&self) -> bool {
        self.set_aside().is_some() || !unapplied::unapplied(self).is_empty()
    }

    /// The cloud differs although this generation was in force once: somebody else changed it, or it is not repaired yet.
    pub(super) fn is_drifting(&self) -> bool {
        let differs = self.plan().is_some_and(|plan| !plan.differences.is_empty());
        // What is left then is the edit.
        let is_told = self.reported().is_some();
        differs && !is_told && (self.was_ready() || self.drifted().is_some())
    }
}

fn is_record(step: &Step) -> bool {
    matches!(step, Step::Record(_))
}
