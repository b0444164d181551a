//! Orders of events that broke a promise once.

use super::{Action, Answer, Budget, Setup, Taking};

/// A repeated Create is thought of; then the process is paused until its token is forgotten.
const PAUSED: [Action; 14] = [
    Action::Sweep(0, 0),
    Action::Think(0),
    Action::Walk(0, Answer::Kept),
    Action::Walk(0, Answer::Kept),
    Action::Walk(0, Answer::Kept),
    Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Lost },
    Action::End(0, Answer::Kept),
    Action::Think(0),
    Action::Tick,
    Action::Tick,
    Action::Tick,
    Action::Forget(0),
    Action::Walk(0, Answer::Kept),
    Action::Walk(0, Answer::Kept),
];

/// The read before the Create came after the pause, so the window must be measured from the thought.
#[test]
fn a_process_that_was_paused_since_it_thought_sends_no_create() {
    let setup = Setup { past: &PAUSED, ..Setup::new(1, Budget { losses: 1, ..Budget::default() }) };
    assert!(setup.begin().calls.is_empty());
}

/// Two processes, which no lease can rule out. The first wrote the record and was then paused out of its window. The second takes the record
/// over, makes the service, and is paused before it can say so. The first goes on from an old look.
const TWO_AT_ONCE: [Action; 19] = [
    Action::Sweep(0, 0),
    Action::Think(0),
    Action::Walk(0, Answer::Kept),
    Action::Walk(0, Answer::Kept),
    Action::Tick,
    Action::Tick,
    Action::Walk(0, Answer::Kept),
    Action::End(0, Answer::Kept),
    Action::Sweep(1, 0),
    Action::Think(1),
    Action::Walk(1, Answer::Kept),
    Action::Walk(1, Answer::Kept),
    Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Kept },
    Action::Tick,
    Action::Tick,
    Action::Tick,
    Action::Forget(0),
    Action::Think(0),
    Action::Walk(0, Answer::Kept),
];

/// It still does: a limit that docs/model.md describes. Whoever closes it turns this around.
#[test]
fn an_old_look_beside_a_second_process_whose_token_is_forgotten_makes_two() {
    let setup = Setup { past: &TWO_AT_ONCE, ..Setup::new(2, Budget::default()) };
    let mut world = setup.begin();
    world.take(&setup, &Action::Walk(0, Answer::Kept));
    world.take(&setup, &Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Kept });
    assert!(!world.is_single());
}
