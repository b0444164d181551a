//! In front of a real API server.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fault_plans::proxy::{Interceptor, OnEvent, PassEverything, Proxy, SeenEvent, Upstream};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{DeleteParams, ListParams, ObjectMeta, Patch, PatchParams, PostParams};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Config, ResourceExt as _};
use local_control_plane::ControlPlane;
use serde_json::json;

use crate::caller::PATIENCE;
use crate::script::{A_WHILE, Script};

/// A namespace of one's own, seen through a proxy and directly.
pub(crate) struct Setup {
    pub(crate) proxy: Proxy,
    through: Api<ConfigMap>,
    direct: Api<ConfigMap>,
}

impl Setup {
    async fn new(script: Script) -> Self {
        Self::intercepted(script).await
    }

    pub(crate) async fn intercepted(interceptor: impl Interceptor + 'static) -> Self {
        let control_plane = ControlPlane::shared().await.unwrap();
        let namespace = control_plane.create_namespace("proxy").await.unwrap();
        let upstream = Upstream::kubernetes(&control_plane.kubeconfig_path()).await.unwrap();
        let proxy = Proxy::start(upstream, Arc::new(interceptor)).await.unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        proxy.write_kubeconfig(file.path()).unwrap();
        let through = Api::namespaced(client(file.path()).await, &namespace);
        let direct = Api::namespaced(client(&control_plane.kubeconfig_path()).await, &namespace);
        Self { proxy, through, direct }
    }

    /// Creates an object behind the proxy's back.
    pub(crate) async fn create(&self, name: &str) {
        self.direct.create(&PostParams::default(), &object(name)).await.unwrap();
    }

    /// Changes it so that it shows in its name.
    pub(crate) async fn change(&self, name: &str) {
        let patch = Patch::Merge(json!({"metadata": {"labels": {"is": "changed"}}}));
        self.direct.patch(name, &PatchParams::default(), &patch).await.unwrap();
    }

    pub(crate) async fn remove(&self, name: &str) {
        self.direct.delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// What a watcher sees that has listed an empty namespace.
    pub(crate) async fn watch(&self) -> BoxStream<'static, String> {
        let told = |event: watcher::Result<Event<ConfigMap>>| match event {
            Ok(Event::Init) => "init".to_owned(),
            Ok(Event::InitApply(object)) => format!("init {}", object.name_any()),
            Ok(Event::InitDone) => "init done".to_owned(),
            Ok(Event::Apply(object)) if object.labels().is_empty() => object.name_any(),
            Ok(Event::Apply(object)) => format!("{} changed", object.name_any()),
            Ok(Event::Delete(object)) => format!("no {}", object.name_any()),
            Err(watcher::Error::WatchError(status)) if status.code == 410 => "too old".to_owned(),
            Err(error) => panic!("{error:?}"),
        };
        let mut events = watcher(self.through.clone(), watcher::Config::default()).map(told).boxed();
        assert_eq!(next(&mut events, 2).await, ["init", "init done"]);
        events
    }
}

fn object(name: &str) -> ConfigMap {
    let data = BTreeMap::from([("is".to_owned(), "there".to_owned())]);
    let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
    ConfigMap { metadata, data: Some(data), ..ConfigMap::default() }
}

async fn client(kubeconfig: &std::path::Path) -> Client {
    let kubeconfig = Kubeconfig::read_from(kubeconfig).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await.unwrap();
    Client::try_from(config).unwrap()
}

pub(crate) async fn next(events: &mut BoxStream<'static, String>, count: usize) -> Vec<String> {
    tokio::time::timeout(PATIENCE, events.take(count).collect()).await.unwrap()
}

/// What a watcher sees of a, b and c, created one after the other, when this is said of the first of them; then of z.
async fn seen(on_event: &[OnEvent], count: usize) -> Vec<String> {
    let setup = Setup::new(Script::events(on_event)).await;
    let mut events = setup.watch().await;
    for name in ["a", "b", "c", "z"] {
        setup.create(name).await;
    }
    next(&mut events, count).await
}

#[tokio::test]
async fn what_is_read_and_written_through_it_is_what_is_there() {
    let setup = Setup::new(Script::passing().0).await;
    setup.create("a").await;
    let created = setup.through.create(&PostParams::default(), &object("b")).await.unwrap();
    assert_eq!(created, setup.direct.get("b").await.unwrap());
    let patch = Patch::Apply(json!({"apiVersion": "v1", "kind": "ConfigMap", "data": {"was": "applied"}}));
    let patched = setup.through.patch("b", &PatchParams::apply("test"), &patch).await.unwrap();
    let expected = [("is", "there"), ("was", "applied")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(patched.data, Some(BTreeMap::from(expected)));
    assert_eq!(setup.through.get("b").await.unwrap(), patched);
    let names = |objects: Vec<ConfigMap>| objects.iter().map(ConfigMap::name_any).collect::<Vec<_>>();
    assert_eq!(names(setup.through.list(&ListParams::default()).await.unwrap().items), ["a", "b"]);
    assert_eq!(setup.through.get_opt("none").await.unwrap(), None);
    setup.through.delete("b", &DeleteParams::default()).await.unwrap();
    assert_eq!(setup.direct.get_opt("b").await.unwrap(), None);
    let calls: Vec<_> = setup.proxy.calls().iter().map(|seen| (seen.kind.to_string(), seen.object.clone())).collect();
    let call = |kind: &str, object: &str| (kind.to_owned(), Some(object.to_owned()).filter(|name| !name.is_empty()));
    let expected = [
        call("POST configmaps", ""),
        call("PATCH configmaps", "b"),
        call("GET configmaps", "b"),
        call("LIST configmaps", ""),
        call("GET configmaps", "none"),
        call("DELETE configmaps", "b"),
    ];
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn a_watcher_sees_what_the_interceptor_lets_it_see() {
    use OnEvent::{Drop, Pass, Repeat, Swap};
    assert_eq!(seen(&[], 4).await, ["a", "b", "c", "z"]);
    assert_eq!(seen(&[Pass, Drop], 3).await, ["a", "c", "z"]);
    assert_eq!(seen(&[Pass, Repeat], 5).await, ["a", "b", "b", "c", "z"]);
    assert_eq!(seen(&[Pass, Swap], 4).await, ["a", "c", "b", "z"]);
}

#[tokio::test]
async fn a_watcher_whose_watch_is_ended_watches_on_from_what_it_saw_last() {
    // The end takes b along; the next watch begins after a, so that b comes first there.
    let seen = seen(&[OnEvent::Pass, OnEvent::End], 4).await;
    assert_eq!(seen, ["a", "b", "c", "z"]);
}

#[tokio::test]
async fn a_watcher_waits_for_what_is_held() {
    let setup = Setup::new(Script::events(&[OnEvent::Hold(A_WHILE)])).await;
    let mut events = setup.watch().await;
    let begin = Instant::now();
    setup.create("a").await;
    assert_eq!(next(&mut events, 1).await, ["a"]);
    assert!(begin.elapsed() >= A_WHILE, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn the_journal_has_the_events_of_a_watch() {
    let setup = Setup::new(Script::events(&[OnEvent::Pass, OnEvent::Repeat])).await;
    let mut events = setup.watch().await;
    for name in ["a", "b"] {
        setup.create(name).await;
    }
    next(&mut events, 3).await;
    let told = |SeenEvent { number, nth, name, resource_version, on_event, .. }: SeenEvent| {
        (number, nth, name, resource_version, on_event.unwrap())
    };
    let told: Vec<_> = setup.proxy.events().into_iter().map(told).collect();
    let version = async |name| setup.direct.get(name).await.unwrap().resource_version().unwrap();
    let expected = [
        (1, 1, "a".to_owned(), version("a").await, OnEvent::Pass),
        (2, 2, "b".to_owned(), version("b").await, OnEvent::Repeat),
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_call_through_the_proxy_costs_little() {
    let control_plane = ControlPlane::shared().await.unwrap();
    let upstream = Upstream::kubernetes(&control_plane.kubeconfig_path()).await.unwrap();
    let begin = Instant::now();
    let proxy = Proxy::start(upstream, Arc::new(PassEverything)).await.unwrap();
    let started = begin.elapsed();
    let file = tempfile::NamedTempFile::new().unwrap();
    proxy.write_kubeconfig(file.path()).unwrap();
    let through = Api::<ConfigMap>::namespaced(client(file.path()).await, "default");
    let direct = Api::<ConfigMap>::namespaced(client(&control_plane.kubeconfig_path()).await, "default");
    let shortest = async |api: &Api<ConfigMap>| {
        let mut shortest = Duration::MAX;
        for _ in 0..100 {
            let begin = Instant::now();
            api.get_opt("none").await.unwrap();
            shortest = shortest.min(begin.elapsed());
        }
        shortest
    };
    let (direct, through) = (shortest(&direct).await, shortest(&through).await);
    println!("start {started:?}, the quickest call {direct:?} directly, {through:?} through the proxy");
    // Acknowledgements that are delayed add 40 ms to every call; what is measured is well under 1 ms.
    assert!(through < direct + Duration::from_millis(20), "{direct:?}, {through:?}");
}
