use super::*;
use crate::cloud::services::Details;
use crate::cloud::services::observed::DetailsView;

fn view(as_of: Timestamp, resources: &[&str], principals: &[&str]) -> Details {
    Details {
        as_of,
        read_at: as_of,
        attachments: resources.iter().map(|resource| (key(resource), attachment())).collect(),
        principals: Some(principals.iter().map(|&principal| principal.to_owned()).collect()),
    }
}

/// A state that has listed one service of `team/web`, whose attachments and principals were read at 1 s.
fn read() -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), [service("epsrv-1", "web")]);
    state.read_details("epsrv-1", view(at(1), &["nlb-1"], &["1001", "2002"]));
    state
}

fn details(state: &mut State) -> DetailsView {
    look(state, "web", at(500)).details
}

#[test]
fn attachments_and_principals_are_unknown_until_they_are_read() {
    let mut state = state();
    state.listed(at(0), [service("epsrv-1", "web")]);
    assert_eq!(details(&mut state), DetailsView::Unknown);
    let view = view(at(1), &["nlb-1"], &["1001"]);
    state.read_details("epsrv-1", view.clone());
    assert_eq!(details(&mut state), DetailsView::Known(view));
}

#[test]
fn after_our_own_create_they_are_what_was_sent_and_the_owner() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), []);
    state.remember_created(&id("web"), created("epsrv-1", "web"), at(10));
    let known = DetailsView::Known(view(at(10), &["nlb-1"], &["1001"]));
    assert_eq!(details(&mut state), known);
    state.listed(at(11), []);
    state.listed(at(12), [service("epsrv-1", "web")]);
    state.listed(at(99), [service("epsrv-1", "web")]);
    assert_eq!(details(&mut state), known);
}

#[test]
fn what_was_read_before_an_edit_is_unknown_to_the_edited_object() {
    let mut state = read();
    let details = |generation, now, state: &mut State| {
        let query = Query {
            id: &id("web"),
            owner: &owner("web"),
            generation,
            named: None,
            adopt: None,
            record: None,
            details: DetailsQuery::default(),
        };
        state.observed(&query, now).details
    };
    let before = view(at(1), &["nlb-1"], &["1001", "2002"]);
    assert_eq!(details(1, at(2), &mut state), DetailsView::Known(before));
    assert_eq!(details(2, at(3), &mut state), DetailsView::Unknown);
    let after = view(at(3), &["nlb-1"], &["1001"]);
    state.read_details("epsrv-1", after.clone());
    assert_eq!(details(2, at(4), &mut state), DetailsView::Known(after));
}

#[test]
fn a_read_that_lags_behind_our_own_create_hides_none_of_what_was_sent() {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), []);
    state.remember_created(&id("web"), created("epsrv-1", "web"), at(10));
    state.read_details("epsrv-1", view(at(20), &[], &["1001"]));
    assert_eq!(details(&mut state), DetailsView::Known(view(at(20), &["nlb-1"], &["1001"])));
    state.read_details("epsrv-1", view(at(70), &[], &["1001"]));
    assert_eq!(details(&mut state), DetailsView::Known(view(at(70), &[], &["1001"])));
}

#[test]
fn pending_writes_change_them_at_once_and_make_them_no_newer() {
    let mut manual = view(at(1), &["nlb-1"], &["1001", "2002"]);
    manual.attachments.insert(key("nlb-1"), Attachment { auto_allocated_enabled: false, ..attachment() });
    let cases = [
        (attach("nlb-2"), view(at(1), &["nlb-1", "nlb-2"], &["1001", "2002"])),
        (detach("nlb-1"), view(at(1), &[], &["1001", "2002"])),
        (Write::AutoAllocation { key: key("nlb-1"), enabled: false }, manual),
        (Write::AddPrincipal("3003".to_owned()), view(at(1), &["nlb-1"], &["1001", "2002", "3003"])),
        (Write::RemovePrincipal("2002".to_owned()), view(at(1), &["nlb-1"], &["1001"])),
    ];
    for (write, expected) in cases {
        let mut state = read();
        state.remember("epsrv-1", &write, at(10));
        assert_eq!(details(&mut state), DetailsView::Known(expected));
    }
}

#[test]
fn a_pending_write_stands_in_for_a_read_that_lags_and_no_longer() {
    let lagging = |as_of| view(as_of, &["nlb-1"], &["1001", "2002"]);
    let mut state = read();
    state.remember("epsrv-1", &detach("nlb-1"), at(10));
    state.remember("epsrv-1", &Write::RemovePrincipal("2002".to_owned()), at(10));
    state.read_details("epsrv-1", lagging(at(69)));
    assert_eq!(details(&mut state), DetailsView::Known(view(at(69), &[], &["1001"])));
    state.read_details("epsrv-1", lagging(at(70)));
    assert_eq!(details(&mut state), DetailsView::Known(lagging(at(70))));
}

#[test]
fn a_read_that_shows_the_write_is_believed_again() {
    let mut state = read();
    state.remember("epsrv-1", &Write::AddPrincipal("3003".to_owned()), at(10));
    state.read_details("epsrv-1", view(at(11), &["nlb-1"], &["1001", "2002", "3003"]));
    let taken_away = view(at(12), &["nlb-1"], &["1001", "2002"]);
    state.read_details("epsrv-1", taken_away.clone());
    assert_eq!(details(&mut state), DetailsView::Known(taken_away));
}

#[test]
fn a_read_that_was_overtaken_is_dropped() {
    let mut state = read();
    let newer = view(at(20), &["nlb-2"], &["1001"]);
    state.read_details("epsrv-1", newer.clone());
    state.read_details("epsrv-1", view(at(19), &["nlb-1"], &["1001"]));
    assert_eq!(details(&mut state), DetailsView::Known(newer));
}

#[test]
fn an_attachment_or_a_principal_is_never_among_the_unseen_fields() {
    let mut state = read();
    state.remember("epsrv-1", &attach("nlb-2"), at(10));
    state.remember("epsrv-1", &Write::AddPrincipal("3003".to_owned()), at(10));
    let seen = look(&mut state, "web", at(11)).service;
    assert_eq!(seen, ours(Service { settling: true, ..service("epsrv-1", "web") }));
}

#[test]
fn what_was_read_of_a_service_is_dropped_with_the_service() {
    let mut state = read();
    state.listed(at(60), []);
    state.listed(at(61), [service("epsrv-1", "web")]);
    assert_eq!(details(&mut state), DetailsView::Unknown);
}
