//! How a run ended, without what differs from run to run.

use std::collections::BTreeMap;

use privatelink_sim::{EndpointView, ServiceView};
use serde_json::{Value, json};

use crate::harness::{Shown, object};

const CLUSTER_TAG: &str = "privatelink-operator.cluster";
const UID_TAG: &str = "privatelink-operator.uid";

/// Objects, services and endpoints at the end, in words that two runs share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct End(Value);

impl End {
    pub(crate) fn of(namespace: &str, objects: &Shown, services: &[ServiceView], endpoints: &[EndpointView]) -> Self {
        let names = Names::of(namespace, objects, services, endpoints);
        let objects: BTreeMap<_, _> = objects.iter().map(|(name, object)| (name, shown(object, &names))).collect();
        let mut services: Vec<_> = services.iter().map(|service| made(service, &names)).collect();
        services.sort_by_key(Value::to_string);
        let mut endpoints: Vec<_> = endpoints.iter().map(|endpoint| &endpoint.connection_status).collect();
        endpoints.sort_unstable();
        Self(json!({"objects": objects, "services": services, "endpoints": endpoints}))
    }

    /// The lines in which two ends differ; `-` is the other's.
    pub(crate) fn difference(&self, other: &Self) -> String {
        let lines = |end: &Self| -> Vec<String> {
            let text = serde_json::to_string_pretty(&end.0).unwrap_or_default();
            text.lines().map(str::to_owned).collect()
        };
        let (ours, theirs) = (lines(self), lines(other));
        let only = |sign: &str, of: &[String], not: &[String]| -> Vec<String> {
            of.iter().filter(|line| !not.contains(line)).map(|line| format!("{sign}{line}")).collect()
        };
        [only("+", &ours, &theirs), only("-", &theirs, &ours)].concat().join("\n")
    }
}

/// What stands for the names that the API server and the cloud made up.
struct Names(Vec<(String, String)>);

impl Names {
    fn of(namespace: &str, objects: &Shown, services: &[ServiceView], endpoints: &[EndpointView]) -> Self {
        let uids: BTreeMap<&str, &String> = objects.iter().map(|(name, found)| (object::uid(found), name)).collect();
        let mut names: Vec<_> =
            uids.iter().map(|(uid, name)| ((*uid).to_owned(), format!("<uid of {name}>"))).collect();
        names.extend(services.iter().map(|service| {
            let owner = service.tags.get(UID_TAG).and_then(|uid| uids.get(uid.as_str()));
            let owner = owner.map_or("nobody", |name| name.as_str());
            (service.id.clone(), format!("<service of {owner}>"))
        }));
        // A service that is gone is still named by its object.
        let by_status = |(name, found): (&String, &Value)| {
            Some((object::service_id(found)?.to_owned(), format!("<service of {name}>")))
        };
        names.extend(objects.iter().filter_map(by_status));
        names.extend(
            endpoints.iter().map(|endpoint| (endpoint.id.clone(), format!("<endpoint of {}>", endpoint.account))),
        );
        names.push((namespace.to_owned(), "<namespace>".to_owned()));
        Self(names)
    }

    fn apply(&self, value: &Value) -> Value {
        let text = self.0.iter().fold(value.to_string(), |text, (name, stands_for)| text.replace(name, stands_for));
        serde_json::from_str(&text).unwrap_or_default()
    }
}

fn shown(object: &Value, names: &Names) -> Value {
    let mut status = object["status"].clone();
    if let Some(status) = status.as_object_mut() {
        status.remove("createTime");
        status.remove("incarnation");
        // Who was there before is named where the service is no longer.
        if object["status"]["serviceStatus"].is_null() {
            for key in ["serviceId", "serviceName", "serviceDomain"] {
                status.remove(key);
            }
        }
    }
    // As old as the last look at the attachments, which depends on what came in between.
    for resource in status["resources"].as_array_mut().into_iter().flatten() {
        if let Some(resource) = resource.as_object_mut() {
            resource.remove("relatedEndpointCount");
        }
    }
    for condition in status["conditions"].as_array_mut().into_iter().flatten() {
        if let Some(condition) = condition.as_object_mut() {
            condition.remove("lastTransitionTime");
        }
    }
    let mut shown = names.apply(&json!({
        "generation": object["metadata"]["generation"],
        "finalizer": object::has_finalizer(object),
        "record": object::has_record(object),
        "deleting": object["metadata"]["deletionTimestamp"].is_string(),
        "spec": object["spec"],
        "status": status,
    }));
    // The cloud lists them by their ids, which it draws.
    if let Some(connections) = shown["status"]["connections"].as_array_mut() {
        connections.sort_by_key(Value::to_string);
    }
    shown
}

fn made(service: &ServiceView, names: &Names) -> Value {
    let mut view = serde_json::to_value(service).unwrap_or_default();
    if let Some(view) = view.as_object_mut() {
        view.remove("created");
    }
    view["ours"] = service.tags.contains_key(CLUSTER_TAG).into();
    names.apply(&view)
}
