//! Answers of the API server that never come, one kind of call after the other. Nothing waits for ever, and who asks is told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, OnArrival, OnEvent, Side, WatchEvent};
use futures::FutureExt;
use futures::future::BoxFuture;
use kube::api::{Patch, PatchParams};
use privatelink_operator::crd::VpcEndpointService;
use serde_json::json;
use tokio::sync::watch;

use crate::support::proxies::Proxies;
use crate::support::rig::{Rig, Setup, is_ready, nlb_spec, status};

const LIST: &str = "LIST vpcendpointservices";
const WATCH: &str = "WATCH vpcendpointservices";

/// Longer than any deadline of the tests' operators, and far below the minute and a half that a person would bear.
const BACK_WITHIN: Duration = Duration::from_secs(20);

/// What is kept from the operator.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    /// Calls of these kinds get no answer.
    calls: &'static [&'static str],
    /// Watches that are open say nothing.
    events: bool,
}

/// Swallows answers. What it keeps back is never delivered, as on a connection that a node has forgotten.
struct Swallow(watch::Sender<Kept>);

impl Swallow {
    fn new(kept: Kept) -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(kept)))
    }

    fn keep(&self, calls: &'static [&'static str]) {
        self.0.send_replace(Kept { calls, events: false });
    }

    fn keep_events(&self) {
        self.0.send_replace(Kept { calls: &[], events: true });
    }

    fn pass(&self) {
        self.0.send_replace(Kept::default());
    }
}

impl Interceptor for Swallow {
    fn arrival<'a>(&'a self, arrival: &'a Arrival) -> BoxFuture<'a, OnArrival> {
        let is_kept = self.0.borrow().calls.iter().any(|kind| arrival.kind == *kind);
        async move { if is_kept { OnArrival::Silence } else { OnArrival::Pass } }.boxed()
    }

    fn answer<'a>(&'a self, _: &'a Arrival, _: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        async { OnAnswer::Pass }.boxed()
    }

    /// One that is kept is kept for good, and everything behind it; the next watch begins again.
    fn event<'a>(&'a self, _: &'a Arrival, _: &'a WatchEvent) -> BoxFuture<'a, OnEvent> {
        let is_kept = self.0.borrow().events;
        async move { if is_kept { OnEvent::Hold(Duration::from_hours(1)) } else { OnEvent::Pass } }.boxed()
    }
}

/// A second for every call and two for a watch, so that five seconds without a word are too many.
async fn rig() -> Rig {
    let mut setup = Setup::default();
    setup.timing.extend([("kubernetesCallDeadline", Duration::from_secs(1)), ("watchTimeout", Duration::from_secs(2))]);
    Rig::without_operator(setup).await
}

async fn start(rig: &mut Rig, swallow: &Arc<Swallow>) -> Proxies {
    let interceptor = Arc::clone(swallow);
    let interceptor = move |side: Side| -> Arc<dyn Interceptor> {
        if side == Side::Kubernetes { interceptor.clone() } else { Arc::new(fault_plans::proxy::PassEverything) }
    };
    let proxies = Proxies::start(rig, interceptor).await;
    rig.start_operator_behind(proxies.kubeconfig(), &proxies.cloud(rig)).await;
    proxies
}

/// Status and body of a probe.
async fn probe(rig: &Rig, path: &str) -> (u16, String) {
    let answer = reqwest::get(format!("{}{path}", rig.operator().health_url())).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn until_ready(rig: &Rig) {
    rig.poll("the operator is ready", async || probe(rig, "/readyz").await, |(status, _)| *status == 200).await;
}

/// Waits until `/readyz` is bad and says so; all the time `/healthz` is good.
async fn until_not_ready(rig: &Rig, text: &str) {
    let found =
        rig.poll(text, async || probe(rig, "/readyz").await, |(status, body)| *status == 503 && body.contains(text));
    found.await;
    assert_eq!(probe(rig, "/healthz").await.0, 200, "a restart would not help");
}

#[tokio::test]
async fn a_list_that_is_never_answered_blinds_the_operator_no_longer_than_it_lasts() {
    let mut rig = rig().await;
    rig.apply("orders", nlb_spec()).await;
    let swallow = Swallow::new(Kept { calls: &[LIST], events: false });
    let proxies = start(&mut rig, &swallow).await;
    until_not_ready(&rig, "[-] VpcEndpointService: watch current: the API server has not shown the objects yet").await;
    let lists = || proxies.kubernetes.calls().iter().filter(|call| call.kind == *LIST).count();
    rig.poll("it asks again", async || lists(), |lists| *lists >= 2).await;
    swallow.pass();
    let begin = Instant::now();
    rig.ready("orders").await;
    until_ready(&rig).await;
    assert!(begin.elapsed() < BACK_WITHIN, "{:?}", begin.elapsed());
    rig.end().await;
}

#[tokio::test]
async fn where_no_watch_begins_lists_show_what_changes() {
    let mut rig = rig().await;
    let swallow = Swallow::new(Kept { calls: &[WATCH], events: false });
    let _proxies = start(&mut rig, &swallow).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.edit("orders", json!({"description": "seen without a watch"})).await;
    rig.ready("orders").await;
    assert_eq!(rig.service().await.description, "seen without a watch");
    rig.end().await;
}

#[tokio::test]
async fn a_watch_that_falls_silent_is_begun_again() {
    let mut rig = rig().await;
    let swallow = Swallow::new(Kept::default());
    let _proxies = start(&mut rig, &swallow).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    swallow.keep_events();
    rig.edit("orders", json!({"description": "edited in silence"})).await;
    // Lists and starts of watches are answered, so what they show is current; the events on them are not.
    swallow.keep(&[LIST, WATCH]);
    until_not_ready(&rig, "[-] VpcEndpointService: watch current: nothing heard from the API server for ").await;
    swallow.pass();
    let begin = Instant::now();
    rig.ready("orders").await;
    until_ready(&rig).await;
    assert!(begin.elapsed() < BACK_WITHIN, "{:?}", begin.elapsed());
    assert_eq!(rig.service().await.description, "edited in silence");
    rig.end().await;
}

#[tokio::test]
async fn writes_and_events_that_are_never_answered_hold_nobody_up_for_long() {
    let mut rig = rig().await;
    let swallow = Swallow::new(Kept::default());
    let proxies = start(&mut rig, &swallow).await;
    until_ready(&rig).await;
    let places: [(&str, &'static [&'static str]); 3] = [
        ("record", &["PATCH vpcendpointservices"]),
        ("status", &["PATCH vpcendpointservices/status"]),
        ("event", &["POST events", "PATCH events"]),
    ];
    for (name, kinds) in places {
        let count =
            || proxies.kubernetes.calls().iter().filter(|call| kinds.iter().any(|kind| call.kind == *kind)).count();
        let before = count();
        swallow.keep(kinds);
        rig.apply(name, nlb_spec()).await;
        rig.poll(&format!("a {name} is swallowed"), async || count(), |now| *now > before).await;
        swallow.pass();
        let begin = Instant::now();
        rig.ready(name).await;
        assert!(begin.elapsed() < BACK_WITHIN, "{name}: {:?}", begin.elapsed());
    }
    rig.end().await;
}

#[tokio::test]
async fn a_deletion_waits_no_longer_for_the_definition_than_the_silence_lasts() {
    let mut rig = rig().await;
    let swallow = Swallow::new(Kept::default());
    let proxies = start(&mut rig, &swallow).await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    swallow.keep(&["GET customresourcedefinitions"]);
    rig.delete("orders").await;
    let asked =
        || proxies.kubernetes.calls().iter().filter(|call| call.kind == *"GET customresourcedefinitions").count();
    rig.poll("it asks again", async || asked(), |asked| *asked >= 2).await;
    assert_eq!(rig.services().await.len(), 1, "what is not known permits nothing");
    swallow.pass();
    let begin = Instant::now();
    rig.gone("orders").await;
    assert!(begin.elapsed() < BACK_WITHIN, "{:?}", begin.elapsed());
    rig.end().await;
}

/// Writes a part of the status, as nobody but the operator should.
async fn forge(rig: &Rig, fields: serde_json::Value) {
    let patch = Patch::Merge(json!({"status": fields}));
    rig.objects().patch_status("orders", &PatchParams::default(), &patch).await.unwrap();
}

#[tokio::test]
async fn a_status_that_somebody_else_wrote_is_set_right_without_an_edit() {
    let mut setup = Setup::default();
    // Nothing else asks for a look in the time that this takes.
    setup.timing.insert("resyncPeriod", Duration::from_mins(10));
    let rig = Rig::with(setup).await;
    rig.apply("orders", nlb_spec()).await;
    let domain = status(&rig.ready("orders").await).service_domain;
    forge(&rig, json!({"serviceDomain": "evil.example.com"})).await;
    let right = |object: &VpcEndpointService| status(object).service_domain == domain;
    rig.until("orders", "set right", right).await;
    // What the operator has nothing to say about is not taken back by its apply.
    forge(&rig, json!({"drift": [{"field": "spec.description", "wanted": "what nobody wants"}]})).await;
    let right = |object: &VpcEndpointService| {
        status(object).drift.is_empty() && status(object).service_domain == domain && is_ready(object)
    };
    rig.until("orders", "set right once more", right).await;
    rig.end().await;
}
