//! Runs fault plans: `make faults`.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use fault_plans::{
    Campaign, Family, Fixture, Plan, Report, Summary, Verdict, Workload, in_sample, plans, until_interrupted,
};

/// How many plans there are at the least, in all and in a sample of one in eight.
const ALL_LEAST: usize = 850;
const EIGHTH_LEAST: usize = 140;

/// How many of all draw the guesses about the provider.
const DRAWN_LEAST: usize = 200;

/// Everything that can go wrong between the operator, the API server and the cloud, one plan at a time.
#[derive(Debug, Parser)]
#[command(name = "faults")]
struct Args {
    /// Only the plan with this id, or those whose ids begin with it.
    #[arg(long, value_name = "ID")]
    only: Option<String>,
    /// Only this family: crash, cloud, kubernetes, view, strip or lead.
    #[arg(long, value_parser = family)]
    family: Option<Family>,
    /// Only a fixed sample: one plan in so many.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// Print the ids of the plans, and run none.
    #[arg(long)]
    list: bool,
    /// Plans at a time.
    #[arg(long, default_value_t = 6, value_name = "COUNT")]
    jobs: usize,
    /// Print the timeline of every plan, not only of those that fail.
    #[arg(long)]
    timelines: bool,
    /// File to write the summary into, as Markdown.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
}

fn family(name: &str) -> Result<Family, String> {
    Family::from_name(name).ok_or_else(|| format!("the families are {}", Family::ALL.map(Family::name).join(", ")))
}

#[tokio::main]
async fn main() -> ExitCode {
    until_interrupted(run(&Args::parse())).await
}

async fn run(args: &Args) -> Result<ExitCode, String> {
    let begin = Instant::now();
    let fixture = Fixture::prepare().await.map_err(|error| local_stack::chain(&error))?;
    let campaign = Campaign::on(fixture, args.jobs);
    let workloads = workloads(args)?;
    eprintln!("{} workloads without faults first", workloads.len());
    let mut references = campaign.references(&workloads).await?;
    let chosen = choose(args, plans(&references))?;
    if args.list {
        for plan in &chosen {
            println!("{plan}");
        }
        println!("{} plans", chosen.len());
        return Ok(ExitCode::SUCCESS);
    }
    check_size(args, &chosen)?;
    let (drawn, complaints) = campaign.drawn_references(&chosen).await;
    references.extend(drawn);
    // Their plans fail, which the end of the output says once more.
    for complaint in complaints {
        println!("{complaint}");
    }
    eprintln!("{} plans, {} at a time, after {:.0} s", chosen.len(), args.jobs, begin.elapsed().as_secs_f64());
    let reports = campaign.run(&chosen, &references, &|report| tell(report, args.timelines)).await;
    finish(args, &Summary { reports: &reports, seconds: begin.elapsed().as_secs_f64() })
}

/// A plan that is named alone needs the reference of its own workload only.
fn workloads(args: &Args) -> Result<Vec<&'static Workload>, String> {
    let named = args.only.as_ref().and_then(|id| id.split('/').nth(1)).filter(|name| !name.is_empty());
    match named {
        Some(name) => {
            let fits: Vec<_> = Workload::all().filter(|workload| workload.name.starts_with(name)).collect();
            if fits.is_empty() { Err(format!("there is no workload {name}")) } else { Ok(fits) }
        }
        None => Ok(Workload::all().collect()),
    }
}

fn choose(args: &Args, plans: Vec<Plan>) -> Result<Vec<Plan>, String> {
    let fits = |plan: &Plan| {
        args.only.as_ref().is_none_or(|only| plan.to_string().starts_with(only.as_str()))
            && args.family.is_none_or(|family| plan.fault.family() == family)
            && args.sample.is_none_or(|count| in_sample(plan, count))
    };
    let mut chosen: Vec<_> = plans.into_iter().filter(fits).collect();
    // A plan may be named that today's reference run has no place for.
    if let (true, Some(only)) = (chosen.is_empty(), &args.only) {
        chosen.push(only.parse().map_err(|error: fault_plans::UnreadablePlan| error.to_string())?);
    }
    Ok(chosen)
}

/// A selection that has shrunk proves less than it did, and must not pass for it.
fn check_size(args: &Args, chosen: &[Plan]) -> Result<(), String> {
    let all = args.only.is_none() && args.family.is_none();
    let (least, drawn_least) = match args.sample {
        Some(one_in) => (EIGHTH_LEAST * 8 / one_in as usize, 0),
        None => (ALL_LEAST, DRAWN_LEAST),
    };
    let (count, drawn) = (chosen.len(), chosen.iter().filter(|plan| plan.guesses > 0).count());
    if all && (count < least || drawn < drawn_least) {
        let missing = format!(
            "{count} plans, {drawn} of them with drawn guesses, where there are at least {least} and {drawn_least}"
        );
        return Err(missing);
    }
    Ok(())
}

fn tell(report: &Report, timelines: bool) {
    let Report { id, verdict, tries, seconds, timeline, .. } = report;
    let again = if *tries > 1 { format!("  (try {tries})") } else { String::new() };
    match verdict {
        Verdict::Passed => println!("{seconds:>5.1} s  passed       {id}{again}"),
        Verdict::NotReached => println!("{seconds:>5.1} s  NOT REACHED  {id}{again}"),
        Verdict::Failed(_) => println!("{seconds:>5.1} s  FAILED       {id}{again}"),
    }
    if timelines || *verdict != Verdict::Passed {
        println!("{timeline}");
    }
    if let Verdict::Failed(complaints) = verdict {
        for complaint in complaints {
            println!("  !!! {complaint}");
        }
        println!("  again: make faults ONLY='{id}'\n");
    }
}

fn finish(args: &Args, summary: &Summary<'_>) -> Result<ExitCode, String> {
    println!("\n{}", summary.table());
    if let Some(file) = &args.summary {
        std::fs::write(file, summary.table() + "\n")
            .map_err(|error| format!("failed to write {}: {error}", file.display()))?;
    }
    let bad: BTreeSet<_> =
        summary.reports.iter().filter(|report| report.verdict != Verdict::Passed).map(|report| &report.id).collect();
    for id in bad {
        println!("not passed: {id}");
    }
    let (passed, failed) = summary.counts();
    println!("faults: {passed} passed, {failed} failed");
    Ok(if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
