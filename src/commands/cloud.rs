//! The cloud as a command reaches it: by the operator's flags and credentials, to be looked at only.

use std::sync::Arc;

use cloud_core::{BuildError, BuildTransportError, Clock, CredentialContext, Environment, HttpTransport, SystemClock};
use tokio::sync::mpsc::UnboundedReceiver;
use uuid::Uuid;

use crate::cloud::accounts::{Clients, ReadOnlyAccounts, Setup};
use crate::cloud::credentials;
use crate::cloud::requeuer::Requeuer;
use crate::identity::ObjectId;
use crate::settings::CloudSettings;
use crate::timing::Timing;

/// Why the cloud is out of reach.
#[derive(Debug, thiserror::Error)]
pub enum CloudError {
    #[error("failed to reach the network")]
    BuildTransport(#[source] BuildTransportError),
    #[error(
        "failed to make a client of the cloud, by --region, --privatelink-endpoint, --load-balancer-endpoint and --sts-endpoint"
    )]
    BuildClient(#[source] BuildError),
}

/// The accounts, and who hears that something changed.
#[derive(Debug)]
pub(super) struct Cloud {
    pub(super) accounts: ReadOnlyAccounts,
    pub(super) changed: UnboundedReceiver<ObjectId>,
    pub(super) clock: Arc<dyn Clock>,
}

/// Opens the way. Sends nothing yet.
pub(super) fn open(settings: &CloudSettings, cluster: &str, timing: &Timing) -> Result<Cloud, CloudError> {
    let transport = || HttpTransport::new().map(Arc::new).map_err(CloudError::BuildTransport);
    let direct = Arc::new(HttpTransport::direct().map_err(CloudError::BuildTransport)?);
    let context = CredentialContext::new(Environment::from_process(), transport()?, direct);
    let clients = Clients::of(settings, timing, credentials::source(settings, &context), transport()?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (requeuer, changed) = Requeuer::channel();
    let setup = Setup {
        clients,
        account_id: settings.account_id.clone(),
        home_region: settings.region.clone(),
        cluster: cluster.to_owned(),
        process: Uuid::new_v4().to_string(),
        timing: *timing,
        rates: settings.rates.clone(),
        requeuer,
        clock: Arc::clone(&clock),
    };
    let now = clock.now();
    // What an operator wrote a moment ago may not be in the lists yet; what was written before that is.
    let settled = now.saturating_sub(timing.consistency_window).unwrap_or(now);
    let accounts = ReadOnlyAccounts::new(setup, settled).map_err(CloudError::BuildClient)?;
    Ok(Cloud { accounts, changed, clock })
}
