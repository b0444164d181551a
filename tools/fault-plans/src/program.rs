//! What the programs of this crate have in common.

use std::process::ExitCode;

/// Runs a program to its end, or until Ctrl-C. An error is what to tell its user.
pub async fn until_interrupted(run: impl Future<Output = Result<ExitCode, String>>) -> ExitCode {
    tokio::select! {
        outcome = run => outcome.unwrap_or_else(|complaint| {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }),
        // Dropping what runs ends what it started.
        _ = tokio::signal::ctrl_c() => ExitCode::from(130),
    }
}
