//! The API server: one object with its record, its finalizer and its status.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::LazyLock;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::api::ObjectMeta;
use serde_json::json;

use crate::crd::{VpcEndpointService, VpcEndpointServiceSpec, VpcEndpointServiceStatus};
use crate::identity::CreateRecord;
use crate::identity::ObjectId;
use crate::names::{CREATE_RECORD_ANNOTATION, FINALIZER};

const NAMESPACE: &str = "shop";
const NAME: &str = "web";

/// What the two versions of the spec say; an edit goes from one to the other.
pub(super) const DESCRIPTIONS: [&str; 2] = ["first", "second"];

/// By what `whenGone` says, and by generation.
static SPECS: LazyLock<[[VpcEndpointServiceSpec; 2]; 2]> = LazyLock::new(|| {
    ["Report", "Recreate"].map(|when_gone| {
        DESCRIPTIONS.map(|description| {
            let spec = json!({ "serviceResourceType": "nlb", "description": description, "whenGone": when_gone });
            serde_json::from_value(spec).unwrap()
        })
    })
});

/// What the spec says of a service that is deleted in the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum WhenGone {
    Report,
    Recreate,
}

/// The object as the API server stores it.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// 0 for the first object of the name, 1 for its successor.
    pub(super) number: u8,
    pub(super) when_gone: WhenGone,
    pub(super) generation: i64,
    pub(super) version: u32,
    pub(super) deleting: Option<Timestamp>,
    pub(super) finalizer: bool,
    pub(super) record: Option<CreateRecord>,
    pub(super) status: VpcEndpointServiceStatus,
}

impl Object {
    /// Fresh from `kubectl apply`.
    pub(super) fn applied((number, when_gone): (u8, WhenGone), version: u32) -> Self {
        Self {
            number,
            when_gone,
            generation: 1,
            version,
            deleting: None,
            finalizer: false,
            record: None,
            status: VpcEndpointServiceStatus::default(),
        }
    }

    /// What the spec of this generation says.
    pub(super) fn wanted(&self) -> &'static str {
        DESCRIPTIONS[usize::from(self.generation % 2 == 0)]
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
        let spec = SPECS[self.when_gone as usize][usize::from(self.generation % 2 == 0)].clone();
        VpcEndpointService { metadata, spec, status: Some(self.status.clone()) }
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
        let Self { number, when_gone, generation, version: _, deleting, finalizer, record, status } = self;
        (number, when_gone, generation, deleting, finalizer, record).hash(hasher);
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
    versions: u32,
}

/// Why a write was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Conflict,
    Gone,
}

impl Kubernetes {
    pub(super) fn apply(&mut self, number: u8, when_gone: WhenGone) {
        self.versions += 1;
        self.object = Some(Arc::new(Object::applied((number, when_gone), self.versions)));
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

    /// The copy is the newest.
    pub(super) fn is_newest(&self, copy: &Object) -> bool {
        self.object.as_ref().is_some_and(|object| object.number == copy.number && object.version == copy.version)
    }
}
