//! Making the service: under which record, and whether a look-up allows it.
//!
//! Token for seconds, tag for ever: within the first seconds a repeated Create is harmless, because the provider remembers its token;
//! later it is harmless, because a list that began long enough after the last attempt would show what that attempt made.
//!
//! Only the holder of a record creates under it or replaces it. Whoever meets another's takes it over first: from then on the read before each
//! Create stops the former holder, so nothing of it is to come but what had passed that read.

use jiff::Timestamp;

use super::freshness::{after, before};
use super::world::World;
use super::{Limits, Next, Step, Wait};
use crate::cloud::services::observed::AttemptEnd;
use crate::crd::WhenGone;
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

/// The steps that make the service, or the list that must come first.
pub(super) fn create(world: &World<'_>) -> Next {
    match choose(world) {
        Choice::NotBefore(moment) => Next::list_from(moment),
        Choice::Others(record) => repeat_of_others(world, &record).unwrap_or_else(|| take_over(world, &record)),
        Choice::Carried(record) => with_look_up(world, record, Vec::new()),
        Choice::New(record) => with_look_up(world, record.clone(), vec![Step::Record(record)]),
    }
}

/// A service of this object was made once and is gone. By default that is for a person to know: consumers hold its name. Where the spec wants
/// it, there is another one, of the next incarnation, so that no token of the first can bring it back.
pub(super) fn in_place_of(world: &World<'_>, service_id: String) -> Next {
    let is_named = world.resolved.hint.service_id.as_ref() == Some(&service_id);
    match (world.resolved.spec.when_gone, world.incarnation().checked_add(1)) {
        (WhenGone::Recreate, Some(next)) => {
            // Somebody who knows nothing of the service that went may be about to make it. What status names everybody knows.
            if let Some(first) = settle_others(world).filter(|_| !is_named) {
                return first;
            }
            let record = world.new_record(next);
            with_look_up(world, record.clone(), vec![Step::Record(record)])
        }
        (WhenGone::Recreate, None) | (WhenGone::Report, _) => Next::wait(Wait::Recreation { service_id }),
    }
}

fn choose(world: &World<'_>) -> Choice {
    let incarnation = world.incarnation();
    let own = &world.observed.own;
    let carried = world.resolved.record.as_ref();
    if let Some(record) = carried.filter(|record| !own.holds(record)) {
        return Choice::Others(record.clone());
    }
    let others = carried.and_then(|record| others_use(world, record)).map_or(Timestamp::MIN, |(_, last)| last);
    let last_create = own.last_open_effect(world.limits).unwrap_or(Timestamp::MIN).max(others);
    let settled = after(last_create, world.limits.consistency_window);
    if is_token_spent(world, incarnation) {
        return new_after(world, settled, incarnation.saturating_add(1));
    }
    let Some(record) = carried else { return Choice::New(world.new_record(incarnation)) };
    if is_wanted(world, record) {
        return match refused_for_long(world, record) {
            Some(last) => {
                let shown = settled.max(after(last, world.limits.consistency_window));
                new_after(world, shown, incarnation.saturating_add(1))
            }
            None => Choice::Carried(record.clone()),
        };
    }
    if own.is_author(record) && own.made_nothing(record) {
        return Choice::New(world.new_record(incarnation));
    }
    new_after(world, settled.max(after(record.time, world.limits.consistency_window)), incarnation)
}

/// The record stands for the Create that is to be sent now.
fn is_wanted(world: &World<'_>, record: &CreateRecord) -> bool {
    record.incarnation == world.incarnation() && record.hash == world.wanted_hash()
}

/// While the token of another process's record is remembered, the Create is repeated under it, in the pass that takes the record over: two
/// processes that do so in turn are at it for as long as a token lives, at most.
fn repeat_of_others(world: &World<'_>, record: &CreateRecord) -> Option<Next> {
    let taken = taken_over(world, record);
    let is_possible = is_wanted(world, record)
        && !is_token_spent(world, record.incarnation)
        && uses_of_token(world, &taken).is_some_and(|(first, _)| is_remembered(world, first));
    if !is_possible {
        return None;
    }
    let needed = look_up_needed(world, &taken);
    let is_seen = world.observed.is_listed_since(needed);
    Some(if is_seen { with_look_up(world, taken.clone(), vec![Step::Record(taken)]) } else { Next::list_from(needed) })
}

/// Takes the record over and waits for the list that shows what others made under it. One that was taken over before is left alone until its
/// holder had the time for its own list and its Create: so two processes do not take it from each other for ever.
fn take_over(world: &World<'_>, record: &CreateRecord) -> Next {
    let limits = world.limits;
    let settled = |moment| after(last_effect(moment, limits), limits.consistency_window);
    let patience = record.taken_over.map_or(Timestamp::MIN, |since| after(settled(since), limits.consistency_window));
    if !world.observed.is_listed_since(patience) {
        return Next::list_from(patience);
    }
    Next { steps: vec![Step::Record(taken_over(world, record))], ..Next::list_from(settled(world.now)) }
}

fn taken_over(world: &World<'_>, record: &CreateRecord) -> CreateRecord {
    let holder = world.observed.own.process.clone();
    CreateRecord { holder, taken_over: Some(world.now), ..record.clone() }
}

/// What comes first while another process may be about to create under the record that the object carries.
pub(super) fn settle_others(world: &World<'_>) -> Option<Next> {
    let record = world.resolved.record.as_ref()?;
    if !world.observed.own.holds(record) {
        return Some(take_over(world, record));
    }
    let settled = after(others_use(world, record)?.1, world.limits.consistency_window);
    (!world.observed.is_listed_since(settled)).then(|| Next::list_from(settled))
}

/// A new record, once a list begun at that moment or later has shown that the old one made nothing.
fn new_after(world: &World<'_>, settled: Timestamp, incarnation: u32) -> Choice {
    if world.observed.is_listed_since(settled) {
        Choice::New(world.new_record(incarnation))
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
fn refused_for_long(world: &World<'_>, record: &CreateRecord) -> Option<Timestamp> {
    let token = record.client_token();
    let of_token = world.observed.own.attempts.iter().filter(|attempt| attempt.client_token == token);
    let refused: Vec<_> = of_token.filter(|attempt| matches!(attempt.end, AttemptEnd::Refused { .. })).collect();
    let (first, last) = (refused.first()?.began, refused.last()?.ended);
    let is_repeated = refused.len() > 1 || refused[0].is_repeated;
    let is_long = last >= after(first, world.limits.consistency_window);
    let is_edited = first < record.time && last > record.time;
    (is_repeated && (is_long || is_edited)).then_some(last)
}

/// The provider said that this incarnation's token leads nowhere any more.
fn is_token_spent(world: &World<'_>, incarnation: u32) -> bool {
    let token = CreateRecord { incarnation, ..world.record() }.client_token();
    let mut attempts = world.observed.own.attempts.iter();
    attempts.any(|attempt| attempt.client_token == token && matches!(attempt.end, AttemptEnd::TokenSpent { .. }))
}

/// Adds the Create if the newest list allows it.
fn with_look_up(world: &World<'_>, record: CreateRecord, mut steps: Vec<Step>) -> Next {
    let needed = look_up_needed(world, &record);
    if world.observed.is_listed_since(needed) {
        let request = Box::new(world.desired.create_request(Some(record.client_token())));
        steps.push(Step::Create { record, request });
        Next::steps(steps)
    } else {
        Next { steps, ..Next::list_from(needed) }
    }
}

/// When the list must have begun that shows no service of the object: about when the record was written, and after every attempt of
/// this process.
fn look_up_needed(world: &World<'_>, record: &CreateRecord) -> Timestamp {
    let limits = world.limits;
    let attempts = world.observed.own.attempts.iter().map(|attempt| attempt.ended);
    let looked_up = attempts.fold(before(record.time, limits.create_lookup_max_age), Timestamp::max);
    match uses_of_token(world, record) {
        Some((first, last)) if !is_remembered(world, first) => looked_up.max(after(last, limits.consistency_window)),
        _ => looked_up,
    }
}

/// A Create that begins within the window from now uses a token that is remembered, if it was first used then.
fn is_remembered(world: &World<'_>, first_use: Timestamp) -> bool {
    after(world.now, world.limits.create_window) <= after(first_use, world.limits.consistency_window)
}

/// The first moment at which a Create that may have made something can have used the record's token, and the last one at which such a Create
/// can have had its effect. From `consistency_window` after the first on, the provider may have forgotten the token.
fn uses_of_token(world: &World<'_>, record: &CreateRecord) -> Option<(Timestamp, Timestamp)> {
    let token = record.client_token();
    let ours = world.observed.own.open_attempts().filter(|attempt| attempt.client_token == token);
    let ours = ours.map(|attempt| (attempt.began, attempt.effect_by(world.limits)));
    ours.chain(others_use(world, record)).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

/// The same of other processes: nobody knows what they sent, only that it was after the record was written, and that they had read the object
/// before this process's take-over was stored.
fn others_use(world: &World<'_>, record: &CreateRecord) -> Option<(Timestamp, Timestamp)> {
    let since = record.taken_over?;
    // One that is only thought of is stored now at the earliest, whatever this process wrote before.
    let earlier = world.observed.own.recorded_at.filter(|_| since != world.now);
    let stored = earlier.unwrap_or(world.now);
    Some((record.time, last_effect(stored, world.limits)))
}

/// By when a Create had its effect whose permission was read at that moment at the latest.
fn last_effect(moment: Timestamp, limits: &Limits) -> Timestamp {
    after(after(moment, limits.create_window), limits.cloud_call_deadline)
}
