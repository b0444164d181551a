//! What an action makes of a world.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Error, test_support};
use privatelink::{EndpointService, Operation};

use super::action::{Action, Answer};
use super::cloud::{Endpoint, Life, Taking};
use super::kubernetes::{Object, Refused};
use super::operator::{Operator, Pass, Stage, Sweep, resolved, think};
use super::setup::{Grain, Setup};
use super::world::{Call, World, process_name};
use crate::cloud::services::DeepView;
use crate::identity::ObjectKey;
use crate::kubernetes::{KubernetesError, LatestObject};
use crate::vpc_endpoint_service::conclude::{Walk, conclude};
use crate::vpc_endpoint_service::execute::testing::{already_done, created, end_of, is_in_time, permits_create};
use crate::vpc_endpoint_service::execute::{ExecuteError, Outcome, Stop};
use crate::vpc_endpoint_service::observe::{CreateAttempt, Look};
use crate::vpc_endpoint_service::plan::Step;
use crate::vpc_endpoint_service::resolve::Resolved;

impl World {
    pub(super) fn take(&mut self, setup: &Setup, action: &Action) {
        let now = self.now();
        match *action {
            Action::Tick => self.tick(setup),
            Action::Edit => {
                self.budget.edits -= 1;
                self.kubernetes.change(|object| object.generation += 1);
            }
            Action::Delete => {
                self.budget.deletions -= 1;
                self.kubernetes.change(|object| {
                    object.deleting = Some(now);
                    object.generation += 1;
                });
            }
            Action::Recreate => {
                self.budget.recreations -= 1;
                self.kubernetes.apply(1, setup.when_gone);
            }
            Action::Strip => {
                self.budget.strips -= 1;
                self.kubernetes.change(|object| {
                    object.finalizer = false;
                    object.record = None;
                });
            }
            Action::DeleteOutside(number) => {
                self.budget.outside -= 1;
                self.cloud.services[number].become_so(now, |condition| condition.life = Life::Gone);
            }
            Action::Forget(number) => drop(self.cloud.tokens.remove(number)),
            Action::Progress(number) => drop(self.cloud.services[number].progress(now)),
            Action::Crash(number) => self.crash(setup, number),
            Action::Watch(number) => self.watch(number),
            Action::Sweep(number, lag) => self.sweep(number, lag),
            Action::Swept(number) => self.swept(number),
            Action::Think(number) => self.think(setup, number),
            Action::Walk(number, answer) => self.walk(setup, number, answer),
            Action::End(number, answer) => self.end(setup, number, answer),
            Action::Arrive { call, taking, answer } => self.arrive(setup, call, (taking, answer)),
            Action::GiveUp(call) => self.give_up(setup, call),
        }
        if setup.grain == Grain::Coarse {
            self.catch_up();
        }
    }

    /// Nothing is on its way to a process but the answers of its Creates.
    fn catch_up(&mut self) {
        for number in 0..self.operators.len() {
            self.swept(number);
            if self.lags_behind(number) {
                self.watch(number);
            }
        }
    }

    /// The watch has something to tell.
    pub(super) fn lags_behind(&self, number: usize) -> bool {
        match (&self.operators[number].copy, &self.kubernetes.object) {
            (Some(copy), Some(_)) => !self.kubernetes.is_newest(copy),
            (None, None) => false,
            _ => true,
        }
    }

    /// Calls that took too long are given up, and never arrive.
    fn tick(&mut self, setup: &Setup) {
        self.tick += 1;
        let now = self.now();
        let is_over = |call: &Call| now > call.began + Duration::from_secs(setup.flight.unsigned_abs());
        let (over, calls): (Vec<Call>, Vec<Call>) = std::mem::take(&mut self.calls).into_iter().partition(is_over);
        self.calls = calls;
        for Call { caller, .. } in over {
            self.answer(setup, caller, Err(test_support::lost_answer(Operation::CreateVpcEndpointService)));
        }
        self.cloud.prune(now);
    }

    fn crash(&mut self, setup: &Setup, number: usize) {
        self.budget.crashes -= 1;
        for call in self.calls.iter_mut().filter(|call| call.caller == Some(number)) {
            call.caller = None;
        }
        let process = process_name(number, self.budget.crashes);
        self.operators[number] = Operator::start(setup, self.kubernetes.object.as_ref(), (&process, self.now()));
    }

    fn watch(&mut self, number: usize) {
        let newest = self.kubernetes.object.clone();
        let operator = &mut self.operators[number];
        let gone =
            operator.copy.take().filter(|copy| newest.as_ref().is_none_or(|newest| newest.number != copy.number));
        if let Some(gone) = gone {
            operator.memory().forget(&gone.id());
        }
        operator.copy = newest;
    }

    fn sweep(&mut self, number: usize, lag: i64) {
        let as_of = self.now();
        let entries = self.cloud.list(as_of - Duration::from_secs(lag.unsigned_abs()));
        self.operators[number].sweep = Some(Arc::new(Sweep { as_of, entries }));
    }

    fn swept(&mut self, number: usize) {
        let operator = &mut self.operators[number];
        let Some(sweep) = operator.sweep.take() else { return };
        operator.memory().services_swept(sweep.as_of, sweep.entries.clone());
        if std::mem::take(&mut operator.wants_connections) {
            operator.memory().no_connections(sweep.as_of);
        }
    }

    /// Looks and thinks, and where the thought asks for a closer look, does both once more. A pass without work concludes at once.
    fn think(&mut self, setup: &Setup, number: usize) {
        let now = self.now();
        let Some(object) = self.operators[number].copy.clone() else { return };
        let resolved = resolved(&object);
        let mut observed = self.operators[number].observed(&resolved, now);
        let mut plan = think(setup, &resolved, &observed, now);
        if let Some(look) = plan.look.clone() {
            self.look(setup, number, &resolved, &look);
            observed = self.operators[number].observed(&resolved, now);
            plan = think(setup, &resolved, &observed, now);
        }
        let is_idle = plan.steps.is_empty();
        let stage = if is_idle { Stage::Ended { stopped: None, error: None } } else { Stage::Walking };
        let pass =
            Pass { object, thought_at: now, resolved, observed, plan, done: Vec::new(), recorded_at: None, stage };
        self.operators[number].pass = Some(Arc::new(pass));
        if is_idle {
            self.end(setup, number, Answer::Kept);
        }
    }

    fn look(&mut self, setup: &Setup, number: usize, resolved: &Resolved, look: &Look) {
        let now = self.now();
        let lagging = self.cloud.list(now - Duration::from_secs(setup.list_lag.unsigned_abs()));
        let status = |id: &str| self.cloud.get(id).map(Endpoint::status);
        let operator = &mut self.operators[number];
        match look {
            Look::Sweep { .. } => {}
            Look::Connections { .. } => operator.wants_connections = true,
            Look::Deep { service_id } => {
                let principals = Some([resolved.target.account.clone()].into());
                let view = DeepView { as_of: now, read_at: now, attachments: [].into(), principals };
                operator.memory().read_deep(service_id, view);
            }
            Look::Service { service_id } => operator.memory().got(service_id, now, status(service_id)),
            Look::Judge { service_id } => {
                let listed = lagging.into_iter().find(|service| service.id == *service_id);
                let exists = status(service_id).is_some();
                operator.memory().judged(&resolved.key.id(), (service_id, now), (listed, exists));
            }
        }
    }

    fn walk(&mut self, setup: &Setup, number: usize, answer: Answer) {
        let Some(pass) = self.operators[number].pass.clone() else { return };
        let step = pass.next_step().cloned();
        if answer == Answer::Lost {
            self.budget.losses -= 1;
        }
        match (&pass.stage, step) {
            (Stage::Holding { asked }, _) => self.send(setup, number, *asked),
            (_, Some(Step::Create { record, .. })) => {
                let now = self.now();
                let held = self.kubernetes.object.as_ref().filter(|object| object.number == pass.object.number);
                let held = held.map(|object| LatestObject::of(&object.resource()));
                let permitted = held.is_some_and(|held| permits_create(&held, &pass.resolved, &record));
                let asked = pass.recorded_at.unwrap_or(now);
                let pass = self.pass(number);
                if permitted || pass.recorded_at.is_some() {
                    pass.stage = Stage::Holding { asked };
                } else {
                    pass.stopped(Stop::Stale);
                }
            }
            (_, Some(step @ (Step::Record(_) | Step::ReleaseFinalizer))) => self.patch(number, &step, answer),
            (_, Some(step)) => self.change(number, &step, answer),
            (_, None) => {}
        }
    }

    fn pass(&mut self, number: usize) -> &mut Pass {
        Arc::make_mut(self.operators[number].pass.as_mut().expect("a pass walks"))
    }

    /// Record and finalizer: patches that carry uid and resource version.
    fn patch(&mut self, number: usize, step: &Step, answer: Answer) {
        let now = self.now();
        let seen = Arc::clone(&self.pass(number).object);
        let written = self.kubernetes.change_exactly(&seen, |object| match step {
            Step::Record(record) => {
                object.finalizer = true;
                object.record = Some(record.clone());
            }
            _ => object.finalizer = false,
        });
        match (written, answer) {
            (Err(Refused::Gone), _) if *step == Step::ReleaseFinalizer => self.pass(number).carried_out(None),
            (Err(_), _) => self.pass(number).stopped(Stop::Stale),
            (Ok(()), Answer::Lost) => {
                self.note_release(step, &seen);
                let error = KubernetesError::Unavailable("made for a test".to_owned());
                self.pass(number).failed(ExecuteError::Kubernetes(error));
            }
            (Ok(()), Answer::Kept) => {
                self.note_release(step, &seen);
                if let Step::Record(record) = step {
                    self.operators[number].memory().remember_record(&seen.id(), record.into(), now);
                    self.operators[number].copy.clone_from(&self.kubernetes.object);
                    self.pass(number).recorded_at = Some(now);
                }
                self.pass(number).carried_out(None);
            }
        }
    }

    fn note_release(&mut self, step: &Step, object: &Object) {
        if *step == Step::ReleaseFinalizer {
            self.released[usize::from(object.number)] = true;
        }
    }

    /// Without anything in between that could wait, the call.
    fn send(&mut self, setup: &Setup, number: usize, asked: jiff::Timestamp) {
        let began = self.now();
        let since = asked.min(self.pass(number).thought_at);
        if !is_in_time(began, since, setup.timing.create_window) {
            return self.pass(number).stopped(Stop::Stale);
        }
        let Some(request) = self.pass(number).request().cloned() else { return };
        self.pass(number).stage = Stage::Calling { began };
        self.calls.push(Call { request: Arc::new(request), began, caller: Some(number) });
    }

    fn arrive(&mut self, setup: &Setup, call: usize, (taking, answer): (Taking, Answer)) {
        let Call { request, caller, .. } = self.calls.remove(call);
        let known = self.cloud.tokens.len();
        let taken = self.cloud.create(&request, (taking, setup.remembers_refusals), self.now());
        match taking {
            Taking::Make => {}
            Taking::Refuse => self.budget.refusals -= 1,
            Taking::Burn if self.cloud.tokens.len() > known => self.budget.burns -= 1,
            Taking::Burn => self.budget.burns -= 1,
        }
        if answer == Answer::Lost {
            self.budget.losses -= 1;
            return self.answer(setup, caller, Err(test_support::lost_answer(Operation::CreateVpcEndpointService)));
        }
        self.answer(setup, caller, taken);
    }

    fn give_up(&mut self, setup: &Setup, call: usize) {
        self.budget.losses -= 1;
        let caller = self.calls[call].caller.take();
        self.answer(setup, caller, Err(test_support::lost_answer(Operation::CreateVpcEndpointService)));
    }

    /// The caller of a Create hears of it, if there still is one.
    fn answer(&mut self, setup: &Setup, caller: Option<usize>, answer: Result<EndpointService, Error>) {
        let Some(number) = caller else { return };
        let now = self.now();
        let Stage::Calling { began } = self.pass(number).stage else { return };
        let Some(request) = self.pass(number).request().cloned() else { return };
        let id = self.pass(number).resolved.key.id();
        let answered = answer.as_ref().map(|service| service.service_id.as_deref());
        if let Some(end) = end_of(answered) {
            let client_token = request.client_token.clone().unwrap_or_default();
            let end = setup.flaw.ended(end);
            let attempt = CreateAttempt { client_token, began, ended: now, end, is_repeated: false };
            self.operators[number].memory().remember_attempt(&id, attempt);
        }
        match answer.map(|service| created(service, &request)) {
            Ok(Some(made)) => {
                let service = Box::new(made.service.clone());
                self.operators[number].memory().remember_created(&id, made, now);
                self.pass(number).carried_out(Some(service));
            }
            Ok(None) => self.pass(number).stopped(Stop::Stale),
            Err(error) => self.pass(number).refused(error),
        }
    }

    /// A write to a service that is there.
    fn change(&mut self, number: usize, step: &Step, answer: Answer) {
        let Step::Write { target: service_id, write } = step else { return };
        let now = self.now();
        let is_ours = self.cloud.services.iter().any(|service| {
            service.id == *service_id
                && service.is_of(self.operators[number].pass.as_ref().map_or(9, |pass| pass.object.number))
        });
        if !is_ours {
            self.broken = Some("wrote to a service of another object");
        }
        let mut written = self.cloud.change(service_id, write, now).map(|()| None);
        if answer == Answer::Lost {
            written = Err(test_support::lost_answer(write.operation()));
        }
        match already_done(written) {
            Ok(_) => {
                self.operators[number].memory().remember(service_id, write, now);
                self.pass(number).carried_out(None);
            }
            Err(error) => {
                self.operators[number].memory().remember_refusal(service_id, &error, now);
                self.pass(number).refused(error);
            }
        }
    }

    /// What is said of the pass, and its status written.
    fn end(&mut self, setup: &Setup, number: usize, answer: Answer) {
        let now = self.now();
        let Some(pass) = self.operators[number].pass.take().map(Arc::unwrap_or_clone) else { return };
        let Stage::Ended { stopped, error } = pass.stage else { return };
        let key = ObjectKey::of(&pass.object.resource());
        let seen_since = pass.observed.as_of;
        let walk = Walk {
            process_start: pass.observed.own.process_start,
            marked: None,
            resolved: Some(Ok(pass.resolved)),
            observed: Some(Ok(pass.observed)),
            plan: Some(pass.plan),
            outcome: Some(Outcome { done: pass.done, stopped, error, ..Outcome::default() }),
        };
        let report = conclude(&key, &walk, &pass.object.status, &setup.timing, now);
        if answer == Answer::Lost {
            self.budget.losses -= 1;
        }
        let Some(status) = report.status.filter(|status| *status != pass.object.status) else { return };
        if self.kubernetes.object.as_ref().is_none_or(|object| object.number != pass.object.number) {
            return;
        }
        self.kubernetes.change(|object| object.status = status);
        self.check_ready(setup, &pass.object, seen_since);
        if answer == Answer::Kept {
            self.operators[number].copy.clone_from(&self.kubernetes.object);
        }
    }
}
