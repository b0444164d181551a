//! The page of error codes: what the operator makes of each that is known.

use std::collections::BTreeMap;

use cloud_core::{ApiOperation, Error, platform_codes};
use privatelink::{Operation, documented_codes};

use super::{code, table};
use crate::cloud::errors::verdict;
use crate::crd::Reason;

/// Stands for the name of a parameter in the codes that end in one.
const PARAMETER: &str = "<parameter>";

/// What is said of a code: to the object that got it, and of how it goes on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) code: String,
    status: Option<u16>,
    pub(super) reason: Reason,
    is_stalled: bool,
    pub(super) sentence: String,
    operations: Vec<&'static str>,
}

pub(super) fn errors() -> String {
    let mut text = String::from(
        "What the operator makes of an error code: the reason of the condition `Ready` (and of `Stalled`, where a person must help), and the \
         sentence of its message, behind `OPERATION failed: CODE: `. The provider's own words and the id of the request are in \
         `status.lastError`. A code that is not here is `UnknownAnswer`: the operator tries again, less and less often, and nothing is deleted or \
         created anew because of it.\n\n## Codes of PrivateLink\n\nThe codes of the API reference, version 2020-04-15.\n\n",
    );
    text += &rows(documented());
    text += "\n## Codes of the platform\n\nWhat any API of the provider may answer.\n\n";
    text += &rows(of_the_platform());
    text
}

fn rows(entries: Vec<Entry>) -> String {
    let cells = entries.into_iter().map(|entry| {
        let Entry { code: name, status, reason, is_stalled, sentence, operations } = entry;
        let status = status.map(|status| status.to_string()).unwrap_or_default();
        let help = if is_stalled { "a person" } else { "by itself" };
        [code(&name), status, format!("[`{reason}`](reasons.md)"), help.to_owned(), sentence, operations.join(" ")]
    });
    table(["code", "HTTP", "reason", "goes on", "meaning, and what to do", "operations"], cells)
}

/// One row for each code and meaning: some mean one thing to one operation, and another to another.
pub(super) fn documented() -> Vec<Entry> {
    let mut found: Vec<Entry> = Vec::new();
    for known in documented_codes() {
        let mut meanings: BTreeMap<(Reason, bool, String), Vec<&'static str>> = BTreeMap::new();
        for operation in Operation::ALL.iter().copied().filter(|operation| known.is_of(*operation)) {
            let name = known.code.replace("%s", PARAMETER);
            let (reason, is_stalled, sentence) = said(operation.api_operation(), known.status, &name);
            meanings.entry((reason, is_stalled, sentence)).or_default().push(operation.name());
        }
        found.extend(meanings.into_iter().map(|((reason, is_stalled, sentence), operations)| Entry {
            code: known.code.replace("%s", PARAMETER),
            status: Some(known.status),
            reason,
            is_stalled,
            sentence,
            operations,
        }));
    }
    found
}

pub(super) fn of_the_platform() -> Vec<Entry> {
    let operation = Operation::CreateVpcEndpointService.api_operation();
    let entry = |name: &'static str| {
        let (reason, is_stalled, sentence) = said(operation, 400, name);
        let sentence = sentence.replace(operation.name, "<operation>");
        Entry { code: name.to_owned(), status: None, reason, is_stalled, sentence, operations: vec!["any"] }
    };
    platform_codes().map(entry).collect()
}

/// Reason, whether a person must help, and the sentence of the message.
fn said(operation: ApiOperation, status: u16, code: &str) -> (Reason, bool, String) {
    let verdict = verdict(&Error::answered(operation, status, code));
    let opening = format!("{operation} failed: {code}: ");
    let sentence = verdict.message.strip_prefix(&opening).unwrap_or(&verdict.message);
    (verdict.reason, verdict.stalled, sentence.to_owned())
}
