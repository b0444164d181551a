//! The operator with one historic bug.
//!
//! It is the shipped library with other doors: what passes between it and the API server, between it and the cloud, or one of its steps is
//! changed as the bug would change it. The shipped program knows nothing of that. `make mutants` runs it; [`bug`] has the table.

mod api_server;
mod bug;
mod cloud;
mod steps;

use std::process::ExitCode;

use clap::Parser;
use fault_plans::Mutant;
use privatelink_operator::app::{self, Doors};
use privatelink_operator::args::{Cli, Command};
use privatelink_operator::settings::Settings;
use privatelink_operator::telemetry;

type Ended = Result<(), Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Ended {
    let mutant = chosen()?;
    let Command::Run(args) = Cli::parse().command else { return Err("only `run` has bugs".into()) };
    let mut settings = Settings::of(*args)?;
    if let Some(mutant) = mutant {
        bug::set(mutant, &mut settings);
    }
    let _telemetry = telemetry::start(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let doors = async |settings: &Settings| {
        let doors = Doors::open(settings).await?;
        Ok(match mutant {
            Some(mutant) => bug::seeded(mutant, doors),
            None => doors,
        })
    };
    let ended = runtime.block_on(app::run(settings, doors));
    runtime.shutdown_background();
    Ok(ended?)
}

/// The bug that the environment names; none: the operator as it is, which the same plans must find nothing in.
#[expect(clippy::disallowed_methods, reason = "the door of the choice")]
fn chosen() -> Result<Option<Mutant>, String> {
    match std::env::var(Mutant::VARIABLE) {
        Ok(name) if !name.is_empty() => name.parse().map(Some),
        _ => Ok(None),
    }
}
