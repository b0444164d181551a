//! Everything at once, at random, for minutes: `make chaos`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use cloud_core::{Clock as _, WallClock};
use fault_plans::{Chaos, Round, until_interrupted};

/// Kills, faults, edits, deletions and clock steps at random; then everything has to converge, and the oracles look at it.
#[derive(Debug, Parser)]
#[command(name = "chaos")]
struct Args {
    /// How long it runs, in minutes; no round begins that would end later.
    #[arg(long, default_value_t = 10, value_name = "MINUTES")]
    minutes: u64,
    /// Seed of the first round; each round after it has the next one. Default: the time.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How long things go wrong in each round, in seconds.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    round: u64,
    /// Run this many rounds, however long they take. Default: as many as there is time for.
    #[arg(long, value_name = "COUNT")]
    rounds: Option<usize>,
    /// Folder for the timelines of rounds that fail.
    #[arg(long, default_value = "target/chaos", value_name = "DIR")]
    timelines: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    until_interrupted(run(&Args::parse())).await
}

async fn run(args: &Args) -> Result<ExitCode, String> {
    let (begin, end) = (Instant::now(), Duration::from_secs(args.minutes * 60));
    let seed = args.seed.unwrap_or_else(any_seed);
    println!("chaos: seed {seed}, rounds of {} s", args.round);
    let chaos = Chaos::prepare().await.map_err(|error| local_stack::chain(&error))?;
    let span = Duration::from_secs(args.round);
    let mut rounds: Vec<Round> = Vec::new();
    for number in 0.. {
        let is_over = args.rounds.map_or(begin.elapsed() + span > end, |count| rounds.len() >= count);
        if is_over && !rounds.is_empty() {
            break;
        }
        let round = chaos.round(seed.wrapping_add(number), span).await;
        tell(&round, &args.timelines)?;
        rounds.push(round);
    }
    println!("\n{}", Round::table(&rounds));
    let green = rounds.iter().filter(|round| round.is_green()).count();
    println!("chaos: {green} passed, {} failed", rounds.len() - green);
    Ok(if green == rounds.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A seed that nobody chose.
fn any_seed() -> u64 {
    // This is no time that anything is measured by.
    WallClock.now().as_second().unsigned_abs()
}

fn tell(round: &Round, folder: &Path) -> Result<(), String> {
    let acts: usize = round.acts.values().sum();
    let faults: usize = round.faults.values().sum();
    let word = if round.is_green() { "green" } else { "FAILED" };
    println!(
        "{word:>6}  seed {}: {acts} acts and {faults} faults in {:.0} s, converged {:.1} s after",
        round.seed, round.seconds[0], round.seconds[1]
    );
    if round.is_green() {
        return Ok(());
    }
    for complaint in &round.complaints {
        println!("  !!! {complaint}");
    }
    let file = folder.join(format!("{}.txt", round.seed));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, &round.timeline));
    written.map_err(|error| format!("failed to write {}: {error}", file.display()))?;
    println!("  timeline: {}; again: make chaos SEED={} ROUNDS=1", file.display(), round.seed);
    Ok(())
}
