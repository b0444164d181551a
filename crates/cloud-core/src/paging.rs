//! Lists, read to the end and checked on the way.

use std::collections::HashSet;

use crate::call::Engine;
use crate::error::{Error, ErrorKind, Fate};
use crate::operation::ApiOperation;
use crate::request::{List, Page};

/// The most pages read. At 1,000 entries a page that is half a million objects, at 50 (load balancers and users of one
/// service) 25,000: beyond that the provider is handing out pages without end.
const MOST_PAGES: u32 = 500;

/// How often a list is read at most when its entries do not fit its count.
const MOST_READINGS: u32 = 3;

/// A whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// All entries of all pages, in the provider's order.
    pub items: Vec<T>,
    /// How many pages, that is calls, it took.
    pub pages: u32,
    /// How many entries the provider says there are, by its last page; `None` where it does not say. May be more than there are:
    /// see [`Client::list`](crate::Client::list).
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
    /// A token that comes twice, an entry that comes twice and pages without end are transient errors: a list that is wrong must
    /// not look like one that is short. Fewer entries than the provider counts can be that, or a count that looks past the filter:
    /// then the list is read again, and the entries that come in two readings one after the other are all there are.
    pub(crate) async fn list<L: List>(&self, request: &L) -> Result<Listed<L::Item>, Error> {
        let mut earlier: Option<Reading<L>> = None;
        let mut pages = 0;
        for number in 0..MOST_READINGS {
            let (reading, total_count) = self.read(request, number).await?;
            pages += reading.pages;
            let agrees = earlier.is_some_and(|earlier| earlier.agrees_with(&reading));
            if agrees || total_count.is_none_or(|total| total <= reading.items.len() as u64) {
                return Ok(Listed { items: reading.items, pages, total_count });
            }
            earlier = Some(reading);
        }
        let read = earlier.map_or(0, |reading| reading.items.len());
        let complaint =
            format!("{read} entries came, fewer than counted, and other ones in each of {MOST_READINGS} readings");
        Err(broken(L::OPERATION, &complaint))
    }

    /// Reads all pages once, and says how many entries the last one counts.
    async fn read<L: List>(&self, request: &L, number: u32) -> Result<(Reading<L>, Option<u64>), Error> {
        let mut reading = Reading::<L> { items: Vec::new(), seen: HashSet::new(), tokens: HashSet::new(), pages: 0 };
        let mut token: Option<String> = None;
        loop {
            let answer = self.call(request, &paging::<L>(token.as_deref(), number)).await?;
            let page = request.page(answer);
            let total_count = page.total_count;
            token = reading.take(page)?;
            if token.is_none() {
                return Ok((reading, total_count));
            }
        }
    }
}

/// Each reading has pages of another size: a page that is lost every time takes other entries with it every time, so that the readings
/// do not agree.
fn paging<L: List>(token: Option<&str>, reading: u32) -> Vec<(&'static str, String)> {
    let size = L::MAX_RESULTS.map(|most| ("MaxResults", most.saturating_sub(reading).to_string()));
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

    /// Whether the same entries came. What has no identity is told by its number alone.
    fn agrees_with(&self, other: &Self) -> bool {
        self.items.len() == other.items.len() && self.seen == other.seen
    }
}

fn broken(operation: ApiOperation, complaint: &str) -> Error {
    let message = format!("failed to read the whole list: {complaint}");
    Error::local(operation, ErrorKind::Transient, Fate::Ambiguous, message)
}
