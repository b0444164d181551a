//! One zone of an endpoint: it follows the connection as a whole, and can be cut, accepted and moved by itself.

use super::Step;

/// `ZoneStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneStatus {
    Creating,
    /// Waiting for the connection.
    Wait,
    Connecting,
    Connected,
    Disconnecting,
    Disconnected,
    Deleting,
    /// On its way to another resource.
    Migrating,
    /// At another resource, while the old one still serves its old flows.
    Migrated,
}

/// What can happen to a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZoneEvent {
    /// The zone, or the whole connection, is accepted.
    Accept,
    /// The zone, or the whole connection, is cut.
    Cut,
    /// It moves to another resource and lets the old one finish.
    Migrate,
    /// It moves to another resource at once.
    Replace,
    /// What the old resource still served is closed.
    Finish,
    /// `RemoveZoneFromVpcEndpoint`, or the endpoint goes.
    Remove,
    /// The service is gone.
    ServiceGone,
    /// The background job is done, and the connection of the endpoint is live. Where the old side of a migration closes by itself, that
    /// is a job too.
    SettleLive,
    /// The background job is done, and the connection of the endpoint is not live.
    Settle,
}

impl ZoneStatus {
    pub(crate) fn on(self, event: ZoneEvent) -> Option<Step<Self>> {
        use ZoneEvent::{Accept, Cut, Finish, Migrate, Remove, Replace, ServiceGone, Settle, SettleLive};
        use ZoneStatus::{
            Connected, Connecting, Creating, Deleting, Disconnected, Disconnecting, Migrated, Migrating, Wait,
        };
        match (self, event) {
            (Deleting, Settle | SettleLive) => Some(Step::Gone),
            (Deleting, _) => None,
            (_, Remove) => Some(Step::Busy(Deleting)),
            (_, ServiceGone) | (Disconnecting, Settle | SettleLive) => Some(Step::Rest(Disconnected)),
            (Creating, Settle) => Some(Step::Rest(Wait)),
            (Creating, SettleLive) | (Connecting | Migrated, Settle | SettleLive) | (Migrated, Finish) => {
                Some(Step::Rest(Connected))
            }
            (Wait | Disconnected, Accept) | (Connected | Migrated, Replace) => Some(Step::Busy(Connecting)),
            (Connected | Migrating | Migrated, Cut) => Some(Step::Busy(Disconnecting)),
            (Connected | Migrated, Migrate) => Some(Step::Busy(Migrating)),
            (Migrating, Settle | SettleLive) => Some(Step::Rest(Migrated)),
            (_, Accept | Cut | Migrate | Replace | Finish | Settle | SettleLive) => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Wait => "Wait",
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::Disconnecting => "Disconnecting",
            Self::Disconnected => "Disconnected",
            Self::Deleting => "Deleting",
            Self::Migrating => "Migrating",
            Self::Migrated => "Migrated",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ZoneEvent::{self, Accept, Cut, Finish, Migrate, Remove, Replace, ServiceGone, Settle, SettleLive};
    use super::ZoneStatus::{
        self, Connected, Connecting, Creating, Deleting, Disconnected, Disconnecting, Migrated, Migrating, Wait,
    };
    use crate::machine::Step::{Busy, Gone, Rest};
    use crate::machine::tests::assert_exactly;

    const LIVING: [ZoneStatus; 8] =
        [Creating, Wait, Connecting, Connected, Disconnecting, Disconnected, Migrating, Migrated];

    #[test]
    fn a_zone_takes_exactly_these_steps() {
        let mut table = vec![
            (Creating, Settle, Rest(Wait)),
            (Creating, SettleLive, Rest(Connected)),
            (Wait, Accept, Busy(Connecting)),
            (Disconnected, Accept, Busy(Connecting)),
            (Connected, Cut, Busy(Disconnecting)),
            (Migrating, Cut, Busy(Disconnecting)),
            (Migrated, Cut, Busy(Disconnecting)),
            (Connected, Migrate, Busy(Migrating)),
            (Migrated, Migrate, Busy(Migrating)),
            (Connected, Replace, Busy(Connecting)),
            (Migrated, Replace, Busy(Connecting)),
            (Migrated, Finish, Rest(Connected)),
        ];
        for settle in [Settle, SettleLive] {
            table.push((Connecting, settle, Rest(Connected)));
            table.push((Disconnecting, settle, Rest(Disconnected)));
            table.push((Migrating, settle, Rest(Migrated)));
            table.push((Migrated, settle, Rest(Connected)));
            table.push((Deleting, settle, Gone));
        }
        table.extend(LIVING.map(|status| (status, Remove, Busy(Deleting))));
        table.extend(LIVING.map(|status| (status, ServiceGone, Rest(Disconnected))));
        let statuses: Vec<_> = LIVING.into_iter().chain([Deleting]).collect();
        let events: [ZoneEvent; 9] = [Accept, Cut, Migrate, Replace, Finish, Remove, ServiceGone, Settle, SettleLive];
        assert_exactly(&statuses, &events, &table, ZoneStatus::on);
    }
}
