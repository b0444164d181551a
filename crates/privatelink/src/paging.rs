//! Lists, read to the end and checked on the way.

use std::collections::HashSet;

use crate::call::Engine;
use crate::error::{Error, ErrorKind, Fate};
use crate::operation::Operation;
use crate::request::{List, Page};

/// The most pages read. At 1,000 entries a page that is half a million objects, at 50 (load balancers and users of one
/// service) 25,000: beyond that the provider is handing out pages without end.
const MOST_PAGES: u32 = 500;

/// A whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// All entries of all pages, in the provider's order.
    pub items: Vec<T>,
    /// How many pages, that is calls, it took.
    pub pages: u32,
    /// How many entries the provider says there are, by its last page; `None` where it does not say.
    pub total_count: Option<u64>,
}

/// What has been read so far.
struct Reading<L: List> {
    items: Vec<L::Item>,
    seen: HashSet<String>,
    tokens: HashSet<String>,
    pages: u32,
}

impl Engine {
    /// Reads all pages of a list.
    ///
    /// A token that comes twice, an entry that comes twice, fewer entries than the provider counts, and pages without end
    /// are transient errors: a list that is wrong must not look like one that is short.
    pub(crate) async fn list<L: List>(&self, request: &L) -> Result<Listed<L::Item>, Error> {
        let mut reading = Reading::<L> { items: Vec::new(), seen: HashSet::new(), tokens: HashSet::new(), pages: 0 };
        let mut token: Option<String> = None;
        loop {
            let answer = self.call(request, &paging::<L>(token.as_deref())).await?;
            let page = request.page(answer);
            let total_count = page.total_count;
            token = reading.take(page)?;
            if token.is_none() {
                return reading.finish(total_count);
            }
        }
    }
}

fn paging<L: List>(token: Option<&str>) -> Vec<(&'static str, String)> {
    let size = L::MAX_RESULTS.map(|most| ("MaxResults", most.to_string()));
    let next = token.map(|token| ("NextToken", token.to_owned()));
    size.into_iter().chain(next).collect()
}

impl<L: List> Reading<L> {
    /// Takes a page in and says where the next one begins.
    fn take(&mut self, page: Page<L::Item>) -> Result<Option<String>, Error> {
        self.pages += 1;
        for identity in page.items.iter().filter_map(L::identity) {
            if let Some(identity) = self.seen.replace(identity) {
                return Err(broken(L::OPERATION, &format!("{identity} came twice")));
            }
        }
        self.items.extend(page.items);
        let Some(token) = page.next_token.filter(|token| !token.is_empty()) else { return Ok(None) };
        if !self.tokens.insert(token.clone()) {
            return Err(broken(L::OPERATION, "the same page was announced twice"));
        }
        if self.pages >= MOST_PAGES {
            return Err(broken(L::OPERATION, &format!("there are more than {MOST_PAGES} pages")));
        }
        Ok(Some(token))
    }

    fn finish(self, total_count: Option<u64>) -> Result<Listed<L::Item>, Error> {
        let read = self.items.len() as u64;
        match total_count {
            Some(total) if total > read => Err(broken(L::OPERATION, &format!("{read} of {total} entries came"))),
            _ => Ok(Listed { items: self.items, pages: self.pages, total_count }),
        }
    }
}

fn broken(operation: Operation, complaint: &str) -> Error {
    let message = format!("failed to read the whole list: {complaint}");
    Error::local(operation, ErrorKind::Transient, Fate::Ambiguous, message)
}
