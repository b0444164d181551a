//! Sentences on load balancers that cannot be attached, and on Services that lead to none: what is the matter, and what to do.

mod reading;
mod service;

use loadbalancers::Status;

use crate::cloud::load_balancers::Flaw;
use crate::crd::{Reason, ServiceResourceType};
use crate::vpc_endpoint_service::conclude::assessment::ConditionSet;
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::load_balancers::{Obstacle, Source, Unusable, Why};

const ID_LABEL: &str = "service.k8s.alibaba/loadbalancer-id";
const ADDRESS_TYPE: &str = "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type";
const REMOVE: &str = "remove the entry from spec.resources";

/// The first that only a person can end, else the first. `None`: nothing is worth a word.
pub(super) fn unusable(inputs: &Inputs<'_>, all: &[Unusable]) -> Option<ConditionSet> {
    let told = all.iter().filter(|one| !one.why.is_being_looked_up() && !passes(inputs, &one.why));
    let first = told.clone().find(|one| one.why.needs_a_person()).or_else(|| told.clone().next())?;
    let others = match told.count().saturating_sub(1) {
        0 => String::new(),
        1 => " The same goes for 1 more entry of spec.resources: it leads to no load balancer that can be used."
            .to_owned(),
        more => format!(
            " The same goes for {more} more entries of spec.resources: they lead to no load balancer that can be used."
        ),
    };
    let message = format!("{}{}{others}", message(inputs, first), kept(inputs, &first.why));
    let reason = reason(&first.why);
    Some(if first.why.needs_a_person() {
        ConditionSet::stalled(reason, message)
    } else {
        ConditionSet::reconciling(reason, message)
    })
}

/// What passes by itself does not touch an object that is well: a load balancer that is being changed, a read that failed.
fn passes(inputs: &Inputs<'_>, why: &Why) -> bool {
    let is_passing = match why {
        Why::LoadBalancer { obstacle: Obstacle::Unreadable(_), .. } => !why.needs_a_person(),
        Why::LoadBalancer { obstacle: Obstacle::Flawed(Flaw::NotActive(status)), .. } => {
            matches!(status, Status::Configuring | Status::Provisioning)
        }
        Why::LoadBalancer { .. } | Why::Service(_) => false,
    };
    is_passing && inputs.is_still_ready()
}

fn reason(why: &Why) -> Reason {
    match why {
        Why::Service(unresolved) => service::reason(unresolved),
        Why::LoadBalancer { obstacle, .. } => reading::reason(obstacle),
    }
}

fn message(inputs: &Inputs<'_>, Unusable { source, why }: &Unusable) -> String {
    match (why, source) {
        (Why::Service(unresolved), Source::Service(name) | Source::Id(name)) => {
            service::message(inputs, name, unresolved)
        }
        (Why::LoadBalancer { id, obstacle }, source) => reading::message(inputs, source, id, obstacle),
    }
}

fn product_name(product: ServiceResourceType) -> &'static str {
    match product {
        ServiceResourceType::Slb => "a Classic Load Balancer",
        ServiceResourceType::Alb => "an Application Load Balancer",
        ServiceResourceType::Nlb => "a Network Load Balancer",
        ServiceResourceType::Gwlb => "a Gateway Load Balancer",
    }
}

/// What becomes of what is attached.
fn kept(inputs: &Inputs<'_>, why: &Why) -> &'static str {
    match why {
        _ if inputs.service_id().is_none() => " The endpoint service is created afterwards.",
        Why::Service(_) => " No load balancer is detached meanwhile.",
        Why::LoadBalancer { .. } => " What is attached of it stays attached.",
    }
}
