//! Somebody deletes the service in the cloud.

use privatelink_sim::ServiceView;
use serde_json::{Value, json};

use super::{NAME, Rest, Workload, make_ready, ready};
use crate::story::Actor;
use crate::trouble::Trouble;
use crate::world::{World, object};

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "gone",
        about: "the service of a Ready object is deleted in the cloud, and none is to follow",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(async move { make_ready(world, &json!({})).await }),
        act: |world| Box::pin(async move { delete_outside(world).await.map(drop) }),
        rest: || vec![(NAME.to_owned(), Rest::NotReady("ServiceGone"))],
    },
    Workload {
        name: "recreate",
        about: "the service of a Ready object is deleted in the cloud, and another is to follow",
        operators: 1,
        races: 0,
        prepare: |world| Box::pin(async move { make_ready(world, &json!({"whenGone": "Recreate"})).await }),
        act: |world| Box::pin(see_another(world)),
        rest: ready,
    },
];

/// Until the object names another service than the one that was deleted.
async fn see_another(world: &World) -> Result<(), Trouble> {
    let deleted = delete_outside(world).await?;
    let is_other = |object: &Value| object::service_id(object).is_some_and(|id| !deleted.iter().any(|gone| gone == id));
    world.until("the object has another service", |shown| shown.get(NAME).is_some_and(is_other)).await
}

/// Gives the ids of what it deleted, once that is gone.
async fn delete_outside(world: &World) -> Result<Vec<String>, Trouble> {
    let ids: Vec<_> = world.services().into_iter().map(|service| service.id).collect();
    for id in &ids {
        world.story.tell(Actor::User, format!("deletes {id} in the cloud's console"));
        world.simulator.delete_service(id);
    }
    let is_left = |service: &ServiceView| ids.contains(&service.id);
    world.until_cloud("the service is gone", |services| !services.iter().any(is_left)).await?;
    Ok(ids)
}
