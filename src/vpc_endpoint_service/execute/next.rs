//! Execution without its calls: what comes next, and what an answer makes of it. Pure, so that the model drives the very same.
//!
//! [`next`] says what is to be done outside. Whoever does it tells the [`Memory`] what came of it, and asks again, until nothing is left.

use std::time::Duration;

use cloud_core::{Error, ErrorKind, Fate};
use jiff::Timestamp;
use privatelink::{CreateVpcEndpointServiceRequest, EndpointService};

use super::skipped::{SkipReason, Skipped, is_own};
use super::{Done, ExecuteError, Outcome, SetAside, Stop, send};
use crate::cloud::errors::{denies_connection, is_about_value};
use crate::cloud::scheduler::NoPermit;
use crate::cloud::services::{Created, Service, Write};
use crate::identity::{CreateRecord, Life, ObjectKey};
use crate::kubernetes::KubernetesError;
use crate::kubernetes::object::LatestObject;
use crate::vpc_endpoint_service::plan::{Plan, Step};
use crate::vpc_endpoint_service::resolve::Resolved;

/// One thing to be done outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Effect<'p> {
    /// Write finalizer and record onto the object: [`Memory::record_put`].
    PutRecord(&'p CreateRecord),
    /// Take the finalizer off: [`Memory::finalizer_released`].
    ReleaseFinalizer,
    /// Ask the write scheduler for a permit: [`Memory::permit_answered`]. It comes first, because it may be long in coming.
    AskPermit(&'p Step),
    /// Read the object from the API server, past every cache: [`Memory::object_read`].
    ReadObject,
    /// Make the call, now, without anything in between that could wait: [`Memory::create_answered`].
    Create { record: &'p CreateRecord, request: &'p CreateVpcEndpointServiceRequest },
    /// Make the call: [`Memory::write_answered`].
    Send { target: &'p str, write: &'p Write },
    /// What was read is too old to act on: [`Memory::outdated`].
    LookAgain,
    /// Nothing is left. An object is in one queue: that of the first step that got no permit, whatever it asked for after that.
    Finish { queued: Option<&'p Step> },
}

/// What the inventory is to remember of an answered write, before anything else is done.
#[derive(Clone, Debug)]
pub(crate) enum Remember {
    Accepted,
    /// Nobody knows whether it was carried out. It counts as accepted until the lists show otherwise: it is not to be sent twice.
    Assumed,
    Refused {
        error: Error,
        /// The refusal is about the values that were sent.
        is_field_failure: bool,
    },
}

/// How far a plan was carried out, and what has been learned on the way.
#[derive(Clone, Debug)]
pub(crate) struct Memory {
    key: ObjectKey,
    life: Life,
    /// When the plan was made.
    planned_at: Timestamp,
    /// See [`Timing::create_window`](crate::timing::Timing::create_window).
    create_window: Duration,
    /// The steps before it were done or left.
    position: usize,
    /// The write scheduler lets the current step go.
    is_permitted: bool,
    /// When the API server was asked for the object, which then permitted the Create; one that does not permit it ends execution. The answer to our
    /// own patch permits nothing: a deletion that the API server had begun before may end after it, whatever finalizer came in between.
    read: Option<Timestamp>,
    /// The API server itself said in this reconcile that the object still asks for what is planned.
    is_confirmed: bool,
    /// The steps that were left undone, by their place in the plan.
    skipped: Vec<(usize, SkipReason)>,
    /// The first step that got no permit.
    queued: Option<usize>,
    is_over: bool,
    outcome: Outcome,
}

/// What keeps a step from being carried out.
#[derive(Debug)]
pub(super) enum Halt {
    Stop(Stop),
    Error(ExecuteError),
}

impl From<KubernetesError> for Halt {
    /// A conflict is no failure: somebody else was faster, and the next reconcile sees what they did.
    fn from(error: KubernetesError) -> Self {
        match error {
            KubernetesError::Conflict | KubernetesError::Gone => Self::Stop(Stop::Stale),
            other => Self::Error(ExecuteError::Kubernetes(other)),
        }
    }
}

impl From<NoPermit> for Halt {
    fn from(no_permit: NoPermit) -> Self {
        match no_permit {
            NoPermit::Withheld { until, error } => Self::Error(ExecuteError::Withheld { until, error }),
            no_permit => Self::Stop(Stop::NoPermit(no_permit)),
        }
    }
}

/// What comes next.
pub(crate) fn next<'p>(plan: &'p Plan, memory: &Memory, now: Timestamp) -> Effect<'p> {
    let Some((_, step)) = memory.current(plan) else { return Effect::Finish { queued: memory.queued(plan) } };
    match step {
        Step::Record(record) => Effect::PutRecord(record),
        Step::ReleaseFinalizer => Effect::ReleaseFinalizer,
        Step::Create { .. } | Step::Write { .. } if !memory.is_permitted => Effect::AskPermit(step),
        Step::Create { record, request } => match memory.read {
            None => Effect::ReadObject,
            Some(asked) if memory.is_in_time(asked, now) => Effect::Create { record, request },
            Some(_) => Effect::LookAgain,
        },
        Step::Write { .. } if memory.needs_confirmation(step) => Effect::ReadObject,
        Step::Write { target, write } => Effect::Send { target, write },
    }
}

impl Memory {
    pub(crate) fn new(resolved: &Resolved, planned_at: Timestamp, create_window: Duration) -> Self {
        Self {
            key: resolved.key.clone(),
            life: resolved.life,
            planned_at,
            create_window,
            position: 0,
            is_permitted: false,
            read: None,
            is_confirmed: false,
            skipped: Vec::new(),
            queued: None,
            is_over: false,
            outcome: Outcome::default(),
        }
    }

    pub(crate) fn into_outcome(self) -> Outcome {
        self.outcome
    }

    /// The current step has its permit.
    pub(super) fn is_permitted(&self) -> bool {
        self.is_permitted
    }

    /// The step that comes next, or is under way.
    pub(crate) fn step<'p>(&self, plan: &'p Plan) -> Option<&'p Step> {
        self.current(plan).map(|(_, step)| step)
    }

    fn current<'p>(&self, plan: &'p Plan) -> Option<(usize, &'p Step)> {
        if self.is_over {
            return None;
        }
        plan.steps.iter().enumerate().skip(self.position).find(|(_, step)| !self.is_blocked(plan, step))
    }

    fn is_blocked(&self, plan: &Plan, step: &Step) -> bool {
        let mut skipped = self
            .skipped
            .iter()
            .filter_map(|(index, reason)| Some(Skipped { step: plan.steps.get(*index)?, reason: *reason }));
        skipped.any(|skipped| skipped.blocks(step))
    }

    fn queued<'p>(&self, plan: &'p Plan) -> Option<&'p Step> {
        let is_waiting = matches!(self.outcome.stopped, Some(Stop::NoPermit(_)));
        self.queued.filter(|_| is_waiting).and_then(|index| plan.steps.get(index))
    }

    /// A process that was paused wakes up powerless, whether it last thought or last read the object before. What a plan allows rests on how
    /// long the provider remembers a token, so it holds for a while only.
    fn is_in_time(&self, asked: Timestamp, now: Timestamp) -> bool {
        now.duration_since(asked.min(self.planned_at)).unsigned_abs() <= self.create_window
    }

    /// The object lives, is of the generation that was planned for, and carries our finalizer and this very record.
    fn permits_create(&self, object: &LatestObject, record: &CreateRecord) -> bool {
        object.uid == self.key.uid
            && !object.deleting
            && object.generation == self.key.generation
            && object.has_finalizer()
            && object.record.as_ref() == Some(record)
    }

    /// What a deletion takes away is taken on the word of the API server, not of a copy: somebody may have set `suspend` or another policy
    /// since, and the watch may not have told. The same for a service that is taken over: its tags may be those of the object that has this one's name by
    /// now.
    fn needs_confirmation(&self, step: &Step) -> bool {
        let is_confirmable = if self.life == Life::Live { step.takes_over() } else { step.takes_away() };
        !self.is_confirmed && is_confirmable
    }

    fn is_unchanged(&self, object: &LatestObject) -> bool {
        let is_alive = self.life == Life::Live;
        // What a live object takes over must be untagged before it goes.
        object.deleting != is_alive
            && object.generation == self.key.generation
            && (!is_alive || object.has_finalizer() && object.record.is_some())
    }

    pub(crate) fn record_put(&mut self, plan: &Plan, answer: Result<(), KubernetesError>) {
        match answer {
            Ok(()) => self.done(plan, None, None),
            Err(error) => self.halt(plan, error.into()),
        }
    }

    pub(crate) fn finalizer_released(&mut self, plan: &Plan, answer: Result<(), KubernetesError>) {
        match answer {
            Ok(()) => self.done(plan, None, None),
            Err(error) => self.halt(plan, error.into()),
        }
    }

    pub(crate) fn permit_answered(&mut self, plan: &Plan, answer: Result<(), NoPermit>) {
        match answer {
            Ok(()) => self.is_permitted = true,
            Err(no_permit) => self.halt(plan, no_permit.into()),
        }
    }

    /// The API server was asked for the object at `asked`. An object that asks for something else by now ends execution.
    pub(crate) fn object_read(&mut self, plan: &Plan, answer: Result<LatestObject, KubernetesError>, asked: Timestamp) {
        let object = match answer {
            Ok(object) => object,
            Err(error) => return self.halt(plan, error.into()),
        };
        match self.step(plan) {
            Some(Step::Create { record, .. }) if self.permits_create(&object, record) => self.read = Some(asked),
            Some(Step::Write { .. }) if self.is_unchanged(&object) => self.is_confirmed = true,
            _ => self.outdated(),
        }
    }

    /// Answers what the Create created, where it is known.
    pub(crate) fn create_answered(
        &mut self,
        plan: &Plan,
        answer: Result<(EndpointService, Option<String>), Error>,
    ) -> Option<Created> {
        let Some(Step::Create { request, .. }) = self.step(plan) else { return None };
        match answer {
            Ok((service, request_id)) => {
                let Some(created) = send::created(service, request) else {
                    // An answer without an id says as little as none: the next reconcile looks, and asks again under the same token.
                    self.outdated();
                    return None;
                };
                self.done(plan, request_id, Some(Box::new(created.service.clone())));
                Some(created)
            }
            Err(error) => {
                self.halt(plan, Halt::Error(ExecuteError::Cloud(error)));
                None
            }
        }
    }

    /// Answers what is to be remembered of it. What is so already is a success.
    pub(crate) fn write_answered(&mut self, plan: &Plan, answer: Result<Option<String>, Error>) -> Remember {
        match self.already_done(plan, answer) {
            Ok(request_id) => {
                self.done(plan, request_id, None);
                Remember::Accepted
            }
            Err(error) => {
                let is_own = self.step(plan).is_some_and(|step| is_own(step, &error));
                let is_field_failure = is_about_value(&error) || is_own;
                // A refusal of the move is an answer, whether its code is known or not.
                let is_once = self.step(plan).is_some_and(Step::is_move) && !is_own;
                self.halt(plan, Halt::Error(ExecuteError::Cloud(error.clone())));
                match error.fate() {
                    Fate::Ambiguous if is_once => Remember::Assumed,
                    _ => Remember::Refused { error, is_field_failure },
                }
            }
        }
    }

    /// What is so already counts as done: also that nobody is connected any more who was to be cut off.
    fn already_done(&self, plan: &Plan, answer: Result<Option<String>, Error>) -> Result<Option<String>, Error> {
        let is_cut = matches!(self.step(plan), Some(Step::Write { write: Write::Disconnect(_), .. }));
        match answer {
            Err(error) if error.kind() == ErrorKind::AlreadyDone || is_cut && denies_connection(&error) => {
                Ok(error.request_id().map(str::to_owned))
            }
            answer => answer,
        }
    }

    /// The object, or what was read of it, is no longer what the plan was made for.
    pub(crate) fn outdated(&mut self) {
        self.stop(Stop::Stale);
    }

    fn done(&mut self, plan: &Plan, request_id: Option<String>, created: Option<Box<Service>>) {
        let Some((index, step)) = self.current(plan) else { return };
        self.outcome.done.push(Done { step: step.clone(), request_id, created });
        self.pass_over(index);
        if step.is_awaited() {
            self.stop(Stop::Awaited);
        }
    }

    /// A step that is refused, or that has no permit, blocks what depends on it, and nothing else, see [`skipped`](super::skipped).
    fn halt(&mut self, plan: &Plan, halt: Halt) {
        let Some((index, step)) = self.current(plan) else { return };
        let reason = match halt {
            Halt::Stop(Stop::NoPermit(no_permit)) => {
                let reason = SkipReason::of_no_permit(&no_permit);
                self.queued.get_or_insert(index);
                self.outcome.stopped.get_or_insert(Stop::NoPermit(no_permit));
                reason
            }
            Halt::Stop(ended) => return self.stop(ended),
            Halt::Error(error) => {
                let Some(reason) = SkipReason::of_error(&error, step, self.life) else { return self.fail(error) };
                match SetAside::of(step, error) {
                    Ok(set_aside) => self.outcome.set_aside.push(set_aside),
                    Err(error) => {
                        self.outcome.error.get_or_insert(error);
                    }
                }
                reason
            }
        };
        self.skipped.push((index, reason));
        self.pass_over(index);
    }

    fn pass_over(&mut self, index: usize) {
        self.position = index + 1;
        self.is_permitted = false;
    }

    fn stop(&mut self, stop: Stop) {
        self.outcome.stopped = Some(stop);
        self.is_over = true;
        self.is_permitted = false;
    }

    fn fail(&mut self, error: ExecuteError) {
        self.outcome.error = Some(error);
        self.is_over = true;
        self.is_permitted = false;
    }
}

#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
