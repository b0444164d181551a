//! Answers, from those of the references to those that nobody has seen yet.

use loadbalancers::{
    AddressAllocatedMode, AddressType, BusinessStatus, Edition, IpVersion, LoadBalancer, LoadBalancerId, Lock,
    LockType, NetworkType, PayType, Product, Status, Zone, ZoneStatus,
};
use serde_json::{Value, json};

use crate::support::ok;
use crate::{found, id_of, read_reply};

fn id(text: &str) -> LoadBalancerId {
    LoadBalancerId::parse(text).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "what the fields of a load balancer hold")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn zone(zone_id: &str, v_switch_id: Option<&str>, status: Option<ZoneStatus>) -> Zone {
    Zone { zone_id: zone_id.to_owned(), v_switch_id: v_switch_id.map(str::to_owned), status }
}

fn of_nlb() -> Value {
    json!({
        "RequestId": "CEF72CEB-54B6-4AE8-B225-F876FF7BA984", "RegionId": "cn-hangzhou",
        "LoadBalancerId": "nlb-83ckzc8d4xlp8o", "LoadBalancerName": "NLB1", "LoadBalancerType": "network",
        "AddressType": "Internet", "AddressIpVersion": "ipv4", "Ipv6AddressType": "Internet",
        "LoadBalancerStatus": "Active", "LoadBalancerBusinessStatus": "Abnormal",
        "OperationLocks": [{"LockType": "SecurityLocked", "LockReason": "security"}],
        "VpcId": "vpc-bp1b49rqrybk45nio", "CreateTime": "2022-07-02T02:49:05Z",
        "DNSName": "nlb-83ckzc8d4xlp8o.cn-hangzhou.nlb.aliyuncs.com",
        "ZoneMappings": [
            {"VSwitchId": "vsw-bp1rmcrwg3erh1fh8", "ZoneId": "cn-hangzhou-a", "Status": "Active", "LoadBalancerAddresses": [
                {"EniId": "eni-bp12f1xhs5yal61a", "PrivateIPv4Address": "192.168.3.32", "PrivateIPv4HcStatus": "Healthy"},
            ]},
            {"VSwitchId": "vsw-bp1rmcrwg3erh1fh9", "ZoneId": "cn-hangzhou-b", "Status": "Shifted"},
        ],
        "CrossZoneEnabled": true, "LoadBalancerBillingConfig": {"PayType": "PostPay"}, "Cps": 100,
        "Tags": [{"TagKey": "KeyTest", "TagValue": "ValueTest"}],
    })
}

#[tokio::test(start_paused = true)]
async fn an_nlb_is_read_as_the_reference_has_it() {
    let expected = LoadBalancer {
        id: id("nlb-83ckzc8d4xlp8o"),
        name: text("NLB1"),
        region_id: text("cn-hangzhou"),
        vpc_id: text("vpc-bp1b49rqrybk45nio"),
        status: Status::Active,
        business_status: Some(BusinessStatus::Abnormal),
        locks: vec![Lock { lock_type: LockType::SecurityLocked, reason: text("security") }],
        address_type: Some(AddressType::Internet),
        ip_version: IpVersion::Ipv4,
        address_allocated_mode: None,
        edition: None,
        network_type: None,
        pay_type: Some(PayType::PostPay),
        dns_name: text("nlb-83ckzc8d4xlp8o.cn-hangzhou.nlb.aliyuncs.com"),
        address: None,
        zones: vec![
            zone("cn-hangzhou-a", Some("vsw-bp1rmcrwg3erh1fh8"), Some(ZoneStatus::Active)),
            zone("cn-hangzhou-b", Some("vsw-bp1rmcrwg3erh1fh9"), Some(ZoneStatus::Shifted)),
        ],
    };
    assert_eq!(found(&id("nlb-83ckzc8d4xlp8o"), &of_nlb()).await, expected);
}

#[tokio::test(start_paused = true)]
async fn an_alb_is_read_as_the_reference_has_it() {
    let answer = json!({
        "AddressAllocatedMode": "Dynamic", "AddressType": "Intranet", "CreateTime": "2022-07-02T02:49:05Z",
        "DNSName": "alb-o9ulmq5hgn68jk.cn-hangzhou.alb.aliyuncs.com",
        "LoadBalancerBillingConfig": {"PayType": "PostPay"}, "LoadBalancerBussinessStatus": "Normal",
        "LoadBalancerEdition": "Standard", "LoadBalancerId": "alb-o9ulmq5hgn68jk", "LoadBalancerName": "alb1",
        "LoadBalancerOperationLocks": [{"LockReason": "nolock", "LockType": "FinancialLocked"}],
        "LoadBalancerStatus": "Configuring", "RegionId": "cn-hangzhou", "VpcId": "vpc-bp1b49rqrybk45nio",
        "ZoneMappings": [{
            "LoadBalancerAddresses": [{"Address": "192.168.10.1", "IntranetAddress": "10.0.1.181"}],
            "VSwitchId": "vsw-bp12mw1f8k3jgy", "ZoneId": "cn-hangzhou-a", "Status": "Stopped",
        }],
        "AddressIpVersion": "DualStack", "Tags": [{"Key": "FinanceDept", "Value": "FinanceJoshua"}],
    });
    let expected = LoadBalancer {
        id: id("alb-o9ulmq5hgn68jk"),
        name: text("alb1"),
        region_id: text("cn-hangzhou"),
        vpc_id: text("vpc-bp1b49rqrybk45nio"),
        status: Status::Configuring,
        business_status: Some(BusinessStatus::Normal),
        locks: vec![Lock { lock_type: LockType::FinancialLocked, reason: text("nolock") }],
        address_type: Some(AddressType::Intranet),
        ip_version: IpVersion::DualStack,
        address_allocated_mode: Some(AddressAllocatedMode::Dynamic),
        edition: Some(Edition::Standard),
        network_type: None,
        pay_type: Some(PayType::PostPay),
        dns_name: text("alb-o9ulmq5hgn68jk.cn-hangzhou.alb.aliyuncs.com"),
        address: None,
        zones: vec![zone("cn-hangzhou-a", Some("vsw-bp12mw1f8k3jgy"), Some(ZoneStatus::Stopped))],
    };
    assert_eq!(found(&id("alb-o9ulmq5hgn68jk"), &answer).await, expected);
}

fn of_clb() -> Value {
    json!({
        "CreateTimeStamp": 1_541_679_713_000_i64, "RegionIdAlias": "cn-hangzhou", "BackendServers": {"BackendServer": []},
        "VSwitchId": "vsw-bp12mw1f8k3jgygk9bmlj", "InternetChargeType": "paybytraffic", "Bandwidth": 5120,
        "VpcId": "vpc-bp1aevy8sofi8mh1qc5cm", "SlaveZoneId": "cn-hangzhou-d", "NetworkType": "vpc",
        "PayType": "PayOnDemand", "LoadBalancerName": "abc1", "AddressIPVersion": "ipv4",
        "LoadBalancerId": "lb-bp1b6c719dfa08exfuca5", "MasterZoneId": "cn-hangzhou-b", "Address": "192.168.0.6",
        "RegionId": "cn-hangzhou", "AddressType": "intranet", "LoadBalancerStatus": "active",
    })
}

#[tokio::test(start_paused = true)]
async fn a_clb_is_read_as_the_reference_has_it() {
    let expected = LoadBalancer {
        id: id("lb-bp1b6c719dfa08exfuca5"),
        name: text("abc1"),
        region_id: text("cn-hangzhou"),
        vpc_id: text("vpc-bp1aevy8sofi8mh1qc5cm"),
        status: Status::Active,
        business_status: None,
        locks: Vec::new(),
        address_type: Some(AddressType::Intranet),
        ip_version: IpVersion::Ipv4,
        address_allocated_mode: None,
        edition: None,
        network_type: Some(NetworkType::Vpc),
        pay_type: Some(PayType::PayOnDemand),
        dns_name: None,
        address: text("192.168.0.6"),
        zones: vec![zone("cn-hangzhou-b", Some("vsw-bp12mw1f8k3jgygk9bmlj"), None), zone("cn-hangzhou-d", None, None)],
    };
    assert_eq!(found(&id("lb-bp1b6c719dfa08exfuca5"), &of_clb()).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_gwlb_is_read_as_the_provider_s_own_client_has_it() {
    let answer = json!({
        "AddressIpVersion": "Ipv4", "LoadBalancerBusinessStatus": "FinancialLocked", "LoadBalancerId": "gwlb-9njtjmqt7zfcqm",
        "LoadBalancerName": "wall", "LoadBalancerStatus": "Inactive", "TrafficMode": "LoadBalance", "VpcId": "vpc-1",
        "ZoneMappings": [{
            "LoadBalancerAddresses": [{"EniId": "eni-1", "PrivateIpv4Address": "10.0.0.4"}],
            "VSwitchId": "vsw-1", "ZoneId": "cn-wulanchabu-b",
        }],
    });
    let expected = LoadBalancer {
        id: id("gwlb-9njtjmqt7zfcqm"),
        name: text("wall"),
        region_id: None,
        vpc_id: text("vpc-1"),
        status: Status::Inactive,
        business_status: Some(BusinessStatus::FinancialLocked),
        locks: Vec::new(),
        address_type: None,
        ip_version: IpVersion::Ipv4,
        address_allocated_mode: None,
        edition: None,
        network_type: None,
        pay_type: None,
        dns_name: None,
        address: None,
        zones: vec![zone("cn-wulanchabu-b", Some("vsw-1"), None)],
    };
    assert_eq!(found(&id("gwlb-9njtjmqt7zfcqm"), &answer).await, expected);
}

#[tokio::test(start_paused = true)]
async fn new_words_are_kept_as_they_came() {
    let mut answer = of_nlb();
    for (name, word) in [
        ("LoadBalancerStatus", "Hibernating"),
        ("LoadBalancerBusinessStatus", "Frozen"),
        ("AddressType", "Interstellar"),
        ("AddressIpVersion", "ipv7"),
    ] {
        answer[name] = json!(word);
    }
    answer["OperationLocks"][0]["LockType"] = json!("RiskLocked");
    answer["LoadBalancerBillingConfig"]["PayType"] = json!("Barter");
    answer["ZoneMappings"][0]["Status"] = json!("Draining");
    let read = found(&id("nlb-83ckzc8d4xlp8o"), &answer).await;
    assert_eq!(read.status, Status::Unknown("Hibernating".to_owned()));
    assert_eq!(read.business_status, Some(BusinessStatus::Unknown("Frozen".to_owned())));
    assert_eq!(read.address_type, Some(AddressType::Unknown("Interstellar".to_owned())));
    assert_eq!(read.ip_version, IpVersion::Unknown("ipv7".to_owned()));
    assert_eq!(read.locks[0].lock_type, LockType::Unknown("RiskLocked".to_owned()));
    assert_eq!(read.pay_type, Some(PayType::Unknown("Barter".to_owned())));
    assert_eq!(read.zones[0].status, Some(ZoneStatus::Unknown("Draining".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_the_id_alone_says_nothing_good() {
    for product in Product::ALL {
        let id = id_of(product);
        let read = found(&id, &json!({"LoadBalancerId": id.as_str(), "ZoneMappings": null})).await;
        let LoadBalancer { status, business_status, address_type, ip_version, network_type, pay_type, zones, .. } =
            read;
        assert_eq!(status, Status::Unknown(String::new()), "{product:?}");
        assert_eq!(ip_version, IpVersion::Unknown(String::new()), "{product:?}");
        let has = |products: &[Product]| products.contains(&product);
        let business =
            has(&[Product::Nlb, Product::Alb, Product::Gwlb]).then(|| BusinessStatus::Unknown(String::new()));
        assert_eq!(business_status, business, "{product:?}");
        let address = has(&[Product::Nlb, Product::Alb, Product::Clb]).then(|| AddressType::Unknown(String::new()));
        assert_eq!(address_type, address, "{product:?}");
        assert_eq!(pay_type.is_some(), product != Product::Gwlb, "{product:?}");
        assert_eq!(network_type.is_some(), product == Product::Clb, "{product:?}");
        assert_eq!(zones, [], "{product:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_zone_without_a_name_leaves_no_zone_known() {
    for hole in [json!(null), json!(""), json!({})] {
        let mut answer = of_nlb();
        answer["ZoneMappings"][1]["ZoneId"] = hole.clone();
        assert_eq!(found(&id("nlb-83ckzc8d4xlp8o"), &answer).await.zones, [], "{hole}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_zone_whose_status_is_missing_is_not_active() {
    let mut answer = of_nlb();
    answer["ZoneMappings"][0].as_object_mut().unwrap().remove("Status");
    let read = found(&id("nlb-83ckzc8d4xlp8o"), &answer).await;
    assert_eq!(read.zones[0].status, Some(ZoneStatus::Unknown(String::new())));
}

#[tokio::test(start_paused = true)]
async fn zones_that_are_no_list_of_objects_are_a_failure() {
    let id = id("nlb-83ckzc8d4xlp8o");
    for zones in
        [json!("cn-hangzhou-a"), json!({"ZoneMapping": []}), json!(["cn-hangzhou-a"]), json!([["cn-hangzhou-a"]])]
    {
        let mut answer = of_nlb();
        answer["ZoneMappings"] = zones.clone();
        assert!(read_reply(&id, ok(&answer)).await.is_err(), "{zones}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_secondary_zone_of_a_clb_counts_only_where_it_is_another_one() {
    let id = id("lb-bp1b6c719dfa08exfuca5");
    let zones = async |master: Value, slave: Value| {
        let mut answer = of_clb();
        (answer["MasterZoneId"], answer["SlaveZoneId"]) = (master, slave);
        let zones = found(&id, &answer).await.zones.into_iter();
        zones.map(|zone| zone.zone_id).collect::<Vec<_>>()
    };
    assert_eq!(zones(json!("cn-hangzhou-b"), json!("cn-hangzhou-b")).await, ["cn-hangzhou-b"]);
    assert_eq!(zones(json!("cn-hangzhou-b"), json!("")).await, ["cn-hangzhou-b"]);
    assert_eq!(zones(json!("cn-hangzhou-b"), json!(null)).await, ["cn-hangzhou-b"]);
    assert_eq!(zones(json!(null), json!("cn-hangzhou-d")).await, Vec::<String>::new(), "the primary one is not known");
}
