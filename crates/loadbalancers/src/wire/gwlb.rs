//! GWLB: `GetLoadBalancerAttribute` of version 2024-04-15.

use cloud_core::lenient::{list, text};
use cloud_core::{ApiOperation, Request};
use serde::{Deserialize, Serialize};

use super::{ById, Read, ZoneMapping, filled, zones};
use crate::id::LoadBalancerId;
use crate::load_balancer::LoadBalancer;
use crate::product::GET_GWLB;
use crate::state::{BusinessStatus, IpVersion, Status};

#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct GetLoadBalancerAttribute(ById);

impl Request for GetLoadBalancerAttribute {
    const OPERATION: ApiOperation = GET_GWLB;
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
    vpc_id: Option<String>,
    #[serde(deserialize_with = "text")]
    load_balancer_status: Option<String>,
    #[serde(deserialize_with = "text")]
    load_balancer_business_status: Option<String>,
    #[serde(deserialize_with = "text")]
    address_ip_version: Option<String>,
    #[serde(deserialize_with = "list")]
    zone_mappings: Vec<ZoneMapping>,
}

impl Read for GetLoadBalancerAttribute {
    fn of(id: &LoadBalancerId) -> Self {
        Self(ById::new(id))
    }

    fn id(answer: &Answer) -> Option<&str> {
        answer.load_balancer_id.as_deref()
    }

    fn load_balancer(id: LoadBalancerId, answer: Answer) -> LoadBalancer {
        LoadBalancer {
            id,
            name: filled(answer.load_balancer_name),
            region_id: None,
            vpc_id: filled(answer.vpc_id),
            status: Status::from_wire(answer.load_balancer_status.as_deref()),
            business_status: Some(BusinessStatus::from_wire(answer.load_balancer_business_status.as_deref())),
            locks: Vec::new(),
            address_type: None,
            ip_version: IpVersion::from_wire(answer.address_ip_version.as_deref()),
            address_allocated_mode: None,
            edition: None,
            network_type: None,
            pay_type: None,
            dns_name: None,
            address: None,
            zones: zones(answer.zone_mappings, ZoneMapping::without_status),
        }
    }
}
