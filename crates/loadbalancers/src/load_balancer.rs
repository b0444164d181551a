//! A load balancer, whatever its product.

use crate::id::LoadBalancerId;
use crate::state::{
    AddressAllocatedMode, AddressType, BusinessStatus, Edition, IpVersion, LockType, NetworkType, PayType, Status,
    ZoneStatus,
};

/// A load balancer as its own API describes it.
///
/// What a product does not have is `None`. What it has and the answer lacks is an unknown word, `Unknown("")`, where it has words; a text is
/// `None` then, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancer {
    /// Its id, the one that was asked for.
    pub id: LoadBalancerId,
    /// Its name.
    pub name: Option<String>,
    /// Its region; GWLB does not say.
    pub region_id: Option<String>,
    /// Its network; none for a CLB outside of any.
    pub vpc_id: Option<String>,
    /// Where it is in its life.
    pub status: Status,
    /// Whether the account may use it. CLB has none: there it is a status.
    pub business_status: Option<BusinessStatus>,
    /// What locks it: NLB and ALB.
    pub locks: Vec<Lock>,
    /// From where it can be reached. GWLB has none: it is in its network only.
    pub address_type: Option<AddressType>,
    /// Which addresses it has.
    pub ip_version: IpVersion,
    /// Whether it keeps its addresses: ALB only.
    pub address_allocated_mode: Option<AddressAllocatedMode>,
    /// What it can do: ALB only.
    pub edition: Option<Edition>,
    /// The kind of network that it is in: CLB only, all others are in a VPC.
    pub network_type: Option<NetworkType>,
    /// How it is paid for. GWLB does not say.
    pub pay_type: Option<PayType>,
    /// Its name in the DNS: NLB and ALB.
    pub dns_name: Option<String>,
    /// Its address: CLB only, the others have one a zone.
    pub address: Option<String>,
    /// Where it is, in the order of the answer; a CLB's primary zone first.
    ///
    /// Empty: the answer names no zone that can be read. A load balancer is always somewhere, so this never says that it is nowhere.
    pub zones: Vec<Zone>,
}

/// One zone of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The zone, such as `cn-hangzhou-i`.
    pub zone_id: String,
    /// Its subnet there.
    pub v_switch_id: Option<String>,
    /// Whether it works there. CLB and GWLB do not say.
    pub status: Option<ZoneStatus>,
}

/// What keeps a load balancer from being used or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// Why.
    pub lock_type: LockType,
    /// The provider's words.
    pub reason: Option<String>,
}
