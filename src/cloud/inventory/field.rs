//! One field of a service as an own write left it: how it is laid over what a list shows, and how a list shows it.

use std::collections::BTreeMap;

use crate::cloud::services::{Attachment, AttachmentKey, DeepView, Field, Service, Value};

impl Field {
    /// Shown by reads of one service only, never by the sweep.
    pub(super) fn is_deep(&self) -> bool {
        matches!(self, Self::Resource(_) | Self::Principal(_))
    }
}

/// Whether a list's entry agrees with the value. A field that the provider did not say never disagrees: it will not say
/// it later either.
pub(super) fn shows(service: &Service, field: &Field, value: &Value) -> bool {
    shown(service, field).is_none_or(|shown| shown == *value)
}

/// What a list's entry says of a field; `None`: nothing.
pub(super) fn shown(service: &Service, field: &Field) -> Option<Value> {
    match field {
        Field::Tag(key) => Some(service.tags.get(key).cloned().map_or(Value::Absent, Value::Text)),
        Field::Resource(_) | Field::Principal(_) => None,
        scalar => service.attributes.get(scalar).cloned(),
    }
}

/// What a read of attachments and principals says of a field.
pub(super) fn shown_deep(view: &DeepView, field: &Field) -> Option<Value> {
    match field {
        Field::Resource(key) => Some(match view.attachments.get(key) {
            None => Value::Absent,
            Some(attachment) if attachment.auto_allocated_enabled => Value::Present,
            Some(_) => Value::AutoAllocated(false),
        }),
        Field::Principal(account) => {
            let principals = view.principals.as_ref()?;
            Some(if principals.contains(account) { Value::Present } else { Value::Absent })
        }
        _ => None,
    }
}

/// Lays the value over a list's entry.
pub(super) fn lay_over(service: &mut Service, field: &Field, value: &Value) {
    match (field, value) {
        (Field::Tag(key), Value::Text(text)) => {
            service.tags.insert(key.clone(), text.clone());
        }
        (Field::Tag(key), _) => {
            service.tags.remove(key);
        }
        (Field::Resource(_) | Field::Principal(_), _) => {}
        (scalar, value) => service.attributes.set(scalar.clone(), value.clone()),
    }
}

/// Whether a read of attachments and principals agrees with the value.
pub(super) fn shows_deep(view: &DeepView, field: &Field, value: &Value) -> bool {
    match (field, value) {
        (Field::Resource(key), Value::AutoAllocated(enabled)) => {
            view.attachments.get(key).is_some_and(|attachment| attachment.auto_allocated_enabled == *enabled)
        }
        (Field::Resource(key), value) => view.attachments.contains_key(key) == (*value != Value::Absent),
        (Field::Principal(account), value) => {
            view.principals.as_ref().is_none_or(|all| all.contains(account) == (*value != Value::Absent))
        }
        _ => true,
    }
}

/// Lays the value over a read of attachments and principals.
pub(super) fn lay_over_deep(view: &mut DeepView, field: &Field, value: &Value) {
    match (field, value) {
        (Field::Resource(key), Value::Absent) => {
            view.attachments.remove(key);
        }
        (Field::Resource(key), Value::AutoAllocated(enabled)) => {
            attachment(&mut view.attachments, key).auto_allocated_enabled = *enabled;
        }
        (Field::Resource(key), _) => {
            attachment(&mut view.attachments, key);
        }
        (Field::Principal(account), value) => {
            let Some(principals) = &mut view.principals else { return };
            match value {
                Value::Absent => principals.remove(account),
                _ => principals.insert(account.clone()),
            };
        }
        _ => {}
    }
}

/// The attachment, made as the provider makes it where no read has shown it: automatically allocated, used by nobody.
fn attachment<'a>(attachments: &'a mut BTreeMap<AttachmentKey, Attachment>, key: &AttachmentKey) -> &'a mut Attachment {
    attachments.entry(key.clone()).or_insert_with(|| Attachment {
        zone_id: key.zone_id.clone(),
        auto_allocated_enabled: true,
        related_endpoint_count: 0,
    })
}
