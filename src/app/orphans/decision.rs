//! Whether a service whose object exists no more may be deleted. Pure: it is told everything, and whatever is not known keeps the service.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use privatelink::ServiceStatus;

use crate::identity::Owner;
use crate::kubernetes::departed::Departure;
use crate::names::ADOPT_TAG;
use crate::vpc_endpoint_service::connections::{is_any_on_the_way, live_consumers};
use crate::vpc_endpoint_service::observe::{Connections, Observed, Service, ServiceView};

/// Why a service is not deleted, now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    NotLeading,
    WatchSilent,
    ObjectExists,
    ObjectsNotListed,
    TooSoon,
    OwnerUnnamed,
    NameTaken,
    KindGoes,
    ApiServerSilent,
    CloudSilent,
    NotShown,
    NotSole,
    OtherTags,
    HandedOver,
    OlderThanKind,
    NotActive,
    ConnectionsUnknown,
    Connected,
}

/// What this process knows without asking anybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// This process leads.
    pub(super) is_leading: bool,
    /// How long nothing was heard on the watch of the objects, and how long that may be.
    pub(super) silence: Duration,
    pub(super) longest_silence: Duration,
    /// No object has the UID, as far as the watch has shown.
    pub(super) is_gone: bool,
    /// Every object was listed, by a list that began after the service was first found without its own.
    pub(super) is_listed_since: bool,
    /// For how long it was found without its object in every look, and how long that must be.
    pub(super) absent_for: Duration,
    pub(super) delay: Duration,
}

/// What the cloud shows of the service, and whose it was.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) observed: &'a Observed,
    pub(super) owner: &'a Owner,
    pub(super) service_id: &'a str,
    /// When the definition of the kind was created.
    pub(super) kind_since: Timestamp,
    /// What was looked at before this does not count.
    pub(super) since: Timestamp,
}

/// Yes keeps the service.
type OfKnown = fn(&Known) -> bool;
type OfService = fn(&Service, &Shown<'_>) -> bool;

/// The questions that need nobody's answer, in order: the first that is answered with yes keeps the service.
const OF_KNOWN: [(OfKnown, Kept); 5] = [
    (|known| !known.is_leading, Kept::NotLeading),
    // Without a watch that is heard nobody knows which objects there are.
    (|known| known.silence > known.longest_silence, Kept::WatchSilent),
    (|known| !known.is_gone, Kept::ObjectExists),
    // A list from before the service was found may be older than its object.
    (|known| !known.is_listed_since, Kept::ObjectsNotListed),
    (|known| known.absent_for < known.delay, Kept::TooSoon),
];

/// The questions about the one service that is shown.
const OF_SERVICE: [(OfService, Kept); 4] = [
    (|service, shown| !has_tags_of(service, shown.owner), Kept::OtherTags),
    // Somebody is about to have an object take it over.
    (|service, _| service.tags.contains_key(ADOPT_TAG), Kept::HandedOver),
    // It was left when an earlier definition was deleted, or was there before the operator was.
    (|service, shown| !is_younger(service, shown.kind_since), Kept::OlderThanKind),
    (|service, _| service.status != ServiceStatus::Active || service.settling, Kept::NotActive),
];

/// Why the service is kept by what this process knows.
pub(super) fn kept_by_known(known: &Known) -> Option<Kept> {
    OF_KNOWN.iter().find(|(keeps, _)| keeps(known)).map(|(_, kept)| *kept)
}

/// Since when the kind is there, where the API server says that the object is gone.
pub(super) const fn kind_since(departure: Departure) -> Result<Timestamp, Kept> {
    match departure {
        Departure::Gone { kind_since } => Ok(kind_since),
        Departure::NameTaken => Err(Kept::NameTaken),
        Departure::KindGoes => Err(Kept::KindGoes),
    }
}

/// Why the service is kept by what the cloud shows.
pub(super) fn kept_by_shown(shown: &Shown<'_>) -> Option<Kept> {
    let service = match service(shown) {
        Ok(service) => service,
        Err(kept) => return Some(kept),
    };
    let of_service = OF_SERVICE.iter().find(|(keeps, _)| keeps(service, shown)).map(|(_, kept)| *kept);
    of_service.or_else(|| match connections(shown) {
        None => Some(Kept::ConnectionsUnknown),
        // Nobody who is connected is cut off, and who is leaving is let out.
        Some(all) => (!live_consumers(all).is_empty() || is_any_on_the_way(all)).then_some(Kept::Connected),
    })
}

/// The connections, if they were looked at late enough.
pub(super) fn connections<'a>(shown: &Shown<'a>) -> Option<&'a Connections> {
    shown.observed.connections.as_ref().filter(|connections| connections.as_of >= shown.since)
}

/// The one service of the UID. Of two nobody can say which the object would have had.
fn service<'a>(shown: &Shown<'a>) -> Result<&'a Service, Kept> {
    let observed = shown.observed;
    match &observed.service {
        ServiceView::Many(_) => Err(Kept::NotSole),
        ServiceView::Ours(service) if service.id == shown.service_id && observed.as_of >= Some(shown.since) => {
            Ok(service)
        }
        _ => Err(Kept::NotShown),
    }
}

/// All three of them: the third names the object, which must not exist.
fn has_tags_of(service: &Service, owner: &Owner) -> bool {
    owner.tags().iter().all(|(key, value)| service.tags.get(key) == Some(value))
}

/// A time that is not told, or that cannot be read, is none that is late enough.
fn is_younger(service: &Service, kind_since: Timestamp) -> bool {
    let created: Option<Timestamp> = service.create_time.as_deref().and_then(|text| text.parse().ok());
    created.is_some_and(|created| created > kind_since)
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLeading => "this process does not lead",
            Self::WatchSilent => "nothing is heard on the watch of the objects",
            Self::ObjectExists => "its object exists",
            Self::ObjectsNotListed => "the objects were not listed since it was found",
            Self::TooSoon => "it has not been without its object for orphanDeletionDelay yet",
            Self::OwnerUnnamed => "its tag privatelink-operator.object names no object",
            Self::NameTaken => "an object has the name that is in its tag privatelink-operator.object",
            Self::KindGoes => "the CustomResourceDefinition is being deleted or missing",
            Self::ApiServerSilent => "the API server does not say whether its object exists",
            Self::CloudSilent => "the cloud cannot be read",
            Self::NotShown => "the cloud does not show it",
            Self::NotSole => "another service carries the same UID",
            Self::OtherTags => "its tags changed",
            Self::HandedOver => "it carries the tag privatelink-operator.adopt",
            Self::OlderThanKind => "it was created before the CustomResourceDefinition, or does not say when",
            Self::NotActive => "it is not Active",
            Self::ConnectionsUnknown => "its connections are not known",
            Self::Connected => "consumers are connected",
        })
    }
}

#[cfg(test)]
mod tests;
