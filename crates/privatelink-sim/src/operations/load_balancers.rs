//! The reads of load balancers in the APIs of their products: NLB, ALB, CLB and GWLB.
//!
//! Parameters, fields and codes are those of the API references and of the provider's own clients. Rates are not published: those of the client.
//! When a load balancer was made, which listeners it has and what stands behind it is not simulated.

use std::borrow::Cow;

use loadbalancers::Product;
use privatelink::Serial;
use serde_json::{Value, json};

use super::{Common, Nature, Run, Spec, backing, places, view};
use crate::config::{LoadBalancer, LoadBalancerZone, NetworkType, Rate};
use crate::engine::Visit;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::schema::{Kind, Param, may, need};

const ID: Param = need("LoadBalancerId", Kind::Text);

pub(super) const TABLE: &[Spec] = &[
    Spec {
        params: &[ID, may("RegionId", Kind::Text), may("ClientToken", Kind::Text), may("DryRun", Kind::Flag)],
        codes: &[
            "DuplicatedParam.%s",
            "Forbidden.NoPermission",
            "OperationFailed.GetXipFailed",
            "ResourceNotFound.loadBalancer",
        ],
        ..of(Product::Nlb, nlb)
    },
    Spec {
        params: &[ID],
        codes: &["Forbidden.LoadBalancer", "ResourceNotFound.LoadBalancer"],
        ..of(Product::Alb, alb)
    },
    Spec {
        params: &[ID, may("RegionId", Kind::Text)],
        codes: &["InvalidLoadBalancerId.NotFound"],
        ..of(Product::Clb, clb)
    },
    Spec { params: &[ID], codes: &["ResourceNotFound.LoadBalancer"], ..of(Product::Gwlb, gwlb) },
];

const fn of(product: Product, run: Run) -> Spec {
    let operation = product.operation();
    Spec {
        name: operation.name,
        api: operation.api,
        operation: None,
        nature: Nature::Read,
        serial: Serial::None,
        common: Common::None,
        rate: Rate { calls: operation.rate.calls, per: operation.rate.per },
        params: &[],
        codes: &[],
        is_anonymous: false,
        run,
    }
}

fn nlb(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let found = find(visit, Product::Nlb).ok_or_else(|| Refusal::of("ResourceNotFound.loadBalancer"))?;
    if visit.params.is_dry_run() {
        return Err(visit.passed_dry_run());
    }
    let zones = found.zones.iter().map(|zone| {
        let address = json!({
            "EniId": interface(&found, zone), "PrivateIPv4Address": found.address_in(zone), "PrivateIPv4HcStatus": "Healthy",
        });
        zone_mapping(zone, &address, Some(status_in(zone)))
    });
    Ok(shown(
        &found,
        json!({
            "LoadBalancerType": "network",
            "AddressType": address_type(&found),
            "AddressIpVersion": ip_version(&found, "ipv4"),
            "LoadBalancerBusinessStatus": found.business_status,
            "OperationLocks": locks(&found),
            "RegionId": found.region,
            "DNSName": dns_name(&found, "nlb"),
            "LoadBalancerBillingConfig": {"PayType": pay_type(&found, "PostPay")},
            "CrossZoneEnabled": true,
            "ZoneMappings": zones.collect::<Vec<Value>>(),
        }),
    ))
}

fn alb(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let found = find(visit, Product::Alb).ok_or_else(|| not_found(visit))?;
    let zones = found.zones.iter().map(|zone| {
        let address = found.address_in(zone);
        let address = json!({"Address": address, "IntranetAddress": address, "IntranetAddressHcStatus": "Healthy"});
        zone_mapping(zone, &address, Some(status_in(zone)))
    });
    Ok(shown(
        &found,
        json!({
            "AddressType": address_type(&found),
            "AddressAllocatedMode": found.address_allocated_mode,
            "AddressIpVersion": ip_version(&found, "IPv4"),
            "LoadBalancerEdition": found.edition,
            // With the provider's spelling.
            "LoadBalancerBussinessStatus": found.business_status,
            "LoadBalancerOperationLocks": locks(&found),
            "RegionId": found.region,
            "DNSName": dns_name(&found, "alb"),
            "LoadBalancerBillingConfig": {"PayType": pay_type(&found, "PostPay")},
            "ZoneMappings": zones.collect::<Vec<Value>>(),
        }),
    ))
}

fn clb(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let found = find(visit, Product::Clb).ok_or_else(|| Refusal::of("InvalidLoadBalancerId.NotFound"))?;
    let (master, slave) = (found.zones.first(), found.zones.get(1));
    let is_classic = found.classic_network.is_on();
    let mut fields = shown(
        &found,
        json!({
            "LoadBalancerStatus": found.status.to_lowercase(),
            "Address": master.map(|zone| found.address_in(zone)),
            "AddressType": address_type(&found).to_lowercase(),
            "AddressIPVersion": ip_version(&found, "ipv4").to_lowercase(),
            "NetworkType": if is_classic { "classic" } else { "vpc" },
            "PayType": pay_type(&found, "PayOnDemand"),
            "RegionId": found.region,
            "RegionIdAlias": found.region,
            "MasterZoneId": master.map(|zone| &zone.zone_id),
            "SlaveZoneId": slave.map(|zone| &zone.zone_id),
            "VSwitchId": master.and_then(|zone| zone.vswitch_id.as_ref()),
            "BackendServers": {"BackendServer": []},
            "ListenerPorts": {"ListenerPort": []},
            "ListenerPortsAndProtocol": {"ListenerPortAndProtocol": []},
            "Tags": {"Tag": []},
        }),
    );
    if is_classic {
        fields.retain(|name, _| name != "VpcId" && name != "VSwitchId");
    }
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

fn gwlb(visit: &mut Visit<'_>) -> Result<Fields, Refusal> {
    let found = find(visit, Product::Gwlb).ok_or_else(|| not_found(visit))?;
    let zones = found.zones.iter().map(|zone| {
        let address = json!({"EniId": interface(&found, zone), "PrivateIpv4Address": found.address_in(zone)});
        zone_mapping(zone, &address, None)
    });
    Ok(shown(
        &found,
        json!({
            "AddressIpVersion": ip_version(&found, "Ipv4"),
            "LoadBalancerBusinessStatus": found.business_status,
            "TrafficMode": "LoadBalance",
            "ZoneMappings": zones.collect::<Vec<Value>>(),
        }),
    ))
}

/// A seeded load balancer of that product, or one that counts as existing because its id looks right: in every zone of the region.
fn find<'a>(visit: &'a Visit<'_>, product: Product) -> Option<Cow<'a, LoadBalancer>> {
    let (id, kind) = (visit.params.required("LoadBalancerId"), product.resource_type());
    let known = visit.world.load_balancer(id, &visit.caller.account, visit.region).filter(|found| found.kind == kind);
    let imagined = || {
        let zones = places::zones_of(visit.region, kind);
        let zones: Vec<&str> = zones.iter().map(String::as_str).collect();
        let found = LoadBalancer::new(id, kind, visit.region, &zones);
        if product == Product::Clb { found } else { found.dual_stack() }
    };
    let counts = visit.config.auto_create_load_balancers.is_on() && id.starts_with(backing::prefix(kind));
    known.map(Cow::Borrowed).or_else(|| counts.then(imagined).map(Cow::Owned))
}

fn not_found(visit: &Visit<'_>) -> Refusal {
    Refusal::filled("ResourceNotFound.LoadBalancer", &[visit.params.required("LoadBalancerId")])
}

/// What all products show, with what this one adds, but for what is withheld.
fn shown(found: &LoadBalancer, own: Value) -> Fields {
    let mut fields = view::fields(json!({
        "LoadBalancerId": found.id,
        "LoadBalancerName": found.name.as_ref().unwrap_or(&found.id),
        "LoadBalancerStatus": found.status,
        "VpcId": found.network(),
        "Tags": [],
    }));
    fields.extend(view::fields(own));
    fields.retain(|name, _| !found.withheld.contains(name));
    fields
}

fn zone_mapping(zone: &LoadBalancerZone, address: &Value, status: Option<&str>) -> Value {
    let mut mapping = json!({"ZoneId": zone.zone_id, "LoadBalancerAddresses": [address]});
    let own = [("VSwitchId", zone.vswitch_id.as_deref()), ("Status", status)];
    own.into_iter().filter_map(|(name, text)| Some((name, text?))).for_each(|(name, text)| mapping[name] = text.into());
    mapping
}

fn status_in(zone: &LoadBalancerZone) -> &str {
    zone.status.as_deref().unwrap_or("Active")
}

/// The network interface of a zone.
fn interface(found: &LoadBalancer, zone: &LoadBalancerZone) -> String {
    format!("eni-of-{}-{}", found.id, zone.zone_id)
}

fn locks(found: &LoadBalancer) -> Vec<Value> {
    found.locks.iter().map(|lock| json!({"LockType": lock, "LockReason": "locked by order"})).collect()
}

fn address_type(found: &LoadBalancer) -> &str {
    let by_network = match found.network_type {
        NetworkType::Private => "Intranet",
        NetworkType::Public => "Internet",
    };
    found.address_type.as_deref().unwrap_or(by_network)
}

/// IPv4 in the capitals of the product; any other word as it is.
fn ip_version<'a>(found: &'a LoadBalancer, ipv4: &'a str) -> &'a str {
    if found.address_ip_version == "IPv4" { ipv4 } else { &found.address_ip_version }
}

fn pay_type<'a>(found: &'a LoadBalancer, by_use: &'a str) -> &'a str {
    found.pay_type.as_deref().unwrap_or(by_use)
}

fn dns_name(found: &LoadBalancer, host: &str) -> String {
    found.dns_name.clone().unwrap_or_else(|| format!("{}.{}.{host}.aliyuncs.com", found.id, found.region))
}
