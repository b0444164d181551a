//! What is told of the services of a region. Pure: from what cloud and cluster said, one value that is printed as YAML or as JSON.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::ask::{Found, Namespace, is_wanted};
use super::described::{Described, LeftOut, Obstacle, Place, describe, obstacle};
use super::name::names;
use crate::cloud::services::Service;
use crate::names::{ADOPT_TAG, CLUSTER_TAG};
use crate::vpc_endpoint_service::handover;

/// Everything. The form is API: fields are added, none is renamed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Imported {
    /// Of this form.
    pub(super) format_version: u32,
    pub(super) account_id: String,
    pub(super) region: String,
    /// As the tags name it.
    pub(super) cluster_id: String,
    pub(super) namespace: String,
    pub(super) services: Vec<Importable>,
    pub(super) left_out: Vec<PassedOver>,
    /// Ids that were asked for, and that no service of the region has.
    pub(super) missing: Vec<String>,
    /// Why nobody looked which names are taken in the cluster.
    pub(super) names_unread: Option<String>,
}

/// A service, and the object that adopts it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Importable {
    pub(super) service_id: String,
    pub(super) manifest: Value,
    /// What puts the tags on the service that give it to the object. `None`: it carries them.
    pub(super) command: Option<String>,
    /// What the manifest leaves as it is in the cloud, because it cannot say it.
    pub(super) unmanaged: Vec<LeftOut>,
}

/// A service without a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PassedOver {
    pub(super) service_id: String,
    #[serde(flatten)]
    pub(super) why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Why {
    Obstacle(Obstacle),
    Other(Other),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "reason", content = "message")]
pub(super) enum Other {
    /// It is about to become an object's.
    Claimed(String),
    /// Its details could not be read.
    Unread(String),
}

impl Imported {
    pub(super) fn of(found: &Found, there: &Namespace, cluster_id: &str) -> Self {
        let Found { account_id, region, services, details: _, wanted } = found;
        let names = names(services, &there.taken);
        let wanted_services = services.iter().filter(|service| is_wanted(wanted, &service.id));
        let (mut importable, mut left_out) = (Vec::new(), Vec::new());
        for service in wanted_services {
            match one(service, found, there, &names, cluster_id) {
                Ok(service) => importable.push(service),
                Err(why) => left_out.push(PassedOver { service_id: service.id.clone(), why }),
            }
        }
        let is_missing = |id: &&String| !services.iter().any(|service| service.id == **id);
        Self {
            format_version: 1,
            account_id: account_id.clone(),
            region: region.clone(),
            cluster_id: cluster_id.to_owned(),
            namespace: there.name.clone(),
            services: importable,
            left_out,
            missing: wanted.iter().filter(is_missing).cloned().collect(),
            names_unread: there.unread.clone(),
        }
    }

    /// Everything that was asked for is there and was read.
    pub(super) fn is_whole(&self) -> bool {
        let is_unread = |passed: &PassedOver| matches!(passed.why, Why::Other(Other::Unread(_)));
        self.missing.is_empty() && !self.left_out.iter().any(is_unread)
    }
}

impl Why {
    pub(super) fn message(&self) -> String {
        match self {
            Self::Obstacle(obstacle) => obstacle.to_string(),
            Self::Other(Other::Claimed(message) | Other::Unread(message)) => message.clone(),
        }
    }
}

fn one(
    service: &Service,
    found: &Found,
    there: &Namespace,
    names: &BTreeMap<String, String>,
    cluster_id: &str,
) -> Result<Importable, Why> {
    let id = &service.id;
    if let Some(obstacle) = obstacle(service) {
        return Err(Why::Obstacle(obstacle));
    }
    if let Some(object) = there.adopting.get(id) {
        let message = format!("the object {}/{object} names it in spec.adopt", there.name);
        return Err(Why::Other(Other::Claimed(message)));
    }
    let given = given(service, there, cluster_id)?;
    let details = match found.details.get(id) {
        Some(Ok(details)) => details,
        Some(Err(message)) => return Err(Why::Other(Other::Unread(message.clone()))),
        None => return Err(Why::Other(Other::Unread("was not read".to_owned()))),
    };
    let name = given.or_else(|| names.get(id).map(String::as_str)).unwrap_or(id);
    let place = Place { namespace: &there.name, name, region: &found.region, account_id: &found.account_id };
    let Described { manifest, left_out } = describe(service, details, &place).map_err(Why::Obstacle)?;
    let object = format!("{}.{name}", there.name);
    let command = given.is_none().then(|| handover::command(&found.region, id, cluster_id, &object));
    Ok(Importable { service_id: id.clone(), manifest, command, unmanaged: left_out })
}

/// The name of the object that the service is handed over to already, if that is one that could be printed here.
fn given<'a>(service: &'a Service, there: &Namespace, cluster_id: &str) -> Result<Option<&'a str>, Why> {
    let Some(object) = service.tags.get(ADOPT_TAG) else { return Ok(None) };
    let cluster = service.tags.get(CLUSTER_TAG).map_or("", String::as_str);
    let name = object.strip_prefix(&*there.name).and_then(|rest| rest.strip_prefix('.'));
    let fits = |name: &&str| cluster == cluster_id && is_name(name) && !there.taken.contains(*name);
    let claimed = || {
        let message = format!("is handed over to the object {object} of the cluster {cluster} by its tags");
        Why::Other(Other::Claimed(message))
    };
    name.filter(fits).map(Some).ok_or_else(claimed)
}

/// As every name that is made here.
fn is_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    (1..=63).contains(&name.len()) && name.chars().all(is_plain) && !name.starts_with('-') && !name.ends_with('-')
}

#[cfg(test)]
mod tests;
