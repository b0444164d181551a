use super::*;
use crate::cloud::inventory::state::lists::Requeued;
use crate::cloud::services::observed::NamedId;

/// A state whose own Create at 10 s made the service.
fn made() -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), []);
    state.remember_created(&id("web"), created("epsrv-1", "web"), at(10));
    state
}

/// The same, and a list showed the service at 20 s, but not at 21 s.
fn missed() -> State {
    let mut state = made();
    state.listed(at(20), [service("epsrv-1", "web")]);
    let requeued = state.listed(at(21), []);
    assert_eq!(requeued.objects, BTreeSet::from([id("web")]));
    state
}

fn missing() -> ServiceView {
    ours(Service { proof: Proof::Missed, ..service("epsrv-1", "web") })
}

#[test]
fn absence_of_a_young_service_of_our_own_is_not_absence() {
    let mut state = made();
    let expected =
        ours(Service { proof: Proof::OwnCreate, ..in_status(ServiceStatus::Creating, service("epsrv-1", "web")) });
    assert_eq!(look(&mut state, "web", at(10)).service, expected);
    state.listed(at(69), []);
    assert_eq!(look(&mut state, "web", at(9_999)).service, expected);
    state.listed(at(70), []);
    let named = NamedId::Unjudged("epsrv-1".to_owned());
    assert_eq!(look(&mut state, "web", at(71)).service, ServiceView::Absent { named });
}

#[test]
fn a_young_service_that_one_list_shows_and_the_next_does_not_stays_as_it_was_shown_and_is_missed() {
    assert_eq!(look(&mut missed(), "web", at(22)).service, missing());
}

#[test]
fn a_service_that_no_list_has_shown_yet_is_not_missed() {
    let mut state = made();
    let before = look(&mut state, "web", at(10)).service;
    assert_eq!(state.listed(at(21), []), Requeued::default());
    assert_eq!(look(&mut state, "web", at(22)).service, before);
    state.got("epsrv-1", at(22), None);
    assert_eq!(look(&mut state, "web", at(22)).service, before, "Get may not know it yet either");
}

#[test]
fn a_missed_service_that_get_knows_is_not_missed_until_the_next_list_without_it() {
    let mut state = missed();
    state.got("epsrv-1", at(21), Some(ServiceStatus::Active));
    assert_eq!(look(&mut state, "web", at(22)).service, missing(), "the list may be the newer one");
    state.got("epsrv-1", at(22), Some(ServiceStatus::Active));
    assert_eq!(look(&mut state, "web", at(22)).service, ours(service("epsrv-1", "web")));
    state.listed(at(23), []);
    assert_eq!(look(&mut state, "web", at(23)).service, missing());
    state.listed(at(24), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut state, "web", at(24)).service, ours(service("epsrv-1", "web")));
}

#[test]
fn a_missed_service_that_get_denies_is_gone() {
    let mut state = missed();
    state.got("epsrv-1", at(22), None);
    let gone = ServiceView::Absent { named: NamedId::Gone("epsrv-1".to_owned()) };
    assert_eq!(look(&mut state, "web", at(22)).service, gone);
    state.listed(at(23), []);
    assert_eq!(look(&mut state, "web", at(23)).service, gone);
    assert!(state.pending.is_empty(), "{:?}", state.pending);
}

#[test]
fn a_missed_service_that_get_sees_leaving_is_leaving() {
    let mut state = missed();
    state.got("epsrv-1", at(22), Some(ServiceStatus::Deleting));
    let leaving = in_status(ServiceStatus::Deleting, service("epsrv-1", "web"));
    assert_eq!(look(&mut state, "web", at(22)).service, ours(leaving));
}

#[test]
fn a_young_service_that_we_deleted_is_gone_when_its_absence_means_something() {
    let deleted_after_it_was_listed = |state: &mut State| {
        state.listed(at(12), [service("epsrv-1", "web")]);
        state.remember("epsrv-1", &Write::Delete, at(13));
        state.listed(at(20), []);
    };
    let denied_by_get = |state: &mut State| {
        state.remember("epsrv-1", &Write::Delete, at(13));
        state.got("epsrv-1", at(18), None);
        state.listed(at(20), []);
    };
    let listed_as_leaving = |state: &mut State| {
        state.remember("epsrv-1", &Write::Delete, at(13));
        state.listed(at(15), [in_status(ServiceStatus::Deleting, service("epsrv-1", "web"))]);
        state.listed(at(20), []);
    };
    for history in [&deleted_after_it_was_listed as &dyn Fn(&mut State), &denied_by_get, &listed_as_leaving] {
        let mut state = made();
        history(&mut state);
        let named = NamedId::Unjudged("epsrv-1".to_owned());
        assert_eq!(look(&mut state, "web", at(21)).service, ServiceView::Absent { named });
    }
}

#[test]
fn writes_to_a_young_service_that_no_list_shows_are_remembered_with_it() {
    let mut state = made();
    state.remember("epsrv-1", &described("after"), at(11));
    state.remember("epsrv-1", &Write::Delete, at(12));
    let mut expected = in_status(ServiceStatus::Deleting, service("epsrv-1", "web"));
    expected.attributes.set(Field::Description, "after");
    expected.unseen = BTreeSet::from([Field::Description]);
    expected.settling = true;
    state.listed(at(20), []);
    let young = Service { proof: Proof::OwnCreate, ..expected.clone() };
    assert_eq!(look(&mut state, "web", at(20)).service, ours(young));
    state.listed(at(21), [in_status(ServiceStatus::Creating, service("epsrv-1", "web"))]);
    assert_eq!(look(&mut state, "web", at(21)).service, ours(expected), "the list lags behind both");
}
