//! The simulator as a process.

use std::path::Path;

use privatelink_sim::AdminClient;
use serde::Deserialize;

use crate::process::{Launch, Process, StartError, folder, port_file};
use crate::programs::Programs;

/// The AccessKey that every simulator of this crate knows. Both are made up and open nothing.
pub const SIMULATED_KEY_ID: &str = privatelink_sim::DEFAULT_ACCESS_KEY_ID;
/// Its secret.
pub const SIMULATED_KEY_SECRET: &str = privatelink_sim::DEFAULT_ACCESS_KEY_SECRET;

/// A running `privatelink-sim`.
#[derive(Debug)]
pub struct Simulator {
    process: Process,
    ports: Ports,
    /// Its admin API: seeds, faults, journal, witness.
    pub admin: AdminClient,
}

#[derive(Debug, Deserialize)]
struct Ports {
    api: String,
    admin: String,
}

impl Simulator {
    /// Starts one with this configuration file, on free loopback ports.
    pub async fn start(programs: &Programs, config: &Path) -> Result<Self, StartError> {
        let folder = folder("simulator")?;
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
            .into_iter()
            .map(str::to_owned)
            .chain(["--config".to_owned(), config.display().to_string()])
            .chain(["--port-file".to_owned(), port_file(&folder).display().to_string()])
            .collect();
        let launch =
            Launch { name: "simulator", program: &programs.simulator, folder, arguments, environment: Vec::new() };
        let process = Process::start(launch)?;
        let ports: Ports = process.listening().await?;
        Ok(Self { admin: AdminClient::new(&ports.admin), process, ports })
    }

    /// Where the provider's API is served: `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.ports.api
    }

    /// Where the admin API is served.
    pub fn admin_url(&self) -> &str {
        &self.ports.admin
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.process.log()
    }
}
