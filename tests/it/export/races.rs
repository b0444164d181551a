//! Somebody else puts a ConfigMap of their own there at the worst moment: right before a write of the operator arrives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fault_plans::proxy::{Arrival, Interceptor, OnArrival, PassEverything, Side};
use futures::FutureExt;
use futures::future::BoxFuture;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use serde_json::json;

use super::{VERBS, config_map, config_maps, edit, exporting, until_exported, until_told};
use crate::support::proxies::Proxies;
use crate::support::rig::{Rig, Setup};

/// Once, before the first call of this kind is passed on, the ConfigMap `facts` is replaced by somebody's.
struct Swap {
    kind: &'static str,
    config_maps: Api<ConfigMap>,
    is_done: AtomicBool,
}

impl Swap {
    async fn swap(&self) {
        drop(self.config_maps.delete("facts", &DeleteParams::default()).await);
        let theirs = serde_json::from_value(json!({"metadata": {"name": "facts"}, "data": {"serviceId": "theirs"}}));
        self.config_maps.create(&PostParams::default(), &theirs.unwrap()).await.unwrap();
    }
}

impl Interceptor for Swap {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        async {
            if arrival.kind == *self.kind && !self.is_done.swap(true, Ordering::SeqCst) {
                self.swap().await;
            }
            OnArrival::Pass
        }
        .boxed()
    }
}

/// An operator whose first call of this kind comes too late.
async fn swapping(kind: &'static str) -> (Rig, Arc<Swap>, Proxies) {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    rig.grant_config_maps(&VERBS).await;
    let swap = Arc::new(Swap { kind, config_maps: config_maps(&rig), is_done: AtomicBool::new(false) });
    let interceptor = Arc::clone(&swap);
    let proxies = Proxies::start(&rig, move |side| -> Arc<dyn Interceptor> {
        if side == Side::Kubernetes { interceptor.clone() } else { Arc::new(PassEverything) }
    })
    .await;
    rig.start_operator_behind(proxies.kubeconfig(), &proxies.cloud(&rig)).await;
    rig.apply("orders", exporting()).await;
    rig.ready("orders").await;
    (rig, swap, proxies)
}

/// What the swap left is there as it left it, and the object says so.
async fn is_left_alone(rig: &Rig, swap: &Swap) {
    until_told(rig, "the ConfigMap facts exists and does not belong to this object").await;
    assert!(swap.is_done.load(Ordering::SeqCst));
    let found = config_map(rig, "facts").await.unwrap();
    assert_eq!(found.data, Some([("serviceId".to_owned(), "theirs".to_owned())].into()));
    assert_eq!((found.metadata.owner_references, found.metadata.labels), (None, None));
    let managers = found.metadata.managed_fields.unwrap_or_default();
    assert_eq!(managers.len(), 1, "written once: {managers:?}");
}

#[tokio::test]
async fn a_create_that_comes_too_late_overwrites_nothing() {
    let (rig, swap, _proxies) = swapping("POST configmaps").await;
    is_left_alone(&rig, &swap).await;
    rig.end().await;
}

#[tokio::test]
async fn a_change_that_comes_too_late_overwrites_nothing() {
    let (rig, swap, _proxies) = swapping("PATCH configmaps").await;
    until_exported(&rig, "facts").await;
    edit(&rig, json!({"data": {"serviceId": "edited"}})).await;
    is_left_alone(&rig, &swap).await;
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_that_comes_too_late_deletes_nothing() {
    let (rig, swap, _proxies) = swapping("DELETE configmaps").await;
    until_exported(&rig, "facts").await;
    rig.edit("orders", json!({"exportTo": {"configMapName": "other"}})).await;
    until_exported(&rig, "other").await;
    super::until_listed(&rig, &["other"]).await;
    assert!(swap.is_done.load(Ordering::SeqCst));
    assert_eq!(
        config_map(&rig, "facts").await.unwrap().data,
        Some([("serviceId".to_owned(), "theirs".to_owned())].into())
    );
    rig.end().await;
}

/// The answer of the create is lost: the next look finds the object's own.
#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_again() {
    let mut rig = Rig::without_operator(Setup::watchful()).await;
    rig.grant_config_maps(&VERBS).await;
    let proxies = Proxies::start(&rig, |side| -> Arc<dyn Interceptor> {
        if side == Side::Kubernetes { Arc::new(LostAnswer::default()) } else { Arc::new(PassEverything) }
    })
    .await;
    rig.start_operator_behind(proxies.kubeconfig(), &proxies.cloud(&rig)).await;
    rig.apply("orders", exporting()).await;
    rig.ready("orders").await;
    until_exported(&rig, "facts").await;
    edit(&rig, json!({"data": {"serviceId": "edited"}})).await;
    until_exported(&rig, "facts").await;
    super::until_nothing_told(&rig).await;
    assert_eq!(rig.config_map_calls("create"), 1);
    rig.end().await;
}

#[derive(Default)]
struct LostAnswer(AtomicBool);

impl Interceptor for LostAnswer {
    fn answer<'a>(
        &'a self,
        arrival: &'a Arrival,
        _: &'a fault_plans::proxy::Answer,
    ) -> BoxFuture<'a, fault_plans::proxy::OnAnswer> {
        let is_lost = arrival.kind == *"POST configmaps" && !self.0.swap(true, Ordering::SeqCst);
        async move { if is_lost { fault_plans::proxy::OnAnswer::Cut } else { fault_plans::proxy::OnAnswer::Pass } }
            .boxed()
    }
}
