//! Rest: every object is Ready for its newest generation, and has a service that is as its spec says.

use std::collections::{BTreeMap, BTreeSet};

use kube::ResourceExt;
use privatelink_operator::crd::{VpcEndpointService, VpcEndpointServiceSpec};
use privatelink_sim::{AttachmentView, ServiceView};

use crate::support::rig::{Rig, is_ready, ready_condition, status};

/// Waits for rest.
pub(super) async fn until_rest(rig: &Rig) {
    rig.poll("everything is at rest", async || unfinished(rig).await, Vec::is_empty).await;
}

/// What has not come to rest, a line for each object.
pub(super) async fn unfinished(rig: &Rig) -> Vec<String> {
    let (objects, services) = (rig.all().await, rig.services().await);
    let count = format!("{} services for {} objects", services.len(), objects.len());
    let count = (services.len() != objects.len()).then_some(count);
    let services = services.iter().map(|service| (service.id.clone(), service)).collect();
    count.into_iter().chain(objects.iter().filter_map(|object| complaint(object, &services))).collect()
}

fn complaint(object: &VpcEndpointService, services: &BTreeMap<String, &ServiceView>) -> Option<String> {
    let name = object.name_any();
    if !is_ready(object) {
        return Some(format!("{name} is {:?}", ready_condition(object)));
    }
    let Some(service) = status(object).service_id.and_then(|id| services.get(&id)) else {
        return Some(format!("{name} is Ready without a service"));
    };
    let (wanted, found) = (Content::of_spec(&object.spec), Content::of_service(service));
    (wanted != found).then(|| format!("{name} is to be {wanted:?}, but is {found:?}"))
}

/// What the tests edit.
#[derive(Debug, PartialEq, Eq)]
struct Content {
    description: String,
    auto_accept: bool,
    zone_affinity: bool,
    tags: BTreeMap<String, String>,
    principals: BTreeSet<String>,
    resources: BTreeSet<(String, String)>,
}

impl Content {
    fn of_spec(spec: &VpcEndpointServiceSpec) -> Self {
        let resources = spec.resources.iter().flatten().flat_map(|resource| {
            let id = resource.resource_id.clone().unwrap_or_default();
            resource.zone_ids.iter().flatten().map(move |zone| (id.clone(), zone.clone()))
        });
        Self {
            description: spec.description.clone(),
            auto_accept: spec.auto_accept_enabled,
            zone_affinity: spec.zone_affinity_enabled,
            tags: spec.tags.clone().unwrap_or_default(),
            principals: spec.allowed_principals.iter().flatten().map(|account| arn(account)).collect(),
            resources: resources.collect(),
        }
    }

    /// Without what nobody asked for: the operator's own tags, and the owner's own right to connect.
    fn of_service(service: &ServiceView) -> Self {
        let tags = service.tags.iter().filter(|(key, _)| !key.starts_with("privatelink-operator."));
        let owner = arn(&service.account);
        let attached = |held: &&AttachmentView| held.status == "Attached";
        let resource = |held: &AttachmentView| (held.resource_id.clone(), held.zone_id.clone());
        Self {
            description: service.description.clone(),
            auto_accept: service.auto_accept,
            zone_affinity: service.zone_affinity,
            tags: tags.map(|(key, value)| (key.clone(), value.clone())).collect(),
            principals: service.users.iter().filter(|user| **user != owner).cloned().collect(),
            resources: service.attachments.iter().filter(attached).map(resource).collect(),
        }
    }
}

fn arn(account: &str) -> String {
    format!("acs:ram:*:{account}:*")
}
