//! Objects come.

use futures::future::try_join_all;
use serde_json::json;

use super::{NAME, Rest, Workload, nothing, ready, spec, until_made, until_ready, until_recorded};

/// How many come at once.
const MANY: usize = 20;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "create",
        about: "an object is applied",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |environment| Box::pin(async move { environment.objects.apply(NAME, &spec()).await }),
        rest: ready,
    },
    Workload {
        name: "twenty",
        about: "twenty objects are applied at once",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                try_join_all(names().iter().map(|name| async { environment.objects.apply(name, &spec()).await }))
                    .await
                    .map(drop)
            })
        },
        rest: || names().into_iter().map(|name| (name, Rest::Ready)).collect(),
    },
    Workload {
        name: "edit-before-create",
        about: "an object is edited as soon as its record is written",
        operators: 1,
        // The edit reaches the Create, or follows it.
        races: 1,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                until_recorded(environment).await?;
                environment.objects.edit(NAME, &json!({"description": "edited"})).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "edit-while-creating",
        about: "an object is edited as soon as its service is there",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                until_made(environment).await?;
                environment.objects.edit(NAME, &json!({"description": "edited", "tags": {"team": "shop"}})).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "two-operators",
        about: "two operators serve the same objects: one comes, is edited, and another comes",
        operators: 2,
        // They know nothing of each other: what one does at a moment, the other may do as well.
        races: 4,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                environment.objects.apply(NAME, &spec()).await?;
                until_made(environment).await?;
                environment.objects.edit(NAME, &json!({"description": "edited"})).await?;
                environment.objects.apply("ledger", &spec()).await?;
                until_ready(environment, NAME).await
            })
        },
        rest: || vec![(NAME.to_owned(), Rest::Ready), ("ledger".to_owned(), Rest::Ready)],
    },
];

fn names() -> Vec<String> {
    (1..=MANY).map(|number| format!("{NAME}-{number}")).collect()
}
