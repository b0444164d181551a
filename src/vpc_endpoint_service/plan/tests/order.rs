use std::collections::BTreeSet;

use cloud_core::ErrorKind;
use privatelink::{Operation, RegionStatus, ServiceStatus};
use serde_json::json;

use super::super::checks::CHECKS;
use super::super::fixtures::{SERVICE, Scenario, other_service, service};
use crate::cloud::services::observed::{DetailsView, NamedId, ServiceView};
use crate::cloud::services::{Field, Proof};
use crate::vpc_endpoint_service::resolve::Unresolved;

/// One scenario a check, in the order of the checks. Each scenario has everything that the later checks ask about as well, as far as one scenario
/// can have it, so that only the order decides who answers.
fn scenarios() -> Vec<Scenario> {
    let absent = |named| Scenario::converged().see(ServiceView::Absent { named });
    let former = ServiceView::Former(Box::new(other_service("epsrv-former")));
    let duplicate = |mut scenario: Scenario| {
        let first = scenario.service().clone();
        scenario.see(ServiceView::Many(vec![first, other_service("epsrv-b")]))
    };
    let mut earlier = duplicate(Scenario::converged()).edited();
    earlier.observed.own.process_start = super::super::fixtures::at(990);
    let visible = earlier.clone().with_service(|service| service.unseen = [Field::Description].into());
    let opening = visible.clone().spec(json!({ "supportedRegions": ["cn-beijing"] })).with_service(|service| {
        service.regions.as_mut().unwrap().set("cn-beijing", RegionStatus::Pending);
    });
    let in_use = in_use(opening.clone());
    let mut unresolved = in_use.clone().spec(json!({ "resources": [{ "serviceRef": { "name": "web" } }] }));
    unresolved.resolved.references = [("web".to_owned(), Err(Unresolved::Missing))].into();
    let unlisted = unresolved.clone().spec(json!({ "connections": {} }));
    let different = unlisted.clone().with_service(|service| service.attributes.set(Field::AutoAcceptEnabled, true));
    let outdated = different.clone().with_details(|details| {
        details.read_at = super::super::fixtures::at(939);
        details.principals.iter_mut().for_each(BTreeSet::clear);
    });
    let unproven = outdated.clone().with_service(|service| service.proof = Proof::OwnCreate);
    let refused = Operation::DetachResourceFromVpcEndpointService;
    let in_doubt = unproven.clone().refused(refused, ErrorKind::DependencyFirst, 999);
    // Where a load balancer is not known, none is unwanted.
    let in_doubt = in_doubt.spec(json!({ "resources": [] }));
    let mut unknown = in_doubt.clone();
    unknown.observed.details = DetailsView::Unknown;
    let inactive = unknown.clone().with_service(|service| service.status = ServiceStatus::Pending);
    let settling = inactive.clone().with_service(|service| service.settling = true);
    let deleting = settling.clone().with_service(|service| service.status = ServiceStatus::Deleting);
    let locked = deleting.clone().with_service(|service| service.business_status = Some("FinancialLocked".to_owned()));
    let missed = locked.clone().with_service(|service| service.proof = Proof::Missed);
    let lost = missed.clone().with_service(|service| service.tags.clear());
    vec![
        Scenario::converged().see(ServiceView::NotYetListed),
        lost,
        Scenario::recorded().spec(json!({ "adopt": { "serviceId": "epsrv-former" } })).see(former.clone()),
        Scenario::recorded().see(former),
        absent(NamedId::Gone(SERVICE.to_owned())),
        Scenario::recorded(),
        missed,
        locked,
        deleting,
        settling,
        inactive,
        unknown,
        in_doubt,
        unproven,
        outdated,
        different,
        unlisted,
        unresolved,
        in_use,
        opening,
        visible,
        earlier,
        duplicate(Scenario::converged()),
    ]
}

/// Both attachments are unwanted and in use.
fn in_use(scenario: Scenario) -> Scenario {
    let mut scenario = scenario.spec(json!({ "resources": [] }));
    scenario.resolved.record =
        Some(super::super::fixtures::record(&scenario.resolved, 0, super::super::fixtures::at(100)));
    scenario.with_details(|details| details.attachments.values_mut().for_each(|one| one.related_endpoint_count = 1))
}

#[test]
fn the_checks_answer_in_this_order() {
    let reasons: Vec<_> = scenarios().iter().map(|scenario| scenario.plan().because).collect();
    assert_eq!(
        reasons,
        [
            "not-listed-yet",
            "ownership-lost",
            "adoption",
            "former-service",
            "service-gone",
            "service-missing",
            "missing-from-list",
            "service-locked",
            "service-deleting",
            "status-unconfirmed",
            "service-not-active",
            "details-unknown",
            "detach-refused",
            "ownership-unproven",
            "details-outdated",
            "differs-from-spec",
            "connections-unknown",
            "load-balancer-unusable",
            "attachment-in-use",
            "regions-opening",
            "writes-not-visible",
            "earlier-writes-possible",
            "duplicate-service",
        ]
        .map(Some)
    );
}

#[test]
fn every_check_is_reached() {
    let reasons: Vec<_> = scenarios().iter().filter_map(|scenario| scenario.plan().because).collect();
    assert_eq!(reasons, CHECKS.map(|check| check.reason));
}

#[test]
fn nothing_to_say_needs_no_reason() {
    let scenario = Scenario::converged().see(ServiceView::Ours(Box::new(service())));
    assert_eq!(scenario.plan().because, None);
}
