//! Puts into Kubernetes what a reconcile reports: the status, then the events.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition;

use super::context::Context;
use crate::crd::ConditionType;
use crate::identity::ObjectKey;
use crate::kubernetes::{Announcement, Kind, KindStatus, KubernetesError, StatusOf, Written};

/// Makes `wanted` the status of the object and remembers it. Answers the condition `Ready`, where this changed its status or its reason.
pub async fn write_status<'a, K: Kind>(
    context: &Context<K>,
    object: &K,
    wanted: &'a StatusOf<K>,
) -> Result<Option<&'a Condition>, KubernetesError> {
    let (key, stored) = (ObjectKey::of(object), object.status());
    let written = context.kubernetes.statuses.put_status(&key, stored, wanted).await;
    match &written {
        Ok(_) => context.status_memory.stored(&key.uid, wanted),
        Err(KubernetesError::Unavailable(_)) => context.status_memory.sent(&key.uid, wanted),
        // Not stored, or somebody wrote in the same moment: the status from before still stands, and the next reconcile says it again.
        Err(_) => {}
    }
    let (before, after) = (stored.and_then(ready), ready(wanted));
    let is_other = after.map(state) != before.map(state);
    let is_changed = written? == Written::Changed && is_other;
    Ok(after.filter(|_| is_changed))
}

/// Publishes the events of an object. They come last: they tell of what the status says already, and one that cannot be written is no
/// failure.
pub async fn publish<K: Kind>(
    context: &Context<K>,
    object: &K,
    announcements: impl IntoIterator<Item = Announcement<'_>, IntoIter: Send> + Send,
) {
    let key = ObjectKey::of(object);
    for announcement in announcements {
        context.kubernetes.events.publish(&key, announcement).await;
    }
}

fn ready(status: &impl KindStatus) -> Option<&Condition> {
    status.conditions().iter().find(|condition| condition.type_ == ConditionType::Ready.as_str())
}

fn state(condition: &Condition) -> (&str, &str) {
    (&condition.status, &condition.reason)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::crd::VpcEndpointServiceStatus;

    #[test]
    fn a_change_of_ready_is_its_status_or_its_reason() {
        let condition = Condition {
            type_: "Ready".into(),
            status: "True".into(),
            reason: "Any".into(),
            message: String::new(),
            last_transition_time: Time(Timestamp::UNIX_EPOCH),
            observed_generation: None,
        };
        let status = VpcEndpointServiceStatus { conditions: vec![condition], ..Default::default() };
        assert_eq!(ready(&status).map(state), Some(("True", "Any")));
        assert_eq!(ready(&VpcEndpointServiceStatus::default()).map(state), None);
    }
}
