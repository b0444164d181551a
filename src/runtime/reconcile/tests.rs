use std::future;
use std::sync::Mutex;

use kube::Resource;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;

use super::*;
use crate::crd::VpcEndpointService;
use crate::identity::Target;
use crate::test_support::{FakeServer, context, object};

const ADVANCED: ReconcileOutcome = ReconcileOutcome { requeue: Requeue::OnChange, progress: Progress::Advanced };

/// One object in the store, and what the reconciler was given.
struct Setup {
    server: Arc<FakeServer>,
    context: Arc<Context<VpcEndpointService>>,
    store: Store<VpcEndpointService>,
    given: Arc<Mutex<Vec<String>>>,
    leading: Leading,
}

fn setup(server: FakeServer) -> Setup {
    let server = Arc::new(server);
    let (store, mut writer) = reflector::store();
    writer.apply_watcher_event(&Event::Apply(object("10")));
    Setup {
        context: Arc::clone(&context(&server).runtime),
        server,
        store,
        given: Arc::default(),
        leading: Leading::always(),
    }
}

/// Notes what it was given, and ends like this, once.
struct Once<F> {
    given: Arc<Mutex<Vec<String>>>,
    ended: Mutex<Option<F>>,
}

impl<F> Reconciler for Once<F>
where
    F: Future<Output = Result<ReconcileOutcome, KubernetesError>> + Send + 'static,
{
    type Kind = VpcEndpointService;

    fn reconcile(
        &self,
        object: Arc<VpcEndpointService>,
    ) -> impl Future<Output = Result<ReconcileOutcome, KubernetesError>> + Send {
        self.given.lock().unwrap().push(object.metadata.resource_version.clone().unwrap());
        self.ended.lock().unwrap().take().unwrap()
    }

    fn forget(&self, _: &ObjectId) {}
}

impl Setup {
    /// One reconcile of the object in the store; the reconciler ends like this.
    async fn reconcile<F>(&self, ended: F) -> Action
    where
        F: Future<Output = Result<ReconcileOutcome, KubernetesError>> + Send + 'static,
    {
        let reconciler = Arc::new(Once { given: Arc::clone(&self.given), ended: Mutex::new(Some(ended)) });
        let metrics = self.context.metrics.controller(&VpcEndpointService::kind(&()));
        let worker = Worker {
            reconciler,
            context: Arc::clone(&self.context),
            metrics,
            queue: self.context.metrics.work_queue("VpcEndpointService"),
            store: self.store.clone(),
            leading: self.leading.clone(),
        };
        let stored = self.store.state().first().cloned().unwrap_or_else(|| Arc::new(object("10")));
        worker.run(stored).await
    }

    async fn ends(&self, ended: Result<ReconcileOutcome, KubernetesError>) -> Action {
        self.reconcile(future::ready(ended)).await
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

fn failed(seconds: u64) -> ReconcileOutcome {
    ReconcileOutcome { requeue: back_off(seconds), progress: Progress::Failed(Cause::Other) }
}

fn total(result: &str, count: u32) -> String {
    format!(r#"controller_runtime_reconcile_total{{controller="vpcendpointservice",result="{result}"}} {count}"#)
}

#[tokio::test(start_paused = true)]
async fn while_another_process_leads_nothing_is_reconciled_and_nothing_is_planned() {
    let (leads, told) = tokio::sync::watch::channel(false);
    let setup = Setup { leading: Leading::told(told), ..setup(FakeServer::default()) };
    assert_eq!(setup.ends(Ok(ADVANCED)).await, Action::await_change());
    assert_eq!(setup.driven(), [""; 0]);
    leads.send_replace(true);
    setup.ends(Ok(ADVANCED)).await;
    assert_eq!(setup.driven(), ["10"]);
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_that_is_done_waits_for_a_change() {
    let setup = setup(FakeServer::default());
    assert_eq!(setup.ends(Ok(ADVANCED)).await, Action::await_change());
    assert_eq!(setup.driven(), ["10"]);
    assert!(setup.counts(&total("success", 1)));
    assert_eq!(setup.server.calls(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_that_waits_comes_back_in_time() {
    let setup = setup(FakeServer::default());
    let waits = ReconcileOutcome { requeue: Requeue::After(Duration::from_secs(7)), progress: Progress::Waiting };
    assert_eq!(setup.ends(Ok(waits)).await, Action::requeue(Duration::from_secs(7)));
    assert!(setup.counts(&total("requeue_after", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_that_is_requeued_in_back_off_does_nothing() {
    let setup = setup(FakeServer::default());
    assert_eq!(setup.ends(Ok(failed(60))).await, Action::requeue(Duration::from_mins(1)));
    tokio::time::advance(Duration::from_secs(20)).await;
    assert_eq!(setup.ends(Ok(ADVANCED)).await, Action::requeue(Duration::from_secs(40)));
    assert_eq!(setup.driven(), ["10"]);
    tokio::time::advance(Duration::from_secs(40)).await;
    assert_eq!(setup.ends(Ok(ADVANCED)).await, Action::await_change());
    assert!(setup.counts(&total("error", 1)));
    assert!(setup.counts(&total("success", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_wait_between_two_failures_does_not_begin_the_back_off_again() {
    let setup = setup(FakeServer::default());
    setup.ends(Ok(failed(60))).await;
    tokio::time::advance(Duration::from_mins(1)).await;
    setup.ends(Ok(ReconcileOutcome { requeue: Requeue::OnChange, progress: Progress::Waiting })).await;
    // The entry is still there: an unreachable target would still free it.
    setup.ends(Ok(ReconcileOutcome { requeue: back_off(60), progress: Progress::Failed(unreachable_target()) })).await;
    assert!(setup.is_in_back_off());
    setup.context.back_off.recover(&super::super::backoff::Recovery::Everything);
    assert!(!setup.is_in_back_off());
}

fn unreachable_target() -> Cause {
    Cause::Unreachable(Target { account: "1".into(), region: "cn-hangzhou".into() })
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_the_reconcile_and_nothing_else() {
    let setup = setup(FakeServer::default());
    setup.reconcile(async { std::panic::resume_unwind(Box::new("planned")) }).await;
    assert!(setup.counts(r#"controller_runtime_reconcile_panics_total{controller="vpcendpointservice"} 1"#));
    assert!(setup.counts(&total("error", 1)));
    assert!(setup.counts(r#"controller_runtime_active_workers{controller="vpcendpointservice"} 0"#));
}

#[tokio::test(start_paused = true)]
async fn a_reconcile_that_hangs_is_cut_off_at_its_deadline() {
    let setup = setup(FakeServer::default());
    let began = Instant::now();
    setup.reconcile(future::pending()).await;
    assert_eq!(began.elapsed(), Duration::from_mins(1));
    assert!(setup.counts(&total("error", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_failed_status_write_backs_off() {
    let setup = setup(FakeServer::default());
    let action = setup.ends(Err(KubernetesError::Unavailable("503".into()))).await;
    assert_ne!(action, Action::await_change());
    assert!(setup.counts(&total("error", 1)));
}

#[tokio::test(start_paused = true)]
async fn after_our_own_patch_the_older_copy_of_the_watch_is_not_used() {
    let setup = setup(FakeServer { object: Some(object("12")), ..FakeServer::default() });
    setup.context.freshness.wrote("u-1", "12");
    setup.ends(Ok(ADVANCED)).await;
    assert_eq!(setup.server.calls(), ["read service"]);
    assert_eq!(setup.driven(), ["12"]);
    assert!(setup.counts("privatelink_operator_stale_sync_skips_total 1"));
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_gone_behind_the_watch_gets_no_reconcile() {
    let setup = setup(FakeServer::default());
    setup.context.freshness.wrote("u-1", "12");
    assert_eq!(setup.ends(Ok(ADVANCED)).await, Action::await_change());
    assert_eq!(setup.driven(), [""; 0]);
    assert!(!setup.is_in_back_off());
}

#[tokio::test(start_paused = true)]
async fn what_a_reconcile_notes_of_an_object_that_went_meanwhile_is_forgotten() {
    let mut setup = setup(FakeServer::default());
    setup.store = reflector::store().0;
    setup.ends(Ok(failed(60))).await;
    assert!(!setup.is_in_back_off());
}
