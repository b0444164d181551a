//! What typed requests put on the wire, against the provider's metadata.

use std::collections::BTreeSet;

use privatelink::*;

use crate::operations::documented;

/// Parameters that typed requests leave out on purpose: the client fills them in, or they are deprecated.
const LEFT_OUT: [&str; 4] = ["RegionId", "MaxResults", "NextToken", "ServiceSupportIPv6"];

#[expect(clippy::unnecessary_wraps, reason = "it stands where a parameter is optional")]
fn text() -> Option<String> {
    Some("x".to_owned())
}

fn texts() -> Vec<String> {
    vec!["x".to_owned()]
}

fn tags() -> Vec<Tag> {
    vec![Tag { key: "k".to_owned(), value: "v".to_owned() }]
}

/// The names before the first dot.
fn names(parameters: &[(String, String)]) -> BTreeSet<String> {
    parameters.iter().map(|(name, _)| name.split('.').next().unwrap().to_owned()).collect()
}

/// A request with every field given must have exactly the parameters that the metadata has.
fn check<R: Request>(request: &R) {
    let operation = R::OPERATION;
    let wanted: BTreeSet<String> = documented()[operation.name()]
        .parameters
        .keys()
        .filter(|name| !LEFT_OUT.contains(&name.as_str()))
        .filter(|name| operation.mutates() || name.as_str() != "ClientToken")
        .cloned()
        .collect();
    assert_eq!(names(&request.parameters()), wanted, "{operation}");
}

#[test]
fn requests_about_services_have_the_documented_parameters() {
    check(&CreateVpcEndpointServiceRequest {
        service_description: text(),
        auto_accept_enabled: Some(true),
        payer: text(),
        zone_affinity_enabled: Some(true),
        service_resource_type: text(),
        resources: vec![Resource { resource_type: text(), resource_id: text(), zone_id: text() }],
        address_ip_version: text(),
        supported_region_list: texts(),
        resource_group_id: text(),
        tags: tags(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&GetVpcEndpointServiceAttributeRequest { service_id: "x".to_owned() });
    check(&UpdateVpcEndpointServiceAttributeRequest {
        service_id: "x".to_owned(),
        service_description: text(),
        auto_accept_enabled: Some(true),
        connect_bandwidth: Some(100),
        zone_affinity_enabled: Some(true),
        address_ip_version: text(),
        add_supported_region_set: texts(),
        delete_supported_region_set: texts(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&DeleteVpcEndpointServiceRequest { service_id: "x".to_owned(), client_token: text(), dry_run: Some(true) });
    check(&ListVpcEndpointServicesRequest {
        service_id: text(),
        service_name: text(),
        resource_id: text(),
        service_resource_type: text(),
        auto_accept_enabled: Some(true),
        zone_affinity_enabled: Some(true),
        service_status: text(),
        service_business_status: text(),
        address_ip_version: text(),
        resource_group_id: text(),
        tags: tags(),
    });
}

#[test]
fn requests_about_load_balancers_have_the_documented_parameters() {
    check(&AttachResourceToVpcEndpointServiceRequest {
        service_id: "x".to_owned(),
        resource_type: "nlb".to_owned(),
        resource_id: "x".to_owned(),
        zone_id: text(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&DetachResourceFromVpcEndpointServiceRequest {
        service_id: "x".to_owned(),
        resource_type: text(),
        resource_id: "x".to_owned(),
        zone_id: text(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&UpdateVpcEndpointServiceResourceAttributeRequest {
        service_id: "x".to_owned(),
        resource_id: "x".to_owned(),
        zone_id: text(),
        auto_allocated_enabled: true,
        client_token: text(),
        dry_run: Some(true),
    });
    check(&ListVpcEndpointServiceResourcesRequest { service_id: "x".to_owned() });
}

#[test]
fn requests_about_users_have_the_documented_parameters() {
    check(&AddUserToVpcEndpointServiceRequest {
        service_id: "x".to_owned(),
        user_id: text(),
        user_arn: text(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&RemoveUserFromVpcEndpointServiceRequest {
        service_id: "x".to_owned(),
        user_id: text(),
        user_arn: text(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&ListVpcEndpointServiceUsersRequest {
        service_id: "x".to_owned(),
        user_id: text(),
        user_list_type: UserListType::UserArns,
    });
}

#[test]
fn requests_about_connections_have_the_documented_parameters() {
    check(&EnableVpcEndpointConnectionRequest {
        service_id: "x".to_owned(),
        endpoint_id: "x".to_owned(),
        bandwidth: Some(100),
        traffic_control_mode: text(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&DisableVpcEndpointConnectionRequest {
        service_id: "x".to_owned(),
        endpoint_id: "x".to_owned(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&UpdateVpcEndpointConnectionAttributeRequest {
        service_id: "x".to_owned(),
        endpoint_id: "x".to_owned(),
        bandwidth: Some(100),
        traffic_control_mode: text(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&ListVpcEndpointConnectionsRequest {
        service_id: text(),
        endpoint_id: text(),
        endpoint_owner_id: text(),
        eni_id: text(),
        resource_id: text(),
        replaced_resource_id: text(),
        resource_group_id: text(),
        connection_status: text(),
    });
}

#[test]
fn requests_about_tags_and_groups_have_the_documented_parameters() {
    check(&TagResourcesRequest {
        resource_type: TaggedType::VpcEndpointService,
        resource_ids: texts(),
        tags: tags(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&UntagResourcesRequest {
        resource_type: TaggedType::VpcEndpointService,
        resource_ids: texts(),
        tag_keys: texts(),
        all: Some(true),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&ListTagResourcesRequest { resource_type: TaggedType::VpcEndpoint, resource_ids: texts(), tags: tags() });
    check(&ChangeResourceGroupRequest {
        resource_type: GroupedType::VpcEndpointService,
        resource_id: "x".to_owned(),
        resource_group_id: "x".to_owned(),
    });
}

#[test]
fn requests_about_endpoints_have_the_documented_parameters() {
    check(&CreateVpcEndpointRequest {
        vpc_id: "x".to_owned(),
        service_id: text(),
        service_name: text(),
        service_region_id: text(),
        endpoint_type: text(),
        endpoint_name: text(),
        endpoint_description: text(),
        zones: vec![EndpointZone { zone_id: text(), v_switch_id: text(), ip: text(), ipv6_address: text() }],
        security_group_ids: texts(),
        zone_private_ip_address_count: Some(1),
        protected_enabled: Some(false),
        address_ip_version: text(),
        zone_affinity_enabled: Some(true),
        cross_region_bandwidth: Some(100),
        policy_document: text(),
        resource_group_id: text(),
        tags: tags(),
        client_token: text(),
        dry_run: Some(true),
    });
    check(&GetVpcEndpointAttributeRequest { endpoint_id: "x".to_owned() });
    check(&DeleteVpcEndpointRequest { endpoint_id: "x".to_owned(), client_token: text(), dry_run: Some(true) });
    check(&ListVpcEndpointsRequest {
        endpoint_id: text(),
        endpoint_name: text(),
        endpoint_type: text(),
        endpoint_status: text(),
        connection_status: text(),
        service_name: text(),
        service_region_id: text(),
        vpc_id: text(),
        resource_group_id: text(),
        address_ip_version: text(),
        tags: tags(),
    });
}

#[test]
fn a_creation_is_flattened_as_the_provider_s_sdk_flattens_it() {
    let nlb = |zone: &str| Resource {
        resource_type: Some("nlb".to_owned()),
        resource_id: Some("nlb-aaa".to_owned()),
        zone_id: Some(zone.to_owned()),
    };
    let request = CreateVpcEndpointServiceRequest {
        client_token: Some("tok-1".to_owned()),
        service_resource_type: Some("nlb".to_owned()),
        auto_accept_enabled: Some(false),
        resources: vec![nlb("cn-hangzhou-i"), nlb("cn-hangzhou-j")],
        tags: vec![Tag { key: "env".to_owned(), value: "prod".to_owned() }],
        ..Default::default()
    };
    let expected = "AutoAcceptEnabled=false&ClientToken=tok-1&Resource.1.ResourceId=nlb-aaa&Resource.1.ResourceType=nlb\
                    &Resource.1.ZoneId=cn-hangzhou-i&Resource.2.ResourceId=nlb-aaa&Resource.2.ResourceType=nlb\
                    &Resource.2.ZoneId=cn-hangzhou-j&ServiceResourceType=nlb&Tag.1.Key=env&Tag.1.Value=prod";
    assert_eq!(sign::canonical_query(&request.parameters()), expected);
}

#[test]
fn nested_names_with_strange_case_are_spelled_as_the_provider_spells_them() {
    let zone = EndpointZone { zone_id: text(), v_switch_id: text(), ip: text(), ipv6_address: text() };
    let request = CreateVpcEndpointRequest { vpc_id: "v".to_owned(), zones: vec![zone], ..Default::default() };
    let names: Vec<String> = request.parameters().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["VpcId", "Zone.1.Ipv6Address", "Zone.1.VSwitchId", "Zone.1.ZoneId", "Zone.1.ip"]);
}

#[test]
fn an_empty_description_is_sent_and_a_missing_one_is_not() {
    let with = |service_description: Option<&str>| UpdateVpcEndpointServiceAttributeRequest {
        service_id: "s".to_owned(),
        service_description: service_description.map(ToOwned::to_owned),
        ..Default::default()
    };
    assert_eq!(sign::canonical_query(&with(Some("")).parameters()), "ServiceDescription=&ServiceId=s");
    assert_eq!(sign::canonical_query(&with(None).parameters()), "ServiceId=s");
}

#[test]
fn tags_name_the_type_in_lower_case_and_groups_in_pascal_case() {
    let type_of =
        |parameters: Vec<(String, String)>| parameters.into_iter().find(|(name, _)| name == "ResourceType").unwrap().1;
    let found = [
        type_of(TagResourcesRequest::default().parameters()),
        type_of(ListTagResourcesRequest { resource_type: TaggedType::VpcEndpoint, ..Default::default() }.parameters()),
        type_of(ChangeResourceGroupRequest::default().parameters()),
    ];
    assert_eq!(found, ["vpcendpointservice", "vpcendpoint", "VpcEndpointService"]);
}
