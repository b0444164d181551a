//! The four products: where each is asked, and by which operation.
//!
//! Rates are not published for any of them: a cautious figure. Hosts are those of the provider's own clients.

use std::time::Duration;

use cloud_core::{Api, ApiOperation, Concurrency, Effect, Placement, Rate};

use crate::codes;

/// Network Load Balancer.
pub static NLB: Api = Api {
    name: "Nlb",
    version: "2022-04-30",
    host: "nlb",
    central_regions: &[],
    action_prefix: "nlb",
    codes: codes::NLB,
};

/// Application Load Balancer.
pub static ALB: Api = Api {
    name: "Alb",
    version: "2020-06-16",
    host: "alb",
    central_regions: &[],
    action_prefix: "alb",
    codes: codes::ALB,
};

/// Classic Load Balancer, whose API is called as all of them once were.
pub static CLB: Api = Api {
    name: "Slb",
    version: "2014-05-15",
    host: "slb",
    // Those of the table of the provider's own client, without the ones for its own use.
    central_regions: &[
        "ap-southeast-1",
        "cn-beijing",
        "cn-hangzhou",
        "cn-hangzhou-finance",
        "cn-hongkong",
        "cn-north-2-gov-1",
        "cn-qingdao",
        "cn-shanghai",
        "cn-shanghai-finance-1",
        "cn-shenzhen",
        "cn-shenzhen-finance-1",
        "us-east-1",
        "us-west-1",
    ],
    action_prefix: "slb",
    codes: codes::CLB,
};

/// Gateway Load Balancer.
pub static GWLB: Api = Api {
    name: "Gwlb",
    version: "2024-04-15",
    host: "gwlb",
    central_regions: &[],
    action_prefix: "gwlb",
    codes: codes::GWLB,
};

/// The APIs of all products.
pub static APIS: [&Api; 4] = [&NLB, &ALB, &CLB, &GWLB];

/// A product among the load balancers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Product {
    /// Network Load Balancer.
    Nlb,
    /// Application Load Balancer.
    Alb,
    /// Classic Load Balancer.
    Clb,
    /// Gateway Load Balancer.
    Gwlb,
}

impl Product {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nlb, Self::Alb, Self::Clb, Self::Gwlb];

    /// Its API.
    pub fn api(self) -> &'static Api {
        self.operation().api
    }

    /// The operation that reads one of its load balancers.
    pub const fn operation(self) -> ApiOperation {
        match self {
            Self::Nlb => GET_NLB,
            Self::Alb => GET_ALB,
            Self::Clb => GET_CLB,
            Self::Gwlb => GET_GWLB,
        }
    }

    /// The action that a policy must allow for it, such as `nlb:GetLoadBalancerAttribute`.
    pub fn action(self) -> String {
        let ApiOperation { api, name, .. } = self.operation();
        format!("{}:{name}", api.action_prefix)
    }

    /// What its ids begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Nlb => "nlb-",
            Self::Alb => "alb-",
            Self::Clb => "lb-",
            Self::Gwlb => "gwlb-",
        }
    }

    /// The word that the API of `PrivateLink` has for it as the type of a resource.
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::Nlb => "nlb",
            Self::Alb => "alb",
            Self::Clb => "slb",
            Self::Gwlb => "gwlb",
        }
    }
}

pub(crate) const GET_NLB: ApiOperation = get(&NLB, "GetLoadBalancerAttribute", Placement::Query, Region::Sent);
pub(crate) const GET_ALB: ApiOperation = get(&ALB, "GetLoadBalancerAttribute", Placement::Query, Region::OfHost);
/// Where the central host is asked, the region is a required parameter.
pub(crate) const GET_CLB: ApiOperation = get(&CLB, "DescribeLoadBalancerAttribute", Placement::Query, Region::Sent);
pub(crate) const GET_GWLB: ApiOperation = get(&GWLB, "GetLoadBalancerAttribute", Placement::Form, Region::OfHost);

/// How an operation is told the region.
#[derive(Clone, Copy)]
enum Region {
    /// By the parameter `RegionId`.
    Sent,
    /// By the host alone: it has no such parameter.
    OfHost,
}

const fn get(api: &'static Api, name: &'static str, placement: Placement, region: Region) -> ApiOperation {
    ApiOperation {
        api,
        name,
        effect: Effect::Reads,
        placement,
        rate: Rate { calls: 10, per: Duration::from_secs(1) },
        concurrency: Concurrency::Unbounded,
        needs_region: matches!(region, Region::Sent),
        has_client_token: false,
    }
}
