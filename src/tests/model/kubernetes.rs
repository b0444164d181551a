//! The API server: one object with its record, its finalizer and its status.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::api::ObjectMeta;

use super::manifest::{DESCRIPTIONS, LOAD_BALANCERS, Manifest, SERVICE};
use crate::crd::{VpcEndpointService, VpcEndpointServiceSpec, VpcEndpointServiceStatus};
use crate::identity::CreateRecord;
use crate::identity::ObjectId;
use crate::kubernetes::services::{LoadBalancerService, ReferredServices};
use crate::names::{CREATE_RECORD_ANNOTATION, FINALIZER};

const NAMESPACE: &str = "shop";
const NAME: &str = "web";

/// As tags name it.
pub(super) const OBJECT: &str = "shop.web";

/// The object as the API server stores it.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// 0 for the first object of the name, 1 for its successor.
    pub(super) number: u8,
    pub(super) manifest: Manifest,
    /// How often the spec was edited.
    pub(super) edits: u8,
    pub(super) generation: i64,
    pub(super) version: u32,
    pub(super) deleting: Option<Timestamp>,
    pub(super) finalizer: bool,
    pub(super) record: Option<CreateRecord>,
    pub(super) status: VpcEndpointServiceStatus,
}

impl Object {
    /// Fresh from `kubectl apply`.
    pub(super) fn applied((number, manifest): (u8, Manifest), version: u32) -> Self {
        Self {
            number,
            manifest,
            edits: 0,
            generation: 1,
            version,
            deleting: None,
            finalizer: false,
            record: None,
            status: VpcEndpointServiceStatus::default(),
        }
    }

    /// The description that the spec asks for.
    pub(super) fn wanted(&self) -> &'static str {
        DESCRIPTIONS[usize::from(self.edits % 2)]
    }

    pub(super) fn spec(&self) -> &'static VpcEndpointServiceSpec {
        self.manifest.spec(self.edits)
    }

    pub(super) fn edit(&mut self) {
        self.edits += 1;
        self.generation += 1;
    }

    pub(super) fn id(&self) -> ObjectId {
        ObjectId { namespace: NAMESPACE.to_owned(), name: NAME.to_owned(), uid: uid(self.number) }
    }

    /// The object as it comes from the API server.
    pub(super) fn resource(&self) -> VpcEndpointService {
        let record = self.record.as_ref().map(|record| serde_json::to_string(record).unwrap());
        let metadata = ObjectMeta {
            namespace: Some(NAMESPACE.to_owned()),
            name: Some(NAME.to_owned()),
            uid: Some(uid(self.number)),
            generation: Some(self.generation),
            resource_version: Some(self.version.to_string()),
            deletion_timestamp: self.deleting.map(Time),
            finalizers: self.finalizer.then(|| vec![FINALIZER.to_owned()]),
            annotations: record.map(|record| [(CREATE_RECORD_ANNOTATION.to_owned(), record)].into()),
            ..ObjectMeta::default()
        };
        VpcEndpointService { metadata, spec: self.spec().clone(), status: Some(self.status.clone()) }
    }

    /// The condition of that type is True for the newest generation.
    pub(super) fn says(&self, kind: &str) -> Option<&str> {
        let said =
            self.status.conditions.iter().find(|condition| condition.type_ == kind && condition.status == "True")?;
        (said.observed_generation == Some(self.generation)).then_some(said.reason.as_str())
    }
}

/// The UID of the object of that number.
pub(super) fn uid(number: u8) -> String {
    format!("uid-{number}")
}

/// All but the version, which only ever says whether a copy is the newest.
impl Hash for Object {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Self { number, manifest, edits, generation, version: _, deleting, finalizer, record, status } = self;
        (number, manifest, edits, generation, deleting, finalizer, record).hash(hasher);
        hash_status(status, hasher);
    }
}

/// What of a status can differ in this model.
fn hash_status<H: Hasher>(status: &VpcEndpointServiceStatus, hasher: &mut H) {
    (&status.service_id, &status.service_status, &status.create_time, status.incarnation).hash(hasher);
    (status.observed_generation, status.drift.len()).hash(hasher);
    if let Some(error) = &status.last_error {
        (&error.code, &error.message).hash(hasher);
        error.time.as_ref().map(|time| time.0).hash(hasher);
    }
    for condition in &status.conditions {
        (&condition.type_, &condition.status, &condition.reason, &condition.message).hash(hasher);
        (condition.observed_generation, condition.last_transition_time.0).hash(hasher);
    }
}

/// The one object, or none, and how many versions there were.
#[derive(Clone, Debug, Default)]
pub(super) struct Kubernetes {
    pub(super) object: Option<Arc<Object>>,
    /// The load balancer to which the Service leads; `None`: there is no Service.
    pub(super) leads_to: Option<usize>,
    versions: u32,
}

/// Why a write was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Conflict,
    Gone,
}

impl Kubernetes {
    pub(super) fn apply(&mut self, number: u8, manifest: Manifest) {
        self.versions += 1;
        self.object = Some(Arc::new(Object::applied((number, manifest), self.versions)));
    }

    /// A write by whoever does not say what they saw.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut Object)) {
        let Some(object) = &mut self.object else { return };
        self.versions += 1;
        let object = Arc::make_mut(object);
        object.version = self.versions;
        change(object);
        if object.deleting.is_some() && !object.finalizer {
            self.object = None;
        }
    }

    /// A write that carries uid and resource version.
    pub(super) fn change_exactly(&mut self, seen: &Object, change: impl FnOnce(&mut Object)) -> Result<(), Refused> {
        match &self.object {
            Some(object) if object.number == seen.number && object.version == seen.version => {
                self.change(change);
                Ok(())
            }
            Some(object) if object.number == seen.number => Err(Refused::Conflict),
            _ => Err(Refused::Gone),
        }
    }

    pub(super) fn load_balancer(&self) -> Option<&'static str> {
        self.leads_to.map(|number| LOAD_BALANCERS[number])
    }

    /// What is known of the Service that the spec refers to.
    pub(super) fn services(&self) -> ReferredServices {
        let service =
            |id: &str| LoadBalancerService { load_balancer_id: Some(id.to_owned()), ..LoadBalancerService::default() };
        ReferredServices::Listed([(SERVICE.to_owned(), self.load_balancer().map(service))].into())
    }

    /// The copy is the newest.
    pub(super) fn is_newest(&self, copy: &Object) -> bool {
        self.object.as_ref().is_some_and(|object| object.number == copy.number && object.version == copy.version)
    }
}
