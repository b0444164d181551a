//! Tags and resource groups.

use cloud_core::lenient::{list, text};
use cloud_core::{List, Page};
use serde::{Deserialize, Serialize};

use super::Acknowledged;
use crate::request::request;

/// A tag. Keys: 1 to 64 characters, not beginning with `aliyun` or `acs:`. Values: 0 to 128 characters. Neither may hold
/// `http://` or `https://`. At most 20 on an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct Tag {
    /// The key, compared with case.
    #[serde(deserialize_with = "present")]
    pub key: String,
    /// The value; may be empty.
    #[serde(deserialize_with = "present")]
    pub value: String,
}

/// A text, empty when it is absent.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(text(deserializer)?.unwrap_or_default())
}

/// What the tag operations call the kinds of objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum TaggedType {
    /// An endpoint service.
    #[default]
    #[serde(rename = "vpcendpointservice")]
    VpcEndpointService,
    /// An endpoint.
    #[serde(rename = "vpcendpoint")]
    VpcEndpoint,
}

/// What `ChangeResourceGroup` calls the kinds of objects. The provider's default is the endpoint, so it is always sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum GroupedType {
    /// An endpoint service.
    #[default]
    VpcEndpointService,
    /// An endpoint.
    VpcEndpoint,
}

/// The parameters of `TagResources`. A key that is there already gets the new value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagResourcesRequest {
    /// What the ids are.
    pub resource_type: TaggedType,
    /// 1 to 50 ids.
    #[serde(rename = "ResourceId")]
    pub resource_ids: Vec<String>,
    /// 1 to 20 tags.
    #[serde(rename = "Tag")]
    pub tags: Vec<Tag>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(TagResourcesRequest => TagResources, Acknowledged);

/// The parameters of `UntagResources`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct UntagResourcesRequest {
    /// What the ids are.
    pub resource_type: TaggedType,
    /// 1 to 50 ids.
    #[serde(rename = "ResourceId")]
    pub resource_ids: Vec<String>,
    /// The keys to take off, at most 20.
    #[serde(rename = "TagKey")]
    pub tag_keys: Vec<String>,
    /// Take off all tags; ignored by the provider when keys are given.
    pub all: Option<bool>,
    /// A fresh one is filled in when it is left out.
    pub client_token: Option<String>,
    /// Check only.
    pub dry_run: Option<bool>,
}

request!(UntagResourcesRequest => UntagResources, Acknowledged);

/// A tag to look for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct TagFilter {
    /// The key, compared with case.
    pub key: String,
    /// The value; any without it.
    pub value: Option<String>,
}

impl From<Tag> for TagFilter {
    fn from(tag: Tag) -> Self {
        Self { key: tag.key, value: Some(tag.value) }
    }
}

/// The parameters of `ListTagResources`. At least one of the two lists must have an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListTagResourcesRequest {
    /// What is asked about.
    pub resource_type: TaggedType,
    /// Tags of these objects, at most 50.
    #[serde(rename = "ResourceId")]
    pub resource_ids: Vec<String>,
    /// Objects that carry all of these tags, at most 20.
    #[serde(rename = "Tag")]
    pub tags: Vec<TagFilter>,
    /// Has no effect, so the client fills none in.
    pub client_token: Option<String>,
}

request!(ListTagResourcesRequest => ListTagResources, ListTagResourcesResponse);

impl List for ListTagResourcesRequest {
    type Item = TagResource;
    const MAX_RESULTS: Option<u32> = None;

    fn page(&self, answer: Self::Answer) -> Page<Self::Item> {
        Page { items: answer.tag_resources, next_token: answer.next_token, total_count: None }
    }

    fn identity(item: &Self::Item) -> Option<String> {
        let id = item.resource_id.as_deref()?;
        Some(format!("tag {} of {id}", item.tag_key.as_deref().unwrap_or_default()))
    }
}

/// One page of `ListTagResources`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct ListTagResourcesResponse {
    /// The provider's id of the request.
    #[serde(deserialize_with = "text")]
    pub request_id: Option<String>,
    /// Where the next page begins.
    #[serde(deserialize_with = "text")]
    pub next_token: Option<String>,
    /// One entry for each tag of each object.
    #[serde(deserialize_with = "list")]
    pub tag_resources: Vec<TagResource>,
}

/// One tag of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub struct TagResource {
    /// The object.
    #[serde(deserialize_with = "text")]
    pub resource_id: Option<String>,
    /// What it is, in lower case.
    #[serde(deserialize_with = "text")]
    pub resource_type: Option<String>,
    /// The key.
    #[serde(deserialize_with = "text")]
    pub tag_key: Option<String>,
    /// The value.
    #[serde(deserialize_with = "text")]
    pub tag_value: Option<String>,
}

/// The parameters of `ChangeResourceGroup`. It has neither `RegionId`, `ClientToken` nor `DryRun`; setting the group it is
/// in already does no harm.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ChangeResourceGroupRequest {
    /// What the id is.
    pub resource_type: GroupedType,
    /// One id.
    pub resource_id: String,
    /// The group to move it to, `rg-…`.
    pub resource_group_id: String,
}

request!(ChangeResourceGroupRequest => ChangeResourceGroup, Acknowledged);
