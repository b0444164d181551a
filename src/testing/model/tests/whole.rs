//! What may go wrong together, in worlds of one process and of two.

use std::collections::BTreeSet;

use stateright::{Checker, Model, UniformChooser};

use super::{Budget, Setup, report, search};
use crate::testing::model::kubernetes::WhenGone;
use crate::testing::model::setup::Grain;

/// Of so many states, one is asked how it ends.
const ONE_IN: u64 = 64;

const NOTHING: Budget = Budget {
    edits: 0,
    deletions: 0,
    recreations: 0,
    crashes: 0,
    losses: 0,
    refusals: 0,
    burns: 0,
    outside: 0,
    strips: 0,
};

fn setups() -> Vec<(&'static str, Setup)> {
    let fine = |setup| Setup { grain: Grain::Fine, ..setup };
    [
        ("lost answers and a crash", Setup::new(1, Budget { losses: 2, crashes: 1, ..NOTHING })),
        ("an edit, a lost answer, a crash", Setup::new(1, Budget { edits: 1, losses: 1, crashes: 1, ..NOTHING })),
        ("slow sweeps, a slow watch", fine(Setup::new(1, Budget { edits: 1, losses: 1, ..NOTHING }))),
        ("burnt and refused", Setup::new(1, Budget { burns: 1, refusals: 1, edits: 1, ..NOTHING })),
        ("a deletion", Setup::new(1, Budget { deletions: 1, losses: 1, crashes: 1, ..NOTHING })),
        ("a second life", Setup::new(1, Budget { deletions: 1, recreations: 1, ..NOTHING })),
        ("deleted outside, stripped", Setup::new(1, Budget { outside: 1, strips: 1, losses: 1, ..NOTHING })),
        (
            "deleted outside, made again",
            Setup {
                when_gone: WhenGone::Recreate,
                ..Setup::new(1, Budget { outside: 1, losses: 1, deletions: 1, ..NOTHING })
            },
        ),
        ("two at once", Setup::new(2, Budget { losses: 1, ..NOTHING })),
    ]
    .into_iter()
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
    .collect()
}

#[test]
fn the_first_steps_of_every_world_break_no_promise() {
    for (name, setup) in setups() {
        assert_eq!(search(name, &setup, 1_000).broken, [], "{name}");
    }
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn a_million_states_break_no_promise() {
    let mut seen = BTreeSet::new();
    let mut unique = 0;
    for (name, setup) in setups() {
        let found = search(name, &setup, 600_000);
        assert_eq!(found.broken, [], "{name}");
        seen.extend(found.seen);
        unique += found.unique;
    }
    println!("together: {unique} unique; seen: {seen:?}");
    assert!(unique >= 1_000_000, "{unique}");
}

/// Deeper than any exhaustive search goes.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn random_walks_break_no_promise() {
    let mut seen = BTreeSet::new();
    for (name, setup) in setups() {
        let checker = setup.checker().threads(2).target_state_count(200_000).spawn_simulation(1, UniformChooser).join();
        let found = report(name, &setup, &checker);
        assert_eq!(found.broken, [], "{name}");
        seen.extend(found.seen);
    }
    println!("seen: {seen:?}");
}
