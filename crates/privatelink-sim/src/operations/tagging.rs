//! What a tag may be: rules of the API reference for keys and values.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::StoredText;
use crate::error::Refusal;
use crate::wire::params::Item;

const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 128;

/// The tags of a call, checked one by one and against one another.
pub(super) fn read(items: &[Item]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut tags = BTreeMap::new();
    for item in items {
        let key = item.get("Key").filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Refusal::of("MissingTagKeyParam"))?;
        let value = item.get("Value").ok_or_else(|| Refusal::of("MissingTagValueParam"))?;
        check_key(key)?;
        check_value(value)?;
        if tags.insert(key.clone(), value.clone()).is_some() {
            return Err(Refusal::of("DuplicatedTagKey"));
        }
    }
    Ok(tags)
}

/// The tags as they are kept.
pub(super) fn stored(tags: BTreeMap<String, String>, kept: StoredText) -> BTreeMap<String, String> {
    tags.into_iter().map(|(key, value)| (key, kept.keep(&value).unwrap_or_default())).collect()
}

/// A tag filter: a key alone is allowed, a value alone is not, several are combined with AND.
pub(super) fn read_filter(items: &[Item]) -> Result<Vec<(String, Option<String>)>, Refusal> {
    let mut seen = BTreeSet::new();
    let mut filter = Vec::new();
    for item in items {
        let key = item.get("Key").filter(|key| !key.is_empty());
        let key = key.ok_or_else(|| Refusal::of("MissingTagKeyParam"))?;
        check_key(key)?;
        if !seen.insert(key) {
            return Err(Refusal::of("DuplicatedTagKey"));
        }
        filter.push((key.clone(), item.get("Value").cloned()));
    }
    Ok(filter)
}

/// Whether tags pass a filter.
pub(super) fn pass(tags: &BTreeMap<String, String>, filter: &[(String, Option<String>)]) -> bool {
    filter
        .iter()
        .all(|(key, wanted)| tags.get(key).is_some_and(|value| wanted.as_ref().is_none_or(|wanted| wanted == value)))
}

/// Keys to remove: well-formed, none twice.
pub(super) fn read_keys(keys: &[&str]) -> Result<Vec<String>, Refusal> {
    let distinct: BTreeSet<&str> = keys.iter().copied().collect();
    if distinct.len() < keys.len() {
        return Err(Refusal::of("DuplicatedTagKey"));
    }
    keys.iter().map(|key| check_key(key).map(|()| (*key).to_owned())).collect()
}

/// More tags than a thing may have.
pub(super) fn too_many() -> Refusal {
    Refusal::of("QuotaExceed.TagsPerResource")
}

fn check_key(key: &str) -> Result<(), Refusal> {
    let fits = (1..=LONGEST_KEY).contains(&key.chars().count());
    if fits && is_free(key) { Ok(()) } else { Err(Refusal::of("IllegalTagKeyParam")) }
}

fn check_value(value: &str) -> Result<(), Refusal> {
    let fits = value.chars().count() <= LONGEST_VALUE;
    if fits && is_free(value) { Ok(()) } else { Err(Refusal::of("IllegalTagValueParam")) }
}

fn is_free(text: &str) -> bool {
    let reserved = ["aliyun", "acs:"].iter().any(|prefix| text.starts_with(prefix));
    !reserved && !text.contains("http://") && !text.contains("https://")
}

#[cfg(test)]
mod tests {
    use super::{Item, read, read_filter};

    fn item(key: Option<&str>, value: Option<&str>) -> Item {
        let field = |name: &str, text: Option<&str>| text.map(|text| (name.to_owned(), text.to_owned()));
        field("Key", key).into_iter().chain(field("Value", value)).collect()
    }

    #[test]
    fn each_rule_has_its_code() {
        let long = |n: usize| "x".repeat(n);
        let cases = [
            (vec![item(Some("env"), Some("")), item(Some(&long(64)), Some(&long(128)))], "good"),
            (vec![item(None, Some("v"))], "MissingTagKeyParam"),
            (vec![item(Some(""), Some("v"))], "MissingTagKeyParam"),
            (vec![item(Some("k"), None)], "MissingTagValueParam"),
            (vec![item(Some("aliyunx"), Some("v"))], "IllegalTagKeyParam"),
            (vec![item(Some("acs:x"), Some("v"))], "IllegalTagKeyParam"),
            (vec![item(Some("a-http://b"), Some("v"))], "IllegalTagKeyParam"),
            (vec![item(Some(&long(65)), Some("v"))], "IllegalTagKeyParam"),
            (vec![item(Some("k"), Some("https://x"))], "IllegalTagValueParam"),
            (vec![item(Some("k"), Some(&long(129)))], "IllegalTagValueParam"),
            (vec![item(Some("k"), Some("1")), item(Some("k"), Some("2"))], "DuplicatedTagKey"),
        ];
        for (items, expected) in cases {
            let code = read(&items).map_or_else(|refusal| refusal.code, |_| "good".into());
            assert_eq!(code, expected, "{items:?}");
        }
    }

    #[test]
    fn a_filter_may_name_a_key_alone_but_no_value_alone() {
        assert_eq!(read_filter(&[item(Some("k"), None)]).unwrap(), [("k".to_owned(), None)]);
        assert_eq!(read_filter(&[item(None, Some("v"))]).unwrap_err().code, "MissingTagKeyParam");
    }
}
