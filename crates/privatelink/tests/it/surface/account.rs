//! Tags, resource groups, places and the activation.

use privatelink::*;

use super::{Method, account, table, tags, text, texts};

pub(super) fn methods() -> Vec<Method> {
    let mut methods = tags_and_groups();
    methods.extend(places_and_product());
    methods
}

fn tags_and_groups() -> Vec<Method> {
    table![
        writer.tag_resources(TagResourcesRequest {
            resource_type: TaggedType::VpcEndpointService,
            resource_ids: texts(),
            tags: tags(),
            client_token: text(),
            dry_run: Some(true),
        }),
        writer.untag_resources(UntagResourcesRequest {
            resource_type: TaggedType::VpcEndpointService,
            resource_ids: texts(),
            tag_keys: texts(),
            all: Some(true),
            client_token: text(),
            dry_run: Some(true),
        }),
        reader.list_tag_resources(ListTagResourcesRequest {
            resource_type: TaggedType::VpcEndpoint,
            resource_ids: texts(),
            tags: vec![TagFilter { key: "k".to_owned(), value: text() }],
            client_token: text(),
        }),
        writer.change_resource_group(ChangeResourceGroupRequest {
            resource_type: GroupedType::VpcEndpointService,
            resource_id: "x".to_owned(),
            resource_group_id: "x".to_owned(),
        }),
    ]
}

fn places_and_product() -> Vec<Method> {
    table![
        reader.describe_regions(DescribeRegionsRequest { region_id: text(), service_resource_type: text() }),
        reader.describe_zones(DescribeZonesRequest {
            service_resource_type: text(),
            cross_region: Some(true),
            cross_region_side: text(),
        }),
        reader.check_product_open(CheckProductOpenRequest {}),
        writer.open_private_link_service(OpenPrivateLinkServiceRequest { owner_id: account() }),
    ]
}
