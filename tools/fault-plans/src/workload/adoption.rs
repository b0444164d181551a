//! An object takes over a service that it did not make.

use serde_json::json;

use super::{NAME, Rest, Workload, ready, spec_with};
use crate::environment::Environment;
use crate::error::HarnessError;

/// An object that is no more.
const FORMER_UID: &str = "0f0e0d0c-0000-4000-8000-000000000002";

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "adopt",
        about: "an object is applied that adopts a service, which was given to it in the cloud",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(give(environment)),
        act: |environment| Box::pin(adopt(environment)),
        rest: ready,
    },
    Workload {
        name: "adopt-refused",
        about: "an object is applied that adopts a service, which nobody in the cloud gave to it",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { environment.make_service(&[]).await }),
        act: |environment| Box::pin(adopt(environment)),
        rest: || vec![(NAME.to_owned(), Rest::NotReady("AdoptionRefused"))],
    },
    Workload {
        name: "take-over",
        about: "an object is applied whose service is there already, from the object of its name before",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(leave(environment)),
        act: |environment| {
            Box::pin(async move {
                let spec = spec_with(&json!({"description": "intake", "whenFormerExists": "TakeOver"}));
                environment.objects.apply(NAME, &spec).await
            })
        },
        rest: ready,
    },
];

/// Somebody with rights in the cloud gives a service to the object.
async fn give(environment: &Environment) -> Result<(), HarnessError> {
    let object = environment.object_tag();
    environment.make_service(&[("privatelink-operator.adopt", object.as_str())]).await
}

async fn adopt(environment: &Environment) -> Result<(), HarnessError> {
    for service in environment.services() {
        let fields = json!({"description": "intake", "adopt": {"serviceId": service.id}});
        environment.objects.apply(NAME, &spec_with(&fields)).await?;
    }
    Ok(())
}

/// A service as an object leaves it whose finalizer was taken off by hand.
async fn leave(environment: &Environment) -> Result<(), HarnessError> {
    let object = environment.object_tag();
    let tags = [("privatelink-operator.uid", FORMER_UID), ("privatelink-operator.object", object.as_str())];
    environment.make_service(&tags).await
}
