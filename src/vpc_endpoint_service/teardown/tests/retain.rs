use serde_json::json;

use super::*;
use crate::cloud::services::observed::NamedId;

fn retained() -> Scenario {
    Scenario::converged().deleting().spec(json!({ "deletionPolicy": "Retain" }))
}

fn untag(service_id: &str) -> Step {
    let keys = ["privatelink-operator.cluster", "privatelink-operator.object", "privatelink-operator.uid"];
    Step::write(service_id, Write::Untag(keys.map(str::to_owned).into()))
}

fn release() -> Plan {
    steps(vec![Step::ReleaseFinalizer])
}

fn absent(named: NamedId) -> Scenario {
    retained().see(ServiceView::Absent { named })
}

#[test]
fn a_retained_service_loses_our_tags_and_nothing_else() {
    assert_eq!(unexplained(retained().teardown()), steps(vec![untag(SERVICE), Step::ReleaseFinalizer]));
}

#[test]
fn an_adopted_service_is_retained_unless_the_policy_says_otherwise() {
    let adopted = || Scenario::converged().deleting().spec(json!({ "adopt": { "serviceId": SERVICE } }));
    assert_eq!(unexplained(adopted().teardown()), steps(vec![untag(SERVICE), Step::ReleaseFinalizer]));
    let deleted = looked(adopted().spec(json!({ "deletionPolicy": "Delete" })), &[], 996);
    assert_eq!(unexplained(deleted.teardown()), take_down());
}

#[test]
fn every_service_with_our_uid_loses_its_tags() {
    let scenario = retained().see(ServiceView::Many(vec![service(), other_service("epsrv-b")]));
    let plan = steps(vec![untag(SERVICE), untag("epsrv-b"), Step::ReleaseFinalizer]);
    assert_eq!(unexplained(scenario.teardown()), plan);
}

#[test]
fn a_service_that_does_not_carry_our_tags_is_not_written_to() {
    let scenario = retained().with_service(|service| drop(service.tags.remove(crate::names::CLUSTER_TAG)));
    let plan = waits(Wait::OwnershipRestored { service_id: SERVICE.to_owned() }, None);
    assert_eq!(unexplained(scenario.teardown()), plan);
}

#[test]
fn tags_are_taken_off_only_what_a_list_showed_after_the_mark() {
    let scenario = retained().with_service(|service| service.proof = Proof::OwnCreate);
    assert_eq!(unexplained(scenario.teardown()), list_from(1_010));
    assert_eq!(unexplained(retained().listed(989).teardown()), list_from(990));
}

#[test]
fn what_the_provider_refuses_to_show_is_let_go_and_an_outage_is_waited_for() {
    let list = Operation::ListVpcEndpointServices;
    let unseen = |error| {
        let mut scenario = retained().listed(899);
        scenario.resolved.life = Life::Deleting { since: at(900) };
        scenario.observed.list_error = Some(error);
        scenario
    };
    assert_eq!(unexplained(unseen(cloud_core::test_support::refused(list, "Forbidden.RAM")).teardown()), release());
    assert_eq!(unexplained(unseen(cloud_core::test_support::lost_answer(list)).teardown()), list_from(900));
    // A refusal may come once.
    let mut new = unseen(cloud_core::test_support::refused(list, "Forbidden.RAM"));
    new.resolved.life = Life::Deleting { since: at(941) };
    assert_eq!(unexplained(new.teardown()), list_from(941));
    // What was seen after the mark counts more than a list that was refused since.
    let seen =
        Scenario { observed: unseen(cloud_core::test_support::refused(list, "Forbidden.RAM")).observed, ..retained() };
    assert_eq!(unexplained(seen.listed(995).teardown()), steps(vec![untag(SERVICE), Step::ReleaseFinalizer]));
}

#[test]
fn tags_that_the_provider_goes_on_refusing_to_take_off_stay() {
    for (kind, at, is_let_go) in [
        (ErrorKind::Account, 995, true),
        (ErrorKind::Account, 959, false),
        (ErrorKind::Busy, 995, false),
        (ErrorKind::Transient, 995, false),
    ] {
        let mut scenario = retained().refused(Operation::UntagResources, kind, at);
        scenario.resolved.life = Life::Deleting { since: self::at(900) };
        let expected = if is_let_go { release() } else { steps(vec![untag(SERVICE), Step::ReleaseFinalizer]) };
        assert_eq!(unexplained(scenario.teardown()), expected, "{kind:?} at {at}");
    }
}

#[test]
fn where_orphans_are_deleted_no_retained_service_is_left_with_our_tags() {
    let list = Operation::ListVpcEndpointServices;
    let mut hidden = retained().listed(899);
    hidden.resolved.life = Life::Deleting { since: at(900) };
    hidden.observed.list_error = Some(cloud_core::test_support::refused(list, "Forbidden.RAM"));
    assert_eq!(unexplained(hidden.teardown()), release());
    assert_eq!(unexplained(hidden.teardown_without_orphans()), list_from(900));
    let mut refused = retained().refused(Operation::UntagResources, ErrorKind::Account, 995);
    refused.resolved.life = Life::Deleting { since: at(900) };
    assert_eq!(unexplained(refused.teardown()), release());
    let untagged = steps(vec![untag(SERVICE), Step::ReleaseFinalizer]);
    assert_eq!(unexplained(refused.teardown_without_orphans()), untagged);
    assert_eq!(unexplained(retained().teardown_without_orphans()), untagged);
}

#[test]
fn a_service_that_lost_our_tags_is_let_go() {
    assert_eq!(unexplained(retained().see(ServiceView::Foreign(Box::new(service()))).teardown()), release());
}

#[test]
fn a_known_service_that_is_not_shown_is_let_go_once_a_list_would_show_it() {
    assert_eq!(unexplained(absent(NamedId::Unjudged(SERVICE.to_owned())).teardown()), release());
    let mut young = absent(NamedId::Unjudged(SERVICE.to_owned()));
    young.observed.own.first_seen = at(940);
    assert_eq!(unexplained(young.teardown()), list_from(1_000));
    let mut new = absent(NamedId::Gone(SERVICE.to_owned()));
    new.resolved.hint.create_time = Some(at(936));
    assert_eq!(unexplained(new.teardown()), list_from(996));
}

#[test]
fn without_a_known_service_the_long_wait_comes_first() {
    let mut scenario = absent(NamedId::None);
    scenario.resolved.hint.service_id = None;
    assert_eq!(unexplained(scenario.teardown()), list_from(990 + 30 + 25 + 60));
}

#[test]
fn a_former_service_is_not_ours_to_untag() {
    let mut scenario = retained().see(ServiceView::Former(Box::new(other_service("epsrv-former"))));
    scenario.resolved.hint.service_id = None;
    scenario.observed.own.recorded_at = Some(super::super::super::plan::fixtures::now());
    assert_eq!(unexplained(scenario.teardown()), release());
}
