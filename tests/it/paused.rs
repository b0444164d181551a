//! An operator is stopped between its record and its Create, as by a machine that is starved or moved, and wakes up when another one has long
//! done its work. It does not know that, and for a moment sees nothing that could tell it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, OnArrival, OnEvent, Proxy, WatchEvent};
use futures::FutureExt;
use futures::future::BoxFuture;
use privatelink_sim::Call;
use tokio::sync::watch;

use crate::support::proxies::Proxies;
use crate::support::rig::{LIST_SERVICES, Rig, Setup, is_applied, nlb_spec, status};

const CREATE: &str = "CreateVpcEndpointService";
const RECORD: &str = "PATCH vpcendpointservices";
/// The read of the object right before a Create.
const LAST_READ: &str = "GET vpcendpointservices";

/// The provider remembers a token for no longer than it must.
const TOKEN: Duration = Duration::from_secs(1);

/// How far the author of the record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Working,
    /// Its record is stored; nobody has told it yet.
    Recorded,
    /// It has heard that its record is stored. What it knew before is all that it sees.
    Heard,
    /// Nothing is kept from it any more.
    Sees,
}

/// Between the author and both sides.
struct Curtain(watch::Sender<Stage>);

impl Curtain {
    fn reach(&self, stage: Stage) {
        self.0.send_replace(stage);
    }

    async fn reached(&self, stage: Stage) {
        self.0.subscribe().wait_for(|now| *now >= stage).await.expect("it has its sender");
    }
}

impl Interceptor for Curtain {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        async {
            if arrival.kind == LIST_SERVICES && *self.0.borrow() != Stage::Working {
                self.reached(Stage::Sees).await;
            }
            OnArrival::Pass
        }
        .boxed()
    }

    fn answer<'a>(&'a self, arrival: &'a Arrival, _: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        async {
            if arrival.kind == RECORD && *self.0.borrow() == Stage::Working {
                self.reach(Stage::Recorded);
                self.reached(Stage::Heard).await;
            }
            OnAnswer::Pass
        }
        .boxed()
    }

    /// It may hear of its own record, not of what others made of it, nor of what they made under it.
    fn event<'a>(&'a self, _: &'a Arrival, event: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        async {
            let line = String::from_utf8_lossy(&event.line);
            if line.contains("takenOver") || line.contains("serviceId") {
                self.reached(Stage::Sees).await;
            }
            OnEvent::Pass
        }
        .boxed()
    }
}

fn calls(proxy: &Proxy, kind: &str) -> usize {
    proxy.calls().iter().filter(|call| call.kind == *kind).count()
}

/// Waits until the author has made so many calls of this kind in all.
async fn until_called(rig: &Rig, proxy: &Proxy, kind: &str, times: usize) {
    let what = format!("the author has called {kind} {times} times");
    rig.poll(&what, async || calls(proxy, kind), |found| *found >= times).await;
}

/// The Creates that made something.
async fn made(rig: &Rig) -> Vec<Call> {
    rig.calls(CREATE).await.into_iter().filter(is_applied).collect()
}

fn setup() -> Setup {
    let mut setup = Setup::default();
    setup.simulator.tokens.retention = TOKEN;
    // However long the pause takes on a loaded machine, the author is to hear of its record.
    let patient = [("kubernetesCallDeadline", Duration::from_mins(5)), ("reconcileDeadline", Duration::from_mins(5))];
    let short = [("createWindow", Duration::from_millis(500)), ("cloudCallDeadline", Duration::from_secs(1))];
    setup.timing.extend(short.into_iter().chain(patient));
    setup
}

#[tokio::test]
async fn an_author_that_was_paused_before_its_create_makes_no_second_service() {
    let mut rig = Rig::without_operator(setup()).await;
    let curtain = Arc::new(Curtain(watch::Sender::new(Stage::Working)));
    let author = Proxies::start(&rig, |_| curtain.clone()).await;
    rig.start_operator_behind(author.kubeconfig(), &author.cloud(&rig)).await;
    rig.apply("orders", nlb_spec()).await;
    curtain.reached(Stage::Recorded).await;
    rig.operator().pause().await.unwrap();
    assert_eq!(rig.calls(CREATE).await, []);

    rig.start_another_operator().await;
    let ready = rig.ready("orders").await;
    let made_before = Instant::now();
    rig.poll("the token is forgotten", async || made_before.elapsed(), |age| *age > TOKEN).await;

    assert_eq!(calls(&author.kubernetes, LAST_READ), 0);
    curtain.reach(Stage::Heard);
    rig.operator().resume().unwrap();
    until_called(&rig, &author.kubernetes, LAST_READ, 1).await;
    curtain.reach(Stage::Sees);
    until_called(&rig, &author.cloud, LIST_SERVICES, calls(&author.cloud, LIST_SERVICES) + 3).await;

    assert_eq!(calls(&author.cloud, CREATE), 0, "what the author sent");
    assert_eq!(made(&rig).await.len(), 1);
    let id = Some(rig.service().await.id);
    assert_eq!((status(&ready).service_id, status(&rig.ready("orders").await).service_id), (id.clone(), id));
    rig.end().await;
}
