//! ALB: `GetLoadBalancerAttribute` of version 2020-06-16.

use cloud_core::lenient::{list, object, text};
use cloud_core::{ApiOperation, Request};
use serde::{Deserialize, Serialize};

use super::{BillingConfig, ById, OperationLock, Read, ZoneMapping, filled, zones};
use crate::id::LoadBalancerId;
use crate::load_balancer::LoadBalancer;
use crate::product::GET_ALB;
use crate::state::{AddressAllocatedMode, AddressType, BusinessStatus, Edition, IpVersion, PayType, Status};

#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct GetLoadBalancerAttribute(ById);

impl Request for GetLoadBalancerAttribute {
    const OPERATION: ApiOperation = GET_ALB;
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
    load_balancer_status: Option<String>,
    /// With the provider's spelling.
    #[serde(rename = "LoadBalancerBussinessStatus", deserialize_with = "text")]
    load_balancer_business_status: Option<String>,
    #[serde(deserialize_with = "list")]
    load_balancer_operation_locks: Vec<OperationLock>,
    #[serde(deserialize_with = "text")]
    address_type: Option<String>,
    #[serde(deserialize_with = "text")]
    address_ip_version: Option<String>,
    #[serde(deserialize_with = "text")]
    address_allocated_mode: Option<String>,
    #[serde(deserialize_with = "text")]
    load_balancer_edition: Option<String>,
    #[serde(deserialize_with = "object")]
    load_balancer_billing_config: Option<BillingConfig>,
    #[serde(rename = "DNSName", deserialize_with = "text")]
    dns_name: Option<String>,
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
        let pay_type = answer.load_balancer_billing_config.and_then(|config| config.pay_type);
        let allocated_mode = AddressAllocatedMode::from_wire(answer.address_allocated_mode.as_deref());
        LoadBalancer {
            id,
            name: filled(answer.load_balancer_name),
            region_id: filled(answer.region_id),
            vpc_id: filled(answer.vpc_id),
            status: Status::from_wire(answer.load_balancer_status.as_deref()),
            business_status: Some(BusinessStatus::from_wire(answer.load_balancer_business_status.as_deref())),
            locks: answer.load_balancer_operation_locks.into_iter().map(Into::into).collect(),
            address_type: Some(AddressType::from_wire(answer.address_type.as_deref())),
            ip_version: IpVersion::from_wire(answer.address_ip_version.as_deref()),
            address_allocated_mode: Some(allocated_mode),
            edition: Some(Edition::from_wire(answer.load_balancer_edition.as_deref())),
            network_type: None,
            pay_type: Some(PayType::from_wire(pay_type.as_deref())),
            dns_name: filled(answer.dns_name),
            address: None,
            zones: zones(answer.zone_mappings, ZoneMapping::with_status),
        }
    }
}
