//! The command `remaining`: which objects an uninstallation would leave behind, and how to go on. The chart runs it before `helm uninstall`.

mod left;
mod report;

use std::io::{self, Write};

use self::left::Left;
use crate::args::{Proxies, RemainingArgs};
use crate::crd::VpcEndpointService;
use crate::kubernetes::client::{ConnectError, connect};
use crate::kubernetes::{KubernetesError, listing};
use crate::timing::Timing;

/// Exit status: nothing holds the uninstallation up.
const GO_ON: u8 = 0;

/// Exit status: objects are left that only an operator can let go. Not 1, which is every error, nor 2, which is a wrong flag.
const LEFT: u8 = 3;

/// Why nobody knows what is left.
#[derive(Debug, thiserror::Error)]
pub enum RemainingError {
    #[error(transparent)]
    Connect(ConnectError),
    #[error(
        "failed to list the objects that are left: {cause}; see with kubectl get vpces -A, and uninstall without this check{way_past}"
    )]
    List { cause: KubernetesError, way_past: String },
    #[error("failed to print what is left")]
    Print(#[source] io::Error),
}

/// Looks, prints, and answers the exit status.
pub async fn run(args: &RemainingArgs) -> Result<u8, RemainingError> {
    match look(args).await {
        Ok(left) => {
            io::stdout().write_all(report::text(&left, args).as_bytes()).map_err(RemainingError::Print)?;
            let is_held = left.iter().any(|object| object.is_held);
            Ok(if is_held && !args.only_report { LEFT } else { GO_ON })
        }
        Err(error) if args.only_report => {
            eprintln!("error: {error}");
            Ok(GO_ON)
        }
        Err(error) => Err(error),
    }
}

async fn look(args: &RemainingArgs) -> Result<Vec<Left>, RemainingError> {
    let client = connect(&Proxies::from_process()).await.map_err(RemainingError::Connect)?;
    let namespace = args.watch_namespace.as_deref().filter(|name| !name.is_empty());
    match listing::all::<VpcEndpointService>(&client, namespace, Timing::default().kubernetes_call_deadline).await {
        Ok(objects) => Ok(objects.iter().map(Left::of).collect()),
        // Without the definition there are no objects.
        Err(KubernetesError::Gone) => Ok(Vec::new()),
        Err(cause) => {
            let way_past = args.way_past.as_ref().map(|command| format!(": {command}")).unwrap_or_default();
            Err(RemainingError::List { cause, way_past })
        }
    }
}
