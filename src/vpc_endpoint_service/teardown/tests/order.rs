use cloud_core::test_support::refused;

use super::super::checks::CHECKS;
use super::*;
use crate::cloud::services::observed::NamedId;

/// One world a check, in the order of the checks, each with what the later checks ask about as well.
fn worlds() -> Vec<World> {
    let idle = world(&[]);
    let unseen = idle.clone().with_deep(|deep| deep.as_of = at(1));
    let mut uncounted = unseen.clone();
    uncounted.observed.connections = None;
    let accepting = uncounted.clone().with_service(|service| service.attributes.auto_accept_enabled = Some(true));
    let unproven = accepting.clone().with_service(|service| service.proof = Proof::OwnCreate);
    let inactive = unproven.clone().with_service(|service| service.status = ServiceStatus::Pending);
    let settling = inactive.clone().with_service(|service| service.settling = true);
    let deleting = settling.clone().with_service(|service| service.status = ServiceStatus::Deleting);
    let mut other = deleting.clone();
    other.resolved.hint.service_id = Some("epsrv-other".to_owned());
    let lost = other.clone().with_service(|service| service.tags.clear());
    let retained = other.clone().spec(json!({ "deletionPolicy": "Retain" }));
    let unswept = retained.clone().swept(1);
    let mut hidden = unswept.clone();
    hidden.resolved.life = Life::Deleting { since: at(900) };
    hidden.observed.sweep_error = Some(refused(Operation::ListVpcEndpointServices, "Forbidden.RAM"));
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
    let gone = World::converged().deleting().see(ServiceView::Absent { named: NamedId::Gone(SERVICE.to_owned()) });
    vec![
        unheld, kind_goes, suspended, observing, unknown, elsewhere, hidden, unswept, retained, lost, gone, other,
        deleting, settling, inactive, unproven, accepting, uncounted, unseen, idle,
    ]
}

#[test]
fn the_checks_answer_in_this_order() {
    let reasons: Vec<_> = worlds().iter().map(|world| world.teardown().because).collect();
    assert_eq!(
        reasons,
        [
            "without our finalizer the object is not ours to deal with",
            "with the kind every object goes: the services stay, tagged, for whoever puts it back",
            "while it is suspended nothing is written to the cloud, and nothing is forgotten",
            "what was only observed is let go without a write to the cloud",
            "nobody can say why the object is being deleted: what is not known permits no write",
            "with other credentials than those that the spec names nothing is deleted",
            "under Retain, what the provider refuses to show is let go with its tags",
            "ownership and absence are judged from what was seen after the mark",
            "the service stays: our tags go, then the finalizer",
            "a service without our tags is not deleted, and its object not forgotten",
            "nothing is shown: the finalizer goes once that is proven",
            "the one that status names is dealt with; of a duplicate only a person can say whose it is",
            "the provider is at it",
            "after a detach of ours a lagging list still says Active: only Get knows",
            "the provider takes changes of an Active service only",
            "no write to a service whose tags no recent list showed",
            "no consumer may come in while the others are counted",
            "nobody is cut off, and what is leaving is let out",
            "what is attached must be known to be detached",
            "nothing is in the way: detach one by one, then delete",
        ]
        .map(Some)
    );
}

#[test]
fn every_check_is_reached() {
    let reasons: Vec<_> = worlds().iter().filter_map(|world| world.teardown().because).collect();
    let all: Vec<_> = super::super::offline::CHECKS
        .iter()
        .map(|check| check.reason)
        .chain(CHECKS.map(|check| check.reason))
        .collect();
    assert_eq!(reasons, all);
}
