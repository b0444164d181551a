use std::future;

use futures::future::BoxFuture;

use super::*;
use crate::kubernetes::ConfigMapVersion;

/// ConfigMaps of one namespace that answers as it is told and notes what it is asked.
#[derive(Debug, Default)]
struct Server {
    found: Mutex<Option<FoundConfigMap>>,
    refusal: Mutex<Option<KubernetesError>>,
    calls: Mutex<Vec<String>>,
}

impl Server {
    fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.calls.lock().unwrap())
    }

    fn has(&self, found: Option<FoundConfigMap>) {
        *self.found.lock().unwrap() = found;
    }

    fn refuses(&self, refusal: Option<KubernetesError>) {
        *self.refusal.lock().unwrap() = refusal;
    }

    fn answer<T: Send + 'static>(&self, call: String, answer: T) -> BoxFuture<'static, Result<T, KubernetesError>> {
        self.calls.lock().unwrap().push(call);
        let refusal = self.refusal.lock().unwrap().clone();
        Box::pin(future::ready(refusal.map_or(Ok(answer), Err)))
    }
}

impl ConfigMaps for Server {
    fn read_config_map<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundConfigMap>, KubernetesError>> {
        self.answer(format!("get {namespace}/{name}"), self.found.lock().unwrap().clone())
    }

    fn create_config_map<'a>(
        &'a self,
        _: &'a ObjectKey,
        name: &'a str,
        _: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        self.answer(format!("create {name}"), of("u-1"))
    }

    fn change_config_map<'a>(
        &'a self,
        _: &'a ObjectKey,
        name: &'a str,
        version: &'a ConfigMapVersion,
        _: &'a BTreeMap<String, Option<String>>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        self.answer(format!("patch {name}@{}", version.resource_version), of("u-1"))
    }

    fn delete_config_map<'a>(
        &'a self,
        _: &'a str,
        name: &'a str,
        version: &'a ConfigMapVersion,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        self.answer(format!("delete {name}@{}", version.resource_version), ())
    }
}

fn of(owner: &str) -> FoundConfigMap {
    let version = ConfigMapVersion { uid: "c-1".to_owned(), resource_version: "7".to_owned() };
    FoundConfigMap { version, data: BTreeMap::new(), owners: vec![owner.to_owned()], exported_by: None }
}

fn key() -> ObjectKey {
    ObjectKey {
        namespace: "team".to_owned(),
        name: "orders".to_owned(),
        uid: "u-1".to_owned(),
        generation: 1,
        resource_version: "1".to_owned(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

async fn looked(exports: &Exports, server: &Server, names: &[&str], seconds: i64) -> ExportViews {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    exports.look(&key(), &names, server, &Timing::default(), at(seconds)).await
}

async fn wrote(exports: &Exports, server: &Server, write: ExportWrite, seconds: i64) {
    let step = ExportStep { config_map: "facts".to_owned(), write };
    exports.apply(&key(), &[step], server, &Timing::default(), at(seconds)).await;
}

fn create() -> ExportWrite {
    ExportWrite::Create { data: BTreeMap::new() }
}

fn view(views: &ExportViews) -> &ExportView {
    &views.known["facts"].view
}

#[tokio::test]
async fn each_is_looked_at_once_a_resync_period() {
    let (exports, server) = (Exports::default(), Server::default());
    for seconds in [0, 1, 59] {
        let views = looked(&exports, &server, &["facts"], seconds).await;
        assert_eq!((view(&views), views.next_look), (&ExportView::Absent, Some(at(60))));
    }
    assert_eq!(server.calls(), ["get team/facts"]);
    server.has(Some(of("u-2")));
    assert_eq!(view(&looked(&exports, &server, &["facts"], 60).await), &ExportView::Foreign);
    server.has(Some(of("u-1")));
    assert_eq!(view(&looked(&exports, &server, &["facts"], 120).await), &ExportView::Own(of("u-1")));
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn what_is_not_exported_any_more_is_forgotten() {
    let (exports, server) = (Exports::default(), Server::default());
    looked(&exports, &server, &["facts", "old"], 0).await;
    let views = looked(&exports, &server, &["facts"], 1).await;
    assert_eq!(views.known.keys().collect::<Vec<_>>(), ["facts"]);
    assert_eq!(looked(&exports, &server, &[], 2).await, ExportViews::default());
    assert!(exports.lock().is_empty());
    looked(&exports, &server, &["facts"], 3).await;
    exports.forget(&key().id());
    assert!(exports.lock().is_empty());
}

#[tokio::test]
async fn what_was_written_is_known_without_another_look() {
    let (exports, server) = (Exports::default(), Server::default());
    looked(&exports, &server, &["facts"], 0).await;
    wrote(&exports, &server, create(), 1).await;
    let views = looked(&exports, &server, &["facts"], 2).await;
    assert_eq!((view(&views), views.next_look), (&ExportView::Own(of("u-1")), Some(at(61))));
    let version = of("u-1").version;
    wrote(&exports, &server, ExportWrite::Delete { version }, 3).await;
    assert_eq!(view(&looked(&exports, &server, &["facts"], 4).await), &ExportView::Absent);
    assert_eq!(server.calls(), ["get team/facts", "create facts", "delete facts@7"]);
}

#[tokio::test]
async fn who_was_faster_is_looked_at_at_once() {
    for faster in [KubernetesError::Conflict, KubernetesError::Gone] {
        let (exports, server) = (Exports::default(), Server::default());
        looked(&exports, &server, &["facts"], 0).await;
        server.refuses(Some(faster));
        wrote(&exports, &server, create(), 1).await;
        server.refuses(None);
        server.has(Some(of("u-2")));
        let views = looked(&exports, &server, &["facts"], 1).await;
        assert_eq!(views.known["facts"], KnownExport { view: ExportView::Foreign, refusal: None, is_due: true });
    }
}

#[tokio::test]
async fn a_refused_write_is_due_again_after_the_next_look_and_its_refusal_stands_until_one_succeeds() {
    let (exports, server) = (Exports::default(), Server::default());
    looked(&exports, &server, &["facts"], 0).await;
    server.refuses(Some(KubernetesError::Forbidden("no".to_owned())));
    wrote(&exports, &server, create(), 1).await;
    server.refuses(None);
    let refusal = Some(ExportRefusal { verb: "create", is_right: true, said: "no".to_owned() });
    let known = |is_due| KnownExport { view: ExportView::Absent, refusal: refusal.clone(), is_due };
    assert_eq!(looked(&exports, &server, &["facts"], 60).await.known["facts"], known(false));
    assert_eq!(looked(&exports, &server, &["facts"], 61).await.known["facts"], known(true));
    wrote(&exports, &server, create(), 62).await;
    assert_eq!(looked(&exports, &server, &["facts"], 63).await.known["facts"].refusal, None);
}

#[tokio::test]
async fn a_refused_look_is_a_refusal_until_the_next() {
    let (exports, server) = (Exports::default(), Server::default());
    server.refuses(Some(KubernetesError::Forbidden("no".to_owned())));
    let views = looked(&exports, &server, &["facts"], 0).await;
    let refusal = Some(ExportRefusal { verb: "get", is_right: true, said: "no".to_owned() });
    assert_eq!(views.known["facts"], KnownExport { view: ExportView::Unknown, refusal, is_due: false });
    server.refuses(None);
    let views = looked(&exports, &server, &["facts"], 60).await;
    assert_eq!(views.known["facts"], KnownExport { view: ExportView::Absent, refusal: None, is_due: true });
}

#[tokio::test]
async fn without_an_answer_it_is_looked_at_again_soon_and_a_namespace_that_goes_is_no_refusal() {
    let (exports, server) = (Exports::default(), Server::default());
    server.refuses(Some(KubernetesError::Unavailable("late".to_owned())));
    let views = looked(&exports, &server, &["facts"], 0).await;
    let known = |view| KnownExport { view, refusal: None, is_due: false };
    assert_eq!((&views.known["facts"], views.next_look), (&known(ExportView::Unknown), Some(at(15))));
    server.refuses(None);
    looked(&exports, &server, &["facts"], 15).await;
    server.refuses(Some(KubernetesError::Unavailable("late".to_owned())));
    wrote(&exports, &server, create(), 16).await;
    let views = looked(&exports, &server, &["facts"], 17).await;
    assert_eq!((&views.known["facts"], views.next_look), (&known(ExportView::Absent), Some(at(31))));
    server.refuses(None);
    looked(&exports, &server, &["facts"], 31).await;
    server.refuses(Some(KubernetesError::NamespaceTerminating));
    wrote(&exports, &server, create(), 32).await;
    let views = looked(&exports, &server, &["facts"], 33).await;
    assert_eq!((&views.known["facts"], views.next_look), (&known(ExportView::Absent), Some(at(92))));
}
