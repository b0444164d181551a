//! The consumer's endpoint: `Creating` → `Active` ⇄ `Pending`, `Active` → `Deleting` → gone.

use super::Step;

/// `EndpointStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointStatus {
    Creating,
    Active,
    /// Its security groups change.
    Pending,
    Deleting,
}

/// What can happen to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointEvent {
    /// `AttachSecurityGroupToVpcEndpoint`, `DetachSecurityGroupFromVpcEndpoint`.
    Change,
    /// `DeleteVpcEndpoint`.
    Delete,
    /// Removal by whoever stands above the API: works in every status.
    Remove,
    /// The background job is done.
    Settle,
}

impl EndpointStatus {
    pub(crate) fn on(self, event: EndpointEvent) -> Option<Step<Self>> {
        use EndpointEvent::{Change, Delete, Remove, Settle};
        use EndpointStatus::{Active, Creating, Deleting, Pending};
        match (self, event) {
            (Creating | Pending, Settle) => Some(Step::Rest(Active)),
            (Active, Change) => Some(Step::Busy(Pending)),
            (Active, Delete) | (Creating | Active | Pending, Remove) => Some(Step::Busy(Deleting)),
            (Deleting, Settle) => Some(Step::Gone),
            (Creating | Pending, Change | Delete) | (Active, Settle) | (Deleting, Change | Delete | Remove) => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Deleting => "Deleting",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EndpointEvent::{Change, Delete, Remove, Settle};
    use super::EndpointStatus::{self, Active, Creating, Deleting, Pending};
    use super::Step::{Busy, Gone, Rest};
    use crate::machine::tests::assert_exactly;

    #[test]
    fn an_endpoint_takes_exactly_these_steps() {
        let table = [
            (Creating, Settle, Rest(Active)),
            (Active, Change, Busy(Pending)),
            (Pending, Settle, Rest(Active)),
            (Active, Delete, Busy(Deleting)),
            (Pending, Remove, Busy(Deleting)),
            (Creating, Remove, Busy(Deleting)),
            (Active, Remove, Busy(Deleting)),
            (Deleting, Settle, Gone),
        ];
        let statuses = [Creating, Active, Pending, Deleting];
        assert_exactly(&statuses, &[Change, Delete, Remove, Settle], &table, EndpointStatus::on);
    }
}
