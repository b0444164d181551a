//! Orphans for the tests of this room.

use super::sightings::Orphan;
use crate::cloud::inventory::Owned;
use crate::identity::Target;

/// One of `team.orders`.
pub(super) fn orphan(id: &str) -> Orphan {
    Orphan {
        target: Target { account: "1000000000000001".to_owned(), region: "cn-hangzhou".to_owned() },
        service: Owned { id: id.to_owned(), uid: format!("uid-{id}"), object: "team.orders".to_owned() },
    }
}
