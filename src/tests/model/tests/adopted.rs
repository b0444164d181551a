//! `adopt`: nothing is written to a service before it was given, nothing is created instead, and a deletion leaves it.

use super::{Action, Answer, Budget, DEEP, JUSTIFIED, Setup, assert_found, assert_whole};
use crate::tests::model::event::{Event, Events};
use crate::tests::model::flaw::Flaw;
use crate::tests::model::manifest::Manifest;

const ONE_IN: u64 = 32;

/// The service is given, and the object has taken it over.
const TAKEN: [Action; 6] = [
    Action::Others(Event::HandOver(0)),
    Action::BeginList(0, 0),
    Action::Think(0),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::End(0, Answer::Kept),
];

/// The service was given and taken back, and every list shows that.
const TAKEN_BACK: [Action; 5] =
    [Action::Others(Event::HandOver(0)), Action::Others(Event::TakeBack(0)), Action::Tick, Action::Tick, Action::Tick];

fn adopting(operators: usize, handovers: u8, budget: Budget) -> Setup {
    let budget = Budget { events: Events { handovers, ..Events::NONE }, ..budget };
    Setup { manifest: Manifest::Adopt, ..Setup::new(operators, budget) }
}

fn setups() -> [(&'static str, Setup); 5] {
    let nothing = Budget::default();
    let lost = Budget { losses: 1, crashes: 1, ..nothing };
    let again = Budget { deletions: 1, recreations: 1, ..nothing };
    [
        ("given, a lost answer, a crash", adopting(1, 1, lost)),
        ("given and taken back", adopting(1, 2, nothing)),
        ("given, two at once", adopting(2, 1, Budget { losses: 1, ..nothing })),
        ("taken over, and deleted", Setup { past: &TAKEN, ..adopting(1, 1, Budget { deletions: 1, ..lost }) }),
        ("taken over, and by a second object", Setup { past: &TAKEN, ..adopting(2, 2, again) }),
    ]
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
}

#[test]
fn only_what_was_given_is_adopted_and_nothing_is_created_instead() {
    assert_whole(&setups(), 1_500, &["an adopted service"]);
}

#[test]
fn a_service_that_is_taken_over_unasked_is_found_out() {
    let setup = Setup { past: &TAKEN_BACK, ..adopting(1, 2, Budget::default()) };
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::NeedsNoConsent, ..setup });
}

#[test]
fn a_service_that_is_created_instead_is_found_out() {
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::CreatesInstead, ..adopting(1, 0, Budget::default()) });
}

#[test]
fn a_deletion_that_does_not_retain_by_default_is_found_out() {
    let setup = adopting(1, 1, Budget { deletions: 1, ..Budget::default() });
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::ForgetsPolicy, past: &TAKEN, ..setup });
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn whatever_else_happens_only_what_was_given_is_adopted() {
    assert_whole(&setups(), DEEP, &["an adopted service", "a service left behind"]);
}
