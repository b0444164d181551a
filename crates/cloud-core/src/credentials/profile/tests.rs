use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// What is found with these variables and files, in words.
fn found(variables: &[(&str, &str)], files: &[(&str, &str)]) -> Result<String, String> {
    let map = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let (mut variables, files) = (map(variables), map(files));
    variables.insert("HOME".to_owned(), "/home/me".to_owned());
    let environment = Environment::from_lookup(move |name| variables.get(name).cloned());
    let read = |path: &Path| Ok(files.get(&path.display().to_string()).cloned());
    match find(&environment, &read) {
        Ok(Some(Found { path, text: _, recipe, sts })) => {
            let sts = sts.map(|endpoint| format!(" at {}", endpoint.address().host())).unwrap_or_default();
            Ok(format!("{} of {}{sts}", words(&recipe), path.display()))
        }
        Ok(None) => Ok("nothing".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn words(recipe: &Recipe) -> String {
    match recipe {
        Recipe::Key(credentials) => {
            let token = credentials.security_token.as_ref().map(|token| format!("+{}", token.expose_secret()));
            let secret = credentials.access_key_secret.expose_secret();
            format!("key {}/{secret}{}", credentials.access_key_id, token.unwrap_or_default())
        }
        Recipe::InstanceRole(name) => format!("instance role {name:?}"),
        Recipe::Rrsa(rrsa) => format!("{rrsa:?}"),
        Recipe::AssumeRole(role, base) => format!("{role:?} by {}", words(base)),
        Recipe::Uri(uri) => format!("{uri:?}"),
    }
}

const CLI: &str = "/home/me/.aliyun/config.json";
const SHARED: &str = "/home/me/.alibabacloud/credentials";
const ARN: &str = "acs:ram::1:role/a";

/// A configuration of the CLI whose current profile is this one.
fn cli(mut profile: Value) -> String {
    profile["name"] = json!("p");
    json!({"current": "p", "profiles": [profile], "meta_path": ""}).to_string()
}

fn of_cli(profile: Value) -> Result<String, String> {
    found(&[], &[(CLI, &cli(profile))]).map(|words| words.replace(&format!(" of {CLI}"), ""))
}

#[test]
fn every_mode_of_the_cli_that_needs_nobody_is_understood() {
    let key = json!({"access_key_id": "i", "access_key_secret": "s", "sts_token": "t", "ram_role_arn": ARN});
    let with = |mode: &str| {
        let mut profile = key.clone();
        profile["mode"] = json!(mode);
        of_cli(profile)
    };
    assert_eq!(with("AK"), Ok("key i/s".to_owned()));
    assert_eq!(with("StsToken"), Ok("key i/s+t".to_owned()));
    assert_eq!(with("ststoken"), Ok("key i/s+t".to_owned()));
    assert_eq!(with("RamRoleArn"), Ok(format!("{:?} by key i/s", AssumeRole::of(ARN))));
    let role = json!({"mode": "RamRoleArn", "access_key_id": "i", "access_key_secret": "s", "ram_role_arn": ARN,
                      "ram_session_name": "n", "expired_seconds": 900, "external_id": "x", "policy": "{}",
                      "sts_region": "cn-hangzhou", "enable_vpc": true});
    let expected = AssumeRole::of(ARN)
        .session_name("n")
        .external_id("x")
        .policy("{}")
        .duration(std::time::Duration::from_mins(15));
    assert_eq!(of_cli(role), Ok(format!("{expected:?} by key i/s at sts-vpc.cn-hangzhou.aliyuncs.com")));
    assert_eq!(
        of_cli(json!({"mode": "EcsRamRole", "ram_role_name": "node"})),
        Ok("instance role Some(\"node\")".to_owned())
    );
    assert_eq!(of_cli(json!({"mode": "EcsRamRole"})), Ok("instance role None".to_owned()));
    for field in ["ram_session_name", "role_session_name"] {
        let mut oidc = json!({"mode": "OIDC", "ram_role_arn": ARN, "oidc_provider_arn": "p", "oidc_token_file": "/t",
                              "sts_endpoint": "sts.example"});
        oidc[field] = json!("n");
        let expected = Rrsa::of(ARN, "p", "/t").session_name("n");
        assert_eq!(of_cli(oidc), Ok(format!("{expected:?} at sts.example")));
    }
    let uri = of_cli(json!({"mode": "CredentialsURI", "credentials_uri": "http://localhost:1/x"})).unwrap();
    assert!(uri.starts_with("CredentialsUri"), "{uri}");
}

#[test]
fn a_mode_that_is_not_written_is_told_by_the_fields() {
    let table = [
        (json!({"access_key_id": "i", "access_key_secret": "s"}), "key i/s"),
        (json!({"access_key_id": "i", "access_key_secret": "s", "sts_token": "t"}), "key i/s+t"),
        (json!({"ram_role_name": "node"}), "instance role Some(\"node\")"),
        (json!({}), "nothing"),
        (json!({"mode": "AK", "access_key_id": "", "access_key_secret": ""}), "nothing"),
    ];
    for (profile, expected) in table {
        assert_eq!(of_cli(profile.clone()), Ok(expected.to_owned()), "{profile}");
    }
}

#[test]
fn a_mode_that_needs_a_person_or_a_program_is_refused_with_what_to_use() {
    for mode in ["CloudSSO", "OAuth", "External", "BearerToken", "Anonymous", "RsaKeyPair", "RamRoleArnWithRoleName"] {
        let error = of_cli(json!({"mode": mode, "process_command": "canary"})).unwrap_err();
        let expected = format!("failed to use mode in profile \"p\" of {CLI}: it needs a person or another program");
        assert!(error.starts_with(&expected) && error.contains("RamRoleArn") && !error.contains("canary"), "{error}");
    }
}

#[test]
fn a_chain_of_profiles_is_followed_and_a_circle_is_not() {
    let chained = |source: &str| {
        let profiles = json!([
            {"name": "a", "mode": "ChainableRamRoleArn", "ram_role_arn": ARN, "source_profile": "b"},
            {"name": "b", "mode": "ChainableRamRoleArn", "ram_role_arn": ARN, "source_profile": source},
            {"name": "c", "mode": "AK", "access_key_id": "i", "access_key_secret": "s"},
        ]);
        found(&[], &[(CLI, &json!({"current": "a", "profiles": profiles}).to_string())])
    };
    let role = AssumeRole::of(ARN);
    assert_eq!(chained("c"), Ok(format!("{role:?} by {role:?} by key i/s of {CLI}")));
    assert!(chained("a").unwrap_err().contains("round in a circle"));
    assert!(chained("d").unwrap_err().contains("names a profile that is not there"));
}

#[test]
fn a_field_that_is_missing_or_bad_is_named_with_its_profile_and_file() {
    let place = format!("in profile \"p\" of {CLI}");
    let missing = |field: &str| {
        Err(format!("failed to find {field} {place}: it is not set; set it, or give credentials another way"))
    };
    assert_eq!(of_cli(json!({"mode": "AK", "access_key_id": "i"})), missing("access_key_secret"));
    assert_eq!(
        of_cli(json!({"mode": "StsToken", "access_key_id": "i", "access_key_secret": "s"})),
        missing("sts_token")
    );
    assert_eq!(
        of_cli(json!({"mode": "OIDC", "ram_role_arn": ARN, "oidc_provider_arn": "p"})),
        missing("oidc_token_file")
    );
    assert_eq!(
        of_cli(json!({"mode": "AK", "access_key_id": "i", "access_key_secret": "canary\n"})),
        Err(format!(
            "failed to use access_key_secret {place}: it has white space around it; remove that, a line feed at its end included"
        ))
    );
}

#[test]
fn every_type_of_the_shared_file_is_understood() {
    let of = |section: &str| found(&[], &[(SHARED, section)]).map(|words| words.replace(&format!(" of {SHARED}"), ""));
    let key = "access_key_id = i\naccess_key_secret = s\n";
    assert_eq!(of(&format!("[default]\ntype = access_key\n{key}")), Ok("key i/s".to_owned()));
    assert_eq!(of(&format!("[default]\ntype = sts\nsecurity_token = t\n{key}")), Ok("key i/s+t".to_owned()));
    assert_eq!(of("[default]\ntype = ecs_ram_role\nrole_name = node"), Ok("instance role Some(\"node\")".to_owned()));
    let role = format!("[default]\ntype = ram_role_arn\nrole_arn = {ARN}\nrole_session_name = n\npolicy = {{}}\n{key}");
    let expected = AssumeRole::of(ARN).session_name("n").policy("{}");
    assert_eq!(of(&role), Ok(format!("{expected:?} by key i/s")));
    let oidc =
        format!("[default]\ntype = oidc_role_arn\nrole_arn = {ARN}\noidc_provider_arn = p\noidc_token_file_path = /t");
    assert_eq!(of(&oidc), Ok(format!("{:?}", Rrsa::of(ARN, "p", "/t"))));
    assert_eq!(of("[other]\ntype = sts"), Ok("nothing".to_owned()));
    assert!(of("[default]\ntype = rsa_key_pair").unwrap_err().contains("type in profile \"default\""));
    assert!(of("[default]\nrole_name = node").unwrap_err().contains("failed to find type in profile \"default\""));
}

#[test]
fn files_and_profiles_are_looked_for_in_the_provider_s_order() {
    let config = json!({"current": "p", "profiles": [
        {"name": "p", "mode": "AK", "access_key_id": "cli", "access_key_secret": "s"},
        {"name": "q", "mode": "AK", "access_key_id": "cli-q", "access_key_secret": "s"},
    ]})
    .to_string();
    let section = |name: &str| format!("[{name}]\ntype = access_key\naccess_key_id = {name}\naccess_key_secret = s\n");
    let ini = section("default") + &section("q") + &section("r");
    let both = [(CLI, config.as_str()), (SHARED, ini.as_str())];
    let python = [("/home/me/.alibabacloud/credentials.ini", ini.as_str())];
    let elsewhere = [("/x", config.as_str()), ("/y", ini.as_str())];
    let table: &[(Pairs<'_>, Pairs<'_>, &str)] = &[
        (&[], &[], "nothing"),
        (&[], &both, "key cli/s"),
        (&[(PROFILE, "q")], &both, "key cli-q/s"),
        (&[(PROFILE, "r")], &both, "key r/s"),
        (&[(CLI_DISABLED, "true")], &both, "key default/s"),
        (&[(CLI_DISABLED, "true"), (PROFILE, "q")], &both, "key q/s"),
        (&[(IGNORED, "TRUE")], &both, "nothing"),
        (&[], &python, "key default/s"),
        (&[(CLI_FILE, "/x")], &elsewhere, "key cli/s"),
        (&[(SHARED_FILE, "/y")], &elsewhere, "key default/s"),
    ];
    for (variables, files, expected) in table {
        let found = found(variables, files).unwrap();
        assert!(found.starts_with(expected), "{variables:?}: {found}");
    }
}

#[test]
fn a_file_or_profile_that_is_named_and_not_there_is_an_error() {
    let refused = |variables: &[(&str, &str)], files: &[(&str, &str)]| found(variables, files).unwrap_err();
    assert!(
        refused(&[(CLI_FILE, "/x")], &[]).contains("the file /x that ALIBABA_CLOUD_CONFIG_FILE names is not there")
    );
    assert!(refused(&[(SHARED_FILE, "/y")], &[]).contains("the file /y that ALIBABA_CLOUD_CREDENTIALS_FILE names"));
    assert!(refused(&[(PROFILE, "z")], &[]).contains("no file has the profile \"z\" that ALIBABA_CLOUD_PROFILE names"));
    let lost = json!({"current": "gone", "profiles": []}).to_string();
    assert!(refused(&[], &[(CLI, &lost)]).contains("has no profile \"gone\", which is its current one"));
    for bad in ["canary", "[]", "{}", "{\"profiles\": 1}"] {
        let error = refused(&[], &[(CLI, bad)]);
        assert!(error.starts_with(&format!("failed to use the file {CLI}")) && !error.contains("canary"), "{error}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_of_a_file_breaks_the_readers(text in ".{0,200}", section in "\\[?[a-z]{0,8}\\]?\\n([a-z_]{1,20} ?[=;#] ?.{0,20}\\n){0,6}") {
        for text in [&text, &section] {
            let _ = found(&[], &[(CLI, text), (SHARED, text)]);
            let _ = found(&[(CLI_DISABLED, "true")], &[(SHARED, text)]);
        }
    }
}
