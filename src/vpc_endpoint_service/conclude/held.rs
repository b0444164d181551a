//! What is said of fields that are not in force, and that the operator does not, or not soon, bring into force.

use std::collections::BTreeSet;

use super::picture::{Picture, Stance};
use super::scene::Scene;
use super::words;
use crate::cloud::errors::{Verdict, verdict};
use crate::cloud::services::Field;
use crate::crd::Reason;
use crate::vpc_endpoint_service::plan::{HeldBack, Hindrance};

/// At most so many fields are named with what was sent and found; all are in `status.drift`.
const MOST_NAMED: usize = 3;
/// At most so much of a value is shown in a message.
const VALUE_LENGTH: usize = 64;

/// The first hindrance in the order in which a person can do something about it: a refusal, then what was stored otherwise, then what has no way back.
pub(super) fn held_back(scene: &Scene<'_>) -> Option<Stance> {
    let (reason, stalled, message) = refused(scene).or_else(|| unconfirmed(scene)).or_else(|| no_way_back(scene))?;
    if !stalled && scene.is_still_ready() {
        return None;
    }
    let picture = if stalled { Picture::stalled(reason, message) } else { Picture::reconciling(reason, message) };
    Some(picture.drifted(drift(scene)).into())
}

/// The same words in the pass that was refused and in those that wait for the next try.
fn refused(scene: &Scene<'_>) -> Option<(Reason, bool, String)> {
    let refusals = refusals(scene);
    let (_, Verdict { reason, stalled, message }) = refusals.first()?.clone();
    let fields: Vec<_> = refusals.iter().map(|(field, _)| words::path(field)).collect();
    let message = format!("{} Not in force: {}.", words::ended(&message), words::list(&fields));
    Some((reason, stalled, message))
}

/// Which fields were refused, in this pass or in one before it.
fn refusals(scene: &Scene<'_>) -> Vec<(Field, Verdict)> {
    let before = held(scene).iter().filter_map(|held| match &held.hindrance {
        Hindrance::Refused(verdict) => Some((held.field.clone(), verdict.clone())),
        Hindrance::Unconfirmed | Hindrance::NoWayBack => None,
    });
    let now = scene.outcome().into_iter().flat_map(|outcome| &outcome.set_aside).flat_map(|set_aside| {
        let verdict = verdict(&set_aside.error);
        set_aside.step.writes().into_iter().map(move |(field, _)| (field, verdict.clone()))
    });
    let mut all: Vec<_> = now.chain(before).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.dedup_by(|(a, _), (b, _)| a == b);
    all
}

fn unconfirmed(scene: &Scene<'_>) -> Option<(Reason, bool, String)> {
    let all: Vec<_> = held(scene).iter().filter(|held| held.hindrance == Hindrance::Unconfirmed).collect();
    if all.is_empty() {
        return None;
    }
    let named: Vec<_> = all.iter().take(MOST_NAMED).map(|held| sent_and_found(held)).collect();
    let more = all.len().saturating_sub(MOST_NAMED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more, see status.drift") };
    let message = format!(
        "The provider accepted what was sent and shows something else: {}{more}. Set the spec to what the provider stores, or find out at the \
         provider why it does not store it; the operator tries again, less and less often.",
        named.join("; ")
    );
    Some((Reason::ValueNotStored, true, message))
}

fn sent_and_found(held: &HeldBack) -> String {
    let value = |text: &String| match text.as_str() {
        "" => "nothing".to_owned(),
        text => format!("\"{}\"", words::clip(text, VALUE_LENGTH)),
    };
    format!("{}: sent {}, found {}", words::path(&held.field), value(&held.wanted), value(&held.found))
}

fn no_way_back(scene: &Scene<'_>) -> Option<(Reason, bool, String)> {
    let held = held(scene).iter().find(|held| held.hindrance == Hindrance::NoWayBack)?;
    let HeldBack { field, wanted, found, .. } = held;
    let (wanted, found) = (words::clip(wanted, VALUE_LENGTH), words::clip(found, VALUE_LENGTH));
    let path = words::path(field);
    let message = format!(
        "{} is {found} in the cloud, from which the provider has no way back, and {path} is {wanted}. Set {path} to {found}.",
        words::service(scene.service_id())
    );
    Some((Reason::InvalidSpec, true, message))
}

/// Whether a field is kept back, so that nobody repairs it.
pub(super) fn is_held(scene: &Scene<'_>, field: &Field) -> bool {
    held(scene).iter().any(|held| held.field == *field)
}

/// What differs and is not being repaired, as a condition beside the reason.
fn drift(scene: &Scene<'_>) -> Option<String> {
    let is_refused = |held: &&HeldBack| matches!(held.hindrance, Hindrance::Refused(_));
    let differs = scene.is_drifting() || !held(scene).iter().all(|held| is_refused(&held));
    let refused = refusals(scene).into_iter().map(|(field, _)| field);
    let others = held(scene).iter().filter(|held| !is_refused(held)).map(|held| held.field.clone());
    let fields: BTreeSet<Field> = refused.chain(others).collect();
    let paths: Vec<_> = fields.iter().map(words::path).collect();
    (differs && !paths.is_empty()).then(|| format!("The cloud differs from the spec in {}.", words::list(&paths)))
}

fn held<'a>(scene: &Scene<'a>) -> &'a [HeldBack] {
    scene.plan().map_or(&[][..], |plan| &plan.held_back)
}
