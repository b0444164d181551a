//! Keys of the log: an event must not use one that the line has already, or JSON lines would have it twice.

use std::fs;

use crate::support::checkout::repository;
use crate::support::source::{is_test, relevant, sources};

const MACROS: [&str; 5] = ["error!(", "warn!(", "info!(", "debug!(", "trace!("];

/// What the line has of itself; `name` is that of the span.
const TAKEN: [&str; 4] = ["name", "level", "target", "timestamp"];

#[test]
fn no_event_uses_a_key_that_the_line_has() {
    let mut found = Vec::new();
    for file in sources(&repository().join("src")).into_iter().filter(|file| !is_test(file)) {
        // The span of a reconcile is made there.
        let is_runtime = file.strip_prefix(repository()).unwrap().starts_with("src/runtime");
        let keys = keys(&relevant(&fs::read_to_string(&file).unwrap()));
        let twice = keys.into_iter().filter(|key| is_taken(key) && !(is_runtime && key.starts_with("object.")));
        found.extend(twice.map(|key| format!("{}: {key}", file.display())));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_key_is_seen_with_a_value_and_alone() {
    let code =
        "fn f() { warn!(name = %a, error, object.kind = ?b, \"{level}: {}, x = {}\", name, d); info!(\"name\"); }";
    assert_eq!(keys(code), ["name", "error", "object.kind"]);
}

fn is_taken(key: &str) -> bool {
    TAKEN.contains(&key) || key.starts_with("object.")
}

/// The keys of all events: what stands before the message.
fn keys(code: &str) -> Vec<String> {
    let events = MACROS.iter().flat_map(|name| code.match_indices(name).map(|(at, _)| (at, &code[at + name.len()..])));
    let mut events: Vec<_> = events.collect();
    events.sort_unstable();
    let fields = events.into_iter().map(|(_, rest)| rest.split('"').next().unwrap_or_default());
    let keys = fields.flat_map(|fields| fields.split(',')).map(|field| field.split('=').next().unwrap_or_default());
    keys.map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect()
}
