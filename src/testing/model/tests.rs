//! The searches.

use stateright::{Checker, Model, UniformChooser};

use super::action::{Action, Answer};
use super::cloud::Taking;
use super::setup::{Budget, Grain, Setup};
use super::world::World;

fn explore(name: &str, setup: Setup) {
    let begin = std::time::Instant::now();
    let get = |name: &str| std::env::var(name).unwrap_or_default();
    let states = get("STATES").parse().unwrap_or(200_000);
    let grain = if get("GRAIN") == "fine" { Grain::Fine } else { Grain::Coarse };
    let setup = Setup { grain, one_in: get("ONE_IN").parse().unwrap_or(0), ..setup };
    let builder = setup.checker().threads(2).target_state_count(states);
    let builder = match get("DEPTH").parse() {
        Ok(depth) => builder.target_max_depth(depth),
        Err(_) => builder,
    };
    macro_rules! report { ($checker:expr) => {{
        let checker = $checker.join();
        println!("{name}: {} states, {} unique, depth {}, {:?}", checker.state_count(), checker.unique_state_count(), checker.max_depth(), begin.elapsed());
        for (name, path) in checker.discoveries() {
            println!("  {name}: {}", path.into_actions().iter().map(|action| format!("{action:?}")).collect::<Vec<_>>().join(" > "));
        }
    }}; }
    match get("MODE").as_str() {
        "sim" => report!(builder.spawn_simulation(get("SEED").parse().unwrap_or(1), UniformChooser)),
        "dfs" => report!(builder.spawn_dfs()),
        _ => report!(builder.spawn_bfs()),
    }
}

fn budget(text: &str) -> Budget {
    let mut budget = Budget::default();
    for word in text.chars() {
        match word {
            'e' => budget.edits += 1,
            'd' => budget.deletions += 1,
            'r' => budget.recreations += 1,
            'c' => budget.crashes += 1,
            'l' => budget.losses += 1,
            'f' => budget.refusals += 1,
            'b' => budget.burns += 1,
            'o' => budget.outside += 1,
            's' => budget.strips += 1,
            _ => panic!(),
        }
    }
    budget
}

#[test]
fn explore_any() {
    let text = std::env::var("BUDGET").unwrap();
    let operators = std::env::var("OPERATORS").map_or(1, |text| text.parse().unwrap());
    explore(&text, Setup::new(operators, budget(&text)));
}

/// Follows one order of events to its end.
fn follow(setup: &Setup, actions: &[Action]) -> World {
    actions.iter().fold(World::new(setup), |world, action| {
        let mut possible = Vec::new();
        setup.actions(&world, &mut possible);
        assert!(possible.contains(action), "{action:?} is not among {possible:?}");
        setup.next_state(&world, action.clone()).unwrap()
    })
}

const PROBE: [Action; 16] = [
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
    Action::Arrive { call: 0, taking: Taking::Make, answer: Answer::Kept },
    Action::End(0, Answer::Kept),
];

#[test]
fn a_process_that_was_paused_before_a_repeated_create_wakes_up_powerless() {
    let setup = Setup { grain: Grain::Coarse, ..Setup::new(1, Budget { losses: 1, ..Budget::default() }) };
    assert!(follow(&setup, &PROBE).is_single());
}
