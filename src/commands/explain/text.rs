//! What a person reads of an object. Pure.

mod cloud;
mod cluster;

use jiff::Timestamp;

use super::explained::{Explained, LooksAgain, Standing, Unread};
use crate::vpc_endpoint_service::plan::clip;

/// The most that is shown of a sentence that others wrote: longer than any of a status.
const SENTENCE: usize = 2048;

/// A paragraph for each of what stands in the object, what the cloud has, and what is to be done.
pub(super) fn text(explained: &Explained, now: Timestamp) -> String {
    let Explained {
        format_version: _,
        namespace,
        name,
        object,
        status,
        standing,
        wanted,
        found,
        intent,
        leases,
        events,
        unread,
    } = explained;
    let mut page = Page::default();
    let is_unread = unread.iter().any(|unread| unread.what == "object");
    match (standing, object) {
        (Some(standing), _) => self::standing(&mut page, &format!("{namespace}/{name}"), standing),
        (None, Some(_)) => page.line(format!("{namespace}/{name}: no operator has reported on it yet")),
        (None, None) if is_unread => page.line(format!("{namespace}/{name}: could not be read")),
        (None, None) => page.line(format!("{namespace}/{name}: there is no such object")),
    }
    if let Some(object) = object {
        cluster::object(&mut page, object, now);
    }
    cluster::leases(&mut page, leases, unread.iter().any(|unread| unread.what == "lease"), now);
    if let Some(status) = status {
        cluster::status(&mut page, status, object.as_ref(), now);
    }
    if let Some(wanted) = wanted {
        cloud::wanted(&mut page, wanted);
    }
    if let Some(found) = found {
        cloud::found(&mut page, found, now);
    }
    if let Some(intent) = intent {
        cloud::intent(&mut page, intent);
    }
    cluster::events(&mut page, events, now);
    self::unread(&mut page, unread);
    page.line("Nothing was written.");
    page.0
}

/// Lines, those that belong to one before them indented.
#[derive(Debug, Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0.extend([text.as_ref(), "\n"]);
    }

    fn under(&mut self, text: impl AsRef<str>) {
        self.0.extend(["  ", text.as_ref(), "\n"]);
    }

    fn all(&mut self, lines: impl IntoIterator<Item = String>) {
        for line in lines {
            self.under(line);
        }
    }
}

fn standing(page: &mut Page, called: &str, standing: &Standing) {
    let Standing { is_fresh, ready, reason, message, remedy, is_stalled, looks_again } = standing;
    let by = if *is_fresh { "" } else { ", by its status" };
    page.line(format!("{called}: Ready is {ready}, {reason}{by}"));
    page.under(sentence(message));
    let whose = if *is_stalled { "only a person can help; " } else { "" };
    page.all(remedy.iter().map(|remedy| format!("what to do: {whose}{remedy}")));
    page.all(looks_again.iter().map(|again| format!("the operator looks again {}", looks(*again))));
}

fn looks(again: LooksAgain) -> String {
    match again {
        LooksAgain::OnChange => "when the object or what the lists show of its service changes".to_owned(),
        LooksAgain::After { seconds: 0 } => "at once".to_owned(),
        LooksAgain::After { seconds } => format!("within {}, and at once when something changes", span(seconds)),
        LooksAgain::BackOff { at_least_seconds: 0 } => {
            "after a time that grows with each failure, and at once when something changes".to_owned()
        }
        LooksAgain::BackOff { at_least_seconds } => {
            format!("after {} or more, a time that grows with each failure", span(at_least_seconds))
        }
    }
}

fn unread(page: &mut Page, unread: &[Unread]) {
    if !unread.is_empty() {
        page.line("could not be read:");
    }
    page.all(unread.iter().map(|Unread { what, message }| format!("{what}: {}", sentence(message))));
}

/// As others wrote it, without what a terminal would obey.
fn sentence(text: &str) -> String {
    clip(text, SENTENCE)
}

/// "12s ago". A time to come, by a clock that is ahead, is now.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = u64::try_from(now.duration_since(at).as_secs()).unwrap_or_default();
    format!("{} ago", span(seconds))
}

/// In the largest unit of which it has two, as kubectl has it.
fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = UNITS.iter().find(|(size, _)| seconds >= 2 * size);
    unit.map_or_else(|| format!("{seconds}s"), |(size, letter)| format!("{}{letter}", seconds / size))
}

#[cfg(test)]
mod tests;
