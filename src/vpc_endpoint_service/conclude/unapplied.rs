//! What is said of unapplied fields: those that are not in force, and that the operator does not, or not soon, bring into force.

use std::collections::BTreeSet;

use super::assessment::{Assessment, ConditionSet};
use super::connections::is_of_consumer;
use super::inputs::Inputs;
use super::messages;
use crate::cloud::errors::{Verdict, verdict};
use crate::cloud::services::Field;
use crate::crd::Reason;
use crate::vpc_endpoint_service::plan::{Hindrance, Unapplied};

/// At most so many fields are named with what was sent and found; all are in `status.drift`.
const MOST_NAMED: usize = 3;
/// At most so much of a value is shown in a message.
const VALUE_LENGTH: usize = 64;

/// The first hindrance in the order in which a person can do something about it: a refusal, then what was stored otherwise, then what has no way back.
pub(super) fn assess(inputs: &Inputs<'_>) -> Option<Assessment> {
    let (reason, stalled, message) = refused(inputs)
        .or_else(|| unconfirmed(inputs))
        .or_else(|| no_way_back(inputs))
        .or_else(|| last_allocated(inputs))
        .or_else(|| not_shown(inputs))?;
    if !stalled && inputs.is_still_ready() {
        return None;
    }
    let condition_set =
        if stalled { ConditionSet::stalled(reason, message) } else { ConditionSet::reconciling(reason, message) };
    Some(condition_set.drifted(drift(inputs)).into())
}

/// The same words in the reconcile that was refused and in those that wait for the next try.
fn refused(inputs: &Inputs<'_>) -> Option<(Reason, bool, String)> {
    let refusals = refusals(inputs);
    let (_, Verdict { reason, stalled, message }) = refusals.first()?.clone();
    let fields: Vec<_> = refusals.iter().map(|(field, _)| messages::path(field)).collect();
    let message = format!("{} Not in force: {}.", messages::ended(&message), messages::list(&fields));
    Some((reason, stalled, message))
}

/// Which fields were refused, in this reconcile or in one before it.
fn refusals(inputs: &Inputs<'_>) -> Vec<(Field, Verdict)> {
    let before = unapplied(inputs).into_iter().filter_map(|unapplied| match &unapplied.hindrance {
        Hindrance::Refused(verdict) => Some((unapplied.field.clone(), verdict.clone())),
        Hindrance::Unconfirmed | Hindrance::NoWayBack | Hindrance::LastAllocated | Hindrance::NotShown => None,
    });
    let now = inputs.all_set_aside().flat_map(|set_aside| {
        let verdict = verdict(&set_aside.error);
        set_aside.step.writes().into_iter().map(move |(field, _)| (field, verdict.clone()))
    });
    let mut all: Vec<_> = now.chain(before).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.dedup_by(|(a, _), (b, _)| a == b);
    all
}

fn unconfirmed(inputs: &Inputs<'_>) -> Option<(Reason, bool, String)> {
    let all: Vec<_> =
        unapplied(inputs).into_iter().filter(|unapplied| unapplied.hindrance == Hindrance::Unconfirmed).collect();
    if all.is_empty() {
        return None;
    }
    let named: Vec<_> = all.iter().take(MOST_NAMED).map(|unapplied| sent_and_found(unapplied)).collect();
    let more = all.len().saturating_sub(MOST_NAMED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more, see status.drift") };
    let message = format!(
        "The provider accepted what was sent and shows something else: {}{more}. Set the spec to what the provider stores, or find out at the \
         provider why it does not store it; the operator tries again, less and less often.",
        named.join("; ")
    );
    Some((Reason::ValueNotStored, true, message))
}

fn sent_and_found(unapplied: &Unapplied) -> String {
    let value = |text: &String| match text.as_str() {
        "" => "nothing".to_owned(),
        text => format!("\"{}\"", messages::clip(text, VALUE_LENGTH)),
    };
    format!(
        "{}: sent {}, found {}",
        messages::path(&unapplied.field),
        value(&unapplied.wanted),
        value(&unapplied.found)
    )
}

fn no_way_back(inputs: &Inputs<'_>) -> Option<(Reason, bool, String)> {
    let unapplied = unapplied(inputs).into_iter().find(|unapplied| unapplied.hindrance == Hindrance::NoWayBack)?;
    let Unapplied { field, wanted, found, .. } = unapplied;
    let (wanted, found) = (messages::clip(wanted, VALUE_LENGTH), messages::clip(found, VALUE_LENGTH));
    let path = messages::path(field);
    let message = format!(
        "{} is {found} in the cloud, from which the provider has no way back, and {path} is {wanted}. Set {path} to {found}.",
        messages::service(inputs.service_id())
    );
    Some((Reason::InvalidSpec, true, message))
}

fn last_allocated(inputs: &Inputs<'_>) -> Option<(Reason, bool, String)> {
    let all = unapplied(inputs).into_iter().filter(|unapplied| unapplied.hindrance == Hindrance::LastAllocated);
    let paths: Vec<_> = all.map(|unapplied| messages::path(&unapplied.field)).collect();
    let message = format!(
        "{} cannot be taken out of the automatic allocation, because its zone would keep no other load balancer in it, which the provider \
         refuses (ResourceAutoAllocateViolation). Add a load balancer of the same zone with autoAllocatedEnabled true.",
        messages::list(&paths)
    );
    (!paths.is_empty()).then_some((Reason::InvalidSpec, true, message))
}

fn not_shown(inputs: &Inputs<'_>) -> Option<(Reason, bool, String)> {
    let unapplied = unapplied(inputs).into_iter().find(|unapplied| unapplied.hindrance == Hindrance::NotShown)?;
    let (path, service) = (messages::path(&unapplied.field), messages::service(inputs.service_id()));
    let message = format!(
        "{service} cannot be compared with {path}: the provider's list does not say what the service has of it. Remove {path} from the \
         spec, or ask the provider."
    );
    Some((Reason::UnknownAnswer, false, message))
}

/// Whether a field is kept back, so that nobody repairs it.
pub(super) fn is_unapplied(inputs: &Inputs<'_>, field: &Field) -> bool {
    unapplied(inputs).into_iter().any(|unapplied| unapplied.field == *field)
}

/// What differs and is not being repaired, as a condition beside the reason.
fn drift(inputs: &Inputs<'_>) -> Option<String> {
    let is_refused = |unapplied: &&Unapplied| matches!(unapplied.hindrance, Hindrance::Refused(_));
    let differs = inputs.is_drifting() || !unapplied(inputs).iter().all(is_refused);
    let refused = refusals(inputs).into_iter().map(|(field, _)| field);
    let others = unapplied(inputs)
        .into_iter()
        .filter(|unapplied| !is_refused(unapplied))
        .map(|unapplied| unapplied.field.clone());
    let fields: BTreeSet<Field> = refused.chain(others).collect();
    let paths: Vec<_> = fields.iter().map(messages::path).collect();
    (differs && !paths.is_empty()).then(|| format!("The cloud differs from the spec in {}.", messages::list(&paths)))
}

/// A consumer's request that cannot be accepted is told of beside, see [`connections`](super::connections), unless the account is in the way.
pub(super) fn unapplied<'a>(inputs: &Inputs<'a>) -> Vec<&'a Unapplied> {
    let Some(plan) = inputs.plan() else { return Vec::new() };
    let is_beside = |unapplied: &&Unapplied| match &unapplied.hindrance {
        Hindrance::Refused(verdict) => is_of_consumer(verdict),
        Hindrance::Unconfirmed | Hindrance::NoWayBack | Hindrance::LastAllocated | Hindrance::NotShown => true,
    };
    plan.unapplied
        .iter()
        .filter(|unapplied| !(unapplied.is_request(&plan.differences) && is_beside(unapplied)))
        .collect()
}
