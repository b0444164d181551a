//! What the simulator remembers between two calls.

use jiff::Timestamp;

use super::locks::Locks;
use super::rates::Windows;
use super::sessions::Sessions;
use super::signature::Nonces;
use super::tokens::Tokens;
use crate::clock::after;
use crate::config::{Config, Span};
use crate::dice::Dice;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::witness::Violation;
use crate::world::World;

/// Everything that the simulator remembers.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    pub(crate) world: World,
    pub(crate) dice: Dice,
    pub(crate) journal: Journal,
    pub(crate) violations: Vec<Violation>,
    pub(crate) faults: Faults,
    pub(crate) tokens: Tokens,
    pub(crate) sessions: Sessions,
    pub(super) rates: Windows,
    pub(super) locks: Locks,
    pub(super) nonces: Nonces,
    pub(super) page_key: u64,
}

impl State {
    pub(crate) fn new(config: Config, seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let page_key = dice.number();
        let mut world = World::default();
        world.keep_history(config.lists.longest_lag());
        config.load_balancers.iter().cloned().for_each(|load_balancer| world.seed_load_balancer(load_balancer));
        Self {
            config,
            world,
            dice,
            page_key,
            journal: Journal::default(),
            violations: Vec::new(),
            faults: Faults::default(),
            tokens: Tokens::default(),
            sessions: Sessions::default(),
            rates: Windows::default(),
            locks: Locks::default(),
            nonces: Nonces::default(),
        }
    }

    /// A time that long after now; the dice choose within the span.
    pub(super) fn after_span(&mut self, now: Timestamp, span: Span) -> Timestamp {
        after(now, self.dice.span(span))
    }
}
