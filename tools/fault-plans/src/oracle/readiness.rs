//! The status tells the truth: whoever reads `Ready=True` for the newest generation can rely on it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use privatelink_sim::{LoadBalancer, ServiceView};
use serde_json::Value;

use super::Case;
use crate::harness::{Sighting, Snapshot, object};

const UID_TAG: &str = "privatelink-operator.uid";

/// How old the operator's knowledge may be when it says Ready: the lists' lag, a period of the lists, and a busy machine. It only counts where
/// somebody changes the service behind the operator's back.
pub(crate) const KNOWLEDGE: Duration = Duration::from_secs(1);

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    promises(&case.evidence.sightings)
        .filter_map(|promise| broken(promise, &case.cloud_log.until(promise.at, case.knowledge)))
        .collect()
}

/// What is Ready once everything has come to rest and is as its spec says now.
pub(super) fn at_rest(case: &Case<'_>) -> Vec<String> {
    let (services, load_balancers) = (&case.evidence.services, &case.evidence.load_balancers);
    let kept = |object: &&Value| services.iter().any(|service| keeps(service, object, load_balancers));
    let is_ready = |object: &&Value| object::is_ready(object);
    let told = |object: &Value| {
        let (name, was) = (&object["metadata"]["name"], state(services, object::uid(object)));
        format!("{name} is Ready at the end, and its service is not as its spec says: {was}")
    };
    case.evidence.objects.values().filter(is_ready).filter(|object| !kept(object)).map(told).collect()
}

/// The sightings that say Ready, each status once: a version of the object with the same status is no new promise.
fn promises(sightings: &[Sighting]) -> impl Iterator<Item = &Sighting> {
    let mut last = BTreeMap::new();
    sightings.iter().filter(move |sighting| {
        let is_new =
            last.insert(object::uid(&sighting.object), &sighting.object["status"]) != Some(&sighting.object["status"]);
        is_new && object::is_ready(&sighting.object)
    })
}

fn broken(promise: &Sighting, snapshots: &[Snapshot]) -> Option<String> {
    let object = &promise.object;
    let keeps_in = |Snapshot { from: _, services, load_balancers }: &Snapshot| {
        services.iter().any(|service| keeps(service, object, load_balancers))
    };
    let kept = snapshots.iter().any(keeps_in);
    if kept {
        return None;
    }
    let (name, generation) = (&object["metadata"]["name"], &object["metadata"]["generation"]);
    let uid = object::uid(object);
    let was: Vec<_> = snapshots.iter().map(|snapshot| state(&snapshot.services, uid)).collect();
    Some(format!(
        "{name} says Ready for generation {generation}, and the cloud was never so; it was {}",
        was.join(", then ")
    ))
}

fn state(services: &[ServiceView], uid: &str) -> String {
    let own = services.iter().find(|service| service.tags.get(UID_TAG).is_some_and(|owner| owner == uid));
    own.map_or_else(|| "without it".to_owned(), |service| format!("{} {:?}", service.status, Shape::of(service)))
}

/// The service is this object's, Active, and as its spec says.
fn keeps(service: &ServiceView, object: &Value, load_balancers: &[LoadBalancer]) -> bool {
    service.tags.get(UID_TAG).is_some_and(|uid| uid == object::uid(object))
        && service.status == "Active"
        && object::service_id(object) == Some(&service.id)
        && fits(&Shape::of(service), &object["spec"], &service.account, load_balancers)
}

/// What a spec can ask for.
#[derive(Debug)]
struct Shape<'a> {
    description: &'a str,
    auto_accept: bool,
    zone_affinity: bool,
    resource_group: &'a str,
    attachments: BTreeSet<(&'a str, &'a str)>,
    principals: BTreeSet<&'a str>,
    tags: Vec<(&'a str, &'a str)>,
}

impl<'a> Shape<'a> {
    fn of(service: &'a ServiceView) -> Self {
        let attached = service.attachments.iter().filter(|attachment| attachment.status == "Attached");
        Self {
            description: &service.description,
            auto_accept: service.auto_accept,
            zone_affinity: service.zone_affinity,
            resource_group: &service.resource_group,
            attachments: attached.map(|found| (found.resource_id.as_str(), found.zone_id.as_str())).collect(),
            principals: service.users.iter().map(|user| account(user)).collect(),
            tags: service.tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
        }
    }
}

/// The account of `acs:ram:*:<account>:*`, or of itself.
fn account(principal: &str) -> &str {
    principal.split(':').nth(3).unwrap_or(principal)
}

fn fits(shape: &Shape<'_>, spec: &Value, owner: &str, load_balancers: &[LoadBalancer]) -> bool {
    shape.description == spec["description"].as_str().unwrap_or_default()
        && shape.auto_accept == spec["autoAcceptEnabled"].as_bool().unwrap_or_default()
        && shape.zone_affinity == spec["zoneAffinityEnabled"].as_bool().unwrap_or_default()
        && spec["resourceGroupId"].as_str().is_none_or(|group| group == shape.resource_group)
        && spec["resources"]
            .as_array()
            .is_none_or(|resources| are_attached(resources, &shape.attachments, load_balancers))
        && spec["allowedPrincipals"].as_array().is_none_or(|wanted| principals(wanted, owner) == shape.principals)
        && spec["tags"].as_object().is_none_or(|tags| {
            let ours = shape.tags.iter().filter(|(key, _)| !key.starts_with("privatelink-operator."));
            ours.copied().eq(tags.iter().map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())))
        })
}

/// What a Service leads to is not in the spec: it is one load balancer at a time, in every zone.
fn are_attached(resources: &[Value], found: &BTreeSet<(&str, &str)>, load_balancers: &[LoadBalancer]) -> bool {
    let is_referring = |resource: &Value| resource["serviceRef"].is_object();
    if !resources.iter().any(is_referring) {
        return attachments(resources, load_balancers) == *found;
    }
    let ids: BTreeSet<_> = found.iter().map(|(id, _)| *id).collect();
    let zones = |all: &BTreeSet<(&str, &str)>| all.iter().map(|(_, zone)| (*zone).to_owned()).collect::<Vec<_>>();
    ids.len() == 1 && zones(&attachments(resources, load_balancers)) == zones(found)
}

fn attachments<'a>(resources: &'a [Value], load_balancers: &'a [LoadBalancer]) -> BTreeSet<(&'a str, &'a str)> {
    let all = resources.iter().flat_map(|resource| {
        let id = resource["resourceId"].as_str().unwrap_or_default();
        zones_of(resource, id, load_balancers).into_iter().map(move |zone| (id, zone))
    });
    all.collect()
}

/// Those that are listed, or all of the load balancer.
fn zones_of<'a>(resource: &'a Value, id: &str, load_balancers: &'a [LoadBalancer]) -> Vec<&'a str> {
    if let Some(listed) = resource["zoneIds"].as_array() {
        return listed.iter().filter_map(Value::as_str).collect();
    }
    let named = load_balancers.iter().filter(|load_balancer| load_balancer.id == id);
    named.flat_map(|load_balancer| &load_balancer.zones).map(|zone| zone.zone_id.as_str()).collect()
}

/// The service's own account always may.
fn principals<'a>(wanted: &'a [Value], owner: &'a str) -> BTreeSet<&'a str> {
    wanted.iter().filter_map(Value::as_str).map(account).chain([owner]).collect()
}
