//! Which load balancers a service has, where the spec does not say it by their ids, and how they are used.

use serde_json::{Value, json};

use super::{NAME, Workload, make_ready, ready};
use crate::environment::Environment;
use crate::error::HarnessError;
use crate::settings::ZONES;

/// The Service of every workload that has one.
const SERVICE: &str = "web";

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "service-ref",
        about: "an object is applied that publishes the load balancer of a Service",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { environment.balance(SERVICE, "nlb-1").await }),
        act: |environment| Box::pin(async move { environment.objects.apply(NAME, &referring()).await }),
        rest: ready,
    },
    Workload {
        name: "service-changes",
        about: "the Service of a Ready object gets another load balancer",
        operators: 1,
        races: 0,
        prepare: |environment| {
            Box::pin(async move {
                environment.balance(SERVICE, "nlb-1").await?;
                make_ready(environment, &referring()).await
            })
        },
        act: |environment| Box::pin(change(environment)),
        rest: ready,
    },
    Workload {
        name: "kept-back",
        about: "one of two load balancers of a Ready object leaves the allocation",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &two(true)).await }),
        act: |environment| Box::pin(async move { environment.objects.edit(NAME, &two(false)).await }),
        rest: ready,
    },
    Workload {
        name: "regions",
        about: "a Ready object closes one region and opens another",
        operators: 1,
        races: 0,
        prepare: |environment| {
            Box::pin(async move { make_ready(environment, &json!({"supportedRegions": ["cn-beijing"]})).await })
        },
        act: |environment| {
            Box::pin(async move { environment.objects.edit(NAME, &json!({"supportedRegions": ["cn-shanghai"]})).await })
        },
        rest: ready,
    },
];

fn referring() -> Value {
    json!({"serviceResourceType": "nlb", "resources": [{"serviceRef": {"name": SERVICE}, "zoneIds": ZONES}]})
}

fn two(is_second_allocated: bool) -> Value {
    json!({"resources": [
        {"resourceId": "nlb-1", "zoneIds": ZONES},
        {"resourceId": "nlb-2", "zoneIds": ZONES, "autoAllocatedEnabled": is_second_allocated},
    ]})
}

/// Until the new one serves every zone alone.
async fn change(environment: &Environment) -> Result<(), HarnessError> {
    environment.balance(SERVICE, "nlb-2").await?;
    environment
        .until_cloud("the new load balancer is the only one", |services| {
            let mut attached = services.iter().flat_map(|service| &service.attachments).peekable();
            attached.peek().is_some() && attached.all(|resource| resource.resource_id == "nlb-2")
        })
        .await
}
