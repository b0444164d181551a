//! A line of a watch, read.

use bytes::Bytes;
use serde::Deserialize;

use super::interceptor::EventType;

/// What the proxy knows of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EventLine {
    pub(super) type_: EventType,
    pub(super) name: String,
    pub(super) resource_version: String,
    pub(super) line: Bytes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Line {
    #[serde(rename = "type")]
    type_: String,
    object: Object,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Object {
    metadata: Metadata,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    name: String,
    resource_version: String,
}

pub(super) fn read(line: Bytes) -> EventLine {
    let Line { type_, object } = serde_json::from_slice(&line).unwrap_or_default();
    let Metadata { name, resource_version } = object.metadata;
    EventLine { type_: type_of(&type_), name, resource_version, line }
}

fn type_of(text: &str) -> EventType {
    match text {
        "ADDED" => EventType::Added,
        "MODIFIED" => EventType::Modified,
        "DELETED" => EventType::Deleted,
        "BOOKMARK" => EventType::Bookmark,
        "ERROR" => EventType::Error,
        _ => EventType::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{EventLine, read};
    use crate::proxy::interceptor::EventType;

    fn expect(line: &'static str, type_: EventType, name: &str, resource_version: &str) {
        let line = Bytes::from_static(line.as_bytes());
        let (name, resource_version) = (name.to_owned(), resource_version.to_owned());
        assert_eq!(read(line.clone()), EventLine { type_, name, resource_version, line });
    }

    #[test]
    fn an_event_says_what_happened_to_which_object() {
        let added = r#"{"type":"ADDED","object":{"kind":"A","metadata":{"name":"a","resourceVersion":"7"},"spec":{}}}"#;
        expect(added, EventType::Added, "a", "7");
        let bookmark = r#"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"8"}}}"#;
        expect(bookmark, EventType::Bookmark, "", "8");
        let error = r#"{"type":"ERROR","object":{"kind":"Status","metadata":{},"code":410}}"#;
        expect(error, EventType::Error, "", "");
        expect("no event", EventType::Unknown, "", "");
    }
}
