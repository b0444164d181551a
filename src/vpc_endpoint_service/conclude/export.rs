//! The ConfigMap of `spec.exportTo`: what is to be written to it, and what is said where that is refused.
//!
//! It says what is known of the object's own service: of no service that is not seen, and of one that is gone what was known last. Who only plans and
//! who is being deleted writes nothing; what is only observed or suspended is exported like any other, because a ConfigMap is nothing in the cloud.

use std::collections::BTreeMap;
use std::time::Duration;

use super::inputs::Inputs;
use super::messages;
use super::status::known_zones;
use crate::crd::{ConditionType, ManagementPolicy, VpcEndpointServiceStatus};
use crate::identity::Life;
use crate::kubernetes::FoundConfigMap;
use crate::vpc_endpoint_service::exports::{ExportRefusal, ExportStep, ExportView, ExportWrite, KnownExport};
use crate::vpc_endpoint_service::resolve::Resolved;

const SERVICE_ID: &str = "serviceId";
const SERVICE_NAME: &str = "serviceName";
const SERVICE_DOMAIN: &str = "serviceDomain";
const REGION: &str = "region";
const ZONE_IDS: &str = "zoneIds";

/// Between the zones of `zoneIds`.
const SEPARATOR: &str = ",";

/// The bound of `status.exportedConfigMaps`. There are two while the name changes; more only while the API server refuses to delete.
const MOST: usize = 8;

/// Where the sentence on the export begins in the message of `Ready`.
const MARK: &str = " spec.exportTo: ";

/// The ConfigMaps that are to be looked at: the one that the spec names, and those that are to go. None of an object that is not exported now.
pub fn names(resolved: &Resolved, previous: &VpcEndpointServiceStatus) -> Vec<String> {
    if !is_exporting(resolved) {
        return Vec::new();
    }
    let wanted = resolved.spec.export_to.iter().map(|export| export.config_map_name.clone());
    let mut names: Vec<_> = wanted.chain(previous.exported_config_maps.iter().cloned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn is_exporting(resolved: &Resolved) -> bool {
    resolved.life == Life::Live && resolved.spec.management_policy != ManagementPolicy::Plan
}

/// What is to be done with each ConfigMap. The one that the spec names comes first: an earlier one goes when its successor is there.
pub(super) fn steps(inputs: &Inputs<'_>) -> Vec<ExportStep> {
    let is_due = |step: &ExportStep| inputs.export(&step.config_map).is_some_and(|known| known.is_due);
    needed(inputs).into_iter().filter(is_due).collect()
}

/// Every write that is needed, whether it may be tried now or not.
fn needed(inputs: &Inputs<'_>) -> Vec<ExportStep> {
    let Some(resolved) = inputs.resolved().filter(|resolved| is_exporting(resolved)) else { return Vec::new() };
    let first = wanted(inputs).and_then(|name| Some(step(name, write(inputs, resolved, name)?)));
    let may_remove = first.is_none() && is_wanted_written(inputs) || is_full(inputs);
    let others = earlier(inputs).filter(|_| may_remove).filter_map(|name| match &inputs.export(name)?.view {
        ExportView::Own(found) if is_exported_by(found, resolved) => {
            Some(step(name, ExportWrite::Delete { version: found.version.clone() }))
        }
        ExportView::Own(_) | ExportView::Unknown | ExportView::Absent | ExportView::Foreign => None,
    });
    first.into_iter().chain(others).collect()
}

fn step(config_map: &str, write: ExportWrite) -> ExportStep {
    ExportStep { config_map: config_map.to_owned(), write }
}

/// The name in the spec.
fn wanted<'a>(inputs: &Inputs<'a>) -> Option<&'a str> {
    inputs.resolved()?.spec.export_to.as_ref().map(|export| export.config_map_name.as_str())
}

/// What the spec named before and names no more.
fn earlier<'a>(inputs: &Inputs<'a>) -> impl Iterator<Item = &'a str> {
    let wanted = wanted(inputs);
    let names = inputs.previous.exported_config_maps.iter().map(String::as_str);
    names.filter(move |name| Some(*name) != wanted)
}

/// The one that the spec names is there, or it names none.
fn is_wanted_written(inputs: &Inputs<'_>) -> bool {
    let view = |name| inputs.export(name).map(|known| &known.view);
    wanted(inputs).is_none_or(|name| matches!(view(name), Some(ExportView::Own(_))))
}

/// There is no room in the status for another name.
fn is_full(inputs: &Inputs<'_>) -> bool {
    inputs.previous.exported_config_maps.len() >= MOST
}

fn is_exported_by(found: &FoundConfigMap, resolved: &Resolved) -> bool {
    found.exported_by.as_ref() == Some(&resolved.key.name)
}

/// What has to be written to the ConfigMap that the spec names; `None`: nothing, or nothing is known of the service.
fn write(inputs: &Inputs<'_>, resolved: &Resolved, name: &str) -> Option<ExportWrite> {
    match &inputs.export(name)?.view {
        ExportView::Absent if is_listed(inputs, name) || !is_full(inputs) => {
            let data = data(inputs, resolved, None)?;
            Some(ExportWrite::Create {
                data: data.into_iter().filter_map(|(key, value)| Some((key, value?))).collect(),
            })
        }
        ExportView::Own(found) => {
            let data = data(inputs, resolved, Some(found))?;
            let differs = data.iter().any(|(key, value)| found.data.get(key) != value.as_ref());
            let version = found.version.clone();
            (differs || !is_exported_by(found, resolved)).then_some(ExportWrite::Change { version, data })
        }
        ExportView::Absent | ExportView::Foreign | ExportView::Unknown => None,
    }
}

fn is_listed(inputs: &Inputs<'_>, name: &str) -> bool {
    inputs.previous.exported_config_maps.iter().any(|listed| listed == name)
}

/// The value of each key; `None`: the key is not there, because its value is not known yet or there is none. What this reconcile does not know stays as it was
/// told in the status or exported, as long as that was of the same service.
fn data(
    inputs: &Inputs<'_>,
    resolved: &Resolved,
    found: Option<&FoundConfigMap>,
) -> Option<BTreeMap<String, Option<String>>> {
    let service = inputs.service()?;
    let before = found.map(|found| &found.data).filter(|data| data.get(SERVICE_ID) == Some(&service.id));
    let kept = |key: &str| before.and_then(|data| data.get(key).cloned());
    let zones = match known_zones(inputs) {
        Some(zones) => joined(&zones),
        None => told_zones(inputs, &service.id).or_else(|| kept(ZONE_IDS)),
    };
    let values = [
        (SERVICE_ID, Some(service.id.clone())),
        (SERVICE_NAME, service.name.clone().or_else(|| kept(SERVICE_NAME))),
        (SERVICE_DOMAIN, service.domain.clone().or_else(|| kept(SERVICE_DOMAIN))),
        (REGION, Some(resolved.target.region.clone())),
        (ZONE_IDS, zones),
    ];
    Some(values.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// The zones that the status tells of, which is all that a process knows until it has read the attachments: a details period after its start at the latest.
fn told_zones(inputs: &Inputs<'_>, service_id: &str) -> Option<String> {
    let VpcEndpointServiceStatus { service_id: told_of, zone_ids, .. } = inputs.previous;
    joined(zone_ids).filter(|_| told_of.as_deref() == Some(service_id))
}

fn joined(zones: &[String]) -> Option<String> {
    Some(zones.join(SEPARATOR)).filter(|zones| !zones.is_empty())
}

/// The names for `status.exportedConfigMaps`: every ConfigMap that is this object's, or will be when the steps of this reconcile are carried out. A name stands
/// there before its ConfigMap is created, so that one which the spec names no more is found again whatever happens in between.
pub(super) fn exported(inputs: &Inputs<'_>) -> Vec<String> {
    let before = &inputs.previous.exported_config_maps;
    let Some(resolved) = inputs.resolved().filter(|resolved| is_exporting(resolved)) else { return before.clone() };
    let wanted = wanted(inputs);
    let is_to_be = |name: &str| match inputs.export(name).map(|known| &known.view) {
        Some(ExportView::Own(found)) => Some(name) == wanted || is_exported_by(found, resolved),
        Some(ExportView::Absent) => Some(name) == wanted && write(inputs, resolved, name).is_some(),
        Some(ExportView::Foreign) => false,
        Some(ExportView::Unknown) | None => is_listed(inputs, name),
    };
    let mut names: Vec<_> = earlier(inputs).chain(wanted).filter(|name| is_to_be(name)).map(str::to_owned).collect();
    names.sort_unstable();
    names
}

/// Until a ConfigMap is looked at again, or what was written is.
pub(super) fn next_look(inputs: &Inputs<'_>) -> Option<Duration> {
    if !steps(inputs).is_empty() {
        return Some(inputs.timing.active_poll_interval);
    }
    let next = inputs.reached.exports.next_look?;
    Some(Duration::try_from(next.duration_since(inputs.now)).unwrap_or_default())
}

/// The message of `Ready` with the sentence on the export at its end, where there is something to say.
pub(super) fn with_sentence(inputs: &Inputs<'_>, message: &str) -> String {
    let sentence = sentence(inputs).map_or_else(String::new, |sentence| format!("{MARK}{sentence}"));
    format!("{}{sentence}", without_sentence(message))
}

/// The message of `Ready` without it.
pub(super) fn without_sentence(message: &str) -> &str {
    message.split_once(MARK).map_or(message, |(message, _)| message)
}

/// What a status says of the export, if it says anything.
pub(super) fn told(status: &VpcEndpointServiceStatus) -> Option<&str> {
    let ready = status.condition(ConditionType::Ready)?;
    Some(ready.message.split_once(MARK)?.1)
}

fn sentence(inputs: &Inputs<'_>) -> Option<String> {
    let resolved = inputs.resolved();
    if inputs.deleting().is_some() || resolved.is_some_and(|resolved| !is_exporting(resolved)) {
        return None;
    }
    let names: Vec<&str> = wanted(inputs).into_iter().chain(earlier(inputs)).collect();
    // What could not be looked at is told of as before.
    let is_unknown = |name: &&str| inputs.export(name).is_none_or(is_unread);
    if resolved.is_none() || names.iter().any(is_unknown) {
        return told(inputs.previous).map(str::to_owned);
    }
    names.into_iter().find_map(|name| trouble(inputs, name))
}

fn is_unread(known: &KnownExport) -> bool {
    known.view == ExportView::Unknown && known.refusal.is_none()
}

fn trouble(inputs: &Inputs<'_>, name: &str) -> Option<String> {
    let known = inputs.export(name)?;
    if known.view == ExportView::Foreign && wanted(inputs) == Some(name) {
        return Some(format!(
            "the ConfigMap {name} exists and does not belong to this object, so it is left as it is; delete it, or name another."
        ));
    }
    let is_needed = || needed(inputs).iter().any(|step| step.config_map == name);
    let refusal = known.refusal.as_ref().filter(|refusal| refusal.verb == "get" || is_needed())?;
    Some(refused(inputs, name, refusal))
}

fn refused(inputs: &Inputs<'_>, name: &str, refusal: &ExportRefusal) -> String {
    let ExportRefusal { verb, is_right, said } = refusal;
    let said = messages::one_line(said);
    if *is_right {
        let namespace = &inputs.key.namespace;
        return format!(
            "the API server refuses {verb} on configmaps/{name} in the namespace {namespace}; grant the operator get, create, patch and delete on \
             configmaps there (rbac.exportTo in the chart, config/export-to), or change what refuses it. It says: {said}"
        );
    }
    format!("the API server rejects {verb} on configmaps/{name}; settle what it says. It says: {said}")
}
