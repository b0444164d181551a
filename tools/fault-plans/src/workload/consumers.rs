//! Consumers ask for a connection, are let in, and are cut off.

use privatelink_sim::{ConnectionChange, DEFAULT_CONSUMER, EndpointOrder};
use serde_json::{Value, json};

use super::{NAME, PARTNER, Workload, gone, make_ready, ready};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::timeline::Actor;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "answer",
        about: "a Ready object gets connection rules: of two that ask, one is let in and one refused",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(ask_twice(environment)),
        act: |environment| Box::pin(answer(environment)),
        rest: ready,
    },
    Workload {
        name: "no-longer-allowed",
        about: "a Ready object gets connection rules that cut off who is connected",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(connect_outside(environment)),
        act: |environment| Box::pin(cut_off(environment)),
        rest: ready,
    },
    Workload {
        name: "disconnect",
        about: "a Ready object is deleted while consumers are connected, and cuts them off",
        operators: 1,
        races: 0,
        prepare: |environment| {
            Box::pin(async move { connect(environment, &json!({"whenConnected": "Disconnect"})).await })
        },
        act: |environment| Box::pin(async move { environment.objects.delete(NAME).await }),
        rest: gone,
    },
];

/// A Ready object with these fields that accepts whoever asks, and a consumer that is connected to its service.
pub(super) async fn connect(environment: &Environment, fields: &Value) -> Result<(), HarnessError> {
    let mut accepting = json!({"autoAcceptEnabled": true, "allowedPrincipals": [DEFAULT_CONSUMER]});
    if let (Some(all), Some(fields)) = (accepting.as_object_mut(), fields.as_object()) {
        all.extend(fields.clone());
    }
    make_ready(environment, &accepting).await?;
    ask(environment, DEFAULT_CONSUMER)?;
    until_connections(environment, &[(DEFAULT_CONSUMER, "Connected")]).await
}

async fn ask_twice(environment: &Environment) -> Result<(), HarnessError> {
    make_ready(environment, &json!({"allowedPrincipals": [DEFAULT_CONSUMER, PARTNER]})).await?;
    ask(environment, DEFAULT_CONSUMER)?;
    ask(environment, PARTNER)?;
    until_connections(environment, &[(DEFAULT_CONSUMER, WAITS), (PARTNER, WAITS)]).await
}

async fn answer(environment: &Environment) -> Result<(), HarnessError> {
    let rules = json!([{"accountId": DEFAULT_CONSUMER, "action": "Accept"}]);
    environment.objects.edit(NAME, &json!({"connections": {"default": "Reject", "rules": rules}})).await?;
    until_connections(environment, &[(DEFAULT_CONSUMER, "Connected"), (PARTNER, WAITS)]).await
}

/// Somebody accepts the consumer in the console.
async fn connect_outside(environment: &Environment) -> Result<(), HarnessError> {
    make_ready(environment, &json!({"allowedPrincipals": [DEFAULT_CONSUMER]})).await?;
    ask(environment, DEFAULT_CONSUMER)?;
    until_connections(environment, &[(DEFAULT_CONSUMER, WAITS)]).await?;
    let accepted = ConnectionChange { accepted: Some(true), ..ConnectionChange::default() };
    for endpoint in environment.simulator.endpoints() {
        environment.simulator.change_connection(&endpoint.id, &accepted);
    }
    until_connections(environment, &[(DEFAULT_CONSUMER, "Connected")]).await
}

async fn cut_off(environment: &Environment) -> Result<(), HarnessError> {
    let rules = json!({"default": "Reject", "whenNoLongerAllowed": "Disconnect"});
    environment.objects.edit(NAME, &json!({ "connections": rules })).await?;
    until_connections(environment, &[(DEFAULT_CONSUMER, WAITS)]).await
}

/// How a request looks that waits for an answer, and a connection that was cut off.
const WAITS: &str = "Disconnected";

/// A consumer of that account asks for a connection to every service.
fn ask(environment: &Environment, account: &str) -> Result<(), HarnessError> {
    for service in environment.services() {
        let refused = |reason| HarnessError::Cloud { what: "connect a consumer", reason };
        let id = environment.simulator.create_endpoint(&EndpointOrder::new(account, &service.id)).map_err(refused)?;
        environment.timeline.tell(Actor::User, format!("a consumer of {account} connects by {id}"));
    }
    Ok(())
}

/// Waits until the connections of the accounts are in these states.
async fn until_connections(environment: &Environment, wanted: &[(&str, &str)]) -> Result<(), HarnessError> {
    let is_in = |(account, state): &(&str, &str)| {
        let endpoints = environment.simulator.endpoints();
        let mut of_account = endpoints.iter().filter(|endpoint| endpoint.account == *account).peekable();
        of_account.peek().is_some() && of_account.all(|endpoint| endpoint.connection_status == *state)
    };
    environment.until_cloud("the connections are as wanted", |_| wanted.iter().all(is_in)).await
}
