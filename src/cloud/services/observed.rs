//! What is known of one object's service, typed, with its unknown parts named. Pure data: the inventory gives it, the
//! pure steps read it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Connections, Details, Field, Service};
use crate::cloud::inventory::observed as generic;
pub use crate::cloud::inventory::observed::{
    AttemptEnd, CreateAttempt, FieldFailure, FieldFailureKind, NamedId, Proof, Refresh, Refusal,
};
use crate::cloud::load_balancers::Seen;
use crate::names::UID_TAG;

/// Which service, if any, belongs to the object.
pub type ServiceView = generic::Ownership<Service>;

/// Attachments and principals, as they were read since the object's generation was first seen.
pub type DetailsView = generic::DetailsView<Details>;

/// What this process itself did and saw.
pub type OwnHistory = generic::OwnHistory<Field>;

/// Everything that the operator knows of the cloud side of one object, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// When the newest complete list of the services began; `None` before the first.
    pub as_of: Option<Timestamp>,
    pub service: ServiceView,
    pub details: DetailsView,
    /// The connections of the service; `None` until they were asked for.
    pub connections: Option<Connections>,
    pub own: OwnHistory,
    /// The account and region cannot be read: the error of the newest list, if it failed.
    pub list_error: Option<cloud_core::Error>,
    /// The same for the connections, while somebody waits for a list of them.
    pub connections_error: Option<cloud_core::Error>,
    /// The newest read of attachments and principals that the inventory made by itself failed.
    pub details_error: Option<cloud_core::Error>,
    pub refresh: Refresh,
    /// What is known of the load balancers that the object asks about.
    pub load_balancers: Seen,
    /// The service that is shown carries the UID of an object that is known to exist no more.
    pub is_owner_gone: bool,
}

impl Observed {
    /// The UID of the object that the service on offer belongs to, or belonged to: it is not this object's.
    pub fn earlier_owner(&self) -> Option<&str> {
        match &self.service {
            ServiceView::Former(service) | ServiceView::ToAdopt(service) => {
                service.tags.get(UID_TAG).map(String::as_str)
            }
            _ => None,
        }
    }

    /// The same with what is known of the load balancers. A person's request for a look at everything is answered when they were read, too.
    #[must_use]
    pub fn with_load_balancers(self, load_balancers: Seen) -> Self {
        let had_at = self.refresh.had_at.filter(|_| !load_balancers.is_outstanding);
        Self { refresh: Refresh { had_at, ..self.refresh }, load_balancers, ..self }
    }

    /// The principals, where they are known.
    pub fn principals(&self) -> Option<&BTreeSet<String>> {
        match &self.details {
            DetailsView::Known(view) => view.principals.as_ref(),
            DetailsView::Unknown => None,
        }
    }
}
