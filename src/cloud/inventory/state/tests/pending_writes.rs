use super::*;
use crate::cloud::services::observed::NamedId;

/// Every pending write that a list shows, with what it makes of the service and the fields that it leaves unseen.
fn visible_writes() -> Vec<(Write, Service, BTreeSet<Field>)> {
    let attribute = |change: Attributes, apply: &dyn Fn(&mut Attributes), field: Field| {
        let mut service = service("epsrv-1", "web");
        apply(&mut service.attributes);
        (Write::Attributes(change), service, BTreeSet::from([field]))
    };
    vec![
        attribute(
            Attributes::default().with(Field::Description, "after"),
            &|attributes| attributes.set(Field::Description, "after"),
            Field::Description,
        ),
        attribute(
            Attributes::default().with(Field::AutoAcceptEnabled, true),
            &|attributes| attributes.set(Field::AutoAcceptEnabled, true),
            Field::AutoAcceptEnabled,
        ),
        attribute(
            Attributes::default().with(Field::ZoneAffinityEnabled, false),
            &|attributes| attributes.set(Field::ZoneAffinityEnabled, false),
            Field::ZoneAffinityEnabled,
        ),
        attribute(
            Attributes::default().with(Field::AddressIpVersion, "DualStack"),
            &|attributes| attributes.set(Field::AddressIpVersion, "DualStack"),
            Field::AddressIpVersion,
        ),
        attribute(
            Attributes::default().with(Field::ConnectBandwidthMbps, 200),
            &|attributes| attributes.set(Field::ConnectBandwidthMbps, 200),
            Field::ConnectBandwidthMbps,
        ),
        (
            Write::ResourceGroup("rg-2".to_owned()),
            {
                let mut service = service("epsrv-1", "web");
                service.attributes.set(Field::ResourceGroupId, "rg-2");
                service
            },
            BTreeSet::from([Field::ResourceGroupId]),
        ),
        (
            Write::Tag(BTreeMap::from([("env".to_owned(), "test".to_owned())])),
            with_tag("env", "test", service("epsrv-1", "web")),
            BTreeSet::from([Field::Tag("env".to_owned())]),
        ),
        (
            Write::Untag(BTreeSet::from([OBJECT_TAG.to_owned()])),
            without_tag(OBJECT_TAG, service("epsrv-1", "web")),
            BTreeSet::from([Field::Tag(OBJECT_TAG.to_owned())]),
        ),
    ]
}

/// The write leaves the service Pending, and a list that shows it can tell when that has ended.
fn is_update(write: &Write) -> bool {
    matches!(write, Write::Attributes(_))
}

/// A state that has listed the one service of `team/web` and knows the object.
fn settled() -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), [service("epsrv-1", "web")]);
    state
}

#[test]
fn a_pending_write_stands_in_for_a_list_that_lags() {
    for (write, written, unseen) in visible_writes() {
        let mut state = settled();
        let settling = is_update(&write);
        state.remember("epsrv-1", &write, at(10));
        let expected = ours(Service { unseen, settling, ..written });
        assert_eq!(look(&mut state, "web", at(10)).service, expected);
        state.listed(at(40), [service("epsrv-1", "web")]);
        assert_eq!(look(&mut state, "web", at(41)).service, expected, "a list that lags 30 s");
    }
}

#[test]
fn a_list_that_shows_the_write_is_believed_again() {
    for (write, written, _) in visible_writes() {
        let mut state = settled();
        state.remember("epsrv-1", &write, at(10));
        state.listed(at(11), [written.clone()]);
        assert_eq!(look(&mut state, "web", at(12)).service, ours(written));
        state.listed(at(13), [service("epsrv-1", "web")]);
        assert_eq!(look(&mut state, "web", at(14)).service, ours(service("epsrv-1", "web")), "changed back by others");
    }
}

#[test]
fn a_list_that_began_before_the_write_shows_nothing_of_it() {
    for (write, written, unseen) in visible_writes() {
        let mut state = settled();
        let settling = is_update(&write);
        state.remember("epsrv-1", &write, at(10));
        state.listed(at(9), [written.clone()]);
        assert_eq!(look(&mut state, "web", at(11)).service, ours(Service { unseen, settling, ..written }));
    }
}

#[test]
fn after_the_assumed_lag_the_list_wins_again() {
    for (write, _, _) in visible_writes() {
        let mut state = settled();
        state.remember("epsrv-1", &write, at(10));
        state.listed(at(70), [service("epsrv-1", "web")]);
        assert_eq!(look(&mut state, "web", at(71)).service, ours(service("epsrv-1", "web")));
    }
}

#[test]
fn an_old_list_does_not_win_because_time_passed() {
    let mut state = settled();
    state.remember("epsrv-1", &described("after"), at(10));
    state.listed(at(69), [service("epsrv-1", "web")]);
    let mut expected = service("epsrv-1", "web");
    expected.attributes.set(Field::Description, "after");
    expected.unseen = BTreeSet::from([Field::Description]);
    expected.settling = true;
    assert_eq!(look(&mut state, "web", at(9_999)).service, ours(expected));
}

#[test]
fn a_field_that_the_provider_does_not_say_is_not_waited_for() {
    let mut state = settled();
    state.remember("epsrv-1", &described("after"), at(10));
    let mut silent = service("epsrv-1", "web");
    silent.attributes.remove(&Field::Description);
    state.listed(at(11), [silent.clone()]);
    assert_eq!(look(&mut state, "web", at(12)).service, ours(silent));
}

#[test]
fn a_newer_write_replaces_an_older_one_and_the_state_before_both_proves_nothing() {
    let mut state = settled();
    state.remember("epsrv-1", &described("between"), at(10));
    state.remember("epsrv-1", &described("before"), at(20));
    let unseen = BTreeSet::from([Field::Description]);
    let expected = ours(Service { unseen, settling: true, ..service("epsrv-1", "web") });
    assert_eq!(look(&mut state, "web", at(20)).service, expected);
    let mut between = service("epsrv-1", "web");
    between.attributes.set(Field::Description, "between");
    // The list shows what was there before both writes, then the first of them, both late.
    for (as_of, shown) in [(at(21), service("epsrv-1", "web")), (at(22), between)] {
        state.listed(as_of, [shown]);
        assert_eq!(look(&mut state, "web", at(23)).service, expected);
    }
    state.listed(at(80), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut state, "web", at(81)).service, ours(service("epsrv-1", "web")));
}

#[test]
fn writes_of_different_fields_are_remembered_apart() {
    let mut state = settled();
    let tag = Write::Tag(BTreeMap::from([("env".to_owned(), "test".to_owned())]));
    state.remember("epsrv-1", &described("after"), at(10));
    state.remember("epsrv-1", &tag, at(11));
    let tagged = with_tag("env", "test", service("epsrv-1", "web"));
    state.listed(at(12), [tagged.clone()]);
    let mut expected = tagged;
    expected.attributes.set(Field::Description, "after");
    expected.unseen = BTreeSet::from([Field::Description]);
    expected.settling = true;
    assert_eq!(look(&mut state, "web", at(13)).service, ours(expected));
}

#[test]
fn taking_our_cluster_or_uid_off_counts_at_once() {
    for keys in [vec![CLUSTER_TAG, UID_TAG, OBJECT_TAG], vec![CLUSTER_TAG], vec![UID_TAG, OBJECT_TAG]] {
        let mut state = settled();
        let keys: BTreeSet<String> = keys.into_iter().map(str::to_owned).collect();
        state.remember("epsrv-1", &Write::Untag(keys.clone()), at(10));
        let mut untagged = service("epsrv-1", "web");
        untagged.tags.retain(|key, _| !keys.contains(key));
        untagged.unseen = keys.into_iter().map(Field::Tag).collect();
        assert_eq!(look(&mut state, "web", at(10)).service, ServiceView::Foreign(Box::new(untagged)));
    }
}

#[test]
fn a_service_that_was_let_go_is_no_former_service_to_a_successor_of_the_name() {
    let mut state = settled();
    let keys = BTreeSet::from([CLUSTER_TAG.to_owned(), UID_TAG.to_owned(), OBJECT_TAG.to_owned()]);
    state.remember("epsrv-1", &Write::Untag(keys), at(10));
    state.forget(&id("web"));
    let successor = ObjectId { uid: "uid-next".to_owned(), ..id("web") };
    let owner = Owner { uid: "uid-next".to_owned(), ..owner("web") };
    let mut query = |now| {
        state
            .observed(
                &Query {
                    id: &successor,
                    owner: &owner,
                    generation: 1,
                    named: None,
                    adopt: None,
                    record: None,
                    details: DetailsQuery::default(),
                },
                now,
            )
            .service
    };
    assert_eq!(query(at(11)), ServiceView::Absent { named: NamedId::None });
}

#[test]
fn our_own_deletion_shows_before_the_list_does() {
    let mut state = settled();
    let deleting = in_status(ServiceStatus::Deleting, service("epsrv-1", "web"));
    state.remember("epsrv-1", &Write::Delete, at(10));
    state.listed(at(40), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut state, "web", at(41)).service, ours(deleting.clone()));
    state.listed(at(42), [deleting.clone()]);
    assert_eq!(look(&mut state, "web", at(43)).service, ours(deleting));
    state.listed(at(44), []);
    let named = NamedId::Unjudged("epsrv-1".to_owned());
    assert_eq!(look(&mut state, "web", at(45)).service, ServiceView::Absent { named });
}

#[test]
fn our_own_deletion_is_remembered_until_a_list_begun_after_it_shows_it() {
    let mut state = settled();
    let deleting = in_status(ServiceStatus::Deleting, service("epsrv-1", "web"));
    state.remember("epsrv-1", &Write::Delete, at(10));
    state.listed(at(9), [deleting.clone()]);
    state.listed(at(11), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut state, "web", at(11)).service, ours(deleting.clone()));
    state.listed(at(12), [deleting]);
    state.listed(at(13), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut state, "web", at(13)).service, ours(service("epsrv-1", "web")));
}

#[test]
fn a_deletion_that_had_no_effect_is_forgotten_after_the_lag() {
    let mut state = settled();
    state.remember("epsrv-1", &Write::Delete, at(10));
    state.listed(at(70), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut state, "web", at(71)).service, ours(service("epsrv-1", "web")));
}

#[test]
fn a_list_that_began_before_a_write_does_not_end_it_by_showing_nothing() {
    let mut state = settled();
    state.remember("epsrv-1", &described("after"), at(10));
    state.remember("epsrv-1", &attach("nlb-2"), at(10));
    state.remember("epsrv-1", &Write::Delete, at(10));
    state.listed(at(9), []);
    state.listed(at(11), [service("epsrv-1", "web")]);
    let mut expected = in_status(ServiceStatus::Deleting, service("epsrv-1", "web"));
    expected.attributes.set(Field::Description, "after");
    expected.unseen = BTreeSet::from([Field::Description]);
    expected.settling = true;
    assert_eq!(look(&mut state, "web", at(12)).service, ours(expected));
}

#[test]
fn nothing_is_remembered_of_a_service_that_is_gone() {
    let mut state = settled();
    for write in [described("after"), attach("nlb-2"), Write::AddPrincipal("2002".to_owned())] {
        state.remember("epsrv-1", &write, at(10));
    }
    state.remember("epsrv-1", &Write::Delete, at(11));
    state.got("epsrv-1", at(12), None);
    state.listed(at(13), []);
    assert!(state.pending.is_empty(), "{:?}", state.pending);
}

#[test]
fn after_an_update_a_get_or_a_list_that_shows_it_may_call_the_service_settled() {
    let updated = |settling, unseen: &[Field]| {
        let mut service = service("epsrv-1", "web");
        service.attributes.set(Field::Description, "after");
        ours(Service { settling, unseen: unseen.iter().cloned().collect(), ..service })
    };
    let mut by_get = settled();
    by_get.remember("epsrv-1", &described("after"), at(10));
    by_get.listed(at(11), [service("epsrv-1", "web")]);
    assert_eq!(look(&mut by_get, "web", at(11)).service, updated(true, &[Field::Description]), "the list lags");
    by_get.got("epsrv-1", at(12), Some(ServiceStatus::Active));
    assert_eq!(look(&mut by_get, "web", at(12)).service, updated(false, &[Field::Description]));

    let mut by_list = settled();
    by_list.remember("epsrv-1", &described("after"), at(10));
    let mut shown = service("epsrv-1", "web");
    shown.attributes.set(Field::Description, "after");
    by_list.listed(at(11), [shown]);
    assert_eq!(look(&mut by_list, "web", at(11)).service, updated(false, &[]));
}

#[test]
fn only_a_get_begun_after_an_attach_may_call_the_service_settled() {
    let writes = [attach("nlb-2"), detach("nlb-1"), Write::AutoAllocation { key: key("nlb-1"), enabled: false }];
    for write in writes {
        let mut state = settled();
        let settling = ours(Service { settling: true, ..service("epsrv-1", "web") });
        state.remember("epsrv-1", &write, at(10));
        assert_eq!(look(&mut state, "web", at(10)).service, settling);
        state.listed(at(90), [service("epsrv-1", "web")]);
        assert_eq!(look(&mut state, "web", at(91)).service, settling, "no list ends it");
        state.got("epsrv-1", at(9), Some(ServiceStatus::Active));
        assert_eq!(look(&mut state, "web", at(91)).service, settling, "nor a Get from before");
        state.got("epsrv-1", at(92), Some(ServiceStatus::Pending));
        let pending = ours(Service { settling: true, ..in_status(ServiceStatus::Pending, service("epsrv-1", "web")) });
        assert_eq!(look(&mut state, "web", at(92)).service, pending);
        state.got("epsrv-1", at(93), Some(ServiceStatus::Active));
        assert_eq!(look(&mut state, "web", at(93)).service, ours(service("epsrv-1", "web")));
    }
}

#[test]
fn a_get_knows_the_status_better_than_an_older_list_and_than_one_that_lags() {
    use ServiceStatus::{Active, Creating, Deleting, Pending};
    // What Get said when asked at 100 s; what the list says and when it began; what is shown.
    let cases = [
        (Pending, Active, at(99), Pending),
        (Active, Pending, at(99), Active),
        (Pending, Active, at(101), Active),
        (Active, Pending, at(101), Active),
        (Active, Creating, at(159), Active),
        (Active, Pending, at(160), Pending),
        (Active, Deleting, at(101), Deleting),
        (Creating, Pending, at(101), Pending),
    ];
    for (got, listed, as_of, expected) in cases {
        let mut state = state();
        state.listed(at(98), [service("epsrv-1", "web")]);
        let list = in_status(listed.clone(), service("epsrv-1", "web"));
        if as_of < at(100) {
            state.listed(as_of, [list.clone()]);
        }
        state.got("epsrv-1", at(100), Some(got.clone()));
        if as_of > at(100) {
            state.listed(as_of, [list]);
        }
        let seen = look(&mut state, "web", at(161)).service;
        assert_eq!(
            seen,
            ours(in_status(expected, service("epsrv-1", "web"))),
            "Get {got:?}, list {listed:?} at {as_of}"
        );
    }
}

#[test]
fn what_get_said_before_a_pending_write_says_nothing_about_after_it() {
    let mut state = settled();
    state.got("epsrv-1", at(5), Some(ServiceStatus::Active));
    state.remember("epsrv-1", &described("after"), at(10));
    let mut pending = in_status(ServiceStatus::Pending, service("epsrv-1", "web"));
    pending.attributes.set(Field::Description, "after");
    state.listed(at(11), [pending.clone()]);
    assert_eq!(look(&mut state, "web", at(12)).service, ours(pending));
}
