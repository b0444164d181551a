//! CLB: `DescribeLoadBalancerAttribute` of version 2014-05-15.

use cloud_core::lenient::text;
use cloud_core::{ApiOperation, Request};
use serde::{Deserialize, Serialize};

use super::{ById, Read, filled};
use crate::id::LoadBalancerId;
use crate::load_balancer::{LoadBalancer, Zone};
use crate::product::GET_CLB;
use crate::state::{AddressType, IpVersion, NetworkType, PayType, Status};

#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct DescribeLoadBalancerAttribute(ById);

impl Request for DescribeLoadBalancerAttribute {
    const OPERATION: ApiOperation = GET_CLB;
    type Answer = Answer;
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Answer {
    #[serde(deserialize_with = "text")]
    load_balancer_id: Option<String>,
    #[serde(deserialize_with = "text")]
    load_balancer_name: Option<String>,
    #[serde(deserialize_with = "text")]
    region_id: Option<String>,
    #[serde(deserialize_with = "text")]
    vpc_id: Option<String>,
    #[serde(deserialize_with = "text")]
    v_switch_id: Option<String>,
    #[serde(deserialize_with = "text")]
    load_balancer_status: Option<String>,
    #[serde(deserialize_with = "text")]
    address: Option<String>,
    #[serde(deserialize_with = "text")]
    address_type: Option<String>,
    #[serde(rename = "AddressIPVersion", deserialize_with = "text")]
    address_ip_version: Option<String>,
    #[serde(deserialize_with = "text")]
    network_type: Option<String>,
    #[serde(deserialize_with = "text")]
    pay_type: Option<String>,
    #[serde(deserialize_with = "text")]
    master_zone_id: Option<String>,
    #[serde(deserialize_with = "text")]
    slave_zone_id: Option<String>,
}

impl Read for DescribeLoadBalancerAttribute {
    fn of(id: &LoadBalancerId) -> Self {
        Self(ById::new(id))
    }

    fn id(answer: &Answer) -> Option<&str> {
        answer.load_balancer_id.as_deref()
    }

    fn load_balancer(id: LoadBalancerId, answer: Answer) -> LoadBalancer {
        let zones = zones(filled(answer.master_zone_id), filled(answer.slave_zone_id), filled(answer.v_switch_id));
        LoadBalancer {
            id,
            name: filled(answer.load_balancer_name),
            region_id: filled(answer.region_id),
            vpc_id: filled(answer.vpc_id),
            status: Status::from_wire(answer.load_balancer_status.as_deref()),
            business_status: None,
            locks: Vec::new(),
            address_type: Some(AddressType::from_wire(answer.address_type.as_deref())),
            ip_version: IpVersion::from_wire(answer.address_ip_version.as_deref()),
            address_allocated_mode: None,
            edition: None,
            network_type: Some(NetworkType::from_wire(answer.network_type.as_deref())),
            pay_type: Some(PayType::from_wire(answer.pay_type.as_deref())),
            dns_name: None,
            address: filled(answer.address),
            zones,
        }
    }
}

/// The primary zone, which has the subnet, and the secondary one where there is another. Without a primary one nothing is known.
fn zones(master: Option<String>, slave: Option<String>, v_switch_id: Option<String>) -> Vec<Zone> {
    let Some(master) = master else { return Vec::new() };
    let slave = slave.filter(|slave| *slave != master);
    let slave = slave.map(|zone_id| Zone { zone_id, v_switch_id: None, status: None });
    [Zone { zone_id: master, v_switch_id, status: None }].into_iter().chain(slave).collect()
}
