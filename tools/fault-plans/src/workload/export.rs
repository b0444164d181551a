//! What consumers need to know is exported to a ConfigMap.

use serde_json::{Value, json};

use super::{NAME, Workload, make_ready, ready};
use crate::environment::{Environment, FOREIGN_CONFIG_MAP};
use crate::error::HarnessError;
use crate::harness::object;

/// The ConfigMap that the object exports to at first, and the one in the end.
const FIRST: &str = "facts";
const LAST: &str = "details";

pub(super) const ALL: &[Workload] = &[Workload {
    name: "export",
    about: "a Ready object that exports to a ConfigMap names that of somebody else, and then another one",
    operators: 1,
    races: 0,
    prepare: |environment| Box::pin(export(environment)),
    act: |environment| Box::pin(rename(environment)),
    rest: ready,
}];

fn to(name: &str) -> Value {
    json!({"exportTo": {"configMapName": name}})
}

async fn export(environment: &Environment) -> Result<(), HarnessError> {
    make_ready(environment, &to(FIRST)).await?;
    until_there(environment, FIRST).await
}

/// The earlier one stays until its successor is there, which a ConfigMap of somebody else never is.
async fn rename(environment: &Environment) -> Result<(), HarnessError> {
    environment.objects.edit(NAME, &to(FOREIGN_CONFIG_MAP)).await?;
    environment.until("the operator has looked at it", |shown| shown.get(NAME).is_some_and(has_met_it)).await?;
    environment.objects.edit(NAME, &to(LAST)).await?;
    until_there(environment, LAST).await?;
    let is_gone = "the earlier ConfigMap is gone";
    environment.until_config_maps(is_gone, |config_maps| !config_maps.contains_key(FIRST)).await?;
    // What is written to the status of it comes after it.
    let is_listed = |shown: &Value| shown["status"]["exportedConfigMaps"] == json!([LAST]);
    environment.until("the status lists the new one alone", |shown| shown.get(NAME).is_some_and(is_listed)).await
}

async fn until_there(environment: &Environment, name: &str) -> Result<(), HarnessError> {
    let what = format!("the ConfigMap {name} is there");
    environment.until_config_maps(&what, |config_maps| config_maps.contains_key(name)).await
}

/// It says that the ConfigMap is somebody else's, or takes it for its own, which the oracles then find.
fn has_met_it(shown: &Value) -> bool {
    let told = format!("the ConfigMap {FOREIGN_CONFIG_MAP} exists");
    let is_told = object::ready(shown).is_some_and(|(_, _, message)| message.contains(&told));
    let exported = shown["status"]["exportedConfigMaps"].as_array();
    let is_taken = exported.is_some_and(|names| names.iter().any(|name| name == FOREIGN_CONFIG_MAP));
    object::is_ready(shown) && (is_told || is_taken)
}
