//! Answers to consumers, about places and about the account: every field of the reference.

use privatelink::*;
use serde_json::{Value, from_value, json};

#[expect(clippy::unnecessary_wraps, reason = "it stands where a field is optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn endpoint() -> (Value, Endpoint) {
    let answer = json!({"EndpointId":"ep-1","EndpointName":"test","EndpointDescription":"This is my Endpoint.",
        "EndpointDomain":"ep-1.epsrv-1.example","EndpointStatus":"Active","EndpointBusinessStatus":"Normal",
        "EndpointType":"Interface","ConnectionStatus":"Disconnected","Bandwidth":200,"CrossRegionBandwidth":1000,
        "CreateTime":"2022-01-02T19:11:12Z","VpcId":"vpc-1","ServiceId":"epsrv-1","ServiceName":"com.example.epsrv-1",
        "ServiceRegionId":"cn-beijing","RegionId":"cn-huhehaote","ResourceGroupId":"rg-1","AddressIpVersion":"DualStack",
        "ZoneAffinityEnabled":true,"ResourceOwner":false,"Payer":"Endpoint","ProtectedEnabled":false,
        "PolicyDocument":"{\"Version\":\"1\"}","ZonePrivateIpAddressCount":1,"Tags":[{"Key":"k","Value":""}]});
    let expected = Endpoint {
        endpoint_id: text("ep-1"),
        endpoint_name: text("test"),
        endpoint_description: text("This is my Endpoint."),
        endpoint_domain: text("ep-1.epsrv-1.example"),
        endpoint_status: text("Active"),
        endpoint_business_status: text("Normal"),
        endpoint_type: text("Interface"),
        connection_status: text("Disconnected"),
        bandwidth: Some(200),
        cross_region_bandwidth: Some(1000),
        create_time: text("2022-01-02T19:11:12Z"),
        vpc_id: text("vpc-1"),
        service_id: text("epsrv-1"),
        service_name: text("com.example.epsrv-1"),
        service_region_id: text("cn-beijing"),
        region_id: text("cn-huhehaote"),
        resource_group_id: text("rg-1"),
        address_ip_version: text("DualStack"),
        zone_affinity_enabled: Some(true),
        resource_owner: Some(false),
        payer: text("Endpoint"),
        protected_enabled: Some(false),
        policy_document: text("{\"Version\":\"1\"}"),
        zone_private_ip_address_count: Some(1),
        tags: vec![Tag { key: "k".to_owned(), value: String::new() }],
    };
    (answer, expected)
}

#[test]
fn every_field_of_an_endpoint_is_read_by_itself_and_in_a_list() {
    let (mut answer, endpoint) = endpoint();
    let states = (endpoint.status(), endpoint.business_status(), endpoint.connection());
    assert_eq!(states, (EndpointStatus::Active, BusinessStatus::Normal, ConnectionStatus::Disconnected));
    let page = json!({"RequestId":"R","MaxResults":50,"NextToken":"T","TotalCount":7,"Endpoints":[answer.clone()]});
    let expected = ListVpcEndpointsResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        total_count: Some(7),
        endpoints: vec![endpoint.clone()],
    };
    assert_eq!(from_value::<ListVpcEndpointsResponse>(page).unwrap(), expected);
    answer["RequestId"] = json!("R");
    assert_eq!(from_value::<EndpointResponse>(answer).unwrap(), EndpointResponse { request_id: text("R"), endpoint });
}

#[test]
fn every_field_of_an_endpoint_s_zone_is_read() {
    let answer = json!({"RequestId":"R","MaxResults":50,"NextToken":"T","TotalCount":1,"Zones":[{"ZoneId":"cn-beijing-b",
        "ZoneStatus":"Wait","VSwitchId":"vsw-1","EniId":"eni-1","EniIp":"192.168.1.2","ZoneIpv6Address":"2001:db8::1",
        "ZoneDomain":"ep-1-cn-beijing-b.example","RegionId":"cn-beijing"}]});
    let zone = ZoneOfEndpoint {
        zone_id: text("cn-beijing-b"),
        zone_status: text("Wait"),
        v_switch_id: text("vsw-1"),
        eni_id: text("eni-1"),
        eni_ip: text("192.168.1.2"),
        zone_ipv6_address: text("2001:db8::1"),
        zone_domain: text("ep-1-cn-beijing-b.example"),
        region_id: text("cn-beijing"),
    };
    assert_eq!(zone.status(), ZoneStatus::Wait);
    let expected = ListVpcEndpointZonesResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        total_count: Some(1),
        zones: vec![zone],
    };
    assert_eq!(from_value::<ListVpcEndpointZonesResponse>(answer).unwrap(), expected);
}

#[test]
fn every_field_of_a_security_group_is_read() {
    let answer = json!({"RequestId":"R","MaxResults":50,"NextToken":"T","TotalCount":1,
        "SecurityGroups":[{"SecurityGroupId":"sg-1","SecurityGroupStatus":"Detaching"}]});
    let group = EndpointSecurityGroup { security_group_id: text("sg-1"), security_group_status: text("Detaching") };
    assert_eq!(group.status(), SecurityGroupStatus::Detaching);
    let expected = ListVpcEndpointSecurityGroupsResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        total_count: Some(1),
        security_groups: vec![group],
    };
    assert_eq!(from_value::<ListVpcEndpointSecurityGroupsResponse>(answer).unwrap(), expected);
}

#[test]
fn every_field_of_a_service_on_offer_is_read() {
    let answer = json!({"RequestId":"R","MaxResults":50,"NextToken":"T","TotalCount":"1","Services":[{
        "ServiceId":"epsrv-1","ServiceName":"com.example.epsrv-1","ServiceDomain":"epsrv-1.example",
        "ServiceType":"Interface","ServiceResourceType":"nlb","Payer":"EndpointService","Zones":["cn-beijing-b"],
        "AddressIpVersion":"IPv4","AutoAcceptEnabled":true,"ZoneAffinityEnabled":false,"ServiceSupportIPv6":false,
        "VpcEndpointPolicySupported":true,"ResourceGroupId":"rg-1","Tags":[{"Key":"k","Value":"v"}]}]});
    let service = EndUserService {
        service_id: text("epsrv-1"),
        service_name: text("com.example.epsrv-1"),
        service_domain: text("epsrv-1.example"),
        service_type: text("Interface"),
        service_resource_type: text("nlb"),
        payer: text("EndpointService"),
        zones: vec!["cn-beijing-b".to_owned()],
        address_ip_version: text("IPv4"),
        auto_accept_enabled: Some(true),
        zone_affinity_enabled: Some(false),
        service_support_ipv6: Some(false),
        vpc_endpoint_policy_supported: Some(true),
        resource_group_id: text("rg-1"),
        tags: vec![Tag { key: "k".to_owned(), value: "v".to_owned() }],
    };
    let expected = ListVpcEndpointServicesByEndUserResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        total_count: Some(1),
        services: vec![service],
    };
    assert_eq!(from_value::<ListVpcEndpointServicesByEndUserResponse>(answer).unwrap(), expected);
}

fn hangzhou(service_resource_types: &[&str]) -> Region {
    Region {
        region_id: text("cn-hangzhou"),
        local_name: text("China (Hangzhou)"),
        region_endpoint: text("privatelink.cn-hangzhou.aliyuncs.com"),
        service_resource_types: service_resource_types.iter().map(|kind| (*kind).to_owned()).collect(),
    }
}

#[test]
fn regions_are_read_out_of_their_nest() {
    let answer = json!({"RequestId":"R","Regions":{"Region":[{"LocalName":"China (Hangzhou)",
        "RegionEndpoint":"privatelink.cn-hangzhou.aliyuncs.com","RegionId":"cn-hangzhou",
        "ServiceResourceTypes":{"ServiceResourceType":["slb","nlb"]}}]}});
    let expected = DescribeRegionsResponse { request_id: text("R"), regions: vec![hangzhou(&["slb", "nlb"])] };
    assert_eq!(from_value::<DescribeRegionsResponse>(answer).unwrap(), expected);
}

#[test]
fn the_documented_answer_about_regions_which_names_no_types_is_read() {
    let answer = json!({"RequestId":"611CB80C","Regions":{"Region":[{"LocalName":"China (Hangzhou)",
        "RegionEndpoint":"privatelink.cn-hangzhou.aliyuncs.com","RegionId":"cn-hangzhou"}]}});
    let expected = DescribeRegionsResponse { request_id: text("611CB80C"), regions: vec![hangzhou(&[])] };
    assert_eq!(from_value::<DescribeRegionsResponse>(answer).unwrap(), expected);
}

#[test]
fn zones_are_read_out_of_their_nest() {
    let answer = json!({"RequestId":"R","Zones":{"Zone":[{"ZoneId":"cn-hangzhou-b","LocalName":"Hangzhou Zone B"}]}});
    let zone = Zone { zone_id: text("cn-hangzhou-b"), local_name: text("Hangzhou Zone B") };
    let expected = DescribeZonesResponse { request_id: text("R"), zones: vec![zone] };
    assert_eq!(from_value::<DescribeZonesResponse>(answer).unwrap(), expected);
}

#[test]
fn a_nest_may_be_empty_or_missing_and_a_list_may_stand_there_without_one() {
    let zones = |zones: Value| {
        let answer: DescribeZonesResponse = from_value(json!({ "Zones": zones })).unwrap();
        answer.zones.into_iter().filter_map(|zone| zone.zone_id).collect::<Vec<String>>()
    };
    for empty in [json!(null), json!({}), json!({"Zone": null}), json!({"Zone": []}), json!([])] {
        assert_eq!(zones(empty.clone()), Vec::<String>::new(), "{empty}");
    }
    assert_eq!(zones(json!([{"ZoneId": "a"}])), ["a"]);
    assert_eq!(from_value::<DescribeZonesResponse>(json!({})).unwrap(), DescribeZonesResponse::default());
}

#[test]
fn an_entry_of_a_nest_that_cannot_be_read_is_an_error_and_never_left_out() {
    for zones in [json!({"Zone": [{"ZoneId": "a"}, 7]}), json!({"Zone": "a"}), json!("a"), json!(7)] {
        assert!(from_value::<DescribeZonesResponse>(json!({ "Zones": zones })).is_err(), "{zones}");
    }
}

#[test]
fn answers_about_the_activation_are_read() {
    let open: CheckProductOpenResponse = from_value(json!({"RequestId": "R", "Success": true})).unwrap();
    assert_eq!(open, CheckProductOpenResponse { request_id: text("R"), success: Some(true) });
    let order: OpenPrivateLinkServiceResponse = from_value(json!({"RequestId": "R", "OrderId": 2_345})).unwrap();
    assert_eq!(order, OpenPrivateLinkServiceResponse { request_id: text("R"), order_id: text("2345") });
}
