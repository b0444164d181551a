//! Sentences on load balancers that cannot be attached, by what was read of them.

use loadbalancers::Status;

use super::{ADDRESS_TYPE, ID_LABEL, REMOVE};
use crate::cloud::errors::verdict;
use crate::cloud::load_balancers::{Flaw, Unfit};
use crate::crd::Reason;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::conclude::messages;
use crate::vpc_endpoint_service::load_balancers::{Obstacle, Source};

/// The most that is shown of a word or an address of the provider's.
const WORD: usize = 64;
const ADDRESS: usize = 128;

pub(super) fn reason(obstacle: &Obstacle) -> Reason {
    match obstacle {
        Obstacle::Unreadable(error) => verdict(error).reason,
        Obstacle::Flawed(Flaw::NotActive(Status::Unknown(_))) | Obstacle::NoZones => Reason::UnknownAnswer,
        Obstacle::Unread | Obstacle::Flawed(Flaw::Missing | Flaw::NotActive(_)) => Reason::WaitingForLoadBalancer,
        Obstacle::Flawed(Flaw::Locked(_) | Flaw::BusinessStatus(_)) => Reason::AccountRestricted,
        Obstacle::Flawed(Flaw::Unfit(_)) | Obstacle::OtherVpc { .. } => Reason::UnsuitableLoadBalancer,
        Obstacle::OtherAddress { .. } => Reason::LoadBalancerMismatch,
    }
}

pub(super) fn message(inputs: &Inputs<'_>, source: &Source, id: &str, obstacle: &Obstacle) -> String {
    let it = name(inputs, source, id);
    match obstacle {
        Obstacle::Unread => format!("{it} is being looked up."),
        Obstacle::Unreadable(error) => format!(
            "{} The zones of {id} are not known without that call; it is not needed where spec.resources[].zoneIds lists them.",
            messages::ended(&verdict(error).message)
        ),
        Obstacle::Flawed(flaw) => flawed(inputs, source, &it, flaw),
        Obstacle::NoZones => format!(
            "The provider names no zone of {}; list its zones in spec.resources[].zoneIds, or wait until the provider names them.",
            messages::lower(&it)
        ),
        Obstacle::OtherVpc { vpc_id, other, other_vpc_id } => format!(
            "{it} is in {}, and {other}, which spec.resources lists as well, in {}; list load balancers of one VPC only, and create another object \
             for the others.",
            messages::clip(vpc_id, WORD),
            messages::clip(other_vpc_id, WORD)
        ),
        Obstacle::OtherAddress { own, shown } => format!(
            "{it} has the address {}, and the status of the Service names {}; find out which is right and correct the Service.",
            messages::clip(own, ADDRESS),
            messages::clip(shown, ADDRESS)
        ),
    }
}

/// "The load balancer nlb-1", with the Service that leads to it.
fn name(inputs: &Inputs<'_>, source: &Source, id: &str) -> String {
    match source {
        Source::Id(_) => format!("The load balancer {id}"),
        Source::Service(name) => format!("The load balancer {id} of the Service {}/{name}", inputs.key.namespace),
    }
}

fn flawed(inputs: &Inputs<'_>, source: &Source, it: &str, flaw: &Flaw) -> String {
    match flaw {
        Flaw::Missing => missing(inputs, source, it),
        Flaw::Locked(locks) if locks.is_empty() => {
            format!("{it} is locked by the provider; settle it with the provider.")
        }
        Flaw::Locked(locks) => format!(
            "{it} is locked by the provider ({}); settle it with the provider.",
            messages::clip(&messages::list(locks), ADDRESS)
        ),
        Flaw::NotActive(status) => not_active(it, status),
        Flaw::BusinessStatus(word) => format!(
            "{it} has the business status {}: the account may not use it, as a rule because a payment is overdue; settle it with the provider.",
            messages::clip(word, WORD)
        ),
        Flaw::Unfit(unfit) => {
            let (is, wanted) = match unfit {
                Unfit::Public => ("has a public address", "with a private address"),
                Unfit::OutsideOfVpc => ("is in no VPC", "in a VPC"),
                Unfit::PaidAhead => ("is paid for ahead", "that are paid for by use"),
                Unfit::Ipv6 => ("has IPv6 addresses", "of IPv4"),
            };
            format!(
                "{it} {is}, and PrivateLink takes Classic Load Balancers {wanted} only; {}.",
                match (source, unfit) {
                    (Source::Service(_), Unfit::Public) =>
                        format!("create the Service anew with the annotation {ADDRESS_TYPE}: intranet"),
                    _ => "list another one in spec.resources".to_owned(),
                }
            )
        }
    }
}

fn missing(inputs: &Inputs<'_>, source: &Source, it: &str) -> String {
    let place = inputs.resolved().map_or_else(String::new, |resolved| {
        let target = &resolved.target;
        format!(" in {} in the account {}", target.region, target.account)
    });
    match source {
        Source::Id(_) => {
            format!("{it} does not exist{place}; create it, correct spec.resources[].resourceId, or {REMOVE}.")
        }
        Source::Service(_) => format!(
            "{it}, which the label {ID_LABEL} names, does not exist{place}, and the cloud controller manager does not make it anew; recreate \
             the Service, or {REMOVE}."
        ),
    }
}

fn not_active(it: &str, status: &Status) -> String {
    match status {
        Status::Inactive => {
            format!("{it} is switched off (Inactive); start it in the provider's console, or {REMOVE}.")
        }
        Status::CreateFailed => {
            format!("{it} could not be created (CreateFailed); delete it, and list another one in spec.resources.")
        }
        Status::Unknown(word) if word.is_empty() => format!(
            "The provider does not say in which state {} is; the operator waits for Active.",
            messages::lower(it)
        ),
        Status::Unknown(word) => format!(
            "{it} is in the state \"{}\", which this operator does not know; it waits for Active.",
            messages::clip(word, WORD)
        ),
        Status::Provisioning | Status::Configuring | Status::Locked | Status::Active => {
            format!("{it} is {}; the operator waits for Active.", status.as_str())
        }
    }
}
