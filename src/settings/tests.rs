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
        "--load-balancer-endpoint=http://127.0.0.1:3",
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
            assume_role: None,
            network: Network::Vpc,
            endpoint: Some("http://127.0.0.1:1".into()),
            load_balancer_endpoint: Some("http://127.0.0.1:3".into()),
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

const ROLE: &str = "--assume-role-arn=acs:ram::1234:role/network";

#[test]
fn a_role_is_assumed_as_it_is_typed() {
    let role = |typed: &[&str]| settings(typed).unwrap().cloud.assume_role;
    let bare = AssumedRole {
        role_arn: "acs:ram::1234:role/network".to_owned(),
        session_name: None,
        external_id: None,
        duration: None,
    };
    assert_eq!(role(&[]), None);
    assert_eq!(role(&["--assume-role-arn=", "--assume-role-duration="]), None);
    assert_eq!(role(&[ROLE, "--assume-role-external-id="]), Some(bare.clone()));
    let all = [ROLE, "--assume-role-session-name=a.b", "--assume-role-external-id=x:1", "--assume-role-duration=30m"];
    let whole = AssumedRole {
        session_name: Some("a.b".to_owned()),
        external_id: Some("x:1".to_owned()),
        duration: Some(Duration::from_mins(30)),
        ..bare
    };
    assert_eq!(role(&all), Some(whole));
    for bound in ["15m", "12h"] {
        settings(&[ROLE, &format!("--assume-role-duration={bound}")]).unwrap();
    }
}

#[test]
fn a_role_that_cannot_be_assumed_is_refused_by_the_name_of_the_flag() {
    let arn = "failed to use --assume-role-arn: it is no ARN of a role; give acs:ram::<account>:role/<name>";
    let name = "failed to use --assume-role-session-name: it must have 2 to 64 letters, digits, and characters of .@-_";
    let external = "failed to use --assume-role-external-id: it must have 2 to 1,224 characters";
    let bounds = "failed to use --assume-role-duration: it must be 15 minutes to 12 hours";
    let unit = "failed to use --assume-role-duration: it is no duration; give 15m to 12h, such as 1h";
    let table: [(&[&str], &str); 9] = [
        (&["--assume-role-arn=network"], arn),
        (&["--assume-role-arn=acs:ram::1234:user/network"], arn),
        (&[ROLE, "--assume-role-session-name=a b"], name),
        (&[ROLE, "--assume-role-external-id=x"], external),
        (&[ROLE, "--assume-role-duration=14m59s"], bounds),
        (&[ROLE, "--assume-role-duration=12h1s"], bounds),
        (&[ROLE, "--assume-role-duration=3600"], unit),
        (&[ROLE, "--assume-role-duration=-1h"], unit),
        (
            &["--assume-role-duration=1h"],
            "failed to use --assume-role-duration without --assume-role-arn: name the role, as acs:ram::<account>:role/<name>",
        ),
    ];
    for (typed, expected) in table {
        assert_eq!(refused(typed), expected, "{typed:?}");
    }
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
fn orphans_are_deleted_only_where_the_cluster_id_and_the_definition_can_be_no_others() {
    let deletes = |arguments: &[&str]| settings(arguments).map(|settings| settings.deletes_orphans);
    assert_eq!(deletes(&[]), Ok(false));
    assert_eq!(deletes(&["--delete-orphans"]), Ok(true));
    assert_eq!(deletes(&["--delete-orphans", "--cluster-id="]), Ok(true));
    let id = refused(&["--delete-orphans", "--cluster-id", "production-1"]);
    assert!(id.contains("--delete-orphans with --cluster-id"), "{id}");
    let namespaced = ["--delete-orphans", "--cluster-id", "production-1", "--watch-namespace", "team"];
    assert_eq!(refused(&namespaced), id);
    let definition = refused(&["--delete-orphans", "--ignore-crd-deletion"]);
    assert!(definition.contains("--delete-orphans with --ignore-crd-deletion"), "{definition}");
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
