//! What the harness reads out of an object, as any client of the API server could.

use std::collections::BTreeMap;

use serde_json::Value;

/// Annotation of the create record.
const RECORD: &str = "privatelink.alibabacloud.com/create-record";

/// The operator's finalizer.
const FINALIZER: &str = "privatelink.alibabacloud.com/finalizer";

/// Status, reason and message of the condition `Ready`.
pub(crate) fn ready(object: &Value) -> Option<(&str, &str, &str)> {
    let conditions = object["status"]["conditions"].as_array()?;
    let ready = conditions.iter().find(|condition| condition["type"] == "Ready")?;
    Some((ready["status"].as_str()?, ready["reason"].as_str()?, ready["message"].as_str()?))
}

/// Generation of the spec that the status describes is the newest.
pub(crate) fn is_observed(object: &Value) -> bool {
    object["status"]["observedGeneration"] == object["metadata"]["generation"]
}

/// Ready for the newest generation.
pub(crate) fn is_ready(object: &Value) -> bool {
    is_observed(object) && ready(object).is_some_and(|(status, _, _)| status == "True")
}

/// Not Ready for the newest generation, for this reason.
pub(crate) fn is_not_ready(object: &Value, wanted: &str) -> bool {
    is_observed(object) && ready(object).is_some_and(|(status, reason, _)| status != "True" && reason == wanted)
}

/// No connection that it tells of is on its way to another state.
pub(crate) fn is_settled(object: &Value) -> bool {
    let in_transition = &object["status"]["connectionCounts"]["inTransition"];
    in_transition.is_null() || in_transition == 0
}

/// Only a person can help it.
pub(crate) fn is_stalled(object: &Value) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    let is_stalled = |condition: &Value| condition["type"] == "Stalled" && condition["status"] == "True";
    conditions.is_some_and(|conditions| conditions.iter().any(is_stalled))
}

/// The operator's finalizer is on it.
pub(crate) fn has_finalizer(object: &Value) -> bool {
    object["metadata"]["finalizers"].as_array().is_some_and(|all| all.iter().any(|name| name == FINALIZER))
}

/// It is marked for deletion.
pub(crate) fn is_deleting(object: &Value) -> bool {
    !object["metadata"]["deletionTimestamp"].is_null()
}

/// It carries a create record.
pub(crate) fn has_record(object: &Value) -> bool {
    object["metadata"]["annotations"][RECORD].is_string()
}

/// `status.serviceId`.
pub(crate) fn service_id(object: &Value) -> Option<&str> {
    object["status"]["serviceId"].as_str()
}

/// `metadata.uid`.
pub(crate) fn uid(object: &Value) -> &str {
    object["metadata"]["uid"].as_str().unwrap_or_default()
}

/// One line for people.
pub(crate) fn summary(name: &str, object: &Value) -> String {
    let (status, reason, _) = ready(object).unwrap_or(("?", "no status", ""));
    let generation = &object["metadata"]["generation"];
    let observed = &object["status"]["observedGeneration"];
    let marks = [
        (has_finalizer(object), " finalizer"),
        (has_record(object), " record"),
        (object["metadata"]["deletionTimestamp"].is_string(), " deleting"),
    ];
    let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
    let id = service_id(object).unwrap_or("-");
    format!("{name} generation {generation}, status of {observed}: Ready={status} {reason} {id}{marks}")
}

/// The same for all, with what `Ready` says.
pub(crate) fn summaries(objects: &BTreeMap<String, Value>) -> String {
    let line = |(name, object): (&String, &Value)| {
        let (_, _, message) = ready(object).unwrap_or_default();
        format!("{}: {message}", summary(name, object))
    };
    let lines: Vec<_> = objects.iter().map(line).collect();
    if lines.is_empty() { "no objects".to_owned() } else { lines.join("; ") }
}
