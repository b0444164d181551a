//! The simulator as a process.

use std::fmt;
use std::path::Path;

use privatelink_sim::AdminClient;
use serde::Deserialize;

use crate::process::{Launch, Process, StartError, folder, port_file};
use crate::programs::Programs;

/// The AccessKey of the provider's account in the simulator's defaults. Both are made up and open nothing.
pub const SIMULATED_KEY_ID: &str = "sim-provider-key";
/// Its secret.
pub const SIMULATED_KEY_SECRET: &str = "sim-provider-secret";

/// Where an operator finds its cloud, and the AccessKey with which it calls.
#[derive(Clone)]
pub struct CloudAccess {
    /// Base URL of PrivateLink and STS.
    pub endpoint: String,
    pub key_id: String,
    pub key_secret: String,
}

impl fmt::Debug for CloudAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { endpoint, key_id, key_secret: _ } = self;
        f.debug_struct("CloudAccess").field("endpoint", endpoint).field("key_id", key_id).finish_non_exhaustive()
    }
}

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
        let admin = AdminClient::new(&ports.admin).map_err(StartError::Admin)?;
        Ok(Self { process, ports, admin })
    }

    /// Where the provider's API is served: `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.ports.api
    }

    /// How an operator comes to it, with the simulator's made-up key.
    pub fn access(&self) -> CloudAccess {
        CloudAccess {
            endpoint: self.endpoint().to_owned(),
            key_id: SIMULATED_KEY_ID.to_owned(),
            key_secret: SIMULATED_KEY_SECRET.to_owned(),
        }
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
