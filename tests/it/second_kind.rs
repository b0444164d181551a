//! A second kind, of a few lines, runs on the same runtime as the first: nothing in `runtime` and `kubernetes` knows what it reconciles.
//!
//! The kind is a `Bucket` of some size in a cloud in memory; its definition and its objects are on the real API server.

mod bucket;
mod cloud;
mod support;

use std::time::Duration;

use kube::api::{Patch, PatchParams};
use privatelink_operator::names::FINALIZER;
use serde_json::json;

use self::bucket::crd::ready;
use self::cloud::Refusal;
use self::support::{Rig, target};

const NAME: &str = "photos";
/// Several times what a requeued object waits for its reconcile.
const QUIET: Duration = Duration::from_millis(300);

#[tokio::test]
async fn an_object_becomes_ready_and_an_edit_reaches_the_cloud() {
    let rig = Rig::start().await;
    rig.apply(NAME, 1).await;
    let object = rig.until_ready(NAME).await;
    assert_eq!(object.metadata.finalizers, Some(vec![FINALIZER.to_owned()]));
    assert_eq!((rig.cloud.sizes(), object.status.unwrap().size), (vec![1], Some(1)));
    assert_eq!(rig.events().await, ["BucketCreated"]);

    rig.apply(NAME, 2).await;
    let object = rig.until_ready(NAME).await;
    assert_eq!((rig.cloud.sizes(), object.status.unwrap().size), (vec![2], Some(2)));
    assert_eq!(rig.cloud.writes(), ["create", "resize"]);
    rig.stop().await;
}

#[tokio::test]
async fn while_the_cloud_fails_the_object_backs_off_and_its_status_says_so() {
    let rig = Rig::start().await;
    rig.cloud.refuse(Some(Refusal { retry_after: Duration::ZERO }));
    rig.apply(NAME, 1).await;
    let object = rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    assert_eq!(ready(&object).unwrap().status, "False");
    rig.until_counted(r#"controller_runtime_reconcile_errors_total{controller="bucket"}"#, 2).await;
    rig.cloud.refuse(None);
    rig.until_ready(NAME).await;
    assert_eq!(rig.cloud.writes(), ["create"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_recovery_ends_the_back_off_of_those_who_could_not_reach_their_target() {
    let rig = Rig::start().await;
    // Longer than any test: only a recovery or an edit ends it.
    rig.cloud.refuse(Some(Refusal { retry_after: Duration::from_hours(1) }));
    rig.apply(NAME, 1).await;
    rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    rig.cloud.refuse(None);
    rig.until_counted(r#"controller_runtime_reconcile_errors_total{controller="bucket"}"#, 1).await;
    rig.requeue(NAME).await;
    // Nothing announces what must not happen: it is looked for over a stated time.
    tokio::time::sleep(QUIET).await;
    assert_eq!(rig.cloud.writes(), [""; 0], "a requeue does not shorten it");
    rig.recovered(&target());
    rig.until_ready(NAME).await;
    rig.stop().await;
}

#[tokio::test]
async fn a_status_that_somebody_else_wrote_is_set_right() {
    let rig = Rig::start().await;
    rig.apply(NAME, 1).await;
    let before = rig.until_ready(NAME).await.status;
    let forged = json!({"status": {"size": 999, "owner": "mallory"}});
    rig.objects.patch_status(NAME, &PatchParams::default(), &Patch::Merge(&forged)).await.unwrap();
    let object = rig.until(NAME, |object| object.status == before).await;
    assert_eq!((object.status.unwrap().size, rig.cloud.writes()), (Some(1), vec!["create"]));
    rig.stop().await;
}

#[tokio::test]
async fn a_deleted_object_goes_once_the_cloud_is_empty_and_not_before() {
    let rig = Rig::start().await;
    rig.apply(NAME, 1).await;
    rig.until_ready(NAME).await;
    rig.cloud.refuse(Some(Refusal { retry_after: Duration::ZERO }));
    rig.delete(NAME).await;
    let marked = rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    assert_eq!((marked.metadata.finalizers, rig.cloud.sizes()), (Some(vec![FINALIZER.to_owned()]), vec![1]));
    rig.cloud.refuse(None);
    rig.until_gone(NAME).await;
    assert_eq!((rig.cloud.sizes(), rig.cloud.writes()), (vec![], vec!["create", "delete"]));
    rig.until_forgotten().await;
    rig.stop().await;
}

#[tokio::test]
async fn a_reconcile_that_panics_is_counted_and_the_next_goes_on() {
    let rig = Rig::start().await;
    rig.cloud.panic_once();
    rig.apply(NAME, 1).await;
    rig.until_ready(NAME).await;
    rig.until_counted(r#"controller_runtime_reconcile_panics_total{controller="bucket"}"#, 1).await;
    rig.stop().await;
}
