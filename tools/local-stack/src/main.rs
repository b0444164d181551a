//! The demonstration: `make demo`.
//!
//! Starts the three parts, does as a user does, shows what a user sees, and stops everything.

mod demo;

use std::process::ExitCode;

use clap::Parser;

use crate::demo::Afterwards;

/// From kubectl apply to Ready on a real API server, with a simulated cloud, on this machine only.
#[derive(Debug, Parser)]
#[command(name = "demo")]
struct Args {
    /// Stay up until Ctrl-C, and write target/demo/env for other terminals.
    #[arg(long)]
    keep: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let afterwards = if Args::parse().keep { Afterwards::Keep } else { Afterwards::Stop };
    let outcome = tokio::select! {
        outcome = demo::run(afterwards) => outcome,
        // Leaving this function ends what was started.
        _ = tokio::signal::ctrl_c() => return ExitCode::from(130),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe demonstration failed: {}", local_stack::chain(&*error));
            ExitCode::FAILURE
        }
    }
}
