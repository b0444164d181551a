//! The questions of a deletion that need no cloud: no account, no credentials, no region. They come first.

use super::Plan;
use super::gone::release;
use crate::cloud::errors::verdict;
use crate::crd::{DeletionPolicy, ManagementPolicy, VpcEndpointServiceSpec};
use crate::identity::Definition;
use crate::vpc_endpoint_service::plan::check::{Check, first, plan_of};
use crate::vpc_endpoint_service::plan::{Limits, Next, Wait};
use crate::vpc_endpoint_service::resolve::{Marked, ResolveError, Resolved, has_finalizer, is_provider_config_known};

/// A marked object as Kubernetes alone shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offline<'a> {
    finalizers: &'a [String],
    definition: &'a Definition,
    spec: &'a VpcEndpointServiceSpec,
    /// See [`Limits::leaves_tags`].
    leaves_tags: bool,
}

type Ask = fn(&Offline<'_>) -> Option<Next>;

pub(super) const CHECKS: [Check<Ask>; 6] = [
    // Without our finalizer the object is not ours to deal with.
    Check { reason: "no-finalizer", ask: without_finalizer },
    // With the kind every object goes: the services stay, tagged, for whoever puts it back.
    Check { reason: "definition-deleted", ask: kind_goes },
    // While it is suspended nothing is written to the cloud, and nothing is forgotten.
    Check { reason: "suspended", ask: suspended },
    // What was only observed is let go without a write to the cloud.
    Check { reason: "not-managed", ask: not_managed },
    // Nobody can say why the object is being deleted: what is not known permits no write.
    Check { reason: "definition-unknown", ask: definition_unknown },
    // With other credentials than those that the spec names nothing is deleted.
    Check { reason: "other-provider-config", ask: provider_config },
];

/// What is to be done for a marked object without the cloud. `None`: the cloud must be looked at.
pub fn without_cloud(marked: &Marked) -> Option<Plan> {
    Offline::of_marked(marked).plan()
}

/// What is to be done for a marked object whose account or region cannot be worked in. Under `Retain` it is let go, because nothing of its service
/// is to change but the tags, and those cannot be reached. `None`: it waits for a person.
pub fn without_place(marked: &Marked, error: &ResolveError) -> Option<Plan> {
    let is_lasting = match error {
        // Credentials that are refused stay so until a person replaces them; an STS that cannot be reached comes back.
        ResolveError::AccountUnknown(error) => verdict(error).stalled,
        ResolveError::AccountMismatch { .. }
        | ResolveError::RegionMissing
        | ResolveError::RegionUnusable { .. }
        | ResolveError::RegionMismatch { .. } => true,
        ResolveError::ProviderConfigUnavailable { .. } => false,
    };
    let is_retained = marked.spec.effective_deletion_policy() == DeletionPolicy::Retain;
    (is_lasting && is_retained && marked.leaves_tags).then(|| plan_of(("target-unreachable", release())))
}

impl<'a> Offline<'a> {
    fn of_marked(marked: &'a Marked) -> Self {
        let Marked { key: _, definition, finalizers, spec, leaves_tags } = marked;
        Self { finalizers, definition, spec, leaves_tags: *leaves_tags }
    }

    pub(super) fn of(resolved: &'a Resolved, limits: &Limits) -> Self {
        let Resolved { finalizers, definition, spec, .. } = resolved;
        Self { finalizers, definition, spec, leaves_tags: limits.leaves_tags }
    }

    pub(super) fn plan(&self) -> Option<Plan> {
        first(&CHECKS, |ask| ask(self)).map(plan_of)
    }
}

fn without_finalizer(object: &Offline<'_>) -> Option<Next> {
    (!has_finalizer(object.finalizers)).then(Next::default)
}

fn kind_goes(object: &Offline<'_>) -> Option<Next> {
    (*object.definition == Definition::Goes).then(release)
}

fn suspended(object: &Offline<'_>) -> Option<Next> {
    object.spec.suspend.then(|| Next::wait(Wait::FieldHolds { field: "spec.suspend" }))
}

fn not_managed(object: &Offline<'_>) -> Option<Next> {
    match object.spec.management_policy {
        ManagementPolicy::Manage => None,
        ManagementPolicy::Observe | ManagementPolicy::Plan if object.leaves_tags => Some(release()),
        // With its tags, the service would be taken for an orphan and deleted.
        ManagementPolicy::Observe | ManagementPolicy::Plan => {
            Some(Next::wait(Wait::FieldHolds { field: "spec.managementPolicy" }))
        }
    }
}

fn definition_unknown(object: &Offline<'_>) -> Option<Next> {
    match object.definition {
        Definition::Unknown(why) => Some(Next::wait(Wait::DefinitionKnown(why.clone()))),
        Definition::Stays | Definition::Goes => None,
    }
}

fn provider_config(object: &Offline<'_>) -> Option<Next> {
    let is_deleted = object.spec.effective_deletion_policy() == DeletionPolicy::Delete;
    (is_deleted && !is_provider_config_known(object.spec))
        .then(|| Next::wait(Wait::FieldHolds { field: "spec.providerConfigRef.name" }))
}
