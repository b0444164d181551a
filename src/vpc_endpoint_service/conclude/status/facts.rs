//! What is known of the service. What is not known keeps what was said of it.

use std::collections::BTreeSet;

use privatelink::{CreateVpcEndpointServiceRequest, Resource, ServiceStatus};

use crate::cloud::services::{Attachment, AttachmentKey, Field, Service, Value};
use crate::crd::{AttachmentState, ResourceStatus, VpcEndpointServiceStatus};
use crate::vpc_endpoint_service::conclude::conditions::whole_second;
use crate::vpc_endpoint_service::conclude::connections;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::observe::DetailsView;
use crate::vpc_endpoint_service::plan::{Difference, Mode, Plan, Step};
use crate::vpc_endpoint_service::resolve::{Referred, Resolved, Unresolved};

/// The status of before, with everything that this reconcile knows better.
pub(super) fn facts(inputs: &Inputs<'_>) -> VpcEndpointServiceStatus {
    let mut status = inputs.previous.clone();
    let Some(resolved) = inputs.resolved() else { return status };
    if let Some(service) = inputs.service() {
        describe(&mut status, service);
        place(&mut status, inputs, resolved);
    } else if inputs.is_gone() || inputs.is_being_replaced() {
        status.service_status = None;
        status.service_business_status = None;
    }
    if let Some(had_at) = inputs.observed().and_then(|observed| observed.refresh.had_at) {
        status.last_refresh_time = Some(whole_second(had_at));
    }
    if let Some(attachments) = attachments(inputs) {
        status.zone_ids = zones(&attachments);
        status.resources =
            attachments.into_iter().map(|entry| ResourceStatus { from: from(inputs, &entry), ..entry }).collect();
    }
    connections::describe(&mut status, inputs);
    status
}

fn describe(status: &mut VpcEndpointServiceStatus, service: &Service) {
    let known = |new: &Option<String>, old: &Option<String>| new.clone().or_else(|| old.clone());
    if status.service_id.as_ref() != Some(&service.id) {
        // Nothing of another service may stay.
        *status = VpcEndpointServiceStatus {
            observed_generation: status.observed_generation,
            incarnation: status.incarnation,
            drift: std::mem::take(&mut status.drift),
            last_error: status.last_error.take(),
            conditions: std::mem::take(&mut status.conditions),
            ..VpcEndpointServiceStatus::default()
        };
    }
    status.service_id = Some(service.id.clone());
    status.service_name = known(&service.name, &status.service_name);
    status.service_domain = known(&service.domain, &status.service_domain);
    status.service_status = Some(service.status.as_str().to_owned()).filter(|text| !text.is_empty());
    status.service_business_status = known(&service.business_status, &status.service_business_status);
    status.create_time = known(&service.create_time, &status.create_time);
    let ip_version = service.attributes.get(&Field::AddressIpVersion).and_then(Value::as_text).map(str::to_owned);
    status.address_ip_version = known(&ip_version, &status.address_ip_version);
}

/// Where a service lives that there is. Before there is one, nothing is settled.
fn place(status: &mut VpcEndpointServiceStatus, inputs: &Inputs<'_>, resolved: &Resolved) {
    status.region = Some(resolved.target.region.clone());
    status.account_id = Some(resolved.target.account.clone());
    // The record that this reconcile wrote and created under is newer than the one that it began with.
    let created = inputs.created().and_then(|(step, _)| match step {
        Step::Create { record, .. } => Some(record.incarnation),
        _ => None,
    });
    status.incarnation = Some(created.max(resolved.recorded_incarnation()).max(status.incarnation).unwrap_or_default());
}

/// The zones in which consumers can reach the service; `None`: this reconcile does not know.
pub(in super::super) fn known_zones(inputs: &Inputs<'_>) -> Option<Vec<String>> {
    Some(zones(&attachments(inputs)?))
}

/// The attachments: those that the Create of this reconcile carried, or those that are known, each with where it is going.
fn attachments(inputs: &Inputs<'_>) -> Option<Vec<ResourceStatus>> {
    if let Some((Step::Create { request, .. }, _)) = inputs.created() {
        return Some(sent(request));
    }
    let service = inputs.seen()?;
    let DetailsView::Known(details) = &inputs.observed()?.details else { return None };
    let is_created = service.status != ServiceStatus::Creating;
    // What is only shown goes nowhere.
    let is_moved = |plan: &&Plan| is_created && plan.mode == Mode::Act;
    let differences = inputs.plan().filter(is_moved).map_or(&[][..], |plan| &plan.differences);
    let found = details.attachments.iter().map(|(key, attachment)| {
        let state = match (is_created, is_unwanted(differences, key)) {
            (false, _) => AttachmentState::Attaching,
            (true, true) => AttachmentState::Detaching,
            (true, false) => AttachmentState::Attached,
        };
        attached(key, attachment, state)
    });
    let missing = differences.iter().filter_map(missing);
    let mut all: Vec<_> = found.chain(missing).collect();
    all.sort_by(|a, b| (&a.resource_id, &a.zone_id).cmp(&(&b.resource_id, &b.zone_id)));
    Some(all)
}

/// The Service that the load balancer comes from, of several the first; of one that is on its way out, what was said before.
fn from(inputs: &Inputs<'_>, entry: &ResourceStatus) -> Option<String> {
    let id = entry.resource_id.as_ref()?;
    let resolved = inputs.resolved()?;
    if resolved.spec.resources.iter().flatten().any(|resource| resource.resource_id.as_ref() == Some(id)) {
        return None;
    }
    let leads = |found: &Result<Referred, Unresolved>| found.as_ref().is_ok_and(|found| found.load_balancer_id == *id);
    let names = || resolved.references.iter().find(|(_, found)| leads(found)).map(|(name, _)| name.clone());
    let before =
        || inputs.previous.resources.iter().find(|before| before.resource_id.as_ref() == Some(id))?.from.clone();
    names().or_else(before)
}

fn sent(request: &CreateVpcEndpointServiceRequest) -> Vec<ResourceStatus> {
    let entry = |resource: &Resource| ResourceStatus {
        resource_id: resource.resource_id.clone(),
        zone_id: resource.zone_id.clone(),
        state: Some(AttachmentState::Attaching),
        related_endpoint_count: Some(0),
        related_deprecated_endpoint_count: None,
        from: None,
    };
    let mut entries: Vec<_> = request.resources.iter().map(entry).collect();
    entries.sort_by(|a, b| (&a.resource_id, &a.zone_id).cmp(&(&b.resource_id, &b.zone_id)));
    entries
}

fn attached(key: &AttachmentKey, attachment: &Attachment, state: AttachmentState) -> ResourceStatus {
    ResourceStatus {
        resource_id: Some(key.resource_id.clone()),
        zone_id: attachment.zone_id.clone().or_else(|| key.zone_id.clone()),
        state: Some(state),
        related_endpoint_count: Some(attachment.related_endpoint_count.max(0)),
        related_deprecated_endpoint_count: Some(attachment.deprecated_endpoint_count).filter(|count| *count > 0),
        from: None,
    }
}

fn is_unwanted(differences: &[Difference], key: &AttachmentKey) -> bool {
    differences.iter().any(|difference| {
        difference.wanted.is_empty() && matches!(&difference.field, Field::Resource(other) if other == key)
    })
}

fn missing(Difference { field, wanted: _, found }: &Difference) -> Option<ResourceStatus> {
    let Field::Resource(key) = field else { return None };
    found.is_empty().then(|| ResourceStatus {
        resource_id: Some(key.resource_id.clone()),
        zone_id: key.zone_id.clone(),
        state: Some(AttachmentState::Attaching),
        ..ResourceStatus::default()
    })
}

/// The zones in which something is attached.
fn zones(attachments: &[ResourceStatus]) -> Vec<String> {
    let zones: BTreeSet<_> = attachments.iter().filter_map(|attachment| attachment.zone_id.clone()).collect();
    zones.into_iter().collect()
}
