//! A resource of a service, or a security group of an endpoint. For resources the API shows no status: an attachment is in
//! the list or it is not, some time after the call.

use super::Step;

/// Where an attachment is between the call and the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttachmentStatus {
    /// Attached, not yet listed.
    Attaching,
    /// Attached and listed.
    Attached,
    /// Detached, still listed.
    Detaching,
}

/// What can happen to an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttachmentEvent {
    /// `DetachResourceFromVpcEndpointService`, `DetachSecurityGroupFromVpcEndpoint`.
    Detach,
    /// The background job is done.
    Settle,
}

impl AttachmentStatus {
    pub(crate) fn on(self, event: AttachmentEvent) -> Option<Step<Self>> {
        use AttachmentEvent::{Detach, Settle};
        use AttachmentStatus::{Attached, Attaching, Detaching};
        match (self, event) {
            (Attaching, Settle) => Some(Step::Rest(Attached)),
            (Attaching | Attached, Detach) => Some(Step::Busy(Detaching)),
            (Detaching, Settle) => Some(Step::Gone),
            (Attached, Settle) | (Detaching, Detach) => None,
        }
    }

    /// `SecurityGroupStatus`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Attaching => "Attaching",
            Self::Attached => "Attached",
            Self::Detaching => "Detaching",
        }
    }

    /// Whether `ListVpcEndpointServiceResources` shows it.
    pub(crate) fn is_listed(self) -> bool {
        self != Self::Attaching
    }

    /// Whether the service has it, listed or not.
    pub(crate) fn is_held(self) -> bool {
        self != Self::Detaching
    }
}

#[cfg(test)]
mod tests {
    use super::AttachmentEvent::{Detach, Settle};
    use super::AttachmentStatus::{self, Attached, Attaching, Detaching};
    use super::Step::{Busy, Gone, Rest};
    use crate::machine::tests::assert_exactly;

    #[test]
    fn an_attachment_takes_exactly_these_steps() {
        let table = [
            (Attaching, Settle, Rest(Attached)),
            (Attaching, Detach, Busy(Detaching)),
            (Attached, Detach, Busy(Detaching)),
            (Detaching, Settle, Gone),
        ];
        assert_exactly(&[Attaching, Attached, Detaching], &[Detach, Settle], &table, AttachmentStatus::on);
    }
}
