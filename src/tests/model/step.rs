//! The state that follows from an action.

use std::sync::Arc;
use std::time::Duration;

use cloud_core::{Error, test_support};
use privatelink::{CreateVpcEndpointServiceRequest, EndpointService, Operation};

use super::action::{Action, Answer};
use super::cloud::Taking;
use super::endpoint::{Endpoint, Life};
use super::flaw::Flaw;
use super::kubernetes::{Object, Refused};
use super::manifest::Manifest;
use super::operator::{List, Operator, Reconcile, Stage, resolved, think};
use super::setup::{Grain, Setup};
use super::state::{Call, State, process_name};
use crate::cloud::services::Write;
use crate::identity::{CreateRecord, ObjectKey};
use crate::kubernetes::{KubernetesError, LatestObject};
use crate::vpc_endpoint_service::conclude::{ReconcileState, conclude};
use crate::vpc_endpoint_service::execute::test_support::{Effect, Memory, Remember, end_of};
use crate::vpc_endpoint_service::exports::ExportViews;
use crate::vpc_endpoint_service::observe::{CreateAttempt, Look};
use crate::vpc_endpoint_service::plan::Step;
use crate::vpc_endpoint_service::resolve::Resolved;

impl State {
    pub(super) fn take(&mut self, setup: &Setup, action: &Action) {
        let now = self.now();
        match *action {
            Action::Tick => self.tick(setup),
            Action::Edit => {
                self.budget.edits -= 1;
                self.kubernetes.change(Object::edit);
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
                self.kubernetes.apply(1, setup.manifest);
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
            Action::Others(event) => self.happen(event),
            Action::Forget(number) => drop(self.cloud.tokens.remove(number)),
            Action::Progress(number) => drop(self.cloud.services[number].progress(now)),
            Action::Crash(number) => self.crash(setup, number),
            Action::Watch(number) => self.watch(number),
            Action::BeginList(number, lag) => self.begin_list(number, lag),
            Action::EndList(number) => self.end_list(setup, number),
            Action::Think(number) => self.think(setup, number),
            Action::Advance(number, answer) => self.advance(setup, number, answer),
            Action::End(number, answer) => self.end(setup, number, answer),
            Action::Arrive { call, taking, answer } => self.arrive(setup, call, (taking, answer)),
            Action::GiveUp(call) => self.give_up(setup, call),
        }
        if setup.grain == Grain::Coarse {
            self.catch_up(setup);
        }
    }

    /// Nothing is on its way to a process but the answers of its Creates.
    fn catch_up(&mut self, setup: &Setup) {
        for number in 0..self.operators.len() {
            self.end_list(setup, number);
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

    fn begin_list(&mut self, number: usize, lag: i64) {
        let as_of = self.now();
        let then = as_of - Duration::from_secs(lag.unsigned_abs());
        let (entries, connections) = (self.cloud.list(then), self.cloud.connections(then));
        self.operators[number].list = Some(Arc::new(List { as_of, entries, connections }));
    }

    /// Where the spec manages them, details are read again each time: the inventory does so from time to time.
    fn end_list(&mut self, setup: &Setup, number: usize) {
        let now = self.now();
        let operator = &mut self.operators[number];
        let Some(list) = operator.list.take() else { return };
        operator.memory().services_listed(list.as_of, list.entries.clone());
        if std::mem::take(&mut operator.wants_connections) {
            operator.memory().connections_listed(list.as_of, list.connections.clone());
        }
        let services = self.cloud.services.iter().filter(|service| service.life() != Life::Gone);
        for service in services.filter(|_| setup.manifest.has_details()) {
            operator.memory().read_details(&service.id, service.details(now));
        }
    }

    /// Looks and thinks, and where the thought asks for a closer look, does both once more. A reconcile without work concludes at once.
    fn think(&mut self, setup: &Setup, number: usize) {
        let now = self.now();
        let Some(object) = self.operators[number].copy.clone() else { return };
        let resolved = resolved(&object, self.kubernetes.services());
        let mut observed = self.operators[number].observed(&resolved, now);
        let mut plan = think(setup, &resolved, &observed, now);
        if let Some(look) = plan.look.clone() {
            self.look(setup, number, &resolved, &look);
            observed = self.operators[number].observed(&resolved, now);
            plan = think(setup, &resolved, &observed, now);
        }
        let is_idle = plan.steps.is_empty();
        let execution = Memory::new(&resolved, now, setup.timing.create_window);
        let reconcile = Reconcile { object, resolved, observed, plan, execution, calling: None };
        self.operators[number].reconcile = Some(Arc::new(reconcile));
        if is_idle {
            self.end(setup, number, Answer::Kept);
        }
    }

    fn look(&mut self, setup: &Setup, number: usize, resolved: &Resolved, look: &Look) {
        let now = self.now();
        let lagging = self.cloud.list(now - Duration::from_secs(setup.list_lag.unsigned_abs()));
        let status = |id: &str| self.cloud.get(id).map(Endpoint::status);
        let details = |id: &str| self.cloud.get(id).map(|service| service.details(now));
        let operator = &mut self.operators[number];
        match look {
            Look::List { .. } => {}
            Look::Connections { .. } => operator.wants_connections = true,
            Look::Details { service_id } => {
                if let Some(view) = details(service_id) {
                    operator.memory().read_details(service_id, view);
                }
            }
            Look::Service { service_id } => operator.memory().got(service_id, now, status(service_id)),
            Look::Judge { service_id } => {
                let listed = lagging.into_iter().find(|service| service.id == *service_id);
                let exists = status(service_id).is_some();
                operator.memory().judged(&resolved.key.id(), (service_id, now), (listed, exists));
            }
        }
    }

    /// Does what execution asks for, up to where it waits for somebody else.
    fn advance(&mut self, setup: &Setup, number: usize, answer: Answer) {
        let Some(reconcile) = self.operators[number].reconcile.clone() else { return };
        if answer != Answer::Kept {
            self.budget.losses -= 1;
        }
        match reconcile.next(self.now()) {
            Effect::PutRecord(record) => self.put_record(number, record, answer),
            Effect::ReleaseFinalizer => self.release(number, answer),
            Effect::AskPermit(step) => self.permit(setup, number, (step, answer)),
            Effect::ReadObject => self.read(setup, number),
            Effect::Create { request, .. } => self.send(setup, number, request),
            Effect::Send { target, write } => self.change(setup, number, (target, write, answer)),
            Effect::LookAgain => self.reconcile(number).execution.outdated(),
            Effect::Finish { .. } => {}
        }
    }

    fn reconcile(&mut self, number: usize) -> &mut Reconcile {
        Arc::make_mut(self.operators[number].reconcile.as_mut().expect("a reconcile is under way"))
    }

    /// Here nobody waits for a permit. What is to be read before the call is read now, and a write to a service follows at once.
    fn permit(&mut self, setup: &Setup, number: usize, (step, answer): (&Step, Answer)) {
        let now = self.now();
        self.reconcile(number).tell(|execution, plan| execution.permit_answered(plan, Ok(())));
        if self.reconcile(number).next(now) == Effect::ReadObject {
            self.read(setup, number);
        }
        if let Step::Write { target, write } = step
            && self.reconcile(number).next(now) == (Effect::Send { target, write })
        {
            self.change(setup, number, (target, write, answer));
        }
    }

    fn read(&mut self, setup: &Setup, number: usize) {
        let now = self.now();
        let seen = Arc::clone(&self.reconcile(number).object);
        let is_write = matches!(self.reconcile(number).next_step(), Some(Step::Write { .. }));
        let newest = self.kubernetes.object.as_ref().filter(|object| object.number == seen.number);
        let found = if is_write && setup.flaw == Flaw::TrustsCopy { Some(&seen) } else { newest };
        let found = found.map(|object| LatestObject::of(&object.resource())).ok_or(KubernetesError::Gone);
        self.reconcile(number).tell(|execution, plan| execution.object_read(plan, found, now));
    }

    /// A patch that carries uid and resource version.
    fn put_record(&mut self, number: usize, record: &CreateRecord, answer: Answer) {
        let now = self.now();
        let seen = Arc::clone(&self.reconcile(number).object);
        let written = self.kubernetes.change_exactly(&seen, |object| {
            object.finalizer = true;
            object.record = Some(record.clone());
        });
        let answered = answered(written, answer);
        if answered.is_ok() {
            self.operators[number].memory().remember_record(&seen.id(), record.into(), now);
            self.operators[number].copy.clone_from(&self.kubernetes.object);
        }
        self.reconcile(number).tell(|execution, plan| execution.record_put(plan, answered));
    }

    /// The same. An object that is gone already is a success.
    fn release(&mut self, number: usize, answer: Answer) {
        let seen = Arc::clone(&self.reconcile(number).object);
        let written = self.kubernetes.change_exactly(&seen, |object| object.finalizer = false);
        if written.is_ok() {
            self.released[usize::from(seen.number)] = true;
        }
        let answered = if written == Err(Refused::Gone) { Ok(()) } else { answered(written, answer) };
        self.reconcile(number).tell(|execution, plan| execution.finalizer_released(plan, answered));
    }

    fn send(&mut self, setup: &Setup, number: usize, request: &CreateVpcEndpointServiceRequest) {
        if setup.manifest == Manifest::Adopt {
            self.broken = Some("created a service for an object that adopts one");
        }
        let began = self.now();
        self.reconcile(number).calling = Some(began);
        self.calls.push(Call { request: Arc::new(request.clone()), began, caller: Some(number) });
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
        let Some(began) = self.reconcile(number).calling.take() else { return };
        let Some(request) = self.reconcile(number).request() else { return };
        let client_token = request.client_token.clone().unwrap_or_default();
        let id = self.reconcile(number).resolved.key.id();
        if let Some(end) = end_of(answer.as_ref().map(|service| service.service_id.as_deref())) {
            let end = setup.flaw.ended(end);
            let attempt = CreateAttempt { client_token, began, ended: now, end, is_repeated: false };
            self.operators[number].memory().remember_attempt(&id, attempt);
        }
        let answer = answer.map(|service| (service, None));
        let created = self.reconcile(number).tell(|execution, plan| execution.create_answered(plan, answer));
        if let Some(created) = created {
            self.operators[number].memory().remember_created(&id, created, now);
        }
    }

    /// A write to a service that is there.
    fn change(&mut self, setup: &Setup, number: usize, (service_id, write, answer): (&str, &Write, Answer)) {
        let now = self.now();
        let reconcile = Arc::new(self.reconcile(number).clone());
        if let Some(promise) = self.broken_by(setup, &reconcile, (service_id, write)) {
            self.broken = Some(promise);
        }
        let lost = || Err(test_support::lost_answer(write.operation()));
        let written = match answer {
            Answer::Never => lost(),
            Answer::Lost => self.cloud.change(service_id, write, now).and_then(|()| lost()),
            Answer::Kept => self.cloud.change(service_id, write, now).map(|()| None),
        };
        let id = self.reconcile(number).resolved.key.id();
        let remembered = self.reconcile(number).tell(|execution, plan| execution.write_answered(plan, written));
        let memory = self.operators[number].memory();
        match remembered {
            Remember::Accepted | Remember::Assumed => memory.remember(service_id, write, now),
            Remember::Refused { error, is_field_failure } => {
                memory.remember_refusal(service_id, &error, now);
                if is_field_failure {
                    memory.remember_field_failure(&id, (service_id, write), &error, now);
                }
            }
        }
    }

    /// What is said of the reconcile, and its status written.
    fn end(&mut self, setup: &Setup, number: usize, answer: Answer) {
        let now = self.now();
        let Some(reconcile) = self.operators[number].reconcile.take().map(Arc::unwrap_or_clone) else { return };
        if reconcile.stage() != Stage::Ended {
            return;
        }
        let key = ObjectKey::of(&reconcile.object.resource());
        let seen_since = reconcile.observed.as_of;
        let reached = ReconcileState {
            process_start: reconcile.observed.own.process_start,
            marked: None,
            resolved: Some(Ok(reconcile.resolved)),
            observed: Some(Ok(reconcile.observed)),
            plan: Some(reconcile.plan),
            outcome: Some(reconcile.execution.into_outcome()),
            shared: Vec::new(),
            exports: ExportViews::default(),
        };
        let report = conclude(&key, &reached, &reconcile.object.status, &setup.timing, now);
        if answer == Answer::Lost {
            self.budget.losses -= 1;
        }
        let Some(status) = report.status.filter(|status| *status != reconcile.object.status) else { return };
        if self.kubernetes.object.as_ref().is_none_or(|object| object.number != reconcile.object.number) {
            return;
        }
        self.kubernetes.change(|object| object.status = status);
        self.check_ready(setup, &reconcile.object, seen_since);
        if answer == Answer::Kept {
            self.operators[number].copy.clone_from(&self.kubernetes.object);
        }
    }
}

/// What the caller of a patch hears.
fn answered(written: Result<(), Refused>, answer: Answer) -> Result<(), KubernetesError> {
    match (written, answer) {
        (Err(Refused::Gone), _) => Err(KubernetesError::Gone),
        (Err(Refused::Conflict), _) => Err(KubernetesError::Conflict),
        (Ok(()), Answer::Lost | Answer::Never) => Err(KubernetesError::Unavailable("made for a test".to_owned())),
        (Ok(()), Answer::Kept) => Ok(()),
    }
}
