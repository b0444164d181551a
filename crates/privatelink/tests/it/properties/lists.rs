//! Lists in pages of any kind.

use std::collections::BTreeSet;

use privatelink::ListVpcEndpointServicesRequest;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::block_on;
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

/// The whole list, or nothing when its pages cannot be believed. The last page's token is none.
fn believable(pages: &[Page]) -> Option<Vec<String>> {
    let (last, before) = pages.split_last()?;
    let ids: Vec<u8> = pages.iter().flat_map(|page| page.ids.clone()).collect();
    let once = |numbers: Vec<u8>| numbers.iter().collect::<BTreeSet<_>>().len() == numbers.len();
    let complete = last.total.is_none_or(|total| total <= ids.len() as u64);
    let sound = once(ids.clone()) && once(before.iter().map(|page| page.token).collect()) && complete;
    sound.then(|| ids.iter().map(u8::to_string).collect())
}

fn reply(page: &Page, last: bool) -> crate::support::Reply {
    let services: Vec<Value> = page.ids.iter().map(|id| json!({"ServiceId": id})).collect();
    let token = if last { String::new() } else { page.token.to_string() };
    ok(&json!({"Services": services, "NextToken": token, "TotalCount": page.total}))
}

proptest! {
    #[test]
    fn a_list_is_whole_and_in_order_or_an_error(pages in prop::collection::vec(page(), 1..6)) {
        let last = pages.len() - 1;
        let script = Script::of(pages.iter().enumerate().map(|(index, page)| reply(page, index == last)));
        let reader = client(&script).reader();
        let outcome = block_on(reader.list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()));
        let ids = outcome.map(|listed| listed.items.into_iter().filter_map(|item| item.service_id).collect::<Vec<_>>());
        prop_assert_eq!(ids.ok(), believable(&pages));
    }
}
