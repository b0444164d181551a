//! Tags of services and endpoints.

use std::collections::BTreeMap;

use privatelink::Operation;
use serde_json::{Value, json};

use super::{Spec, tagging, view};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, may, need, own};

/// Documented in lower case, sent in Pascal case by others: compared without case.
const TYPES: &[&str] = &["vpcendpoint", "vpcendpointservice"];
const SERVICE: &str = "vpcendpointservice";
/// There is no `MaxResults`; the page size of the other lists is a guess.
const TAG_KEYS: usize = 20;
const RESOURCE_IDS: usize = 50;

pub(super) const TABLE: &[Spec] = &[
    Spec::of(Operation::TagResources, tag).takes(&[
        need("ResourceType", Kind::AnyCase(TYPES)),
        need("ResourceId", Kind::Texts(RESOURCE_IDS)),
        own("Tag", Kind::Items),
    ]),
    Spec::of(Operation::UntagResources, untag).takes(&[
        need("ResourceType", Kind::AnyCase(TYPES)),
        need("ResourceId", Kind::Texts(RESOURCE_IDS)),
        may("TagKey", Kind::Texts(TAG_KEYS)),
        may("All", Kind::Flag),
    ]),
    Spec::of(Operation::ListTagResources, list).takes(&[
        need("ResourceType", Kind::AnyCase(TYPES)),
        may("ResourceId", Kind::Texts(RESOURCE_IDS)),
        may("Tag", Kind::Items),
        may("NextToken", Kind::Text),
        may("ClientToken", Kind::Text),
    ]),
];

type Tags = BTreeMap<String, String>;

/// Adds tags; one that exists gets the new value. All of the things, or none.
fn tag(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let items = visit.params.items("Tag");
    if items.is_empty() {
        return Err(Refusal::of("MissingTagKeyParam"));
    }
    let added = tagging::stored(tagging::read(&items)?, visit.config.guesses.tag_values);
    let mut changes = Vec::new();
    for id in visit.params.texts("ResourceId") {
        let mut tags = tags_of(visit, id).ok_or_else(|| Refusal::of("InvalidResourceId.NotFound"))?.clone();
        tags.extend(added.clone());
        if tags.len() > visit.config.quotas.tags {
            return Err(tagging::too_many());
        }
        changes.push((id.to_owned(), tags));
    }
    apply(visit, changes)
}

/// Takes tags off: those named, else all of them where `All` is given.
fn untag(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let keys = tagging::read_keys(&visit.params.texts("TagKey"))?;
    let all = keys.is_empty() && visit.params.flag("All") == Some(true);
    let mut changes = Vec::new();
    let mut found = false;
    for id in visit.params.texts("ResourceId") {
        let old = tags_of(visit, id).ok_or_else(|| Refusal::of("InvalidResourceId.NotFound"))?;
        let mut tags = old.clone();
        tags.retain(|key, _| !all && !keys.contains(key));
        found |= tags.len() < old.len();
        changes.push((id.to_owned(), tags));
    }
    if !found {
        return Err(Refusal::of("TagInfoNotExist"));
    }
    apply(visit, changes)
}

fn apply(visit: &mut Visit<'_>, changes: Vec<(String, Tags)>) -> Result<Fields, Refusal> {
    visit.commit()?;
    let is_service = is_service(visit);
    for (id, tags) in changes {
        if is_service {
            visit.world.change_service(visit.now, &id, |service| service.tags = tags);
        } else {
            visit.world.change_endpoint(visit.now, &id, |endpoint| endpoint.tags = tags);
        }
    }
    Ok(view::nothing())
}

fn is_service(visit: &Visit<'_>) -> bool {
    visit.params.required("ResourceType").eq_ignore_ascii_case(SERVICE)
}

/// The tags of the caller's thing of the type asked for.
fn tags_of<'a>(visit: &'a Visit<'_>, id: &str) -> Option<&'a Tags> {
    let (account, region, tags) = if is_service(visit) {
        visit.world.service(id).map(|service| (&service.account, &service.region, &service.tags))?
    } else {
        visit.world.endpoint(id).map(|endpoint| (&endpoint.account, &endpoint.region, &endpoint.tags))?
    };
    (*account == visit.caller.account && region == visit.region).then_some(tags)
}

/// One entry a tag, by things named, by tags, or by both.
fn list(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let (ids, items) = (visit.params.texts("ResourceId"), visit.params.items("Tag"));
    if ids.is_empty() && items.is_empty() {
        return Err(Refusal::of("MissingResourceIdOrTagParam"));
    }
    let filter = tagging::read_filter(&items)?;
    let things = things(visit)
        .into_iter()
        .filter(|(_, id, tags)| (ids.is_empty() || ids.contains(&id.as_str())) && tagging::pass(tags, &filter));
    let kind = visit.params.required("ResourceType").to_ascii_lowercase();
    let mut all: Vec<(u64, Value)> = Vec::new();
    for (number, id, tags) in things {
        // A position for each tag, also when another thing gets tags in between.
        for (place, (key, value)) in (0..).zip(&tags) {
            let entry = json!({ "ResourceId": id, "ResourceType": kind, "TagKey": key, "TagValue": value });
            all.push((number * 64 + place, entry));
        }
    }
    let page = visit.page(all)?;
    let mut fields = page.fields;
    fields.insert("TagResources".to_owned(), page.items.into());
    Ok(fields)
}

fn things(visit: &Visit<'_>) -> Vec<(u64, String, Tags)> {
    let (time, account) = (visit.as_of(), &visit.caller.account);
    if is_service(visit) {
        let services = visit.world.services_at(time, account, visit.region).into_iter();
        return services.map(|service| (service.number, service.id.clone(), visit.tags_shown(service))).collect();
    }
    let endpoints = visit.world.endpoints_at(time).into_iter();
    let own = endpoints.filter(|endpoint| endpoint.account == *account && endpoint.region == visit.region);
    own.map(|endpoint| (endpoint.number, endpoint.id.clone(), endpoint.tags.clone())).collect()
}
