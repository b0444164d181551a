//! What the cloud has and what is to be done there, for people.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::super::explained::{
    AttachmentSeen, ConnectionSeen, Found, Intent, LoadBalancerSeen, Ownership, ServiceSeen, Unapplied, Wanted,
};
use super::{Page, ago, sentence};
use crate::crd::Drift;

pub(super) fn wanted(page: &mut Page, wanted: &Wanted) {
    let Wanted {
        account_id,
        region,
        region_named_by,
        cluster_id,
        service_resource_type,
        payer,
        fields,
        unmanaged,
        services,
    } = wanted;
    page.line(format!("wanted: {service_resource_type} in {region} of account {account_id}, payer {payer}"));
    page.under(format!("the region comes from {region_named_by}; the cluster id is {cluster_id}"));
    page.all(fields.iter().map(|one| format!("{} = \"{}\"", one.field, sentence(&one.value))));
    for referred in services {
        let to = referred.load_balancer_id.as_deref().unwrap_or("no load balancer that can be used yet");
        page.under(format!("the Service {} leads to {to}", referred.name));
    }
    if !unmanaged.is_empty() {
        page.under(format!("left as it is in the cloud: {}", unmanaged.join(", ")));
    }
}

pub(super) fn found(page: &mut Page, found: &Found, now: Timestamp) {
    let Found { listed_at, ownership, service, duplicates, load_balancers } = found;
    let id = service.as_ref().map_or("a service", |service| service.id.as_str());
    let listed = listed_at.map(|at| format!(" (listed {})", ago(at, now))).unwrap_or_default();
    page.line(match ownership {
        Ownership::NotListed => "found: the account's services could not be listed".to_owned(),
        Ownership::None => format!("found: no service carries the tags of this object{listed}"),
        Ownership::Ours => format!("found: {id}, of this object{listed}"),
        Ownership::Lost => format!("found: {id}, which does not carry the tags of this object{listed}"),
        Ownership::Former => format!("found: {id}, which an earlier object of this name left{listed}"),
        Ownership::ToAdopt => format!("found: {id}, which is to be adopted{listed}"),
        Ownership::Several => format!("found: {id}, and others that carry the uid of this object{listed}"),
    });
    if let Some(service) = service {
        self::service(page, service);
    }
    page.all(duplicates.iter().map(|id| format!("{id} carries the uid of this object as well")));
    for LoadBalancerSeen { id, status, zone_ids, message } in load_balancers {
        let state = status.as_deref().or(message.as_deref()).unwrap_or_default();
        let zones = if zone_ids.is_empty() { String::new() } else { format!(", in {}", zone_ids.join(", ")) };
        page.under(format!("load balancer {id}: {}{zones}", sentence(state)));
    }
}

fn service(page: &mut Page, service: &ServiceSeen) {
    let ServiceSeen {
        id: _,
        name,
        domain,
        status,
        business_status,
        resource_type,
        payer,
        create_time,
        fields,
        supported_regions,
        tags,
        attachments,
        allowed_principals,
        connections,
    } = service;
    let known = |label: &str, value: &Option<String>| value.as_ref().map(|value| format!(", {label}{value}"));
    let more = [
        known("business status ", business_status),
        known("", resource_type),
        known("payer ", payer),
        known("created ", create_time),
    ];
    page.under(format!("it is {status}{}", more.into_iter().flatten().collect::<String>()));
    page.all(name.iter().map(|name| format!("name {name}")));
    page.all(domain.iter().map(|domain| format!("domain {domain}")));
    page.all(fields.iter().map(|one| format!("{} = \"{}\"", one.field, sentence(&one.value))));
    let pairs = |of: &BTreeMap<String, String>, between: &str| {
        of.iter().map(|(key, value)| format!("{key}{between}{}", sentence(value))).collect::<Vec<_>>()
    };
    listed(page, "supported regions", &supported_regions.as_ref().map(|of| pairs(of, " ")).unwrap_or_default());
    listed(page, "tags", &pairs(tags, "="));
    let principals: Vec<_> = allowed_principals.iter().flatten().cloned().collect();
    listed(page, "allowed principals", &principals);
    page.all(attachments.iter().flatten().map(attached));
    if attachments.as_ref().is_some_and(Vec::is_empty) {
        page.under("no load balancer is attached");
    }
    page.all(connections.iter().flatten().map(connected));
    if connections.as_ref().is_some_and(Vec::is_empty) {
        page.under("no endpoint asks to be connected");
    }
}

fn listed(page: &mut Page, label: &str, entries: &[String]) {
    if !entries.is_empty() {
        page.under(format!("{label}: {}", entries.join(", ")));
    }
}

fn attached(attachment: &AttachmentSeen) -> String {
    let AttachmentSeen { resource_id, zone_id, auto_allocated_enabled, endpoints, deprecated_endpoints } = attachment;
    let zone = zone_id.as_ref().map(|zone| format!(" in {zone}")).unwrap_or_default();
    let kept_back = if *auto_allocated_enabled { "" } else { ", not automatically allocated" };
    let moved = match deprecated_endpoints {
        0 => String::new(),
        moved => format!(", {moved} that were moved away still have traffic here"),
    };
    format!("{resource_id}{zone}: used by {endpoints} endpoints{moved}{kept_back}")
}

fn connected(connection: &ConnectionSeen) -> String {
    let ConnectionSeen { endpoint_id, account_id, vpc_id, status, bandwidth_mbps, decision } = connection;
    let known = |label: &str, value: &Option<String>| value.as_ref().map(|value| format!(" {label} {value}"));
    let whose: String = [known("of account", account_id), known("in", vpc_id)].into_iter().flatten().collect();
    let bandwidth = bandwidth_mbps.map(|mbps| format!(", {mbps} Mbit/s")).unwrap_or_default();
    let rule = decision.map(|decision| format!(", spec.connections says {decision}")).unwrap_or_default();
    format!("connection {endpoint_id}{whose}: {status}{bandwidth}{rule}")
}

pub(super) fn intent(page: &mut Page, intent: &Intent) {
    let Intent { differences, reported, steps, waits_for, unapplied } = intent;
    let is_empty = differences.is_empty() && reported.is_empty() && unapplied.is_empty();
    if is_empty && steps.is_empty() && waits_for.is_none() {
        return page.line("to do: nothing, cloud and spec are one");
    }
    page.line("to do:");
    for (heading, list) in [
        ("differences, wanted and found:", differences),
        ("differences that driftPolicy Report leaves as they are:", reported),
    ] {
        if !list.is_empty() {
            page.under(heading);
            page.all(list.iter().map(|drift| format!("  {}", difference(drift))));
        }
    }
    for Unapplied { field, wanted, found, why } in unapplied {
        page.under(format!("not in force: {field}: \"{wanted}\", \"{found}\": {}", sentence(why)));
    }
    if !steps.is_empty() {
        page.under("steps:");
        page.all(steps.iter().map(|step| format!("  {}", step.text)));
    }
    page.all(waits_for.iter().map(|wait| format!("waits for {wait}")));
}

pub(super) fn difference(Drift { field, wanted, found }: &Drift) -> String {
    let value = |value: &Option<String>| {
        value.as_ref().map_or_else(|| "nothing".to_owned(), |text| format!("\"{}\"", sentence(text)))
    };
    format!("{}: {}, {}", field.as_deref().unwrap_or_default(), value(wanted), value(found))
}
