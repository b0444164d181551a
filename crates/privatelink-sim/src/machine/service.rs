//! The endpoint service: `Creating` → `Active` ⇄ `Pending`, both → `Deleting` → gone. There is no failed state.
//!
//! Which writes come through while it is `Pending` is decided elsewhere; those that do begin the change again.

use super::Step;

/// `ServiceStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceStatus {
    Creating,
    Pending,
    Active,
    Deleting,
}

/// What can happen to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServiceEvent {
    /// An update, an attach, a detach.
    Change,
    /// `DeleteVpcEndpointService`.
    Delete,
    /// Removal by whoever stands above the API: works in every status.
    Remove,
    /// The background job is done.
    Settle,
}

impl ServiceStatus {
    pub(crate) fn on(self, event: ServiceEvent) -> Option<Step<Self>> {
        use ServiceEvent::{Change, Delete, Remove, Settle};
        use ServiceStatus::{Active, Creating, Deleting, Pending};
        match (self, event) {
            (Creating | Pending, Settle) => Some(Step::Rest(Active)),
            (Active | Pending, Change) => Some(Step::Busy(Pending)),
            (Active | Pending, Delete) | (Creating | Pending | Active, Remove) => Some(Step::Busy(Deleting)),
            (Deleting, Settle) => Some(Step::Gone),
            (Creating, Change | Delete) | (Active, Settle) | (Deleting, Change | Delete | Remove) => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Deleting => "Deleting",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ServiceEvent::{Change, Delete, Remove, Settle};
    use super::ServiceStatus::{self, Active, Creating, Deleting, Pending};
    use super::Step::{Busy, Gone, Rest};
    use crate::machine::tests::assert_exactly;

    #[test]
    fn a_service_takes_exactly_these_steps() {
        let table = [
            (Creating, Settle, Rest(Active)),
            (Pending, Settle, Rest(Active)),
            (Deleting, Settle, Gone),
            (Active, Change, Busy(Pending)),
            (Pending, Change, Busy(Pending)),
            (Active, Delete, Busy(Deleting)),
            (Pending, Delete, Busy(Deleting)),
            (Creating, Remove, Busy(Deleting)),
            (Pending, Remove, Busy(Deleting)),
            (Active, Remove, Busy(Deleting)),
        ];
        let statuses = [Creating, Pending, Active, Deleting];
        assert_exactly(&statuses, &[Change, Delete, Remove, Settle], &table, ServiceStatus::on);
    }
}
