//! Each right of each role is needed: without it something fails, and with all of them none is unused and nothing is refused.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::join;
use futures::{StreamExt, stream};
use local_control_plane::ControlPlane;

use super::installations::{Right, installations};
use super::work::Work;
use crate::support::cluster;

/// Operators of one namespace at work at a time. One that serves every namespace works alone.
const AT_A_TIME: usize = 3;

/// Flags and rights, and the installations that have just these.
type Cases = BTreeMap<(BTreeSet<&'static str>, BTreeSet<Right>), Vec<String>>;

/// Every case that differs from the others in what the operator may do or is told to do. One without rights of ours has its own.
fn cases() -> Cases {
    let mut cases = Cases::new();
    for installation in installations().into_iter().filter(|installation| !installation.operator.is_empty()) {
        let key = (installation.flags(), installation.operator);
        cases.entry(key).or_default().push(installation.source);
    }
    cases
}

/// One life of an object: with all rights, or without the missing one.
struct Run<'a> {
    sources: &'a [String],
    flags: &'a BTreeSet<&'static str>,
    rights: &'a BTreeSet<Right>,
    missing: Option<Right>,
}

impl Run<'_> {
    /// It serves every namespace, also those of others.
    fn is_cluster_wide(&self) -> bool {
        !self.flags.contains("--watch-namespace")
    }

    async fn carry_out(self, control_plane: &'static ControlPlane) {
        let Self { sources, flags, rights, missing } = self;
        let mut work = Work::start(control_plane, flags, rights, missing.clone()).await;
        let lived = work.live().await;
        if let Some(missing) = missing {
            let failed = lived.expect_err(&format!("{sources:?}: nothing needs {missing:?}"));
            println!("{}: without {} {}: failed to {failed}", sources[0], missing.verb, missing.resource);
        } else {
            assert_eq!(lived, Ok(()), "{sources:?}");
            assert_eq!(work.unused(rights).await, (Vec::new(), Vec::new()), "{sources:?}: unused, refused");
            println!("{}: {} rights, each used, nothing refused", sources[0], rights.len());
        }
        work.end().await;
    }
}

async fn carry_out(runs: Vec<Run<'_>>, at_a_time: usize) {
    let control_plane = cluster::another().await;
    local_stack::install(control_plane).unwrap();
    stream::iter(runs).map(|run| run.carry_out(control_plane)).buffer_unordered(at_a_time).collect::<()>().await;
}

#[tokio::test]
async fn without_any_one_right_a_step_fails_and_with_all_of_them_none_is_unused() {
    let cases = cases();
    let is_there = |name: &&str| cases.values().any(|sources| sources.iter().any(|source| source == name));
    let expected = ["config", "chart, default", "chart, namespaced", "chart, namespaced-safe"];
    assert!(expected.iter().all(is_there), "{cases:#?}");
    let expected = ["config, export-to", "chart, export-to-namespaces", "chart, namespaced-export-to"];
    assert!(expected.iter().all(is_there), "{cases:#?}");
    let runs = cases.iter().flat_map(|((flags, rights), sources)| {
        let smaller = cases
            .keys()
            .filter(|(others, fewer)| others == flags && fewer.len() < rights.len() && fewer.is_subset(rights));
        // What a case with fewer rights needs is shown there.
        let shown: BTreeSet<&Right> = smaller.flat_map(|(_, fewer)| fewer).collect();
        let missing: Vec<_> =
            rights.iter().filter(|right| !shown.contains(right)).cloned().map(Some).chain([None]).collect();
        missing.into_iter().map(move |missing| Run { sources, flags, rights, missing })
    });
    let (cluster_wide, namespaced): (Vec<_>, Vec<_>) = runs.partition(Run::is_cluster_wide);
    println!("{} cases, {} runs", cases.len(), cluster_wide.len() + namespaced.len());
    join(carry_out(cluster_wide, 1), carry_out(namespaced, AT_A_TIME)).await;
}

/// Nobody in the cluster has rights of ours that no test knows of.
#[test]
fn every_service_account_that_gets_rights_is_tested() {
    let unknown: Vec<_> = installations()
        .into_iter()
        .filter(|installation| !installation.others.is_empty())
        .map(|installation| format!("{}: {:#?}", installation.source, installation.others))
        .collect();
    assert_eq!(unknown, [] as [String; 0], "write a test of what each of these rights is needed for");
}
