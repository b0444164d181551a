//! Writes that do not help: how often they are repeated, and what starts over.

use cloud_core::test_support::refused;
use privatelink::Operation;
use proptest::prelude::*;

use super::*;
use crate::cloud::errors::verdict;
use crate::cloud::services::Details;
use crate::cloud::services::observed::{FieldFailure, FieldFailureKind};

fn field_failures(state: &mut State, seconds: i64) -> BTreeMap<Field, FieldFailure> {
    look(state, "web", at(seconds)).own.field_failures
}

fn describe(text: &str) -> Write {
    Write::Attributes(Attributes::default().with(Field::Description, text.to_owned()))
}

fn described(text: &str) -> Service {
    let mut service = service("epsrv-1", "web");
    service.attributes.set(Field::Description, text.to_owned());
    service
}

/// Sends the description at that time, and lists what the cloud made of it when it can no longer lag.
fn trim(state: &mut State, seconds: i64) {
    state.remember("epsrv-1", &describe("two  "), at(seconds));
    state.listed(at(seconds + 60), [described("two")]);
}

fn begun() -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    state.listed(at(0), [service("epsrv-1", "web")]);
    state
}

fn unconfirmed(count: u32, retry_at: i64) -> BTreeMap<Field, FieldFailure> {
    let (sent, found) = ("two  ".to_owned(), "two".to_owned());
    let field_failure =
        FieldFailure { sent, found, count, retry_at: at(retry_at), kind: FieldFailureKind::Unconfirmed };
    BTreeMap::from([(Field::Description, field_failure)])
}

#[test]
fn a_value_that_is_stored_otherwise_is_sent_again_less_and_less_often() {
    let mut state = begun();
    for (count, (sent, retry_at)) in (1..).zip([(0, 60), (60, 180), (180, 360), (360, 660), (660, 1_200)]) {
        trim(&mut state, sent);
        assert_eq!(field_failures(&mut state, sent + 60), unconfirmed(count, retry_at));
    }
}

#[test]
fn a_list_that_shows_the_value_ends_it() {
    let mut state = begun();
    trim(&mut state, 0);
    state.remember("epsrv-1", &describe("two  "), at(60));
    state.listed(at(61), [described("two  ")]);
    assert_eq!(field_failures(&mut state, 61), BTreeMap::new());
}

#[test]
fn an_edit_of_the_spec_starts_over() {
    let mut state = begun();
    trim(&mut state, 0);
    let (id, owner) = (id("web"), owner("web"));
    let edited = Query {
        id: &id,
        owner: &owner,
        generation: 77,
        named: None,
        adopt: None,
        record: None,
        details: DetailsQuery::default(),
    };
    assert_eq!(state.observed(&edited, at(61)).own.field_failures, BTreeMap::new());
}

#[test]
fn a_value_that_somebody_changes_in_the_cloud_starts_over() {
    let mut state = begun();
    trim(&mut state, 0);
    state.listed(at(70), [described("two")]);
    assert_eq!(field_failures(&mut state, 70), unconfirmed(1, 60));
    state.listed(at(80), [described("theirs")]);
    assert_eq!(field_failures(&mut state, 80), BTreeMap::new());
}

#[test]
fn a_principal_that_is_never_shown_is_told_by_the_reads_that_look_for_it() {
    let mut state = begun();
    let field = Field::Principal("1002".to_owned());
    for (count, retry_at) in [(1, 60), (2, 180)] {
        let sent = i64::from(count - 1) * 60;
        state.remember("epsrv-1", &Write::AddPrincipal("1002".to_owned()), at(sent));
        let (as_of, read_at) = (at(sent + 60), at(sent + 60));
        let view = Details { as_of, read_at, attachments: BTreeMap::new(), principals: Some(BTreeSet::new()) };
        state.read_details("epsrv-1", view);
        let (sent_value, found) = ("1002".to_owned(), String::new());
        let kind = FieldFailureKind::Unconfirmed;
        let expected = FieldFailure { sent: sent_value, found, count, retry_at: at(retry_at), kind };
        assert_eq!(field_failures(&mut state, sent + 60), BTreeMap::from([(field.clone(), expected)]));
    }
}

#[test]
fn a_refused_value_is_remembered_until_it_is_accepted() {
    let mut state = begun();
    let write = Write::ResourceGroup("rg-2".to_owned());
    let error = refused(Operation::ChangeResourceGroup, "InvalidResourceGroup");
    state.remember_field_failure(&id("web"), "epsrv-1", &write, &error, at(5));
    state.listed(at(6), [service("epsrv-1", "web")]);
    let kind = FieldFailureKind::Refused(verdict(&error));
    let field_failure = FieldFailure { sent: "rg-2".to_owned(), found: String::new(), count: 1, retry_at: at(5), kind };
    assert_eq!(field_failures(&mut state, 6), BTreeMap::from([(Field::ResourceGroupId, field_failure)]));
    state.remember("epsrv-1", &write, at(7));
    assert_eq!(field_failures(&mut state, 7), BTreeMap::new());
}

#[test]
fn values_that_are_refused_in_one_call_are_to_be_sent_alone_at_once() {
    let mut state = begun();
    let write = Write::Tag(["a", "b"].map(|key| (key.to_owned(), "x".to_owned())).into());
    let error = refused(Operation::TagResources, "MissingParam.UserArn");
    state.remember_field_failure(&id("web"), "epsrv-1", &write, &error, at(5));
    let together = FieldFailure {
        sent: "x".to_owned(),
        found: String::new(),
        count: 1,
        retry_at: at(5),
        kind: FieldFailureKind::RefusedTogether,
    };
    let expected = ["a", "b"].map(|key| (Field::Tag(key.to_owned()), together.clone()));
    assert_eq!(field_failures(&mut state, 5), expected.into());
}

/// What a cloud may make of a text: something else, and something else again.
fn stored(kind: u8, sent: &str, writes: usize) -> String {
    match kind {
        0 => sent.trim().to_owned(),
        1 => sent.to_lowercase(),
        2 => "before".to_owned(),
        3 => String::new(),
        _ => format!("{sent}{writes}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// An hour with a list every five seconds, and an operator that sends what it may whenever it may.
    #[test]
    fn an_hour_with_a_cloud_that_stores_anything_otherwise_costs_few_writes(kind in 0..5_u8, offset in 0..60_i64) {
        let mut state = begun();
        let (mut shown, mut writes) = ("before".to_owned(), 0_usize);
        for seconds in (offset..3_600 + offset).step_by(5) {
            state.listed(at(seconds), [described(&shown)]);
            let seen = look(&mut state, "web", at(seconds));
            let ServiceView::Ours(service) = &seen.service else { panic!("it is ours") };
            let differs = !service.attributes.is(&Field::Description, "Two  ");
            let kept = seen.own.field_failures.get(&Field::Description).is_some_and(|field_failure| field_failure.holds_back("Two  ", at(seconds)));
            if differs && !kept {
                state.remember("epsrv-1", &describe("Two  "), at(seconds));
                writes += 1;
                shown = stored(kind, "Two  ", writes);
            }
        }
        prop_assert!(writes <= 9, "{writes} writes");
    }
}
