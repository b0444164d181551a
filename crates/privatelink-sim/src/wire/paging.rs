//! Pages of a list and the opaque tokens between them.

use sha2::{Digest, Sha256};

/// Where a page begins: behind the element with this position.
///
/// Positions are numbers that never change and only grow, so that a page boundary stays put while things come and go.
pub(crate) type After = u64;

/// One page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// Where the next one begins; none after the last.
    pub(crate) next: Option<After>,
    pub(crate) total: usize,
}

/// A page that goes wrong on order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageFault {
    /// The token leads past the next page.
    Lost,
    /// The token leads to the same page again.
    Repeated,
}

/// Cuts `size` elements behind `after` out of all, which must be sorted by position.
pub(crate) fn cut<T>(all: Vec<(u64, T)>, after: After, size: usize, fault: Option<PageFault>) -> Page<T> {
    let (total, size) = (all.len(), size.max(1));
    let left: Vec<(u64, T)> = all.into_iter().filter(|(position, _)| *position > after).collect();
    let last_of = |pages: usize| left.get(pages * size - 1).map(|(position, _)| *position);
    let behind = |pages: usize| last_of(pages).filter(|_| left.len() > pages * size);
    let next = match fault {
        None => behind(1),
        Some(PageFault::Lost) => behind(2),
        Some(PageFault::Repeated) => Some(after),
    };
    Page { items: left.into_iter().take(size).map(|(_, item)| item).collect(), next, total }
}

/// A token of 32 hex digits that says nothing to the client: the position under a mask, and a check.
pub(crate) fn seal(key: u64, operation: &str, after: After) -> String {
    format!("{:016x}{:016x}", after ^ key, check(key, operation, after))
}

/// The position in a token that [`seal`] made for the same operation.
pub(crate) fn open(key: u64, operation: &str, token: &str) -> Option<After> {
    if token.len() != 32 || !token.is_ascii() {
        return None;
    }
    let (masked, sum) = token.split_at(16);
    let after = u64::from_str_radix(masked, 16).ok()? ^ key;
    (u64::from_str_radix(sum, 16).ok()? == check(key, operation, after)).then_some(after)
}

fn check(key: u64, operation: &str, after: After) -> u64 {
    let digest = Sha256::digest(format!("{key}|{operation}|{after}"));
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Page, PageFault, cut, open, seal};

    fn five() -> Vec<(u64, char)> {
        [10, 20, 30, 40, 50].into_iter().zip('a'..).collect()
    }

    #[test]
    fn pages_follow_one_another_to_the_end() {
        assert_eq!(cut(five(), 0, 2, None), Page { items: vec!['a', 'b'], next: Some(20), total: 5 });
        assert_eq!(cut(five(), 20, 2, None), Page { items: vec!['c', 'd'], next: Some(40), total: 5 });
        assert_eq!(cut(five(), 40, 2, None), Page { items: vec!['e'], next: None, total: 5 });
        assert_eq!(cut(five(), 0, 5, None), Page { items: vec!['a', 'b', 'c', 'd', 'e'], next: None, total: 5 });
        assert_eq!(cut(Vec::<(u64, char)>::new(), 0, 5, None), Page { items: vec![], next: None, total: 0 });
    }

    #[test]
    fn a_lost_page_is_skipped_and_a_repeated_one_comes_again() {
        assert_eq!(cut(five(), 0, 2, Some(PageFault::Lost)).next, Some(40));
        assert_eq!(cut(five(), 20, 2, Some(PageFault::Lost)).next, None);
        assert_eq!(cut(five(), 20, 2, Some(PageFault::Repeated)).next, Some(20));
    }

    #[test]
    fn a_token_opens_only_for_its_operation_and_only_whole() {
        let token = seal(7, "ListA", 42);
        assert_eq!(open(7, "ListA", &token), Some(42));
        assert_eq!(open(7, "ListB", &token), None);
        assert_eq!(open(8, "ListA", &token), None);
        assert_eq!(open(7, "ListA", &token[1..]), None);
        assert_eq!(open(7, "ListA", "日本日本日本日本日本日本日本日本"), None);
    }
}
