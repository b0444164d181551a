//! Details: attachments and principals, which no list shows, are looked at again by themselves and when a person asks.

use std::time::Duration;

use kube::api::{Patch, PatchParams};
use privatelink_operator::crd::{AttachmentState, VpcEndpointService};
use privatelink_sim::{AttachmentId, ServiceChange, ServiceView};
use serde_json::json;

use crate::support::rig::{Rig, Setup, is_ready, nlb_spec, status};

const REQUEST: &str = "privatelink.alibabacloud.com/reconcile-requested-at";
const RESOURCES: &str = "ListVpcEndpointServiceResources";
const USERS: &str = "ListVpcEndpointServiceUsers";
const FRIEND: &str = "2000000000000002";
const STRANGER: i64 = 3_000_000_000_000_003;

/// The usual setup, with details read again twice a second.
fn watchful() -> Setup {
    let mut setup = Setup::watchful();
    setup.timing.insert("detailsRefreshPeriod", Duration::from_millis(500));
    setup
}

async fn ready(rig: &Rig) -> ServiceView {
    let mut spec = nlb_spec();
    spec["allowedPrincipals"] = json!([FRIEND]);
    rig.apply("orders", spec).await;
    rig.ready("orders").await;
    rig.service().await
}

/// An account is added in the console, and the only load balancer is detached there.
fn tampered(service: &ServiceView) -> ServiceChange {
    let detach = service.attachments.iter().map(|attachment| AttachmentId {
        resource_id: attachment.resource_id.clone(),
        zone_id: attachment.zone_id.clone(),
    });
    ServiceChange { add_users: vec![STRANGER], detach: detach.collect(), ..ServiceChange::default() }
}

fn is_attached(object: &VpcEndpointService) -> bool {
    let resources = status(object).resources;
    resources.len() == 2 && resources.iter().all(|resource| resource.state == Some(AttachmentState::Attached))
}

async fn until_restored(rig: &Rig, before: &ServiceView) {
    let is_as_before = |service: &ServiceView| {
        let keys = |service: &ServiceView| {
            let keys = service.attachments.iter().map(|found| (found.resource_id.clone(), found.zone_id.clone()));
            keys.collect::<std::collections::BTreeSet<_>>()
        };
        service.users == before.users && keys(service) == keys(before)
    };
    rig.cloud("as it was", |services| services.iter().all(is_as_before)).await;
    rig.until("orders", "Ready and attached", |object| is_ready(object) && is_attached(object)).await;
}

#[tokio::test]
async fn what_the_console_did_to_attachments_and_principals_is_made_good_within_a_period() {
    let rig = Rig::with(watchful()).await;
    let before = ready(&rig).await;
    rig.simulator.admin.change_service(&before.id, &tampered(&before)).await.unwrap();
    until_restored(&rig, &before).await;
    rig.end().await;
}

#[tokio::test]
async fn what_happened_while_nobody_looked_is_found_after_a_restart() {
    let mut rig = Rig::with(watchful()).await;
    let before = ready(&rig).await;
    rig.kill_operator();
    rig.simulator.admin.change_service(&before.id, &tampered(&before)).await.unwrap();
    rig.start_operator().await;
    until_restored(&rig, &before).await;
    rig.end().await;
}

#[tokio::test]
async fn the_annotation_asks_for_a_look_at_everything_at_once() {
    let rig = Rig::with(Setup::default()).await;
    let before = ready(&rig).await;
    // For as long as lists may lag, what was sent with the Create stands in for what is read.
    rig.until_listed(2).await;
    rig.simulator.admin.change_service(&before.id, &tampered(&before)).await.unwrap();
    let annotation = json!({"metadata": {"annotations": {REQUEST: "2026-11-30T04:00:00Z"}}});
    rig.objects().patch("orders", &PatchParams::default(), &Patch::Merge(&annotation)).await.unwrap();
    until_restored(&rig, &before).await;
    let looked = |object: &VpcEndpointService| status(object).last_refresh_time.is_some();
    rig.until("orders", "said to have been looked at", looked).await;
    rig.end().await;
}

#[tokio::test]
async fn looking_again_at_what_is_as_it_was_writes_nothing() {
    let rig = Rig::with(watchful()).await;
    ready(&rig).await;
    let reads = rig.calls(RESOURCES).await.len();
    rig.until_calls(RESOURCES, reads + 1).await;
    let (writes, effects) = (rig.kubernetes_writes().len(), rig.effects().await);
    let (resources, users) = (rig.calls(RESOURCES).await.len(), rig.calls(USERS).await.len());
    rig.until_calls(RESOURCES, resources + 4).await;
    rig.until_calls(USERS, users + 7).await;
    assert_eq!((rig.kubernetes_writes().len(), rig.effects().await), (writes, effects));
    rig.end().await;
}
