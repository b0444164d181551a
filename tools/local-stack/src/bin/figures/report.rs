//! What a run found, for people and for programs.

use std::fmt;

use serde::Serialize;

use crate::calls::ByOperation;
use crate::figure::{Figure, Verdict};
use crate::machine::Machine;

/// The whole result of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    /// How long the run took.
    pub(crate) seconds: u64,
    pub(crate) figures: Vec<Figure>,
    /// Cloud calls by operation, of each occasion.
    pub(crate) calls: Vec<Occasion>,
}

/// An occasion to call the cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Occasion {
    pub(crate) what: &'static str,
    pub(crate) calls: ByOperation,
}

/// Markdown, which is readable in a terminal as well.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, seconds, figures, calls } = self;
        let Machine { at, processor, cores, load, profile } = machine;
        writeln!(f, "{at:.0}, {processor}, {cores} cores, load {load}, {profile} build; the run took {seconds} s.\n")?;
        writeln!(f, "| figure | measured | goal | |\n|---|---|---|---|")?;
        figures.iter().try_for_each(|figure| row(f, figure))?;
        writeln!(f, "\n| cloud calls | by operation |\n|---|---|")?;
        calls.iter().try_for_each(|occasion| writeln!(f, "| {} | {} |", occasion.what, listed(&occasion.calls)))
    }
}

fn row(f: &mut fmt::Formatter<'_>, figure: &Figure) -> fmt::Result {
    let verdict = match figure.verdict() {
        Verdict::NoGoal => "",
        Verdict::Reached => "reached",
        Verdict::Missed => "**missed**",
    };
    writeln!(f, "| {} | {} | {} | {verdict} |", figure.what, figure.shown(), figure.shown_goal())
}

fn listed(calls: &ByOperation) -> String {
    calls.iter().map(|(operation, count)| format!("{count} {operation}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::figure::Unit;

    #[test]
    fn a_report_is_a_page_of_markdown() {
        let machine = Machine {
            at: Timestamp::UNIX_EPOCH,
            processor: "an abacus".to_owned(),
            cores: 2,
            load: "0.10".to_owned(),
            profile: "release",
        };
        let figures = vec![
            Figure::new("writes", 3.0, Unit::Count).goal("P4", 3.0),
            Figure::new("memory", 20.5, Unit::Mebibytes).goal("P11", 16.0),
            Figure::new("took", 4.25, Unit::Seconds),
        ];
        let calls = [("ListVpcEndpointServices", 2), ("GetCallerIdentity", 1)];
        let calls = calls.map(|(operation, count)| (operation.to_owned(), count)).into();
        let report = Report { machine, seconds: 250, figures, calls: vec![Occasion { what: "at rest", calls }] };
        let page = "\
1970-01-01T00:00:00Z, an abacus, 2 cores, load 0.10, release build; the run took 250 s.

| figure | measured | goal | |
|---|---|---|---|
| writes | 3 | ≤ 3 (P4) | reached |
| memory | 20.5 MiB | ≤ 16 MiB (P11) | **missed** |
| took | 4.25 s |  |  |

| cloud calls | by operation |
|---|---|
| at rest | 1 GetCallerIdentity, 2 ListVpcEndpointServices |
";
        assert_eq!(report.to_string(), page);
    }
}
