//! What the cloud has: the service, whose it is, its load balancers and connections.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::wanted::Valued;
use crate::cloud::load_balancers::Sight;
use crate::cloud::services::{Attachment, AttachmentKey, Connection, Service};
use crate::crd::ConnectionsSpec;
use crate::identity::Life;
use crate::vpc_endpoint_service::connections::decide;
use crate::vpc_endpoint_service::observe::{Observed, ServiceView};
use crate::vpc_endpoint_service::resolve::Resolved;
use crate::vpc_endpoint_service::show::{Closer, Shown};

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct Found {
    /// When the list of the services began that this rests on.
    pub(in super::super) listed_at: Option<Timestamp>,
    pub(in super::super) ownership: Ownership,
    /// The object's own, or the one that stands in its place.
    pub(in super::super) service: Option<ServiceSeen>,
    /// Others that carry the object's UID.
    pub(in super::super) duplicates: Vec<String>,
    /// Those that the operator reads for the object: whose zones it needs to know, and which are about to be attached.
    pub(in super::super) load_balancers: Vec<LoadBalancerSeen>,
}

/// Which service, if any, belongs to the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) enum Ownership {
    /// No list has ended.
    NotListed,
    /// None carries its tags.
    None,
    Ours,
    /// The one that was its own, or that the status names, carries its tags no more.
    Lost,
    /// An earlier object of its name left it.
    Former,
    /// The spec wants it adopted, and it is not yet.
    ToAdopt,
    /// Several carry its UID.
    Several,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ServiceSeen {
    pub(in super::super) id: String,
    pub(in super::super) name: Option<String>,
    pub(in super::super) domain: Option<String>,
    pub(in super::super) status: String,
    pub(in super::super) business_status: Option<String>,
    pub(in super::super) resource_type: Option<String>,
    pub(in super::super) payer: Option<String>,
    /// As the provider writes it.
    pub(in super::super) create_time: Option<String>,
    pub(in super::super) fields: Vec<Valued>,
    /// Regions whose consumers may connect, with the state of each. `None`: the provider does not say.
    pub(in super::super) supported_regions: Option<BTreeMap<String, String>>,
    /// All of them, the owner tags among them.
    pub(in super::super) tags: BTreeMap<String, String>,
    /// `None`: they could not be read.
    pub(in super::super) attachments: Option<Vec<AttachmentSeen>>,
    /// Who may connect. `None`: they could not be read.
    pub(in super::super) allowed_principals: Option<BTreeSet<String>>,
    /// `None`: they could not be read.
    pub(in super::super) connections: Option<Vec<ConnectionSeen>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct AttachmentSeen {
    pub(in super::super) resource_id: String,
    pub(in super::super) zone_id: Option<String>,
    pub(in super::super) auto_allocated_enabled: bool,
    /// Endpoints that use it, and those that were moved away and still have traffic there.
    pub(in super::super) endpoints: i64,
    pub(in super::super) deprecated_endpoints: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct ConnectionSeen {
    pub(in super::super) endpoint_id: String,
    pub(in super::super) account_id: Option<String>,
    pub(in super::super) vpc_id: Option<String>,
    pub(in super::super) status: String,
    pub(in super::super) bandwidth_mbps: Option<i32>,
    /// What the rules of the spec say of it. `None`: the spec has none.
    pub(in super::super) decision: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct LoadBalancerSeen {
    pub(in super::super) id: String,
    /// `None`: it was not read, or there is none.
    pub(in super::super) status: Option<String>,
    pub(in super::super) zone_ids: Vec<String>,
    /// Why it has no status.
    pub(in super::super) message: Option<String>,
}

impl Found {
    pub(super) fn of(shown: &Shown, closer: Option<&Closer>) -> Option<Self> {
        let (resolved, observed) = (shown.resolved()?, shown.observed()?);
        let rules = resolved.spec.connections.as_ref().filter(|_| resolved.life == Life::Live);
        Some(Self {
            listed_at: observed.as_of,
            ownership: Ownership::of(&observed.service),
            service: shown.service().map(|service| ServiceSeen::of(service, closer, rules)),
            duplicates: observed.service.ours().iter().skip(1).map(|other| other.id.clone()).collect(),
            load_balancers: load_balancers(resolved, observed),
        })
    }
}

impl Ownership {
    fn of(view: &ServiceView) -> Self {
        match view {
            ServiceView::NotYetListed => Self::NotListed,
            ServiceView::Absent { .. } => Self::None,
            ServiceView::Ours(_) => Self::Ours,
            ServiceView::Foreign(_) => Self::Lost,
            ServiceView::Former(_) => Self::Former,
            ServiceView::ToAdopt(_) => Self::ToAdopt,
            ServiceView::Many(_) => Self::Several,
        }
    }
}

impl ServiceSeen {
    fn of(service: &Service, closer: Option<&Closer>, rules: Option<&ConnectionsSpec>) -> Self {
        let attachments = closer.and_then(|closer| closer.attachments.as_ref().ok());
        let principals = closer.and_then(|closer| closer.principals.as_ref().ok());
        let connections = closer.and_then(|closer| closer.connections.as_deref().ok());
        let regions = service.regions.as_ref();
        Self {
            id: service.id.clone(),
            name: service.name.clone(),
            domain: service.domain.clone(),
            status: service.status.as_str().to_owned(),
            business_status: service.business_status.clone(),
            resource_type: service.resource_type.clone(),
            payer: service.payer.clone(),
            create_time: service.create_time.clone(),
            fields: service.attributes.iter().map(Valued::of).collect(),
            supported_regions: regions.map(|regions| {
                regions.iter().map(|(region, status)| (region.clone(), status.as_str().to_owned())).collect()
            }),
            tags: service.tags.clone(),
            attachments: attachments.map(|attachments| attachments.iter().map(AttachmentSeen::of).collect()),
            allowed_principals: principals.cloned(),
            connections: connections.map(|list| list.iter().map(|one| ConnectionSeen::of(one, rules)).collect()),
        }
    }
}

impl AttachmentSeen {
    fn of((key, attachment): (&AttachmentKey, &Attachment)) -> Self {
        let Attachment { zone_id, auto_allocated_enabled, related_endpoint_count, deprecated_endpoint_count } =
            attachment;
        Self {
            resource_id: key.resource_id.clone(),
            zone_id: zone_id.clone().or_else(|| key.zone_id.clone()),
            auto_allocated_enabled: *auto_allocated_enabled,
            endpoints: *related_endpoint_count,
            deprecated_endpoints: *deprecated_endpoint_count,
        }
    }
}

impl ConnectionSeen {
    fn of(connection: &Connection, rules: Option<&ConnectionsSpec>) -> Self {
        Self {
            endpoint_id: connection.endpoint_id.clone(),
            account_id: connection.account_id.clone(),
            vpc_id: connection.vpc_id.clone(),
            status: connection.status.as_str().to_owned(),
            bandwidth_mbps: connection.bandwidth_mbps,
            decision: rules.map(|rules| decide(rules, connection).action.as_str()),
        }
    }
}

fn load_balancers(resolved: &Resolved, observed: &Observed) -> Vec<LoadBalancerSeen> {
    let region = &resolved.target.region;
    observed.load_balancers.each.iter().map(|(id, sight)| load_balancer(id, sight, region)).collect()
}

fn load_balancer(id: &str, sight: &Sight, region: &str) -> LoadBalancerSeen {
    let answer = sight.answer.as_ref();
    let found = answer.and_then(|answer| answer.load_balancer.as_ref());
    let message = match (answer, &sight.error) {
        (Some(_), _) if found.is_some() => None,
        (Some(_), _) => Some(format!("the account has none of that id in {region}")),
        (None, Some(error)) => Some(crate::cloud::errors::verdict(error).message),
        (None, None) => Some("it was not read".to_owned()),
    };
    LoadBalancerSeen {
        id: id.to_owned(),
        status: found.map(|found| found.status.as_str().to_owned()),
        zone_ids: found.iter().flat_map(|found| &found.zones).map(|zone| zone.zone_id.clone()).collect(),
        message,
    }
}
