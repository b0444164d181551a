//! What makes a struct a request.
//!
//! An operation is a struct whose fields are its parameters, in the provider's words and in Rust's case. `Option` is a
//! parameter that may be left out, `Vec` a list (`Tag.1.Key`, …). `RegionId` comes from the client, and so does a fresh
//! `ClientToken` where the operation changes something, has one and none is given. A list operation implements [`List`] too,
//! which says what its pages hold.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::encode;
use crate::operation::ApiOperation;

/// The parameters of one call.
pub trait Request: Serialize + Sync {
    /// The operation that takes them.
    const OPERATION: ApiOperation;

    /// What the provider answers.
    type Answer: DeserializeOwned + Send;

    /// The parameters as flattened pairs, sorted by name, without what the client adds (`RegionId`, a fresh
    /// `ClientToken`).
    fn parameters(&self) -> Vec<(String, String)> {
        let fields =
            serde_json::to_value(self).expect("a request is a struct of texts, numbers, flags and lists of them");
        encode::flatten(&fields)
    }
}

/// A request whose answer comes in pages.
pub trait List: Request {
    /// One entry of the list.
    type Item: Send;

    /// How many entries a page may hold; `None` where the operation has no `MaxResults`.
    const MAX_RESULTS: Option<u32>;

    /// What an answer holds.
    fn page(&self, answer: Self::Answer) -> Page<Self::Item>;

    /// What tells an entry from all others. `None`: it has nothing of the kind, and no repetition is looked for.
    fn identity(item: &Self::Item) -> Option<String>;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, in the provider's order.
    pub items: Vec<T>,
    /// Where the next page begins. `None` or empty: this is the last.
    pub next_token: Option<String>,
    /// How many entries there are on all pages, where the provider says so.
    pub total_count: Option<u64>,
}
