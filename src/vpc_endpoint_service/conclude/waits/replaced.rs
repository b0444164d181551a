//! Sentences on a load balancer that is to be detached and is still used: who uses it, and how they leave.

use crate::cloud::errors::Verdict;
use crate::crd::Reason;
use crate::vpc_endpoint_service::conclude::assessment::ConditionSet;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::conclude::messages;
use crate::vpc_endpoint_service::connections::{Consumer, live_consumers};
use crate::vpc_endpoint_service::plan::{AttachmentUse, Leaving};

/// What the account needs for a connection to be moved, by its id in the provider's Quota Center.
const PRIVILEGE: &str = "privatelink_whitelist/svc_res_mgt_uat";

pub(super) fn in_use(inputs: &Inputs<'_>, usage: &AttachmentUse) -> ConditionSet {
    match &usage.leaving {
        Leaving::Drain => ConditionSet::reconciling(Reason::AttachmentInUse, drained(inputs, usage)),
        Leaving::Migrate { to } => {
            let to: Vec<_> = to.iter().cloned().collect();
            // It does not say how many are left: that stands in status.resources, which costs fewer writes.
            let message = format!(
                "{} is not detached yet: its connections are being moved to {}, one at a time, and what is open over it is closed after a while.",
                usage.key,
                messages::list(&to)
            );
            ConditionSet::reconciling(Reason::MigratingConnections, message)
        }
        Leaving::Blocked { refused, stuck } => {
            let message = format!("{} {}", used(inputs, usage), blocked(refused.as_ref(), stuck));
            ConditionSet::reconciling(Reason::MigrationBlocked, message)
        }
    }
}

fn drained(inputs: &Inputs<'_>, usage: &AttachmentUse) -> String {
    let used = used(inputs, usage);
    if !usage.is_last_allocated {
        return used;
    }
    format!(
        "{used} New connections go on being given to it, because its zone has no other load balancer that is automatically allocated: add one with \
         autoAllocatedEnabled true."
    )
}

/// "nlb-a in cn-hangzhou-h is not detached yet: 2 endpoints use it: ep-1 of account 123, ep-2."
fn used(inputs: &Inputs<'_>, usage: &AttachmentUse) -> String {
    let AttachmentUse { key, related, deprecated, users, .. } = usage;
    let who = if users.is_empty() { connected(inputs) } else { format!(": {}", messages::consumers(users)) };
    let count = if *related > 0 { used_by(*related) } else { moved_away(*deprecated) };
    format!("{key} is not detached yet: {count}{who}.")
}

fn blocked(refused: Option<&Verdict>, stuck: &[Consumer]) -> String {
    let refused = refused.map(|verdict| {
        let needs = if verdict.message.contains(PRIVILEGE) {
            String::new()
        } else {
            format!(" Moving connections needs the privilege quota {PRIVILEGE} of the provider's Quota Center.")
        };
        let message = messages::ended(&verdict.message);
        format!(
            "The provider does not move them: {message}{needs} Until it does, the operator waits for them to leave."
        )
    });
    let stuck = (!stuck.is_empty()).then(|| {
        format!(
            "Not moved in time, or in a state that this operator does not know, and left alone: {}. Ask the provider's support, or have their \
             owners disconnect them.",
            messages::consumers(stuck)
        )
    });
    let sentences: Vec<_> = refused.into_iter().chain(stuck).collect();
    sentences.join(" ")
}

/// Which endpoints are connected to the service, where that is known and it is not known which of them use the attachment.
fn connected(inputs: &Inputs<'_>) -> String {
    let connections = inputs.observed().and_then(|observed| observed.connections.as_ref());
    let consumers = connections.map(live_consumers).unwrap_or_default();
    if consumers.is_empty() { String::new() } else { format!(" (connected: {})", messages::consumers(&consumers)) }
}

/// "7 endpoints use it".
fn used_by(count: i64) -> String {
    match count {
        1 => "1 endpoint uses it".to_owned(),
        _ => format!("{count} endpoints use it"),
    }
}

/// "7 endpoints that were moved away still have traffic there".
fn moved_away(count: i64) -> String {
    match count {
        1 => "1 endpoint that was moved away still has traffic there".to_owned(),
        _ => format!("{count} endpoints that were moved away still have traffic there"),
    }
}
