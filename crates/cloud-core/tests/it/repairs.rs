//! What a call puts right by itself, once: clock, nonce, credentials.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloud_core::{CredentialError, CredentialSource, Credentials, ErrorKind, Fate, Transport};
use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::product::GetThing;
use crate::support::{
    Reply, Script, acknowledged, builder, client, error, error_with, noon, refused_connection, timed,
};

/// Five hours behind the client's noon.
const SERVER_DATE: &str = "Fri, 02 Jan 2026 07:00:00 GMT";

fn get() -> GetThing {
    GetThing { thing_id: "thing-1".to_owned() }
}

fn expired() -> Reply {
    error_with(400, "InvalidTimeStamp.Expired", &[("date", SERVER_DATE)])
}

#[tokio::test(start_paused = true)]
async fn a_wrong_clock_is_set_by_the_server_s_and_stays_so() {
    let script = Script::of([expired(), acknowledged(), acknowledged()]);
    let client = client(&script);
    for _ in 0..2 {
        client.call(&get()).await.unwrap();
    }
    let expected = ["2026-01-02T12:00:00Z", "2026-01-02T07:00:00Z", "2026-01-02T07:00:00Z"];
    assert_eq!(script.headers("x-acs-date"), expected);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_still_wrong_is_set_once_only() {
    let script = Script::of([expired(), expired()]);
    let error = client(&script).call(&get()).await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Transient, Some("InvalidTimeStamp.Expired")));
}

#[tokio::test(start_paused = true)]
async fn without_the_server_s_date_the_clock_cannot_be_set() {
    for header in [vec![], vec![("date", "yesterday")]] {
        let script = Script::of([error_with(400, "InvalidTimeStamp.Expired", &header)]);
        let error = client(&script).call(&get()).await.unwrap_err();
        assert_eq!(error.code(), Some("InvalidTimeStamp.Expired"));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_repaired_before_the_delay_that_the_provider_asks_for() {
    let headers = [("date", SERVER_DATE), ("x-acs-retry-after", "1000")];
    for code in ["InvalidTimeStamp.Expired", "SignatureNonceUsed", "InvalidSecurityToken.Expired"] {
        let script = Script::of([error_with(400, code, &headers)]);
        let error = client(&script).call(&get()).await.unwrap_err();
        assert_eq!((error.kind(), error.code()), (ErrorKind::Throttled, Some(code)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_nonce_that_was_used_is_replaced_once() {
    let used = || error(400, "SignatureNonceUsed");
    let script = Script::of([used(), acknowledged(), used(), used()]);
    let client = client(&script);
    client.call(&get()).await.unwrap();
    let error = client.call(&get()).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
    let mut nonces = script.headers("x-acs-signature-nonce");
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), 4);
}

/// Gives `STS.1`, `STS.2`, …: a new one after each invalidation.
#[derive(Debug, Default)]
struct Rotating {
    current: AtomicU32,
    refused: Mutex<Vec<String>>,
}

impl CredentialSource for Rotating {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        let access_key_id = format!("STS.{}", self.current.load(Ordering::Relaxed));
        let token = Some(SecretString::from("token"));
        let credentials =
            Credentials { access_key_id, access_key_secret: SecretString::from("secret"), security_token: token };
        Box::pin(async move { Ok(credentials) })
    }

    fn invalidate(&self, refused: &Credentials) {
        self.refused.lock().unwrap().push(refused.access_key_id.clone());
        self.current.fetch_add(1, Ordering::Relaxed);
    }

    fn name(&self) -> &'static str {
        "rotating"
    }
}

/// Key ids of the attempts, and those that were given back as refused.
async fn rotate(replies: impl IntoIterator<Item = Reply>) -> (Option<ErrorKind>, Vec<String>, Vec<String>) {
    let script = Script::of(replies);
    let source = Arc::new(Rotating::default());
    let transport: Arc<dyn Transport> = script.clone();
    let credentials: Arc<dyn CredentialSource> = source.clone();
    let client = builder(transport).credentials(credentials).build().unwrap();
    let outcome = client.call(&get()).await;
    let used = script.headers("x-acs-accesskey-id");
    let refused = source.refused.lock().unwrap().clone();
    (outcome.err().map(|error| error.kind()), used, refused)
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_refused_is_replaced_once() {
    for code in ["InvalidSecurityToken.Expired", "InvalidSecurityToken.Malformed", "InvalidAccessKeyId.NotFound"] {
        let (outcome, used, refused) = rotate([error(400, code), acknowledged()]).await;
        assert_eq!(outcome, None, "{code}");
        assert_eq!((used, refused), (vec!["STS.0".to_owned(), "STS.1".to_owned()], vec!["STS.0".to_owned()]));
        let (outcome, used, _) = rotate([error(400, code), error(403, code)]).await;
        assert_eq!((outcome, used.len()), (Some(ErrorKind::Credential), 2), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_is_not_tried_again() {
    let (outcome, used, refused) = rotate([error(400, "SignatureDoesNotMatch")]).await;
    assert_eq!((outcome, used.len(), refused.len()), (Some(ErrorKind::Credential), 1, 0));
}

/// A key in files that somebody replaces: the next load finds another one.
#[derive(Debug)]
struct Replaced(Mutex<Vec<&'static str>>);

impl CredentialSource for Replaced {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        let mut keys = self.0.lock().unwrap();
        let id = if keys.len() > 1 { keys.remove(0) } else { keys[0] };
        let access_key_secret = SecretString::from(format!("secret of {id}"));
        let credentials = Credentials { access_key_id: id.to_owned(), access_key_secret, security_token: None };
        Box::pin(async move { Ok(credentials) })
    }

    fn name(&self) -> &'static str {
        "replaced"
    }

    fn origin(&self) -> String {
        "the files in /etc/key".to_owned()
    }
}

/// How often a call with these keys was sent, and its error.
async fn with_keys(
    keys: &[&'static str],
    replies: impl IntoIterator<Item = Reply>,
) -> (usize, Option<cloud_core::Error>) {
    let script = Script::of(replies);
    let transport: Arc<dyn Transport> = script.clone();
    let client = builder(transport).credentials(Arc::new(Replaced(Mutex::new(keys.to_vec())))).build().unwrap();
    let outcome = client.call(&get()).await;
    (script.requests().len(), outcome.err())
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_replaced_and_withdrawn_while_a_call_is_under_way_is_exchanged_within_the_call() {
    for code in ["InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "SignatureDoesNotMatch"] {
        assert_eq!(with_keys(&["old", "new"], [error(404, code), acknowledged()]).await, (2, None), "{code}");
        let (sent, refused) = with_keys(&["old", "new"], [error(404, code), error(404, code)]).await;
        assert_eq!((sent, refused.unwrap().kind()), (2, ErrorKind::Credential), "{code}");
        let (sent, refused) = with_keys(&["old"], [error(404, code)]).await;
        let refused = refused.unwrap();
        assert_eq!((sent, refused.kind()), (1, ErrorKind::Credential), "{code}");
        assert_eq!(refused.credentials_from(), Some("the files in /etc/key"));
    }
    let (_, refused) = with_keys(&["old"], [error(403, "Forbidden.RAM")]).await;
    assert_eq!(refused.unwrap().credentials_from(), None);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_long_lived_key_is_not_tried_again_and_its_404_is_not_a_missing_object() {
    let script = Script::of([error(404, "InvalidAccessKeyId.NotFound")]);
    let error = client(&script).call(&get()).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::Credential, Some(404)));
}

#[tokio::test(start_paused = true)]
async fn each_repair_has_its_own_turn_in_one_call() {
    let replies = [
        expired(),
        error(400, "SignatureNonceUsed"),
        error(400, "InvalidSecurityToken.Expired"),
        refused_connection(),
        error(500, "InternalError"),
        acknowledged(),
    ];
    let (outcome, used, _) = rotate(replies).await;
    assert_eq!((outcome, used.len()), (None, 6));
}

/// Has no credentials, or takes for ever to say so.
#[derive(Debug)]
enum Broken {
    Missing,
    Hanging,
}

impl CredentialSource for Broken {
    fn load(&self) -> BoxFuture<'_, Result<Credentials, CredentialError>> {
        match self {
            Self::Missing => Box::pin(async { Err(CredentialError::Missing { setting: "THE_KEY".to_owned() }) }),
            Self::Hanging => Box::pin(futures::future::pending()),
        }
    }

    fn name(&self) -> &'static str {
        "broken"
    }
}

async fn with_source(source: Broken) -> cloud_core::Error {
    let client = builder(Script::of([])).credentials(Arc::new(source)).build().unwrap();
    client.call(&get()).await.unwrap_err()
}

#[tokio::test(start_paused = true)]
async fn without_credentials_nothing_is_sent_and_the_error_names_the_source() {
    let error = with_source(Broken::Missing).await;
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Credential, Fate::NotSent));
    let expected = "failed to GetThing: failed to load credentials from broken: failed to find \
                    THE_KEY: it is not set; set it, or give credentials another way";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_hangs_ends_with_the_call_s_deadline() {
    let (error, elapsed) = timed(with_source(Broken::Hanging)).await;
    assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::NotSent));
    assert_eq!(elapsed, Duration::from_secs(25));
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_a_paused_runtime_is_virtual() {
    use cloud_core::{Clock, TokioClock};
    let clock = TokioClock::starting_at(noon());
    tokio::time::advance(Duration::from_secs(90)).await;
    assert_eq!(clock.now(), noon() + Duration::from_secs(90));
    assert_ne!(clock.nonce(), clock.nonce());
}
