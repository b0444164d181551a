use std::collections::BTreeMap;
use std::path::Path;

use super::*;

type Variables<'a> = &'a [(&'a str, &'a str)];

/// What is chosen with these variables, when the user's CLI has a profile or not; in words.
fn chosen(variables: &[(&str, &str)], has_profile: bool) -> Result<String, String> {
    let mut map: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    map.insert("HOME".to_owned(), "/home/me".to_owned());
    let environment = Environment::from_lookup(move |name| map.get(name).cloned());
    let profile = r#"{"current": "p", "profiles": [{"name": "p", "mode": "AK", "access_key_id": "i", "access_key_secret": "s"}]}"#;
    let read = |path: &Path| Ok((has_profile && path.ends_with("config.json")).then(|| profile.to_owned()));
    let words = |choice| match choice {
        Choice::Environment => "environment",
        Choice::Rrsa(_) => "rrsa",
        Choice::Profile => "profile",
        Choice::NamedRole => "named role",
        Choice::RoleOr(None) => "role",
        Choice::RoleOr(Some(_)) => "role or uri",
        Choice::Uri(_) => "uri",
    };
    choose(&environment, &read).map(|choice| words(choice).to_owned()).map_err(|error| error.to_string())
}

const ID: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "i");
const SECRET: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s");
const ROLE: (&str, &str) = ("ALIBABA_CLOUD_ROLE_ARN", "acs:ram::1:role/a");
const PROVIDER: (&str, &str) = ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p");
const FILE: (&str, &str) = ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "/t");
const METADATA: (&str, &str) = ("ALIBABA_CLOUD_ECS_METADATA", "node");
const NO_METADATA: (&str, &str) = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true");
const NO_CLI: (&str, &str) = ("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true");
const URI: (&str, &str) = ("ALIBABA_CLOUD_CREDENTIALS_URI", "http://localhost:1/x");

#[test]
fn the_first_source_of_the_provider_s_order_is_chosen() {
    let everything = [ID, SECRET, ROLE, PROVIDER, FILE, METADATA, URI];
    let table: &[(Variables<'_>, bool, &str)] = &[
        (&everything, true, "environment"),
        (&everything[2..], true, "rrsa"),
        (&everything[5..], true, "profile"),
        (&[NO_CLI, METADATA, URI], true, "named role"),
        (&everything[5..], false, "named role"),
        (&[URI], false, "role or uri"),
        (&[URI, NO_METADATA], false, "uri"),
        (&[METADATA, URI, NO_METADATA], false, "uri"),
        (&[], true, "profile"),
        (&[], false, "role"),
        (&[NO_METADATA], true, "profile"),
        (&[(ID.0, ""), (FILE.0, "")], false, "role"),
    ];
    for (variables, has_profile, expected) in table {
        assert_eq!(
            chosen(variables, *has_profile),
            Ok((*expected).to_owned()),
            "{variables:?}, profile: {has_profile}"
        );
    }
}

#[test]
fn a_source_that_is_set_up_by_half_is_not_passed_over() {
    // Half a key is chosen, and says itself what is missing.
    for half in [ID, SECRET, ("ALIBABA_CLOUD_SECURITY_TOKEN", "t")] {
        assert_eq!(chosen(&[half, ROLE, PROVIDER, FILE], true), Ok("environment".to_owned()));
    }
    let half: [&[(&str, &str)]; 6] =
        [&[ROLE], &[PROVIDER], &[FILE], &[ROLE, FILE], &[ROLE, PROVIDER], &[PROVIDER, FILE]];
    for variables in half {
        let error = chosen(variables, true).unwrap_err();
        assert!(error.starts_with("failed to find credentials: RRSA needs"), "{variables:?}: {error}");
    }
    let named = [
        ("ALIBABA_CLOUD_PROFILE", "gone"),
        ("ALIBABA_CLOUD_CONFIG_FILE", "/gone"),
        ("ALIBABA_CLOUD_CREDENTIALS_FILE", "/gone"),
    ];
    for variable in named {
        let error = chosen(&[variable], false).unwrap_err();
        assert!(error.contains(variable.0), "{variable:?}: {error}");
    }
    let error = chosen(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "http://10.0.0.1")], false).unwrap_err();
    assert!(error.starts_with("failed to use ALIBABA_CLOUD_CREDENTIALS_URI"), "{error}");
}

#[test]
fn with_nothing_set_up_the_error_says_what_there_is_to_set_up() {
    let error = chosen(&[NO_METADATA], false).unwrap_err();
    for name in [ID.0, FILE.0, URI.0, "profile", "the instance's role is disabled"] {
        assert!(error.contains(name), "{name}: {error}");
    }
}
