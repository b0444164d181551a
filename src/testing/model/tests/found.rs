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
