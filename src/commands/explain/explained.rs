//! What is told of an object. Pure: from what cluster and cloud said, one value that is printed as text or as JSON.

mod found;
mod intent;
mod news;
mod object;
mod wanted;

use serde::Serialize;

pub(super) use self::found::{AttachmentSeen, ConnectionSeen, Found, LoadBalancerSeen, Ownership, ServiceSeen};
#[cfg(test)]
pub(super) use self::intent::Planned;
pub(super) use self::intent::{Intent, LooksAgain, Standing, Unapplied};
pub(super) use self::news::{EventSeen, LeaseSeen, LeaseState};
pub(super) use self::object::{ConditionSeen, ObjectSeen, StatusSeen};
#[cfg(test)]
pub(super) use self::wanted::Valued;
pub(super) use self::wanted::Wanted;
use super::ask::{Cloud, Kubernetes, Object};
use crate::cloud::errors::verdict;
use crate::kubernetes::KubernetesError;

/// Everything. The form is API: fields are added, none is renamed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Explained {
    /// Of this form.
    pub(super) format_version: u32,
    pub(super) namespace: String,
    pub(super) name: String,
    /// `None`: there is none, or it could not be read.
    pub(super) object: Option<ObjectSeen>,
    pub(super) status: Option<StatusSeen>,
    /// How it stands, by a look at the cloud; without one, by the status.
    pub(super) standing: Option<Standing>,
    /// The spec in the cloud's terms. `None`: it is not known, or the object is being deleted.
    pub(super) wanted: Option<Wanted>,
    /// `None`: the cloud was not asked, or not heard.
    pub(super) found: Option<Found>,
    /// What is to be done. `None`: as before.
    pub(super) intent: Option<Intent>,
    pub(super) leases: Vec<LeaseSeen>,
    /// The last ones, the newest first.
    pub(super) events: Vec<EventSeen>,
    /// What could not be read.
    pub(super) unread: Vec<Unread>,
}

/// Something that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unread {
    /// `object`, `cloud`, `attachments`, `principals`, `connections`, `events`, `lease`.
    pub(super) what: &'static str,
    pub(super) message: String,
}

impl Explained {
    pub(super) fn of(namespace: &str, name: &str, kubernetes: &Kubernetes, cloud: &Cloud) -> Self {
        let Kubernetes { object, events, leases } = kubernetes;
        let object = if let Object::There(object) = object { Some(&**object) } else { None };
        let asked = match cloud {
            // What the operator would see is not known, and these credentials are not its.
            Cloud::Asked(asked) if cloud.unread().is_none() => Some(&**asked),
            Cloud::Asked(_) | Cloud::Unread(_) | Cloud::NotAsked => None,
        };
        let uid = object.and_then(|object| object.metadata.uid.as_deref());
        let status = object.and_then(StatusSeen::of);
        let shown = asked.map(|asked| &asked.looked.shown);
        Self {
            format_version: 1,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            object: object.map(ObjectSeen::of),
            standing: Standing::of(asked, status.as_ref()),
            status,
            wanted: shown.and_then(Wanted::of),
            found: asked.and_then(|asked| Found::of(&asked.looked.shown, asked.closer.as_ref())),
            intent: asked.and_then(|asked| Intent::of(&asked.looked)),
            leases: leases.iter().filter_map(LeaseSeen::of).collect(),
            events: news::events(events.as_deref().unwrap_or_default(), uid),
            unread: unread(kubernetes, cloud),
        }
    }
}

impl Unread {
    fn new(what: &'static str, message: impl Into<String>) -> Self {
        Self { what, message: message.into() }
    }
}

fn unread(kubernetes: &Kubernetes, cloud: &Cloud) -> Vec<Unread> {
    let Kubernetes { object, events, leases } = kubernetes;
    let mut unread = Vec::new();
    if let Object::Unread(sentence) = object {
        unread.push(Unread::new("object", sentence.as_str()));
    }
    unread.extend(cloud.unread().map(|sentence| Unread::new("cloud", sentence)));
    if let Cloud::Asked(asked) = cloud
        && let Some(closer) = &asked.closer
    {
        let told = |error: &cloud_core::Error| verdict(error).message;
        unread.extend(closer.attachments.as_ref().err().map(|error| Unread::new("attachments", told(error))));
        unread.extend(closer.principals.as_ref().err().map(|error| Unread::new("principals", told(error))));
        unread.extend(closer.connections.as_ref().err().map(|error| Unread::new("connections", told(error))));
    }
    unread.extend(events.as_ref().err().map(|error| Unread::new("events", refused(error, "list on events"))));
    // One that is found says who leads, whatever becomes of the other.
    if !leases.iter().any(|asked| matches!(asked.found, Ok(Some(_)))) {
        let error = leases.iter().find_map(|asked| asked.found.as_ref().err());
        let right = leases.first().map(|asked| format!("get on leases in the namespace {}", asked.namespace));
        unread.extend(error.map(|error| Unread::new("lease", refused(error, &right.unwrap_or_default()))));
    }
    unread
}

/// With the right that is missing.
fn refused(error: &KubernetesError, right: &str) -> String {
    match error {
        KubernetesError::Forbidden(said) => format!("{said}; for that you need {right}"),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
