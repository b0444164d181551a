//! Events (events.k8s.io/v1): for what a person should notice. One that cannot be written is no reason to stop.

use std::fmt::{self, Debug};
use std::time::Duration;

use futures::future::BoxFuture;
use k8s_openapi::api::core::v1::ObjectReference;
use kube::Client;
use kube::runtime::events::{Event, EventType, Recorder, Reporter};
use tokio::time::timeout;
use tracing::debug;

use super::{ApiServer, Kind};
use crate::identity::ObjectKey;
use crate::metrics::WriteKind;
use crate::names::EVENT_REPORTER;

/// The API server refuses a note of more than 1 kB.
const NOTE_LIMIT: usize = 1000;

/// What the operator was doing, as every event must say. There is only one thing it does.
const ACTION: &str = "Reconcile";

/// Whether a person has to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Normal,
    Warning,
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement<'a> {
    pub severity: Severity,
    /// From the closed list of event reasons.
    pub reason: &'static str,
    /// Cut off after 1,000 bytes.
    pub note: &'a str,
}

/// Publishes events.
pub trait EventSink: Send + Sync + Debug {
    /// Publishes one event on the object. Failures are logged, not answered: a namespace that is being deleted refuses every event.
    fn publish<'a>(&'a self, key: &'a ObjectKey, announcement: Announcement<'a>) -> BoxFuture<'a, ()>;
}

impl<K: Kind> EventSink for ApiServer<K> {
    fn publish<'a>(&'a self, key: &'a ObjectKey, announcement: Announcement<'a>) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let event = event(&announcement);
            let reference = reference::<K>(key);
            match timeout(self.deadline, self.recorder.publish(&event, &reference)).await {
                Ok(Ok(())) => self.metrics.kubernetes_write(WriteKind::Event),
                Ok(Err(error)) => debug!(reason = announcement.reason, %error, "failed to publish an event"),
                Err(_) => debug!(reason = announcement.reason, "failed to publish an event in time"),
            }
        })
    }
}

/// Publishes events on a pod of the operator.
#[derive(Clone)]
pub struct PodEvents {
    recorder: Recorder,
    pod: ObjectReference,
    deadline: Duration,
}

impl PodEvents {
    pub fn new(client: Client, namespace: &str, pod: &str, deadline: Duration) -> Self {
        let reporter = Reporter { controller: EVENT_REPORTER.to_owned(), instance: None };
        let pod = ObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("Pod".to_owned()),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
            ..ObjectReference::default()
        };
        Self { recorder: Recorder::new(client, reporter), pod, deadline }
    }

    /// Failures are logged, not answered: an operator of one namespace may have no right in its own.
    pub async fn publish(&self, announcement: Announcement<'_>) {
        match timeout(self.deadline, self.recorder.publish(&event(&announcement), &self.pod)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => debug!(reason = announcement.reason, %error, "failed to publish an event"),
            Err(_) => debug!(reason = announcement.reason, "failed to publish an event in time"),
        }
    }
}

impl fmt::Debug for PodEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PodEvents").field("pod", &self.pod).finish_non_exhaustive()
    }
}

fn event(announcement: &Announcement<'_>) -> Event {
    Event {
        type_: match announcement.severity {
            Severity::Normal => EventType::Normal,
            Severity::Warning => EventType::Warning,
        },
        reason: announcement.reason.to_owned(),
        note: Some(cut(announcement.note).to_owned()),
        action: ACTION.to_owned(),
        secondary: None,
    }
}

fn reference<K: Kind>(key: &ObjectKey) -> ObjectReference {
    ObjectReference {
        api_version: Some(K::api_version(&()).into_owned()),
        kind: Some(K::kind(&()).into_owned()),
        name: Some(key.name.clone()),
        namespace: Some(key.namespace.clone()),
        uid: Some(key.uid.clone()),
        ..ObjectReference::default()
    }
}

/// At most the limit, never in the middle of a character.
fn cut(note: &str) -> &str {
    &note[..note.floor_char_boundary(NOTE_LIMIT)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crd::VpcEndpointService;

    #[test]
    fn a_note_is_cut_at_a_character() {
        assert_eq!(cut("short"), "short");
        let long = "界".repeat(400);
        assert_eq!(cut(&long), "界".repeat(333));
    }

    #[test]
    fn an_event_names_the_very_object() {
        let key = ObjectKey {
            namespace: "team".into(),
            name: "service".into(),
            uid: "u-1".into(),
            generation: 2,
            resource_version: "41".into(),
        };
        assert_eq!(
            reference::<VpcEndpointService>(&key),
            ObjectReference {
                api_version: Some("privatelink.alibabacloud.com/v1alpha1".into()),
                kind: Some("VpcEndpointService".into()),
                name: Some("service".into()),
                namespace: Some("team".into()),
                uid: Some("u-1".into()),
                ..ObjectReference::default()
            }
        );
    }
}
