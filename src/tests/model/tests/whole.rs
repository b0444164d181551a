//! What may go wrong together, with one process and with two.

use std::collections::BTreeSet;

use stateright::{Checker, Model, UniformChooser};

use super::{Budget, GONE, MARKED, Setup, UNHEARD, report, search};
use crate::tests::model::event::Events;
use crate::tests::model::manifest::Manifest;
use crate::tests::model::setup::Grain;

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
    events: Events::NONE,
};

fn setups() -> Vec<(&'static str, Setup)> {
    let fine = |setup| Setup { grain: Grain::Fine, ..setup };
    let remembering = |setup| Setup { remembers_refusals: true, ..setup };
    [
        ("lost answers and a crash", Setup::new(1, Budget { losses: 2, crashes: 1, ..NOTHING })),
        ("an edit, a lost answer, a crash", Setup::new(1, Budget { edits: 1, losses: 1, crashes: 1, ..NOTHING })),
        ("slow lists, a slow watch", fine(Setup::new(1, Budget { edits: 1, losses: 1, ..NOTHING }))),
        ("burnt and refused", Setup::new(1, Budget { burns: 1, refusals: 1, edits: 1, ..NOTHING })),
        (
            "refused, and remembered",
            remembering(Setup::new(1, Budget { refusals: 2, losses: 1, edits: 1, crashes: 1, ..NOTHING })),
        ),
        ("a deletion", Setup::new(1, Budget { deletions: 1, losses: 1, crashes: 1, ..NOTHING })),
        ("a second life", Setup::new(1, Budget { deletions: 1, recreations: 1, ..NOTHING })),
        ("deleted outside, stripped", Setup::new(1, Budget { outside: 1, strips: 1, losses: 1, ..NOTHING })),
        (
            "deleted outside, made again",
            Setup {
                manifest: Manifest::Recreate,
                ..Setup::new(1, Budget { outside: 1, losses: 1, deletions: 1, ..NOTHING })
            },
        ),
        ("two at once", Setup::new(2, Budget { losses: 1, ..NOTHING })),
    ]
    .into_iter()
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
    .collect()
}

/// Setups in which much has happened already, so that what comes late is reached.
fn later_setups() -> Vec<(&'static str, Setup)> {
    let again = Setup {
        manifest: Manifest::Recreate,
        ..Setup::new(1, Budget { outside: 1, losses: 1, crashes: 1, ..NOTHING })
    };
    [
        ("made again", Setup { past: &GONE, ..again }),
        (
            "gone, and told",
            Setup { past: &GONE, ..Setup::new(1, Budget { outside: 1, edits: 1, losses: 1, crashes: 1, ..NOTHING }) },
        ),
        (
            "a lost answer, then anything",
            Setup {
                past: &UNHEARD,
                ..Setup::new(1, Budget { losses: 1, edits: 1, crashes: 1, deletions: 1, ..NOTHING })
            },
        ),
        (
            "on its way out",
            Setup {
                past: &MARKED,
                ..Setup::new(1, Budget { deletions: 1, recreations: 1, losses: 1, crashes: 1, ..NOTHING })
            },
        ),
    ]
    .into_iter()
    .map(|(name, setup)| (name, Setup { one_in: ONE_IN, ..setup }))
    .collect()
}

/// Setups in which a call can have its effect long after it was sent, also when its caller gave it up. Tokens are remembered for one call longer
/// then: a repetition must begin, not end, within `consistencyWindow`.
fn late_effects() -> Vec<(&'static str, Setup)> {
    let lost = Budget { losses: 2, crashes: 1, ..NOTHING };
    [
        ("late effects", Setup::new(1, lost)),
        ("late effects, an edit", Setup::new(1, Budget { losses: 1, edits: 1, crashes: 1, ..NOTHING })),
        ("late effects, a deletion", Setup::new(1, Budget { losses: 1, deletions: 1, crashes: 1, ..NOTHING })),
        ("late effects, two at once", Setup::new(2, Budget { losses: 1, crashes: 1, ..NOTHING })),
    ]
    .into_iter()
    .map(|(name, setup)| (name, Setup { flight: 1, token_memory: 3, one_in: ONE_IN, ..setup }))
    .collect()
}

/// Searches from each setup; answers how many states there were, and what was seen.
fn search_all(setups: Vec<(&'static str, Setup)>, most: usize) -> (usize, BTreeSet<&'static str>) {
    let (mut unique, mut seen) = (0, BTreeSet::new());
    for (name, setup) in setups {
        let found = search(name, &setup, most);
        assert_eq!(found.broken, [], "{name}");
        seen.extend(found.seen);
        unique += found.unique;
    }
    println!("together: {unique} unique; seen: {seen:?}");
    (unique, seen)
}

#[test]
fn the_first_steps_of_every_setup_break_no_promise() {
    let (_, seen) = search_all([setups(), later_setups(), late_effects()].concat(), 1_000);
    assert!(seen.contains("a Create repeated under its token"), "{seen:?}");
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn a_million_states_break_no_promise() {
    let (unique, seen) = search_all(setups(), 600_000);
    assert!(unique >= 1_000_000, "{unique}");
    let expected = [
        "Ready",
        "a Create repeated under its token",
        "a service of a second object of the name",
        "gone after a deletion",
        "two processes near a Create",
    ];
    assert_eq!(seen, expected.into());
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn what_comes_late_breaks_no_promise() {
    let (_, seen) = search_all(later_setups(), 300_000);
    // Some fifteen events from the beginning, so the other searches see them by luck.
    assert!(seen.is_superset(&["a second incarnation", "at rest with a reason"].into()), "{seen:?}");
}

/// `make model`.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn late_effects_break_no_promise() {
    search_all(late_effects(), 300_000);
}

/// Deeper than any exhaustive search goes.
#[test]
#[ignore = "takes minutes, and wants optimised code: make model"]
fn random_walks_break_no_promise() {
    for (name, setup) in [setups(), later_setups()].concat() {
        let checker = setup.checker().threads(2).target_state_count(200_000).spawn_simulation(1, UniformChooser).join();
        assert_eq!(report(name, &setup, &checker).broken, [], "{name}");
    }
}
