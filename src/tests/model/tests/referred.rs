//! `serviceRef`: a load balancer is detached once another one is attached in its place, and never because the Service is missing.

use super::{Action, Answer, Budget, DEEP, JUSTIFIED, READY, Setup, assert_found, assert_whole, then};
use crate::tests::model::event::{Event, Events};
use crate::tests::model::flaw::Flaw;
use crate::tests::model::manifest::Manifest;

const ONE_IN: u64 = 32;

/// The Service leads to another load balancer, which is attached beside the first.
pub(super) const BESIDE: [Action; 15] = then(
    &READY,
    &[
        Action::Others(Event::Lead(1)),
        Action::Think(0),
        Action::Advance(0, Answer::Kept),
        Action::End(0, Answer::Kept),
        Action::Progress(0),
    ],
);

fn referring(services: u8, budget: Budget) -> Setup {
    let budget = Budget { events: Events { services, ..Events::NONE }, ..budget };
    Setup { manifest: Manifest::Reference, past: &READY, ..Setup::new(1, budget) }
}

fn setups() -> [(&'static str, Setup); 5] {
    let nothing = Budget::default();
    [
        ("the Service leads elsewhere", referring(1, Budget { losses: 1, crashes: 1, ..nothing })),
        ("the Service goes and comes", referring(2, Budget { losses: 1, ..nothing })),
        ("the Service leads elsewhere and back", referring(3, nothing)),
        (
            "both attached, and the Service goes",
            Setup { past: &BESIDE, ..referring(2, Budget { losses: 1, ..nothing }) },
        ),
        ("the Service, from the beginning", Setup { past: &[], ..referring(1, Budget { losses: 1, ..nothing }) }),
    ]
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
}

#[test]
fn a_load_balancer_goes_once_another_one_stands_in_its_place() {
    assert_whole(&setups(), 1_500, &["a load balancer replaced"]);
}

#[test]
fn a_load_balancer_that_goes_with_its_service_is_found_out() {
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::ForgetsReference, ..referring(1, Budget::default()) });
}

#[test]
fn a_load_balancer_that_goes_before_another_one_is_there_is_found_out() {
    assert_found(JUSTIFIED, &Setup { flaw: Flaw::DetachesFirst, ..referring(1, Budget::default()) });
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn whatever_else_happens_a_load_balancer_stays_until_another_one_is_there() {
    assert_whole(&setups(), DEEP, &["a load balancer replaced"]);
}
