use privatelink::{EndpointService, ServiceResource, ServiceStatus, ServiceUser, Tag};

use super::*;
use crate::cloud::services::{Field, Value};

#[expect(clippy::unnecessary_wraps, reason = "the fields of an answer are optional")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn an_entry_of_a_list_becomes_a_service_field_by_field() {
    let entry = EndpointService {
        service_id: text("epsrv-1"),
        service_name: text("com.aliyuncs.privatelink.cn-hangzhou.epsrv-1"),
        service_domain: text("epsrv-1.cn-hangzhou.privatelink.aliyuncs.com"),
        service_status: text("Pending"),
        service_business_status: text("Normal"),
        service_description: text("web"),
        create_time: text("2026-01-02T03:04:05Z"),
        auto_accept_enabled: Some(true),
        zone_affinity_enabled: Some(false),
        address_ip_version: text("IPv4"),
        resource_group_id: text("rg-1"),
        payer: text("Endpoint"),
        service_resource_type: text("slb"),
        connect_bandwidth: Some(3072),
        tags: vec![Tag { key: "env".to_owned(), value: "test".to_owned() }],
        ..EndpointService::default()
    };
    let expected = Service {
        id: "epsrv-1".to_owned(),
        name: text("com.aliyuncs.privatelink.cn-hangzhou.epsrv-1"),
        domain: text("epsrv-1.cn-hangzhou.privatelink.aliyuncs.com"),
        status: ServiceStatus::Pending,
        business_status: text("Normal"),
        resource_type: text("slb"),
        payer: text("Endpoint"),
        create_time: text("2026-01-02T03:04:05Z"),
        attributes: Attributes::default()
            .with(Field::Description, "web")
            .with(Field::AutoAcceptEnabled, true)
            .with(Field::ZoneAffinityEnabled, false)
            .with(Field::AddressIpVersion, "IPv4")
            .with(Field::ConnectBandwidthMbps, 3072)
            .with(Field::ResourceGroupId, "rg-1"),
        regions: None,
        tags: BTreeMap::from([("env".to_owned(), "test".to_owned())]),
        proof: Proof::Listed,
        unseen: BTreeSet::new(),
        settling: false,
    };
    assert_eq!(Service::from_answer(entry), Some(expected));
}

#[test]
fn an_entry_without_an_id_is_no_service() {
    assert_eq!(Service::from_answer(EndpointService::default()), None);
    assert_eq!(Service::from_answer(EndpointService { service_id: text(""), ..EndpointService::default() }), None);
}

#[test]
fn the_bandwidth_counts_for_classic_load_balancers_only_and_0_is_not_said() {
    let cases = [
        ("slb", Some(100), Some(100)),
        ("slb", Some(0), None),
        ("slb", None, None),
        ("slb", Some(i64::MAX), None),
        ("nlb", Some(100), None),
        ("alb", Some(3072), None),
    ];
    for (kind, said, expected) in cases {
        let entry = EndpointService {
            service_id: text("epsrv-1"),
            service_resource_type: text(kind),
            connect_bandwidth: said,
            ..EndpointService::default()
        };
        let bandwidth = Service::from_answer(entry).unwrap().attributes.get(&Field::ConnectBandwidthMbps).cloned();
        assert_eq!(bandwidth, expected.map(Value::Mbps), "{kind} {said:?}");
    }
}

#[test]
fn an_attachment_is_known_by_load_balancer_and_zone_and_a_classic_one_by_load_balancer() {
    let entry = |kind: &str, id: &str, zone: &str| ServiceResource {
        resource_type: text(kind),
        resource_id: text(id),
        zone_id: text(zone),
        related_endpoint_count: Some(2),
        auto_allocated_enabled: Some(false),
        ..ServiceResource::default()
    };
    let key = |id: &str, zone_id: Option<String>| AttachmentKey { resource_id: id.to_owned(), zone_id };
    let attachment = |zone: &str| Attachment {
        auto_allocated_enabled: false,
        related_endpoint_count: 2,
        ..Attachment::new(text(zone))
    };
    let nameless = ServiceResource { zone_id: text("cn-hangzhou-h"), ..ServiceResource::default() };
    let entries = [
        entry("nlb", "nlb-1", "cn-hangzhou-h"),
        entry("nlb", "nlb-1", "cn-hangzhou-i"),
        entry("slb", "lb-1", "cn-hangzhou-b"),
        nameless,
    ];
    let expected = BTreeMap::from([
        (key("nlb-1", text("cn-hangzhou-h")), attachment("cn-hangzhou-h")),
        (key("nlb-1", text("cn-hangzhou-i")), attachment("cn-hangzhou-i")),
        (key("lb-1", None), attachment("cn-hangzhou-b")),
    ]);
    assert_eq!(attachments(entries), expected);
}

#[test]
fn what_an_attachment_does_not_say_is_the_provider_s_default() {
    let entry = ServiceResource { resource_id: text("nlb-1"), ..ServiceResource::default() };
    let key = AttachmentKey { resource_id: "nlb-1".to_owned(), zone_id: None };
    let attachment = Attachment::new(None);
    assert_eq!(attachments([entry]), BTreeMap::from([(key, attachment)]));
}

#[test]
fn principals_are_accounts_and_what_is_no_account_keeps_its_text() {
    let cases = [
        ("acs:ram:*:1234567890123456:*", "1234567890123456"),
        ("acs:ram:*:*:*", "acs:ram:*:*:*"),
        ("acs:ram:*::*", "acs:ram:*::*"),
        ("acs:ram::1234567890123456:user/eva", "acs:ram::1234567890123456:user/eva"),
        ("acs:ram:*:1234567890123456:user/eva", "acs:ram:*:1234567890123456:user/eva"),
    ];
    for (arn, expected) in cases {
        let entry = ServiceUser { user_arn: text(arn), ..ServiceUser::default() };
        assert_eq!(principals([entry]), BTreeSet::from([expected.to_owned()]));
    }
    let empty = ServiceUser { user_arn: text(""), ..ServiceUser::default() };
    assert_eq!(principals([empty]), BTreeSet::new());
}

#[test]
fn an_account_is_one_principal_in_whatever_spelling_it_is_listed() {
    let by_id = |id: &str| ServiceUser { user_id: text(id), ..ServiceUser::default() };
    let by_arn = |id: &str| ServiceUser { user_arn: text(&format!("acs:ram:*:{id}:*")), ..ServiceUser::default() };
    let entries = [by_id("2002"), by_arn("2002"), by_id("3003"), by_arn("4004")];
    assert_eq!(principals(entries), BTreeSet::from(["2002", "3003", "4004"].map(str::to_owned)));
}

#[test]
fn known_words_are_known_in_capitals_or_not() {
    let entry = EndpointService {
        service_id: text("epsrv-1"),
        service_resource_type: text("SLB"),
        service_status: text("ACTIVE"),
        address_ip_version: text("ipv4"),
        connect_bandwidth: Some(100),
        ..EndpointService::default()
    };
    let service = Service::from_answer(entry).unwrap();
    assert_eq!(service.status, ServiceStatus::Active);
    assert!(service.attributes.is(&Field::AddressIpVersion, "IPv4"));
    assert!(service.attributes.is(&Field::ConnectBandwidthMbps, 100));
    for kind in [text("SLB"), None] {
        let entry = ServiceResource {
            resource_type: kind,
            resource_id: text("lb-1"),
            zone_id: text("cn-hangzhou-b"),
            ..ServiceResource::default()
        };
        let key = AttachmentKey { resource_id: "lb-1".to_owned(), zone_id: None };
        assert_eq!(attachments([entry]).into_keys().collect::<Vec<_>>(), [key]);
    }
}

#[test]
fn connections_are_sorted_by_service_and_endpoint() {
    let entry = |service: Option<&str>, endpoint: Option<&str>| privatelink::Connection {
        service_id: service.map(str::to_owned),
        endpoint_id: endpoint.map(str::to_owned),
        endpoint_owner_id: text("2002"),
        endpoint_vpc_id: text("vpc-1"),
        connection_status: text("Brewing"),
        bandwidth: Some(200),
        traffic_control_mode: text("BandwidthLimit"),
        ..privatelink::Connection::default()
    };
    let connection = |endpoint: &str| Connection {
        endpoint_id: endpoint.to_owned(),
        account_id: text("2002"),
        vpc_id: text("vpc-1"),
        status: privatelink::ConnectionStatus::Unknown("Brewing".to_owned()),
        bandwidth_mbps: Some(200),
        traffic_control_mode: text("BandwidthLimit"),
        zones: Vec::new(),
    };
    let entries = [
        entry(Some("epsrv-2"), Some("ep-3")),
        entry(Some("epsrv-1"), Some("ep-2")),
        entry(Some("epsrv-1"), Some("ep-1")),
        entry(None, Some("ep-4")),
        entry(Some("epsrv-1"), None),
    ];
    let expected = BTreeMap::from([
        ("epsrv-1".to_owned(), vec![connection("ep-1"), connection("ep-2")]),
        ("epsrv-2".to_owned(), vec![connection("ep-3")]),
    ]);
    assert_eq!(connections(entries), expected);
}

#[test]
fn zones_of_a_connection_keep_a_predecessor_only_where_it_is_another_one() {
    let zone = |zone: &str, status: &str, resource: &str, replaced: &str| privatelink::ConnectionZone {
        zone_id: text(zone),
        zone_status: text(status),
        resource_id: text(resource),
        replaced_resource_id: text(replaced),
        ..privatelink::ConnectionZone::default()
    };
    let entry = privatelink::Connection {
        service_id: text("epsrv-1"),
        endpoint_id: text("ep-1"),
        zones: vec![
            zone("h", "Migrated", "alb-b", "alb-a"),
            // As a sample of the reference has it.
            zone("i", "Connected", "alb-b", "alb-b"),
            zone("j", "", "", ""),
            zone("", "Connected", "alb-b", "alb-a"),
        ],
        ..privatelink::Connection::default()
    };
    let shown = |zone: &str, status: &str, resource: Option<&str>, replaced: Option<&str>| ConnectionZone {
        zone_id: zone.to_owned(),
        status: privatelink::ZoneStatus::from_wire(Some(status)),
        resource_id: resource.map(str::to_owned),
        replaced_resource_id: replaced.map(str::to_owned),
        since: None,
    };
    let expected = [
        shown("h", "Migrated", Some("alb-b"), Some("alb-a")),
        shown("i", "Connected", Some("alb-b"), None),
        shown("j", "", None, None),
    ];
    assert_eq!(connections([entry])["epsrv-1"][0].zones, expected);
}

#[test]
fn both_counts_of_an_attachment_are_kept() {
    let entry = ServiceResource {
        resource_id: text("alb-1"),
        zone_id: text("cn-hangzhou-h"),
        related_endpoint_count: Some(2),
        related_deprecated_endpoint_count: Some(3),
        ..ServiceResource::default()
    };
    let counts =
        attachments([entry]).into_values().map(|one| (one.related_endpoint_count, one.deprecated_endpoint_count));
    assert_eq!(counts.collect::<Vec<_>>(), [(2, 3)]);
}
