//! What must come true, and what must be true when it is said.

use std::time::Duration;

use jiff::Timestamp;

use super::action::{Action, Answer};
use super::cloud::Taking;
use super::endpoint::Life;
use super::kubernetes::Object;
use super::manifest::DESCRIPTIONS;
use super::operator::Stage;
use super::setup::{Budget, Setup};
use super::state::State;

/// Rounds of a tick within which all must be well once nothing goes wrong any more: the longest wait several times over.
const ROUNDS: usize = 24;

type Happened = fn(&Budget) -> bool;

/// Why an object may be at rest without being Ready, and what must have happened to it.
const EXCUSES: [(&str, Happened); 2] =
    [("ServiceGone", |spent| spent.outside > 0), ("FormerServiceExists", |spent| spent.strips > 0)];

impl State {
    /// `Ready` was true at some moment that the reconcile could see: since its newest list began, less the lag of the lists.
    pub(super) fn check_ready(&mut self, setup: &Setup, before: &Object, seen_since: Option<Timestamp>) {
        let Some(object) = &self.kubernetes.object else { return };
        let Some(generation) = ready_generation(object) else { return };
        if ready_generation(before) == Some(generation) {
            return;
        }
        let lag = Duration::from_secs(setup.list_lag.unsigned_abs());
        let since = seen_since.map_or(Timestamp::MIN, |as_of| as_of - lag);
        let wanted = DESCRIPTIONS[usize::from(generation % 2 == 0)];
        let is_true = self.cloud.services.iter().any(|service| {
            Some(&service.id) == object.status.service_id.as_ref()
                && service.is_of(object.number)
                && service
                    .has_been(since, |condition| condition.life == Life::Active && condition.description == wanted)
        });
        if !is_true {
            self.broken = Some("said Ready of a service that was not");
        }
    }

    /// Nothing goes wrong from here on: does it come to rest as it should?
    pub(super) fn ends_well(&self, setup: &Setup) -> bool {
        if setup.one_in == 0 || self.broken.is_some() || !self.fingerprint().is_multiple_of(setup.one_in) {
            return true;
        }
        let mut state = self.clone();
        state.budget = Budget::default();
        for _ in 0..ROUNDS {
            state.round(setup);
            if state.is_at_rest(&self.spent(setup)) {
                return true;
            }
        }
        false
    }

    /// One tick in which everything happens that can, in the least favourable of the fault-free orders: lists lag as long as they may.
    fn round(&mut self, setup: &Setup) {
        while !self.calls.is_empty() {
            self.take(setup, &Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Kept });
        }
        for number in 0..self.operators.len() {
            self.finish(setup, number);
            self.take(setup, &Action::Watch(number));
            if self.operators[number].copy.is_none() {
                continue;
            }
            self.take(setup, &Action::EndList(number));
            self.take(setup, &Action::BeginList(number, setup.list_lag));
            self.take(setup, &Action::EndList(number));
            self.take(setup, &Action::Think(number));
            self.finish(setup, number);
        }
        for number in 0..self.cloud.services.len() {
            self.take(setup, &Action::Progress(number));
        }
        self.take(setup, &Action::Tick);
    }

    /// Carries a reconcile out to its end.
    fn finish(&mut self, setup: &Setup, number: usize) {
        while let Some(reconcile) = self.operators[number].reconcile.clone() {
            match reconcile.stage() {
                Stage::Walking | Stage::Holding { .. } => self.take(setup, &Action::Advance(number, Answer::Kept)),
                Stage::Calling { .. } => {
                    let call = self.calls.iter().position(|call| call.caller == Some(number)).unwrap();
                    self.take(setup, &Action::Arrive { call, taking: Taking::Make, answer: Answer::Kept });
                }
                Stage::Ended => self.take(setup, &Action::End(number, Answer::Kept)),
            }
        }
    }

    /// How often what has happened.
    fn spent(&self, setup: &Setup) -> Budget {
        let (whole, left) = (&setup.budget, &self.budget);
        Budget { outside: whole.outside - left.outside, strips: whole.strips - left.strips, ..Budget::default() }
    }

    fn is_at_rest(&self, spent: &Budget) -> bool {
        if self.broken.is_some() || !self.is_single() || !self.leaves_nothing() {
            return false;
        }
        let Some(object) = &self.kubernetes.object else { return true };
        if self.waits_for_others(object) {
            return true;
        }
        if object.deleting.is_some() {
            return false;
        }
        let is_excused = |reason| EXCUSES.iter().any(|(excuse, is_so)| *excuse == reason && is_so(spent));
        if object.says("Stalled").is_some_and(is_excused) {
            return true;
        }
        object.says("Ready").is_some()
            && self.cloud.services.iter().any(|service| {
                service.is_of(object.number)
                    && service.life() == Life::Active
                    && service.now().description == object.wanted()
                    && Some(&service.id) == object.status.service_id.as_ref()
                    && self.is_as_wanted(object, service)
            })
    }
}

fn ready_generation(object: &Object) -> Option<i64> {
    let ready = object.status.conditions.iter().find(|condition| condition.type_ == "Ready")?;
    (ready.status == "True").then_some(ready.observed_generation).flatten()
}
