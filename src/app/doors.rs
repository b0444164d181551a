//! What the operator reaches the outside by, and decides with.

use std::fmt;
use std::sync::Arc;

use cloud_core::{CredentialContext, CredentialSource, Environment, HttpTransport, Transport};
use kube::Client;

use super::fenced_cloud::FencedTransport;
use super::{RunError, credentials};
use crate::cloud;
use crate::fence::Fence;
use crate::kubernetes::client::connect;
use crate::kubernetes::fenced::fenced;
use crate::settings::Settings;
use crate::vpc_endpoint_service::steps::{Decisions, Steps};

/// One of each, shared by everything in the process.
pub struct Doors {
    /// Carries every request to the API server.
    pub api_server: Client,
    /// Carries every request to the cloud: one pool of connections.
    pub cloud: Arc<dyn Transport>,
    /// The credentials that those requests are signed with.
    pub credentials: Arc<dyn CredentialSource>,
    pub steps: Arc<dyn Steps>,
}

impl Doors {
    /// The real ones. Sends nothing yet.
    pub async fn open(settings: &Settings) -> Result<Self, RunError> {
        let cloud: Arc<dyn Transport> = Arc::new(HttpTransport::new().map_err(RunError::BuildTransport)?);
        let direct = Arc::new(HttpTransport::direct().map_err(RunError::BuildTransport)?);
        let context = CredentialContext::new(Environment::from_process(), Arc::clone(&cloud), direct);
        Ok(Self {
            api_server: connect(&settings.proxies).await.map_err(RunError::Connect)?,
            credentials: credentials::source(&settings.cloud, &context),
            cloud,
            steps: Arc::new(Decisions),
        })
    }

    /// The same doors with the fence before them: reads pass always, writes only while it is open.
    pub(super) fn behind(self, fence: &Fence) -> Self {
        Self {
            api_server: fenced(&self.api_server, fence.clone()),
            cloud: Arc::new(FencedTransport::new(self.cloud, fence.clone(), cloud::operation)),
            ..self
        }
    }
}

impl fmt::Debug for Doors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { api_server: _, cloud, credentials, steps } = self;
        let mut fields = f.debug_struct("Doors");
        fields.field("cloud", cloud).field("credentials", credentials).field("steps", steps).finish_non_exhaustive()
    }
}
