//! The product behind the gateway: its order of checks, and the operation at their end.

use jiff::Timestamp;
use privatelink::Serial;

use super::call::Admitted;
use super::delivery::Ruling;
use super::gateway;
use super::locks::LockKey;
use super::state::State;
use super::tokens::{Outcome, TokenKey};
use super::visit::{Effect, Visit};
use crate::config::{AccessKey, Account, AfterDeletion, Span, Switch};
use crate::error::Refusal;
use crate::journal::CallEffect;
use crate::operations::Nature;
use crate::wire::envelope::Fields;
use crate::wire::paging::PageFault;
use crate::witness;

impl State {
    /// The product: rate, format, token, activation, lock, the operation itself.
    pub(super) fn serve(
        &mut self,
        call: &Admitted,
        page: Option<PageFault>,
        request_id: &str,
        now: Timestamp,
    ) -> Ruling {
        let quick = self.after_span(now, self.config.timers.read_call);
        if let Err(refusal) = self.check_before_token(call, now) {
            return Ruling::refuse(refusal, quick);
        }
        let token = token_key(call).filter(|_| self.config.tokens.enforce.is_on());
        if let Some(answer) = token.as_ref().and_then(|key| self.recall(key, call, now)) {
            return Ruling::replay(answer, quick);
        }
        let answer_at = match self.check_after_token(call, now) {
            Ok(answer_at) => answer_at,
            Err(refusal) => {
                self.remember_refusal(call, &refusal, quick);
                return Ruling::refuse(refusal, quick);
            }
        };
        let (answer, effect) = self.run(call, page, request_id, now);
        if let Some(key) = token
            && (effect == Effect::Applied || self.remembers(answer.as_ref().err()))
        {
            self.tokens.remember(key, &call.params, answer_at, Outcome::Answer(answer.clone()));
        }
        let effect = if effect == Effect::Applied { CallEffect::Applied } else { CallEffect::None };
        Ruling::new(answer, effect, answer_at)
    }

    /// Lets a token remember a definite refusal, where tokens do.
    pub(super) fn remember_refusal(&mut self, call: &Admitted, refusal: &Refusal, answered: Timestamp) {
        let key = token_key(call).filter(|_| self.config.tokens.enforce.is_on() && self.remembers(Some(refusal)));
        if let Some(key) = key {
            self.tokens.remember_refusal(key, &call.params, answered, refusal.clone());
        }
    }

    fn remembers(&self, refusal: Option<&Refusal>) -> bool {
        self.config.tokens.remember_refusals.is_on() && refusal.is_some_and(Refusal::is_definite)
    }

    /// What a repeated token answers; none for one that counts as new.
    fn recall(&mut self, key: &TokenKey, call: &Admitted, now: Timestamp) -> Option<Result<Fields, Refusal>> {
        let answer = self.tokens.recall(key, &call.params, now, &self.config.tokens)?;
        let made = answer.as_ref().ok().filter(|_| call.spec.name == "CreateVpcEndpointService");
        let made = made.and_then(|fields| fields.get("ServiceId")?.as_str());
        match self.config.tokens.after_deletion {
            _ if made.is_none_or(|id| self.world.service(id).is_some()) => Some(answer),
            AfterDeletion::Answer => Some(answer),
            AfterDeletion::Refuse => Some(Err(Refusal::of("EndpointServiceDeleted"))),
            AfterDeletion::Forget => None,
        }
    }

    fn check_before_token(&mut self, call: &Admitted, now: Timestamp) -> Result<(), Refusal> {
        let rates = &self.config.rates;
        let rate = rates.of(call.spec.name, &call.spec.action()).unwrap_or(call.spec.rate);
        if rates.enforce.is_on() {
            let key = (call.caller.account.clone(), call.region.clone(), call.spec.key());
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

    /// When the answer is due: the lock is taken until then, or longer.
    fn check_after_token(&mut self, call: &Admitted, now: Timestamp) -> Result<Timestamp, Refusal> {
        if call.spec.needs_activation() && !self.account(call).is_none_or(|account| account.product_open.is_on()) {
            return Err(Refusal::of("NeedOpenProduct"));
        }
        let timers = &self.config.timers;
        let span = match (call.spec.serial, call.spec.nature) {
            (Serial::Account | Serial::Service | Serial::Endpoint, _) => timers.serial_call,
            (Serial::None, Nature::Write) => timers.write_call,
            (Serial::None, Nature::Read) => timers.read_call,
        };
        let answer_at = self.after_span(now, span);
        let longer = match call.spec.serial {
            Serial::Account => self.config.timers.account_lock,
            Serial::None | Serial::Service | Serial::Endpoint => Span::millis(0),
        };
        // What is always the same asks no dice, so that seeds keep their worlds.
        let held_until = if longer.longest().is_zero() { answer_at } else { self.after_span(answer_at, longer) };
        let key = lock_key(call).filter(|_| self.config.serial_locks.is_on());
        if key.is_some_and(|key| !self.locks.take(key, now, held_until)) {
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
        let unknown = Account::new(call.caller.account.clone(), AccessKey::new("", ""));
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
            sessions: &mut self.sessions,
            page_key: self.page_key,
            page_fault,
            effect: Effect::None,
            created_service: None,
            opened_product: false,
        };
        let answer = (call.spec.run)(&mut visit).map_err(|refusal| call.spec.checked(refusal));
        let (effect, created, opened) = (visit.effect, visit.created_service, visit.opened_product);
        if opened {
            let mut accounts = self.config.accounts.iter_mut();
            accounts.find(|account| account.id == call.caller.account).into_iter().for_each(|account| {
                account.product_open = Switch::On;
            });
        }
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
}

/// From an older documentation page; the current ones give no length.
const MOST_TOKEN: usize = 64;

/// The token of a call that means something by it. A dry run leaves no trace.
pub(super) fn token_key(call: &Admitted) -> Option<TokenKey> {
    let token = call.params.filled("ClientToken")?;
    let counts = call.spec.keeps_tokens() && !call.params.is_dry_run();
    counts.then(|| (call.caller.account.clone(), call.region.clone(), call.spec.name, token.to_owned()))
}

fn lock_key(call: &Admitted) -> Option<LockKey> {
    match call.spec.serial {
        Serial::None => None,
        Serial::Account => Some(LockKey::Account { account: call.caller.account.clone(), region: call.region.clone() }),
        Serial::Service => Some(LockKey::Service(call.params.required("ServiceId").to_owned())),
        Serial::Endpoint => Some(LockKey::Endpoint(call.params.required("EndpointId").to_owned())),
    }
}
