use std::collections::BTreeSet;

use cloud_core::test_support::{lost_answer, refused};
use loadbalancers::{LoadBalancer, Lock, LockType, Product, Status, ZoneStatus};
use serde_json::{Value, json};

use super::*;
use crate::cloud::load_balancers::test_support::{good, lb};
use crate::cloud::load_balancers::{Flaw, Sight, Unfit};
use crate::cloud::services::observed::NamedId;
use crate::vpc_endpoint_service::plan::fixtures::{Scenario, nlb, unread};
use crate::vpc_endpoint_service::resolve::{Ingress, Referred, Unresolved};

const ZONES: [&str; 2] = ["cn-hangzhou-i", "cn-hangzhou-j"];

fn wants(scenario: &Scenario) -> Vec<(String, Purpose, bool)> {
    let wanted = wanted(&scenario.resolved, &scenario.observed);
    wanted.each.into_iter().map(|(id, want)| (id.to_string(), want.purpose, want.can_wait)).collect()
}

fn want(id: &str, purpose: Purpose, can_wait: bool) -> (String, Purpose, bool) {
    (id.to_owned(), purpose, can_wait)
}

#[expect(clippy::needless_pass_by_value, reason = "its callers write the value in place")]
fn listing(scenario: Scenario, resources: Value) -> Scenario {
    scenario.spec(json!({ "resources": resources }))
}

/// What is in the way of each entry that cannot be attached.
fn obstacles(scenario: &Scenario) -> Vec<(String, Obstacle)> {
    let all = unusable(&scenario.resolved, &scenario.observed.load_balancers);
    all.into_iter()
        .map(|one| match one.why {
            Why::LoadBalancer { id, obstacle } => (id, obstacle),
            Why::Service(unresolved) => panic!("{unresolved:?}"),
        })
        .collect()
}

fn flawed(id: &str, flaw: Flaw) -> Vec<(String, Obstacle)> {
    vec![(id.to_owned(), Obstacle::Flawed(flaw))]
}

#[expect(clippy::unnecessary_wraps, reason = "an answer may be that there is none")]
fn changed(id: &str, change: impl FnOnce(&mut LoadBalancer)) -> Option<LoadBalancer> {
    let mut found = good(id, &ZONES);
    change(&mut found);
    Some(found)
}

#[test]
fn an_object_that_lists_its_zones_asks_about_nothing_while_it_is_as_it_should_be() {
    assert_eq!(wants(&Scenario::converged()), []);
    let lost = Scenario::converged().with_details(|details| details.attachments.clear());
    assert_eq!(wants(&lost), [], "what somebody took away is put back without a look");
    assert_eq!(wants(&Scenario::converged().edited()), [], "an edit of something else");
    let listed_later = Scenario::converged().edited().see(ServiceView::NotYetListed);
    assert_eq!(wants(&listed_later), [], "status names a service, so there may be nothing to attach");
}

#[test]
fn what_is_about_to_be_attached_is_looked_at_first() {
    let check = |id: &str| vec![want(id, Purpose::Check, false)];
    assert_eq!(wants(&Scenario::brand_new()), check("nlb-a"));
    assert_eq!(wants(&Scenario::brand_new().see(ServiceView::NotYetListed)), check("nlb-a"), "beside the first list");
    let added = listing(
        Scenario::converged().edited(),
        json!([{"resourceId": "nlb-a", "zoneIds": ZONES}, {"resourceId": "nlb-b", "zoneIds": ["cn-hangzhou-i"]}]),
    );
    assert_eq!(wants(&added), check("nlb-b"));
    let grown = listing(Scenario::converged().edited(), json!([{"resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-k"]}]));
    assert_eq!(wants(&grown), check("nlb-a"));
    let classic =
        Scenario::brand_new().spec(json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-1"}]}));
    assert_eq!(wants(&classic), check("lb-1"), "its zone comes with it");
}

#[test]
fn whoever_leaves_zones_out_asks_about_them_always_and_can_wait_where_all_is_well() {
    let zones = |can_wait| vec![want("nlb-a", Purpose::Zones, can_wait)];
    assert_eq!(wants(&Scenario::converged().zones_left_out()), zones(true));
    assert_eq!(wants(&Scenario::converged().zones_left_out().see(ServiceView::NotYetListed)), zones(true));
    assert_eq!(wants(&Scenario::converged().zones_left_out().edited()), zones(false));
    assert_eq!(wants(&Scenario::brand_new().zones_left_out()), zones(false));
    let mut other = Scenario::converged().zones_left_out();
    other.resolved.hint.attached.clear();
    assert_eq!(wants(&other), zones(false), "another one was attached when all was well");
    let gone = ServiceView::Absent { named: NamedId::None };
    assert_eq!(wants(&Scenario::converged().zones_left_out().see(gone)), zones(false), "the service is to come anew");
    assert_eq!(wants(&Scenario::converged().zones_left_out().deleting()), []);
}

#[test]
fn an_edit_and_a_request_change_the_mark_and_a_service_says_what_to_expect() {
    let mut scenario = listing(Scenario::converged().edited(), json!([{"serviceRef": {"name": "web"}}]));
    scenario.resolved.refresh.requested_at = Some("now".to_owned());
    let referred = Referred {
        load_balancer_id: "nlb-a".to_owned(),
        address: Some(Ingress::Hostname("nlb-a.example".to_owned())),
        requested_zones: ["cn-hangzhou-k".to_owned()].into(),
    };
    scenario.resolved.references = [("web".to_owned(), Ok(referred))].into();
    let wanted = wanted(&scenario.resolved, &scenario.observed);
    assert_eq!(wanted.mark, Mark { generation: 4, requested_at: Some("now".to_owned()) });
    let expected = Want {
        purpose: Purpose::Zones,
        expected_zones: ["cn-hangzhou-k".to_owned()].into(),
        address: Some("nlb-a.example".to_owned()),
        can_wait: false,
    };
    assert_eq!(wanted.each, [(lb("nlb-a"), expected)].into());
}

#[test]
fn of_two_entries_with_one_load_balancer_the_one_that_needs_an_answer_counts() {
    let zoned = json!({"resourceId": "nlb-a", "zoneIds": ZONES});
    let mut scenario = Scenario::brand_new();
    scenario.resolved.references =
        [("web".to_owned(), Ok(crate::vpc_endpoint_service::plan::fixtures::refers("nlb-a")))].into();
    for resources in [json!([zoned, {"serviceRef": {"name": "web"}}]), json!([{"serviceRef": {"name": "web"}}, zoned])]
    {
        assert_eq!(wants(&listing(scenario.clone(), resources)), [want("nlb-a", Purpose::Zones, false)]);
    }
}

#[test]
fn the_zones_of_the_spec_count_else_those_that_were_last_seen_while_all_was_well() {
    let keys = |scenario: &Scenario| {
        entries(&scenario.resolved, &scenario.observed.load_balancers).iter().map(Entry::keys).collect::<Vec<_>>()
    };
    let both = vec![Some(ZONES.map(|zone| nlb("nlb-a", zone)).to_vec())];
    let other = changed("nlb-a", |found| found.zones.clear());
    assert_eq!(keys(&Scenario::converged().read("nlb-a", other.clone(), &["x"])), both, "those of the spec");
    assert_eq!(keys(&Scenario::converged().zones_left_out().read("nlb-a", other, &ZONES)), both);
    assert_eq!(keys(&Scenario::converged().zones_left_out()), [None]);
    let classic =
        Scenario::converged().spec(json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-1"}]}));
    assert_eq!(keys(&classic), [Some(vec![AttachmentKey { resource_id: "lb-1".to_owned(), zone_id: None }])]);
}

#[test]
fn what_was_read_and_is_fine_is_in_nobodys_way() {
    assert_eq!(obstacles(&Scenario::converged()), []);
    assert_eq!(obstacles(&Scenario::converged().zones_left_out().read("nlb-a", changed("nlb-a", |_| ()), &ZONES)), []);
}

#[test]
fn what_is_wrong_with_a_load_balancer_is_in_the_way_whoever_asks() {
    let lock = Lock { lock_type: LockType::SecurityLocked, reason: None };
    let table = [
        (None, Flaw::Missing),
        (changed("nlb-a", |found| found.status = Status::Inactive), Flaw::NotActive(Status::Inactive)),
        (changed("nlb-a", |found| found.locks = vec![lock]), Flaw::Locked(vec!["SecurityLocked".to_owned()])),
    ];
    for (found, flaw) in table {
        for scenario in [Scenario::brand_new(), Scenario::brand_new().zones_left_out()] {
            assert_eq!(obstacles(&scenario.read("nlb-a", found.clone(), &ZONES)), flawed("nlb-a", flaw.clone()));
        }
    }
    let classic =
        Scenario::brand_new().spec(json!({"serviceResourceType": "slb", "resources": [{"resourceId": "lb-1"}]}));
    let public = changed("lb-1", |found| found.address_type = Some(loadbalancers::AddressType::Internet));
    assert_eq!(obstacles(&classic.read("lb-1", public, &[])), flawed("lb-1", Flaw::Unfit(Unfit::Public)));
}

#[test]
fn a_read_that_fails_is_in_the_way_only_where_zones_are_needed_and_nothing_is_known() {
    let operation = Product::Nlb.operation();
    let (lost, denied) = (lost_answer(operation), refused(operation, "Forbidden.RAM"));
    let unreadable =
        |error: &cloud_core::Error| vec![("nlb-a".to_owned(), Obstacle::Unreadable(Box::new(error.clone())))];
    let left_out = || Scenario::brand_new().zones_left_out();
    for error in [&lost, &denied] {
        assert_eq!(obstacles(&left_out().unreadable("nlb-a", error.clone())), unreadable(error));
        let known = left_out().read("nlb-a", changed("nlb-a", |_| ()), &ZONES);
        assert_eq!(obstacles(&known.with_sight("nlb-a", |sight| sight.error = Some(error.clone()))), []);
        let check = Scenario::brand_new().unreadable("nlb-a", error.clone());
        assert_eq!(obstacles(&check.with_sight("nlb-a", |sight| sight.purpose = Purpose::Check)), []);
    }
    let at_rest = |error: &cloud_core::Error| {
        let scenario = Scenario::converged().zones_left_out().unreadable("nlb-a", error.clone());
        scenario.with_sight("nlb-a", |sight| sight.can_wait = true)
    };
    assert_eq!(obstacles(&at_rest(&lost)), [], "that passes");
    assert_eq!(obstacles(&at_rest(&denied)), unreadable(&denied), "only a person can help");
}

#[test]
fn what_is_not_read_yet_is_waited_for_where_that_is_worth_it() {
    let unread_yet = vec![("nlb-a".to_owned(), Obstacle::Unread)];
    assert_eq!(obstacles(&Scenario::brand_new().zones_left_out()), unread_yet, "nobody asked yet");
    let awaited = |purpose, is_awaited| {
        let scenario =
            if purpose == Purpose::Zones { Scenario::brand_new().zones_left_out() } else { Scenario::brand_new() };
        obstacles(&scenario.with_sight("nlb-a", |sight| *sight = Sight { purpose, is_awaited, ..unread() }))
    };
    for purpose in [Purpose::Zones, Purpose::Check] {
        assert_eq!(awaited(purpose, true), unread_yet);
        assert_eq!(awaited(purpose, false), []);
    }
}

#[test]
fn an_answer_without_zones_says_nothing_of_them() {
    let found = changed("nlb-a", |found| found.zones.clear());
    let never = Scenario::brand_new().zones_left_out().read("nlb-a", found.clone(), &[]);
    let never = never.with_sight("nlb-a", |sight| sight.zones = None);
    assert_eq!(obstacles(&never), [("nlb-a".to_owned(), Obstacle::NoZones)]);
    assert_eq!(obstacles(&Scenario::brand_new().zones_left_out().read("nlb-a", found, &ZONES)), []);
}

#[test]
fn load_balancers_of_two_vpcs_are_both_named() {
    let resources = json!([{"resourceId": "nlb-a"}, {"resourceId": "nlb-b"}, {"resourceId": "nlb-c"}]);
    let elsewhere = changed("nlb-b", |found| found.vpc_id = Some("vpc-2".to_owned()));
    let scenario = listing(Scenario::brand_new(), resources)
        .read("nlb-a", changed("nlb-a", |_| ()), &ZONES)
        .read("nlb-b", elsewhere, &ZONES)
        .read("nlb-c", changed("nlb-c", |found| found.vpc_id = None), &ZONES);
    let other = |vpc: &str, other: &str, other_vpc: &str| Obstacle::OtherVpc {
        vpc_id: vpc.to_owned(),
        other: other.to_owned(),
        other_vpc_id: other_vpc.to_owned(),
    };
    let named = [
        ("nlb-a".to_owned(), other("vpc-1", "nlb-b", "vpc-2")),
        ("nlb-b".to_owned(), other("vpc-2", "nlb-a", "vpc-1")),
    ];
    assert_eq!(obstacles(&scenario), named, "one that does not say is in nobody's way");
}

#[test]
fn an_address_of_the_service_that_is_not_the_load_balancers_is_a_mismatch() {
    let said = |kind: &str, id: &str, shown: Ingress, change: fn(&mut LoadBalancer)| {
        let mut scenario = Scenario::brand_new()
            .spec(json!({"serviceResourceType": kind, "resources": [{"serviceRef": {"name": "web"}}]}));
        let referred =
            Referred { load_balancer_id: id.to_owned(), address: Some(shown), requested_zones: BTreeSet::new() };
        scenario.resolved.references = [("web".to_owned(), Ok(referred))].into();
        obstacles(&scenario.read(id, changed(id, change), &ZONES))
    };
    let name = |text: &str| Ingress::Hostname(text.to_owned());
    let ip = |text: &str| Ingress::Ip(text.to_owned());
    let named = |found: &mut LoadBalancer| found.dns_name = Some("nlb-a.cn-hangzhou.nlb.aliyuncs.com".to_owned());
    assert_eq!(said("nlb", "nlb-a", name("NLB-a.cn-hangzhou.nlb.aliyuncs.com."), named), []);
    assert_eq!(said("nlb", "nlb-a", name("x.example"), |_| ()), [], "the load balancer does not say");
    let other = |own: &str, shown: &str| Obstacle::OtherAddress { own: own.to_owned(), shown: shown.to_owned() };
    let mismatch = other("nlb-a.cn-hangzhou.nlb.aliyuncs.com", "x.example");
    assert_eq!(said("nlb", "nlb-a", name("x.example"), named), [("nlb-a".to_owned(), mismatch)]);
    let addressed = |found: &mut LoadBalancer| found.address = Some("192.168.0.9".to_owned());
    assert_eq!(said("slb", "lb-1", ip("192.168.0.9"), addressed), []);
    assert_eq!(said("slb", "lb-1", ip("47.98.0.1"), addressed), [], "an elastic address in front of it");
    assert_eq!(said("slb", "lb-1", name("x.example"), addressed), [], "a name of somebody's choice");
    assert_eq!(said("slb", "lb-1", ip("10.0.0.1"), addressed), [("lb-1".to_owned(), other("192.168.0.9", "10.0.0.1"))]);
    let shared = |found: &mut LoadBalancer| found.address = Some("100.64.0.2".to_owned());
    assert_eq!(said("slb", "lb-1", ip("10.0.0.1"), shared), [("lb-1".to_owned(), other("100.64.0.2", "10.0.0.1"))]);
}

#[test]
fn a_service_that_leads_nowhere_says_why_itself() {
    let mut scenario =
        listing(Scenario::brand_new(), json!([{"serviceRef": {"name": "web"}}, {"serviceRef": {"name": "api"}}]));
    scenario.resolved.references = [("web".to_owned(), Err(Unresolved::Missing))].into();
    let all = unusable(&scenario.resolved, &scenario.observed.load_balancers);
    let leads_nowhere = crate::vpc_endpoint_service::plan::fixtures::leads_nowhere;
    assert_eq!(all, [leads_nowhere("web", Unresolved::Missing), leads_nowhere("api", Unresolved::NotListed)]);
}

#[test]
fn other_zones_than_when_the_status_was_written_are_a_change() {
    let other = |zones: &[&str]| {
        let scenario = Scenario::converged().zones_left_out().read("nlb-a", changed("nlb-a", |_| ()), zones);
        has_other_zones(&scenario.resolved, &scenario.observed.load_balancers)
    };
    assert!(!other(&ZONES));
    assert!(other(&ZONES[..1]) && other(&["cn-hangzhou-i", "cn-hangzhou-j", "cn-hangzhou-k"]));
    let unread = Scenario::converged().zones_left_out();
    assert!(!has_other_zones(&unread.resolved, &unread.observed.load_balancers));
    let listed = Scenario::converged().read("nlb-a", changed("nlb-a", |_| ()), &["x"]);
    assert!(!has_other_zones(&listed.resolved, &listed.observed.load_balancers));
}

#[test]
fn zones_in_which_an_attached_load_balancer_does_not_work_are_named() {
    let found = changed("nlb-a", |found| {
        found.zones[0].status = Some(ZoneStatus::Stopped);
        found.zones[1].status = Some(ZoneStatus::Active);
    });
    let troubled = |scenario: Scenario| troubled_zones(&scenario.resolved, &scenario.observed.load_balancers);
    let stopped = (nlb("nlb-a", "cn-hangzhou-i"), "Stopped".to_owned());
    assert_eq!(troubled(Scenario::converged().zones_left_out().read("nlb-a", found.clone(), &ZONES)), [stopped]);
    let elsewhere = listing(Scenario::converged(), json!([{"resourceId": "nlb-a", "zoneIds": ["cn-hangzhou-j"]}]));
    assert_eq!(troubled(elsewhere.read("nlb-a", found, &[])), [], "it is not attached there");
}
