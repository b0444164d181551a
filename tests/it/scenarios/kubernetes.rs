//! An API server in memory: as much of one as a reconcile can see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use cloud_core::Clock;
use futures::future::{self, BoxFuture};
use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::api::ObjectMeta;
use privatelink_operator::crd::{ConditionType, VpcEndpointService, VpcEndpointServiceSpec, VpcEndpointServiceStatus};
use privatelink_operator::identity::CreateRecord;
use privatelink_operator::identity::ObjectId;
use privatelink_operator::identity::{Definition, ObjectKey};
use privatelink_operator::kubernetes::services::{ReferredServices, ServiceReader};
use privatelink_operator::kubernetes::{
    Announcement, ConfigMapVersion, ConfigMaps, EventSink, FoundConfigMap, KubernetesError, LatestObject, ObjectReader,
    ObjectWriter, StatusWriter, Written,
};
use privatelink_operator::names::{CREATE_RECORD_ANNOTATION, FINALIZER};
use serde_json::Value;

pub(crate) const NAMESPACE: &str = "scenarios";

/// A handle to it.
#[derive(Clone, Debug)]
pub(crate) struct Kubernetes {
    state: Arc<Mutex<State>>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, VpcEndpointService>,
    version: u64,
    /// What the watch last told of, where it has stopped.
    copies: Option<BTreeMap<String, VpcEndpointService>>,
    definition: Definition,
    /// By the operator; events are not counted.
    writes: usize,
}

impl Kubernetes {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { state: Arc::default(), clock }
    }

    /// Creates or edits an object, as `kubectl apply` does.
    pub(crate) fn apply(&self, name: &str, spec: &Value) {
        let spec: VpcEndpointServiceSpec = serde_json::from_value(spec.clone()).unwrap();
        let mut state = self.state();
        let version = state.next_version();
        match state.objects.get_mut(name) {
            Some(object) if object.spec == spec => {}
            Some(object) => {
                object.spec = spec;
                object.metadata.generation = object.metadata.generation.map(|generation| generation + 1);
                object.metadata.resource_version = Some(version);
            }
            None => {
                let metadata = ObjectMeta {
                    name: Some(name.to_owned()),
                    namespace: Some(NAMESPACE.to_owned()),
                    uid: Some(uid(name)),
                    generation: Some(1),
                    resource_version: Some(version),
                    ..ObjectMeta::default()
                };
                let object = VpcEndpointService { metadata, spec, status: None };
                state.objects.insert(name.to_owned(), object);
            }
        }
    }

    /// Marks an object for deletion; one without finalizers is gone at once.
    pub(crate) fn delete(&self, name: &str) {
        // The API server keeps whole seconds.
        let now = Timestamp::from_second(self.clock.now().as_second()).unwrap();
        let mut state = self.state();
        let version = state.next_version();
        let Some(object) = state.objects.get_mut(name) else { return };
        object.metadata.deletion_timestamp = Some(Time(now));
        object.metadata.resource_version = Some(version);
        state.collect(name);
    }

    pub(crate) fn get(&self, name: &str) -> Option<VpcEndpointService> {
        self.state().objects.get(name).cloned()
    }

    /// The object as the watch shows it.
    pub(crate) fn copy(&self, name: &str) -> Option<VpcEndpointService> {
        let state = self.state();
        state.copies.as_ref().unwrap_or(&state.objects).get(name).cloned()
    }

    /// From now on the watch tells of nothing.
    pub(crate) fn stop_the_watch(&self) {
        let mut state = self.state();
        state.copies = Some(state.objects.clone());
    }

    /// What the API server says of the kind.
    pub(crate) fn define(&self, definition: Definition) {
        self.state().definition = definition;
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.state().objects.is_empty()
    }

    /// The status says Ready, of the newest generation.
    pub(crate) fn is_ready(&self, name: &str) -> bool {
        self.ready(name).is_some_and(|ready| ready.status == "True")
    }

    /// The status names this very service.
    pub(crate) fn names_service(&self, name: &str, id: &str) -> bool {
        self.get(name).and_then(|object| object.status?.service_id).as_deref() == Some(id)
    }

    /// Why it is Ready or not, in its newest generation; empty while nothing is said.
    pub(crate) fn reason(&self, name: &str) -> String {
        self.ready(name).map(|ready| ready.reason).unwrap_or_default()
    }

    fn ready(&self, name: &str) -> Option<Condition> {
        let object = self.get(name)?;
        let status = object.status.filter(|status| status.observed_generation == object.metadata.generation)?;
        status.conditions.into_iter().find(|condition| condition.type_ == ConditionType::Ready.as_str())
    }

    pub(crate) fn writes(&self) -> usize {
        self.state().writes
    }

    pub(crate) fn forget_writes(&self) {
        self.state().writes = 0;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A write to the very object of the key; `at`: it must also be at the key's version.
    fn write(
        &self,
        key: &ObjectKey,
        at: Version,
        change: impl FnOnce(&mut VpcEndpointService),
    ) -> Result<LatestObject, KubernetesError> {
        let mut state = self.state();
        let version = state.next_version();
        let object = state.objects.get_mut(&key.name).filter(|object| object.metadata.uid.as_ref() == Some(&key.uid));
        let object = object.ok_or(KubernetesError::Gone)?;
        if at == Version::Exact && object.metadata.resource_version.as_ref() != Some(&key.resource_version) {
            return Err(KubernetesError::Conflict);
        }
        change(object);
        object.metadata.resource_version = Some(version);
        let held = LatestObject::of(object);
        state.writes += 1;
        state.collect(&key.name);
        Ok(held)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Exact,
    Any,
}

impl State {
    fn next_version(&mut self) -> String {
        self.version += 1;
        self.version.to_string()
    }

    /// An object that is marked goes with its last finalizer.
    fn collect(&mut self, name: &str) {
        let is_over = |object: &VpcEndpointService| {
            object.metadata.deletion_timestamp.is_some() && object.metadata.finalizers.iter().flatten().next().is_none()
        };
        if self.objects.get(name).is_some_and(is_over) {
            self.objects.remove(name);
        }
    }
}

/// The uid of the object of that name; no name is used twice.
pub(crate) fn uid(name: &str) -> String {
    format!("00000000-0000-4000-8000-{name:0>12}")
}

impl ObjectReader<VpcEndpointService> for Kubernetes {
    fn read<'a>(&'a self, id: &'a ObjectId) -> BoxFuture<'a, Result<VpcEndpointService, KubernetesError>> {
        Box::pin(future::ready(self.get(&id.name).ok_or(KubernetesError::Gone)))
    }

    fn definition<'a>(&'a self, _: &'a ObjectId) -> BoxFuture<'a, Definition> {
        Box::pin(future::ready(self.state().definition.clone()))
    }

    fn forget(&self, _: &ObjectId) {}
}

/// There is no Service.
impl ServiceReader for Kubernetes {
    fn refer(&self, _: &ObjectId, _: &BTreeSet<String>) -> ReferredServices {
        ReferredServices::default()
    }

    fn forget(&self, _: &ObjectId) {}
}

impl ObjectWriter for Kubernetes {
    fn put_record<'a>(
        &'a self,
        key: &'a ObjectKey,
        _: &'a [String],
        record: &'a CreateRecord,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        let text = serde_json::to_string(record).unwrap();
        let written = self.write(key, Version::Exact, |object| {
            let finalizers = object.metadata.finalizers.get_or_insert_default();
            if !finalizers.iter().any(|name| name == FINALIZER) {
                finalizers.push(FINALIZER.to_owned());
            }
            object.metadata.annotations.get_or_insert_default().insert(CREATE_RECORD_ANNOTATION.to_owned(), text);
        });
        Box::pin(future::ready(written.map(|_| ())))
    }

    fn read_latest<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<LatestObject, KubernetesError>> {
        let held = self.get(&key.name).map(|object| LatestObject::of(&object)).ok_or(KubernetesError::Gone);
        Box::pin(future::ready(held))
    }

    fn release_finalizer<'a>(
        &'a self,
        key: &'a ObjectKey,
        _: &'a [String],
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        let released = self.write(key, Version::Exact, |object| {
            object.metadata.finalizers.get_or_insert_default().retain(|name| name != FINALIZER);
        });
        Box::pin(future::ready(released.map(|_| ())))
    }
}

/// There is no ConfigMap, and no object that exports to one.
impl ConfigMaps for Kubernetes {
    fn read_config_map<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Option<FoundConfigMap>, KubernetesError>> {
        Box::pin(future::ready(Ok(None)))
    }

    fn create_config_map<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a str,
        _: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        unreachable!("no object exports")
    }

    fn change_config_map<'a>(
        &'a self,
        _: &'a ObjectKey,
        _: &'a str,
        _: &'a ConfigMapVersion,
        _: &'a BTreeMap<String, Option<String>>,
    ) -> BoxFuture<'a, Result<FoundConfigMap, KubernetesError>> {
        unreachable!("no object exports")
    }

    fn delete_config_map<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a ConfigMapVersion,
    ) -> BoxFuture<'a, Result<(), KubernetesError>> {
        unreachable!("no object exports")
    }
}

impl StatusWriter<VpcEndpointService> for Kubernetes {
    fn put_status<'a>(
        &'a self,
        key: &'a ObjectKey,
        stored: Option<&'a VpcEndpointServiceStatus>,
        wanted: &'a VpcEndpointServiceStatus,
    ) -> BoxFuture<'a, Result<Written, KubernetesError>> {
        if stored == Some(wanted) {
            return Box::pin(future::ready(Ok(Written::Unchanged)));
        }
        let written = self.write(key, Version::Any, |object| object.status = Some(wanted.clone()));
        Box::pin(future::ready(written.map(|_| Written::Changed)))
    }
}

impl EventSink for Kubernetes {
    fn publish<'a>(&'a self, _: &'a ObjectKey, _: Announcement<'a>) -> BoxFuture<'a, ()> {
        Box::pin(future::ready(()))
    }
}
