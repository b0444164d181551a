//! Mutation testing of the fault plans: runs them against an operator with a bug, one bug after the other. `make mutants`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use fault_plans::{Campaign, Fixture, Hunt, Mutant, MutantTable, Plan, TRIALS, Workload, until_interrupted};

/// Sets each historic bug into the operator and says which plan finds it. A plan counts only if the same operator passes it without the
/// bug.
#[derive(Debug, Parser)]
#[command(name = "mutants")]
struct Args {
    /// The seeded operator.
    #[arg(long, value_name = "FILE")]
    operator: PathBuf,
    /// Only the mutants with these names.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Mutants at a time.
    #[arg(long, default_value_t = 4, value_name = "COUNT")]
    jobs: usize,
    /// Print the timelines of the plans that found something.
    #[arg(long)]
    timelines: bool,
    /// Markdown file whose table is to be written again.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    until_interrupted(run(&Args::parse())).await
}

async fn run(args: &Args) -> Result<ExitCode, String> {
    let mutants = chosen(&args.only)?;
    let fixture = Fixture::prepare().await.map_err(|error| local_stack::chain(&error))?;
    fixture.allow_create().map_err(|error| local_stack::chain(&error))?;
    let campaign = Campaign::on(fixture, args.jobs);
    let workloads: BTreeSet<&str> = plans(&mutants)?.iter().map(|plan| plan.workload.name).collect();
    let workloads: Vec<_> = Workload::all().filter(|workload| workloads.contains(workload.name)).collect();
    eprintln!("{} workloads without faults first", workloads.len());
    let references = campaign.references(&workloads).await?;
    let hunt = Hunt::new(&campaign, &references, &args.operator).map_err(|error| local_stack::chain(&error))?;
    let findings = hunt.all(&mutants, args.jobs, &|finding| println!("{}", finding.line(args.timelines))).await;
    let table = MutantTable { findings: &findings };
    if let Some(file) = &args.table {
        write(file, &table)?;
    }
    let (passed, failed) = table.counts();
    println!("mutants: {passed} passed, {failed} failed");
    Ok(if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(only: &[String]) -> Result<Vec<Mutant>, String> {
    if only.is_empty() { Ok(Mutant::ALL.to_vec()) } else { only.iter().map(|name| name.parse()).collect() }
}

/// Every plan that these mutants are tried with.
fn plans(mutants: &[Mutant]) -> Result<Vec<Plan>, String> {
    let trials = TRIALS.iter().filter(|(mutant, _)| mutants.contains(mutant));
    trials.flat_map(|(_, ids)| *ids).map(|id| id.parse().map_err(|error| format!("{error}"))).collect()
}

fn write(file: &Path, table: &MutantTable<'_>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("failed to renew {}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(failed)?;
    std::fs::write(file, table.put_into(&text)?).map_err(failed)
}
