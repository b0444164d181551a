//! What happened in a plan, one line each, for people who look for the reason of a failure.

use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Who does something in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Actor {
    /// The operator calls the API server.
    Kubernetes,
    /// The operator calls the cloud.
    Cloud,
    /// The API server tells the operator.
    Watch,
    /// The fault.
    Fault,
    /// The user, or somebody else outside.
    User,
    /// The harness sees something.
    Seen,
}

impl Actor {
    fn word(self) -> &'static str {
        match self {
            Self::Kubernetes => "kubernetes",
            Self::Cloud => "cloud",
            Self::Watch => "watch",
            Self::Fault => "FAULT",
            Self::User => "user",
            Self::Seen => "seen",
        }
    }
}

#[derive(Debug)]
struct Line {
    at: Instant,
    actor: Actor,
    text: String,
}

/// A timeline that is being told. Lines may come from everywhere.
#[derive(Debug)]
pub(crate) struct Timeline {
    begin: Instant,
    lines: Mutex<Vec<Line>>,
}

impl Timeline {
    pub(crate) fn begin() -> Self {
        Self { begin: Instant::now(), lines: Mutex::default() }
    }

    pub(crate) fn tell(&self, actor: Actor, text: impl Into<String>) {
        self.lines().push(Line { at: Instant::now(), actor, text: text.into() });
    }

    /// The timeline so far, in the order of time. What is told several times in a row stands there once, with how often.
    pub(crate) fn text(&self) -> String {
        let mut lines = self.lines();
        lines.sort_by_key(|line| line.at);
        let mut text = String::new();
        for same in lines.chunk_by(|one, other| one.actor == other.actor && one.text == other.text) {
            let Some(first) = same.first() else { continue };
            let seconds = first.at.duration_since(self.begin).as_secs_f64();
            let times = if same.len() > 1 { format!("  (×{})", same.len()) } else { String::new() };
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {seconds:>7.3} s  {:<10}  {}{times}", first.actor.word(), first.text);
        }
        text
    }

    fn lines(&self) -> MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Actor, Timeline};

    #[test]
    fn a_line_says_when_who_and_what_and_repeated_ones_are_counted() {
        let timeline = Timeline::begin();
        timeline.tell(Actor::Cloud, "ListVpcEndpointServices → 200");
        timeline.tell(Actor::Cloud, "ListVpcEndpointServices → 200");
        timeline.tell(Actor::Fault, "SIGKILL");
        let text = timeline.text();
        let lines: Vec<_> = text.lines().map(|line| line.split_once(" s  ").unwrap().1).collect();
        assert_eq!(lines, ["cloud       ListVpcEndpointServices → 200  (×2)", "FAULT       SIGKILL"]);
    }
}
