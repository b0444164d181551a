//! Services whose object exists no more: told of, and with `--delete-orphans` deleted, where nothing whatever speaks for keeping them.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{DeleteParams, ListParams, ObjectMeta, PostParams};
use kube::{Api, CustomResourceExt};
use privatelink_operator::crd::{ConditionType, VpcEndpointService};
use privatelink_operator::names::{ADOPT_TAG, CLUSTER_TAG, OBJECT_TAG, UID_TAG};
use privatelink_sim::{DEFAULT_PROVIDER, Fault, FaultKind, ServiceView};
use serde_json::json;

use crate::forged::{assert_untouched, foreign_service, lose};
use crate::support::cluster;
use crate::support::rig::{Rig, Setup, message, nlb_spec};

const DELETE: &str = "DeleteVpcEndpointService";
const DETACH: &str = "DetachResourceFromVpcEndpointService";
const UPDATE: &str = "UpdateVpcEndpointServiceAttribute";

/// All that an operator needs of leases.
const VERBS: [&str; 3] = ["get", "create", "update"];

/// `orphanDeletionDelay` of these tests: longer than it takes until an orphan counts.
const DELAY: Duration = Duration::from_secs(6);

/// For how long is looked for what must not happen: twice what a deletion takes.
const A_WHILE: Duration = Duration::from_secs(12);

/// An environment of a cluster of its own, with an operator of all namespaces that stands for election and takes the cluster's UID for its id. None runs
/// yet.
async fn whole_cluster() -> Rig {
    let mut setup = Setup { everywhere: true, reads_cluster_id: true, ..Setup::watchful().soon_sure() };
    setup.environment.push(("POD_NAME".to_owned(), "operator-0".to_owned()));
    // After a kill, another operator leads soon.
    setup.timing.extend([
        ("leaseDuration", Duration::from_secs(3)),
        ("leaseRenewDeadline", Duration::from_secs(2)),
        ("leaseRetryPeriod", Duration::from_millis(400)),
    ]);
    setup.timing.extend([("orphanDeletionDelay", DELAY), ("relistPeriod", Duration::from_millis(500))]);
    let control_plane = cluster::another().await;
    let kubeconfig = local_stack::install(control_plane).unwrap();
    let admin = cluster::client(&control_plane.kubeconfig_path()).await;
    let mut rig = Rig::on(control_plane, admin, kubeconfig, setup).await;
    rig.elect(&VERBS).await;
    until_younger_than_definition(&rig).await;
    rig
}

/// Times are in whole seconds: a service that is created from now on is younger than the definition for everybody.
async fn until_younger_than_definition(rig: &Rig) {
    let definitions: Api<CustomResourceDefinition> = Api::all(rig.admin.clone());
    let definition = definitions.get(VpcEndpointService::crd_name()).await.unwrap();
    let created = definition.metadata.creation_timestamp.unwrap().0;
    let now = async || rig.simulator.admin.now().await.unwrap();
    rig.poll("a second later", now, |now| now.as_second() > created.as_second()).await;
}

async fn cluster_id(rig: &Rig) -> String {
    let namespaces: Api<Namespace> = Api::all(rig.admin.clone());
    namespaces.get("kube-system").await.unwrap().metadata.uid.unwrap()
}

/// A service of this cluster, or another, whose tags name an object of the test's namespace.
async fn planted(rig: &Rig, cluster: &str, name: &str, more: &[(&str, &str)]) -> ServiceView {
    let (uid, object) = (format!("uid-{name}"), format!("{}.{name}", rig.namespace));
    let tags = [(CLUSTER_TAG, cluster), (UID_TAG, &*uid), (OBJECT_TAG, &*object)];
    foreign_service(rig, &[&tags, more].concat()).await
}

/// A service that the operator itself created, and whose object somebody took away while none ran.
async fn lost(rig: &mut Rig, name: &str) -> ServiceView {
    let before = rig.services().await;
    rig.apply(name, nlb_spec()).await;
    rig.ready(name).await;
    let services = rig.services().await;
    let service = services.into_iter().find(|service| before.iter().all(|other| other.id != service.id)).unwrap();
    rig.kill_operator();
    lose(rig, name).await;
    service
}

/// The notes of the events with this reason on the operator's pod.
async fn notes(rig: &Rig, reason: &str) -> Vec<String> {
    let events: Api<Event> = Api::all(rig.admin.clone());
    let events = events.list(&ListParams::default()).await.unwrap().items.into_iter();
    let about = events.filter(|event| {
        let of = event.regarding.as_ref();
        event.reason.as_deref() == Some(reason) && of.and_then(|of| of.name.as_deref()) == Some("operator-0")
    });
    about.filter_map(|event| event.note).collect()
}

async fn count(rig: &Rig) -> Option<u32> {
    let answer = reqwest::get(format!("{}/metrics", rig.operator().metrics_url())).await.unwrap();
    let text = answer.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("privatelink_operator_orphaned_services "))?;
    line.parse().ok()
}

/// The log says why this one is kept.
async fn until_kept(rig: &Rig, service: &ServiceView, why: &str) {
    let said = || rig.log().lines().any(|line| line.contains(&service.id) && line.contains(why));
    rig.poll(&format!("{} is kept because {why}", service.id), async || said(), |said| *said).await;
}

#[tokio::test]
async fn without_the_flag_an_orphan_is_told_in_metric_log_and_event_and_stays() {
    let mut rig = whole_cluster().await;
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let orphan = planted(&rig, &cluster_id(&rig).await, "gone", &[]).await;
    rig.poll("it is counted", async || count(&rig).await, |count| *count == Some(1)).await;
    let told = rig.poll("it is told", async || notes(&rig, "OrphanedServices").await, |notes| !notes.is_empty()).await;
    let namespace = &rig.namespace;
    let note = format!("Endpoint services whose object exists no more: {} of {namespace}.gone.", orphan.id);
    assert_eq!(told, [note]);
    let begin = Instant::now();
    rig.poll("longer than the deletion takes", async || begin.elapsed(), |elapsed| *elapsed > A_WHILE).await;
    assert_untouched(&rig, &orphan).await;
    assert_eq!(notes(&rig, "OrphanDeleted").await, [""; 0]);
    rig.end().await;
}

#[tokio::test]
async fn with_the_flag_an_orphan_is_detached_and_deleted_once_its_time_is_over_and_told() {
    let mut rig = whole_cluster().await;
    rig.arguments(&["--delete-orphans"]);
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let own = rig.service().await;
    let orphan = lost(&mut rig, "gone").await;
    let calls = rig.effects().await.len();
    let begin = rig.simulator.admin.now().await.unwrap();
    rig.start_operator().await;
    rig.cloud("without the orphan", |services| services.iter().all(|service| service.id != orphan.id)).await;
    assert_eq!(rig.effects().await[calls..], [DETACH, DETACH, DELETE]);
    let first = rig.calls(DETACH).await.remove(0);
    assert!(first.time.duration_since(begin).unsigned_abs() >= DELAY, "{first:?}");
    assert_eq!(rig.service().await, own);
    let (namespace, id) = (&rig.namespace, &orphan.id);
    let told = rig.poll("it is told", async || notes(&rig, "OrphanDeleted").await, |notes| !notes.is_empty()).await;
    let note = format!("Deleted endpoint service {id}: its object {namespace}.gone exists no more (--delete-orphans).");
    assert_eq!(told, [note]);
    let found = notes(&rig, "OrphanedServices").await;
    assert!(found.iter().any(|note| note.contains(id) && note.contains("to keep one")), "{found:?}");
    assert!(rig.log().contains("deleted an endpoint service without its object"));
    rig.poll("none is left", async || count(&rig).await, |count| *count == Some(0)).await;
    rig.end().await;
}

#[tokio::test]
async fn with_the_flag_what_may_be_somebodys_stays_as_it_is() {
    let mut rig = whole_cluster().await;
    rig.arguments(&["--delete-orphans"]);
    rig.start_operator().await;
    let cluster = cluster_id(&rig).await;
    for name in ["orders", "billing"] {
        rig.apply(name, nlb_spec()).await;
        rig.ready(name).await;
    }
    let alive = rig.services().await;
    let mut retained = nlb_spec();
    retained.as_object_mut().unwrap().insert("deletionPolicy".to_owned(), json!("Retain"));
    rig.apply("retained", retained).await;
    rig.ready("retained").await;
    rig.delete("retained").await;
    rig.gone("retained").await;
    let untagged = rig.services().await.into_iter().find(|service| !alive.contains(service)).unwrap();
    assert!(!untagged.tags.contains_key(UID_TAG), "{untagged:?}");

    let connected = planted(&rig, &cluster, "connected", &[]).await;
    let endpoint = rig.connect(DEFAULT_PROVIDER, &connected.id).await;
    rig.until_connection(&endpoint, "Connected").await;
    let connected = rig.simulator.admin.service(&connected.id).await.unwrap();
    let handed_over = planted(&rig, &cluster, "handed-over", &[(ADOPT_TAG, "team.orders")]).await;
    // By its name it is the former service of an object that exists.
    let former = planted(&rig, &cluster, "orders", &[]).await;
    let unnamed = foreign_service(&rig, &[(CLUSTER_TAG, &cluster), (UID_TAG, "uid-unnamed")]).await;
    let foreign = planted(&rig, "another-cluster", "gone", &[]).await;
    let orphan = planted(&rig, &cluster, "gone", &[]).await;

    // That the one without anybody goes shows that the others had their time.
    rig.cloud("without the orphan", |services| services.iter().all(|service| service.id != orphan.id)).await;
    until_kept(&rig, &connected, "consumers are connected").await;
    until_kept(&rig, &handed_over, "privatelink-operator.adopt").await;
    until_kept(&rig, &former, "an object has the name").await;
    until_kept(&rig, &unnamed, "names no object").await;
    rig.until_listed(3).await;
    for service in [&connected, &handed_over, &former, &unnamed, &foreign] {
        assert_untouched(&rig, service).await;
    }
    assert_eq!(rig.connection(&endpoint).await, "Connected");
    let services = rig.services().await;
    assert!(alive.iter().all(|service| services.contains(service)), "{services:#?}");
    assert!(services.contains(&untagged), "{services:#?}");

    // The consumer leaves, and the service goes.
    rig.simulator.admin.delete_endpoint(&endpoint).await.unwrap();
    rig.cloud("without it", |services| services.iter().all(|service| service.id != connected.id)).await;
    rig.end().await;
}

#[tokio::test]
async fn with_the_flag_no_object_goes_that_would_leave_a_service_with_its_tags() {
    let mut rig = whole_cluster().await;
    rig.arguments(&["--delete-orphans"]);
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let service = rig.service().await;
    rig.edit("orders", json!({"managementPolicy": "Observe"})).await;
    rig.delete("orders").await;
    let object = rig.not_ready("orders", "DeletionBlocked").await;
    let said = message(&object, ConditionType::Ready);
    assert!(said.contains("spec.managementPolicy") && said.contains("--delete-orphans"), "{said}");
    rig.edit("orders", json!({"managementPolicy": "Manage", "deletionPolicy": "Retain"})).await;
    rig.gone("orders").await;
    let kept = rig.service().await;
    assert_eq!((kept.id, kept.tags), (service.id, [].into()));
    rig.end().await;
}

#[tokio::test]
async fn with_the_flag_a_deletion_that_the_cloud_refuses_is_tried_again_and_ends_once_it_may() {
    let mut rig = whole_cluster().await;
    rig.arguments(&["--delete-orphans"]);
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    let refusal = Fault { times: None, ..Fault::next(DELETE, FaultKind::error("Forbidden.RAM")) };
    rig.fault(refusal).await;
    let orphan = planted(&rig, &cluster_id(&rig).await, "gone", &[]).await;
    rig.until_calls(DELETE, 1).await;
    // Automatic acceptance goes off first: nobody is to come in meanwhile.
    let (updates, detached) = (rig.calls(UPDATE).await.len(), rig.calls(DETACH).await.len());
    assert_eq!((updates, detached), (1, 1));
    assert_eq!(notes(&rig, "OrphanDeleted").await, [""; 0]);
    rig.simulator.admin.clear_faults().await.unwrap();
    rig.cloud("without the orphan", |services| services.iter().all(|service| service.id != orphan.id)).await;
    rig.poll("it is told", async || notes(&rig, "OrphanDeleted").await, |notes| notes.len() == 1).await;
    rig.end().await;
}

#[tokio::test]
async fn who_does_not_lead_deletes_nothing() {
    let mut rig = whole_cluster().await;
    rig.arguments(&["--delete-orphans"]);
    rig.start_operator().await;
    rig.apply("orders", nlb_spec()).await;
    rig.ready("orders").await;
    rig.kill_operator();
    let leases = rig.leases();
    leases.delete("privatelink-operator", &DeleteParams::default()).await.unwrap();
    let held = Lease {
        metadata: ObjectMeta { name: Some("privatelink-operator".to_owned()), ..ObjectMeta::default() },
        spec: Some(LeaseSpec {
            holder_identity: Some("somebody-else".to_owned()),
            lease_duration_seconds: Some(600),
            renew_time: Some(MicroTime(rig.simulator.admin.now().await.unwrap())),
            ..LeaseSpec::default()
        }),
    };
    leases.create(&PostParams::default(), &held).await.unwrap();
    let orphan = planted(&rig, &cluster_id(&rig).await, "gone", &[]).await;
    rig.start_operator().await;
    let begin = Instant::now();
    rig.poll("longer than the deletion takes", async || begin.elapsed(), |elapsed| *elapsed > A_WHILE).await;
    assert_untouched(&rig, &orphan).await;

    leases.delete("privatelink-operator", &DeleteParams::default()).await.unwrap();
    rig.cloud("without the orphan", |services| services.iter().all(|service| service.id != orphan.id)).await;
    rig.end().await;
}
