//! The command `import`: for each endpoint service that no object owns, a manifest that adopts it as it is.

mod ask;
mod described;
mod imported;
mod name;
mod text;
mod yaml;

use tokio::time::Instant;

use self::ask::{Namespace, Question};
use self::imported::Imported;
use super::cluster::Cluster;
use super::{StartError, cloud, print};
use crate::args::{ImportArgs, LookArgs};
use crate::settings::CloudSettings;
use crate::timing::Timing;

/// Exit status: every service is printed, or named with the reason why it is not.
const IMPORTED: u8 = 0;

/// Exit status: something that was asked for could not be read, or is not there.
const FAILED: u8 = 1;

/// Why nothing is printed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("failed to list endpoint services without a region: give one with --region")]
    RegionMissing,
    #[error("failed to use {0:?} as a namespace: give lower-case letters, digits and dashes, no more than 63")]
    Namespace(String),
    #[error("failed to list the endpoint services of {region}: {message}")]
    List { region: String, message: String },
    #[error(transparent)]
    Start(StartError),
}

/// Looks, prints, and answers the exit status.
pub async fn run(args: ImportArgs) -> Result<u8, ImportError> {
    let ImportArgs { service_id, namespace, offline, common, cloud: cloud_args } = args;
    let LookArgs { output, cluster_id, timeout, internal_timing } = common;
    let start = ImportError::Start;
    let timing = Timing::with(&[], &internal_timing).map_err(StartError::Timing).map_err(start)?;
    let settings = CloudSettings::of(cloud_args, &[]).map_err(StartError::Settings).map_err(start)?;
    let region = settings.region.clone().ok_or(ImportError::RegionMissing)?;
    let deadline = timing.kubernetes_call_deadline;
    let cluster =
        if offline { Cluster::offline(cluster_id, deadline) } else { Cluster::find(cluster_id, deadline).await };
    let cluster = cluster.map_err(StartError::Cluster).map_err(start)?;
    let namespace = namespace.filter(|name| !name.is_empty());
    let namespace = checked(namespace.unwrap_or_else(|| cluster.default_namespace().to_owned()))?;
    let cloud = cloud::open(&settings, &cluster.id, &timing).map_err(StartError::Cloud).map_err(start)?;
    let question = Question { cloud, region, until: Instant::now() + timeout };
    let there = Namespace::read(&cluster, &namespace).await;
    let found = question.services(&service_id).await;
    let found = found.map_err(|message| ImportError::List { region: question.region.clone(), message })?;
    let imported = Imported::of(&found, &there, &cluster.id);
    print(output, &imported, || text::text(&imported)).map_err(start)?;
    Ok(if imported.is_whole() { IMPORTED } else { FAILED })
}

/// It becomes part of a command that people copy.
fn checked(namespace: String) -> Result<String, ImportError> {
    let is_plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let is_label = (1..=63).contains(&namespace.len())
        && namespace.chars().all(is_plain)
        && !namespace.starts_with('-')
        && !namespace.ends_with('-');
    if is_label { Ok(namespace) } else { Err(ImportError::Namespace(namespace)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_a_label() {
        assert_eq!(checked("shop-1".to_owned()).unwrap(), "shop-1");
        for wrong in ["", "-a", "a-", "A", "a b", "a;b", &"a".repeat(64)] {
            assert!(checked(wrong.to_owned()).is_err(), "{wrong:?}");
        }
    }
}
