//! Sentences on Services that lead to no load balancer.

use super::{ADDRESS_TYPE, ID_LABEL, REMOVE, product_name};
use crate::crd::{Reason, ServiceResourceType};
use crate::vpc_endpoint_service::conclude::inputs::Inputs;
use crate::vpc_endpoint_service::conclude::messages;
use crate::vpc_endpoint_service::resolve::Unresolved;

pub(super) fn reason(why: &Unresolved) -> Reason {
    match why {
        Unresolved::NotListed | Unresolved::Missing | Unresolved::Deleting { .. } | Unresolved::Pending { .. } => {
            Reason::WaitingForLoadBalancer
        }
        Unresolved::Refused(_) => Reason::KubernetesForbidden,
        Unresolved::Foreign { .. }
        | Unresolved::NoId { .. }
        | Unresolved::OtherProduct { .. }
        | Unresolved::Public { .. } => Reason::UnsuitableLoadBalancer,
        Unresolved::OtherAddress { .. } => Reason::LoadBalancerMismatch,
    }
}

pub(super) fn message(inputs: &Inputs<'_>, name: &str, why: &Unresolved) -> String {
    let service = format!("The Service {}/{name}", inputs.key.namespace);
    let kind = inputs.resolved().map_or(ServiceResourceType::Nlb, |resolved| resolved.spec.service_resource_type);
    match why {
        Unresolved::NotListed => format!("{service} is being looked up."),
        Unresolved::Refused(said) => messages::refused(said),
        Unresolved::Missing => {
            format!("{service} does not exist, or is not of type LoadBalancer; create it, or {REMOVE}.")
        }
        Unresolved::Deleting { load_balancer_id: Some(id) } => {
            format!("{service} is being deleted, and with it the load balancer {id}; {REMOVE} to have that detached.")
        }
        Unresolved::Deleting { load_balancer_id: None } => format!("{service} is being deleted; {REMOVE}."),
        Unresolved::Pending { requested_id: None } => format!(
            "{service} has no label {ID_LABEL} yet: the cloud controller manager sets it when the load balancer is complete. If that lasts, see \
             the events of the Service."
        ),
        Unresolved::Pending { requested_id: Some(id) } => format!(
            "{service} asks for the load balancer {} by an annotation, and the cloud controller manager has not confirmed it by the label \
             {ID_LABEL} yet. If that lasts, see the events of the Service.",
            messages::clip(id, 64)
        ),
        _ => unusable(&service, kind, why),
    }
}

/// What no waiting changes.
fn unusable(service: &str, kind: ServiceResourceType, why: &Unresolved) -> String {
    match why {
        Unresolved::Foreign { class: Some(class) } => format!(
            "{service} has the loadBalancerClass {}, so its load balancer is not one of Alibaba Cloud's cloud controller manager; name a Service \
             of the class alibabacloud.com/nlb or without a class, or give resourceId.",
            messages::clip(class, 128)
        ),
        Unresolved::Foreign { class: None } => format!(
            "{service} has an address and no label {ID_LABEL}, which Alibaba Cloud's cloud controller manager sets before the address: another \
             controller made its load balancer; name another Service, or give resourceId."
        ),
        Unresolved::NoId { label } => format!(
            "The label {ID_LABEL} of {} is \"{}\", which is no id of a load balancer; leave the label to the cloud controller manager, or give \
             resourceId.",
            messages::lower(service),
            messages::clip(label, 63)
        ),
        Unresolved::OtherProduct { load_balancer_id, product } => format!(
            "{service} has the load balancer {load_balancer_id}, which is {}, and spec.serviceResourceType is {kind}; name a Service with {}, or \
             create another object with serviceResourceType {product}.",
            product_name(*product),
            product_name(kind),
        ),
        Unresolved::OtherAddress { load_balancer_id, hostname } => format!(
            "{service} has the label {ID_LABEL} with {load_balancer_id} and the address {}, which is another load balancer's; find out which is \
             right and correct the Service.",
            messages::clip(hostname, 128)
        ),
        Unresolved::Public { load_balancer_id } => format!(
            "The load balancer {load_balancer_id} of {} has a public address, and PrivateLink takes Classic Load Balancers with a private one only; \
             create the Service anew with the annotation {ADDRESS_TYPE}: intranet.",
            messages::lower(service)
        ),
        Unresolved::NotListed
        | Unresolved::Refused(_)
        | Unresolved::Missing
        | Unresolved::Deleting { .. }
        | Unresolved::Pending { .. } => String::new(),
    }
}
