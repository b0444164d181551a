//! One program under guard, in a folder of its own, that says in a file where it listens.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use local_control_plane::{Guard, GuardError};
use serde::de::DeserializeOwned;

/// How long a program may take until it listens, or stands still. They take well under a second; a loaded machine gets a wide margin.
const START_DEADLINE: Duration = Duration::from_secs(30);

/// Between two looks at the file, or at the process. It bounds what the benchmark can say about a start of less than 100 ms; a look costs microseconds.
const POLL: Duration = Duration::from_millis(2);

/// A program did not come to listen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Its folder could not be made or written to.
    #[error("failed to prepare the folder of {name}")]
    Folder { name: &'static str, source: std::io::Error },
    /// It could not be started.
    #[error("failed to start a program under guard")]
    Guard(#[source] GuardError),
    /// There is no way to speak to its admin API.
    #[error("failed to reach the simulator's admin API")]
    Admin(#[source] privatelink_sim::AdminError),
    /// It ended, or did not say in time where it listens.
    #[error("failed to start {name}\n{log}")]
    NotListening { name: &'static str, log: String },
}

/// A running program.
#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) guard: Guard,
    folder: PathBuf,
    name: &'static str,
}

/// What is started, and with which environment.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    pub(crate) name: &'static str,
    pub(crate) program: &'a Path,
    pub(crate) folder: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, String)>,
}

/// A new folder, for the files of one program.
pub(crate) fn folder(name: &'static str) -> Result<PathBuf, StartError> {
    let folder = tempfile::Builder::new().prefix(&format!("{name}-")).tempdir();
    folder.map(tempfile::TempDir::keep).map_err(|source| StartError::Folder { name, source })
}

/// The file in which a program of this folder says where it listens.
pub(crate) fn port_file(folder: &Path) -> PathBuf {
    folder.join("ports.json")
}

impl Process {
    pub(crate) fn start(launch: Launch<'_>) -> Result<Self, StartError> {
        let Launch { name, program, folder, arguments, environment } = launch;
        let guard = Guard::start_with(&folder, name, program, &arguments, &environment).map_err(StartError::Guard)?;
        Ok(Self { guard, folder, name })
    }

    /// Waits for the port file, and reads it.
    pub(crate) async fn listening<T: DeserializeOwned>(&self) -> Result<T, StartError> {
        let deadline = Instant::now() + START_DEADLINE;
        while Instant::now() < deadline && !self.guard.has_ended() {
            let ports = std::fs::read(port_file(&self.folder)).unwrap_or_default();
            if let Ok(ports) = serde_json::from_slice(&ports) {
                return Ok(ports);
            }
            tokio::time::sleep(POLL).await;
        }
        Err(StartError::NotListening { name: self.name, log: self.guard.log_tail(40) })
    }

    /// Stops the program where it is, and returns once it stands still.
    pub(crate) async fn pause(&self) -> std::io::Result<()> {
        self.guard.pause()?;
        let deadline = Instant::now() + START_DEADLINE;
        while !self.guard.is_paused() {
            if Instant::now() > deadline {
                return Err(std::io::ErrorKind::TimedOut.into());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        let log = std::fs::read(self.folder.join(format!("{}.log", self.name))).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }
}
