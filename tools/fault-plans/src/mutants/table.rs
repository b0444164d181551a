//! The table of mutants, for `docs/mutants.md`.

use super::Finding;
use crate::run::Report;

/// What stands around the table in the page.
const BEGIN: &str = "<!-- made by make mutants -->\n";
const END: &str = "<!-- end -->";

/// The longest complaint that a cell holds, in characters.
const LONGEST: usize = 160;

/// What became of every mutant.
#[derive(Clone, Copy, Debug)]
pub struct MutantTable<'a> {
    /// One for each mutant.
    pub findings: &'a [Finding],
}

impl MutantTable<'_> {
    /// A table in Markdown, a row for each mutant.
    pub fn text(&self) -> String {
        let head = "| Mutant | What it does | Modelled on | Found by plan | What is complained about | Seconds |\n|---|---|---|---|---|---|\n";
        self.findings.iter().map(row).fold(head.to_owned(), |table, row| table + &row)
    }

    /// The page with this table in place of the one that it has.
    pub fn put_into(&self, page: &str) -> Result<String, String> {
        let missing = || "the page has no place for the table".to_owned();
        let (before, rest) = page.split_once(BEGIN).ok_or_else(missing)?;
        let (_, after) = rest.split_once(END).ok_or_else(missing)?;
        Ok(format!("{before}{BEGIN}\n{}\n{END}{after}", self.text()))
    }

    /// How many mutants were found, and how many were not.
    pub fn counts(&self) -> (usize, usize) {
        let found = self.findings.iter().filter(|finding| finding.by.is_some()).count();
        (found, self.findings.len() - found)
    }
}

fn row(finding: &Finding) -> String {
    let Finding { mutant, by, survived: _ } = finding;
    let (about, bug) = (mutant.about().trim(), mutant.modelled_on());
    match by {
        Some(report) => {
            let Report { id, seconds, .. } = report;
            format!("| {mutant:?} | {about} | {bug} | `{id}` | {} | {seconds:.0} |\n", words(report))
        }
        None => format!("| {mutant:?} | {about} | {bug} | **none** | | |\n"),
    }
}

/// The first complaint, in one line that fits a cell.
pub(super) fn words(report: &Report) -> String {
    let line = report.complaint().and_then(|complaint| complaint.lines().next()).unwrap_or_default().replace('|', "/");
    let cut: String = line.chars().take(LONGEST).collect();
    if cut.len() < line.len() { cut + " …" } else { cut }
}

#[cfg(test)]
mod tests {
    use super::MutantTable;
    use crate::fault::Family;
    use crate::mutant::Mutant;
    use crate::mutants::Finding;
    use crate::run::{Report, Verdict};

    fn findings() -> [Finding; 2] {
        let complaints = vec!["failed to listen".to_owned(), "two | services\nand more".to_owned()];
        let report = Report {
            id: "crash/create".to_owned(),
            family: Family::Crash,
            verdict: Verdict::Failed(complaints),
            tries: 1,
            seconds: 2.6,
            timeline: String::new(),
        };
        let found = Finding { mutant: Mutant::TokenPerRetry, by: Some(report), survived: Vec::new() };
        [found, Finding { mutant: Mutant::SilentRecreate, by: None, survived: vec!["a: Passed".to_owned()] }]
    }

    #[test]
    fn the_table_takes_the_place_of_the_old_one() {
        let findings = findings();
        let table = MutantTable { findings: &findings };
        assert_eq!(table.counts(), (1, 1));
        let page = "# Page\n<!-- made by make mutants -->\nold\n<!-- end -->\nrest";
        let expected = "# Page\n<!-- made by make mutants -->\n\n\
            | Mutant | What it does | Modelled on | Found by plan | What is complained about | Seconds |\n\
            |---|---|---|---|---|---|\n\
            | TokenPerRetry | Each call of Create has a token of its own, also the repetition after a lost answer. \
            | aliyun/terraform-provider-alicloud#10305 | `crash/create` | two / services | 3 |\n\
            | SilentRecreate | A service that was deleted outside is recreated although nobody asked for it. \
            | GoogleCloudPlatform/k8s-config-connector#12738 | **none** | | |\n\n<!-- end -->\nrest";
        assert_eq!(table.put_into(page).as_deref(), Ok(expected));
        assert!(table.put_into("no place").is_err());
    }
}
