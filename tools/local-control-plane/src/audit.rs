//! The audit log: who asked the API server for what.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

/// One request that the API server has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEvent {
    /// When the API server received the request, to the microsecond.
    pub received: Timestamp,
    /// Who asked, such as `system:serviceaccount:default:operator`.
    pub user: String,
    /// What the client calls itself (`User-Agent`).
    pub user_agent: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; for paths that are no resource, the
    /// HTTP method in lower case.
    pub verb: String,
    /// Path and query.
    pub uri: String,
    /// The resource's API group; empty for the core group and for paths that are no resource.
    pub group: String,
    /// The plural name of the resource; empty for paths that are no resource.
    pub resource: String,
    /// Such as `status`; empty when the resource itself was meant.
    pub subresource: String,
    /// Empty for cluster-scoped resources, and for requests across namespaces.
    pub namespace: String,
    /// Empty for lists, watches and most creates.
    pub name: String,
    /// The HTTP status code of the answer.
    pub code: u16,
}

impl AuditEvent {
    /// Whether it was a request to change something, whatever came of it.
    pub fn is_write(&self) -> bool {
        matches!(self.verb.as_str(), "create" | "update" | "patch" | "delete" | "deletecollection")
    }
}

/// Reads an audit log, oldest request first.
///
/// A request is in the log before its client has the answer. A last line that is still being written is left out; watches
/// appear when they end.
pub fn read_audit_log(path: &Path) -> std::io::Result<Vec<AuditEvent>> {
    let text = std::fs::read_to_string(path)?;
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    complete.lines().map(|line| Ok(serde_json::from_str::<Line>(line)?.into())).collect()
}

/// An event of `audit.k8s.io/v1`, as far as it is used here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    #[serde(rename = "requestReceivedTimestamp")]
    received: Timestamp,
    verb: String,
    #[serde(rename = "requestURI")]
    request_uri: String,
    user: User,
    #[serde(default)]
    user_agent: String,
    #[serde(default)]
    object_ref: ObjectRef,
    #[serde(default)]
    response_status: ResponseStatus,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ObjectRef {
    api_group: String,
    resource: String,
    subresource: String,
    namespace: String,
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ResponseStatus {
    code: u16,
}

impl From<Line> for AuditEvent {
    fn from(line: Line) -> Self {
        let Line { received, verb, request_uri, user, user_agent, object_ref, response_status } = line;
        let ObjectRef { api_group, resource, subresource, namespace, name } = object_ref;
        Self {
            received,
            user: user.username,
            user_agent,
            verb,
            uri: request_uri,
            group: api_group,
            resource,
            subresource,
            namespace,
            name,
            code: response_status.code,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::{AuditEvent, read_audit_log};

    #[test]
    fn a_line_that_is_still_being_written_is_left_out() {
        let mut log = tempfile::NamedTempFile::new().unwrap();
        let line = r#"{"kind":"Event","level":"Metadata","stage":"ResponseComplete","requestURI":"/api/v1/namespaces?x=y",
            "verb":"create","user":{"username":"ann","groups":["g"]},"userAgent":"curl/8","objectRef":{"resource":"namespaces",
            "name":"n","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201},
            "requestReceivedTimestamp":"2026-01-02T03:04:05.678901Z"}"#
            .replace('\n', "");
        write!(log, "{line}\n{}", &line[..50]).unwrap();
        let event = AuditEvent {
            received: "2026-01-02T03:04:05.678901Z".parse().unwrap(),
            user: "ann".to_owned(),
            user_agent: "curl/8".to_owned(),
            verb: "create".to_owned(),
            uri: "/api/v1/namespaces?x=y".to_owned(),
            group: String::new(),
            resource: "namespaces".to_owned(),
            subresource: String::new(),
            namespace: String::new(),
            name: "n".to_owned(),
            code: 201,
        };
        assert!(event.is_write());
        assert_eq!(read_audit_log(log.path()).unwrap(), [event]);
    }
}
