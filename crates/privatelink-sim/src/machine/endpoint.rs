//! The consumer's endpoint: `Creating` → `Active` → `Deleting` → gone.

use super::Step;

/// `EndpointStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointStatus {
    Creating,
    Active,
    Deleting,
}

/// What can happen to an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EndpointEvent {
    /// `DeleteVpcEndpoint`.
    Delete,
    /// Removal by whoever stands above the API: works in every status.
    Remove,
    /// The background job is done.
    Settle,
}

impl EndpointStatus {
    pub(crate) fn on(self, event: EndpointEvent) -> Option<Step<Self>> {
        use EndpointEvent::{Delete, Remove, Settle};
        use EndpointStatus::{Active, Creating, Deleting};
        match (self, event) {
            (Creating, Settle) => Some(Step::Rest(Active)),
            (Active, Delete) | (Creating | Active, Remove) => Some(Step::Busy(Deleting)),
            (Deleting, Settle) => Some(Step::Gone),
            (Creating, Delete) | (Active, Settle) | (Deleting, Delete | Remove) => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Active => "Active",
            Self::Deleting => "Deleting",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EndpointEvent::{Delete, Remove, Settle};
    use super::EndpointStatus::{self, Active, Creating, Deleting};
    use super::Step::{Busy, Gone, Rest};
    use crate::machine::tests::assert_exactly;

    #[test]
    fn an_endpoint_takes_exactly_these_steps() {
        let table = [
            (Creating, Settle, Rest(Active)),
            (Active, Delete, Busy(Deleting)),
            (Creating, Remove, Busy(Deleting)),
            (Active, Remove, Busy(Deleting)),
            (Deleting, Settle, Gone),
        ];
        assert_exactly(&[Creating, Active, Deleting], &[Delete, Remove, Settle], &table, EndpointStatus::on);
    }
}
