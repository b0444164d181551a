//! Tags and resource groups.

use privatelink::{
    ChangeResourceGroupRequest, GroupedType, ListTagResourcesRequest, TagFilter, TagResourcesRequest, TaggedType,
    UntagResourcesRequest,
};

use super::{DRY_RUN, ENDPOINT, SERVICE, tags, texts, token};

pub(super) fn tag() -> TagResourcesRequest {
    TagResourcesRequest {
        resource_type: TaggedType::VpcEndpointService,
        resource_ids: texts(&[SERVICE, "epsrv-bp1service0000000001"]),
        tags: tags(),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn untag() -> UntagResourcesRequest {
    UntagResourcesRequest {
        resource_type: TaggedType::VpcEndpoint,
        resource_ids: texts(&[ENDPOINT]),
        tag_keys: texts(&["stage", "ow ner"]),
        all: Some(true),
        client_token: token(),
        dry_run: DRY_RUN,
    }
}

pub(super) fn list() -> ListTagResourcesRequest {
    ListTagResourcesRequest {
        resource_type: TaggedType::VpcEndpointService,
        resource_ids: texts(&[SERVICE]),
        tags: tags().into_iter().map(TagFilter::from).collect(),
        client_token: token(),
    }
}

pub(super) fn change_group() -> ChangeResourceGroupRequest {
    ChangeResourceGroupRequest {
        resource_type: GroupedType::VpcEndpointService,
        resource_id: SERVICE.to_owned(),
        resource_group_id: "rg-acfmteam".to_owned(),
    }
}
