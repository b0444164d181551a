//! Act: carries out a plan, up to the first step that must be awaited. Leaves no choice open, is safe to repeat and safe when stale.

mod attempt;
mod content;
mod follow;
mod send;

use std::time::Duration;

use cloud_core::{Clock, ErrorKind};
use jiff::Timestamp;
use privatelink::CreateVpcEndpointServiceRequest;

use self::attempt::Attempt;
pub use self::content::Basis;
use self::content::content;
use self::follow::{Left, Why};
use super::plan::{Plan, Step};
use super::resolve::{Marked, Resolved};
use crate::cloud::accounts::Account;
use crate::cloud::errors::is_about_value;
use crate::cloud::scheduler::{NoTurn, Request, Turn};
use crate::cloud::services::{Service, Write};
use crate::identity::CreateRecord;
use crate::identity::Life;
use crate::identity::ObjectId;
use crate::kubernetes::KubernetesError;
use crate::kubernetes::object::{LatestObject, ObjectWriter};

/// What execution may do, and where time comes from.
#[derive(Clone, Copy, Debug)]
pub struct Powers<'a> {
    pub account: &'a Account,
    pub objects: &'a dyn ObjectWriter,
    pub clock: &'a dyn Clock,
    /// When the plan was made.
    pub thought_at: Timestamp,
    /// See [`Timing::create_window`](crate::timing::Timing::create_window).
    pub create_window: Duration,
    /// Tells a call that was refused before from another.
    pub basis: Basis,
}

/// How far a plan was carried out.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub done: Vec<Done>,
    /// Steps that the provider refused for what they ask; whatever does not depend on them went on.
    pub set_aside: Vec<SetAside>,
    /// Why the rest of the steps was left for a later pass; `None`: all were carried out, or `set_aside` or `error` say why not.
    pub stopped: Option<Stop>,
    /// The first failure that says nothing against the step itself.
    pub error: Option<ExecuteError>,
}

/// A step that was refused for what it asks.
#[derive(Clone, Debug)]
pub struct SetAside {
    pub step: Step,
    pub error: cloud_core::Error,
    /// It was refused in an earlier pass, and is not sent again before; `None`: it was refused in this one.
    pub until: Option<Timestamp>,
}

impl SetAside {
    /// The error back, if it says nothing against the step itself.
    fn of(step: &Step, error: ExecuteError) -> Result<Self, ExecuteError> {
        let (error, until) = match error {
            ExecuteError::Cloud(error) if is_about_value(&error) => (error, None),
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
    /// The service that a Create made.
    pub created: Option<Box<Service>>,
}

/// Why execution ended before the last step.
#[derive(Clone, Debug)]
pub enum Stop {
    /// The step that was just done must be awaited.
    Awaited,
    /// The lanes gave no turn.
    NoTurn(NoTurn),
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

/// Carries out the steps in order, up to the first that must be awaited. A step that is refused, or that has no turn, holds back what depends
/// on it, and nothing else, see [`follow`].
///
/// Every accepted write is remembered in the inventory before the next step begins, so a pass that is cut off between two steps
/// loses nothing that the next one needs.
pub async fn execute(plan: &Plan, resolved: &Resolved, powers: &Powers<'_>) -> Outcome {
    let mut pass = Pass { resolved, powers, id: resolved.key.id(), held: None, is_confirmed: false };
    let mut outcome = Outcome::default();
    let mut left: Vec<Left<'_>> = Vec::new();
    let mut in_line: Option<&Step> = None;
    for step in &plan.steps {
        if left.iter().any(|left| left.holds_back(step)) {
            continue;
        }
        let why = match pass.carry_out(step).await {
            Ok(done) => {
                outcome.done.push(done);
                if step.is_awaited() {
                    outcome.stopped = Some(Stop::Awaited);
                    break;
                }
                continue;
            }
            Err(Halt::Stop(Stop::NoTurn(no_turn))) => {
                let why = Why::of_turn(&no_turn);
                in_line = in_line.or(Some(step));
                outcome.stopped.get_or_insert(Stop::NoTurn(no_turn));
                why
            }
            Err(Halt::Stop(stop)) => {
                outcome.stopped = Some(stop);
                break;
            }
            Err(Halt::Error(error)) => {
                let Some(why) = Why::of_error(&error, step, resolved.life) else {
                    outcome.error = Some(error);
                    break;
                };
                match SetAside::of(step, error) {
                    Ok(set_aside) => outcome.set_aside.push(set_aside),
                    Err(error) => {
                        outcome.error.get_or_insert(error);
                    }
                }
                why
            }
        };
        left.push(Left { step, why });
    }
    // An object stands in one queue: in that of the first step that had no turn, whatever it asked for after that.
    if let (Some(step), Some(Stop::NoTurn(_))) = (in_line, &outcome.stopped) {
        drop(pass.turn(step));
    }
    outcome
}

/// Carries out a plan for a marked object that needs no cloud: our finalizer goes, or nothing happens.
pub async fn let_go(plan: &Plan, marked: &Marked, objects: &dyn ObjectWriter) -> Outcome {
    let mut outcome = Outcome::default();
    if !plan.steps.contains(&Step::ReleaseFinalizer) {
        return outcome;
    }
    match objects.release_finalizer(&marked.key, &marked.finalizers).await.map_err(Halt::from) {
        Ok(()) => outcome.done.push(Done::of(&Step::ReleaseFinalizer, None)),
        Err(Halt::Stop(stop)) => outcome.stopped = Some(stop),
        Err(Halt::Error(error)) => outcome.error = Some(error),
    }
    outcome
}

/// What ends a pass before its last step.
enum Halt {
    Stop(Stop),
    Error(ExecuteError),
}

impl From<cloud_core::Error> for Halt {
    fn from(error: cloud_core::Error) -> Self {
        Self::Error(ExecuteError::Cloud(error))
    }
}

impl From<KubernetesError> for Halt {
    /// A conflict is no failure: somebody else was faster, and the next pass sees what they did.
    fn from(error: KubernetesError) -> Self {
        match error {
            KubernetesError::Conflict | KubernetesError::Gone => Self::Stop(Stop::Stale),
            other => Self::Error(ExecuteError::Kubernetes(other)),
        }
    }
}

/// One walk over the steps of a plan.
struct Pass<'a> {
    resolved: &'a Resolved,
    powers: &'a Powers<'a>,
    id: ObjectId,
    /// The object as the API server itself gave it in this pass, and when it was asked.
    held: Option<(LatestObject, Timestamp)>,
    /// The API server itself said in this pass that the object still asks for what is planned.
    is_confirmed: bool,
}

impl Pass<'_> {
    async fn carry_out(&mut self, step: &Step) -> Result<Done, Halt> {
        match step {
            Step::Record(record) => self.record(step, record).await,
            Step::Create { record, request } => self.create(step, record, request).await,
            Step::ReleaseFinalizer => self.release(step).await,
            Step::Write { target, write } => self.change(step, target, write).await,
        }
    }

    async fn record(&mut self, step: &Step, record: &CreateRecord) -> Result<Done, Halt> {
        let asked = self.powers.clock.now();
        let held = self.powers.objects.put_record(&self.resolved.key, &self.resolved.finalizers, record).await?;
        self.powers.account.inventory.remember_record(&self.id, record);
        self.held = Some((held, asked));
        Ok(Done::of(step, None))
    }

    async fn release(&self, step: &Step) -> Result<Done, Halt> {
        self.powers.objects.release_finalizer(&self.resolved.key, &self.resolved.finalizers).await?;
        Ok(Done::of(step, None))
    }

    /// Sends one Create. The turn comes first, because it may be long in coming; then the object is read, past every cache; then,
    /// without anything in between that could wait, the call.
    async fn create(
        &mut self,
        step: &Step,
        record: &CreateRecord,
        request: &CreateVpcEndpointServiceRequest,
    ) -> Result<Done, Halt> {
        let turn = self.turn(step)?;
        let asked = self.hold(record).await?;
        let began = self.powers.clock.now();
        if !is_in_time(began, asked.min(self.powers.thought_at), self.powers.create_window) {
            return Err(Halt::Stop(Stop::Stale));
        }
        let attempt = Attempt::begin(self.powers, &self.id, record, began);
        let answer = turn.call(self.powers.account.writer.create_vpc_endpoint_service(request)).await;
        attempt.end(answer.as_ref().map(|answer| answer.service.service_id.as_deref()));
        let answer = answer?;
        // An answer without an id says as little as none: the next pass looks, and asks again under the same token.
        let created = send::created(answer.service, request).ok_or(Halt::Stop(Stop::Stale))?;
        let service = Box::new(created.service.clone());
        self.powers.account.inventory.remember_created(&self.id, created);
        Ok(Done { created: Some(service), ..Done::of(step, answer.request_id) })
    }

    async fn change(&mut self, step: &Step, service_id: &str, write: &Write) -> Result<Done, Halt> {
        let turn = self.turn(step)?;
        self.confirm(step).await?;
        let answer = turn.call(send::send(&self.powers.account.writer, service_id, write)).await;
        match already_done(answer) {
            Ok(request_id) => {
                self.powers.account.inventory.remember(service_id, write);
                Ok(Done::of(step, request_id))
            }
            Err(error) => {
                self.powers.account.inventory.remember_refusal(service_id, &error);
                if is_about_value(&error) {
                    self.powers.account.inventory.remember_setback(&self.id, service_id, write, &error);
                }
                Err(error.into())
            }
        }
    }

    /// What a deletion takes away is taken on the word of the API server, not of a copy: somebody may have set `suspend` or another policy
    /// since, and the watch may not have told.
    async fn confirm(&mut self, step: &Step) -> Result<(), Halt> {
        if self.is_confirmed || self.resolved.life == Life::Live || !step.takes_away() {
            return Ok(());
        }
        let held = self.powers.objects.read_latest(&self.resolved.key).await?;
        self.is_confirmed = held.deleting && held.generation == self.resolved.key.generation;
        if self.is_confirmed { Ok(()) } else { Err(Halt::Stop(Stop::Stale)) }
    }

    fn turn(&self, step: &Step) -> Result<Turn, Halt> {
        let Some(operation) = step.operation() else { return Err(Halt::Stop(Stop::Stale)) };
        let request = Request { operation, service_id: step.service_id(), content: content(self.powers.basis, step) };
        self.powers.account.lanes.ask(&self.id, request).map_err(|no_turn| match no_turn {
            NoTurn::Withheld { until, error } => Halt::Error(ExecuteError::Withheld { until, error }),
            no_turn => Halt::Stop(Stop::NoTurn(no_turn)),
        })
    }

    /// Makes sure that the object is still what the Create is for, by a read of this very pass; answers when that read was asked for.
    async fn hold(&mut self, record: &CreateRecord) -> Result<Timestamp, Halt> {
        let (held, asked) = if let Some(own) = self.held.take() {
            own
        } else {
            let asked = self.powers.clock.now();
            (self.powers.objects.read_latest(&self.resolved.key).await?, asked)
        };
        if permits_create(&held, self.resolved, record) { Ok(asked) } else { Err(Halt::Stop(Stop::Stale)) }
    }
}

impl Done {
    fn of(step: &Step, request_id: Option<String>) -> Self {
        Self { step: step.clone(), request_id, created: None }
    }
}

/// The object lives, is of the generation that was planned for, and carries our finalizer and this very record.
fn permits_create(held: &LatestObject, resolved: &Resolved, record: &CreateRecord) -> bool {
    held.uid == resolved.key.uid
        && !held.deleting
        && held.generation == resolved.key.generation
        && held.has_finalizer()
        && held.record.as_ref() == Some(record)
}

/// A process that was paused wakes up powerless, whether it last thought or last read the object before. What a plan allows rests on how
/// long the provider remembers a token, so it holds for a while only.
fn is_in_time(began: Timestamp, since: Timestamp, window: Duration) -> bool {
    began.duration_since(since).unsigned_abs() <= window
}

/// What is so already is a success.
fn already_done(answer: Result<Option<String>, cloud_core::Error>) -> Result<Option<String>, cloud_core::Error> {
    match answer {
        Err(error) if error.kind() == ErrorKind::AlreadyDone => Ok(error.request_id().map(str::to_owned)),
        answer => answer,
    }
}

#[cfg(test)]
pub(crate) mod testing;
