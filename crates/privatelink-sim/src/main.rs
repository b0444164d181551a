//! `privatelink-sim serve`: the simulator as a program.

mod args;

use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use privatelink_sim::{Config, Served, Simulator, serve};
use tokio::signal::unix::{SignalKind, signal};

use self::args::{Args, Command, ServeArgs};

#[tokio::main]
async fn main() -> ExitCode {
    let Args { command: Command::Serve(args) } = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(args.log.clone())
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
    match run(&args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Why the program ends badly.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Config(privatelink_sim::ConfigError),
    #[error(transparent)]
    Serve(privatelink_sim::ServeError),
    #[error("failed to write {what}: {source}")]
    Announce { what: String, source: io::Error },
    #[error("failed to listen for signals: {0}")]
    Signals(io::Error),
}

async fn run(args: &ServeArgs) -> Result<(), RunError> {
    let config = match &args.config {
        Some(path) => Config::read(path).map_err(RunError::Config)?,
        None => Config::default(),
    };
    // Before the ports are told: whoever reads them may send the signal at once.
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Signals)?;
    let simulator = Simulator::new(config);
    tracing::info!(seed = simulator.seed(), "simulator is ready");
    let served = serve(simulator, args.listen, args.admin_listen).await.map_err(RunError::Serve)?;
    announce(&served, args.port_file.as_deref())?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result.map_err(RunError::Signals)?,
    }
    tracing::info!("stopping");
    served.stop().await;
    Ok(())
}

/// Says where it listens, on standard output and in the port file, once that is true.
fn announce(served: &Served, port_file: Option<&Path>) -> Result<(), RunError> {
    let ports = serde_json::json!({ "api": served.api_url(), "admin": served.admin_url() }).to_string();
    let failed = |what: &str| {
        let what = what.to_owned();
        move |source| RunError::Announce { what, source }
    };
    writeln!(io::stdout(), "{ports}").map_err(failed("to standard output"))?;
    if let Some(path) = port_file {
        // In one step: a reader sees the whole file or none.
        let draft = path.with_extension("tmp");
        let name = path.display().to_string();
        fs::write(&draft, &ports).and_then(|()| fs::rename(&draft, path)).map_err(failed(&name))?;
    }
    Ok(())
}
