//! What may happen next.

use super::cloud::Taking;
use super::endpoint::Life;
use super::event::Event;
use super::operator::{Operator, Stage};
use super::setup::Setup;
use super::state::State;
use crate::vpc_endpoint_service::plan::Step;

/// One thing that happens. Numbers are those of processes, services, calls and tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Tick,
    Edit,
    Delete,
    Recreate,
    Strip,
    DeleteOutside(usize),
    Others(Event),
    Forget(usize),
    Progress(usize),
    /// The process dies, and another one begins.
    Crash(usize),
    Watch(usize),
    /// A list begins; it will show what was so many ticks ago.
    BeginList(usize, i64),
    EndList(usize),
    /// A reconcile begins: it looks and thinks.
    Think(usize),
    Advance(usize, Answer),
    /// The reconcile concludes.
    End(usize, Answer),
    Arrive {
        call: usize,
        taking: Taking,
        answer: Answer,
    },
    /// The caller hears of a broken connection, while the call goes on.
    GiveUp(usize),
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Kept,
    Lost,
    /// The call got lost as well, before it had an effect.
    Never,
}

/// Everything that may happen next.
pub(super) fn possible(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    actions.push(Action::Tick);
    people(setup, state, actions);
    actions.extend(Event::possible(setup.manifest, state).map(Action::Others));
    provider(setup, state, actions);
    for call in 0..state.calls.len() {
        arrive(state, call, actions);
    }
    for (number, operator) in state.operators.iter().enumerate() {
        process(setup, state, (number, operator), actions);
    }
}

fn people(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    let budget = &state.budget;
    let Some(object) = &state.kubernetes.object else {
        actions.extend((budget.recreations > 0).then_some(Action::Recreate));
        return;
    };
    if object.deleting.is_none() || setup.manifest.counts_when_deleted() {
        actions.extend((budget.edits > 0).then_some(Action::Edit));
    }
    if object.deleting.is_none() {
        actions.extend((budget.deletions > 0).then_some(Action::Delete));
        let is_dressed = object.finalizer || object.record.is_some();
        actions.extend((is_dressed && budget.strips > 0).then_some(Action::Strip));
    }
}

fn provider(setup: &Setup, state: &State, actions: &mut Vec<Action>) {
    for (number, service) in state.cloud.services.iter().enumerate() {
        actions.extend(service.is_passing().then_some(Action::Progress(number)));
        let is_exposed = state.budget.outside > 0 && service.life() == Life::Active;
        actions.extend(is_exposed.then_some(Action::DeleteOutside(number)));
    }
    for (number, token) in state.cloud.tokens.iter().enumerate() {
        let age = state.now().as_second() - token.first_used.as_second();
        actions.extend((age > setup.token_memory).then_some(Action::Forget(number)));
    }
}

fn arrive(state: &State, call: usize, actions: &mut Vec<Action>) {
    let budget = &state.budget;
    let takings = [(Taking::Make, 1), (Taking::Refuse, budget.refusals), (Taking::Burn, budget.burns)];
    let is_awaited = state.calls[call].caller.is_some();
    for (taking, _) in takings.into_iter().filter(|(_, left)| *left > 0) {
        actions.push(Action::Arrive { call, taking, answer: Answer::Kept });
        if is_awaited && budget.losses > 0 && taking == Taking::Make {
            actions.push(Action::Arrive { call, taking, answer: Answer::Lost });
        }
    }
    actions.extend((is_awaited && budget.losses > 0).then_some(Action::GiveUp(call)));
}

fn process(setup: &Setup, state: &State, (number, operator): (usize, &Operator), actions: &mut Vec<Action>) {
    actions.extend(state.lags_behind(number).then_some(Action::Watch(number)));
    actions.extend((state.budget.crashes > 0).then_some(Action::Crash(number)));
    if operator.list.is_some() {
        actions.push(Action::EndList(number));
    } else if operator.copy.is_some() {
        actions.extend([Action::BeginList(number, 0), Action::BeginList(number, setup.list_lag)]);
    }
    let Some(reconcile) = &operator.reconcile else {
        actions.extend(operator.copy.is_some().then_some(Action::Think(number)));
        return;
    };
    let losses = state.budget.losses > 0;
    match reconcile.stage() {
        Stage::Walking => {
            actions.push(Action::Advance(number, Answer::Kept));
            let is_create = matches!(reconcile.next_step(), Some(Step::Create { .. }));
            actions.extend((losses && !is_create).then_some(Action::Advance(number, Answer::Lost)));
            let is_write = matches!(reconcile.next_step(), Some(Step::Write { .. }));
            let can_vanish = losses && is_write && setup.manifest.loses_calls();
            actions.extend(can_vanish.then_some(Action::Advance(number, Answer::Never)));
        }
        Stage::Holding { .. } => actions.push(Action::Advance(number, Answer::Kept)),
        Stage::Calling { .. } => {}
        Stage::Ended => {
            actions.push(Action::End(number, Answer::Kept));
            actions.extend(losses.then_some(Action::End(number, Answer::Lost)));
        }
    }
}
