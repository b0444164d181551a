//! What the operator wrote to Kubernetes, counted from the API server's audit log.

use local_control_plane::AuditEvent;
use local_stack::OPERATOR_USER;

/// Requests to write, whatever came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Writes {
    /// To objects and their status.
    pub(crate) objects: usize,
    /// Events, which tell people and carry no state.
    pub(crate) events: usize,
}

impl Writes {
    pub(crate) fn among(requests: &[AuditEvent]) -> Self {
        let ours = requests.iter().filter(|request| request.user == OPERATOR_USER && request.is_write());
        ours.fold(Self::default(), |writes, request| match request.resource.as_str() {
            "events" => Self { events: writes.events + 1, ..writes },
            _ => Self { objects: writes.objects + 1, ..writes },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(user: &str, verb: &str, resource: &str) -> AuditEvent {
        AuditEvent {
            received: jiff::Timestamp::UNIX_EPOCH,
            user: user.to_owned(),
            user_agent: String::new(),
            verb: verb.to_owned(),
            uri: String::new(),
            group: String::new(),
            resource: resource.to_owned(),
            subresource: String::new(),
            namespace: String::new(),
            name: String::new(),
            code: 200,
        }
    }

    #[test]
    fn only_writes_of_the_operator_count_and_events_apart() {
        let requests = [
            request(OPERATOR_USER, "patch", "vpcendpointservices"),
            request(OPERATOR_USER, "patch", "vpcendpointservices"),
            request(OPERATOR_USER, "create", "events"),
            request(OPERATOR_USER, "watch", "vpcendpointservices"),
            request("admin", "create", "vpcendpointservices"),
        ];
        assert_eq!(Writes::among(&requests), Writes { objects: 2, events: 1 });
    }
}
