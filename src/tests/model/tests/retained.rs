//! `deletionPolicy: Retain`: the service is never deleted, and goes its own way without our tags, or the object stays.

use super::{Budget, DEEP, JUSTIFIED, MARKED, READY, Setup, UNHEARD, assert_found, assert_whole};
use crate::tests::model::flaw::Flaw;
use crate::tests::model::manifest::Manifest;

const LEFT: &str = "no service without an object whose finalizer is gone";

const ONE_IN: u64 = 32;

fn setups() -> [(&'static str, Setup); 4] {
    let retain = |budget| Setup { manifest: Manifest::Retain, one_in: ONE_IN, ..Setup::new(1, budget) };
    let lost = Budget { losses: 1, crashes: 1, deletions: 1, ..Budget::default() };
    let unheard = Budget { losses: 1, deletions: 1, ..Budget::default() };
    let undecided = Budget { deletions: 1, edits: 1, losses: 1, ..Budget::default() };
    let again = Budget { deletions: 1, recreations: 1, ..Budget::default() };
    [
        ("retained, a lost answer, a crash", Setup { past: &MARKED, ..retain(lost) }),
        ("retained, and nobody heard of it", Setup { past: &UNHEARD, ..retain(unheard) }),
        ("retained by an edit", Setup { manifest: Manifest::Undecided, past: &READY, ..retain(undecided) }),
        ("retained, two at once", Setup { past: &MARKED, operators: 2, ..retain(again) }),
    ]
}

fn marked(manifest: Manifest, flaw: Flaw, edits: u8) -> Setup {
    let budget = Budget { deletions: 1, edits, ..Budget::default() };
    Setup { manifest, flaw, past: &MARKED, ..Setup::new(1, budget) }
}

#[test]
fn a_service_that_is_to_stay_stays_without_our_tags() {
    assert_whole(&setups(), 1_500, &["a service left behind"]);
}

#[test]
fn a_policy_that_is_not_heeded_is_found_out() {
    assert_found(JUSTIFIED, &marked(Manifest::Retain, Flaw::ForgetsPolicy, 0));
}

#[test]
fn a_policy_that_is_read_from_a_copy_is_found_out() {
    assert_found(JUSTIFIED, &marked(Manifest::Undecided, Flaw::TrustsCopy, 1));
}

#[test]
fn owner_tags_that_stay_are_found_out() {
    assert_found(LEFT, &marked(Manifest::Retain, Flaw::KeepsTags, 0));
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn whatever_else_happens_a_service_that_is_to_stay_stays() {
    assert_whole(&setups(), DEEP, &["a service left behind"]);
}
