//! What the objects are called. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::cloud::services::{Field, Service, Value};

/// The most that is taken of a description: what is longer nobody types, and something may have to go behind it.
const WORDS: usize = 40;

/// A name for each service, by its id: unlike every other, and unlike those that are taken. Which services are asked for makes no difference.
pub(super) fn names(services: &[Service], taken: &BTreeSet<String>) -> BTreeMap<String, String> {
    let words: Vec<(&str, Option<String>)> = services.iter().map(|service| (&*service.id, words(service))).collect();
    let mut used = taken.clone();
    let mut names = BTreeMap::new();
    for (id, own) in &words {
        let is_alone = words.iter().filter(|(_, other)| other == own).count() == 1;
        let name = candidates(id, own.as_deref(), is_alone).find(|name| !used.contains(name)).unwrap_or_default();
        used.insert(name.clone());
        names.insert((*id).to_owned(), name);
    }
    names
}

/// The description, where no other has it; the same with the end of the id; the id; the id with a number.
fn candidates(id: &str, words: Option<&str>, is_alone: bool) -> impl Iterator<Item = String> {
    let end = id.strip_prefix("epsrv-").unwrap_or(id);
    let alone = words.filter(|_| is_alone).map(str::to_owned);
    let together = words.map(|words| format!("{words}-{end}")).filter(|name| name.len() <= 63);
    let numbered = (2..).map({
        let id = id.to_owned();
        move |number: u32| format!("{id}-{number}")
    });
    alone.into_iter().chain(together).chain([id.to_owned()]).chain(numbered)
}

/// The description in the letters of a name. `None`: nothing of it is left.
fn words(service: &Service) -> Option<String> {
    let description = service.attributes.get(&Field::Description).and_then(Value::as_text)?;
    let letters = description.to_lowercase();
    let words = letters.split(|letter: char| !letter.is_ascii_lowercase() && !letter.is_ascii_digit());
    let mut name = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-");
    name.truncate(WORDS);
    let name = name.trim_end_matches('-');
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::described::fixtures::service;
    use super::*;

    fn named(services: &[(&str, &str)], taken: &[&str]) -> Vec<String> {
        let services: Vec<_> = services
            .iter()
            .map(|(id, description)| {
                let service = service(id);
                let attributes = service.attributes.clone().with(Field::Description, *description);
                Service { attributes, ..service }
            })
            .collect();
        let names = names(&services, &taken.iter().map(|name| (*name).to_owned()).collect());
        services.iter().map(|service| names[&service.id].clone()).collect()
    }

    #[test]
    fn a_name_comes_from_the_description_and_else_from_the_id() {
        let long = "a very long description ".repeat(4);
        let services = [
            ("epsrv-1", "Orders of all shops"),
            ("epsrv-2", ""),
            ("epsrv-3", "订单"),
            ("epsrv-4", &*long),
            ("epsrv-5", "-- 9 Lives!"),
        ];
        let expected =
            ["orders-of-all-shops", "epsrv-2", "epsrv-3", "a-very-long-description-a-very-long-desc", "9-lives"];
        assert_eq!(named(&services, &[]), expected);
    }

    #[test]
    fn no_two_services_have_one_name_and_none_has_one_that_is_taken() {
        let services = [("epsrv-1", "orders"), ("epsrv-2", "Orders"), ("epsrv-3", "billing"), ("epsrv-4", "")];
        let expected = ["orders-1", "orders-2", "billing", "epsrv-4"];
        assert_eq!(named(&services, &[]), expected);
        let taken = ["billing", "orders-1", "epsrv-4", "epsrv-1"];
        assert_eq!(named(&services, &taken), ["epsrv-1-2", "orders-2", "billing-3", "epsrv-4-2"]);
    }
}
