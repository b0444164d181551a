use super::super::Judgement;
use super::*;
use crate::cloud::services::observed::NamedId;

fn absent(named: NamedId) -> ServiceView {
    ServiceView::Absent { named }
}

#[test]
fn nothing_is_concluded_before_the_first_list() {
    let mut state = state();
    let observed = look_named(&mut state, "web", Some("epsrv-1"), at(1));
    assert_eq!((observed.as_of, observed.service), (None, ServiceView::NotYetListed));
}

#[test]
fn a_service_with_our_cluster_and_the_uid_is_ours() {
    let mut state = state();
    state.listed(at(1), [service("epsrv-1", "web"), service("epsrv-2", "api")]);
    let observed = look(&mut state, "web", at(2));
    assert_eq!((observed.as_of, observed.service), (Some(at(1)), ours(service("epsrv-1", "web"))));
    assert_eq!(observed.own.proven_id.as_deref(), Some("epsrv-1"));
}

#[test]
fn entries_of_other_clusters_are_dropped_whatever_the_filter_was() {
    let mut state = state();
    state.listed(
        at(1),
        [
            with_tag(CLUSTER_TAG, "staging", service("epsrv-1", "web")),
            without_tag(CLUSTER_TAG, service("epsrv-2", "web")),
        ],
    );
    assert_eq!(look(&mut state, "web", at(2)).service, absent(NamedId::None));
    assert_eq!(state.figures().resources, 0);
}

#[test]
fn of_two_services_with_one_uid_the_one_that_status_names_comes_first() {
    let mut state = state();
    let older = service("epsrv-2", "web");
    let younger = Service { create_time: Some("2026-01-02T00:00:00Z".to_owned()), ..service("epsrv-1", "web") };
    state.listed(at(1), [older.clone(), younger.clone()]);
    let named = look_named(&mut state, "web", Some("epsrv-1"), at(2)).service;
    assert_eq!(named, ServiceView::Many(vec![younger.clone(), older.clone()]));
    let unnamed = look(&mut state, "web", at(2)).service;
    assert_eq!(unnamed, ServiceView::Many(vec![older, younger]));
}

#[test]
fn a_service_of_an_earlier_object_of_the_name_is_former() {
    let mut state = state();
    let former = with_tag(UID_TAG, "uid-of-old", service("epsrv-1", "web"));
    let nameless = without_tag(UID_TAG, service("epsrv-2", "api"));
    state.listed(at(1), [former.clone(), nameless.clone()]);
    assert_eq!(look(&mut state, "web", at(2)).service, ServiceView::Former(Box::new(former)));
    assert_eq!(look(&mut state, "api", at(2)).service, ServiceView::Former(Box::new(nameless)));
}

#[test]
fn a_former_service_is_one_of_the_whole_name() {
    let mut state = state();
    let other = with_tag(OBJECT_TAG, "team.web2", with_tag(UID_TAG, "uid-of-old", service("epsrv-1", "web")));
    state.listed(at(1), [other]);
    assert_eq!(look(&mut state, "web", at(2)).service, absent(NamedId::None));
}

#[test]
fn a_restored_object_whose_status_names_the_former_service_is_told_that_it_is_former() {
    let mut state = state();
    let former = with_tag(UID_TAG, "uid-of-old", service("epsrv-1", "web"));
    state.listed(at(1), [former.clone()]);
    let seen = look_named(&mut state, "web", Some("epsrv-1"), at(2)).service;
    assert_eq!(seen, ServiceView::Former(Box::new(former)));
}

#[test]
fn a_service_that_was_proven_ours_and_is_tagged_for_another_is_foreign() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(1), [service("epsrv-1", "web")]);
    let taken = with_tag(UID_TAG, "uid-of-thief", service("epsrv-1", "web"));
    state.listed(at(61), [taken.clone()]);
    assert_eq!(look(&mut state, "web", at(62)).service, ServiceView::Foreign(Box::new(taken)));
}

#[test]
fn a_forged_status_does_not_make_a_service_of_another_object_ours() {
    let mut state = state();
    state.listed(at(1), [service("epsrv-9", "api")]);
    let seen = look_named(&mut state, "web", Some("epsrv-9"), at(2)).service;
    assert_eq!(seen, ServiceView::Foreign(Box::new(service("epsrv-9", "api"))));
}

#[test]
fn an_id_that_no_list_shows_is_judged_by_list_and_get() {
    let untagged = without_tag(CLUSTER_TAG, service("epsrv-1", "web"));
    let cases = [
        (None, absent(NamedId::Unjudged("epsrv-1".to_owned()))),
        (Some(Judgement { listed: None, exists: false }), absent(NamedId::Gone("epsrv-1".to_owned()))),
        (Some(Judgement { listed: None, exists: true }), absent(NamedId::Hidden("epsrv-1".to_owned()))),
        (
            Some(Judgement { listed: Some(untagged.clone()), exists: true }),
            ServiceView::Foreign(Box::new(untagged.clone())),
        ),
        (Some(Judgement { listed: Some(service("epsrv-1", "web")), exists: true }), ours(service("epsrv-1", "web"))),
    ];
    for (judgement, expected) in cases {
        let mut state = state();
        state.listed(at(1), []);
        look_named(&mut state, "web", Some("epsrv-1"), at(2));
        if let Some(judgement) = judgement {
            state.judged(&id("web"), "epsrv-1", at(2), judgement);
        }
        assert_eq!(look_named(&mut state, "web", Some("epsrv-1"), at(3)).service, expected);
    }
}

#[test]
fn a_judgement_counts_for_the_id_that_it_was_made_of() {
    let mut state = state();
    state.listed(at(1), []);
    look_named(&mut state, "web", Some("epsrv-1"), at(2));
    state.judged(&id("web"), "epsrv-1", at(2), Judgement { listed: None, exists: false });
    let other = look_named(&mut state, "web", Some("epsrv-2"), at(3)).service;
    assert_eq!(other, absent(NamedId::Unjudged("epsrv-2".to_owned())));
}

#[test]
fn what_is_gone_stays_gone_and_what_is_hidden_is_asked_about_again() {
    let cases = [
        (Judgement { listed: None, exists: false }, at(6), NamedId::Gone("epsrv-1".to_owned())),
        (Judgement { listed: None, exists: false }, at(9_999), NamedId::Gone("epsrv-1".to_owned())),
        (Judgement { listed: None, exists: true }, at(6), NamedId::Hidden("epsrv-1".to_owned())),
        (Judgement { listed: None, exists: true }, at(7), NamedId::Unjudged("epsrv-1".to_owned())),
    ];
    for (judgement, later, expected) in cases {
        let mut state = state();
        state.listed(at(1), []);
        look_named(&mut state, "web", Some("epsrv-1"), at(2));
        state.judged(&id("web"), "epsrv-1", at(2), judgement);
        assert_eq!(look_named(&mut state, "web", Some("epsrv-1"), later).service, absent(expected));
    }
}

#[test]
fn a_foreign_service_is_asked_about_again_after_a_resync_period() {
    let mut state = state();
    let untagged = without_tag(CLUSTER_TAG, service("epsrv-1", "web"));
    state.listed(at(1), []);
    look_named(&mut state, "web", Some("epsrv-1"), at(2));
    state.judged(&id("web"), "epsrv-1", at(2), Judgement { listed: Some(untagged.clone()), exists: true });
    let kept = look_named(&mut state, "web", Some("epsrv-1"), at(61)).service;
    assert_eq!(kept, ServiceView::Foreign(Box::new(untagged)));
    let expired = look_named(&mut state, "web", Some("epsrv-1"), at(62)).service;
    assert_eq!(expired, absent(NamedId::Unjudged("epsrv-1".to_owned())));
}

#[test]
fn a_known_id_is_accounted_for_before_a_former_service_is_shown() {
    let mut state = state();
    let former = with_tag(UID_TAG, "uid-of-old", service("epsrv-1", "web"));
    state.listed(at(1), [former.clone()]);
    let unjudged = look_named(&mut state, "web", Some("epsrv-2"), at(2)).service;
    assert_eq!(unjudged, absent(NamedId::Unjudged("epsrv-2".to_owned())));
    state.judged(&id("web"), "epsrv-2", at(2), Judgement { listed: None, exists: false });
    let seen = look_named(&mut state, "web", Some("epsrv-2"), at(3)).service;
    assert_eq!(seen, ServiceView::Former(Box::new(former)));
}

#[test]
fn the_proven_id_is_accounted_for_whatever_status_names() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(1), [service("epsrv-1", "web")]);
    state.listed(at(61), []);
    let observed = look_named(&mut state, "web", Some("epsrv-forged"), at(62));
    assert_eq!(observed.service, absent(NamedId::Unjudged("epsrv-1".to_owned())));
    assert_eq!(observed.own.proven_id.as_deref(), Some("epsrv-1"));
}

#[test]
fn a_service_of_another_cluster_is_foreign_although_it_was_made_for_an_object_of_this_name() {
    let mut state = state();
    state.listed(at(1), []);
    look_named(&mut state, "web", Some("epsrv-1"), at(2));
    let theirs = with_tag(CLUSTER_TAG, "staging", with_tag(UID_TAG, "uid-there", service("epsrv-1", "web")));
    state.judged(&id("web"), "epsrv-1", at(3), Judgement { listed: Some(theirs.clone()), exists: true });
    let seen = look_named(&mut state, "web", Some("epsrv-1"), at(4)).service;
    assert_eq!(seen, ServiceView::Foreign(Box::new(theirs)));
}

#[test]
fn a_service_of_an_object_that_there_is_is_no_former_one_whatever_name_it_carries() {
    let mut state = state();
    let renamed = with_tag(OBJECT_TAG, "team.web", service("epsrv-1", "api"));
    state.listed(at(1), [renamed.clone()]);
    assert_eq!(look(&mut state, "web", at(2)).service, ServiceView::Former(Box::new(renamed)));
    look(&mut state, "api", at(3));
    assert_eq!(look(&mut state, "web", at(4)).service, absent(NamedId::None));
}
