//! `CreateVpcEndpoint`: an endpoint and with it a connection.
//!
//! VPCs, vSwitches and security groups are not simulated: an id with the right prefix exists, any other does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::endpoint_zones::{self, Wanted};
use super::{connections, consumer, groups, tagging, view};
use crate::clock::after;
use crate::engine::Visit;
use crate::error::Refusal;
use crate::machine::attachment::AttachmentStatus;
use crate::machine::connection::ConnectionStatus;
use crate::machine::endpoint::EndpointStatus;
use crate::machine::service::ServiceStatus;
use crate::wire::envelope::Fields;
use crate::wire::params::Item;
use crate::world::{Connection, Endpoint, EndpointZone, Principal, SecurityGroup, Service};

/// Answers at once with the id; the endpoint is `Creating`, its connection waits or is being accepted.
pub(super) fn create(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let plan = Plan::check(visit)?;
    visit.commit()?;
    let endpoint = plan.build(visit);
    let answer = view::created_endpoint(&endpoint, visit.business());
    visit.world.add_endpoint(visit.now, endpoint);
    Ok(answer)
}

/// What was asked, found good.
#[derive(Debug)]
struct Plan {
    service: Arc<Service>,
    kind: String,
    zones: Vec<EndpointZone>,
    resource_group: String,
    tags: BTreeMap<String, String>,
}

impl Plan {
    fn check(visit: &Visit<'_>) -> Result<Self, Refusal> {
        let service = find_service(visit)?;
        if !may_connect(visit, &service) {
            return Err(Refusal::of("EndpointServiceNotAuthorized"));
        }
        let kind = visit.params.filled("EndpointType").unwrap_or(service.service_type()).to_owned();
        if kind != service.service_type() {
            return Err(Refusal::filled("Mismatch.EndpointType", &["EndpointType", &kind, &service.id]));
        }
        consumer::check_texts(visit)?;
        check_network(visit, &kind)?;
        let zones = check_zones(visit, &service)?;
        check_vpc_quota(visit)?;
        consumer::check_policy(visit)?;
        let tags = tagging::read(&visit.params.items("Tag"))?;
        if tags.len() > visit.config.quotas.tags {
            return Err(tagging::too_many());
        }
        Ok(Self { service, kind, zones, resource_group: groups::wanted(visit)?, tags })
    }

    fn build(self, visit: &mut Visit<'_>) -> Endpoint {
        let (now, params) = (visit.now, visit.params);
        let text = |name: &str| params.text(name).unwrap_or_default().to_owned();
        let id = visit.dice.id("ep", visit.region);
        let active_at = after(now, visit.takes(visit.config.timers.endpoint_creating));
        let Self { service, kind, zones, resource_group, tags } = self;
        let mut endpoint = Endpoint {
            account: visit.caller.account.clone(),
            region: visit.region.to_owned(),
            number: visit.world.next_number(),
            created: now,
            status: EndpointStatus::Creating,
            settles: Some(active_at),
            service_id: service.id.clone(),
            service_name: service.name(),
            service_region: service.region.clone(),
            service_account: service.account.clone(),
            payer: service.payer.clone(),
            kind,
            name: text("EndpointName"),
            description: text("EndpointDescription"),
            vpc_id: text("VpcId"),
            last_eni: zones.len(),
            zones: numbered(visit, zones, &id),
            security_groups: security_groups(visit, active_at),
            address_ip_version: params.filled("AddressIpVersion").unwrap_or("IPv4").to_owned(),
            zone_affinity: params.flag("ZoneAffinityEnabled").unwrap_or(false),
            protected: params.flag("ProtectedEnabled").unwrap_or(false),
            cross_region_bandwidth: cross_region_bandwidth(visit, &service),
            policy: params.filled("PolicyDocument").map(str::to_owned),
            resource_group,
            tags,
            connection: new_connection(&service, now),
            id,
        };
        if service.auto_accept
            && let Ok(resources) = connections::allocate(&service, &endpoint)
        {
            let takes = visit.takes(visit.config.timers.connection);
            connections::accept(&mut endpoint, resources, now, takes);
        }
        endpoint
    }
}

fn numbered(visit: &mut Visit<'_>, zones: Vec<EndpointZone>, endpoint: &str) -> Vec<EndpointZone> {
    let number = |(zone, n)| {
        let eni_id = endpoint_zones::eni(endpoint, n);
        EndpointZone { eni_id, number: visit.world.next_number(), ..zone }
    };
    zones.into_iter().zip(1..).map(number).collect()
}

fn security_groups(visit: &mut Visit<'_>, attached_at: jiff::Timestamp) -> Vec<SecurityGroup> {
    let ids = visit.params.texts("SecurityGroupId").into_iter();
    let group = |id: &str| SecurityGroup {
        id: id.to_owned(),
        number: visit.world.next_number(),
        status: AttachmentStatus::Attaching,
        settles: Some(attached_at),
    };
    ids.map(group).collect()
}

fn new_connection(service: &Service, now: jiff::Timestamp) -> Connection {
    Connection {
        status: ConnectionStatus::Disconnected,
        settles: None,
        modified: now,
        bandwidth: service.connect_bandwidth,
        traffic_mode: connections::modes(&service.resource_type)[0].to_owned(),
    }
}

/// Mbps: 1000 inside the Chinese mainland, else 100; only between regions.
fn cross_region_bandwidth(visit: &Visit<'_>, service: &Service) -> Option<u32> {
    let mainland = |region: &str| region.starts_with("cn-") && region != "cn-hongkong";
    let default = if mainland(visit.region) && mainland(&service.region) { 1000 } else { 100 };
    (service.region != visit.region).then(|| visit.params.whole("CrossRegionBandwidth").unwrap_or(default))
}

/// By id or by name, in the region that is named or in one's own; a service that is not `Active` takes nobody.
fn find_service(visit: &Visit<'_>) -> Result<Arc<Service>, Refusal> {
    let region = visit.params.filled("ServiceRegionId").unwrap_or(visit.region);
    let (id, name) = (visit.params.filled("ServiceId"), visit.params.filled("ServiceName"));
    if id.is_none() && name.is_none() {
        return Err(Refusal::missing("ServiceId"));
    }
    let id = id.or_else(|| name.and_then(|name| name.rsplit('.').next())).unwrap_or_default();
    let found = visit.world.service(id).filter(|service| service.region == region);
    let found = found.filter(|service| name.is_none_or(|name| service.name() == name));
    let service = found.ok_or_else(|| Refusal::of("EndpointServiceNotFound"))?;
    match service.status {
        ServiceStatus::Active | ServiceStatus::Pending => Ok(Arc::clone(service)),
        ServiceStatus::Deleting => Err(Refusal::of("EndpointServiceDeleted")),
        ServiceStatus::Creating => {
            Err(Refusal::filled("IncorrectStatus.VpcEndpointService", &["VpcEndpointService", &service.id]))
        }
    }
}

/// On the whitelist, and from a region that the service is open to.
pub(super) fn may_connect(visit: &Visit<'_>, service: &Service) -> bool {
    let account = visit.caller.account.parse().map(Principal::Account);
    let listed = account.is_ok_and(|account| service.users.holds(&account));
    let open_here = service.region == visit.region
        || service.supported_regions.iter().any(|region| region.id == visit.region && region.is_open());
    (listed || service.users.holds(&Principal::Everybody)) && open_here
}

fn check_network(visit: &Visit<'_>, kind: &str) -> Result<(), Refusal> {
    if !visit.params.required("VpcId").starts_with("vpc-") {
        return Err(Refusal::of("VpcNotFound"));
    }
    let groups = visit.params.texts("SecurityGroupId");
    if kind == "Interface" && groups.is_empty() {
        return Err(Refusal::of("EndpointMustContainSecurityGroup"));
    }
    if groups.iter().any(|group| !group.starts_with("sg-")) {
        return Err(Refusal::of("SecurityGroupNotFound"));
    }
    Ok(())
}

fn check_zones(visit: &Visit<'_>, service: &Service) -> Result<Vec<EndpointZone>, Refusal> {
    let items = visit.params.items("Zone");
    let most = visit.config.quotas.zones_per_endpoint;
    if items.len() > most {
        let (used, quota) = (items.len().to_string(), most.to_string());
        return Err(Refusal::filled("QuotaExceeded.epZonePerEndpoint", &["epZonePerEndpoint", &used, &quota]));
    }
    let mut zones: Vec<EndpointZone> = Vec::new();
    for item in &items {
        let zone = check_zone(visit, item, service)?;
        if zones.iter().any(|other| other.zone_id == zone.zone_id) {
            return Err(Refusal::of("EndpointZoneDuplicated"));
        }
        zones.push(zone);
    }
    Ok(zones)
}

fn check_zone(visit: &Visit<'_>, item: &Item, service: &Service) -> Result<EndpointZone, Refusal> {
    let field = |name: &str| item.get(name).filter(|value| !value.is_empty()).map(String::as_str);
    let wanted = Wanted {
        zone_id: field("ZoneId").ok_or_else(|| Refusal::missing("ZoneId"))?,
        vswitch_id: field("VSwitchId").ok_or_else(|| Refusal::missing("VSwitchId"))?,
        ip: field("ip"),
        ipv6: field("Ipv6Address"),
        ip_version: visit.params.filled("AddressIpVersion").unwrap_or("IPv4"),
    };
    wanted.check(service)
}

fn check_vpc_quota(visit: &Visit<'_>) -> Result<(), Refusal> {
    let most = visit.config.quotas.endpoints_per_vpc;
    let vpc = visit.params.required("VpcId");
    let used = visit
        .world
        .all_endpoints()
        .filter(|endpoint| endpoint.account == visit.caller.account && endpoint.vpc_id == vpc)
        .count();
    if used < most {
        return Ok(());
    }
    let blanks = ["totalEpPerVpc", &used.to_string(), &most.to_string()];
    Err(Refusal::filled("QuotaExceeded.totalEpPerVpc", &blanks))
}
