//! Objects go.

use serde_json::json;

use super::consumers::connect;
use super::{NAME, Workload, gone, make_ready, nothing, ready, spec, until_gone, until_made, until_recorded};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::harness::object;
use crate::timeline::Actor;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "delete",
        about: "a Ready object is deleted",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({})).await }),
        act: |environment| Box::pin(async move { environment.objects.delete(NAME).await }),
        rest: gone,
    },
    Workload {
        name: "delete-before-create",
        about: "an object is deleted as soon as its record is written",
        operators: 1,
        // A service is made and taken apart, or none ever was.
        races: 4,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                until_recorded(environment).await?;
                environment.objects.delete(NAME).await
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
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                until_made(environment).await?;
                environment.objects.delete(NAME).await
            })
        },
        rest: gone,
    },
    Workload {
        name: "anew",
        about: "a Ready object is deleted, and another of its name is applied as soon as it is gone",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({})).await }),
        act: |environment| {
            Box::pin(async move {
                environment.objects.delete(NAME).await?;
                until_gone(environment, NAME).await?;
                environment.objects.apply(NAME, &spec()).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "retain",
        about: "a Ready object whose service is to outlive it is deleted",
        operators: 1,
        races: 0,
        prepare: |environment| {
            Box::pin(async move { make_ready(environment, &json!({"deletionPolicy": "Retain"})).await })
        },
        act: |environment| Box::pin(async move { environment.objects.delete(NAME).await }),
        rest: gone,
    },
    Workload {
        name: "connected",
        about: "a Ready object is deleted while a consumer is connected, who leaves when the object says so",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { connect(environment, &json!({})).await }),
        act: |environment| Box::pin(delete_connected(environment)),
        rest: gone,
    },
];

async fn delete_connected(environment: &Environment) -> Result<(), HarnessError> {
    environment.objects.delete(NAME).await?;
    let is_blocked = |object: &serde_json::Value| object::is_not_ready(object, "DeletionBlocked");
    environment.until("the deletion is blocked", |shown| shown.get(NAME).is_some_and(is_blocked)).await?;
    for endpoint in environment.simulator.endpoints() {
        environment.timeline.tell(Actor::User, format!("the consumer deletes {}", endpoint.id));
        environment.simulator.delete_endpoint(&endpoint.id);
    }
    Ok(())
}
