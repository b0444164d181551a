use cloud_core::test_support::refused;

use super::super::checks::CHECKS;
use super::*;
use crate::cloud::services::observed::NamedId;

/// One scenario a check, in the order of the checks, each with what the later checks ask about as well.
fn scenarios() -> Vec<Scenario> {
    let idle = scenario(&[]);
    let unseen = idle.clone().with_details(|details| details.as_of = at(1));
    let mut uncounted = unseen.clone();
    uncounted.observed.connections = None;
    let accepting = uncounted.clone().with_service(|service| service.attributes.set(Field::AutoAcceptEnabled, true));
    let unproven = accepting.clone().with_service(|service| service.proof = Proof::OwnCreate);
    let inactive = unproven.clone().with_service(|service| service.status = ServiceStatus::Pending);
    let settling = inactive.clone().with_service(|service| service.settling = true);
    let deleting = settling.clone().with_service(|service| service.status = ServiceStatus::Deleting);
    let mut other = deleting.clone();
    other.resolved.hint.service_id = Some("epsrv-other".to_owned());
    let lost = other.clone().with_service(|service| service.tags.clear());
    let retained = other.clone().spec(json!({ "deletionPolicy": "Retain" }));
    let unlisted = retained.clone().listed(1);
    let mut hidden = unlisted.clone();
    hidden.resolved.life = Life::Deleting { since: at(900) };
    hidden.observed.list_error = Some(refused(Operation::ListVpcEndpointServices, "Forbidden.RAM"));
    let elsewhere =
        hidden.clone().spec(json!({ "deletionPolicy": "Delete", "providerConfigRef": { "name": "other" } }));
    let mut unknown = elsewhere.clone();
    unknown.resolved.definition = Definition::Unknown(DefinitionUnknown::Missing);
    let observing = unknown.clone().spec(json!({ "managementPolicy": "Observe" }));
    let suspended = observing.clone().spec(json!({ "suspend": true }));
    let mut kind_goes = suspended.clone();
    kind_goes.resolved.definition = Definition::Goes;
    let mut unheld = kind_goes.clone();
    unheld.resolved.finalizers.clear();
    let gone = Scenario::converged().deleting().see(ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) });
    vec![
        unheld, kind_goes, suspended, observing, unknown, elsewhere, hidden, unlisted, retained, lost, gone, other,
        deleting, settling, inactive, unproven, accepting, uncounted, unseen, idle,
    ]
}

#[test]
fn the_checks_answer_in_this_order() {
    let reasons: Vec<_> = scenarios().iter().map(|scenario| scenario.teardown().because).collect();
    assert_eq!(
        reasons,
        [
            "no-finalizer",
            "definition-deleted",
            "suspended",
            "not-managed",
            "definition-unknown",
            "other-provider-config",
            "list-refused",
            "not-listed-since-deletion",
            "retain",
            "ownership-lost",
            "service-absent",
            "duplicate-service",
            "service-deleting",
            "status-unconfirmed",
            "service-not-active",
            "ownership-unproven",
            "auto-accept-enabled",
            "consumers-connected",
            "details-unknown",
            "ready-to-delete",
        ]
        .map(Some)
    );
}

#[test]
fn every_check_is_reached() {
    let reasons: Vec<_> = scenarios().iter().filter_map(|scenario| scenario.teardown().because).collect();
    let all: Vec<_> = super::super::offline::CHECKS
        .iter()
        .map(|check| check.reason)
        .chain(CHECKS.map(|check| check.reason))
        .collect();
    assert_eq!(reasons, all);
}
