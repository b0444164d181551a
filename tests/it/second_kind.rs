//! A second kind, of a few lines, runs on the same runtime, inventory and write scheduler as the first: nothing there knows what it reconciles,
//! lists or sends.
//!
//! The kind is a `Bucket` of some size in a product of its own, in memory; its definition and its objects are on the real API server.

mod bucket;
mod cloud;
mod support;

use std::time::Duration;

use cloud_core::Rate;
use kube::api::{Patch, PatchParams};
use privatelink_operator::cloud::scheduler::Rates;
use privatelink_operator::names::FINALIZER;
use serde_json::json;

use self::bucket::crd::ready;
use self::cloud::{CREATE, Outage};
use self::support::{Rig, Settings, target};

const NAME: &str = "photos";
const OTHERS: [&str; 2] = ["songs", "texts"];
/// Several times what a requeued object waits for its reconcile.
const QUIET: Duration = Duration::from_millis(300);

/// A back-off that is longer than any test: only a recovery or an edit ends it.
fn unreachable_for_long() -> Settings {
    Settings { retry_after: Duration::from_hours(1), ..Settings::default() }
}

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
    assert_eq!(rig.cloud.writes(), ["CreateBucket", "ResizeBucket"]);
    rig.stop().await;
}

#[tokio::test]
async fn while_the_cloud_fails_the_object_backs_off_and_its_status_says_so() {
    let rig = Rig::start().await;
    rig.cloud.break_off(Outage::Everything);
    rig.apply(NAME, 1).await;
    let object = rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    assert_eq!(ready(&object).unwrap().status, "False");
    rig.until_counted(r#"controller_runtime_reconcile_errors_total{controller="bucket"}"#, 2).await;
    rig.cloud.break_off(Outage::Nothing);
    rig.until_ready(NAME).await;
    assert_eq!(rig.cloud.writes(), ["CreateBucket"]);
    rig.stop().await;
}

#[tokio::test]
async fn a_recovery_ends_the_back_off_of_those_who_could_not_reach_their_target() {
    let rig = Rig::start_with(unreachable_for_long()).await;
    rig.cloud.break_off(Outage::Writes);
    rig.apply(NAME, 1).await;
    rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    rig.cloud.break_off(Outage::Nothing);
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
async fn the_first_good_list_is_a_recovery() {
    let rig = Rig::start_with(unreachable_for_long()).await;
    rig.cloud.break_off(Outage::Everything);
    rig.apply(NAME, 1).await;
    rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    rig.cloud.break_off(Outage::Nothing);
    rig.until_ready(NAME).await;
    assert_eq!(rig.cloud.writes(), ["CreateBucket"]);
    rig.stop().await;
}

#[tokio::test]
async fn what_somebody_else_changed_in_the_cloud_is_found_by_the_list_and_set_right() {
    let rig = Rig::start().await;
    rig.apply(NAME, 1).await;
    rig.until_ready(NAME).await;
    rig.cloud.change_sizes(9);
    rig.until_sizes(&[1]).await;
    assert_eq!(rig.cloud.writes(), ["CreateBucket", "ResizeBucket"]);
    rig.stop().await;
}

#[tokio::test]
async fn writes_of_several_objects_keep_to_the_rate_and_the_order_of_their_operation() {
    let per = Duration::from_millis(400);
    let rates = Rates::documented().with(CREATE, Rate { calls: 1, per });
    let rig = Rig::start_with(Settings { rates, ..Settings::default() }).await;
    let names = [[NAME].as_slice(), &OTHERS].concat();
    for size in [1, 2] {
        for name in &names {
            rig.apply(name, size).await;
        }
        for name in &names {
            rig.until_ready(name).await;
        }
        assert_eq!(rig.cloud.sizes(), [size; 3]);
    }
    let created = rig.cloud.began(CREATE);
    assert!(created.windows(2).all(|pair| pair[1].duration_since(pair[0]) >= per), "{created:?}");
    assert_eq!((created.len(), rig.cloud.most_resizing()), (3, 1), "no two resizes of the account at a time");
    rig.stop().await;
}

#[tokio::test]
async fn a_call_that_was_refused_is_not_sent_again_before_an_edit() {
    let rig = Rig::start().await;
    rig.apply(NAME, 1_000).await;
    rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    for _ in 0..3 {
        rig.requeue(NAME).await;
        tokio::time::sleep(QUIET).await;
    }
    assert_eq!(rig.cloud.refusals(), 1);
    rig.apply(NAME, 1).await;
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
    assert_eq!((object.status.unwrap().size, rig.cloud.writes()), (Some(1), vec!["CreateBucket"]));
    rig.stop().await;
}

#[tokio::test]
async fn a_deleted_object_goes_once_the_cloud_is_empty_and_not_before() {
    let rig = Rig::start().await;
    rig.apply(NAME, 1).await;
    rig.until_ready(NAME).await;
    rig.cloud.break_off(Outage::Everything);
    rig.delete(NAME).await;
    let marked = rig.until(NAME, |object| ready(object).is_some_and(|ready| ready.reason == "CloudError")).await;
    assert_eq!((marked.metadata.finalizers, rig.cloud.sizes()), (Some(vec![FINALIZER.to_owned()]), vec![1]));
    rig.cloud.break_off(Outage::Nothing);
    rig.until_gone(NAME).await;
    assert_eq!((rig.cloud.sizes(), rig.cloud.writes()), (vec![], vec!["CreateBucket", "DeleteBucket"]));
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
