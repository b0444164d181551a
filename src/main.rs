//! `privatelink-operator`.

use std::process::ExitCode;

use clap::Parser;
use privatelink_operator::app::{self, Doors};
use privatelink_operator::args::{Cli, Command, RunArgs};
use privatelink_operator::settings::Settings;
use privatelink_operator::{commands, crds, reference, remaining, telemetry};

type Ended = Result<ExitCode, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error),
    };
    let ended = match cli.command {
        Command::Run(args) => run(*args),
        Command::Plan(args) => look_once(commands::plan::run(*args)),
        Command::Explain(args) => look_once(commands::explain::run(*args)),
        Command::Import(args) => look_once(commands::import::run(*args)),
        Command::Remaining(args) => look_once(remaining::run(&args)),
        Command::Crds(args) => crds::write(&args).map(|()| ExitCode::SUCCESS).map_err(Into::into),
        Command::Reference(args) => reference::write(&args).map(|()| ExitCode::SUCCESS).map_err(Into::into),
    };
    match ended {
        Ok(status) => status,
        Err(error) => {
            let causes = std::iter::successors(error.source(), |cause| cause.source());
            eprintln!("error: {}", causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}")));
            ExitCode::FAILURE
        }
    }
}

/// A wrong flag is 2, as everywhere; to `plan` that means changes.
fn not_understood(error: &clap::Error) -> ExitCode {
    let is_plan = std::env::args_os().nth(1).is_some_and(|command| command == "plan");
    let code = if is_plan { error.exit_code().min(1) } else { error.exit_code() };
    // Nobody is left to be told that this failed.
    let _ = error.print();
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// A command that reads cluster and cloud, prints, and ends. What goes wrong on the way is in what it prints.
fn look_once<E: std::error::Error + 'static>(work: impl Future<Output = Result<u8, E>>) -> Ended {
    app::install_crypto();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(work);
    // A name that is being looked up cannot be cut off and must not hold up the end.
    runtime.shutdown_background();
    Ok(status.map(ExitCode::from)?)
}

fn run(args: RunArgs) -> Ended {
    let settings = Settings::of(args)?;
    app::install_crypto();
    let _telemetry = telemetry::start(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(app::run(settings, Doors::open));
    // A name that is being looked up cannot be cut off and must not hold up the end.
    runtime.shutdown_background();
    Ok(ended.map(|()| ExitCode::SUCCESS)?)
}
