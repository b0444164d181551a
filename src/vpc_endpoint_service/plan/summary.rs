//! What a plan says of itself, in words that a person can search for: one line of the log of every reconcile.
//!
//! ```text
//! DEBUG reconcile{…}: plan because=differs-from-spec mode=act waits_for=- steps="RemoveUserFromVpcEndpointService(allowedPrincipals[123]), TagResources(tags[team])" look=-
//! DEBUG reconcile{…}: plan because=service-not-active mode=act waits_for=service-active(Pending) steps=- look=-
//! ```
//!
//! `because` is the reason of the check that made the plan (see `checks.rs`), `mode` what becomes of it (`act`, `dry-run`, `show`), `waits_for` what must happen before the rest can be planned, `steps`
//! what is about to be sent, each with the fields that it writes, and `look` what is read before the plan counts. `-` stands for nothing.

use std::fmt::{self, Display, Formatter};

use super::{Plan, Step};
use crate::cloud::services::Field;
use crate::vpc_endpoint_service::observe::Look;

/// The reason of a plan that no check asked for: cloud and spec are one, or what differs is held back.
const NOTHING_TO_DO: &str = "nothing-to-do";
const NOTHING: &str = "-";

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    pub because: &'static str,
    /// What becomes of the steps: `act`, `dry-run` or `show`.
    pub mode: &'static str,
    pub waits_for: String,
    pub steps: String,
    pub look: String,
}

impl Plan {
    pub fn summary(&self) -> Summary {
        let Self { differences: _, reported: _, steps, wait, look, unapplied: _, unknown: _, because, mode } = self;
        Summary {
            because: because.unwrap_or(NOTHING_TO_DO),
            mode: mode.as_str(),
            waits_for: joined(wait),
            steps: joined(steps),
            look: joined(look),
        }
    }
}

pub(super) fn joined<T: Display>(parts: impl IntoIterator<Item = T>) -> String {
    let parts: Vec<_> = parts.into_iter().map(|part| part.to_string()).collect();
    if parts.is_empty() { NOTHING.to_owned() } else { parts.join(", ") }
}

impl Display for Step {
    /// The operation with the fields that it writes; what concerns the object alone has a word of its own.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match (self, self.operation()) {
            (Self::Record(record), _) => write!(formatter, "put-create-record({})", record.client_token()),
            (Self::Create { record, .. }, Some(operation)) => {
                write!(formatter, "{operation}({})", record.client_token())
            }
            (Self::Write { write, .. }, Some(operation)) => {
                let fields: Vec<Field> = write.values().into_iter().map(|(field, _)| field).collect();
                let fields = if fields.is_empty() { String::new() } else { format!("({})", joined(fields)) };
                write!(formatter, "{operation}{fields}")
            }
            (Self::ReleaseFinalizer | Self::Create { .. } | Self::Write { .. }, _) => {
                formatter.write_str("release-finalizer")
            }
        }
    }
}

impl Display for Look {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::List { not_before } => write!(formatter, "list(from {not_before})"),
            Self::Connections { not_before } => write!(formatter, "list-connections(from {not_before})"),
            Self::Details { service_id } => write!(formatter, "details({service_id})"),
            Self::Service { service_id } => write!(formatter, "get({service_id})"),
            Self::Judge { service_id } => write!(formatter, "list-and-get({service_id})"),
        }
    }
}
