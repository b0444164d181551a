//! The log: text for people, JSON for machines, on standard error.

mod json;

use std::io::{self, IsTerminal};

use cloud_core::WallClock;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::args::{LogArgs, LogFormat};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    #[error("failed to use --log-level {text:?}: {source}; give a level, or levels by module such as debug,kube=info")]
    Filter { text: String, source: tracing_subscriber::filter::ParseError },
    #[error("failed to start the log")]
    Start(#[source] TryInitError),
}

/// Starts the log of the process, once.
pub fn start(log: &LogArgs) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&log.log_level)
        .map_err(|source| TelemetryError::Filter { text: log.log_level.clone(), source })?;
    // Colours would be noise in whatever collects the log.
    let builder = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match log.log_format {
        LogFormat::Text => builder.finish().try_init(),
        LogFormat::Json => {
            builder.fmt_fields(JsonFields::new()).event_format(json::Flat(WallClock)).finish().try_init()
        }
    }
    .map_err(TelemetryError::Start)
}
