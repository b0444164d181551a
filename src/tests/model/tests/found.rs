//! Orders of events that broke a promise once.

use super::{Action, Answer, Budget, READY, Setup, Taking, UNHEARD, search, then};
use crate::tests::model::event::{Event, Events};
use crate::tests::model::manifest::{LOAD_BALANCERS, Manifest};
use crate::tests::model::setup::Grain;

/// A repeated Create is thought of; then the process is paused until its token is forgotten.
const PAUSED: [Action; 14] = then(
    &UNHEARD,
    &[
        Action::Think(0),
        Action::Tick,
        Action::Tick,
        Action::Tick,
        Action::Forget(0),
        Action::Advance(0, Answer::Kept),
        Action::Advance(0, Answer::Kept),
    ],
);

/// The read before the Create came after the pause, so the window must be measured from the thought.
#[test]
fn a_process_that_was_paused_since_it_thought_sends_no_create() {
    let setup = Setup { past: &PAUSED, ..Setup::new(1, Budget { losses: 1, ..Budget::default() }) };
    assert!(setup.begin().calls.is_empty());
}

/// Two processes, which no lease can rule out. The first wrote the record and was then paused out of its window. The second takes the record
/// over, waits, makes the service, and is paused before it can say so. Its token is forgotten. The first goes on from an old look and an old copy.
const TWO_AT_ONCE: [Action; 29] = [
    Action::BeginList(0, 0),
    Action::EndList(0),
    Action::Think(0),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Tick,
    Action::Tick,
    Action::Advance(0, Answer::Kept),
    Action::End(0, Answer::Kept),
    Action::Watch(1),
    Action::BeginList(1, 0),
    Action::EndList(1),
    Action::Think(1),
    Action::Advance(1, Answer::Kept),
    Action::End(1, Answer::Kept),
    Action::Tick,
    Action::Tick,
    Action::Tick,
    Action::Tick,
    Action::BeginList(1, 0),
    Action::EndList(1),
    Action::Think(1),
    Action::Advance(1, Answer::Kept),
    Action::Advance(1, Answer::Kept),
    Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Kept },
    Action::Tick,
    Action::Tick,
    Action::Tick,
    Action::Forget(0),
];

fn two_at_once(past: &'static [Action], budget: Budget) -> Setup {
    Setup { past, grain: Grain::Fine, one_in: 8, ..Setup::new(2, budget) }
}

/// Without an owner in the record, the first process's Create made a second service here.
#[test]
fn an_author_whose_record_was_taken_over_sends_no_create() {
    let setup = two_at_once(&TWO_AT_ONCE, Budget::default());
    let mut state = setup.begin();
    state.take(&setup, &Action::Think(0));
    assert!(state.operators[0].reconcile.as_ref().is_some_and(|reconcile| reconcile.request().is_some()));
    state.take(&setup, &Action::Advance(0, Answer::Kept));
    state.take(&setup, &Action::Advance(0, Answer::Kept));
    assert!(state.calls.is_empty() && state.is_single());
}

#[test]
fn whatever_two_processes_do_about_one_record_makes_one_service() {
    // From the take-over on, and from the moment at which the new owner may create.
    for (begun, most) in [(15, 6_000), (22, 6_000), (TWO_AT_ONCE.len(), 3_000)] {
        let found = search("two at once", &two_at_once(&TWO_AT_ONCE[..begun], Budget::default()), most);
        assert_eq!(found.broken, [], "after {begun}");
    }
}

/// The first Create is refused, the refusal is remembered with its token, and its cause goes away.
const REFUSED: [Action; 7] = [
    Action::BeginList(0, 0),
    Action::Think(0),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Arrive { call: 0, taking: Taking::Refuse, answer: Answer::Kept },
    Action::End(0, Answer::Kept),
];

/// Without a next token, the object was refused for as long as the provider remembered the first one.
#[test]
fn a_token_that_remembers_a_refusal_ends_well_whatever_else_happens() {
    let setup = |operators, budget: Budget| Setup {
        past: &REFUSED,
        remembers_refusals: true,
        one_in: 4,
        ..Setup::new(operators, Budget { refusals: budget.refusals + 1, ..budget })
    };
    let nothing = Budget::default();
    let setups = [
        ("refused", setup(1, nothing)),
        ("refused, a lost answer", setup(1, Budget { losses: 1, ..nothing })),
        ("refused, edited", setup(1, Budget { edits: 1, ..nothing })),
        ("refused, then a crash", setup(1, Budget { crashes: 1, ..nothing })),
        ("refused twice, two at once", setup(2, Budget { refusals: 1, ..nothing })),
    ];
    for (name, setup) in setups {
        let found = search(name, &setup, 300);
        assert_eq!(found.broken, [], "{name}");
    }
}

/// The first load balancer is detached, and the answer gets lost; then the Service leads to it again.
const DETACHED_UNHEARD: [Action; 21] = then(
    &super::referred::BESIDE,
    &[
        Action::Think(0),
        Action::Others(Event::Lead(0)),
        Action::Advance(0, Answer::Lost),
        Action::End(0, Answer::Kept),
        Action::Think(0),
        Action::Advance(0, Answer::Kept),
    ],
);

/// By what was read before the lost answer, the first one was still attached, and so the second one was detached: the service had none. What the
/// Service says has no generation, which would have had the attachments read again.
#[test]
fn after_a_detach_without_an_answer_the_attachments_are_read_again() {
    let budget = Budget { losses: 1, events: Events { services: 2, ..Events::NONE }, ..Budget::default() };
    let setup = Setup { manifest: Manifest::Reference, past: &DETACHED_UNHEARD, ..Setup::new(1, budget) };
    let state = setup.begin();
    assert_eq!(state.broken, None);
    assert!(state.cloud.services[0].now().attached.contains(LOAD_BALANCERS[1]));
}

/// Get says Active for a service that an old list does not show; then an update is sent, and its answer gets lost.
const UPDATED_UNHEARD: [Action; 18] = then(
    &READY,
    &[
        Action::Edit,
        Action::BeginList(0, 2),
        Action::Tick,
        Action::Think(0),
        Action::Advance(0, Answer::Lost),
        Action::BeginList(0, 0),
        Action::End(0, Answer::Kept),
        Action::Think(0),
    ],
);

/// The next list showed the update and Pending. That Get had said Active before the update stood in for it, and Ready was True at once.
#[test]
fn what_get_said_before_an_update_without_an_answer_makes_no_service_active() {
    let budget = Budget { losses: 1, edits: 1, ..Budget::default() };
    let state = Setup { past: &UPDATED_UNHEARD, ..Setup::new(1, budget) }.begin();
    assert_eq!((state.broken, state.says("Ready")), (None, None));
}
