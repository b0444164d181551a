//! Objects go.

use privatelink_sim::{DEFAULT_CONSUMER, EndpointOrder};
use serde_json::json;

use super::{NAME, Workload, gone, make_ready, nothing, ready, spec, until_gone, until_made, until_recorded};
use crate::story::Actor;
use crate::trouble::Trouble;
use crate::world::{World, object};

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "delete",
        about: "a Ready object is deleted",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(async move { make_ready(world, &json!({})).await }),
        act: |world| Box::pin(async move { world.objects.delete(NAME).await }),
        rest: gone,
    },
    Workload {
        name: "delete-before-create",
        about: "an object is deleted as soon as its record is written",
        operators: 1,
        // A service is made and taken apart, or none ever was.
        races: 4,
        prepare: nothing,
        act: |world| {
            Box::pin(async move {
                world.objects.apply(NAME, &spec()).await?;
                until_recorded(world).await?;
                world.objects.delete(NAME).await
            })
        },
        rest: gone,
    },
    Workload {
        name: "delete-while-creating",
        about: "an object is deleted as soon as its service is there",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |world| {
            Box::pin(async move {
                world.objects.apply(NAME, &spec()).await?;
                until_made(world).await?;
                world.objects.delete(NAME).await
            })
        },
        rest: gone,
    },
    Workload {
        name: "anew",
        about: "a Ready object is deleted, and another of its name is applied as soon as it is gone",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(async move { make_ready(world, &json!({})).await }),
        act: |world| {
            Box::pin(async move {
                world.objects.delete(NAME).await?;
                until_gone(world, NAME).await?;
                world.objects.apply(NAME, &spec()).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "retain",
        about: "a Ready object whose service is to outlive it is deleted",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(async move { make_ready(world, &json!({"deletionPolicy": "Retain"})).await }),
        act: |world| Box::pin(async move { world.objects.delete(NAME).await }),
        rest: gone,
    },
    Workload {
        name: "connected",
        about: "a Ready object is deleted while a consumer is connected, who leaves when the object says so",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(connect(world)),
        act: |world| Box::pin(delete_connected(world)),
        rest: gone,
    },
];

/// A Ready object, and a consumer that is connected to its service.
async fn connect(world: &World) -> Result<(), Trouble> {
    make_ready(world, &json!({"autoAcceptEnabled": true, "allowedPrincipals": [DEFAULT_CONSUMER]})).await?;
    for service in world.services() {
        let refused = |reason| Trouble::Cloud { what: "connect a consumer", reason };
        let id =
            world.simulator.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, &service.id)).map_err(refused)?;
        world.story.tell(Actor::User, format!("a consumer connects by {id}"));
    }
    world
        .until_cloud("the consumer is connected", |_| {
            world.simulator.endpoints().iter().all(|endpoint| endpoint.connection_status == "Connected")
        })
        .await
}

async fn delete_connected(world: &World) -> Result<(), Trouble> {
    world.objects.delete(NAME).await?;
    let is_blocked = |object: &serde_json::Value| object::is_not_ready(object, "DeletionBlocked");
    world.until("the deletion is blocked", |shown| shown.get(NAME).is_some_and(is_blocked)).await?;
    for endpoint in world.simulator.endpoints() {
        world.story.tell(Actor::User, format!("the consumer deletes {}", endpoint.id));
        world.simulator.delete_endpoint(&endpoint.id);
    }
    Ok(())
}
