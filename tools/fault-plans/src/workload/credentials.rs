//! The operator comes back with another key.

use serde_json::json;

use super::{NAME, Rest, Workload, make_ready, nothing, ready, spec, until_named};
use crate::settings::Key;
use crate::trouble::Trouble;
use crate::world::World;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "other-key",
        about: "the operator is restarted with another key of the account while a service is being made",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |world| {
            Box::pin(async move {
                world.objects.apply(NAME, &spec()).await?;
                until_named(world).await?;
                restart(world, Key::SameAccount).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "other-account",
        about: "the operator is restarted with the key of another account, and a Ready object is edited",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(async move { make_ready(world, &json!({})).await }),
        act: |world| {
            Box::pin(async move {
                restart(world, Key::OtherAccount).await?;
                world.objects.edit(NAME, &json!({"description": "edited"})).await
            })
        },
        rest: || vec![(NAME.to_owned(), Rest::NotReady("AccountMismatch"))],
    },
];

async fn restart(world: &World, key: Key) -> Result<(), Trouble> {
    match world.operator() {
        Some(seat) => seat.process.restart_with(key).await,
        None => Ok(()),
    }
}
