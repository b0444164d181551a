//! What is said of Services that lead to no load balancer that could be used.

use serde_json::json;

use super::*;
use crate::crd::ServiceResourceType;
use crate::vpc_endpoint_service::resolve::Unresolved;

const KEPT: &str = " No load balancer is detached meanwhile.";

fn told(unresolved: &[Unresolved]) -> Vec<String> {
    let named = unresolved.iter().enumerate().map(|(number, why)| leads_nowhere(&format!("web-{number}"), why.clone()));
    let wait = Wait::LoadBalancers(named.collect());
    said(&report(&reached(&Scenario::converged().edited()).waiting(wait), &ready()))
}

#[test]
fn what_may_come_by_itself_is_waited_for() {
    let table = [
        (
            Unresolved::Missing,
            "The Service shop/web-0 does not exist, or is not of type LoadBalancer; create it, or remove the entry from spec.resources.",
        ),
        (
            Unresolved::Pending { requested_id: None },
            "The Service shop/web-0 has no label service.k8s.alibaba/loadbalancer-id yet: the cloud controller manager sets it when the load \
             balancer is complete. If that lasts, see the events of the Service.",
        ),
        (
            Unresolved::Pending { requested_id: Some("nlb-7".to_owned()) },
            "The Service shop/web-0 asks for the load balancer nlb-7 by an annotation, and the cloud controller manager has not confirmed it by \
             the label service.k8s.alibaba/loadbalancer-id yet. If that lasts, see the events of the Service.",
        ),
        (
            Unresolved::Deleting { load_balancer_id: Some("nlb-a".to_owned()) },
            "The Service shop/web-0 is being deleted, and with it the load balancer nlb-a; remove the entry from spec.resources to have that \
             detached.",
        ),
        (
            Unresolved::Deleting { load_balancer_id: None },
            "The Service shop/web-0 is being deleted; remove the entry from spec.resources.",
        ),
    ];
    for (why, message) in table {
        assert_eq!(told(&[why]), reconciling(Reason::WaitingForLoadBalancer, &format!("{message}{KEPT}")));
    }
}

#[test]
fn what_cannot_be_used_needs_a_person() {
    use Reason::*;
    let id = || "nlb-1".to_owned();
    let table = [
        (
            Unresolved::Foreign { class: Some("service.k8s.aws/nlb".to_owned()) },
            UnsuitableLoadBalancer,
            "The Service shop/web-0 has the loadBalancerClass service.k8s.aws/nlb, so its load balancer is not one of Alibaba Cloud's cloud \
             controller manager; name a Service of the class alibabacloud.com/nlb or without a class, or give resourceId.",
        ),
        (
            Unresolved::Foreign { class: None },
            UnsuitableLoadBalancer,
            "The Service shop/web-0 has an address and no label service.k8s.alibaba/loadbalancer-id, which Alibaba Cloud's cloud controller \
             manager sets before the address: another controller made its load balancer; name another Service, or give resourceId.",
        ),
        (
            Unresolved::NoId { label: "x".to_owned() },
            UnsuitableLoadBalancer,
            "The label service.k8s.alibaba/loadbalancer-id of the Service shop/web-0 is \"x\", which is no id of a load balancer; leave the \
             label to the cloud controller manager, or give resourceId.",
        ),
        (
            Unresolved::OtherProduct { load_balancer_id: "lb-1".to_owned(), product: ServiceResourceType::Slb },
            UnsuitableLoadBalancer,
            "The Service shop/web-0 has the load balancer lb-1, which is a Classic Load Balancer, and spec.serviceResourceType is nlb; name a \
             Service with a Network Load Balancer, or create another object with serviceResourceType slb.",
        ),
        (
            Unresolved::OtherAddress { load_balancer_id: id(), hostname: "nlb-9.nlb.example".to_owned() },
            LoadBalancerMismatch,
            "The Service shop/web-0 has the label service.k8s.alibaba/loadbalancer-id with nlb-1 and the address nlb-9.nlb.example, which is \
             another load balancer's; find out which is right and correct the Service.",
        ),
        (
            Unresolved::Public { load_balancer_id: "lb-1".to_owned() },
            UnsuitableLoadBalancer,
            "The load balancer lb-1 of the Service shop/web-0 has a public address, and PrivateLink takes Classic Load Balancers with a private \
             one only; create the Service anew with the annotation service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type: \
             intranet.",
        ),
        (
            Unresolved::Refused("services is forbidden".to_owned()),
            KubernetesForbidden,
            "The API server rejects what the operator must read or write for this object; grant the operator its rights, or change the admission \
             policy that is in the way. It says: services is forbidden",
        ),
    ];
    for (why, reason, message) in table {
        assert_eq!(told(&[why]), stalled(reason, &format!("{message}{KEPT}")));
    }
}

#[test]
fn of_several_the_first_that_needs_a_person_is_told() {
    let lines = told(&[Unresolved::Missing, Unresolved::NoId { label: "x".to_owned() }, Unresolved::Missing]);
    assert!(lines[0].contains("web-1"), "{lines:?}");
    assert!(
        lines[0].ends_with("2 more entries of spec.resources: they lead to no load balancer that can be used."),
        "{lines:?}"
    );
    let lines = told(&[Unresolved::NotListed, Unresolved::Missing]);
    assert!(lines[0].contains("web-1") && lines[0].ends_with("meanwhile."), "{lines:?}");
}

#[test]
fn before_there_is_a_service_that_is_told_instead() {
    let wait = Wait::LoadBalancers(vec![leads_nowhere("web", Unresolved::Missing)]);
    let report = report(&reached(&Scenario::brand_new()).waiting(wait), &fresh());
    assert!(said(&report)[0].ends_with("The endpoint service is created afterwards."), "{report:?}");
}

#[test]
fn while_services_are_being_listed_what_was_said_holds() {
    let wait = Wait::LoadBalancers(vec![leads_nowhere("web", Unresolved::NotListed)]);
    let report = report(&reached(&Scenario::converged()).waiting(wait), &ready());
    assert_eq!((report.status, report.events), (Some(ready()), Vec::new()));
}

#[test]
fn an_attachment_says_from_which_service_it_comes_also_on_its_way_out() {
    let resources = |name: &str| json!([{"serviceRef": {"name": name}, "zoneIds": ["cn-hangzhou-i", "cn-hangzhou-j"]}]);
    let mut scenario = Scenario::converged().spec(json!({"resources": resources("web")})).edited();
    scenario.resolved.references = [("web".to_owned(), Ok(refers("nlb-a")))].into();
    let first = report(&reached(&scenario), &ready()).status.expect("it lives");
    let from = |status: &VpcEndpointServiceStatus| -> Vec<(Option<String>, Option<String>)> {
        status.resources.iter().map(|entry| (entry.resource_id.clone(), entry.from.clone())).collect()
    };
    assert_eq!(from(&first), vec![(Some("nlb-a".to_owned()), Some("web".to_owned())); 2]);
    scenario.resolved.references = [("web".to_owned(), Ok(refers("nlb-b")))].into();
    let second = report(&reached(&scenario), &first).status.expect("it lives");
    let all = [
        vec![(Some("nlb-a".to_owned()), Some("web".to_owned())); 2],
        vec![(Some("nlb-b".to_owned()), Some("web".to_owned())); 2],
    ]
    .concat();
    assert_eq!(from(&second), all);
    let named = Scenario::converged().edited();
    let third = report(&reached(&named), &first).status.expect("it lives");
    assert_eq!(from(&third), vec![(Some("nlb-a".to_owned()), None); 2]);
}
