//! Load balancers for tests.

use loadbalancers::{
    AddressType, BusinessStatus, IpVersion, LoadBalancer, LoadBalancerId, NetworkType, PayType, Product, Status, Zone,
};

pub(crate) fn lb(id: &str) -> LoadBalancerId {
    LoadBalancerId::parse(id).unwrap()
}

/// A load balancer with which nothing is wrong.
pub(crate) fn good(id: &str, zones: &[&str]) -> LoadBalancer {
    let id = lb(id);
    let is_classic = id.product() == Product::Clb;
    let zone = |zone: &&str| Zone { zone_id: (*zone).to_owned(), v_switch_id: None, status: None };
    LoadBalancer {
        name: None,
        region_id: None,
        vpc_id: Some("vpc-1".to_owned()),
        status: Status::Active,
        business_status: (!is_classic).then_some(BusinessStatus::Normal),
        locks: Vec::new(),
        address_type: Some(AddressType::Intranet),
        ip_version: IpVersion::Ipv4,
        address_allocated_mode: None,
        edition: None,
        network_type: is_classic.then_some(NetworkType::Vpc),
        pay_type: Some(PayType::PostPay),
        dns_name: None,
        address: None,
        zones: zones.iter().map(zone).collect(),
        id,
    }
}
