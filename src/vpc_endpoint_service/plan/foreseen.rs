//! What comes after the steps that make a service the object's: a Create does not carry all of a spec, and of a service that is taken over only the tags are
//! written at first. The operator finds out when it is so far; whoever is shown a plan is to see all of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use privatelink::{RegionStatus, ServiceStatus};

use super::{Plan, Step};
use crate::cloud::services::observed::{DetailsView, Observed, ServiceView};
use crate::cloud::services::{Attachment, AttachmentKey, Details, Field, Proof, Service, Value};
use crate::vpc_endpoint_service::desired::Desired;
use crate::vpc_endpoint_service::resolve::Resolved;

/// Stands for the id of a service that is not created yet. No id of the provider's looks like it.
pub const NOT_CREATED: &str = "(not created yet)";

/// What will be observed once the plan has made a service the object's; `None`: it does not. What nobody knows yet is unknown then, too.
pub fn foreseen(
    resolved: &Resolved,
    desired: &Desired,
    observed: &Observed,
    plan: &Plan,
    now: Timestamp,
) -> Option<Observed> {
    let (service, details) = plan.steps.iter().find_map(|step| match step {
        Step::Create { .. } => Some((created(desired), DetailsView::Known(details(desired, now)))),
        step if step.takes_over() => Some((taken_over(resolved, observed)?, DetailsView::Unknown)),
        _ => None,
    })?;
    Some(Observed { service: ServiceView::Ours(Box::new(service)), details, ..observed.clone() })
}

/// As the provider makes it: what a Create does not carry is missing.
fn created(desired: &Desired) -> Service {
    let sent = |(field, value): (&Field, &Value)| {
        (field.clone(), if field.is_created() { value.clone() } else { Value::Absent })
    };
    let regions = desired.regions.iter().flatten().map(|region| (region.clone(), RegionStatus::Available));
    Service {
        id: NOT_CREATED.to_owned(),
        name: None,
        domain: None,
        status: ServiceStatus::Active,
        business_status: None,
        resource_type: Some(desired.service_resource_type.clone()),
        payer: Some(desired.payer.clone()),
        create_time: None,
        attributes: desired.attributes.iter().map(sent).collect(),
        regions: Some(regions.collect()),
        tags: desired.create_tags(),
        proof: Proof::Listed,
        unseen: BTreeSet::new(),
        settling: false,
    }
}

/// The owner is the one principal of a new service.
fn details(desired: &Desired, now: Timestamp) -> Details {
    let attached = |key: &AttachmentKey| Attachment::new(key.zone_id.clone());
    Details {
        as_of: now,
        read_at: now,
        attachments: desired.create_attachments().into_iter().map(|key| (key.clone(), attached(key))).collect(),
        principals: Some([desired.owner_account.clone()].into()),
    }
}

fn taken_over(resolved: &Resolved, observed: &Observed) -> Option<Service> {
    let (ServiceView::ToAdopt(service) | ServiceView::Former(service)) = &observed.service else { return None };
    let mut service = (**service).clone();
    service.tags.extend(resolved.owner.tags());
    Some(service)
}
