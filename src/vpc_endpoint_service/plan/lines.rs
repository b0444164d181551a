//! The steps of a plan as people read them, one line each: in `status.plan` and in what the commands print.

use super::Step;
use crate::cloud::services::Write;

impl Step {
    /// The operation, and what it would write. `None`: the step is about the object alone.
    ///
    /// ```text
    /// UpdateVpcEndpointServiceAttribute: description = "intake"
    /// UntagResources: tags[team] removed
    /// ```
    pub fn line(&self) -> Option<String> {
        let operation = self.operation()?.name();
        let parts: Vec<String> = match self {
            Self::Record(_) | Self::ReleaseFinalizer => Vec::new(),
            Self::Create { request, .. } => {
                let resource = |id: &Option<String>, zone: &Option<String>| match (id, zone) {
                    (Some(id), Some(zone)) => format!("{id} in {zone}"),
                    (Some(id), None) => id.clone(),
                    (None, _) => String::new(),
                };
                let kind = request.service_resource_type.clone();
                kind.into_iter()
                    .chain(request.resources.iter().map(|one| resource(&one.resource_id, &one.zone_id)))
                    .collect()
            }
            Self::Write { target, write: Write::Delete } => vec![target.clone()],
            Self::Write { .. } => {
                self.writes().into_iter().map(|(field, value)| written(&field.to_string(), &value)).collect()
            }
        };
        Some(if parts.is_empty() { operation.to_owned() } else { format!("{operation}: {}", parts.join(", ")) })
    }
}

fn written(field: &str, value: &str) -> String {
    if value.is_empty() { format!("{field} removed") } else { format!("{field} = \"{value}\"") }
}
