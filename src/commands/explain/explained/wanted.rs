//! The spec in the cloud's terms, with its defaults: what the operator holds the service to.

use serde::Serialize;

use crate::cloud::services::{Field, Value};
use crate::crd::ConnectionsSpec;
use crate::identity::Life;
use crate::vpc_endpoint_service::desired::{Desired, desired};
use crate::vpc_endpoint_service::resolve::{References, Resolved};
use crate::vpc_endpoint_service::show::Shown;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Wanted {
    pub(in super::super) account_id: String,
    pub(in super::super) region: String,
    /// What says that it is this region.
    pub(in super::super) region_named_by: String,
    /// The cluster id in the owner tags.
    pub(in super::super) cluster_id: String,
    pub(in super::super) service_resource_type: String,
    pub(in super::super) payer: String,
    /// What is managed, field by field.
    pub(in super::super) fields: Vec<Valued>,
    /// What is left as it is in the cloud.
    pub(in super::super) unmanaged: Vec<&'static str>,
    /// Where the Services lead that the spec refers to.
    pub(in super::super) services: Vec<Referred>,
}

/// A field and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Valued {
    pub(in super::super) field: String,
    pub(in super::super) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Referred {
    pub(in super::super) name: String,
    /// `None`: to none that can be used yet.
    pub(in super::super) load_balancer_id: Option<String>,
}

impl Wanted {
    /// `None`: nothing is wanted of a service whose object is being deleted, or account and region are not known.
    pub(super) fn of(shown: &Shown) -> Option<Self> {
        let resolved = shown.resolved().filter(|resolved| resolved.life == Life::Live)?;
        let observed = shown.observed()?;
        let Resolved { target, region_named_by, owner, references, .. } = resolved;
        let wanted = desired(resolved, &observed.load_balancers);
        Some(Self {
            account_id: target.account.clone(),
            region: target.region.clone(),
            region_named_by: region_named_by.to_string(),
            cluster_id: owner.cluster.clone(),
            service_resource_type: wanted.service_resource_type.clone(),
            payer: wanted.payer.clone(),
            fields: fields(&wanted),
            unmanaged: unmanaged(&wanted),
            services: services(references),
        })
    }
}

impl Valued {
    pub(in super::super) fn new(field: impl Into<String>, value: impl Into<String>) -> Self {
        Self { field: field.into(), value: value.into() }
    }

    pub(super) fn of((field, value): (&Field, &Value)) -> Self {
        Self::new(field.to_string(), value.text_of(field))
    }
}

fn fields(wanted: &Desired) -> Vec<Valued> {
    let Desired { attributes, tags, regions, attachments, principals, connections, not_allocated, withheld, .. } =
        wanted;
    let tags = tags.iter().flatten().map(|(key, value)| Valued::new(Field::Tag(key.clone()).to_string(), value));
    let regions = regions.iter().flatten().map(|region| Valued::new("supportedRegions", region));
    let attachments = attachments.iter().flatten().map(|key| {
        let state = match (withheld.contains(key), not_allocated.contains(key)) {
            (true, _) => "attached once that is possible",
            (false, true) => "attached, not automatically allocated",
            (false, false) => "attached",
        };
        Valued::new(Field::Resource(key.clone()).to_string(), state)
    });
    let principals = principals.iter().flatten().map(|account| Valued::new("allowedPrincipals", account));
    let connections = connections.iter().map(|rules| Valued::new("connections", told(rules)));
    let scalars = attributes.iter().map(Valued::of);
    scalars.chain(attachments).chain(principals).chain(regions).chain(tags).chain(connections).collect()
}

fn told(connections: &ConnectionsSpec) -> String {
    let ConnectionsSpec { default, when_no_longer_allowed, rules } = connections;
    let rules = rules.iter().flatten().count();
    let rules = if rules == 1 { "1 rule".to_owned() } else { format!("{rules} rules") };
    format!("{rules}, default {default}, whenNoLongerAllowed {when_no_longer_allowed}")
}

fn unmanaged(wanted: &Desired) -> Vec<&'static str> {
    let Desired { service_resource_type, attributes, tags, regions, attachments, principals, connections, .. } = wanted;
    let bandwidth = attributes.get(&Field::ConnectBandwidthMbps).is_none() && service_resource_type == "slb";
    [
        ("resources", attachments.is_none()),
        ("allowedPrincipals", principals.is_none()),
        ("supportedRegions", regions.is_none()),
        ("tags", tags.is_none()),
        ("connections", connections.is_none()),
        ("resourceGroupId", attributes.get(&Field::ResourceGroupId).is_none()),
        ("connectBandwidthMbps", bandwidth),
    ]
    .into_iter()
    .filter_map(|(field, is_left)| is_left.then_some(field))
    .collect()
}

fn services(references: &References) -> Vec<Referred> {
    let referred = references.iter().map(|(name, found)| Referred {
        name: name.clone(),
        load_balancer_id: found.as_ref().ok().map(|found| found.load_balancer_id.clone()),
    });
    referred.collect()
}
