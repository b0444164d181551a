//! Lists in pages of any kind.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::block_on;
use crate::product::ListThings;
use crate::support::{Script, client, ok};

#[derive(Clone, Debug)]
struct Page {
    ids: Vec<u8>,
    token: u8,
    total: Option<u64>,
}

/// Few ids, tokens and totals, so that they meet.
fn page() -> impl Strategy<Value = Page> {
    (prop::collection::vec(0..24_u8, 0..3), 1..24_u8, prop::option::of(0..8_u64)).prop_map(|(ids, token, total)| Page {
        ids,
        token,
        total,
    })
}

/// The entries of one reading and whether they fit their count, or nothing when a page came twice. The last page's token is none.
fn read(pages: &[Page]) -> Option<(Vec<u8>, bool)> {
    let (last, before) = pages.split_last()?;
    let ids: Vec<u8> = pages.iter().flat_map(|page| page.ids.clone()).collect();
    let once = |numbers: Vec<u8>| numbers.iter().collect::<BTreeSet<_>>().len() == numbers.len();
    let fits = last.total.is_none_or(|total| total <= ids.len() as u64);
    let sound = once(ids.clone()) && once(before.iter().map(|page| page.token).collect());
    sound.then_some((ids, fits))
}

/// The whole list, or nothing when its pages cannot be believed.
fn believable(readings: &[Vec<Page>]) -> Option<Vec<String>> {
    let set = |ids: &[u8]| ids.iter().copied().collect::<BTreeSet<_>>();
    let mut earlier: Option<Vec<u8>> = None;
    for pages in readings {
        let (ids, fits) = read(pages)?;
        if fits || earlier.is_some_and(|earlier| set(&earlier) == set(&ids)) {
            return Some(ids.iter().map(u8::to_string).collect());
        }
        earlier = Some(ids);
    }
    None
}

/// Three readings, of which a later one is often the same as the one before.
fn readings() -> impl Strategy<Value = Vec<Vec<Page>>> {
    let reading = || prop::collection::vec(page(), 1..6);
    let again = || prop::option::of(reading());
    (reading(), again(), again()).prop_map(|(first, second, third)| {
        let second = second.unwrap_or_else(|| first.clone());
        let third = third.unwrap_or_else(|| second.clone());
        vec![first, second, third]
    })
}

fn reply(page: &Page, last: bool) -> crate::support::Reply {
    let services: Vec<Value> = page.ids.iter().map(|id| json!({"ThingId": id})).collect();
    let token = if last { String::new() } else { page.token.to_string() };
    ok(&json!({"Things": services, "NextToken": token, "TotalCount": page.total}))
}

proptest! {
    #[test]
    fn a_list_is_whole_and_in_order_or_an_error(readings in readings()) {
        let replies = readings.iter().flat_map(|pages| {
            let last = pages.len() - 1;
            pages.iter().enumerate().map(move |(index, page)| reply(page, index == last))
        });
        let script = Script::of(replies);
        let client = client(&script);
        let outcome = block_on(client.list(&ListThings::default()));
        let ids = outcome.map(|listed| listed.items.into_iter().filter_map(|item| item.thing_id).collect::<Vec<_>>());
        prop_assert_eq!(ids.ok(), believable(&readings));
    }
}
