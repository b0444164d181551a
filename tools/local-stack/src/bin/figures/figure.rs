//! One measured figure, and the goal that it is held against.

use serde::Serialize;

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Figure {
    /// What is measured, in words that stay the same from run to run.
    pub(crate) what: &'static str,
    pub(crate) value: f64,
    pub(crate) unit: Unit,
    pub(crate) goal: Option<Goal>,
}

/// What the value is meant to stay below.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Goal {
    /// Its number in the list of goals, such as `P4`.
    pub(crate) number: &'static str,
    /// In the unit of the figure.
    pub(crate) at_most: f64,
}

/// In what a figure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) enum Unit {
    #[serde(rename = "")]
    Count,
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "MiB")]
    Mebibytes,
    #[serde(rename = "% of a core")]
    Percent,
}

/// How a figure stands to its goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    NoGoal,
    Reached,
    Missed,
}

impl Figure {
    /// A figure without a goal.
    pub(crate) fn new(what: &'static str, value: f64, unit: Unit) -> Self {
        Self { what, value, unit, goal: None }
    }

    /// The same with a goal.
    pub(crate) fn goal(self, number: &'static str, at_most: f64) -> Self {
        Self { goal: Some(Goal { number, at_most }), ..self }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        match self.goal {
            None => Verdict::NoGoal,
            Some(goal) if self.value <= goal.at_most => Verdict::Reached,
            Some(_) => Verdict::Missed,
        }
    }

    /// Value and unit, as a person reads them.
    pub(crate) fn shown(&self) -> String {
        self.unit.show(self.value)
    }

    /// The goal, as a person reads it; empty where there is none.
    pub(crate) fn shown_goal(&self) -> String {
        self.goal.map_or(String::new(), |goal| format!("≤ {} ({})", self.unit.show(goal.at_most), goal.number))
    }
}

impl Unit {
    fn show(self, value: f64) -> String {
        let (decimals, unit) = match self {
            Self::Count => (2, ""),
            Self::Seconds => (2, " s"),
            Self::Milliseconds => (0, " ms"),
            Self::Mebibytes => (1, " MiB"),
            Self::Percent => (2, " %"),
        };
        let number = format!("{value:.decimals$}");
        let short = if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { &number };
        format!("{short}{unit}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, Unit, Verdict};

    #[test]
    fn a_goal_is_reached_up_to_its_limit_and_missed_beyond() {
        let figure = |value| Figure::new("writes", value, Unit::Count);
        assert_eq!(figure(3.0).verdict(), Verdict::NoGoal);
        assert_eq!(figure(3.0).goal("P4", 3.0).verdict(), Verdict::Reached);
        assert_eq!(figure(3.05).goal("P4", 3.0).verdict(), Verdict::Missed);
    }

    #[test]
    fn values_are_shown_with_no_more_digits_than_they_need() {
        assert_eq!(Figure::new("", 3.0, Unit::Count).shown(), "3");
        assert_eq!(Figure::new("", 1.095, Unit::Count).shown(), "1.09");
        assert_eq!(Figure::new("", 120.0, Unit::Milliseconds).goal("P9", 150.0).shown_goal(), "≤ 150 ms (P9)");
        assert_eq!(Figure::new("", 11.96, Unit::Mebibytes).shown(), "12 MiB");
        assert_eq!(Figure::new("", 0.25, Unit::Percent).shown_goal(), "");
    }
}
