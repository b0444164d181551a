//! Act: carries out a plan, up to the first step that must be awaited. Leaves no choice open, is safe to repeat and safe when stale.
//!
//! What comes next is decided in [`mod@next`], without a call; what stands here makes the calls that it asks for.

mod attempt;
mod content;
mod dry_run;
mod next;
mod send;
mod skipped;

use std::time::Duration;

use cloud_core::Clock;
use jiff::Timestamp;
use privatelink::CreateVpcEndpointServiceRequest;

use self::attempt::Attempt;
pub use self::content::Basis;
use self::content::content;
use self::dry_run::try_out;
pub use self::dry_run::{Trial, Trials, Tried};
use self::next::{Effect, Halt, Memory, Remember, next};
use self::skipped::is_own;
use super::plan::{Mode, Plan, Step};
use super::resolve::{Marked, Resolved};
use crate::cloud::accounts::Account;
use crate::cloud::errors::is_about_value;
use crate::cloud::scheduler::{NoPermit, Permit, Request};
use crate::cloud::services::{Service, Write};
use crate::identity::CreateRecord;
use crate::identity::ObjectId;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::object::ObjectWriter;

/// What execution may do. The mode of the plan says which; what is not in here cannot be done by mistake.
#[derive(Clone, Copy, Debug)]
pub enum Powers<'a> {
    /// Everything that the plan says.
    Act(Means<'a>),
    /// Ask the provider for dry runs.
    DryRun(Trials<'a>),
    /// Nothing: the plan is for people to read.
    Show,
}

/// What acting needs, and where time comes from.
#[derive(Clone, Copy, Debug)]
pub struct Means<'a> {
    pub account: &'a Account,
    pub objects: &'a dyn ObjectWriter,
    pub clock: &'a dyn Clock,
    /// When the plan was made.
    pub thought_at: Timestamp,
    /// See [`Timing::create_window`](crate::timing::Timing::create_window).
    pub create_window: Duration,
    /// How long the answer to a dry run counts.
    pub dry_run_lifetime: Duration,
    /// Tells a call that was refused before from another.
    pub basis: Basis,
}

impl<'a> Powers<'a> {
    /// What a plan of this mode may do with these means.
    pub fn of(mode: Mode, means: Means<'a>) -> Self {
        match mode {
            Mode::Act => Self::Act(means),
            Mode::DryRun => Self::DryRun(Trials {
                dry_runner: &means.account.dry_runner,
                scheduler: &means.account.scheduler,
                known: &means.account.dry_runs,
                clock: means.clock,
                lifetime: means.dry_run_lifetime,
                basis: means.basis,
            }),
            Mode::Show => Self::Show,
        }
    }
}

/// How far a plan was carried out.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub done: Vec<Done>,
    /// Steps that the provider refused for what they ask; whatever does not depend on them went on.
    pub set_aside: Vec<SetAside>,
    /// Steps that were tried out, and not refused.
    pub tried: Vec<Tried>,
    /// Why the rest of the steps was left for a later reconcile; `None`: all were carried out, or `set_aside` or `error` say why not.
    pub stopped: Option<Stop>,
    /// The first failure that says nothing against the step itself.
    pub error: Option<ExecuteError>,
}

/// A step that was refused for what it asks.
#[derive(Clone, Debug)]
pub struct SetAside {
    pub step: Step,
    pub error: cloud_core::Error,
    /// It was refused in an earlier reconcile, and is not sent again before; `None`: it was refused in this one.
    pub until: Option<Timestamp>,
}

impl SetAside {
    /// The error back, if it says nothing against the step itself.
    fn of(step: &Step, error: ExecuteError) -> Result<Self, ExecuteError> {
        let (error, until) = match error {
            ExecuteError::Cloud(error) if is_about_value(&error) || is_own(step, &error) => (error, None),
            ExecuteError::Withheld { until, error } => (*error, Some(until)),
            other => return Err(other),
        };
        Ok(Self { step: step.clone(), error, until })
    }
}

/// A step that was carried out.
#[derive(Clone, Debug)]
pub struct Done {
    pub step: Step,
    /// The provider's id of the call, for the log.
    pub request_id: Option<String>,
    /// The service that a Create created.
    pub created: Option<Box<Service>>,
}

/// Why execution ended before the last step.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The step that was just done must be awaited.
    Awaited,
    /// The write scheduler gave no permit.
    NoPermit(NoPermit),
    /// The object is no longer what the plan was made for: look again.
    Stale,
}

/// A step that failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ExecuteError {
    #[error("{0}")]
    Cloud(cloud_core::Error),
    /// The very same call was refused with this answer before, and nothing was sent: it may be sent again at `until`.
    #[error("{error}; it was not sent again yet")]
    Withheld { until: Timestamp, error: Box<cloud_core::Error> },
    #[error("failed to write the object: {0}")]
    Kubernetes(KubernetesError),
}

/// Does with a plan what the powers allow. Without any, nothing is done, and nothing is waited for.
pub async fn execute(plan: &Plan, resolved: &Resolved, powers: &Powers<'_>) -> Outcome {
    match powers {
        Powers::Act(means) => carry_out(plan, resolved, means).await,
        Powers::DryRun(trials) => try_out(plan, &resolved.key.id(), trials).await,
        Powers::Show => Outcome::default(),
    }
}

/// Carries out the steps in order, up to the first that must be awaited. What comes next is [`next`]'s to say; here it is done.
///
/// Every accepted write is remembered in the inventory before the next step begins, so a reconcile that is cut off between two steps
/// loses nothing that the next one needs.
async fn carry_out(plan: &Plan, resolved: &Resolved, powers: &Means<'_>) -> Outcome {
    let memory = Memory::new(resolved, powers.thought_at, powers.create_window);
    let mut run = Run { plan, resolved, powers, id: resolved.key.id(), memory, permit: None };
    while let Some(effect) = run.next_effect() {
        run.perform(effect).await;
    }
    run.memory.into_outcome()
}

/// Carries out a plan for a marked object that needs no cloud: our finalizer goes, or nothing happens.
pub async fn let_go(plan: &Plan, marked: &Marked, objects: &dyn ObjectWriter) -> Outcome {
    let mut outcome = Outcome::default();
    if !plan.steps.contains(&Step::ReleaseFinalizer) {
        return outcome;
    }
    match objects.release_finalizer(&marked.key, &marked.finalizers).await.map_err(Halt::from) {
        Ok(()) => {
            outcome.done.push(Done { step: Step::ReleaseFinalizer, request_id: None, created: None });
        }
        Err(Halt::Stop(stop)) => outcome.stopped = Some(stop),
        Err(Halt::Error(error)) => outcome.error = Some(error),
    }
    outcome
}

/// One reached over the steps of a plan.
struct Run<'a> {
    plan: &'a Plan,
    resolved: &'a Resolved,
    powers: &'a Means<'a>,
    id: ObjectId,
    memory: Memory,
    /// The permit of the current step.
    permit: Option<Permit>,
}

impl<'a> Run<'a> {
    /// What is to be done; `None`: nothing is left.
    fn next_effect(&mut self) -> Option<Effect<'a>> {
        if !self.memory.is_permitted() {
            self.permit = None;
        }
        match next(self.plan, &self.memory, self.powers.clock.now()) {
            Effect::Finish { queued } => {
                drop(queued.and_then(|step| self.ask(step)));
                None
            }
            effect => Some(effect),
        }
    }

    async fn perform(&mut self, effect: Effect<'a>) {
        match effect {
            Effect::PutRecord(record) => self.put_record(record).await,
            Effect::ReleaseFinalizer => {
                let Resolved { key, finalizers, .. } = self.resolved;
                let answer = self.powers.objects.release_finalizer(key, finalizers).await;
                self.memory.finalizer_released(self.plan, answer);
            }
            Effect::AskPermit(step) => match self.ask(step) {
                Some(answer) => {
                    let answer = answer.map(|permit| self.permit = Some(permit));
                    self.memory.permit_answered(self.plan, answer);
                }
                None => self.memory.outdated(),
            },
            Effect::ReadObject => {
                let asked = self.powers.clock.now();
                let answer = self.powers.objects.read_latest(&self.resolved.key).await;
                self.memory.object_read(self.plan, answer, asked);
            }
            Effect::Create { record, request } => self.create(record, request).await,
            Effect::Send { target, write } => self.send(target, write).await,
            Effect::LookAgain | Effect::Finish { .. } => self.memory.outdated(),
        }
    }

    async fn put_record(&mut self, record: &CreateRecord) {
        let Resolved { key, finalizers, .. } = self.resolved;
        let answer = self.powers.objects.put_record(key, finalizers, record).await;
        if answer.is_ok() {
            self.powers.account.inventory.remember_record(&self.id, record);
        }
        self.memory.record_put(self.plan, answer);
    }

    async fn create(&mut self, record: &CreateRecord, request: &CreateVpcEndpointServiceRequest) {
        let Some(permit) = self.permit.take() else { return self.memory.outdated() };
        let inventory = &self.powers.account.inventory;
        let attempt = Attempt::begin(self.powers, &self.id, record, self.powers.clock.now());
        let answer = permit.call(self.powers.account.writer.create_vpc_endpoint_service(request)).await;
        attempt.end(answer.as_ref().map(|answer| answer.service.service_id.as_deref()));
        let answer = answer.map(|answer| (answer.service, answer.request_id));
        if let Some(created) = self.memory.create_answered(self.plan, answer) {
            inventory.remember_created(&self.id, created);
        }
    }

    async fn send(&mut self, target: &str, write: &Write) {
        let Some(permit) = self.permit.take() else { return self.memory.outdated() };
        let inventory = &self.powers.account.inventory;
        let answer = permit.call(send::send(&self.powers.account.writer, target, write)).await;
        match self.memory.write_answered(self.plan, answer) {
            Remember::Accepted | Remember::Assumed => inventory.remember(target, write),
            Remember::Refused { error, is_field_failure } => {
                inventory.remember_refusal(target, &error);
                if is_field_failure {
                    inventory.remember_field_failure(&self.id, target, write, &error);
                }
            }
        }
    }

    /// `None`: the step makes no call.
    fn ask(&self, step: &Step) -> Option<Result<Permit, NoPermit>> {
        let content = content(self.powers.basis, step);
        let request = Request { operation: step.operation()?.into(), resource_id: step.locked_id(), content };
        Some(self.powers.account.scheduler.ask(&self.id, request))
    }
}

#[cfg(test)]
pub(crate) mod test_support;
