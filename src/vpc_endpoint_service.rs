//! `VpcEndpointService`: six steps, one file each, strung together by `reconcile`.

pub mod claims;
pub mod conclude;
pub mod connections;
pub mod context;
pub mod desired;
pub mod execute;
pub mod exports;
pub mod handover;
mod kind;
pub mod load_balancers;
pub mod observation_times;
pub mod observe;
pub mod plan;
mod plan_log;
pub mod prior_status;
pub mod report;
pub mod resolve;
pub mod show;
pub mod steps;
pub mod teardown;
pub mod understand;

use std::sync::Arc;

use self::claims::Shared;
use self::conclude::{ReconcileState, conclude, export_names};
use self::context::Context;
use self::desired::wanted_attachments;
use self::execute::{Basis, Means, Outcome, Powers, Stop, execute, let_go};
use self::exports::ExportViews;
use self::observe::Observed;
use self::plan::{Limits, Plan};
use self::plan_log::log_plan;
use self::prior_status::{as_named, prior_status};
use self::report::deliver;
use self::resolve::{Marked, Place, ResolveError, Resolved};
use self::teardown::{without_cloud, without_place};
use self::understand::{Sight, understand};
use crate::cloud::accounts::Account;
use crate::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use crate::identity::{Definition, Life, ObjectId, ObjectKey};
use crate::kubernetes::KubernetesError;
use crate::runtime::backoff::Revision;
use crate::runtime::{ReconcileOutcome, Reconciler};

impl Reconciler for Context {
    type Kind = VpcEndpointService;

    fn reconcile(
        &self,
        object: Arc<VpcEndpointService>,
    ) -> impl Future<Output = Result<ReconcileOutcome, KubernetesError>> + Send {
        reconcile(object, self)
    }

    fn forget(&self, id: &ObjectId) {
        self.accounts.forget(id);
        self.observation_times.forget(id);
        self.claims.forget(id);
        self.exports.forget(id);
        self.services.forget(id);
    }
}

/// One reconcile of one object: resolve, observe, think, execute, conclude, and say what was concluded.
pub async fn reconcile(
    object: Arc<VpcEndpointService>,
    context: &Context,
) -> Result<ReconcileOutcome, KubernetesError> {
    let key = ObjectKey::of(&*object);
    let said = context.steps.remembered(&context.runtime.status_memory, &object);
    let previous = prior_status(&object, said.as_ref(), context.accounts.process(), context.runtime.clock.now());
    // What came along with the object is dropped there, where it is known what came.
    let status = if said.is_some() { Some(previous.clone()) } else { object.status.clone().map(as_named) };
    let believed = VpcEndpointService { status, ..(*object).clone() };
    let reached = ReconcileState { process_start: context.accounts.process_start(), ..run(&believed, context).await };
    log_plan(&reached);
    let reached = ReconcileState { exports: exports(&reached, &previous, context).await, ..reached };
    if !waits_for_its_turn(reached.outcome.as_ref()) {
        context.accounts.leave(&key.id());
    }
    let now = context.runtime.clock.now();
    let report = conclude(&key, &reached, &previous, &context.runtime.timing, now);
    deliver(context, &object, &reached, report).await
}

/// Goes as far as it gets.
async fn run(object: &VpcEndpointService, context: &Context) -> ReconcileState {
    match marked(object, context).await {
        Some(marked) => wind_down(object, marked, context).await,
        None => work(object, Definition::Stays, context).await,
    }
}

/// The object, if it is marked, with what becomes of its kind: only a deletion has to know.
async fn marked(object: &VpcEndpointService, context: &Context) -> Option<Marked> {
    object.metadata.deletion_timestamp.as_ref()?;
    let definition = context.runtime.kubernetes.reader.definition(&ObjectKey::of(object).id()).await;
    let leaves_tags = !context.deletes_orphans;
    Marked::of(object, definition).map(|marked| Marked { leaves_tags, ..marked })
}

/// A deletion: what needs no cloud comes before credentials, account and region, whatever is wrong with them.
async fn wind_down(object: &VpcEndpointService, marked: Marked, context: &Context) -> ReconcileState {
    let reached = match without_cloud(&marked) {
        Some(plan) => let_go_by(plan, &marked, context).await,
        None => work(object, marked.definition.clone(), context).await,
    };
    let reached = match &reached.resolved {
        Some(Err(error)) => match without_place(&marked, error) {
            Some(plan) => ReconcileState { resolved: reached.resolved, ..let_go_by(plan, &marked, context).await },
            None => reached,
        },
        Some(Ok(_)) | None => reached,
    };
    ReconcileState { marked: Some(marked), ..reached }
}

async fn let_go_by(plan: Plan, marked: &Marked, context: &Context) -> ReconcileState {
    let outcome = let_go(&plan, marked, &*context.runtime.kubernetes.objects).await;
    ReconcileState { plan: Some(plan), outcome: Some(outcome), ..ReconcileState::default() }
}

async fn work(object: &VpcEndpointService, definition: Definition, context: &Context) -> ReconcileState {
    match place(object, definition, context).await {
        Ok((resolved, account)) => {
            let reached = act(&resolved, &account, &Revision::of(object), context).await;
            let shared = claim(&resolved, reached.observed.as_ref(), context);
            ReconcileState { resolved: Some(Ok(resolved)), shared, ..reached }
        }
        Err(error) => ReconcileState { resolved: Some(Err(error)), ..ReconcileState::default() },
    }
}

/// What other objects list as well, when it is to be told. One that is to go takes its claim along when it is gone.
fn claim(
    resolved: &Resolved,
    observed: Option<&Result<Observed, cloud_core::Error>>,
    context: &Context,
) -> Vec<Shared> {
    let Some(Ok(observed)) = observed.filter(|_| resolved.life == Life::Live) else { return Vec::new() };
    let attachments = wanted_attachments(resolved, &observed.load_balancers).unwrap_or_default();
    let beginning = context.accounts.process_start().saturating_add(context.runtime.timing.resync_period);
    let is_beginning = beginning.is_ok_and(|end| context.runtime.clock.now() < end);
    let (id, is_at_rest) = (resolved.key.id(), resolved.was_ready());
    let (shared, concerned) = context.claims.put(&id, &resolved.target, &attachments, is_at_rest, is_beginning);
    context.requeue(&concerned);
    shared
}

/// The object, and what serves the account and region in which it lives.
async fn place(
    object: &VpcEndpointService,
    definition: Definition,
    context: &Context,
) -> Result<(Resolved, Arc<Account>), ResolveError> {
    let id = ObjectKey::of(object).id();
    let services = context.referred(&id, object);
    let place = Place { definition, services, ..context.place(&id).await };
    let resolved = context.observation_times.bound(context.steps.resolve(object, &place)?, context.runtime.clock.now());
    let account = context.accounts.at(&resolved.target);
    let account = account.map_err(|error| ResolveError::region_unusable(&resolved, &error))?;
    Ok((resolved, account))
}

async fn act(resolved: &Resolved, account: &Account, revision: &Revision, context: &Context) -> ReconcileState {
    let sight = Sight {
        inventory: &account.inventory,
        load_balancers: &account.load_balancers,
        live: &context.runtime.live,
        steps: &*context.steps,
        limits: Limits { leaves_tags: !context.deletes_orphans, ..Limits::from(&context.runtime.timing) },
        clock: &*context.runtime.clock,
    };
    let (observed, plan, thought_at) = match Box::pin(understand(resolved, &sight)).await {
        Ok(understood) => understood,
        Err(error) => return ReconcileState { observed: Some(Err(error)), ..ReconcileState::default() },
    };
    let means = Means {
        account,
        objects: &*context.runtime.kubernetes.objects,
        clock: &*context.runtime.clock,
        thought_at,
        create_window: context.runtime.timing.create_window,
        // As often as everything else of a service is read again that no list shows.
        dry_run_lifetime: context.runtime.timing.details_refresh_period,
        basis: Basis::of(revision, &observed),
    };
    let outcome = execute(&plan, resolved, &Powers::of(plan.mode, means)).await;
    ReconcileState {
        observed: Some(Ok(observed)),
        plan: Some(plan),
        outcome: Some(outcome),
        ..ReconcileState::default()
    }
}

/// What is known of the ConfigMaps that hold the export, looked at afresh where it is time.
async fn exports(reached: &ReconcileState, previous: &VpcEndpointServiceStatus, context: &Context) -> ExportViews {
    let Some(Ok(resolved)) = &reached.resolved else { return ExportViews::default() };
    let names = export_names(resolved, previous);
    let runtime = &context.runtime;
    let config_maps = &*runtime.kubernetes.config_maps;
    context.exports.look(&resolved.key, &names, config_maps, &runtime.timing, runtime.clock.now()).await
}

fn waits_for_its_turn(outcome: Option<&Outcome>) -> bool {
    matches!(outcome, Some(Outcome { stopped: Some(Stop::NoPermit(_)), .. }))
}
