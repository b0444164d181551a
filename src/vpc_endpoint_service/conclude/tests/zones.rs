//! What is said of load balancers that were read.

use cloud_core::test_support::{lost_answer, refused};
use loadbalancers::{LoadBalancer, Lock, LockType, Product, Status, ZoneStatus};
use serde_json::json;

use super::*;
use crate::cloud::load_balancers::test_support::good;
use crate::cloud::load_balancers::{Flaw, Unfit};
use crate::vpc_endpoint_service::load_balancers::{Obstacle, Source, Unusable, Why};

const ZONES: [&str; 2] = ["cn-hangzhou-i", "cn-hangzhou-j"];
const STAYS: &str = " What is attached of it stays attached.";
const AFTERWARDS: &str = " The endpoint service is created afterwards.";

fn by_id(obstacle: Obstacle) -> Unusable {
    Unusable { source: Source::Id("nlb-1".to_owned()), why: Why::LoadBalancer { id: "nlb-1".to_owned(), obstacle } }
}

fn by_service(obstacle: Obstacle) -> Unusable {
    Unusable { source: Source::Service("web".to_owned()), ..by_id(obstacle) }
}

fn told(unusable: Unusable) -> Vec<String> {
    let wait = Wait::LoadBalancers(vec![unusable]);
    said(&report(&reached(&Scenario::converged().edited()).waiting(wait), &ready()))
}

fn operation() -> cloud_core::ApiOperation {
    Product::Nlb.operation()
}

fn left_out(found: Option<LoadBalancer>) -> Scenario {
    Scenario::converged().zones_left_out().read("nlb-a", found, &ZONES)
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_wrong_with_a_load_balancer_is_said_with_what_to_do() {
    use Reason::*;
    let flawed = Obstacle::Flawed;
    let not_active = |status| flawed(Flaw::NotActive(status));
    let unfit = |unfit| flawed(Flaw::Unfit(unfit));
    let lock = "SecurityLocked".to_owned();
    let vpc = Obstacle::OtherVpc { vpc_id: "vpc-1".into(), other: "nlb-2".into(), other_vpc_id: "vpc-2".into() };
    let address = Obstacle::OtherAddress { own: "nlb-1.example".into(), shown: "nlb-2.example".into() };
    let table = [
        (
            by_id(flawed(Flaw::Missing)),
            WaitingForLoadBalancer,
            false,
            "The load balancer nlb-1 does not exist in cn-hangzhou in the account 1000000000000001; create it, correct \
             spec.resources[].resourceId, or remove the entry from spec.resources.",
        ),
        (
            by_service(flawed(Flaw::Missing)),
            WaitingForLoadBalancer,
            false,
            "The load balancer nlb-1 of the Service shop/web, which the label service.k8s.alibaba/loadbalancer-id names, does not exist in \
             cn-hangzhou in the account 1000000000000001, and the cloud controller manager does not make it anew; recreate the Service, or \
             remove the entry from spec.resources.",
        ),
        (
            by_id(not_active(Status::Provisioning)),
            WaitingForLoadBalancer,
            false,
            "The load balancer nlb-1 is Provisioning; the operator waits for Active.",
        ),
        (
            by_id(not_active(Status::Inactive)),
            WaitingForLoadBalancer,
            false,
            "The load balancer nlb-1 is switched off (Inactive); start it in the provider's console, or remove the entry from spec.resources.",
        ),
        (
            by_id(not_active(Status::CreateFailed)),
            WaitingForLoadBalancer,
            false,
            "The load balancer nlb-1 could not be created (CreateFailed); delete it, and list another one in spec.resources.",
        ),
        (
            by_id(not_active(Status::Unknown("Melting".to_owned()))),
            UnknownAnswer,
            false,
            "The load balancer nlb-1 is in the state \"Melting\", which this operator does not know; it waits for Active.",
        ),
        (
            by_id(not_active(Status::Unknown(String::new()))),
            UnknownAnswer,
            false,
            "The provider does not say in which state the load balancer nlb-1 is; the operator waits for Active.",
        ),
        (
            by_id(Obstacle::NoZones),
            UnknownAnswer,
            false,
            "The provider names no zone of the load balancer nlb-1; list its zones in spec.resources[].zoneIds, or wait until the provider names \
             them.",
        ),
        (
            by_id(flawed(Flaw::Locked(vec![lock]))),
            AccountRestricted,
            true,
            "The load balancer nlb-1 is locked by the provider (SecurityLocked); settle it with the provider.",
        ),
        (
            by_id(flawed(Flaw::Locked(Vec::new()))),
            AccountRestricted,
            true,
            "The load balancer nlb-1 is locked by the provider; settle it with the provider.",
        ),
        (
            by_id(flawed(Flaw::BusinessStatus("Abnormal".to_owned()))),
            AccountRestricted,
            true,
            "The load balancer nlb-1 has the business status Abnormal: the account may not use it, as a rule because a payment is overdue; settle \
             it with the provider.",
        ),
        (
            by_id(unfit(Unfit::Public)),
            UnsuitableLoadBalancer,
            true,
            "The load balancer nlb-1 has a public address, and PrivateLink takes Classic Load Balancers with a private address only; list another \
             one in spec.resources.",
        ),
        (
            by_service(unfit(Unfit::Public)),
            UnsuitableLoadBalancer,
            true,
            "The load balancer nlb-1 of the Service shop/web has a public address, and PrivateLink takes Classic Load Balancers with a private \
             address only; create the Service anew with the annotation service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type: \
             intranet.",
        ),
        (
            by_service(unfit(Unfit::PaidAhead)),
            UnsuitableLoadBalancer,
            true,
            "The load balancer nlb-1 of the Service shop/web is paid for ahead, and PrivateLink takes Classic Load Balancers that are paid for by \
             use only; list another one in spec.resources.",
        ),
        (
            by_id(vpc),
            UnsuitableLoadBalancer,
            true,
            "The load balancer nlb-1 is in vpc-1, and nlb-2, which spec.resources lists as well, in vpc-2; list load balancers of one VPC only, \
             and create another object for the others.",
        ),
        (
            by_service(address),
            LoadBalancerMismatch,
            true,
            "The load balancer nlb-1 of the Service shop/web has the address nlb-1.example, and the status of the Service names nlb-2.example; \
             find out which is right and correct the Service.",
        ),
    ];
    for (unusable, reason, needs_a_person, message) in table {
        let said = if needs_a_person { stalled } else { reconciling };
        assert_eq!(told(unusable), said(reason, &format!("{message}{STAYS}")));
    }
}

#[test]
fn a_right_that_is_missing_is_named_with_the_way_round_it_and_is_the_last_error() {
    let denied = refused(operation(), "Forbidden.RAM");
    let scenario = Scenario::brand_new().zones_left_out().unreadable("nlb-a", denied);
    let report = report(&reached(&scenario), &fresh());
    let message = format!(
        "GetLoadBalancerAttribute failed: Forbidden.RAM: the operator's credentials lack a right; grant them the RAM action \
         nlb:GetLoadBalancerAttribute. The zones of nlb-a are not known without that call; it is not needed where spec.resources[].zoneIds \
         lists them.{AFTERWARDS}"
    );
    assert_eq!(said(&report), stalled(Reason::AccessDenied, &message));
    let error = report.status.and_then(|status| status.last_error).expect("it is told");
    assert_eq!(error.code.as_deref(), Some("Forbidden.RAM"));
}

#[test]
fn a_read_that_fails_is_told_before_there_is_a_service_and_leaves_one_that_is_ready_alone() {
    let lost = || lost_answer(operation());
    let first = said(&report(&reached(&Scenario::brand_new().zones_left_out().unreadable("nlb-a", lost())), &fresh()));
    assert!(
        first[0].starts_with("Ready=False CloudError: GetLoadBalancerAttribute failed: no valid response"),
        "{first:?}"
    );
    let at_rest = left_out(Some(good("nlb-a", &ZONES))).with_sight("nlb-a", |sight| sight.error = Some(lost()));
    assert_eq!(report(&reached(&at_rest), &ready()).status, Some(ready()));
    let started = Scenario::converged().zones_left_out().unreadable("nlb-a", lost());
    let started = started.with_sight("nlb-a", |sight| sight.can_wait = true);
    assert_eq!(report(&reached(&started), &ready()).status, Some(ready()));
}

#[test]
fn what_could_not_be_read_for_two_periods_is_stale_and_the_object_is_looked_at_then() {
    let since = |seconds: i64| {
        let scenario = Scenario::converged().zones_left_out().unreadable("nlb-a", lost_answer(operation()));
        let scenario = scenario.with_sight("nlb-a", |sight| {
            (sight.can_wait, sight.since) = (true, now() - jiff::SignedDuration::from_secs(seconds));
        });
        report(&reached(&scenario), &ready())
    };
    let fresh = since(3_599);
    assert_eq!((fresh.status, fresh.requeue), (Some(ready()), Requeue::After(seconds(1))));
    let stale = said(&since(3_600));
    assert!(
        stale[0].starts_with("Ready=Unknown CloudUnreachable: The load balancer nlb-a cannot be read."),
        "{stale:?}"
    );
}

#[test]
fn a_load_balancer_that_is_gone_costs_the_object_its_ready_and_it_says_what_stays() {
    let gone = said(&report(&reached(&left_out(None)), &ready()));
    assert!(
        gone[0].starts_with("Ready=False WaitingForLoadBalancer: The load balancer nlb-a does not exist"),
        "{gone:?}"
    );
    assert!(gone[0].ends_with(STAYS), "{gone:?}");
}

#[test]
fn one_that_is_being_changed_does_not_and_one_in_an_unknown_state_does() {
    let in_state = |status| Some(LoadBalancer { status, ..good("nlb-a", &ZONES) });
    for status in [Status::Configuring, Status::Provisioning] {
        assert_eq!(report(&reached(&left_out(in_state(status))), &ready()).status, Some(ready()));
    }
    let odd = said(&report(&reached(&left_out(in_state(Status::Unknown("Melting".to_owned())))), &ready()));
    assert!(odd[0].starts_with("Ready=False UnknownAnswer"), "{odd:?}");
    let lock = Lock { lock_type: LockType::FinancialLocked, reason: None };
    let locked = LoadBalancer { locks: vec![lock], ..good("nlb-a", &ZONES) };
    let locked = said(&report(&reached(&left_out(Some(locked))), &ready()));
    assert!(locked[0].starts_with("Ready=False AccountRestricted"), "{locked:?}");
}

#[test]
fn what_was_said_of_a_load_balancer_ends_when_nothing_is_wrong_with_it() {
    let broken = report(&reached(&left_out(None)), &ready()).status.expect("it lives");
    let mended = report(&reached(&left_out(Some(good("nlb-a", &ZONES)))), &broken);
    assert_eq!(said(&mended), ["Ready=True Available: The service epsrv-ours is Active."]);
}

#[test]
fn zones_that_do_not_work_are_told_of_an_object_that_is_ready() {
    let mut found = good("nlb-a", &ZONES);
    found.zones[0].status = Some(ZoneStatus::Shifted);
    let message = "The service epsrv-ours is Active. Not working in every zone, as the provider says: nlb-a in cn-hangzhou-i (Shifted); see the \
                   load balancer.";
    assert_eq!(said(&report(&reached(&left_out(Some(found))), &ready())), [format!("Ready=True Available: {message}")]);
}

#[test]
fn while_a_load_balancer_is_looked_up_nothing_is_said_and_the_object_looks_again_soon() {
    let wait = Wait::LoadBalancers(vec![by_id(Obstacle::Unread)]);
    let report = report(&reached(&Scenario::converged()).waiting(wait), &ready());
    assert_eq!((report.status, report.requeue), (Some(ready()), Requeue::After(seconds(5))));
}

#[test]
fn of_several_the_one_that_needs_a_person_is_told_first() {
    let all = vec![
        by_id(Obstacle::Unread),
        by_id(Obstacle::Flawed(Flaw::Missing)),
        by_id(Obstacle::Flawed(Flaw::Locked(Vec::new()))),
    ];
    let lines = said(&report(&reached(&Scenario::converged().edited()).waiting(Wait::LoadBalancers(all)), &ready()));
    assert!(lines[0].starts_with("Ready=False AccountRestricted"), "{lines:?}");
    assert!(
        lines[0].ends_with("1 more entry of spec.resources: it leads to no load balancer that can be used."),
        "{lines:?}"
    );
}

#[test]
fn under_report_a_told_attachment_stays_told_while_the_zones_are_not_known() {
    let reporting = |scenario: Scenario| scenario.spec(json!({ "driftPolicy": "Report" }));
    let detached = reporting(left_out(Some(good("nlb-a", &ZONES)))).with_details(|details| {
        details.attachments.pop_last();
    });
    let told = report(&reached(&detached), &ready()).status.expect("it lives");
    assert_eq!(told.drift.len(), 1, "{told:?}");
    let mut unknown =
        reporting(Scenario::converged().zones_left_out()).with_sight("nlb-a", |sight| sight.can_wait = true);
    unknown.resolved.hint.drift = told.drift.clone();
    assert_eq!(report(&reached(&unknown), &told).status.expect("it lives").drift, told.drift);
}
