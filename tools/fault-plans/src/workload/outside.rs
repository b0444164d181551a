//! Somebody deletes the service in the cloud.

use privatelink_sim::ServiceView;
use serde_json::{Value, json};

use super::{NAME, Rest, Workload, make_ready, ready};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::harness::object;
use crate::timeline::Actor;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "gone",
        about: "the service of a Ready object is deleted in the cloud, and none is to follow",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({})).await }),
        act: |environment| Box::pin(async move { delete_outside(environment).await.map(drop) }),
        rest: || vec![(NAME.to_owned(), Rest::NotReady("ServiceGone"))],
    },
    Workload {
        name: "recreate",
        about: "the service of a Ready object is deleted in the cloud, and another is to follow",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({"whenGone": "Recreate"})).await }),
        act: |environment| Box::pin(see_another(environment)),
        rest: ready,
    },
];

/// Until the object names another service than the one that was deleted.
async fn see_another(environment: &Environment) -> Result<(), HarnessError> {
    let deleted = delete_outside(environment).await?;
    let is_other = |object: &Value| object::service_id(object).is_some_and(|id| !deleted.iter().any(|gone| gone == id));
    environment.until("the object has another service", |shown| shown.get(NAME).is_some_and(is_other)).await
}

/// Gives the ids of what it deleted, once that is gone.
async fn delete_outside(environment: &Environment) -> Result<Vec<String>, HarnessError> {
    let ids: Vec<_> = environment.services().into_iter().map(|service| service.id).collect();
    for id in &ids {
        environment.timeline.tell(Actor::User, format!("deletes {id} in the cloud's console"));
        environment.simulator.delete_service(id);
    }
    let is_left = |service: &ServiceView| ids.contains(&service.id);
    environment.until_cloud("the service is gone", |services| !services.iter().any(is_left)).await?;
    Ok(ids)
}
