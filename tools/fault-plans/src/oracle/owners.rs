//! At rest, services with our tags and live objects match one to one, and every object names its own service.

use privatelink_sim::ServiceView;
use serde_json::Value;

use super::Case;
use crate::environment::OFFERED_TAG;
use crate::harness::object;

const CLUSTER_TAG: &str = "privatelink-operator.cluster";
const UID_TAG: &str = "privatelink-operator.uid";

pub(super) fn look(case: &Case<'_>) -> Vec<String> {
    let evidence = case.evidence;
    let is_ours =
        |service: &&ServiceView| service.tags.get(CLUSTER_TAG) == Some(&evidence.namespace) && !is_offered(service);
    let ours: Vec<_> = evidence.services.iter().filter(is_ours).collect();
    let ownerless = ours.iter().filter(|service| !evidence.objects.values().any(|object| owns(object, service)));
    let leaks = ownerless.map(|service| format!("{} is left with our tags, and no object owns it", service.id));
    leaks.chain(evidence.objects.iter().filter_map(|(name, object)| bond(name, object, &ours))).collect()
}

/// A service that a workload has made for somebody to adopt, and that nobody has.
fn is_offered(service: &ServiceView) -> bool {
    service.tags.contains_key(OFFERED_TAG) && !service.tags.contains_key(UID_TAG)
}

fn owns(object: &Value, service: &ServiceView) -> bool {
    service.tags.get(UID_TAG).is_some_and(|uid| uid == object::uid(object))
}

/// What is wrong between an object and its services.
fn bond(name: &str, object: &Value, services: &[&ServiceView]) -> Option<String> {
    let own: Vec<_> = services.iter().filter(|service| owns(object, service)).collect();
    match own[..] {
        [] if object::is_ready(object) => Some(format!("{name} is Ready and has no service")),
        [service] if object::service_id(object) != Some(&service.id) => {
            Some(format!("{name} has {} and names {:?}", service.id, object::service_id(object)))
        }
        [service] if object["status"]["serviceDomain"] != service.domain.as_str() => Some(format!(
            "{name} names the domain {}, and {} has {}",
            object["status"]["serviceDomain"], service.id, service.domain
        )),
        [] | [_] => None,
        _ => Some(format!("{name} has {} services", own.len())),
    }
}
