//! The model can fail: each rule that is broken on purpose is found out.

use super::{Budget, CREATED, MARKED, Setup, UNHEARD, search};
use crate::testing::model::flaw::Flaw;

/// More than any of these needs.
const MOST: usize = 60_000;

const TWO: &str = "at most one live service for each UID";
const LEFT: &str = "no service without an object whose finalizer is gone";

fn unheard() -> Setup {
    Setup { past: &UNHEARD, ..Setup::new(1, Budget { losses: 1, ..Budget::default() }) }
}

fn assert_found(promise: &str, setup: &Setup) {
    let found = search(promise, setup, MOST);
    assert!(found.broken.iter().any(|(broken, _)| *broken == promise), "{:?}", found.broken);
}

#[test]
fn from_there_nothing_breaks_while_no_rule_is_broken() {
    assert_eq!(search("unheard", &unheard(), 3_000).broken, []);
    let marked = Setup { past: &MARKED, ..Setup::new(1, Budget { deletions: 1, ..Budget::default() }) };
    assert_eq!(search("marked", &marked, 3_000).broken, []);
}

/// The one assumption about tokens.
#[test]
fn a_token_forgotten_before_the_lists_show_its_service_makes_two() {
    assert_found(TWO, &Setup { token_memory: 0, ..unheard() });
}

#[test]
fn lists_that_lag_longer_than_assumed_make_two() {
    assert_found(TWO, &Setup { list_lag: 6, ..unheard() });
}

#[test]
fn a_create_without_a_look_makes_two() {
    assert_found(TWO, &Setup { flaw: Flaw::NoLookUp, ..unheard() });
}

#[test]
fn a_token_for_each_try_makes_two() {
    assert_found(TWO, &Setup { flaw: Flaw::TokenPerTry, ..unheard() });
}

#[test]
fn a_create_that_is_not_remembered_makes_two() {
    assert_found(TWO, &Setup { flaw: Flaw::ForgetsAttempts, ..unheard() });
}

#[test]
fn a_lost_answer_taken_for_a_refusal_makes_two() {
    assert_found(TWO, &Setup { flaw: Flaw::LostIsRefused, ..unheard() });
}

#[test]
fn a_service_that_is_not_listed_yet_and_counts_as_gone_is_left_behind() {
    let setup = Setup::new(1, Budget { deletions: 1, crashes: 1, ..Budget::default() });
    assert_found(LEFT, &Setup { flaw: Flaw::NotListedIsGone, past: &CREATED, ..setup });
}

#[test]
fn a_finalizer_that_goes_before_the_service_leaves_it_behind() {
    let setup = Setup::new(1, Budget { deletions: 1, ..Budget::default() });
    assert_found(LEFT, &Setup { flaw: Flaw::ReleasesEarly, past: &MARKED, ..setup });
}
