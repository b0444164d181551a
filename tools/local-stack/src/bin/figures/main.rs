//! The benchmarks: `make bench`.
//!
//! Counts first (Kubernetes writes, cloud calls), then times, memory, CPU and size, of the operator as it is shipped: its own process, built
//! like this program, with the rights of `config/rbac` and its default waiting times.

mod binary;
mod calls;
mod figure;
mod machine;
mod measure;
mod objects;
mod probe;
mod process;
mod report;
mod series;
mod stage;
mod writes;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// What a measurement answers. Nothing here can be repaired: the first error ends the run.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Measures the operator beside this program against a real API server and the simulator, in some 5 minutes, and prints a table.
#[derive(Debug, Parser)]
#[command(name = "figures")]
struct Args {
    /// File to write the figures into, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = tokio::select! {
        outcome = run(args) => outcome,
        // Leaving this function ends what was started.
        _ = tokio::signal::ctrl_c() => return ExitCode::from(130),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the benchmark failed: {}", local_stack::chain(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Outcome<()> {
    let report = measure::everything().await?;
    print!("{report}");
    if let Some(file) = args.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(())
}
