//! Creating the service: under which record, and whether a look-up allows it.
//!
//! Token for seconds, tag for ever: within the first seconds a repeated Create is harmless, because the provider remembers its token;
//! later it is harmless, because a list that began long enough after the last attempt would show what that attempt created.
//!
//! Only the owner of a record creates under it or replaces it. Whoever meets another's takes it over first: from then on the read before each
//! Create stops the former owner, so nothing of it is to come but what had passed that read.

use jiff::Timestamp;

use super::freshness::{after, before};
use super::inputs::Inputs;
use super::{Limits, Next, Step, Wait};
use crate::cloud::services::observed::AttemptEnd;
use crate::crd::{ManagementPolicy, WhenGone};
use crate::identity::CreateRecord;

/// The record to create under.
enum Choice {
    /// The one that the object carries.
    Carried(CreateRecord),
    /// A new one, to be written first.
    New(CreateRecord),
    /// Another process's, to be taken over first.
    Others(CreateRecord),
    /// Nobody can say before a list begun then.
    NotBefore(Timestamp),
}

/// The steps that create the service, or the list that must come first.
pub(super) fn create(inputs: &Inputs<'_>) -> Next {
    if !inputs.is_acting() {
        return shown(inputs, inputs.record());
    }
    match choose(inputs) {
        Choice::NotBefore(moment) => Next::list_from(moment),
        Choice::Others(record) => repeat_of_others(inputs, &record).unwrap_or_else(|| take_over(inputs, &record)),
        Choice::Carried(record) => with_look_up(inputs, record, Vec::new()),
        Choice::New(record) => with_look_up(inputs, record.clone(), vec![Step::Record(record)]),
    }
}

/// A service of this object was created once and is gone. By default that is for a person to know: consumers hold its name. Where the spec wants
/// it, there is another one, of the next incarnation, so that no token of the first can bring it back.
pub(super) fn in_place_of(inputs: &Inputs<'_>, service_id: String) -> Next {
    if is_observed(inputs) {
        return Next::wait(Wait::ServiceToObserve);
    }
    let is_named = inputs.resolved.hint.service_id.as_ref() == Some(&service_id);
    match (inputs.resolved.spec.when_gone, inputs.incarnation().checked_add(1)) {
        (WhenGone::Recreate, Some(next)) if !inputs.is_acting() => shown(inputs, inputs.new_record(next)),
        (WhenGone::Recreate, Some(next)) => {
            if let Some(wait) = super::checks::load_balancers(inputs) {
                return wait;
            }
            // Somebody who knows nothing of the service that went may be about to create it. What status names everybody knows.
            if let Some(first) = settle_others(inputs).filter(|_| !is_named) {
                return first;
            }
            let record = inputs.new_record(next);
            with_look_up(inputs, record.clone(), vec![Step::Record(record)])
        }
        (WhenGone::Recreate, None) | (WhenGone::Report, _) => Next::wait(Wait::Recreation { service_id }),
    }
}

/// Nothing is ever created for an object that is only to be observed.
fn is_observed(inputs: &Inputs<'_>) -> bool {
    inputs.resolved.spec.management_policy == ManagementPolicy::Observe
}

/// The Create by itself, for people to read. The record that must come first and the list that must allow it are for whoever carries it out: here
/// they would be waited for without end.
fn shown(inputs: &Inputs<'_>, record: CreateRecord) -> Next {
    if is_observed(inputs) {
        return Next::wait(Wait::ServiceToObserve);
    }
    let request = Box::new(inputs.desired.create_request(Some(record.client_token())));
    Next::steps(vec![Step::Create { record, request }])
}

fn choose(inputs: &Inputs<'_>) -> Choice {
    let incarnation = inputs.incarnation();
    let own = &inputs.observed.own;
    let carried = inputs.resolved.record.as_ref();
    if let Some(record) = carried.filter(|record| !own.owns(record)) {
        return Choice::Others(record.clone());
    }
    let others = carried.and_then(|record| others_use(inputs, record)).map_or(Timestamp::MIN, |(_, last)| last);
    let last_create = own.last_open_effect(inputs.limits).unwrap_or(Timestamp::MIN).max(others);
    let settled = after(last_create, inputs.limits.consistency_window);
    if is_token_spent(inputs, incarnation) {
        return new_after(inputs, settled, incarnation.saturating_add(1));
    }
    let Some(record) = carried else { return Choice::New(inputs.new_record(incarnation)) };
    if is_wanted(inputs, record) {
        return match refused_for_long(inputs, record) {
            Some(last) => {
                let shown = settled.max(after(last, inputs.limits.consistency_window));
                new_after(inputs, shown, incarnation.saturating_add(1))
            }
            None => Choice::Carried(record.clone()),
        };
    }
    if own.is_author(record) && own.created_nothing(record) {
        return Choice::New(inputs.new_record(incarnation));
    }
    new_after(inputs, settled.max(after(record.time, inputs.limits.consistency_window)), incarnation)
}

/// The record stands for the Create that is to be sent now.
fn is_wanted(inputs: &Inputs<'_>, record: &CreateRecord) -> bool {
    record.incarnation == inputs.incarnation() && record.hash == inputs.wanted_hash()
}

/// While the token of another process's record is remembered, the Create is repeated under it, in the reconcile that takes the record over: two
/// processes that do so in turn are at it for as long as a token lives, at most.
fn repeat_of_others(inputs: &Inputs<'_>, record: &CreateRecord) -> Option<Next> {
    let taken = taken_over(inputs, record);
    let is_possible = is_wanted(inputs, record)
        && !is_token_spent(inputs, record.incarnation)
        && uses_of_token(inputs, &taken).is_some_and(|(first, _)| is_remembered(inputs, first));
    if !is_possible {
        return None;
    }
    let needed = look_up_needed(inputs, &taken);
    let is_seen = inputs.observed.is_listed_since(needed);
    Some(if is_seen { with_look_up(inputs, taken.clone(), vec![Step::Record(taken)]) } else { Next::list_from(needed) })
}

/// Takes the record over and waits for the list that shows what others created under it. One that was taken over before is left alone until its
/// owner had the time for its own list and its Create: so two processes do not take it from each other for ever.
fn take_over(inputs: &Inputs<'_>, record: &CreateRecord) -> Next {
    let limits = inputs.limits;
    let settled = |moment| after(last_effect(moment, limits), limits.consistency_window);
    let patience = record.taken_over.map_or(Timestamp::MIN, |since| after(settled(since), limits.consistency_window));
    if !inputs.observed.is_listed_since(patience) {
        return Next::list_from(patience);
    }
    Next { steps: vec![Step::Record(taken_over(inputs, record))], ..Next::list_from(settled(inputs.now)) }
}

fn taken_over(inputs: &Inputs<'_>, record: &CreateRecord) -> CreateRecord {
    let owner = inputs.observed.own.process.clone();
    CreateRecord { owner, taken_over: Some(inputs.now), ..record.clone() }
}

/// What comes first while another process may be about to create under the record that the object carries.
pub(super) fn settle_others(inputs: &Inputs<'_>) -> Option<Next> {
    let record = inputs.resolved.record.as_ref()?;
    if !inputs.observed.own.owns(record) {
        return Some(take_over(inputs, record));
    }
    let settled = after(others_use(inputs, record)?.1, inputs.limits.consistency_window);
    (!inputs.observed.is_listed_since(settled)).then(|| Next::list_from(settled))
}

/// A new record, once a list begun at that moment or later has shown that the old one created nothing.
fn new_after(inputs: &Inputs<'_>, settled: Timestamp, incarnation: u32) -> Choice {
    if inputs.observed.is_listed_since(settled) {
        Choice::New(inputs.new_record(incarnation))
    } else {
        Choice::NotBefore(settled)
    }
}

/// When the token of the record was last refused, if it is time to try another one: a provider may remember the refusal together with the token,
/// and then answers with it although the cause is gone. So it is where a token was refused more than once, either for as long as the lists may lag,
/// or before the record was written and again after: under another request, that is.
///
/// The next token is taken only once a list begun `consistencyWindow` after the last refusal shows nothing, so an object that is refused for good
/// takes at most one in that time, and no more than one for every two Creates that its back-off allows.
fn refused_for_long(inputs: &Inputs<'_>, record: &CreateRecord) -> Option<Timestamp> {
    let token = record.client_token();
    let of_token = inputs.observed.own.attempts.iter().filter(|attempt| attempt.client_token == token);
    let refused: Vec<_> = of_token.filter(|attempt| matches!(attempt.end, AttemptEnd::Refused { .. })).collect();
    let (first, last) = (refused.first()?.began, refused.last()?.ended);
    let is_repeated = refused.len() > 1 || refused[0].is_repeated;
    let is_long = last >= after(first, inputs.limits.consistency_window);
    let is_edited = first < record.time && last > record.time;
    (is_repeated && (is_long || is_edited)).then_some(last)
}

/// The provider said that this incarnation's token leads nowhere any more.
fn is_token_spent(inputs: &Inputs<'_>, incarnation: u32) -> bool {
    let token = CreateRecord { incarnation, ..inputs.record() }.client_token();
    let mut attempts = inputs.observed.own.attempts.iter();
    attempts.any(|attempt| attempt.client_token == token && matches!(attempt.end, AttemptEnd::TokenSpent { .. }))
}

/// Adds the Create if the newest list allows it.
fn with_look_up(inputs: &Inputs<'_>, record: CreateRecord, mut steps: Vec<Step>) -> Next {
    let needed = look_up_needed(inputs, &record);
    if inputs.observed.is_listed_since(needed) {
        let request = Box::new(inputs.desired.create_request(Some(record.client_token())));
        steps.push(Step::Create { record, request });
        Next::steps(steps)
    } else {
        Next { steps, ..Next::list_from(needed) }
    }
}

/// When the list must have begun that shows no service of the object: about when the record was written, and after every attempt of
/// this process.
fn look_up_needed(inputs: &Inputs<'_>, record: &CreateRecord) -> Timestamp {
    let limits = inputs.limits;
    let attempts = inputs.observed.own.attempts.iter().map(|attempt| attempt.ended);
    let looked_up = attempts.fold(before(record.time, limits.create_lookup_max_age), Timestamp::max);
    match uses_of_token(inputs, record) {
        Some((first, last)) if !is_remembered(inputs, first) => looked_up.max(after(last, limits.consistency_window)),
        _ => looked_up,
    }
}

/// A Create that begins within the window from now uses a token that is remembered, if it was first used then.
fn is_remembered(inputs: &Inputs<'_>, first_use: Timestamp) -> bool {
    after(inputs.now, inputs.limits.create_window) <= after(first_use, inputs.limits.consistency_window)
}

/// The first moment at which a Create that may have created something can have used the record's token, and the last one at which such a Create
/// can have had its effect. From `consistency_window` after the first on, the provider may have forgotten the token.
fn uses_of_token(inputs: &Inputs<'_>, record: &CreateRecord) -> Option<(Timestamp, Timestamp)> {
    let token = record.client_token();
    let ours = inputs.observed.own.open_attempts().filter(|attempt| attempt.client_token == token);
    let ours = ours.map(|attempt| (attempt.began, attempt.effect_by(inputs.limits)));
    ours.chain(others_use(inputs, record)).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// The same of other processes: nobody knows what they sent, only that it was after the record was written, and that they had read the object
/// before this process's take-over was stored.
fn others_use(inputs: &Inputs<'_>, record: &CreateRecord) -> Option<(Timestamp, Timestamp)> {
    let since = record.taken_over?;
    // One that is only thought of is stored now at the earliest, whatever this process wrote before.
    let earlier = inputs.observed.own.recorded_at.filter(|_| since != inputs.now);
    let stored = earlier.unwrap_or(inputs.now);
    Some((record.time, last_effect(stored, inputs.limits)))
}

/// By when a Create had its effect whose permission was read at that moment at the latest.
fn last_effect(moment: Timestamp, limits: &Limits) -> Timestamp {
    after(after(moment, limits.create_window), limits.cloud_call_deadline)
}
