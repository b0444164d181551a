//! What no document says about a connection that moves to another load balancer.

use serde::{Deserialize, Serialize};

use super::Switch;

/// Decisions about `UpdateVpcEndpointZoneConnectionResourceAttribute` and what follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Migration {
    /// The code for an account without the privilege. Default `ZoneOperationDenied`, the only one of the page that could mean it.
    pub refusal: String,
    /// Which resource a zone shows while it is `Migrating`. Default `new`.
    pub shows: MigratingShows,
    /// What closes the old side of a zone that is `Migrated`. Default `call`.
    pub ends: MigrationEnds,
    /// Whether `RelatedEndpointCount` counts the endpoints of `RelatedDeprecatedEndpointCount` as well. Default off.
    pub departed_are_related: Switch,
    /// What `DisableVpcEndpointZoneConnection` with `ReplacedResource` does to a zone that has not migrated. Default `refused`.
    pub close_without_migration: CloseWithoutMigration,
}

impl Default for Migration {
    fn default() -> Self {
        Self {
            refusal: "ZoneOperationDenied".to_owned(),
            shows: MigratingShows::New,
            ends: MigrationEnds::Call,
            departed_are_related: Switch::Off,
            close_without_migration: CloseWithoutMigration::Refused,
        }
    }
}

/// Which resource a zone shows while it is `Migrating`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MigratingShows {
    /// The one that it moves to; the old one is the replaced one already.
    New,
    /// The one that it moves away from, and no replaced one.
    Old,
}

/// What closes the old side of a zone that is `Migrated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MigrationEnds {
    /// `DisableVpcEndpointZoneConnection` with `ReplacedResource`.
    Call,
    /// That call, or time: as long again as the migration took.
    ByItself,
}

/// What closing the old side of a zone does where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseWithoutMigration {
    /// `IncorrectStatus.VpcEndpointZone`.
    Refused,
    /// It cuts the zone, as the call without the parameter does.
    Cuts,
}
