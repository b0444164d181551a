//! Objects change.

use privatelink_sim::DEFAULT_CONSUMER;
use serde_json::json;

use super::{NAME, PARTNER, Workload, make_ready, nothing, ready};
use crate::settings::ZONES;

pub(super) const ALL: &[Workload] = &[
    Workload {
        name: "attributes",
        about: "description, switch, tags and resource group of a Ready object change",
        operators: 1,
        races: 0,
        prepare: |environment| {
            Box::pin(async move { make_ready(environment, &json!({"tags": {"team": "shop", "tier": "1"}})).await })
        },
        act: |environment| {
            Box::pin(async move {
                let change = json!({
                    "description": "edited", "zoneAffinityEnabled": true, "resourceGroupId": "rg-shop",
                    "tags": {"team": "orders", "tier": null},
                });
                environment.objects.edit(NAME, &change).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "resources",
        about: "the load balancer of a Ready object is replaced in both zones",
        operators: 1,
        races: 0,
        prepare: |environment| Box::pin(async move { make_ready(environment, &json!({})).await }),
        act: |environment| {
            Box::pin(async move {
                let change = json!({"resources": [{"resourceId": "nlb-2", "zoneIds": ZONES}]});
                environment.objects.edit(NAME, &change).await
            })
        },
        rest: ready,
    },
    Workload {
        name: "principals",
        about: "one principal of a Ready object is replaced by another",
        operators: 1,
        races: 0,
        prepare: |environment| {
            Box::pin(async move { make_ready(environment, &json!({"allowedPrincipals": [DEFAULT_CONSUMER]})).await })
        },
        act: |environment| {
            Box::pin(async move { environment.objects.edit(NAME, &json!({"allowedPrincipals": [PARTNER]})).await })
        },
        rest: ready,
    },
    Workload {
        name: "whole",
        about: "an object comes with all that a create call cannot carry",
        operators: 1,
        races: 0,
        prepare: nothing,
        act: |environment| {
            Box::pin(async move {
                let fields = json!({
                    "description": "intake", "autoAcceptEnabled": true, "zoneAffinityEnabled": true,
                    "allowedPrincipals": [DEFAULT_CONSUMER, PARTNER], "tags": {"team": "shop"},
                });
                environment.objects.apply(NAME, &super::spec_with(&fields)).await
            })
        },
        rest: ready,
    },
];
