//! The commands that look and change nothing. They show by the operator's own steps what it would do, and nothing in here could write to the cloud.

mod cloud;
mod cluster;
pub mod explain;
pub mod import;
mod looker;
pub mod plan;
mod schema;
mod subject;

use std::io;

use crate::args::OutputFormat;

/// Why a command does not get to its work.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("{0}")]
    Settings(crate::settings::SettingsError),
    #[error("{0}")]
    Timing(crate::timing::UnreadableTime),
    #[error(transparent)]
    Cluster(cluster::ClusterError),
    #[error(transparent)]
    Cloud(cloud::CloudError),
    #[error("failed to print the answer")]
    Print(#[source] io::Error),
}

/// Prints what a program reads, or else what a person does.
fn print(
    format: OutputFormat,
    answer: &impl serde::Serialize,
    text: impl FnOnce() -> String,
) -> Result<(), StartError> {
    let text = match format {
        OutputFormat::Text => text(),
        OutputFormat::Json => {
            serde_json::to_string_pretty(answer).map_err(|error| StartError::Print(error.into()))? + "\n"
        }
    };
    io::Write::write_all(&mut io::stdout(), text.as_bytes()).map_err(StartError::Print)
}
