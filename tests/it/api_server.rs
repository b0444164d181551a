//! What the operator's `ApiServer` does on a real API server, whose answers to stale and misdirected writes no fake would get right.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::events::v1::Event;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Api, Client, ResourceExt};
use privatelink_operator::crd::{VpcEndpointService, VpcEndpointServiceStatus};
use privatelink_operator::identity::CreateRecord;
use privatelink_operator::identity::ObjectKey;
use privatelink_operator::kubernetes::cluster::cluster_uid;
use privatelink_operator::kubernetes::freshness::{CacheState, Freshness};
use privatelink_operator::kubernetes::{
    Announcement, ApiServer, DefinitionReads, EventSink, KubernetesError, LatestObject, ObjectReader, ObjectWriter,
    Severity, StatusWriter, Written,
};
use privatelink_operator::metrics::Metrics;
use privatelink_operator::names::{FINALIZER, STATUS_FIELD_MANAGER};
use serde_json::json;

use crate::support::cluster;

const DEADLINE: Duration = Duration::from_secs(30);
const NAME: &str = "payments";

/// The operator's `ApiServer`, with the rights of its own user, in a namespace of its own.
struct Fixture {
    admin: Client,
    operator: Client,
    objects: Api<VpcEndpointService>,
    server: ApiServer<VpcEndpointService>,
    freshness: Arc<Freshness>,
}

impl Fixture {
    async fn new() -> Self {
        let (control_plane, admin) = cluster::prepared().await;
        let operator = cluster::client(&cluster::operator_kubeconfig(control_plane).await).await;
        let namespace = control_plane.create_namespace("api-server").await.unwrap();
        let freshness = Arc::<Freshness>::default();
        let server =
            ApiServer::new(operator.clone(), DEADLINE, DefinitionReads::Needed, Arc::clone(&freshness), Metrics::new());
        Self { objects: Api::namespaced(admin.clone(), &namespace), admin, operator, server, freshness }
    }

    async fn create(&self) -> ObjectKey {
        let spec = serde_json::from_value(json!({"serviceResourceType": "slb"})).unwrap();
        let object = VpcEndpointService::new(NAME, spec);
        ObjectKey::of(&self.objects.create(&PostParams::default(), &object).await.unwrap())
    }

    async fn object(&self) -> Option<VpcEndpointService> {
        self.objects.get_opt(NAME).await.unwrap()
    }

    async fn key(&self) -> ObjectKey {
        ObjectKey::of(&self.object().await.unwrap())
    }

    /// Somebody else changes the object.
    async fn label(&self) {
        let patch = Patch::Merge(json!({"metadata": {"labels": {"team": "a"}}}));
        self.objects.patch(NAME, &PatchParams::default(), &patch).await.unwrap();
    }

    async fn delete(&self) {
        self.objects.delete(NAME, &DeleteParams::default()).await.unwrap();
    }

    /// An object that is gone, and its successor of the same name.
    async fn predecessor(&self) -> ObjectKey {
        let gone = self.create().await;
        self.delete().await;
        self.create().await;
        gone
    }
}

fn record(uid: &str) -> CreateRecord {
    CreateRecord {
        uid: uid.to_owned(),
        incarnation: 0,
        region: "cn-hangzhou".to_owned(),
        account: "1".to_owned(),
        hash: "h".to_owned(),
        time: "2026-11-25T00:00:00Z".parse().unwrap(),
        owner: "p-1".to_owned(),
        taken_over: None,
        not_ours: None,
    }
}

fn status(service_id: &str) -> VpcEndpointServiceStatus {
    let ready = json!({
        "type": "Ready", "status": "True", "reason": "Available", "message": "", "observedGeneration": 1,
        "lastTransitionTime": "2026-11-25T00:00:00Z",
    });
    let status = json!({"observedGeneration": 1, "serviceId": service_id, "incarnation": 0, "conditions": [ready]});
    serde_json::from_value(status).unwrap()
}

#[tokio::test]
async fn finalizer_and_record_are_there_after_one_patch() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    let record = record(&key.uid);
    fixture.server.put_record(&key, &[], &record).await.unwrap();
    let expected = LatestObject {
        uid: key.uid.clone(),
        resource_version: fixture.key().await.resource_version,
        generation: 1,
        deleting: false,
        finalizers: vec![FINALIZER.to_owned()],
        record: Some(record),
    };
    assert_eq!(fixture.server.read_latest(&key).await, Ok(expected));
    assert_eq!(fixture.freshness.check(&key.uid, &key.resource_version), CacheState::Stale);
}

#[tokio::test]
async fn a_patch_for_an_older_state_of_the_object_is_a_conflict() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    fixture.label().await;
    assert_eq!(fixture.server.put_record(&key, &[], &record(&key.uid)).await, Err(KubernetesError::Conflict));
    assert_eq!(fixture.server.release_finalizer(&key, &[]).await, Err(KubernetesError::Conflict));
    assert_eq!(fixture.object().await.unwrap().finalizers(), [""; 0]);
}

#[tokio::test]
async fn a_write_for_a_predecessor_leaves_the_successor_alone() {
    let fixture = Fixture::new().await;
    let gone = fixture.predecessor().await;
    let before = fixture.object().await;
    assert_eq!(fixture.server.put_record(&gone, &[], &record(&gone.uid)).await, Err(KubernetesError::Conflict));
    assert_eq!(fixture.server.release_finalizer(&gone, &[]).await, Err(KubernetesError::Conflict));
    assert_eq!(fixture.server.put_status(&gone, None, &status("epsrv-1")).await, Err(KubernetesError::Gone));
    assert_eq!(fixture.server.read_latest(&gone).await, Err(KubernetesError::Gone));
    assert_eq!(fixture.server.read(&gone.id()).await.err(), Some(KubernetesError::Gone));
    // The UID alone stands in the way too.
    let copied = ObjectKey { resource_version: fixture.key().await.resource_version, ..gone };
    let refused = fixture.server.put_record(&copied, &[], &record(&copied.uid)).await;
    assert!(matches!(refused, Err(KubernetesError::Invalid(_))), "{refused:?}");
    assert_eq!(fixture.object().await, before);
}

#[tokio::test]
async fn a_status_never_makes_an_object() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    fixture.delete().await;
    let written = fixture.server.put_status(&key, None, &status("epsrv-1")).await;
    assert!(matches!(written, Err(KubernetesError::Conflict | KubernetesError::Gone)), "{written:?}");
    assert_eq!(fixture.object().await, None);
}

#[tokio::test]
async fn a_status_is_written_although_somebody_changed_the_object_meanwhile() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    fixture.label().await;
    assert_eq!(fixture.server.put_status(&key, None, &status("epsrv-1")).await, Ok(Written::Changed));
    let object = fixture.object().await.unwrap();
    assert_eq!(object.labels().get("team").map(String::as_str), Some("a"));
    assert_eq!(object.status, Some(status("epsrv-1")));
}

#[tokio::test]
async fn after_our_own_patch_a_status_needs_one_write() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    fixture.server.put_record(&key, &[], &record(&key.uid)).await.unwrap();
    let written = fixture.freshness.newest(&key.uid, &key.resource_version);
    assert_eq!(fixture.key().await.resource_version, written);
    fixture.server.put_status(&key, None, &status("epsrv-1")).await.unwrap();
    assert_eq!(fixture.freshness.check(&key.uid, &written), CacheState::Stale);
}

#[tokio::test]
async fn a_status_that_says_the_same_is_not_sent() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    let wanted = status("epsrv-1");
    let stored = fixture.object().await.unwrap().status;
    assert_eq!(fixture.server.put_status(&key, stored.as_ref(), &wanted).await, Ok(Written::Changed));
    let after = fixture.object().await.unwrap();
    assert_eq!(fixture.server.put_status(&key, after.status.as_ref(), &wanted).await, Ok(Written::Unchanged));
    assert_eq!(fixture.key().await.resource_version, after.resource_version().unwrap());
}

#[tokio::test]
async fn a_status_takes_back_what_it_no_longer_says_and_changes_no_generation() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    let first = VpcEndpointServiceStatus { region: Some("cn-hangzhou".to_owned()), ..status("epsrv-1") };
    fixture.server.put_status(&key, None, &first).await.unwrap();
    fixture.server.put_status(&key, Some(&first), &status("epsrv-1")).await.unwrap();
    let object = fixture.object().await.unwrap();
    let stored = object.status.clone().unwrap();
    assert_eq!((stored.service_id.as_deref(), stored.region), (Some("epsrv-1"), None));
    assert_eq!(object.metadata.generation, Some(1));
    let managers: Vec<_> = object.managed_fields().iter().filter_map(|entry| entry.manager.as_deref()).collect();
    assert!(managers.contains(&STATUS_FIELD_MANAGER), "{managers:?}");
}

#[tokio::test]
async fn a_deleted_object_goes_when_our_finalizer_is_released() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    fixture.server.put_record(&key, &[], &record(&key.uid)).await.unwrap();
    fixture.delete().await;
    let held = fixture.server.read_latest(&key).await.unwrap();
    assert!(held.deleting);
    assert_eq!(held.generation, 2);
    let marked = fixture.key().await;
    assert_eq!(fixture.server.release_finalizer(&marked, &held.finalizers).await, Ok(()));
    assert_eq!(fixture.object().await, None);
    assert_eq!(fixture.server.release_finalizer(&marked, &held.finalizers).await, Ok(()));
}

#[tokio::test]
async fn the_finalizers_of_others_stay() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    let others = "example.com/other".to_owned();
    fixture.server.put_record(&key, std::slice::from_ref(&others), &record(&key.uid)).await.unwrap();
    let held = fixture.server.read_latest(&key).await.unwrap();
    assert_eq!(held.finalizers, [others.clone(), FINALIZER.to_owned()]);
    fixture.server.release_finalizer(&fixture.key().await, &held.finalizers).await.unwrap();
    assert_eq!(fixture.object().await.unwrap().finalizers(), [others]);
}

#[tokio::test]
async fn an_event_tells_of_the_object_however_long_its_note() {
    let fixture = Fixture::new().await;
    let key = fixture.create().await;
    let note = "x".repeat(5_000);
    let announcement = Announcement { severity: Severity::Warning, reason: "DeletionBlocked", note: &note };
    fixture.server.publish(&key, announcement).await;
    let events: Api<Event> = Api::namespaced(fixture.admin.clone(), &key.namespace);
    let events = events.list(&ListParams::default()).await.unwrap().items;
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let regarding = event.regarding.as_ref().unwrap();
            (
                event.type_.as_deref(),
                event.reason.as_deref(),
                event.note.as_ref().map(String::len),
                regarding.uid.as_ref(),
            )
        })
        .collect();
    assert_eq!(told, [(Some("Warning"), Some("DeletionBlocked"), Some(1_000), Some(&key.uid))]);
}

#[tokio::test]
async fn the_cluster_id_is_the_uid_of_the_namespace_that_every_cluster_has() {
    let fixture = Fixture::new().await;
    let namespace = Api::<Namespace>::all(fixture.admin.clone()).get("kube-system").await.unwrap();
    assert_eq!(cluster_uid(&fixture.operator, DEADLINE).await.ok(), namespace.uid());
}
