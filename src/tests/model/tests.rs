//! The searches. Every one prints how far it went.

mod adopted;
mod broken;
mod connected;
mod found;
mod principals;
mod referred;
mod retained;
mod whole;

use stateright::{Checker, Expectation, HasDiscoveries, Model};

use super::action::{Action, Answer};
use super::cloud::Taking;
use super::setup::{Budget, Setup};

/// What happened before, and what happened then.
const fn then<const N: usize>(before: &[Action], more: &[Action]) -> [Action; N] {
    assert!(N == before.len() + more.len(), "the length of the whole");
    let mut all = [Action::Tick; N];
    let mut index = 0;
    while index < N {
        all[index] = if index < before.len() { before[index] } else { more[index - before.len()] };
        index += 1;
    }
    all
}

/// Somebody made a service for the object, and nobody heard of it.
const UNHEARD: [Action; 7] = [
    Action::BeginList(0, 0),
    Action::Think(0),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Lost },
    Action::End(0, Answer::Kept),
];

/// The service is made, and the status says so.
const CREATED: [Action; 7] = [
    Action::BeginList(0, 0),
    Action::Think(0),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Advance(0, Answer::Kept),
    Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Kept },
    Action::End(0, Answer::Kept),
];

/// The service is there, Active and listed, and the status says Ready.
const READY: [Action; 10] = then(&CREATED, &[Action::Progress(0), Action::BeginList(0, 0), Action::Think(0)]);

/// The same, and the object is marked for deletion.
const MARKED: [Action; 11] = then(&READY, &[Action::Delete]);

/// The service was there, and somebody deleted it in the cloud.
const GONE: [Action; 11] = then(&READY, &[Action::DeleteOutside(0)]);

/// Every write and what it must not be, see `promises`.
const JUSTIFIED: &str = "every write and every Ready is justified";

/// What a search came upon.
struct Found {
    unique: usize,
    /// Broken promises, each with the shortest way there.
    broken: Vec<(&'static str, Vec<Action>)>,
    /// What was to be seen at least once, and was.
    seen: Vec<&'static str>,
}

/// Searches until about so many states were made, nearest first.
fn search(name: &str, setup: &Setup, most: usize) -> Found {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let checker = setup
        .checker()
        .threads(threads)
        .target_state_count(most)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    report(name, setup, &checker)
}

fn report(name: &str, setup: &Setup, checker: &impl Checker<Setup>) -> Found {
    let unique = checker.unique_state_count();
    println!("{name}: {} states, {unique} unique, {} deep", checker.state_count(), checker.max_depth());
    let is_promise = |name| {
        setup.properties().iter().any(|property| property.name == name && property.expectation == Expectation::Always)
    };
    let (broken, seen): (Vec<_>, Vec<_>) = checker.discoveries().into_iter().partition(|(name, _)| is_promise(*name));
    let broken = broken.into_iter().map(|(name, path)| (name, path.into_actions())).collect();
    Found { unique, broken, seen: seen.into_iter().map(|(name, _)| name).collect() }
}

/// More than any broken rule needs to be found out.
const MOST: usize = 60_000;

/// So far `make model` goes in each setup of one thing only.
const DEEP: usize = 60_000;

fn assert_found(promise: &str, setup: &Setup) {
    assert_found_within(MOST, promise, setup);
}

fn assert_found_within(most: usize, promise: &str, setup: &Setup) {
    let found = search(promise, setup, most);
    assert!(found.broken.iter().any(|(broken, _)| *broken == promise), "{:?}", found.broken);
}

/// No promise is broken, and what the setups are about is seen.
fn assert_whole(setups: &[(&str, Setup)], most: usize, seen: &[&str]) {
    let mut all = Vec::new();
    for (name, setup) in setups {
        let found = search(name, setup, most);
        assert_eq!(found.broken, [], "{name}");
        all.extend(found.seen);
    }
    assert!(seen.iter().all(|seen| all.contains(seen)), "{all:?}");
}
