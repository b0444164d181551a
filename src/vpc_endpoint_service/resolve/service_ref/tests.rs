use serde_json::{Value, json};

use super::*;

fn spec(kind: &str, zones: Option<&[&str]>) -> VpcEndpointServiceSpec {
    let mut resource = json!({"serviceRef": {"name": "web"}});
    if let Some(zones) = zones {
        resource["zoneIds"] = json!(zones);
    }
    spec_of(json!({"serviceResourceType": kind, "resources": [resource]}))
}

fn spec_of(spec: Value) -> VpcEndpointServiceSpec {
    serde_json::from_value(spec).unwrap()
}

/// As the controller leaves a Service whose Network Load Balancer is there.
fn nlb_service() -> LoadBalancerService {
    LoadBalancerService {
        class: Some(NLB_CLASS.into()),
        load_balancer_id: Some("nlb-1".into()),
        zone_maps: Some("cn-hangzhou-h:vsw-1,cn-hangzhou-i:vsw-2:192.168.0.7".into()),
        ingress: Some(Ingress::Hostname("nlb-1.cn-hangzhou.nlb.aliyuncs.com".into())),
        ..LoadBalancerService::default()
    }
}

fn clb_service() -> LoadBalancerService {
    LoadBalancerService {
        load_balancer_id: Some("lb-1".into()),
        address_type: Some("intranet".into()),
        ingress: Some(Ingress::Ip("192.168.0.9".into())),
        ..LoadBalancerService::default()
    }
}

fn leads(spec: &VpcEndpointServiceSpec, service: Option<LoadBalancerService>) -> Result<String, Unresolved> {
    let services = ReferredServices::Listed([("web".to_owned(), service)].into());
    references(spec, &services).remove("web").unwrap().map(|referred| referred.load_balancer_id)
}

fn nlb(service: LoadBalancerService) -> Result<String, Unresolved> {
    leads(&spec("nlb", Some(&["cn-hangzhou-h"])), Some(service))
}

fn slb(service: LoadBalancerService) -> Result<String, Unresolved> {
    leads(&spec("slb", None), Some(service))
}

#[test]
fn the_label_names_the_load_balancer() {
    assert_eq!(nlb(nlb_service()), Ok("nlb-1".into()));
    assert_eq!(slb(clb_service()), Ok("lb-1".into()));
}

#[test]
fn nothing_is_known_before_services_are_listed_and_a_refusal_is_passed_on() {
    let spec = spec("nlb", Some(&["cn-hangzhou-h"]));
    let leads = |unlisted| references(&spec, &ReferredServices::Unlisted(unlisted)).remove("web").unwrap();
    assert_eq!(leads(Unlisted::NotYet), Err(Unresolved::NotListed));
    assert_eq!(leads(Unlisted::Refused("no".into())), Err(Unresolved::Refused("no".into())));
}

#[test]
fn a_service_that_is_not_there_or_not_listed_by_name_is_missing() {
    assert_eq!(leads(&spec("slb", None), None), Err(Unresolved::Missing));
    let nothing = references(&spec("slb", None), &ReferredServices::default()).remove("web").unwrap();
    assert_eq!(nothing, Err(Unresolved::Missing));
}

/// The annotation says what was asked for, not what there is: also where it names an id.
#[test]
fn without_the_label_the_load_balancer_is_waited_for_whatever_the_annotation_asks_for() {
    let waiting = LoadBalancerService { load_balancer_id: None, ingress: None, ..nlb_service() };
    assert_eq!(nlb(waiting.clone()), Err(Unresolved::Pending { requested_id: None }));
    let asking = LoadBalancerService { requested_id: Some("nlb-7".to_owned()), ..waiting };
    assert_eq!(nlb(asking), Err(Unresolved::Pending { requested_id: Some("nlb-7".to_owned()) }));
}

/// The controller refuses another id while the Service has an address.
#[test]
fn where_label_and_annotation_differ_the_label_counts() {
    assert_eq!(
        nlb(LoadBalancerService { requested_id: Some("nlb-7".to_owned()), ..nlb_service() }),
        Ok("nlb-1".into())
    );
}

/// Its label may still be there.
#[test]
fn a_service_that_is_being_deleted_is_not_used_any_more() {
    let deleting = LoadBalancerService { is_deleting: true, ..nlb_service() };
    assert_eq!(nlb(deleting), Err(Unresolved::Deleting { load_balancer_id: Some("nlb-1".to_owned()) }));
    let nearly_gone = LoadBalancerService { is_deleting: true, load_balancer_id: None, ..nlb_service() };
    assert_eq!(nlb(nearly_gone), Err(Unresolved::Deleting { load_balancer_id: None }));
}

/// The controller's default for a classic load balancer is public.
#[test]
fn a_classic_load_balancer_that_the_controller_made_must_be_internal() {
    let public = || Err(Unresolved::Public { load_balancer_id: "lb-1".into() });
    assert_eq!(slb(LoadBalancerService { address_type: Some("internet".to_owned()), ..clb_service() }), public());
    assert_eq!(slb(LoadBalancerService { address_type: None, ..clb_service() }), public());
    let reused = LoadBalancerService { address_type: None, requested_id: Some("lb-1".to_owned()), ..clb_service() };
    assert_eq!(slb(reused), Ok("lb-1".into()), "the Service does not say what one is that was there before it");
    assert_eq!(
        nlb(LoadBalancerService { address_type: Some("internet".to_owned()), ..nlb_service() }),
        Ok("nlb-1".into())
    );
}

/// Neither class nor annotation is proof.
#[test]
fn the_product_is_told_by_the_id() {
    let classless = LoadBalancerService { class: None, ..nlb_service() };
    assert_eq!(nlb(classless.clone()), Ok("nlb-1".into()));
    let other = |id: &str, product| Err(Unresolved::OtherProduct { load_balancer_id: id.into(), product });
    assert_eq!(slb(nlb_service()), other("nlb-1", ServiceResourceType::Nlb));
    assert_eq!(nlb(clb_service()), other("lb-1", ServiceResourceType::Slb));
    for label in ["nlb", "nlb-", "nlb-A", "nlb-1/x", "lb_1", "ngw-1", &format!("nlb-{}", "a".repeat(61))] {
        let odd = LoadBalancerService { load_balancer_id: Some(label.to_owned()), ..nlb_service() };
        assert_eq!(nlb(odd), Err(Unresolved::NoId { label: label.into() }), "{label}");
    }
}

#[test]
fn a_service_of_another_controller_is_not_used() {
    let other_class = LoadBalancerService { class: Some("service.k8s.aws/nlb".to_owned()), ..nlb_service() };
    assert_eq!(nlb(other_class), Err(Unresolved::Foreign { class: Some("service.k8s.aws/nlb".to_owned()) }));
    let unlabelled = LoadBalancerService { class: None, load_balancer_id: None, ..nlb_service() };
    assert_eq!(nlb(unlabelled), Err(Unresolved::Foreign { class: None }), "an address, and no label");
}

#[test]
fn an_address_of_another_load_balancer_is_a_mismatch_and_a_name_of_somebodys_choice_is_none() {
    let hostname = |name: &str| Some(Ingress::Hostname(name.into()));
    let named = "nlb-9.cn-hangzhou.nlb.aliyuncs.com";
    let other = LoadBalancerService { ingress: hostname(named), ..nlb_service() };
    let mismatch = Unresolved::OtherAddress { load_balancer_id: "nlb-1".into(), hostname: named.into() };
    assert_eq!(nlb(other), Err(mismatch));
    for name in ["orders.example.com", "nlb.example.com", "lb-9.example.com", ""] {
        assert_eq!(nlb(LoadBalancerService { ingress: hostname(name), ..nlb_service() }), Ok("nlb-1".into()), "{name}");
    }
    let chosen = LoadBalancerService { ingress: hostname("lb-internal.example.com"), ..clb_service() };
    assert_eq!(slb(chosen), Ok("lb-1".into()));
    assert_eq!(nlb(LoadBalancerService { ingress: None, ..nlb_service() }), Ok("nlb-1".into()));
}

/// The annotation names the zones that were asked for, not those of the load balancer.
#[test]
fn the_zones_and_the_address_of_a_service_are_passed_on_as_what_they_are() {
    let said = |service| {
        let services = ReferredServices::Listed([("web".to_owned(), Some(service))].into());
        references(&spec("nlb", None), &services).remove("web").unwrap().unwrap()
    };
    let referred = |zones: &[&str]| Referred {
        load_balancer_id: "nlb-1".into(),
        address: Some(Ingress::Hostname("nlb-1.cn-hangzhou.nlb.aliyuncs.com".into())),
        requested_zones: zones.iter().map(|&zone| zone.to_owned()).collect(),
    };
    assert_eq!(said(nlb_service()), referred(&["cn-hangzhou-h", "cn-hangzhou-i"]));
    assert_eq!(said(LoadBalancerService { zone_maps: None, ..nlb_service() }), referred(&[]));
    assert_eq!(said(LoadBalancerService { zone_maps: Some(" ,:x,".to_owned()), ..nlb_service() }), referred(&[]));
}

/// Several Services can share a load balancer that they reuse: each carries its id.
#[test]
fn two_services_may_have_one_load_balancer() {
    let zones = json!(["cn-hangzhou-h"]);
    let spec = spec_of(json!({"serviceResourceType": "nlb", "resources": [
        {"serviceRef": {"name": "web"}, "zoneIds": zones}, {"serviceRef": {"name": "api"}, "zoneIds": zones}, {"resourceId": "nlb-1", "zoneIds": zones},
    ]}));
    assert_eq!(referred_names(&spec), ["api".to_owned(), "web".to_owned()].into());
    let known = ["web", "api"].map(|name| (name.to_owned(), Some(nlb_service())));
    let found = references(&spec, &ReferredServices::Listed(known.into()));
    let ids: Vec<_> = found.into_iter().map(|(name, found)| (name, found.unwrap().load_balancer_id)).collect();
    assert_eq!(ids, [("api".to_owned(), "nlb-1".to_owned()), ("web".to_owned(), "nlb-1".to_owned())]);
}
