//! Calls and events in words.

use serde_json::Value;

use crate::harness::object;
use crate::proxy::{Answer, Arrival, Side, WatchEvent};
use crate::timeline::{Actor, Timeline};

/// The call writes a status.
pub(super) fn writes_status(arrival: &Arrival) -> bool {
    arrival.kind == "PATCH vpcendpointservices/status"
}

/// The call follows the operator's own objects. What it sees of Services is left as it is: it only tells the operator to look.
pub(super) fn watches_objects(arrival: &Arrival) -> bool {
    arrival.kind == "WATCH vpcendpointservices"
}

/// Tells of a call and its answer.
pub(super) fn tell(timeline: &Timeline, arrival: &Arrival, answer: Option<&Answer>) {
    let actor = match arrival.side {
        Side::Kubernetes => Actor::Kubernetes,
        Side::Cloud => Actor::Cloud,
    };
    let object = arrival.object.as_deref().map(|object| format!(" {object}")).unwrap_or_default();
    let answer = answer.map_or_else(String::new, |answer| format!(" → {}", outcome(answer)));
    timeline.tell(actor, format!("{}{object}{}{answer}", arrival.kind, said(arrival)));
}

/// Tells of an event.
pub(super) fn event(timeline: &Timeline, event: &WatchEvent) {
    let object = serde_json::from_slice::<Value>(&event.line).unwrap_or_default();
    let text = object::summary(&event.name, &object["object"]);
    timeline.tell(Actor::Watch, format!("{:?} {text}, version {}", event.type_, event.resource_version));
}

fn outcome(answer: &Answer) -> String {
    let body = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let code = body["Code"].as_str().or(body["reason"].as_str()).filter(|_| !answer.status.is_success());
    format!("{} {}", answer.status.as_u16(), code.unwrap_or_default()).trim_end().to_owned()
}

/// What a status says, as it is sent.
fn said(arrival: &Arrival) -> String {
    if !writes_status(arrival) {
        return String::new();
    }
    let body = serde_json::from_slice::<Value>(&arrival.body).unwrap_or_default();
    let (status, reason, _) = object::ready(&body).unwrap_or(("?", "?", ""));
    let of = &body["status"]["observedGeneration"];
    format!(" (of {of}: Ready={status} {reason} {})", object::service_id(&body).unwrap_or("-"))
}
