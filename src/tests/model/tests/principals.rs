//! Principals: rights are taken away before others are given, what got lost is repaired, and those of others stay unless the list is authoritative.

use super::{Budget, DEEP, JUSTIFIED, READY, Setup, assert_found, assert_whole};
use crate::tests::model::event::Events;
use crate::tests::model::flaw::Flaw;
use crate::tests::model::manifest::Manifest;

const ONE_IN: u64 = 32;

fn allowing(manifest: Manifest, principals: u8, budget: Budget) -> Setup {
    let budget = Budget { events: Events { principals, ..Events::NONE }, ..budget };
    Setup { manifest, past: &READY, ..Setup::new(1, budget) }
}

fn setups() -> [(&'static str, Setup); 4] {
    let nothing = Budget::default();
    let edited = Budget { edits: 1, losses: 1, ..nothing };
    [
        (
            "authoritative, an edit, a lost answer",
            allowing(Manifest::Authoritative, 0, Budget { crashes: 1, ..edited }),
        ),
        ("authoritative, and others", allowing(Manifest::Authoritative, 1, edited)),
        ("additive, an edit, a lost answer", allowing(Manifest::Additive, 0, Budget { crashes: 1, ..edited })),
        ("additive, and others", allowing(Manifest::Additive, 2, Budget { losses: 1, ..nothing })),
    ]
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
}

#[test]
fn rights_are_taken_away_first_and_what_got_lost_is_repaired() {
    assert_whole(&setups(), 1_500, &["a principal of the edited spec"]);
}

#[test]
fn principals_that_are_added_first_are_found_out() {
    let setup = allowing(Manifest::Authoritative, 0, Budget { edits: 1, ..Budget::default() });
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::AddsFirst, ..setup });
}

#[test]
fn principals_of_others_that_are_removed_are_found_out() {
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::RemovesAll, ..allowing(Manifest::Additive, 1, Budget::default()) });
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn whatever_else_happens_rights_are_taken_away_first() {
    assert_whole(&setups(), DEEP, &["a principal of the edited spec"]);
}
