//! Credentials of any kind.

use std::sync::Arc;

use cloud_core::*;
use futures::future::{self, BoxFuture};
use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};

use super::block_on;
use crate::product::{DeleteThing, Done};
use crate::strategies::secret;
use crate::support::{Script, acknowledged, builder};

const NAMES: [&str; 3] =
    ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"];

/// Texts that are keys, nearly keys, and anything else.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[!-~]{1,40}", 1 => "[ \\t\\r\\n]{0,2}[!-~]{0,8}[ \\t\\r\\n]{0,2}", 1 => any::<String>()]
}

/// What is wrong with a text as a part of a key.
fn complaint(text: &str) -> Option<&'static str> {
    match text {
        "" => Some("is empty"),
        text if text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace) => {
            Some("has white space around it; remove that, a line feed at its end included")
        }
        text if text.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) => None,
        _ => Some("has characters that no key has"),
    }
}

fn malformed(setting: &str, complaint: &'static str) -> CredentialError {
    CredentialError::Malformed { setting: setting.to_owned(), complaint }
}

/// What three variables must lead to: their values, or the first complaint.
fn expected(variables: &[Option<String>; 3]) -> Result<[Option<String>; 3], CredentialError> {
    for (index, (name, value)) in NAMES.iter().zip(variables).enumerate() {
        match value.as_deref().unwrap_or_default() {
            "" if index < 2 => return Err(CredentialError::Missing { setting: (*name).to_owned() }),
            "" => {}
            text => {
                if let Some(complaint) = complaint(text) {
                    return Err(malformed(name, complaint));
                }
            }
        }
    }
    Ok(variables.clone().map(|value| value.filter(|text| !text.is_empty())))
}

fn open(credentials: Credentials) -> [Option<String>; 3] {
    let Credentials { access_key_id, access_key_secret, security_token } = credentials;
    let token = security_token.map(|token| token.expose_secret().to_owned());
    [Some(access_key_id), Some(access_key_secret.expose_secret().to_owned()), token]
}

fn made_of(id: String, secret: String, token: Option<String>) -> Credentials {
    Credentials {
        access_key_id: id,
        access_key_secret: SecretString::from(secret),
        security_token: token.map(SecretString::from),
    }
}

/// Gives what it has without a look at it.
#[derive(Debug)]
struct Unchecked(Credentials);

impl CredentialSource for Unchecked {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        Box::pin(future::ready(Ok(self.0.clone())))
    }

    fn name(&self) -> &'static str {
        "unchecked"
    }
}

/// One deletion under these credentials.
fn delete(source: Arc<dyn CredentialSource>) -> (Result<Done, Error>, Arc<Script>) {
    let script = Script::of([acknowledged()]);
    let client = builder(script.clone()).credentials(source).build().unwrap();
    let request = DeleteThing { thing_id: "s".to_owned() };
    (block_on(client.call(&request)), script)
}

proptest! {
    #[test]
    fn variables_are_credentials_to_the_letter_or_the_first_bad_one_is_named(
        variables in prop::array::uniform3(prop::option::weighted(0.9, text()))
    ) {
        let place = variables.clone();
        let source = EnvironmentCredentials::from_lookup(move |name| {
            NAMES.iter().position(|known| *known == name).and_then(|index| place[index].clone())
        });
        prop_assert_eq!(block_on(source.load()).map(open), expected(&variables));
    }

    #[test]
    fn credentials_handed_over_are_kept_to_the_letter_or_the_first_bad_part_is_named(
        id in text(), secret in text(), token in prop::option::of(text()),
    ) {
        let parts = [("the AccessKey id", Some(&id)), ("the AccessKey secret", Some(&secret)), ("the security token", token.as_ref())];
        let bad = parts.iter().find_map(|(setting, text)| Some(malformed(setting, complaint(text.as_ref()?)?)));
        let kept = StaticCredentials::new(made_of(id.clone(), secret.clone(), token.clone()));
        let outcome = kept.map(|source| open(block_on(source.load()).unwrap()));
        prop_assert_eq!(outcome, bad.map_or(Ok([Some(id), Some(secret), token]), Err));
    }

    #[test]
    fn credentials_that_are_taken_can_be_sent(
        id in "[!-~]{1,40}", secret in "[!-~]{1,40}", token in prop::option::of("[!-~]{1,80}"),
    ) {
        let source = Arc::new(StaticCredentials::new(made_of(id.clone(), secret, token.clone())).unwrap());
        let (outcome, script) = delete(source);
        prop_assert!(outcome.is_ok());
        let request = script.requests().remove(0);
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let begin = format!("ACS3-HMAC-SHA256 Credential={id},");
        prop_assert!(header("authorization").unwrap().starts_with(&begin));
        prop_assert_eq!(header("x-acs-security-token"), token);
    }

    #[test]
    fn credentials_that_nobody_checked_are_sent_or_stop_the_call_before_it_is_sent(
        id in any::<String>(), secret in any::<String>(), token in any::<Option<String>>(),
    ) {
        let (outcome, script) = delete(Arc::new(Unchecked(made_of(id, secret, token))));
        match outcome {
            Ok(_) => prop_assert_eq!(script.requests().len(), 1),
            Err(error) => {
                prop_assert_eq!((error.kind(), error.fate()), (ErrorKind::Spec, Fate::NotSent));
                prop_assert_eq!(script.requests().len(), 0);
            }
        }
    }

    #[test]
    fn no_secret_is_printed_with_its_credentials_or_with_what_they_signed(
        secret in secret(), token in secret(),
    ) {
        let source = StaticCredentials::temporary("STS.id", secret.clone(), token.clone()).unwrap();
        let (outcome, script) = delete(Arc::new(source.clone()));
        let text = format!("{source:?} {source:#?} {outcome:?} {:?}", script.requests());
        for hidden in [secret, token] {
            prop_assert!(!text.contains(&hidden) && !text.contains(&hidden.escape_debug().to_string()), "{text}");
        }
    }
}
