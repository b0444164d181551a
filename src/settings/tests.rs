use clap::Parser;

use std::time::Duration;

use super::*;
use crate::args::{Cli, Command};
use crate::timing::{Audience, Key};

fn settings(arguments: &[&str]) -> Result<Settings, SettingsError> {
    let all = ["privatelink-operator", "run"].iter().chain(arguments);
    let Command::Run(run) = Cli::try_parse_from(all).unwrap().command else { panic!("run was typed") };
    Settings::of(*run)
}

fn refused(arguments: &[&str]) -> String {
    settings(arguments).unwrap_err().to_string()
}

#[test]
fn an_operator_runs_with_nothing_typed() {
    let settings = settings(&[]).unwrap();
    assert_eq!(settings.cluster_id, None);
    assert_eq!(settings.scope, Scope::Cluster);
    assert_eq!(settings.leader_election.map(|election| election.lease).as_deref(), Some("privatelink-operator"));
    assert_eq!(settings.max_concurrent_reconciles, 64);
    assert_eq!(settings.timing, Timing::default());
    assert_eq!(
        settings.listen,
        Listen { health: "[::]:8081".parse().unwrap(), metrics: "[::]:8080".parse().unwrap(), port_file: None }
    );
}

#[test]
fn every_flag_of_the_cloud_arrives() {
    let typed = [
        "--region=cn-beijing",
        "--account-id=1234",
        "--network=vpc",
        "--privatelink-endpoint=http://127.0.0.1:1",
        "--sts-endpoint=http://127.0.0.1:2",
        "--rate=TagResources=1/2",
    ];
    let rate = cloud_core::Rate { calls: 1, per: Duration::from_secs(2) };
    assert_eq!(
        settings(&typed).unwrap().cloud,
        CloudSettings {
            region: Some("cn-beijing".into()),
            account_id: Some("1234".into()),
            credentials: CredentialsFrom::Environment,
            network: Network::Vpc,
            endpoint: Some("http://127.0.0.1:1".into()),
            sts_endpoint: Some("http://127.0.0.1:2".into()),
            rates: Rates::documented().with(privatelink::Operation::TagResources, rate),
        }
    );
}

#[test]
fn every_source_of_credentials_has_its_name() {
    let files = || CredentialsFrom::Files("/key".into());
    let table: [(&[&str], CredentialsFrom); 9] = [
        (&[], CredentialsFrom::Environment),
        (&["--credentials=environment"], CredentialsFrom::Environment),
        (&["--credentials=rrsa"], CredentialsFrom::Rrsa),
        (&["--credentials=instance-role"], CredentialsFrom::InstanceRole),
        (&["--credentials=uri"], CredentialsFrom::Uri),
        (&["--credentials=profile"], CredentialsFrom::Profile),
        (&["--credentials=default"], CredentialsFrom::Default),
        (&["--credentials-dir=/key"], files()),
        (&["--credentials=files", "--credentials-dir=/key"], files()),
    ];
    for (typed, expected) in table {
        assert_eq!(settings(typed).unwrap().cloud.credentials, expected, "{typed:?}");
    }
}

#[test]
fn a_folder_of_credentials_belongs_to_files() {
    assert!(refused(&["--credentials=files"]).contains("without --credentials-dir"));
    let idle = refused(&["--credentials=rrsa", "--credentials-dir=/key"]);
    assert!(idle.starts_with("failed to use --credentials=rrsa with --credentials-dir"), "{idle}");
}

#[test]
fn an_empty_text_counts_as_not_given() {
    let settings = settings(&["--region=", "--account-id=", "--cluster-id=", "--watch-namespace="]).unwrap();
    assert_eq!((settings.cloud.region, settings.cloud.account_id), (None, None));
    assert_eq!((settings.cluster_id, settings.scope), (None, Scope::Cluster));
}

#[test]
fn a_cluster_id_is_a_dns_label() {
    let longest = "a".repeat(63);
    for good in ["a", "demo", "0a-9", &longest] {
        assert_eq!(settings(&[&format!("--cluster-id={good}")]).unwrap().cluster_id.as_deref(), Some(good));
    }
    let too_long = "a".repeat(64);
    for bad in ["Demo", "-a", "a-", "a.b", "a_b", "ä", &too_long] {
        assert_eq!(
            refused(&[&format!("--cluster-id={bad}")]),
            format!(
                "failed to use --cluster-id {bad:?}: give up to 63 lower-case letters, digits and dashes, with a letter or digit at both ends"
            )
        );
    }
}

#[test]
fn one_namespace_needs_a_cluster_id() {
    assert_eq!(
        refused(&["--watch-namespace=team"]),
        "failed to use --watch-namespace without --cluster-id: give one, because the cluster's own cannot be read then"
    );
    let settings = settings(&["--watch-namespace=team", "--cluster-id=demo"]).unwrap();
    assert_eq!(settings.scope, Scope::Namespace("team".into()));
}

#[test]
fn a_leader_is_elected_unless_it_is_switched_off() {
    let elects = |arguments: &[&str]| settings(arguments).unwrap().leader_election.is_some();
    assert!(elects(&["--leader-elect"]));
    assert!(elects(&["--leader-elect=true"]));
    assert!(!elects(&["--leader-elect=false"]));
    let of_one = settings(&["--watch-namespace=team", "--cluster-id=demo", "--leader-elect-namespace=ops"]).unwrap();
    let election = of_one.leader_election.unwrap();
    assert_eq!((election.namespace.as_deref(), election.lease.as_str()), (Some("ops"), "privatelink-operator-team"));
}

#[test]
fn an_account_id_has_digits_only() {
    assert_eq!(
        refused(&["--account-id=acme"]),
        r#"failed to use --account-id "acme": give the digits of the account's id"#
    );
}

#[test]
fn no_concurrency_is_not_endless_concurrency() {
    assert!(Cli::try_parse_from(["privatelink-operator", "run", "--max-concurrent-reconciles=0"]).is_err());
}

#[test]
fn the_help_names_every_public_waiting_time_with_its_default() {
    let help = Cli::try_parse_from(["privatelink-operator", "run", "--help"]).unwrap_err().to_string();
    for (key, default) in Timing::default().entries() {
        let is_public = matches!(key.audience, Audience::Users { .. });
        let text = format!("{}={}", key.name(), Key::value(default));
        assert_eq!(help.contains(&text), is_public, "{text} in {help}");
    }
}
