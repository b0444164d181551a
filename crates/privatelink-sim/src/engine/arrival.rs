//! One call from its arrival to the decision on its answer.

use bytes::Bytes;
use http::Request;
use jiff::Timestamp;

use super::delivery::{self, Ruling};
use super::locks::{LockKey, Locks};
use super::rates::Windows;
use super::signature::Nonces;
use super::tokens::{Outcome, TokenKey, Tokens};
use super::visit::Effect;
use super::{Caller, Visit, admission, gateway};
use crate::answer::Answer;
use crate::clock::after;
use crate::config::{Account, Config, Span};
use crate::dice::Dice;
use crate::error::Refusal;
use crate::fault::{FaultKind, Faults};
use crate::journal::{CallEffect, Journal};
use crate::operations::{Nature, Scope, Spec};
use crate::wire::envelope::{About, Fields};
use crate::wire::paging::PageFault;
use crate::wire::params::Params;
use crate::wire::request::Incoming;
use crate::witness::{self, Violation};
use crate::world::World;

/// Everything that the simulator remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) world: World,
    pub(crate) dice: Dice,
    pub(crate) journal: Journal,
    pub(crate) violations: Vec<Violation>,
    pub(crate) faults: Faults,
    pub(crate) tokens: Tokens,
    rates: Windows,
    locks: Locks,
    nonces: Nonces,
    page_key: u64,
}

/// What a call gets, and when.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) answer_at: Timestamp,
    pub(crate) answer: Answer,
}

/// A call that the gateway let in.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) spec: &'static Spec,
    pub(crate) caller: Caller,
    pub(crate) region: String,
    pub(crate) params: Params,
}

impl State {
    pub(crate) fn new(config: Config, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let page_key = dice.number();
        let mut world = World::default();
        world.keep_history(config.lists.longest_lag());
        config.load_balancers.iter().cloned().for_each(|load_balancer| world.seed_load_balancer(load_balancer));
        Self {
            config,
            world,
            dice,
            page_key,
            journal: Journal::default(),
            violations: Vec::new(),
            faults: Faults::default(),
            tokens: Tokens::default(),
            rates: Windows::default(),
            locks: Locks::default(),
            nonces: Nonces::default(),
        }
    }

    /// Decides a call.
    pub(crate) fn arrive(&mut self, request: Request<Bytes>, now: Timestamp) -> Decision {
        self.world.run_until(now);
        let incoming = Incoming::read(request);
        let request_id = self.dice.request_id();
        let admitted = self.admit(&incoming, now);
        let (fault, ruling) = match &admitted {
            Err(refusal) => (None, Ruling::refuse(refusal.clone(), self.after_span(now, self.config.timers.read_call))),
            Ok(admitted) => {
                let params = &admitted.params;
                let fault = self.faults.strike(admitted.spec.name, &admitted.caller.account, params);
                let ruling = self.rule(admitted, fault.as_ref(), &request_id, now);
                (fault, ruling)
            }
        };
        tracing::debug!(operation = incoming.action(), request_id, code = ruling.code(), "call");
        let record = delivery::record(&incoming, admitted.as_ref().ok(), &ruling, fault.as_ref());
        self.journal.write(record.finish(request_id.clone(), now), self.config.journal_limit);
        let about = About { request_id: &request_id, host: &incoming.host, now: ruling.answer_at };
        ruling.deliver(&about)
    }

    fn admit(&mut self, incoming: &Incoming, now: Timestamp) -> Result<Admitted, Refusal> {
        let spec = admission::operation(incoming)?;
        let caller = admission::authenticate(incoming, &self.config, &mut self.nonces, now)?;
        admission::authorize(&self.config, &caller, spec)?;
        let params = Params::new(incoming.merged());
        let region = self.region(incoming, &params, &caller);
        Ok(Admitted { spec, caller, region, params })
    }

    /// The region that the call names, else that of the host, else that of the thing it is about.
    fn region(&self, incoming: &Incoming, params: &Params, caller: &Caller) -> String {
        let named = params.filled("RegionId").or_else(|| incoming.region_of_host());
        let id = params.required("ResourceId");
        let service = self.world.service(id).filter(|service| service.account == caller.account);
        let endpoint = self.world.endpoint(id).filter(|endpoint| endpoint.account == caller.account);
        let of_thing = || service.map(|found| &found.region).or(endpoint.map(|found| &found.region));
        let region = named.or_else(|| of_thing().map(String::as_str)).unwrap_or(&self.config.default_region);
        region.to_owned()
    }

    /// The fault's word, or the product's, or the product's with the fault's on top.
    fn rule(&mut self, call: &Admitted, fault: Option<&FaultKind>, request_id: &str, now: Timestamp) -> Ruling {
        let quick = self.after_span(now, self.config.timers.read_call);
        if fault == Some(&FaultKind::BurntToken)
            && let Some(key) = token_key(call)
        {
            self.tokens.remember(key, &call.params, quick, Outcome::Burnt);
        }
        if let Some(early) = fault.and_then(|fault| delivery::instead(fault, quick, now)) {
            return early;
        }
        let page_fault = match fault {
            Some(FaultKind::LostPage) => Some(PageFault::Lost),
            Some(FaultKind::RepeatedPage) => Some(PageFault::Repeated),
            _ => None,
        };
        let ruling = self.serve(call, page_fault, request_id, now);
        match fault {
            Some(fault) => delivery::on_top(fault, ruling, now),
            None => ruling,
        }
    }

    /// The product: rate, format, token, activation, lock, the operation itself.
    fn serve(&mut self, call: &Admitted, page: Option<PageFault>, request_id: &str, now: Timestamp) -> Ruling {
        let quick = self.after_span(now, self.config.timers.read_call);
        if let Err(refusal) = self.check_before_token(call, now) {
            return Ruling::refuse(refusal, quick);
        }
        let token = token_key(call).filter(|_| self.config.tokens.enforce.is_on());
        let retention = self.config.tokens.retention;
        if let Some(answer) = token.as_ref().and_then(|key| self.tokens.recall(key, &call.params, now, retention)) {
            return Ruling::replay(answer, quick);
        }
        let answer_at = match self.check_after_token(call, now) {
            Ok(answer_at) => answer_at,
            Err(refusal) => return Ruling::refuse(refusal, quick),
        };
        let (answer, effect) = self.run(call, page, request_id, now);
        if let Some(key) = token
            && (effect == Effect::Applied || self.config.tokens.remember_refusals.is_on())
        {
            self.tokens.remember(key, &call.params, answer_at, Outcome::Answer(answer.clone()));
        }
        let effect = if effect == Effect::Applied { CallEffect::Applied } else { CallEffect::None };
        Ruling::new(answer, effect, answer_at)
    }

    fn check_before_token(&mut self, call: &Admitted, now: Timestamp) -> Result<(), Refusal> {
        let rates = &self.config.rates;
        let rate = rates.overrides.get(call.spec.name).copied().unwrap_or(call.spec.rate);
        if rates.enforce.is_on() {
            let key = (call.caller.account.clone(), call.region.clone(), call.spec.name);
            let left = self.rates.enter(key, rate, now);
            left.map_err(|left| gateway::throttled(rates.status, rates.retry_after.is_on().then_some(left)))?;
        }
        let style = self.config.guesses.missing_parameter;
        call.params.check(call.spec.common_params(), style)?;
        call.params.check(call.spec.params, style)?;
        match call.params.filled("ClientToken") {
            Some(token) if token.len() > MOST_TOKEN || !token.is_ascii() => Err(Refusal::illegal("ClientToken")),
            _ => Ok(()),
        }
    }

    /// When the answer is due: the lock is taken until then.
    fn check_after_token(&mut self, call: &Admitted, now: Timestamp) -> Result<Timestamp, Refusal> {
        let is_write = call.spec.nature == Nature::Write;
        if is_write && !self.account(call).is_none_or(|account| account.product_open.is_on()) {
            return Err(Refusal::of("NeedOpenProduct"));
        }
        let timers = &self.config.timers;
        let span = match (call.spec.serial, call.spec.nature) {
            (Scope::Account | Scope::Service | Scope::Endpoint, _) => timers.serial_call,
            (Scope::None, Nature::Write) => timers.write_call,
            (Scope::None, Nature::Read) => timers.read_call,
        };
        let answer_at = self.after_span(now, span);
        let key = lock_key(call).filter(|_| self.config.serial_locks.is_on());
        if key.is_some_and(|key| !self.locks.take(key, now, answer_at)) {
            return Err(Refusal::of("ConcurrentCallNotSupported"));
        }
        Ok(answer_at)
    }

    /// The operation itself, and the witness after it.
    pub(super) fn run(
        &mut self,
        call: &Admitted,
        page_fault: Option<PageFault>,
        request_id: &str,
        now: Timestamp,
    ) -> (Result<Fields, Refusal>, Effect) {
        let unknown = Account::new(call.caller.account.clone(), crate::config::AccessKey::new("", ""));
        let known = self.config.accounts.iter().find(|account| account.id == call.caller.account);
        let mut visit = Visit {
            spec: call.spec,
            now,
            caller: &call.caller,
            account: known.unwrap_or(&unknown),
            region: &call.region,
            params: &call.params,
            config: &self.config,
            world: &mut self.world,
            dice: &mut self.dice,
            page_key: self.page_key,
            page_fault,
            effect: Effect::None,
            created_service: None,
        };
        let answer = (call.spec.run)(&mut visit);
        let (effect, created) = (visit.effect, visit.created_service);
        if let Some(id) = created {
            self.testify(&id, request_id);
        }
        (answer, effect)
    }

    /// Shows a created service to the witness.
    fn testify(&mut self, id: &str, request_id: &str) {
        let created = self.world.service(id);
        let violation =
            created.and_then(|service| witness::look(&self.world, service, &self.config.witness, request_id));
        self.violations.extend(violation);
    }

    fn account(&self, call: &Admitted) -> Option<&Account> {
        self.config.accounts.iter().find(|account| account.id == call.caller.account)
    }

    fn after_span(&mut self, now: Timestamp, span: Span) -> Timestamp {
        after(now, self.dice.span(span))
    }
}

/// From an older documentation page; the current ones give no length.
const MOST_TOKEN: usize = 64;

/// The token of a call that means something by it. A dry run leaves no trace.
fn token_key(call: &Admitted) -> Option<TokenKey> {
    let token = call.params.filled("ClientToken")?;
    let counts = call.spec.keeps_tokens() && !call.params.is_dry_run();
    counts.then(|| (call.caller.account.clone(), call.region.clone(), call.spec.name, token.to_owned()))
}

fn lock_key(call: &Admitted) -> Option<LockKey> {
    match call.spec.serial {
        Scope::None => None,
        Scope::Account => Some(LockKey::Account { account: call.caller.account.clone(), region: call.region.clone() }),
        Scope::Service => Some(LockKey::Service(call.params.required("ServiceId").to_owned())),
        Scope::Endpoint => Some(LockKey::Endpoint(call.params.required("EndpointId").to_owned())),
    }
}
