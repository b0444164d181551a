//! A reconcile that changes nothing: as far as the plan, and what dry runs say of it. The commands show what the operator would do by the operator's own
//! steps, and with what is handed in here nothing could be written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cloud_core::Clock;

use super::conclude::{Judgement, ReconcileState, Requeue, judge, looks_again};
use super::desired::desired;
use super::execute::{Basis, Powers, Trials, execute};
use super::observation_times::ObservationTimes;
use super::observe::{Attachment, AttachmentKey, Connection, DetailsView, Look, Observed, Service, ServiceView};
use super::plan::{Limits, Mode, Plan, foreseen, plan};
use super::prior_status::{as_named, prior_status};
use super::resolve::{Marked, Place, ResolveError, Resolved, resolve};
use super::steps::Decisions;
use super::teardown::{without_cloud, without_place};
use super::understand::{Sight, understand};
use crate::cloud::accounts::{ReadOnlyAccount, ReadOnlyAccounts};
use crate::cloud::services::{Direct, connections_of, details, principals};
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::{Definition, ObjectKey};
use crate::kubernetes::live_objects::LiveObjects;
use crate::kubernetes::services::ReferredServices;
use crate::runtime::backoff::Revision;
use crate::timing::Timing;

/// What showing takes.
#[derive(Clone, Debug)]
pub struct Viewer<'a> {
    pub accounts: &'a ReadOnlyAccounts,
    /// Which objects exist, as far as that is known.
    pub live: &'a LiveObjects,
    /// The cluster id in the owner tags.
    pub cluster: &'a str,
    /// Where objects without a region of their own live.
    pub default_region: Option<&'a str>,
    pub timing: &'a Timing,
    pub clock: &'a dyn Clock,
    /// [`Mode::DryRun`] or [`Mode::Show`].
    pub furthest: Mode,
}

/// One object, and what Kubernetes knows beside it.
#[derive(Clone, Debug)]
pub struct Subject {
    pub object: VpcEndpointService,
    /// The Services that it refers to.
    pub services: ReferredServices,
    /// What becomes of its kind; asked for objects that are marked for deletion only.
    pub definition: Definition,
}

/// How far the showing got.
#[derive(Clone, Debug)]
pub struct Shown {
    pub key: ObjectKey,
    pub reached: ReconcileState,
    /// The status to go on from.
    pub previous: VpcEndpointServiceStatus,
}

/// What only calls of their own show of a service.
#[derive(Clone, Debug)]
pub struct Closer {
    pub attachments: Result<BTreeMap<AttachmentKey, Attachment>, cloud_core::Error>,
    pub principals: Result<BTreeSet<String>, cloud_core::Error>,
    pub connections: Result<Vec<Connection>, cloud_core::Error>,
}

impl Viewer<'_> {
    /// Looks and plans, once. What a plan waits for may be there at the next look.
    pub async fn look(&self, subject: &Subject) -> Shown {
        let object = &subject.object;
        let previous = prior_status(object, None, self.accounts.process(), self.clock.now());
        let believed = VpcEndpointService { status: object.status.clone().map(as_named), ..object.clone() };
        let subject = Subject { object: believed, ..subject.clone() };
        let reached = self.reach(&subject).await;
        let reached = ReconcileState { process_start: self.accounts.process_start(), ..reached };
        Shown { key: ObjectKey::of(object), reached, previous }
    }

    /// In the order of the operator: what needs no cloud comes first.
    async fn reach(&self, subject: &Subject) -> ReconcileState {
        let marked = Marked::of(&subject.object, subject.definition.clone());
        let nothing = ReconcileState { marked: marked.clone(), ..ReconcileState::default() };
        if let Some(plan) = marked.as_ref().and_then(without_cloud) {
            return ReconcileState { plan: Some(self.held(plan)), ..nothing };
        }
        match self.place(subject).await {
            Ok((resolved, account)) => ReconcileState { marked, ..self.understood(resolved, &account).await },
            Err(error) => {
                let plan = marked.as_ref().and_then(|marked| without_place(marked, &error));
                let plan = plan.map(|plan| self.held(plan));
                ReconcileState { resolved: Some(Err(error)), plan, ..nothing }
            }
        }
    }

    fn held(&self, plan: Plan) -> Plan {
        Plan { mode: plan.mode.max(self.furthest), ..plan }
    }

    async fn place(&self, subject: &Subject) -> Result<(Resolved, Arc<ReadOnlyAccount>), ResolveError> {
        let Subject { object, services, definition } = subject;
        let place = Place {
            cluster: self.cluster.to_owned(),
            account: self.accounts.account_id(&ObjectKey::of(object).id()).await,
            default_region: self.default_region.map(str::to_owned),
            definition: definition.clone(),
            services: services.clone(),
        };
        let resolved = ObservationTimes::default().bound(resolve(object, &place)?, self.clock.now());
        let account = self.accounts.at(&resolved.target);
        let account = account.map_err(|error| ResolveError::region_unusable(&resolved, &error))?;
        Ok((resolved, account))
    }

    async fn understood(&self, resolved: Resolved, account: &ReadOnlyAccount) -> ReconcileState {
        let sight = Sight {
            inventory: &account.inventory,
            load_balancers: &account.load_balancers,
            live: self.live,
            steps: &Decisions,
            limits: self.limits(),
            clock: self.clock,
        };
        let (observed, plan) = match Box::pin(understand(&resolved, &sight)).await {
            Ok((observed, plan, _)) => (Ok(observed), Some(plan)),
            Err(error) => (Err(error), None),
        };
        ReconcileState { resolved: Some(Ok(resolved)), observed: Some(observed), plan, ..ReconcileState::default() }
    }

    fn limits(&self) -> Limits {
        Limits { furthest: self.furthest, ..Limits::from(self.timing) }
    }

    /// Has the provider check the steps by dry runs, where the plan allows that. What passed is not asked again by a further try.
    pub async fn try_out(&self, object: &VpcEndpointService, shown: Shown) -> Shown {
        let Shown { key, reached, previous } = shown;
        let outcome = match (&reached.resolved, &reached.observed, &reached.plan) {
            (Some(Ok(resolved)), Some(Ok(observed)), Some(plan)) if plan.mode == Mode::DryRun => {
                // It was opened for the look.
                let Ok(account) = self.accounts.at(&resolved.target) else { return Shown { key, reached, previous } };
                let trials = Trials {
                    dry_runner: &account.dry_runner,
                    scheduler: &account.scheduler,
                    known: &account.dry_runs,
                    clock: self.clock,
                    lifetime: self.timing.details_refresh_period,
                    basis: Basis::of(&Revision::of(object), observed),
                };
                let outcome = execute(plan, resolved, &Powers::DryRun(trials)).await;
                account.scheduler.leave(&key.id());
                Some(outcome)
            }
            _ => None,
        };
        Shown { key, reached: ReconcileState { outcome, ..reached }, previous }
    }

    /// The plan that follows once this one has made a service the object's; `None`: it does not.
    pub async fn afterwards(&self, shown: &Shown) -> Result<Option<Plan>, cloud_core::Error> {
        let (Some(resolved), Some(observed), Some(now_planned)) = (shown.resolved(), shown.observed(), shown.plan())
        else {
            return Ok(None);
        };
        let (wanted, now) = (desired(resolved, &observed.load_balancers), self.clock.now());
        let Some(mut next) = foreseen(resolved, &wanted, observed, now_planned, now) else { return Ok(None) };
        let planned = plan(resolved, &wanted, &next, &self.limits(), now);
        let (Some(Look::Details { service_id }), Ok(account)) = (&planned.look, self.accounts.at(&resolved.target))
        else {
            return Ok(Some(planned));
        };
        let reads = Direct { reader: &account.reader, clock: self.clock };
        let read = details(reads, service_id, wanted.principals.is_some()).await?;
        next.details = DetailsView::Known(read);
        Ok(Some(plan(resolved, &wanted, &next, &self.limits(), self.clock.now())))
    }

    /// Reads what only calls of their own show of the service, whether the spec manages it or not. `None`: no service is known of.
    pub async fn closer(&self, shown: &Shown) -> Option<Closer> {
        let (service, target) = (shown.service()?, &shown.resolved()?.target);
        let account = self.accounts.at(target).ok()?;
        let reads = Direct { reader: &account.reader, clock: self.clock };
        let (details, principals, connections) = tokio::join!(
            details(reads, &service.id, false),
            principals(reads, &service.id),
            connections_of(&account.reader, &service.id),
        );
        let attachments = details.map(|details| details.attachments);
        Some(Closer { attachments, principals, connections })
    }

    /// When the operator would look again, if nothing has it look before.
    pub fn looks_again(&self, shown: &Shown) -> Requeue {
        looks_again(&shown.key, &shown.reached, &shown.previous, self.timing, self.clock.now())
    }

    /// What the showing means, in the operator's words. `None`: nothing new is known.
    pub fn judge(&self, shown: &Shown) -> Option<Judgement> {
        judge(&shown.key, &shown.reached, &shown.previous, self.timing, self.clock.now())
    }
}

impl Shown {
    pub fn resolved(&self) -> Option<&Resolved> {
        self.reached.resolved.as_ref()?.as_ref().ok()
    }

    pub fn observed(&self) -> Option<&Observed> {
        self.reached.observed.as_ref()?.as_ref().ok()
    }

    /// The service that the showing is about: the object's own, or the one that stands in its place.
    pub fn service(&self) -> Option<&Service> {
        match &self.observed()?.service {
            ServiceView::Ours(service)
            | ServiceView::Foreign(service)
            | ServiceView::Former(service)
            | ServiceView::ToAdopt(service) => Some(service),
            ServiceView::Many(services) => services.first(),
            ServiceView::NotYetListed | ServiceView::Absent { .. } => None,
        }
    }

    pub fn plan(&self) -> Option<&Plan> {
        self.reached.plan.as_ref()
    }
}
