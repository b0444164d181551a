//! Making the service: under which record, and whether a look-up allows it.
//!
//! Token for seconds, tag for ever: within the first seconds a repeated Create is harmless, because the provider remembers its token;
//! later it is harmless, because a sweep that began long enough after the last attempt would show what that attempt made.

use jiff::Timestamp;

use super::sight::{after, before};
use super::world::World;
use super::{Next, Step, Wait};
use crate::cloud::observed::AttemptEnd;
use crate::controller::vpc_endpoint_service::record::CreateRecord;
use crate::crd::WhenGone;
use crate::mutant::{self, Mutant};

/// The record to create under.
enum Choice {
    /// The one that the object carries.
    Carried(CreateRecord),
    /// A new one, to be written first.
    New(CreateRecord),
    /// Nobody can say before a sweep begun then.
    NotBefore(Timestamp),
}

/// The steps that make the service, or the sweep that must come first.
pub(super) fn create(world: &World<'_>) -> Next {
    match choose(world) {
        Choice::NotBefore(moment) => Next::sweep(moment),
        Choice::New(record) if Mutant::FinalizerAfterCreate.is_on() => with_look_up(world, record, Vec::new()),
        Choice::Carried(record) => with_look_up(world, record, Vec::new()),
        Choice::New(record) => with_look_up(world, record.clone(), vec![Step::Record(record)]),
    }
}

/// A service of this object was made once and is gone. By default that is for a person to know: consumers hold its name. Where the spec wants
/// it, there is another one, of the next incarnation, so that no token of the first can bring it back.
pub(super) fn in_place_of(world: &World<'_>, service_id: String) -> Next {
    let when_gone = if Mutant::SilentRecreate.is_on() { WhenGone::Recreate } else { world.resolved.spec.when_gone };
    match (when_gone, world.incarnation().checked_add(1)) {
        (WhenGone::Recreate, Some(next)) => {
            let record = world.new_record(next);
            with_look_up(world, record.clone(), vec![Step::Record(record)])
        }
        (WhenGone::Recreate, None) | (WhenGone::Report, _) => Next::wait(Wait::Recreation { service_id }),
    }
}

fn choose(world: &World<'_>) -> Choice {
    let incarnation = world.incarnation();
    if let Some(settled) = spent_token_settles(world, incarnation) {
        return new_after(world, settled, incarnation.saturating_add(1));
    }
    let Some(record) = &world.resolved.record else { return Choice::New(world.new_record(incarnation)) };
    let is_same = record.hash == world.wanted_hash() || Mutant::ChangedParametersOldToken.is_on();
    if record.incarnation == incarnation && is_same {
        return Choice::Carried(record.clone());
    }
    let own = &world.observed.own;
    if own.is_author(record) && own.made_nothing(record) {
        return Choice::New(world.new_record(incarnation));
    }
    let last_create = own.last_open_end().into_iter().fold(record.time.max(own.process_start), Timestamp::max);
    new_after(world, after(last_create, world.limits.assumed_list_lag), incarnation)
}

/// A new record, once a sweep begun at that moment or later has shown that the old one made nothing.
fn new_after(world: &World<'_>, settled: Timestamp, incarnation: u32) -> Choice {
    if world.observed.is_swept_since(settled) {
        Choice::New(world.new_record(incarnation))
    } else {
        Choice::NotBefore(settled)
    }
}

/// If the provider said that this incarnation's token leads nowhere any more: when a sweep must begin to show what it made, if anything.
fn spent_token_settles(world: &World<'_>, incarnation: u32) -> Option<Timestamp> {
    let token = CreateRecord { incarnation, ..world.record() }.client_token();
    let own = &world.observed.own;
    let is_spent = own
        .attempts
        .iter()
        .any(|attempt| attempt.client_token == token && matches!(attempt.end, AttemptEnd::TokenSpent { .. }));
    is_spent.then(|| after(own.last_open_end().unwrap_or(Timestamp::MIN), world.limits.assumed_list_lag))
}

/// Adds the Create if the newest sweep allows it.
fn with_look_up(world: &World<'_>, record: CreateRecord, mut steps: Vec<Step>) -> Next {
    let needed = look_up_needed(world, &record);
    if world.observed.is_swept_since(needed) {
        let token = Some(record.client_token()).filter(|_| !mutant::forgets_tokens());
        let request = Box::new(world.desired.create_request(token));
        steps.push(Step::Create { record, request });
        Next::steps(steps)
    } else {
        Next { steps, ..Next::sweep(needed) }
    }
}

/// When the sweep must have begun that shows no service of the object: about when the record was written, and after every attempt of
/// this process.
fn look_up_needed(world: &World<'_>, record: &CreateRecord) -> Timestamp {
    let limits = world.limits;
    let attempts = world.observed.own.attempts.iter().map(|attempt| attempt.ended);
    let looked_up = attempts.fold(before(record.time, limits.look_up_age), Timestamp::max);
    match uses_of_token(world, record) {
        Some((first, last)) if after(world.now, limits.create_window) > after(first, limits.assumed_list_lag) => {
            looked_up.max(after(last, limits.assumed_list_lag))
        }
        _ => looked_up,
    }
}

/// The first and the last moment at which a Create that may have made something can have used the record's token. From `assumed_list_lag`
/// after the first on, the provider may have forgotten it. Nobody knows what an earlier process sent, only that it sent it after the
/// record was written and before this process began.
fn uses_of_token(world: &World<'_>, record: &CreateRecord) -> Option<(Timestamp, Timestamp)> {
    let own = &world.observed.own;
    let token = record.client_token();
    let ours = own.open_attempts().filter(|attempt| attempt.client_token == token);
    let ours = ours.map(|attempt| (attempt.began, attempt.ended));
    let is_carried = world.resolved.record.as_ref() == Some(record);
    let unknown = is_carried && !own.is_author(record);
    let earlier = unknown.then(|| (record.time, record.time.max(own.process_start)));
    ours.chain(earlier).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}
