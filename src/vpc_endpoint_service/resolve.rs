//! Resolve: the object, its record and its provider configuration become one typed value. Knows Kubernetes only.

mod provider_config;
mod service_ref;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use super::prior_status::is_brought_along;
pub use provider_config::is_known as is_provider_config_known;
pub use service_ref::{References, Referred, Unresolved, referred_names};

use crate::crd::{
    AttachmentState, ConditionType, DeletionPolicy, Drift, VpcEndpointService, VpcEndpointServiceSpec,
    VpcEndpointServiceStatus,
};
use crate::identity::{CreateRecord, Definition, Life, ObjectKey, Owner, Target};
pub use crate::kubernetes::services::Ingress;
use crate::kubernetes::services::ReferredServices;
use crate::names::{FINALIZER, RECONCILE_REQUESTED_AT_ANNOTATION};

/// An object that carries the deletion mark, as far as Kubernetes alone tells: enough for all that needs no cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    pub key: ObjectKey,
    pub definition: Definition,
    /// The finalizers of the object, ours among them or not.
    pub finalizers: Vec<String>,
    pub spec: VpcEndpointServiceSpec,
    /// It may go although its service keeps the owner tags.
    pub leaves_tags: bool,
}

/// What status said when the reconcile began. Status may forbid and may schedule, never permit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusHint {
    pub service_id: Option<String>,
    pub incarnation: u32,
    /// When the service that status names was created.
    pub create_time: Option<Timestamp>,
    /// `Ready` was True for this generation.
    pub ready_generation: Option<i64>,
    /// By name of a Service, the load balancers that came from it.
    pub led_to: BTreeMap<String, BTreeSet<String>>,
    /// What was told as drift. Under `driftPolicy: Report` it forbids to write that.
    pub drift: Vec<Drift>,
    /// By load balancer, the zones in which it was attached, or was to be.
    pub attached: BTreeMap<String, BTreeSet<String>>,
}

/// What a person asked to be looked at afresh, and when that was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RefreshRequest {
    /// The value of the annotation `reconcile-requested-at`: every other one is a new request.
    pub requested_at: Option<String>,
    /// By status.
    pub had_at: Option<Timestamp>,
}

/// Where objects without a word of their own live: the operator's account and default region.
#[derive(Clone, Debug)]
pub struct Place {
    /// The cluster id in the owner tags.
    pub cluster: String,
    /// The account of the credentials, or why it is not known yet.
    pub account: Result<String, cloud_core::Error>,
    pub default_region: Option<String>,
    /// What becomes of the kind itself; asked for objects that are marked for deletion only.
    pub definition: Definition,
    /// The Services that the object refers to. None are needed for objects that are marked for deletion.
    pub services: ReferredServices,
}

/// Everything that is known from Kubernetes.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    pub key: ObjectKey,
    pub life: Life,
    pub definition: Definition,
    /// The finalizers of the object, ours among them or not.
    pub finalizers: Vec<String>,
    pub target: Target,
    /// Where the region of `target` comes from.
    pub region_named_by: NamedBy,
    pub owner: Owner,
    /// The record of this very UID; one of another UID counts as none.
    pub record: Option<CreateRecord>,
    pub hint: StatusHint,
    pub refresh: RefreshRequest,
    /// The service that a status which is not this object's names: it came along with the object.
    pub not_ours: Option<String>,
    /// What the Services that the spec refers to lead to; empty for an object that is marked for deletion.
    pub references: References,
    pub spec: VpcEndpointServiceSpec,
}

/// What says in which region the service lives. The first that there is counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    Record,
    Spec,
    Default,
}

/// Why an object cannot be worked on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ResolveError {
    #[error("this operator has no provider config {name}")]
    ProviderConfigUnavailable { name: String },
    #[error("no region: neither spec.region nor the operator's default is set")]
    RegionMissing,
    #[error("failed to find the provider's host for region {region}, which {named_by} names: {reason}")]
    RegionUnusable { region: String, named_by: NamedBy, reason: String },
    #[error("the create record names account {recorded}, the operator works in account {actual}")]
    AccountMismatch { recorded: String, actual: String },
    #[error("{named_by} names region {wanted}, the status names {status}")]
    RegionMismatch { wanted: String, named_by: NamedBy, status: String },
    #[error("the account of the credentials is not known yet: {0}")]
    AccountUnknown(Box<cloud_core::Error>),
}

/// Makes one value of what Kubernetes knows of an object.
///
/// A record wins over everything else about where the service lives. Fields that are not implemented stop a live object before any
/// write; a deletion works whatever they say.
pub fn resolve(object: &VpcEndpointService, place: &Place) -> Result<Resolved, ResolveError> {
    let key = ObjectKey::of(object);
    let life = Life::of(object);
    if life == Life::Live {
        provider_config::check(&object.spec)?;
    }
    let record = CreateRecord::own(object);
    let not_ours = not_ours(object, record.as_ref());
    let status = own_status(object, not_ours.as_ref());
    let references = match life {
        Life::Live => service_ref::references(&object.spec, &place.services),
        Life::Deleting { .. } => References::new(),
    };
    let (target, region_named_by) = target(object, record.as_ref(), &status, place)?;
    Ok(Resolved {
        target,
        region_named_by,
        owner: owner(&key, place),
        finalizers: object.metadata.finalizers.clone().unwrap_or_default(),
        hint: StatusHint::of(&status),
        refresh: RefreshRequest::of(object, &status),
        not_ours,
        references,
        spec: object.spec.clone(),
        definition: place.definition.clone(),
        record,
        life,
        key,
    })
}

impl ResolveError {
    /// The provider's host for the region of a target cannot be found.
    pub fn region_unusable(resolved: &Resolved, error: &cloud_core::BuildError) -> Self {
        Self::RegionUnusable {
            region: resolved.target.region.clone(),
            named_by: resolved.region_named_by,
            reason: error.to_string(),
        }
    }
}

impl Marked {
    /// The object, if it carries the deletion mark.
    pub fn of(object: &VpcEndpointService, definition: Definition) -> Option<Self> {
        object.metadata.deletion_timestamp.as_ref()?;
        Some(Self {
            key: ObjectKey::of(object),
            definition,
            finalizers: object.metadata.finalizers.clone().unwrap_or_default(),
            spec: object.spec.clone(),
            leaves_tags: true,
        })
    }
}

impl StatusHint {
    fn of(status: &VpcEndpointServiceStatus) -> Self {
        Self {
            service_id: status.service_id.clone(),
            incarnation: status.incarnation.unwrap_or_default(),
            create_time: status.create_time.as_deref().and_then(|text| text.parse().ok()),
            ready_generation: ready_generation(status),
            led_to: led_to(status),
            drift: told_drift(status),
            attached: attached(status),
        }
    }
}

impl RefreshRequest {
    fn of(object: &VpcEndpointService, status: &VpcEndpointServiceStatus) -> Self {
        let annotations = object.metadata.annotations.as_ref();
        Self {
            requested_at: annotations.and_then(|all| all.get(RECONCILE_REQUESTED_AT_ANNOTATION)).cloned(),
            had_at: status.last_refresh_time.as_ref().map(|time| time.0),
        }
    }
}

impl Resolved {
    /// The object carries our finalizer.
    pub fn has_finalizer(&self) -> bool {
        has_finalizer(&self.finalizers)
    }

    /// The incarnation that the create record stands for.
    pub fn recorded_incarnation(&self) -> Option<u32> {
        self.record.as_ref().map(|record| record.incarnation)
    }

    /// The record was written for another service after the one that status names.
    pub fn is_next_incarnation(&self) -> bool {
        self.recorded_incarnation() > Some(self.hint.incarnation)
    }

    /// Status said `Ready=True` for the generation of this reconcile, and for the load balancers that it leads to.
    pub fn was_ready(&self) -> bool {
        self.hint.ready_generation == Some(self.key.generation) && !self.leads_elsewhere()
    }

    /// A Service leads to another load balancer than when the status was written: an edit that has no generation of its own.
    pub fn leads_elsewhere(&self) -> bool {
        let is_other = |(name, found): (&String, &Result<Referred, Unresolved>)| {
            let then = self.hint.led_to.get(name);
            then.zip(found.as_ref().ok()).is_some_and(|(then, now)| !then.contains(&now.load_balancer_id))
        };
        self.references.iter().any(is_other)
    }
}

impl fmt::Display for NamedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Record => "the annotation privatelink.alibabacloud.com/create-record",
            Self::Spec => "spec.region",
            Self::Default => "the operator's --region",
        })
    }
}

/// Our finalizer is among them.
pub fn has_finalizer(finalizers: &[String]) -> bool {
    finalizers.iter().any(|name| name == FINALIZER)
}

/// The service that the status names although it is not this object's: object and status were copied or restored, with another object's record
/// or, since that was replaced, as this object's own record says.
fn not_ours(object: &VpcEndpointService, record: Option<&CreateRecord>) -> Option<String> {
    match record {
        Some(record) => record.not_ours.clone(),
        None => object.status.as_ref().filter(|_| is_brought_along(object))?.service_id.clone(),
    }
}

/// The status, unless it came along with the object.
fn own_status(object: &VpcEndpointService, not_ours: Option<&String>) -> VpcEndpointServiceStatus {
    let status = object.status.clone().unwrap_or_default();
    let names_other = not_ours.is_some() && status.service_id.as_ref() == not_ours;
    if names_other || is_brought_along(object) { VpcEndpointServiceStatus::default() } else { status }
}

fn target(
    object: &VpcEndpointService,
    record: Option<&CreateRecord>,
    status: &VpcEndpointServiceStatus,
    place: &Place,
) -> Result<(Target, NamedBy), ResolveError> {
    let actual = place.account.clone().map_err(|error| ResolveError::AccountUnknown(Box::new(error)))?;
    let (region, named_by) = region(object, record, place).ok_or(ResolveError::RegionMissing)?;
    let recorded = record.map(|record| &record.account).or(status.account_id.as_ref());
    if let Some(recorded) = recorded.filter(|recorded| **recorded != actual) {
        return Err(ResolveError::AccountMismatch { recorded: recorded.clone(), actual });
    }
    match &status.region {
        Some(named) if *named != region && !is_let_go(object) => {
            Err(ResolveError::RegionMismatch { wanted: region, named_by, status: named.clone() })
        }
        _ => Ok((Target { account: actual, region }, named_by)),
    }
}

fn region(object: &VpcEndpointService, record: Option<&CreateRecord>, place: &Place) -> Option<(String, NamedBy)> {
    let recorded = record.map(|record| (record.region.clone(), NamedBy::Record));
    let specified = || Some((object.spec.region.clone()?, NamedBy::Spec));
    let default = || Some((place.default_region.clone()?, NamedBy::Default));
    recorded.or_else(specified).or_else(default)
}

/// Under `Retain` nothing is lost by looking in the one region that counts: what carries the object's UID there is untagged, and nothing else is
/// touched.
fn is_let_go(object: &VpcEndpointService) -> bool {
    object.metadata.deletion_timestamp.is_some() && object.spec.effective_deletion_policy() == DeletionPolicy::Retain
}

fn owner(key: &ObjectKey, place: &Place) -> Owner {
    Owner { cluster: place.cluster.clone(), uid: key.uid.clone(), object: format!("{}.{}", key.namespace, key.name) }
}

/// Beside a plan, which stands under `Observe` and `Plan` only, it is what was yet to be brought into force, and no drift.
fn told_drift(status: &VpcEndpointServiceStatus) -> Vec<Drift> {
    if status.plan.is_empty() { status.drift.clone() } else { Vec::new() }
}

/// Unset names are of resources that the spec names itself.
fn led_to(status: &VpcEndpointServiceStatus) -> BTreeMap<String, BTreeSet<String>> {
    let mut led_to: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for resource in &status.resources {
        if let (Some(service), Some(id)) = (&resource.from, &resource.resource_id) {
            led_to.entry(service.clone()).or_default().insert(id.clone());
        }
    }
    led_to
}

/// What was to go, and what was told as drift, is not what the spec wanted.
fn attached(status: &VpcEndpointServiceStatus) -> BTreeMap<String, BTreeSet<String>> {
    let mut attached: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let wanted = status.resources.iter().filter(|resource| resource.state != Some(AttachmentState::Detaching));
    for (id, zone) in wanted.filter_map(|resource| resource.resource_id.as_ref().zip(resource.zone_id.as_ref())) {
        let path = format!("spec.resources[{id} in {zone}]");
        let is_drift = status.drift.iter().any(|drift| drift.field.as_ref() == Some(&path));
        if !is_drift {
            attached.entry(id.clone()).or_default().insert(zone.clone());
        }
    }
    attached
}

fn ready_generation(status: &VpcEndpointServiceStatus) -> Option<i64> {
    status.service_id.as_ref()?;
    let ready = status.condition(ConditionType::Ready)?;
    (ready.status == "True").then_some(status.observed_generation).flatten()
}

#[cfg(test)]
mod tests;
