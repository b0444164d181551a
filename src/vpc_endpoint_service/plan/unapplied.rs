//! What is wanted and not being worked on now: refused values, values that the cloud stores otherwise, and what has no way back.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::inputs::Inputs;
use super::{Hindrance, Step, Unapplied, change, resources};
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};
use crate::cloud::services::{AttachmentKey, Field, Service, Value};

/// The steps that may be tried now: none that would send a value which is kept back, and none that depends on such a one.
pub(in super::super) fn due(
    steps: Vec<Step>,
    field_failures: &BTreeMap<Field, FieldFailure>,
    now: Timestamp,
) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    let mut due = Vec::new();
    for step in steps {
        let is_kept = step.writes().iter().any(|(field, sent)| is_kept_back(field_failures, field, sent, now));
        if is_kept || kept.iter().any(|kept| step.depends_on(kept)) {
            kept.push(step);
        } else {
            due.push(step);
        }
    }
    due
}

fn is_kept_back(field_failures: &BTreeMap<Field, FieldFailure>, field: &Field, sent: &str, now: Timestamp) -> bool {
    field_failures.get(field).is_some_and(|field_failure| field_failure.holds_back(sent, now))
}

/// Every field that is not in force and that no step of now brings into force, in the order of the fields.
///
/// A value that was accepted and not confirmed stays among them while it is tried again, until a list shows it.
pub(super) fn unapplied(inputs: &Inputs<'_>) -> Vec<Unapplied> {
    let Some(service) = inputs.service() else { return Vec::new() };
    let wanted: Vec<(Field, String)> = change::wanted(inputs, &service.id).iter().flat_map(Step::writes).collect();
    let field_failures = &inputs.observed.own.field_failures;
    let mut unapplied: Vec<Unapplied> = field_failures
        .iter()
        .filter_map(|(field, field_failure)| field_failure_of(field, field_failure, &wanted))
        .collect();
    unapplied.extend(no_way_back(inputs));
    unapplied.extend(not_shown(inputs, service));
    unapplied.extend(resources::last_allocated(inputs).map(last_allocated));
    unapplied.sort_by(|a, b| a.field.cmp(&b.field));
    unapplied
}

fn field_failure_of(field: &Field, field_failure: &FieldFailure, wanted: &[(Field, String)]) -> Option<Unapplied> {
    let same_field = || wanted.iter().filter(|(other, _)| other == field);
    let is_wanted = same_field().any(|(_, sent)| *sent == field_failure.sent);
    let hindrance = match &field_failure.kind {
        FieldFailureKind::Refused(verdict) if is_wanted => Hindrance::Refused(verdict.clone()),
        // A connection that is not moved is waited for, which is told there.
        _ if matches!(field, Field::ConnectionZone { .. }) => return None,
        FieldFailureKind::Unconfirmed if field_failure.count > 1 && (is_wanted || same_field().next().is_none()) => {
            Hindrance::Unconfirmed
        }
        _ => return None,
    };
    Some(Unapplied {
        field: field.clone(),
        wanted: field_failure.sent.clone(),
        found: field_failure.found.clone(),
        hindrance,
        retry_at: Some(field_failure.retry_at),
    })
}

fn last_allocated(key: &AttachmentKey) -> Unapplied {
    let field = Field::Resource(key.clone());
    let text = |is_allocated| Value::AutoAllocated(is_allocated).text_of(&field);
    let (wanted, found) = (text(false), text(true));
    Unapplied { field, wanted, found, hindrance: Hindrance::LastAllocated, retry_at: None }
}

/// A list that leaves the regions out says neither that there are none nor which: what is to be taken away could stay unseen.
fn not_shown(inputs: &Inputs<'_>, service: &Service) -> Option<Unapplied> {
    let wanted = inputs.desired.regions.as_ref().filter(|_| service.regions.is_none())?;
    let wanted: Vec<_> = wanted.iter().map(String::as_str).collect();
    Some(Unapplied {
        field: Field::SupportedRegion(String::new()),
        wanted: wanted.join(", "),
        found: String::new(),
        hindrance: Hindrance::NotShown,
        retry_at: None,
    })
}

/// The provider has no way back from `DualStack`.
fn no_way_back(inputs: &Inputs<'_>) -> Option<Unapplied> {
    let difference =
        inputs.comparison.differences.iter().find(|difference| difference.field == Field::AddressIpVersion)?;
    (difference.wanted != "DualStack").then(|| Unapplied {
        field: Field::AddressIpVersion,
        wanted: difference.wanted.clone(),
        found: difference.found.clone(),
        hindrance: Hindrance::NoWayBack,
        retry_at: None,
    })
}
