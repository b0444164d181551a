//! Consumers and a deletion: `Block` waits for them, `Disconnect` cuts them off when it is time, and then it ends.

use super::{Action, Budget, DEEP, JUSTIFIED, READY, Setup, assert_found, assert_whole, then};
use crate::tests::model::event::{Event, Events};
use crate::tests::model::flaw::Flaw;
use crate::tests::model::manifest::Manifest;

const ONE_IN: u64 = 32;

/// The service is there, a consumer is connected, and the object is marked for deletion.
const CONNECTED: [Action; 12] = then(&READY, &[Action::Others(Event::Connect(0)), Action::Delete]);

fn connected(manifest: Manifest, budget: Budget) -> Setup {
    let events = Events { consumers: budget.events.consumers + 1, ..Events::NONE };
    let budget = Budget { deletions: 1, events, ..budget };
    Setup { manifest, past: &CONNECTED, ..Setup::new(1, budget) }
}

/// One more of what consumers do.
fn moving() -> Budget {
    Budget { events: Events { consumers: 1, ..Events::NONE }, ..Budget::default() }
}

fn setups() -> [(&'static str, Setup); 5] {
    let nothing = Budget::default();
    [
        ("blocked, and they come and go", connected(Manifest::Block, Budget { losses: 1, ..moving() })),
        ("blocked, then not", connected(Manifest::Block, Budget { edits: 1, crashes: 1, ..nothing })),
        (
            "cut off, a lost answer, a crash",
            connected(Manifest::Disconnect, Budget { losses: 1, crashes: 1, ..nothing }),
        ),
        ("cut off, and they come and go", connected(Manifest::Disconnect, moving())),
        ("cut off, then not", connected(Manifest::Disconnect, Budget { edits: 1, ..nothing })),
    ]
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
}

#[test]
fn nobody_is_cut_off_before_the_spec_says_so_and_then_it_ends() {
    assert_whole(&setups(), 1_500, &["a consumer cut off"]);
}

#[test]
fn consumers_that_are_not_looked_for_are_found_out() {
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::SeesNobody, ..connected(Manifest::Block, Budget::default()) });
}

#[test]
fn consumers_that_are_cut_off_whatever_the_spec_says_are_found_out() {
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::CutsAtOnce, ..connected(Manifest::Block, Budget::default()) });
}

#[test]
fn consumers_that_are_cut_off_by_an_old_copy_are_found_out() {
    let budget = Budget { edits: 1, ..Budget::default() };
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::TrustsCopy, ..connected(Manifest::Disconnect, budget) });
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn whatever_else_happens_nobody_is_cut_off_before_the_spec_says_so() {
    assert_whole(&setups(), DEEP, &["a consumer cut off"]);
}
