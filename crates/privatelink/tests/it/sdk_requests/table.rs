//! The comparison as the documentation shows it.

use super::wire::{Recorded, Sent};

const BEGIN: &str = "<!-- The rows below are compared with the requests by a test. -->";

/// One row: what was compared, and whether it is equal.
pub(super) fn row(recorded: &Recorded, sent: &Sent) -> String {
    let theirs = recorded.comparable();
    let Sent { operation, method, path, query, form, content_type, signature, signed_headers } = sent;
    let parameters = match (query.len(), form.len()) {
        (0, 0) => "none".to_owned(),
        (query, 0) => format!("{query} in the query"),
        (0, form) => format!("{form} in the form"),
        (query, form) => format!("{query} in the query, {form} in the form"),
    };
    let place = (method, path, content_type, signature)
        == (&theirs.method, &theirs.path, &theirs.content_type, &theirs.signature);
    let equal = (query, form) == (&theirs.query, &theirs.form);
    let signed = *signed_headers == theirs.signed_headers;
    let cells = [
        format!("`{operation}`"),
        format!("`{method} {path}`"),
        yes(place).to_owned(),
        parameters,
        yes(equal).to_owned(),
        signed_headers.len().to_string(),
        yes(signed).to_owned(),
        notes(recorded),
    ];
    format!("| {} |", cells.join(" | "))
}

fn yes(equal: bool) -> &'static str {
    if equal { "yes" } else { "**no**" }
}

fn notes(recorded: &Recorded) -> String {
    let mut notes = Vec::new();
    if recorded.signs("x-acs-security-token") {
        notes.push("with a temporary key");
    }
    if recorded.comparable().query.contains_key("NextToken") {
        notes.push("the second page");
    }
    if notes.is_empty() { "–".to_owned() } else { notes.join("; ") }
}

/// The rows that the documentation has.
pub(super) fn documented() -> Vec<String> {
    let page = include_str!("../../../../../docs/conformance.md");
    let (_, after) = page.split_once(BEGIN).unwrap();
    let table = after.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    table.take_while(|line| line.starts_with('|')).map(ToOwned::to_owned).collect()
}
