use std::future;
use std::sync::Mutex;

use jiff::Timestamp;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;
use privatelink::Operation;

use super::*;
use crate::cloud::inventory::{DetailsQuery, Query};
use crate::cloud::scheduler::{Content, Request};
use crate::identity::{ObjectId, Owner, Target};
use crate::test_support::{FakeServer, context, object};

const ADVANCED: Passed = Passed { requeue: Requeue::OnChange, progress: Progress::Advanced };

/// A world with one object in the store, and what the driver was given.
struct World {
    server: Arc<FakeServer>,
    context: Arc<Context>,
    store: Store<VpcEndpointService>,
    given: Arc<Mutex<Vec<String>>>,
}

fn world(server: FakeServer) -> World {
    let server = Arc::new(server);
    let (store, mut writer) = reflector::store();
    writer.apply_watcher_event(&Event::Apply(object("10")));
    World { context: context(&server), server, store, given: Arc::default() }
}

impl World {
    /// One pass of the object in the store; the driver ends like this.
    async fn pass<F>(&self, ended: F) -> Action
    where
        F: Future<Output = Result<Passed, KubernetesError>>,
    {
        let given = Arc::clone(&self.given);
        let driver = async move |object: Arc<VpcEndpointService>, _| {
            given.lock().unwrap().push(object.metadata.resource_version.clone().unwrap());
            ended.await
        };
        let stored = self.store.state().first().cloned().unwrap_or_else(|| Arc::new(object("10")));
        let ended = run(stored, Arc::clone(&self.context), self.store.clone(), driver).await;
        ended.unwrap_or_else(|never| match never {})
    }

    async fn ends(&self, ended: Result<Passed, KubernetesError>) -> Action {
        self.pass(future::ready(ended)).await
    }

    /// The resource versions that the driver was given.
    fn driven(&self) -> Vec<String> {
        self.given.lock().unwrap().clone()
    }

    fn counts(&self, sample: &str) -> bool {
        self.context.metrics.encode().unwrap().lines().any(|line| line == sample)
    }

    fn is_in_back_off(&self) -> bool {
        let key = ObjectKey::of(&object("10"));
        self.context.back_off.gate(&key.id(), &Revision::of(&object("10")), self.context.clock.now()) != Gate::Open
    }
}

fn back_off(seconds: u64) -> Requeue {
    Requeue::BackOff { at_least: Duration::from_secs(seconds) }
}

fn failed(seconds: u64) -> Passed {
    Passed { requeue: back_off(seconds), progress: Progress::Failed(Cause::Other) }
}

fn total(result: &str, count: u32) -> String {
    format!(r#"controller_runtime_reconcile_total{{controller="vpcendpointservice",result="{result}"}} {count}"#)
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_is_done_waits_for_a_change() {
    let world = world(FakeServer::default());
    assert_eq!(world.ends(Ok(ADVANCED)).await, Action::await_change());
    assert_eq!(world.driven(), ["10"]);
    assert!(world.counts(&total("success", 1)));
    assert_eq!(world.server.calls(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_waits_comes_back_in_time() {
    let world = world(FakeServer::default());
    let waits = Passed { requeue: Requeue::After(Duration::from_secs(7)), progress: Progress::Waiting };
    assert_eq!(world.ends(Ok(waits)).await, Action::requeue(Duration::from_secs(7)));
    assert!(world.counts(&total("requeue_after", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_is_woken_in_back_off_does_nothing() {
    let world = world(FakeServer::default());
    assert_eq!(world.ends(Ok(failed(60))).await, Action::requeue(Duration::from_mins(1)));
    tokio::time::advance(Duration::from_secs(20)).await;
    assert_eq!(world.ends(Ok(ADVANCED)).await, Action::requeue(Duration::from_secs(40)));
    assert_eq!(world.driven(), ["10"]);
    tokio::time::advance(Duration::from_secs(40)).await;
    assert_eq!(world.ends(Ok(ADVANCED)).await, Action::await_change());
    assert!(world.counts(&total("error", 1)));
    assert!(world.counts(&total("success", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_wait_between_two_failures_does_not_begin_the_back_off_anew() {
    let world = world(FakeServer::default());
    world.ends(Ok(failed(60))).await;
    tokio::time::advance(Duration::from_mins(1)).await;
    world.ends(Ok(Passed { requeue: Requeue::OnChange, progress: Progress::Waiting })).await;
    // The entry is still there: an unreachable target would still free it.
    world.ends(Ok(Passed { requeue: back_off(60), progress: Progress::Failed(unreachable_target()) })).await;
    assert!(world.is_in_back_off());
    world.context.back_off.recover(&super::super::backoff::Recovery::Everything);
    assert!(!world.is_in_back_off());
}

fn unreachable_target() -> Cause {
    Cause::Unreachable(Target { account: "1".into(), region: "cn-hangzhou".into() })
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_the_pass_and_nothing_else() {
    let world = world(FakeServer::default());
    world.pass(async { std::panic::resume_unwind(Box::new("planned")) }).await;
    assert!(world.counts(r#"controller_runtime_reconcile_panics_total{controller="vpcendpointservice"} 1"#));
    assert!(world.counts(&total("error", 1)));
    assert!(world.counts(r#"controller_runtime_active_workers{controller="vpcendpointservice"} 0"#));
}

#[tokio::test(start_paused = true)]
async fn a_pass_that_hangs_is_cut_off_at_its_deadline() {
    let world = world(FakeServer::default());
    let began = Instant::now();
    world.pass(future::pending()).await;
    assert_eq!(began.elapsed(), Duration::from_mins(1));
    assert!(world.counts(&total("error", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_failed_status_write_backs_off() {
    let world = world(FakeServer::default());
    let action = world.ends(Err(KubernetesError::Unavailable("503".into()))).await;
    assert_ne!(action, Action::await_change());
    assert!(world.counts(&total("error", 1)));
}

#[tokio::test(start_paused = true)]
async fn after_our_own_patch_the_older_copy_of_the_watch_is_not_used() {
    let world = world(FakeServer { object: Some(object("12")), ..FakeServer::default() });
    world.context.freshness.wrote("u-1", "12");
    world.ends(Ok(ADVANCED)).await;
    assert_eq!(world.server.calls(), ["read service"]);
    assert_eq!(world.driven(), ["12"]);
    assert!(world.counts("privatelink_operator_stale_sync_skips_total 1"));
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_behind_the_watch_gets_no_pass() {
    let world = world(FakeServer::default());
    world.context.freshness.wrote("u-1", "12");
    assert_eq!(world.ends(Ok(ADVANCED)).await, Action::await_change());
    assert_eq!(world.driven(), [""; 0]);
    assert!(!world.is_in_back_off());
}

#[tokio::test(start_paused = true)]
async fn what_a_pass_notes_of_an_object_that_went_meanwhile_is_forgotten() {
    let mut world = world(FakeServer::default());
    world.store = reflector::store().0;
    world.ends(Ok(failed(60))).await;
    assert!(!world.is_in_back_off());
}

#[tokio::test(start_paused = true)]
async fn nothing_names_an_object_once_it_is_forgotten() {
    let context = context(&Arc::default());
    let ids: Vec<ObjectId> = (0..100)
        .map(|number| ObjectId {
            namespace: "team".to_owned(),
            name: format!("gone-{number}"),
            uid: format!("gone-uid-{number}"),
        })
        .collect();
    let account = context.accounts.at(&Target { account: "1".to_owned(), region: "cn-hangzhou".to_owned() }).unwrap();
    let mut turns = Vec::new();
    for id in &ids {
        let owner = Owner { cluster: "test".to_owned(), uid: id.uid.clone(), object: format!("team.{}", id.name) };
        let requested_at = Some("now");
        let details = DetailsQuery { requested_at, ..DetailsQuery::default() };
        let query = Query { id, owner: &owner, generation: 1, named: None, record: None, details };
        account.inventory.observed(&query);
        account.inventory.wish_services(id, Timestamp::UNIX_EPOCH);
        account.inventory.wish_connections(id, Timestamp::UNIX_EPOCH);
        let operation = Operation::UpdateVpcEndpointServiceAttribute;
        let request = Request { operation, service_id: Some("epsrv-1"), content: Content::default() };
        turns.push(account.lanes.ask(id, request));
        let revision = Revision { generation: 1, requested_at: None };
        context.back_off.fail(id, revision, Cause::Other, Duration::ZERO, context.clock.now());
        context.freshness.wrote(&id.uid, "7");
        assert!(context.place(id).await.account.is_ok());
    }
    drop(turns);
    let named = |id: &ObjectId| format!("{context:?}").matches(&format!("\"{}\"", id.uid)).count();
    assert!(named(&ids[7]) >= 6, "the test sees what is remembered");
    for id in &ids {
        context.forget(id);
    }
    assert!(!format!("{context:?}").contains("gone-"), "{context:#?}");
}
