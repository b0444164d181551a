//! What no role may hold, however the operator is installed.

use std::collections::BTreeSet;

use super::installations::{Installation, Right, Scope, installations};
use super::work::{CONFIG_MAPS, LEASES};
use super::{DEFINITIONS, EVENTS, OUR_DEFINITION, OUR_STATUS, OURS};

const READS: [&str; 3] = ["get", "list", "watch"];

/// What the operator may write, beside what leader election needs, and ConfigMaps where `spec.exportTo` is to work.
const WRITTEN: [&str; 3] = [EVENTS, OURS, OUR_STATUS];

fn all_found(wrong: impl Fn(&Installation) -> Vec<String>) -> Vec<String> {
    let found = installations();
    assert!(found.len() > 5, "{} installations", found.len());
    found.iter().flat_map(|one| wrong(one).into_iter().map(|what| format!("{}: {what}", one.source))).collect()
}

#[test]
fn no_rule_has_a_wildcard_reads_secrets_or_gives_rights() {
    let wrong = all_found(|installation| {
        let rules = installation.rules.iter().map(ToString::to_string);
        let forbidden = [
            "\"*",
            "\"secrets",
            "nonResourceURLs",
            "\"escalate\"",
            "\"bind\"",
            "\"impersonate\"",
            "serviceaccounts/token",
        ];
        rules.filter(|rule| forbidden.iter().any(|word| rule.contains(word))).collect()
    });
    assert_eq!(wrong, [] as [String; 0]);
}

#[test]
fn the_operator_writes_its_own_kind_events_and_its_lease_and_nothing_else() {
    let wrong = all_found(|installation| {
        let writes = installation.operator.iter().filter(|right| !READS.contains(&right.verb.as_str()));
        let is_meant = |right: &&Right| {
            WRITTEN.contains(&right.path().as_str())
                || (right.path() == LEASES && right.scope != Scope::Cluster)
                || (right.path() == CONFIG_MAPS && installation.exports)
        };
        writes.filter(|right| !is_meant(right)).map(|right| format!("{right:?}")).collect()
    });
    assert_eq!(wrong, [] as [String; 0]);
}

/// One namespace: nothing of the cluster but the one definition, and with `--ignore-crd-deletion` not even that.
#[test]
fn an_operator_of_one_namespace_has_no_right_in_the_cluster_but_to_see_the_definition_go() {
    let mut seen = BTreeSet::new();
    let wrong = all_found(|installation| {
        let flags = installation.flags();
        if !flags.contains("--watch-namespace") {
            return Vec::new();
        }
        let is_meant = |right: &&Right| {
            !flags.contains("--ignore-crd-deletion")
                && right.path() == DEFINITIONS
                && (right.verb.as_str(), right.name("").as_deref()) == ("get", Some(OUR_DEFINITION))
        };
        let rights = installation.operator.iter().filter(|right| right.scope == Scope::Cluster);
        rights.filter(|right| !is_meant(right)).map(|right| format!("{right:?}")).collect()
    });
    assert_eq!(wrong, [] as [String; 0]);
    for installation in installations() {
        if installation.flags().contains("--watch-namespace") {
            seen.insert(installation.flags().contains("--ignore-crd-deletion"));
        }
    }
    assert_eq!(seen, [false, true].into(), "both kinds of such an installation are in the snapshots of the chart");
}
