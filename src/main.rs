//! `privatelink-operator`.

use std::process::ExitCode;

use clap::Parser;
use privatelink_operator::app::{self, Doors};
use privatelink_operator::args::{Cli, Command, RemainingArgs, RunArgs};
use privatelink_operator::settings::Settings;
use privatelink_operator::{crds, reference, remaining, telemetry};

type Ended = Result<ExitCode, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let ended = match Cli::parse().command {
        Command::Run(args) => run(*args),
        Command::Remaining(args) => look(&args),
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

fn look(args: &RemainingArgs) -> Ended {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let status = runtime.block_on(remaining::run(args));
    // As above.
    runtime.shutdown_background();
    Ok(status.map(ExitCode::from)?)
}
