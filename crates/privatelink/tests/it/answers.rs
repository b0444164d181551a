//! Reading answers: the documented samples, and what may come instead.

use privatelink::*;
use serde_json::{Value, from_value, json};

#[expect(clippy::unnecessary_wraps, reason = "it stands where a field is optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_documented_answer_of_a_creation_is_read() {
    let answer = json!({"RequestId":"8D8992C1-6712-423C-BAC5-E5E817484C6B","ServiceId":"epsrv-hp3vpx8yqxblby3i****",
        "ServiceName":"com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3vpx8yqxblby3i****",
        "ServiceDomain":"epsrv-hp3vpx8yqxblby3i****.cn-huhehaote.privatelink.aliyuncs.com",
        "ServiceStatus":"Active","ServiceBusinessStatus":"Normal","ServiceDescription":"This is my EndpointService.",
        "CreateTime":"2022-01-02T19:11:12Z","ZoneAffinityEnabled":false,"AutoAcceptEnabled":false,"ServiceSupportIPv6":false,
        "ResourceGroupId":"rg-acfmy*****","AddressIpVersion":"IPv4",
        "SupportedRegionSet":[{"ServiceRegionId":"","RegionServiceStatus":"","RegionBusinessStatus":""}]});
    let expected = EndpointServiceResponse {
        request_id: text("8D8992C1-6712-423C-BAC5-E5E817484C6B"),
        service: EndpointService {
            service_id: text("epsrv-hp3vpx8yqxblby3i****"),
            service_name: text("com.aliyuncs.privatelink.cn-huhehaote.epsrv-hp3vpx8yqxblby3i****"),
            service_domain: text("epsrv-hp3vpx8yqxblby3i****.cn-huhehaote.privatelink.aliyuncs.com"),
            service_status: text("Active"),
            service_business_status: text("Normal"),
            service_description: text("This is my EndpointService."),
            create_time: text("2022-01-02T19:11:12Z"),
            zone_affinity_enabled: Some(false),
            auto_accept_enabled: Some(false),
            service_support_ipv6: Some(false),
            resource_group_id: text("rg-acfmy*****"),
            address_ip_version: text("IPv4"),
            supported_region_set: Some(vec![SupportedRegion {
                service_region_id: text(""),
                region_service_status: text(""),
                region_business_status: text(""),
                ..Default::default()
            }]),
            ..Default::default()
        },
    };
    assert_eq!(from_value::<EndpointServiceResponse>(answer).unwrap(), expected);
}

#[test]
fn the_documented_page_of_services_is_read() {
    let answer = json!({"Services":[{"ServiceId":"epsrv-1","ServiceStatus":"Active","MinBandwidth":100,"MaxBandwidth":1024,
        "ConnectBandwidth":1024,"AutoAcceptEnabled":true,"ZoneAffinityEnabled":true,"RegionId":"cn-huhehaote",
        "Payer":"Endpoint","ServiceResourceType":"slb","ServiceType":"Interface",
        "Tags":[{"Key":"FinanceDept","Value":"FinanceJoshua"}]}],
        "NextToken":"FFmyTO70tTpLG6I3FmYAXGKPd****","RequestId":"R","MaxResults":50,"TotalCount":12});
    let expected = ListVpcEndpointServicesResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("FFmyTO70tTpLG6I3FmYAXGKPd****"),
        total_count: Some(12),
        services: vec![EndpointService {
            service_id: text("epsrv-1"),
            service_status: text("Active"),
            min_bandwidth: Some(100),
            max_bandwidth: Some(1024),
            connect_bandwidth: Some(1024),
            auto_accept_enabled: Some(true),
            zone_affinity_enabled: Some(true),
            region_id: text("cn-huhehaote"),
            payer: text("Endpoint"),
            service_resource_type: text("slb"),
            service_type: text("Interface"),
            tags: vec![Tag { key: "FinanceDept".to_owned(), value: "FinanceJoshua".to_owned() }],
            ..Default::default()
        }],
    };
    let read: ListVpcEndpointServicesResponse = from_value(answer).unwrap();
    assert_eq!(read, expected);
    assert_eq!(read.services[0].tag("FinanceDept"), Some("FinanceJoshua"));
    assert_eq!(read.services[0].tag("financedept"), None);
}

#[test]
fn the_documented_page_of_load_balancers_is_read() {
    let answer = json!({"RequestId":"R","MaxResults":50,"NextToken":"T","Resources":[{"VpcId":"vpc-1",
        "VSwitchId":"vsw-1","ResourceType":"slb","ZoneId":"cn-huhehaote-b","Ip":"192.168.10.23","ResourceId":"lb-1",
        "RegionId":"cn-huhehaote","RelatedEndpointCount":10,"RelatedDeprecatedEndpointCount":9,
        "AutoAllocatedEnabled":false,"ResourceSupportIPv6":true}]});
    let expected = ListVpcEndpointServiceResourcesResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        resources: vec![ServiceResource {
            resource_id: text("lb-1"),
            resource_type: text("slb"),
            zone_id: text("cn-huhehaote-b"),
            region_id: text("cn-huhehaote"),
            vpc_id: text("vpc-1"),
            v_switch_id: text("vsw-1"),
            ip: text("192.168.10.23"),
            related_endpoint_count: Some(10),
            related_deprecated_endpoint_count: Some(9),
            auto_allocated_enabled: Some(false),
            resource_support_ipv6: Some(true),
        }],
    };
    assert_eq!(from_value::<ListVpcEndpointServiceResourcesResponse>(answer).unwrap(), expected);
}

#[test]
fn every_field_of_a_service_is_read() {
    let answer = json!({"RequestId":"R","Payer":"Endpoint","ServiceId":"epsrv-1","ServiceDescription":"text",
        "ServiceName":"com.aliyuncs.privatelink.cn-huhehaote.epsrv-1","ServiceDomain":"epsrv-1.example",
        "ServiceStatus":"Active","ServiceBusinessStatus":"Normal","CreateTime":"2020-01-02T19:11:12Z","MinBandwidth":100,
        "MaxBandwidth":1024,"ConnectBandwidth":3072,"AutoAcceptEnabled":true,"ZoneAffinityEnabled":true,
        "Zones":["cn-huhehaote-b"],"RegionId":"cn-huhehaote","ServiceType":"Interface","ServiceResourceType":"slb",
        "ServiceSupportIPv6":true,"ResourceGroupId":"rg-1","AddressIpVersion":"IPv4",
        "SupportedRegionSet":[{"SupportedRegionId":"cn-beijing","ServiceRegionId":"cn-huhehaote",
        "RegionServiceStatus":"Available","RegionBusinessStatus":"Normal"}],"Tags":[{"Key":"k","Value":"v"}]});
    let service = EndpointService {
        service_id: text("epsrv-1"),
        service_name: text("com.aliyuncs.privatelink.cn-huhehaote.epsrv-1"),
        service_domain: text("epsrv-1.example"),
        service_status: text("Active"),
        service_business_status: text("Normal"),
        service_description: text("text"),
        create_time: text("2020-01-02T19:11:12Z"),
        auto_accept_enabled: Some(true),
        zone_affinity_enabled: Some(true),
        address_ip_version: text("IPv4"),
        service_support_ipv6: Some(true),
        resource_group_id: text("rg-1"),
        supported_region_set: Some(vec![SupportedRegion {
            supported_region_id: text("cn-beijing"),
            service_region_id: text("cn-huhehaote"),
            region_service_status: text("Available"),
            region_business_status: text("Normal"),
        }]),
        payer: text("Endpoint"),
        service_resource_type: text("slb"),
        service_type: text("Interface"),
        region_id: text("cn-huhehaote"),
        connect_bandwidth: Some(3072),
        min_bandwidth: Some(100),
        max_bandwidth: Some(1024),
        zones: vec!["cn-huhehaote-b".to_owned()],
        tags: vec![Tag { key: "k".to_owned(), value: "v".to_owned() }],
    };
    assert_eq!(service.supported_region_set.as_ref().unwrap()[0].status(), RegionStatus::Available);
    let expected = EndpointServiceResponse { request_id: text("R"), service };
    assert_eq!(from_value::<EndpointServiceResponse>(answer).unwrap(), expected);
}

#[test]
fn the_documented_page_of_connections_is_read() {
    let answer = json!({"RequestId":"R","MaxResults":50,"TotalCount":"1","NextToken":"T","Connections":[{
        "ServiceId":"epsrv-1","EndpointId":"ep-1","EndpointVpcId":"vpc-1","EndpointOwnerId":1_234_567_890_123_456_i64,
        "ResourceOwner":true,"ConnectionStatus":"Disconnected","Bandwidth":1024,"ModifiedTime":"2021-09-28T10:34:46Z",
        "TrafficControlMode":"BandwidthLimit","ResourceGroupId":"rg-1","EndpointRegionId":"cn-beijing",
        "ServiceRegionId":"cn-huhehaote","Zones":[{"VSwitchId":"vsw-1","ZoneId":"cn-huhehaote-b","ResourceId":"lb-1",
        "EniId":"eni-1","ZoneDomain":"zone.example","ZoneStatus":"Migrating","ReplacedResourceId":"lb-0",
        "ReplacedEniId":"eni-0"}]}]});
    let connection = Connection {
        service_id: text("epsrv-1"),
        endpoint_id: text("ep-1"),
        endpoint_vpc_id: text("vpc-1"),
        endpoint_owner_id: text("1234567890123456"),
        connection_status: text("Disconnected"),
        bandwidth: Some(1024),
        traffic_control_mode: text("BandwidthLimit"),
        modified_time: text("2021-09-28T10:34:46Z"),
        resource_owner: Some(true),
        resource_group_id: text("rg-1"),
        endpoint_region_id: text("cn-beijing"),
        service_region_id: text("cn-huhehaote"),
        zones: vec![ConnectionZone {
            zone_id: text("cn-huhehaote-b"),
            v_switch_id: text("vsw-1"),
            eni_id: text("eni-1"),
            resource_id: text("lb-1"),
            zone_domain: text("zone.example"),
            zone_status: text("Migrating"),
            replaced_resource_id: text("lb-0"),
            replaced_eni_id: text("eni-0"),
        }],
    };
    let states = (connection.status(), connection.zones[0].status());
    assert_eq!(states, (ConnectionStatus::Disconnected, ZoneStatus::Migrating));
    let expected = ListVpcEndpointConnectionsResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        total_count: Some(1),
        connections: vec![connection],
    };
    assert_eq!(from_value::<ListVpcEndpointConnectionsResponse>(answer).unwrap(), expected);
}

#[test]
fn the_pages_of_users_and_of_tags_are_read() {
    let users = json!({"NextToken":"T","RequestId":"R","MaxResults":50,"Users":[{"UserId":12_345_678}],
        "UserARNs":[{"UserARN":"acs:ram:*::*"}],"TotalCount":"3"});
    let expected = ListVpcEndpointServiceUsersResponse {
        request_id: text("R"),
        max_results: Some(50),
        next_token: text("T"),
        total_count: Some(3),
        users: vec![ServiceUser { user_id: text("12345678"), user_arn: None }],
        user_arns: vec![ServiceUser { user_id: None, user_arn: text("acs:ram:*::*") }],
    };
    assert_eq!(from_value::<ListVpcEndpointServiceUsersResponse>(users).unwrap(), expected);
    let tags = json!({"RequestId":"R","NextToken":"T","TagResources":[{"TagKey":"endpoint","TagValue":"Joshua",
        "ResourceId":"ep-1","ResourceType":"vpcendpoint"}]});
    let tag = TagResource {
        resource_id: text("ep-1"),
        resource_type: text("vpcendpoint"),
        tag_key: text("endpoint"),
        tag_value: text("Joshua"),
    };
    let expected = ListTagResourcesResponse { request_id: text("R"), next_token: text("T"), tag_resources: vec![tag] };
    assert_eq!(from_value::<ListTagResourcesResponse>(tags).unwrap(), expected);
}

#[test]
fn every_field_may_be_missing_or_null() {
    assert_eq!(from_value::<EndpointService>(json!({})).unwrap(), EndpointService::default());
    assert_eq!(from_value::<Connection>(json!({"Zones": null, "Bandwidth": null})).unwrap(), Connection::default());
    assert_eq!(from_value::<Endpoint>(json!({"Tags": null, "EndpointId": null})).unwrap(), Endpoint::default());
}

#[test]
fn unknown_fields_are_passed_over() {
    let read: EndpointService = from_value(json!({"ServiceId": "s", "SomethingNew": {"a": [1]}})).unwrap();
    assert_eq!(read, EndpointService { service_id: text("s"), ..Default::default() });
}

#[test]
fn numbers_flags_and_texts_are_read_in_each_other_s_shape() {
    let answer = json!({"ServiceId": 7, "ConnectBandwidth": "3072", "AutoAcceptEnabled": "True",
        "ZoneAffinityEnabled": "false", "Payer": true});
    let expected = EndpointService {
        service_id: text("7"),
        connect_bandwidth: Some(3072),
        auto_accept_enabled: Some(true),
        zone_affinity_enabled: Some(false),
        payer: text("true"),
        ..Default::default()
    };
    assert_eq!(from_value::<EndpointService>(answer).unwrap(), expected);
}

#[test]
fn fields_of_another_shape_count_as_missing() {
    let answer = json!({"ServiceId": {"a": 1}, "ConnectBandwidth": [1], "AutoAcceptEnabled": "perhaps", "Payer": []});
    assert_eq!(from_value::<EndpointService>(answer).unwrap(), EndpointService::default());
}

#[test]
fn a_total_is_read_as_number_or_text_and_never_as_nonsense() {
    let total =
        |total: Value| from_value::<ListVpcEndpointServicesResponse>(json!({"TotalCount": total})).unwrap().total_count;
    let found = [json!(12), json!("12"), json!(-1), json!("many"), json!(1.5), Value::Null].map(total);
    assert_eq!(found, [Some(12), Some(12), None, None, None, None]);
}

#[test]
fn an_entry_that_cannot_be_read_is_an_error_and_never_left_out() {
    for entry in [json!("text"), json!(7), json!([]), json!(["b"]), Value::Null] {
        let answer = json!({"Services": [{"ServiceId": "a"}, entry]});
        assert!(from_value::<ListVpcEndpointServicesResponse>(answer).is_err());
    }
}

#[test]
fn a_state_that_is_new_is_neither_ready_nor_lost() {
    let status = |text| EndpointService { service_status: text, ..Default::default() }.status();
    assert_eq!(status(text("Active")), ServiceStatus::Active);
    assert_eq!(status(text("Deleting")), ServiceStatus::Deleting);
    assert_eq!(status(text("Frozen")), ServiceStatus::Unknown("Frozen".to_owned()));
    assert_eq!(status(text("active")), ServiceStatus::Active, "a known word is known in capitals or not");
    assert_eq!(status(text("Active ")), ServiceStatus::Unknown("Active ".to_owned()));
    assert_eq!(status(None), ServiceStatus::Unknown(String::new()));
    assert_eq!((ServiceStatus::Pending.as_str(), status(text("Frozen")).as_str()), ("Pending", "Frozen"));
}

/// Every word is the name of a state of its own.
macro_rules! knows {
    ($states:ident: $($word:ident)*) => {
        $(assert_eq!($states::from_wire(Some(stringify!($word))), $states::$word);
        assert_eq!($states::$word.as_str(), stringify!($word));)*
    };
}

#[test]
fn every_documented_state_is_known_by_its_word() {
    knows!(ServiceStatus: Creating Pending Active Deleting);
    knows!(BusinessStatus: Normal FinancialLocked SecurityLocked);
    knows!(ConnectionStatus: Disconnected Connecting Connected Pending Disconnecting Deleting ServiceDeleted);
    knows!(EndpointStatus: Creating Pending Active Deleting);
    knows!(ZoneStatus: Creating Wait Connecting Connected Disconnecting Disconnected Deleting Migrating Migrated);
    knows!(SecurityGroupStatus: Attaching Attached Detaching);
    knows!(RegionStatus: Pending Available Deleting Failed Closed);
}

#[test]
fn a_supported_region_has_its_name_under_either_key() {
    let region = |new: &str, old: &str| {
        let region: SupportedRegion = from_value(json!({"SupportedRegionId": new, "ServiceRegionId": old})).unwrap();
        region.region().map(ToOwned::to_owned)
    };
    assert_eq!(region("cn-beijing", ""), text("cn-beijing"));
    assert_eq!(region("", "cn-beijing"), text("cn-beijing"));
    assert_eq!(region("", ""), None);
}
