//! The command `plan`: what the operator would do for manifests before they are applied.

mod check;
mod manifests;
mod planned;
mod text;

use serde::Serialize;

use self::check::{Checked, Unchecked, check};
use self::manifests::{Manifest, ReadError, read};
use self::planned::{Planned, Verdict};
use super::cluster::Cluster;
use super::looker::Looker;
use super::{StartError, print};
use crate::args::{LookArgs, PlanArgs};
use crate::settings::CloudSettings;
use crate::timing::Timing;
use crate::vpc_endpoint_service::plan::Mode;

/// Exit status: every manifest could be planned; with `--detailed-exitcode`: and nothing would change.
const PLANNED: u8 = 0;

/// Exit status: a manifest is refused, or nobody can say what becomes of it.
const FAILED: u8 = 1;

/// Exit status with `--detailed-exitcode`: something would change, or is waited for.
const CHANGES: u8 = 2;

/// Why nothing is planned.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error(transparent)]
    Read(ReadError),
    #[error(transparent)]
    Start(StartError),
}

/// What a program reads. The form is API: fields are added, none is renamed.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    /// Of this form.
    format_version: u32,
    manifests: &'a [Planned],
}

/// Plans, prints, and answers the exit status.
pub async fn run(args: PlanArgs) -> Result<u8, PlanError> {
    let PlanArgs { filename, namespace, offline, detailed_exitcode, common, cloud } = args;
    let manifests = read(&filename).map_err(PlanError::Read)?;
    let output = common.output;
    let settings = CloudSettings::of(cloud, &[]).map_err(|error| PlanError::Start(StartError::Settings(error)))?;
    let mut looker = looker(common, &settings, offline).await.map_err(PlanError::Start)?;
    let mut planned = Vec::new();
    for manifest in &manifests {
        planned.push(plan(&mut looker, namespace.as_deref(), manifest).await);
    }
    print(output, &Answer { format_version: 1, manifests: &planned }, || text::text(&planned))
        .map_err(PlanError::Start)?;
    Ok(exit_status(&planned, detailed_exitcode))
}

async fn looker(args: LookArgs, settings: &CloudSettings, is_offline: bool) -> Result<Looker, StartError> {
    let LookArgs { output: _, cluster_id, timeout, internal_timing } = args;
    let timing = Timing::with(&[], &internal_timing).map_err(StartError::Timing)?;
    let deadline = timing.kubernetes_call_deadline;
    let cluster =
        if is_offline { Cluster::offline(cluster_id, deadline) } else { Cluster::find(cluster_id, deadline).await };
    let cluster = cluster.map_err(StartError::Cluster)?;
    Looker::open(cluster, settings, &timing, timeout, Mode::DryRun)
}

async fn plan(looker: &mut Looker, default_namespace: Option<&str>, manifest: &Manifest) -> Planned {
    let namespace = match namespace(&looker.cluster, default_namespace, manifest) {
        Ok(namespace) => namespace,
        Err((namespace, message)) => return Planned::unchecked(manifest, &namespace, Unchecked::Refused(message)),
    };
    let Checked { subject, is_there, by } = match check(&looker.cluster, &namespace, manifest).await {
        Ok(checked) => checked,
        Err(why) => return Planned::unchecked(manifest, &namespace, why),
    };
    match Box::pin(looker.look(&subject)).await {
        Ok(found) => Planned::of(manifest, &namespace, is_there, by, &found),
        Err(error) => Planned::unchecked(manifest, &namespace, Unchecked::Unknown(error.to_string())),
    }
}

/// The one that the manifest names, else the typed one, else that of the kubeconfig; an error where manifest and flag differ, as kubectl has it.
fn namespace(cluster: &Cluster, typed: Option<&str>, manifest: &Manifest) -> Result<String, (String, String)> {
    match (manifest.namespace.as_deref(), typed.filter(|typed| !typed.is_empty())) {
        (Some(named), Some(typed)) if named != typed => Err((
            named.to_owned(),
            format!("metadata.namespace is {named} and --namespace {typed}; leave one of them out"),
        )),
        (Some(named), _) => Ok(named.to_owned()),
        (None, Some(typed)) => Ok(typed.to_owned()),
        (None, None) => Ok(cluster.default_namespace().to_owned()),
    }
}

fn exit_status(planned: &[Planned], is_detailed: bool) -> u8 {
    match planned.iter().map(|planned| planned.verdict).max() {
        Some(Verdict::Refused | Verdict::Unknown) => FAILED,
        Some(Verdict::Change | Verdict::Wait) if is_detailed => CHANGES,
        Some(Verdict::Nothing | Verdict::Held | Verdict::Change | Verdict::Wait) | None => PLANNED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_verdict_decides_how_the_command_ends() {
        let manifest =
            Manifest { source: String::new(), namespace: None, name: String::new(), value: serde_json::Value::Null };
        let refused = Planned::unchecked(&manifest, "", Unchecked::Refused(String::new()));
        let of = |verdicts: &[Verdict]| {
            let planned: Vec<_> =
                verdicts.iter().map(|verdict| Planned { verdict: *verdict, ..refused.clone() }).collect();
            (exit_status(&planned, false), exit_status(&planned, true))
        };
        let table = [
            (&[Verdict::Nothing][..], (0, 0)),
            (&[Verdict::Nothing, Verdict::Held], (0, 0)),
            (&[Verdict::Wait, Verdict::Nothing], (0, 2)),
            (&[Verdict::Nothing, Verdict::Change], (0, 2)),
            (&[Verdict::Refused, Verdict::Change], (1, 1)),
            (&[Verdict::Unknown], (1, 1)),
        ];
        for (verdicts, expected) in table {
            assert_eq!(of(verdicts), expected, "{verdicts:?}");
        }
    }
}
