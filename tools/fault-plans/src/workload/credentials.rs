//! The operator comes back with another key.

use serde_json::json;

use super::{NAME, Rest, Workload, make_ready, nothing, ready, spec, until_named};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::settings::Key;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "other-key",
        about: "the operator is restarted with another key of the account while a service is being made",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                until_named(environment).await?;
                restart(environment, Key::SameAccount).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "other-account",
        about: "the operator is restarted with the key of another account, and a Ready object is edited",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({})).await }),
        act: |environment| {
            Box::pin(async move {
                restart(environment, Key::OtherAccount).await?;
                environment.objects.edit(NAME, &json!({"description": "edited"})).await
            })
        },
        rest: || vec![(NAME.to_owned(), Rest::NotReady("AccountMismatch"))],
    },
];

async fn restart(environment: &Environment, key: Key) -> Result<(), HarnessError> {
    match environment.operator() {
        Some(instance) => instance.process.restart_with(key).await,
        None => Ok(()),
    }
}
