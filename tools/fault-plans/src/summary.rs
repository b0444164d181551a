//! The figures of a campaign.

use std::fmt::Write as _;

use crate::fault::Family;
use crate::run::{Report, Verdict};

/// What becomes of the reports in the end.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// Of every plan that was run.
    pub reports: &'a [Report],
    /// How long all of it took, the reference runs included.
    pub seconds: f64,
}

/// One row.
struct Row {
    plans: usize,
    passed: usize,
    not_reached: usize,
    repeated: usize,
    failed: usize,
    seconds: f64,
}

impl Row {
    fn of<'a>(reports: impl Iterator<Item = &'a Report>) -> Self {
        let mut row = Self { plans: 0, passed: 0, not_reached: 0, repeated: 0, failed: 0, seconds: 0.0 };
        for report in reports {
            row.plans += 1;
            row.seconds += report.seconds;
            row.repeated += usize::from(report.tries > 1);
            match report.verdict {
                Verdict::Passed => row.passed += 1,
                Verdict::NotReached => row.not_reached += 1,
                Verdict::Failed(_) => row.failed += 1,
            }
        }
        row
    }

    fn text(&self, name: &str) -> String {
        let Self { plans, passed, not_reached, repeated, failed, seconds } = self;
        format!("| {name} | {plans} | {passed} | {failed} | {not_reached} | {repeated} | {seconds:.0} |\n")
    }
}

impl Summary<'_> {
    /// A table in Markdown, a row for each family. Repeated are the plans whose fault was not injected at the first try. Seconds are those of
    /// the plans themselves, which run side by side.
    pub fn table(&self) -> String {
        let mut text =
            "| Family | Plans | Passed | Failed | Not reached | Repeated | Seconds |\n|---|---|---|---|---|---|---|\n"
                .to_owned();
        for family in Family::ALL {
            let row = Row::of(self.reports.iter().filter(|report| report.family == family));
            if row.plans > 0 {
                text += &row.text(family.name());
            }
        }
        text += &Row::of(self.reports.iter()).text("all");
        // Writing to a string cannot fail.
        let _ = write!(text, "\nAll of it took {:.0} s.", self.seconds);
        text
    }

    /// Plans that passed and plans that did not. One that was not reached has proved nothing, so it did not pass.
    pub fn counts(&self) -> (usize, usize) {
        let row = Row::of(self.reports.iter());
        (row.passed, row.failed + row.not_reached)
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;
    use crate::fault::Family;
    use crate::run::{Report, Verdict};

    fn report(family: Family, verdict: Verdict, tries: usize) -> Report {
        Report { id: String::new(), family, verdict, tries, seconds: 1.5, timeline: String::new() }
    }

    #[test]
    fn a_plan_that_was_not_reached_did_not_pass() {
        let reports = [
            report(Family::Crash, Verdict::Passed, 2),
            report(Family::Crash, Verdict::NotReached, 3),
            report(Family::View, Verdict::Failed(vec!["no".to_owned()]), 1),
        ];
        let summary = Summary { reports: &reports, seconds: 2.0 };
        assert_eq!(summary.counts(), (1, 2));
        let table = "| Family | Plans | Passed | Failed | Not reached | Repeated | Seconds |\n|---|---|---|---|---|---|---|\n\
                     | crash | 2 | 1 | 0 | 1 | 2 | 3 |\n| view | 1 | 0 | 1 | 0 | 0 | 2 |\n| all | 3 | 1 | 1 | 1 | 2 | 4 |\n\n\
                     All of it took 2 s.";
        assert_eq!(summary.table(), table);
    }
}
