//! The lists that an API server would have served, one for each change.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::proxy::interceptor::{EventType, WatchEvent};

/// Namespace and name.
type Key = (String, String);

/// What there was at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Moment {
    resource_version: String,
    objects: BTreeMap<Key, Value>,
}

/// What there was, from the first list on.
#[derive(Debug, Default)]
pub(super) struct History {
    /// `apiVersion` and `kind` of the lists.
    envelope: (Value, Value),
    /// The newest is the last.
    moments: Vec<Moment>,
}

impl History {
    /// A list has been served, or a further page of one.
    pub(super) fn listed(&mut self, list: &Value, is_further_page: bool) {
        self.envelope = (list["apiVersion"].clone(), list["kind"].clone());
        let resource_version = text(&list["metadata"]["resourceVersion"]);
        let items = list["items"].as_array().into_iter().flatten().map(|object| (key(object), object.clone()));
        match self.moments.last_mut().filter(|_| is_further_page) {
            Some(moment) => moment.objects.extend(items),
            None => self.enter(Moment { resource_version, objects: items.collect() }),
        }
    }

    /// An event has come; one that a watch repeats is no change. `object` is what its line says.
    pub(super) fn changed(&mut self, event: &WatchEvent, object: Value) {
        let is_news = |newest: &&Moment| number(&newest.resource_version) < number(&event.resource_version);
        let Some(mut moment) = self.moments.last().filter(is_news).cloned() else { return };
        match event.type_ {
            EventType::Added | EventType::Modified => _ = moment.objects.insert(key(&object), object),
            EventType::Deleted => _ = moment.objects.remove(&key(&object)),
            EventType::Bookmark | EventType::Error | EventType::Unknown => return,
        }
        moment.resource_version.clone_from(&event.resource_version);
        self.enter(moment);
    }

    /// What a list showed so many changes ago, or the oldest that is known; `None`: no list has been seen.
    pub(super) fn list(&self, changes_ago: usize) -> Option<Value> {
        let newest = self.moments.len().checked_sub(1)?;
        let Moment { resource_version, objects } = &self.moments[newest.saturating_sub(changes_ago)];
        let (api_version, kind) = &self.envelope;
        Some(json!({
            "apiVersion": api_version,
            "kind": kind,
            "metadata": {"resourceVersion": resource_version},
            "items": objects.values().collect::<Vec<_>>(),
        }))
    }

    /// A list that shows what is known already is no change.
    fn enter(&mut self, moment: Moment) {
        if self.moments.last().is_none_or(|newest| newest.objects != moment.objects) {
            self.moments.push(moment);
        }
    }
}

fn key(object: &Value) -> Key {
    let metadata = &object["metadata"];
    (text(&metadata["namespace"]), text(&metadata["name"]))
}

/// Resource versions of one resource are numbers that grow (Kubernetes since 1.35).
fn number(resource_version: &str) -> u64 {
    resource_version.parse().unwrap_or(0)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::History;
    use crate::proxy::interceptor::{EventType, WatchEvent};

    fn object(name: &str, version: u32) -> Value {
        json!({"metadata": {"namespace": "a", "name": name, "resourceVersion": version.to_string()}})
    }

    fn list(version: u32, items: &[Value]) -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "ConfigMapList",
            "metadata": {"resourceVersion": version.to_string()},
            "items": items,
        })
    }

    fn change(history: &mut History, type_: EventType, name: &str, version: u32) {
        let event = WatchEvent {
            number: 1,
            nth: 1,
            type_,
            name: name.to_owned(),
            resource_version: version.to_string(),
            line: Bytes::new(),
        };
        history.changed(&event, object(name, version));
    }

    #[test]
    fn nothing_is_known_before_the_first_list() {
        let mut history = History::default();
        change(&mut history, EventType::Added, "a", 1);
        assert_eq!(history.list(0), None);
    }

    #[test]
    fn every_change_leaves_the_list_that_was_before_it() {
        let mut history = History::default();
        history.listed(&list(5, &[object("a", 4)]), false);
        change(&mut history, EventType::Added, "b", 6);
        change(&mut history, EventType::Bookmark, "", 7);
        change(&mut history, EventType::Modified, "a", 8);
        change(&mut history, EventType::Deleted, "b", 9);
        change(&mut history, EventType::Added, "b", 6);
        let expected = [
            list(9, &[object("a", 8)]),
            list(8, &[object("a", 8), object("b", 6)]),
            list(6, &[object("a", 4), object("b", 6)]),
            list(5, &[object("a", 4)]),
            list(5, &[object("a", 4)]),
        ];
        assert_eq!([0, 1, 2, 3, 99].map(|ago| history.list(ago).unwrap()), expected);
    }

    #[test]
    fn a_list_in_pages_is_one_list_and_one_that_shows_no_news_is_no_change() {
        let mut history = History::default();
        history.listed(&list(5, &[object("a", 3)]), false);
        history.listed(&list(5, &[object("b", 4)]), true);
        history.listed(&list(6, &[object("a", 3), object("b", 4)]), false);
        change(&mut history, EventType::Added, "c", 7);
        history.listed(&list(9, &[]), false);
        let expected = [
            list(9, &[]),
            list(7, &[object("a", 3), object("b", 4), object("c", 7)]),
            list(5, &[object("a", 3), object("b", 4)]),
            list(5, &[object("a", 3), object("b", 4)]),
        ];
        assert_eq!([0, 1, 2, 3].map(|ago| history.list(ago).unwrap()), expected);
    }
}
