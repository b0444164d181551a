//! What must be waited for because of the state that a service is in, whether it is to be changed or deleted.

use privatelink::ServiceStatus;

use super::{Look, Next, Wait};
use crate::cloud::services::Service;

/// The provider deletes it: nothing can be changed on it any more.
pub(in super::super) fn deleting(service: &Service) -> Option<Next> {
    (service.status == ServiceStatus::Deleting).then(|| Next::wait(Wait::ServiceDeleted))
}

/// After a change of ours a lagging list still says Active: wait for Get to say so.
pub(in super::super) fn settling(service: &Service) -> Option<Next> {
    service.settling.then(|| {
        let look = Look::Service { service_id: service.id.clone() };
        Next { look: Some(look), ..Next::wait(Wait::ServiceActive(service.status.clone())) }
    })
}

/// The provider takes changes of an Active service only.
pub(in super::super) fn not_active(service: &Service) -> Option<Next> {
    (service.status != ServiceStatus::Active).then(|| Next::wait(Wait::ServiceActive(service.status.clone())))
}
