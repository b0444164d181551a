//! Where keys come from.

use std::collections::BTreeMap;

use cloud_core::{
    CredentialError, CredentialSource, Credentials, EnvironmentCredentials, FileCredentials, StaticCredentials,
};
use secrecy::{ExposeSecret, SecretString};

async fn from(variables: &[(&str, &str)]) -> Result<(String, String, Option<String>), String> {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let source = EnvironmentCredentials::from_lookup(move |name| variables.get(name).cloned());
    let Credentials { access_key_id, access_key_secret, security_token } =
        source.load().await.map_err(|error| error.to_string())?;
    let open = |secret: SecretString| secret.expose_secret().to_owned();
    Ok((access_key_id, open(access_key_secret), security_token.map(open)))
}

const ID: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "id");
const SECRET: (&str, &str) = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret");
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

#[tokio::test]
async fn two_variables_make_a_key_and_three_a_temporary_one() {
    assert_eq!(from(&[ID, SECRET]).await, Ok(("id".into(), "secret".into(), None)));
    assert_eq!(from(&[ID, SECRET, (TOKEN, "")]).await, Ok(("id".into(), "secret".into(), None)));
    assert_eq!(from(&[ID, SECRET, (TOKEN, "t=")]).await, Ok(("id".into(), "secret".into(), Some("t=".into()))));
}

#[tokio::test]
async fn a_variable_that_is_missing_or_empty_is_named() {
    let missing =
        |name: &str| Err(format!("failed to find {name}: it is not set; set it, or give credentials another way"));
    assert_eq!(from(&[SECRET]).await, missing(ID.0));
    assert_eq!(from(&[ID]).await, missing(SECRET.0));
    assert_eq!(from(&[ID, (SECRET.0, "")]).await, missing(SECRET.0));
}

#[tokio::test]
async fn white_space_around_a_key_is_refused_and_the_variable_named() {
    let refused = |name: &str| {
        Err(format!("failed to use {name}: it has white space around it; remove that, a line feed at its end included"))
    };
    for bad in ["key\n", " key", "key\r\n", "\tkey"] {
        assert_eq!(from(&[(ID.0, bad), SECRET]).await, refused(ID.0));
        assert_eq!(from(&[ID, (SECRET.0, bad)]).await, refused(SECRET.0));
        assert_eq!(from(&[ID, SECRET, (TOKEN, bad)]).await, refused(TOKEN));
    }
    let strange = Err(format!("failed to use {}: it has characters that no key has", ID.0));
    for bad in ["a b", "a\u{0}b", "schlüssel"] {
        assert_eq!(from(&[(ID.0, bad), SECRET]).await, strange);
    }
}

#[test]
fn static_credentials_are_checked_when_they_are_made() {
    let malformed = |setting: &str, complaint| CredentialError::Malformed { setting: setting.to_owned(), complaint };
    assert_eq!(
        StaticCredentials::key("id", "secret\n").unwrap_err(),
        malformed("the AccessKey secret", "has white space around it; remove that, a line feed at its end included")
    );
    assert_eq!(StaticCredentials::key("", "secret").unwrap_err(), malformed("the AccessKey id", "is empty"));
}

#[test]
fn keys_from_sts_are_temporary() {
    let credentials = |id: &str, token: Option<&str>| Credentials {
        access_key_id: id.to_owned(),
        access_key_secret: SecretString::from("s"),
        security_token: token.map(SecretString::from),
    };
    let found = [credentials("STS.x", None), credentials("x", Some("t")), credentials("LTAI", None)];
    assert_eq!(found.map(|credentials| credentials.are_temporary()), [true, true, false]);
}

/// The key of a folder with these files.
async fn from_files(files: &[(&str, &str)]) -> Result<(String, String, Option<String>), String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let Credentials { access_key_id, access_key_secret, security_token } = FileCredentials::in_folder(folder.path())
        .load()
        .await
        .map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "DIR"))?;
    let open = |secret: SecretString| secret.expose_secret().to_owned();
    Ok((access_key_id, open(access_key_secret), security_token.map(open)))
}

#[tokio::test]
async fn two_files_make_a_key_and_three_a_temporary_one() {
    let (id, secret) = (("access-key-id", "id"), ("access-key-secret", "secret"));
    assert_eq!(from_files(&[id, secret]).await, Ok(("id".into(), "secret".into(), None)));
    assert_eq!(from_files(&[id, secret, ("security-token", "")]).await, Ok(("id".into(), "secret".into(), None)));
    let temporary = Ok(("id".into(), "secret".into(), Some("t=".into())));
    assert_eq!(from_files(&[id, secret, ("security-token", "t=")]).await, temporary);
}

#[tokio::test]
async fn a_file_that_is_missing_or_holds_no_key_is_named() {
    let id = ("access-key-id", "id");
    let missing = "failed to find credentials: the file DIR/access-key-secret is not there, or empty; put the key's secret into it, \
                   such as by a Secret that is mounted there"
        .to_owned();
    assert_eq!(from_files(&[id]).await, Err(missing.clone()));
    assert_eq!(from_files(&[id, ("access-key-secret", "")]).await, Err(missing));
    let line_feed = "failed to use the file DIR/access-key-secret: it has white space around it; remove that, a line feed at its end included".to_owned();
    assert_eq!(from_files(&[id, ("access-key-secret", "secret\n")]).await, Err(line_feed));
}

#[tokio::test]
async fn a_key_that_is_exchanged_in_its_files_is_the_next_that_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let source = FileCredentials::in_folder(folder.path());
    assert!(source.account_may_change());
    for id in ["first", "second"] {
        std::fs::write(folder.path().join("access-key-id"), id).unwrap();
        std::fs::write(folder.path().join("access-key-secret"), "secret").unwrap();
        assert_eq!(source.load().await.unwrap().access_key_id, id);
    }
}
