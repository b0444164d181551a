//! Mutation testing: each historic bug must be found by a plan.

mod table;

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use futures::{StreamExt as _, stream};
use tempfile::TempDir;
use tokio::sync::OnceCell;

pub use self::table::MutantTable;
use crate::campaign::Campaign;
use crate::error::HarnessError;
use crate::mutant::Mutant;
use crate::plan::Plan;
use crate::reference::References;
use crate::run::{Report, Verdict};
use crate::trials::TRIALS;

/// What became of one mutant.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The bug.
    pub mutant: Mutant,
    /// The plan that found it, if one did.
    pub by: Option<Report>,
    /// The plans that did not, and what they said.
    pub survived: Vec<String>,
}

/// The search for mutants: the references are those of the operator without a bug.
#[derive(Debug)]
pub struct Hunt<'a> {
    campaign: &'a Campaign,
    references: &'a References,
    folder: TempDir,
    operator: PathBuf,
    /// Per plan, whether the operator passes it without a bug.
    controls: Vec<(Plan, OnceCell<bool>)>,
}

/// Told of each finding as it comes.
pub type Found<'a> = &'a (dyn Fn(&Finding) + Sync);

impl<'a> Hunt<'a> {
    /// `operator` is the seeded one; the workloads of all trials have a reference.
    pub fn new(campaign: &'a Campaign, references: &'a References, operator: &Path) -> Result<Self, HarnessError> {
        let plans = TRIALS.iter().flat_map(|(_, ids)| *ids).filter_map(|id| id.parse().ok());
        let controls = plans.map(|plan| (plan, OnceCell::new())).collect();
        let folder = tempfile::tempdir().map_err(HarnessError::Folder)?;
        Ok(Self { campaign, references, folder, operator: absolute(operator).map_err(HarnessError::Folder)?, controls })
    }

    /// Looks for each mutant, several at a time.
    pub async fn all(&self, mutants: &[Mutant], jobs: usize, found: Found<'_>) -> Vec<Finding> {
        let findings = stream::iter(mutants).map(|mutant| self.one(*mutant)).buffered(jobs.max(1));
        findings.inspect(found).collect().await
    }

    async fn one(&self, mutant: Mutant) -> Finding {
        let mut finding = Finding { mutant, by: None, survived: Vec::new() };
        let program = match self.program(Some(mutant)) {
            Ok(program) => program,
            Err(error) => return Finding { survived: vec![error.to_string()], ..finding },
        };
        let ids = TRIALS.iter().filter(|(tried, _)| *tried == mutant).flat_map(|(_, ids)| *ids);
        for plan in ids.filter_map(|id| id.parse::<Plan>().ok()) {
            let report = self.run(&plan, &program).await;
            if report.complaint().is_some() && self.is_passed_without(&plan).await {
                finding.by = Some(report);
                break;
            }
            finding.survived.push(format!("{}: {:?}", report.id, report.verdict));
        }
        finding
    }

    async fn run(&self, plan: &Plan, program: &Path) -> Report {
        self.campaign.with_operator(program.to_owned()).run_one(plan, self.references).await
    }

    /// The control: the very same program without the bug passes the plan.
    async fn is_passed_without(&self, plan: &Plan) -> bool {
        let Some((_, control)) = self.controls.iter().find(|(controlled, _)| controlled == plan) else { return false };
        let run = async {
            let Ok(program) = self.program(None) else { return false };
            self.run(plan, &program).await.verdict == Verdict::Passed
        };
        *control.get_or_init(|| run).await
    }

    /// The operator with this bug: a script that says which, and becomes the operator.
    fn program(&self, mutant: Option<Mutant>) -> io::Result<PathBuf> {
        let name = mutant.map_or_else(String::new, |mutant| format!("{mutant:?}"));
        let file = self.folder.path().join(format!("operator-{name}"));
        if !file.exists() {
            let operator = self.operator.display();
            let script = format!("#!/bin/sh\n{}={name} exec '{operator}' \"$@\"\n", Mutant::VARIABLE);
            // Whole before it has its name: another task may look for it.
            let fresh = tempfile::NamedTempFile::new_in(self.folder.path())?;
            fs::write(fresh.path(), script)?;
            fs::set_permissions(fresh.path(), fs::Permissions::from_mode(0o755))?;
            fresh.into_temp_path().persist(&file).map_err(|error| error.error)?;
        }
        Ok(file)
    }
}

fn absolute(path: &Path) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}

impl Finding {
    /// One line, and the timeline if it is asked for.
    pub fn line(&self, timeline: bool) -> String {
        let mutant = format!("{:?}", self.mutant);
        let Some(report) = &self.by else {
            return format!("ALIVE        {mutant}\n  {}", self.survived.join("\n  "));
        };
        let line = format!("{:>5.1} s  {mutant:<25} {}: {}", report.seconds, report.id, table::words(report));
        if timeline { format!("{line}\n{}", report.timeline) } else { line }
    }
}
