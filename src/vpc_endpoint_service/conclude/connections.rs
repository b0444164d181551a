//! What is said of consumers' connections: the entries of the status, who waits for a decision, and an event for each transition.

use privatelink::ConnectionStatus as State;

use super::EventReason;
use super::assessment::Because;
use super::inputs::Inputs;
use super::messages;
use super::status::MOST_CONNECTIONS;
use crate::cloud::errors::{Verdict, verdict};
use crate::cloud::services::{Connection, Field};
use crate::crd::{
    ConnectionCounts, ConnectionDecision, ConnectionStatus, ConnectionsSpec, Reason, VpcEndpointServiceStatus,
    WhenConnected, WhenNoLongerAllowed,
};
use crate::vpc_endpoint_service::connections::{Consumer, Stage, decide, stage};
use crate::vpc_endpoint_service::plan::Hindrance;

/// Puts the connections into the status. Where the spec does not manage them there are none to tell of; a deletion tells of all.
pub(super) fn describe(status: &mut VpcEndpointServiceStatus, inputs: &Inputs<'_>) {
    let Some(resolved) = inputs.resolved() else { return };
    let rules = resolved.spec.connections.as_ref().filter(|_| inputs.deleting().is_none());
    if rules.is_none() && inputs.deleting().is_none() {
        status.connections.clear();
        status.connection_counts = None;
        return;
    }
    let Some(connections) = inputs.observed().and_then(|observed| observed.connections.as_ref()) else { return };
    let entries = connections.list.iter().map(|connection| {
        let before = find(&status.connections, &connection.endpoint_id);
        entry(connection, rules.map(|rules| decision(rules, connection, before)))
    });
    status.connections = entries.collect();
    status.connection_counts = Some(count(&status.connections));
}

fn entry(connection: &Connection, decision: Option<ConnectionDecision>) -> ConnectionStatus {
    let Connection { endpoint_id, account_id, vpc_id, status, bandwidth_mbps, traffic_control_mode: _, zones: _ } =
        connection;
    ConnectionStatus {
        endpoint_id: Some(endpoint_id.clone()),
        account_id: account_id.clone(),
        vpc_id: vpc_id.clone(),
        status: Some(status.as_str().to_owned()),
        decision,
        bandwidth_mbps: *bandwidth_mbps,
    }
}

/// What the spec makes of a connection. A live one that it cuts off is refused; and what was refused once is not held as a new request when no rule
/// speaks of it any more, unless it was connected in between: the provider's answers tell the one from the other by nothing else.
fn decision(rules: &ConnectionsSpec, connection: &Connection, before: Option<&ConnectionStatus>) -> ConnectionDecision {
    let decided = decide(rules, connection);
    let is_live = stage(&connection.status) == Stage::Live;
    let is_cut = is_live && decided.is_known && rules.when_no_longer_allowed == WhenNoLongerAllowed::Disconnect;
    let was_refused = before.is_some_and(|before| before.decision == Some(ConnectionDecision::Reject));
    match decided.action {
        ConnectionDecision::Accept => ConnectionDecision::Accept,
        _ if is_cut => ConnectionDecision::Reject,
        ConnectionDecision::Hold if was_refused && !is_live => ConnectionDecision::Reject,
        action => action,
    }
}

fn find<'a>(entries: &'a [ConnectionStatus], endpoint_id: &str) -> Option<&'a ConnectionStatus> {
    entries.iter().find(|entry| entry.endpoint_id.as_deref() == Some(endpoint_id))
}

/// What is not connected waits for a person, unless it is refused, or accepted and about to be connected.
fn count(entries: &[ConnectionStatus]) -> ConnectionCounts {
    let (mut connected, mut held, mut rejected, mut in_transition) = (0, 0, 0, 0);
    for entry in entries {
        match (state(entry), entry.decision) {
            (State::ServiceDeleted, _) => {}
            (State::Connected, _) => connected += 1,
            (State::Disconnected, None | Some(ConnectionDecision::Hold)) => held += 1,
            (State::Disconnected, Some(ConnectionDecision::Reject)) => rejected += 1,
            _ => in_transition += 1,
        }
    }
    ConnectionCounts {
        connected: Some(connected),
        held: Some(held),
        rejected: Some(rejected),
        in_transition: Some(in_transition),
    }
}

fn state(entry: &ConnectionStatus) -> State {
    State::from_wire(entry.status.as_deref())
}

fn is_live(entry: &ConnectionStatus) -> bool {
    stage(&state(entry)) == Stage::Live
}

/// It waits for a person's decision.
pub(super) fn is_held(entry: &ConnectionStatus) -> bool {
    state(entry) == State::Disconnected && matches!(entry.decision, None | Some(ConnectionDecision::Hold))
}

/// What is told of connections at once: which there are, what the spec makes of each, and who is live. The rest is progress.
pub(super) fn worth_a_write(entries: &[ConnectionStatus]) -> Vec<(Option<&str>, Option<ConnectionDecision>, bool)> {
    entries.iter().map(|entry| (entry.endpoint_id.as_deref(), entry.decision, is_live(entry))).collect()
}

/// Why the condition `ConnectionsPending` is true; `None`: it is not.
pub(super) fn pending(inputs: &Inputs<'_>, status: &VpcEndpointServiceStatus) -> Option<Because> {
    inputs.resolved()?.spec.connections.as_ref().filter(|_| inputs.deleting().is_none())?;
    let counts = status.connection_counts.unwrap_or_default();
    let held = counts.held.filter(|held| *held > 0).map(|held| held_message(held, &status.connections));
    let refused = refused_requests(inputs);
    let reason = match (&held, refused.first()) {
        (Some(_), _) => Reason::ConnectionsHeld,
        (None, Some((_, verdict))) => verdict.reason,
        (None, None) => return None,
    };
    let message: Vec<String> = held.into_iter().chain(refused_message(&refused)).collect();
    Some(Because::new(reason, message.join(" ")))
}

fn held_message(count: u32, entries: &[ConnectionStatus]) -> String {
    let requests =
        if count == 1 { "1 connection request waits".to_owned() } else { format!("{count} connection requests wait") };
    let held: Vec<Consumer> = entries.iter().filter(|entry| is_held(entry)).map(consumer).collect();
    format!(
        "{requests} for a decision: {}. Add a rule for them to spec.connections.rules, or answer them in the provider's console.",
        messages::consumers(&held)
    )
}

fn refused_message(refused: &[(String, Verdict)]) -> Option<String> {
    let (_, Verdict { message, .. }) = refused.first()?;
    let endpoints: Vec<_> = refused.iter().map(|(endpoint_id, _)| endpoint_id.clone()).collect();
    Some(format!("Not accepted yet: {}. {}", messages::list(&endpoints), messages::ended(message)))
}

/// Requests that a rule accepts and the provider does not let be accepted, with what it says, in this reconcile or in one before it.
fn refused_requests(inputs: &Inputs<'_>) -> Vec<(String, Verdict)> {
    let plan = inputs.plan();
    let before = plan.into_iter().flat_map(|plan| {
        let requests = plan.unapplied.iter().filter(|unapplied| unapplied.is_request(&plan.differences));
        requests.filter_map(|unapplied| match (&unapplied.field, &unapplied.hindrance) {
            (Field::Connection(endpoint_id), Hindrance::Refused(verdict)) => {
                Some((endpoint_id.clone(), verdict.clone()))
            }
            _ => None,
        })
    });
    let set_aside = inputs.outcome().into_iter().flat_map(|outcome| &outcome.set_aside);
    let now = set_aside.filter(|set_aside| set_aside.step.answers_request()).flat_map(|set_aside| {
        let verdict = verdict(&set_aside.error);
        set_aside.step.writes().into_iter().filter_map(move |(field, _)| match field {
            Field::Connection(endpoint_id) => Some((endpoint_id, verdict.clone())),
            _ => None,
        })
    });
    let mut all: Vec<_> = now.chain(before).filter(|(_, verdict)| is_of_consumer(verdict)).collect();
    all.sort_by(|(a, _), (b, _)| a.cmp(b));
    all.dedup_by(|(a, _), (b, _)| a == b);
    all
}

/// What keeps a request from being accepted is about that request: not the account's rights or state, which `Ready` tells of.
pub(super) fn is_of_consumer(verdict: &Verdict) -> bool {
    !matches!(
        verdict.reason,
        Reason::AccessDenied | Reason::NotActivated | Reason::AccountRestricted | Reason::InvalidCredentials
    )
}

/// What became of connections between one status and the next, an event a kind.
pub(super) fn transitions(
    inputs: &Inputs<'_>,
    before: &VpcEndpointServiceStatus,
    after: &VpcEndpointServiceStatus,
) -> Vec<(EventReason, String)> {
    let kinds: [(EventReason, IsIt, &str); 4] = [
        (EventReason::ConnectionRequested, is_requested, "asked to be connected"),
        (EventReason::ConnectionAccepted, is_accepted, "accepted"),
        (EventReason::ConnectionRejected, is_rejected, "refused by spec.connections"),
        (EventReason::ConnectionDisconnected, is_disconnected, "disconnected, as the spec says"),
    ];
    let steps: Vec<Step<'_>> = after
        .connections
        .iter()
        .map(|after| Step {
            before: find(&before.connections, after.endpoint_id.as_deref().unwrap_or_default()),
            after,
            was_cut_short: before.connections.len() >= MOST_CONNECTIONS,
            ends_by_spec: ends_by_spec(inputs, after),
        })
        .collect();
    let told = kinds.into_iter().filter_map(|(reason, is_it, what)| {
        let consumers: Vec<Consumer> =
            steps.iter().filter(|step| is_it(step)).map(|step| consumer(step.after)).collect();
        let service = messages::lower(&messages::service(after.service_id.as_deref()));
        (!consumers.is_empty()).then(|| (reason, format!("To {service} {what}: {}.", messages::consumers(&consumers))))
    });
    told.collect()
}

/// Whether a connection took such a step.
type IsIt = fn(&Step<'_>) -> bool;

/// One connection, from one status to the next.
struct Step<'a> {
    before: Option<&'a ConnectionStatus>,
    after: &'a ConnectionStatus,
    /// The status before had no room for all: one that it does not show may have been there.
    was_cut_short: bool,
    /// Where it is live, the spec wants it cut off.
    ends_by_spec: bool,
}

/// Seen for the first time.
fn is_requested(step: &Step<'_>) -> bool {
    let decision = step.after.decision;
    let is_old = step.was_cut_short && decision == Some(ConnectionDecision::Reject);
    step.before.is_none() && decision.is_some() && !is_old && state(step.after) == State::Disconnected
}

fn is_accepted(step: &Step<'_>) -> bool {
    let was_waiting = step.before.is_some_and(|before| !is_live(before));
    was_waiting && is_live(step.after) && step.after.decision == Some(ConnectionDecision::Accept)
}

fn is_rejected(step: &Step<'_>) -> bool {
    let is = |entry: &ConnectionStatus| entry.decision == Some(ConnectionDecision::Reject);
    let is_new = step.before.is_none_or(|before| !is(before)) && !(step.before.is_none() && step.was_cut_short);
    is_new && is(step.after) && state(step.after) == State::Disconnected
}

fn is_disconnected(step: &Step<'_>) -> bool {
    step.ends_by_spec && step.before.is_some_and(is_live) && !is_live(step.after)
}

fn ends_by_spec(inputs: &Inputs<'_>, after: &ConnectionStatus) -> bool {
    if let Some(spec) = inputs.deleting() {
        return spec.when_connected == WhenConnected::Disconnect;
    }
    let rules = inputs.resolved().and_then(|resolved| resolved.spec.connections.as_ref());
    rules.is_some_and(|rules| rules.when_no_longer_allowed == WhenNoLongerAllowed::Disconnect)
        && after.decision == Some(ConnectionDecision::Reject)
}

fn consumer(entry: &ConnectionStatus) -> Consumer {
    Consumer { endpoint_id: entry.endpoint_id.clone().unwrap_or_default(), account_id: entry.account_id.clone() }
}
